"""What data there is: tables with their rows and days, the quality report, what each column means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from language import name, numbers, phrase, say
from stories.asked import Check, Shop
from stories.blocks import Block, Column, Finding, Heading, Table, Warning

RULES = {
    "missing": phrase("a needed value is missing"),
    "nan": phrase("not a number"),
    "min": phrase("below the least possible"),
    "max": phrase("above the most possible"),
    "choices": phrase("not one of the known values"),
    "past": phrase("before 1990"),
    "future": phrase("in the future"),
    "type": phrase("of another type"),
    "unread": phrase("could not be read"),
    "not_taken": phrase("no table takes it"),
    "duplicate": phrase("exact duplicate"),
    "duplicate_key": phrase("the same key twice"),
    "orphan": phrase("names a row that is not there"),
    "sequence": phrase("happened before it could"),
    "gap": phrase("days without a row"),
    "drop": phrase("days far below the usual"),
    "no_order": phrase("a line without its order"),
    "slip": phrase("a price far from the usual"),
    "discount": phrase("discount above the price"),
    "too_many": phrase("more returned than sold"),
}

TABLES = {
    "customers": phrase("customers"),
    "products": phrase("products"),
    "merchants": phrase("merchants"),
    "orders": phrase("orders"),
    "order_lines": phrase("order lines"),
    "returns": phrase("returns"),
    "payments": phrase("payments"),
    "events": phrase("events"),
    "campaigns": phrase("campaigns"),
    "spend": phrase("spend"),
    "touches": phrase("touches"),
    "promotions": phrase("promotions"),
    "promotion_products": phrase("products of promotions"),
    "coupons": phrase("coupons"),
    "tickets": phrase("tickets"),
    "surveys": phrase("surveys"),
    "shipments": phrase("shipments"),
    "inventory": phrase("inventory"),
    "competitor_prices": phrase("prices of competitors"),
    "market": phrase("market"),
    "content": phrase("content"),
    "reviews": phrase("reviews"),
    "listing_audits": phrase("audits of listings"),
    "targets": phrase("targets"),
    "incidents": phrase("incidents"),
}

KINDS = {
    "String": phrase("text"),
    "Int64": phrase("whole number"),
    "Float64": phrase("number"),
    "Boolean": phrase("yes or no"),
    "Date": phrase("day"),
    "Datetime": phrase("moment"),
}


@dataclass(frozen=True)
class Loaded:
    """A table of the schema. rows 0: not imported. start, end: its first and last moment or day."""

    name: str
    meaning: str
    rows: int = 0
    quarantined: int = 0
    duplicates: int = 0
    start: datetime | date | None = None
    end: datetime | date | None = None


@dataclass(frozen=True)
class Described:
    """A column of the schema. kind: its Polars type as text."""

    name: str
    kind: str
    unit: str
    meaning: str
    required: bool
    person: bool


def tables(found: Sequence[Loaded], shop: Shop, lang: str) -> list[Block]:
    """The tables that are there, how far they reach and how fresh they are; then those that are not."""
    there = [table for table in found if table.rows]
    rows = pl.DataFrame(
        {
            "name": [table.name for table in there],
            "meaning": [say(table.meaning, lang) for table in there],
            "rows": [table.rows for table in there],
            "start": [_day(table.start) for table in there],
            "end": [_day(table.end) for table in there],
            "age": [age(table, shop) for table in there],
            "quarantined": [table.quarantined for table in there],
            "duplicates": [table.duplicates for table in there],
        },
        schema={
            **dict.fromkeys(("name", "meaning"), pl.String),
            "rows": pl.Int64,
            **dict.fromkeys(("start", "end"), pl.Date),
            **dict.fromkeys(("age", "quarantined", "duplicates"), pl.Int64),
        },
    )
    columns = [
        Column("name", say("Table", lang)),
        Column("meaning", say("Meaning", lang), width="large"),
        Column("rows", say("Rows", lang), "integer"),
        Column("start", say("First day", lang), "date"),
        Column("end", say("Last day", lang), "date"),
        Column("age", say("Days behind", lang), "integer"),
        Column("quarantined", say("Quarantined", lang), "integer"),
        Column("duplicates", say("Exact duplicates", lang), "integer"),
    ]
    note = say("{n} of {of} tables are loaded.", lang, n=len(there), of=len(found))
    blocks: list[Block] = [Table(rows, columns, title=say("Tables", lang), note=note, name="tables")]
    absent = [table for table in found if not table.rows]
    if absent:
        more = {"name": [t.name for t in absent], "meaning": [say(t.meaning, lang) for t in absent]}
        title, why = say("Not imported yet", lang), say("Each of them switches on what is made of it.", lang)
        blocks.append(Table(pl.DataFrame(more), columns[:2], title=title, note=why, name="absent_tables"))
    return blocks


def quality(checks: Iterable[Check], lang: str) -> list[Block]:
    """The data-quality report, the worst first, with how many rows each finding concerns."""
    found = [check for check in checks if check.count]
    bad = sum(check.severity == "bad" for check in found)
    title = say("Data quality", lang)
    if not found:
        return [Heading(title, level=2), Finding(say("Every check passed.", lang), "good")]
    rows = pl.DataFrame(
        {
            "severity": [say("bad", lang) if c.severity == "bad" else say("to know", lang) for c in found],
            "table": [called(check.table, lang) for check in found],
            "rule": [say(RULES[check.rule], lang) if check.rule in RULES else check.rule for check in found],
            "count": [check.count for check in found],
            "share": [check.count / check.of if check.of else 0.0 for check in found],
            "detail": [_detail(check, lang) for check in found],
        }
    )
    columns = [
        Column("severity", say("Severity", lang), width="small"),
        Column("table", say("Table", lang)),
        Column("rule", say("What is wrong", lang), width="medium"),
        Column("count", say("Rows or days", lang), "integer"),
        Column("share", say("Share", lang), "percent"),
        Column("detail", say("Example or consequence", lang), width="large"),
    ]
    note = say("A check is bad from 1% of the rows; numbers that depend on its table carry a badge.", lang)
    blocks: list[Block] = [Table(rows, columns, title=title, note=note, name="quality")]
    if bad:
        text = say("1 check failed.", lang) if bad == 1 else say("{n} checks failed.", lang, n=bad)
        blocks.insert(0, Warning(text))
    return blocks


def described(table: str, meaning: str, columns: Sequence[Described], lang: str) -> Table:
    """What each column of a table means."""
    rows = pl.DataFrame(
        {
            "name": [column.name for column in columns],
            "kind": [say(KINDS[column.kind.partition("(")[0]], lang) for column in columns],
            "unit": [name(column.unit, lang) if column.unit else "" for column in columns],
            "meaning": [say(column.meaning, lang) for column in columns],
            "needed": [say("needed", lang) if column.required else "" for column in columns],
            "person": [say("identifies a person", lang) if column.person else "" for column in columns],
        },
        schema=dict.fromkeys(("name", "kind", "unit", "meaning", "needed", "person"), pl.String),
    )
    shown = [
        Column("name", say("Column", lang)),
        Column("meaning", say("Meaning", lang), width="large"),
        Column("kind", say("Type", lang)),
        Column("unit", say("Unit", lang)),
        Column("needed", say("Needed", lang)),
        Column("person", say("Privacy", lang)),
    ]
    frame = rows.select(column.name for column in shown)
    return Table(frame, shown, title=table, note=say(meaning, lang), name=f"columns_of_{table}")


def _detail(check: Check, lang: str) -> str:
    facts = {
        key: numbers.day(fact, lang) if isinstance(fact, date) else fact for key, fact in check.values.items()
    }
    return say(check.detail, lang, **facts) if check.detail else ""


def called(table: str, lang: str) -> str:
    """A table's name for people: "order lines"."""
    return say(TABLES[table], lang) if table in TABLES else table


def _day(moment: datetime | date | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment


def age(table: Loaded, shop: Shop) -> int | None:
    """Days by which it ends before the last day with orders."""
    end = _day(table.end)
    return max((shop.last - end).days, 0) if end else None
