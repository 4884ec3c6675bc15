"""Retention's tables: each cohort with what it brings, and the time until half are back."""

from __future__ import annotations

import polars as pl

from language import numbers, say
from stories.answered import Answered
from stories.blocks import Block, Column, Heading, Table
from stories.funnel_words import PRODUCTS
from stories.retention_words import AFTER, ENTRIES, PERIODS, WEEKS, after, cohort
from stories.words import chance, points, shares, texts


def cohorts(found: Answered, lang: str) -> list[Block]:
    """A row a cohort: its size, who came back in the compared period, orders, revenue and margin so far."""
    result, every = found.result, str(found.result.rules["every"])
    tests = {row["cohort"]: row for row in result.tests.to_dicts()}
    rows = []
    for (label,), mine in result.cells.group_by("cohort", maintain_order=True):
        at = mine.filter(period=result.at).row(0, named=True)
        whole = mine.filter(pl.col("margin").is_not_null())
        test = tests.get(label, {})
        mark = "*" if at["partial"] else ""
        rows.append(
            {
                "cohort": cohort(label, every, lang),  # type: ignore[arg-type]
                "size": at["size"],
                "share": numbers.percent(at["share"], lang) + mark,
                "interval": shares(at["low"], at["high"], lang),
                "apart": points(test.get("low"), test.get("high"), lang),
                "chance": chance(test.get("q"), lang),
                "revenue": whole["revenue"].sum() if len(whole) else None,
                "margin": whole["margin"][-1] if len(whole) else None,
                "reached": int(whole["period"].max()) if len(whole) else None,  # type: ignore[arg-type]
            }
        )
    words = dict.fromkeys(("cohort", "share", "interval", "apart", "chance"), pl.String)
    counts = {"size": pl.Int64, "reached": pl.Int64}
    money = dict.fromkeys(("revenue", "margin"), pl.Float64)
    frame = pl.DataFrame(rows, schema={**words, **counts, **money})
    columns = (
        Column("cohort", say("Cohort", lang)),
        Column("size", say("People", lang), "integer"),
        Column("share", say("Back in {period}", lang, period=after(result.at, found, lang)), width="small"),
        Column("interval", say("95% interval", lang), width="medium"),
        Column("apart", say("To the others, 95%", lang), width="medium"),
        Column("chance", say("q", lang), width="small"),
        Column("revenue", say("Revenue a head", lang), "money"),
        Column("margin", say("Margin a head", lang), "money"),
        Column("reached", say("By period", lang), "integer"),
    )
    kept = [column for column in columns if column.name not in money or frame[column.name].count()]
    note = say("Revenue is net of refunds. *: not over for all of the cohort.", lang)
    title = say("Cohorts and what they bring", lang)
    return [
        Heading(title, level=2),
        Table(
            frame.select(c.name for c in kept), kept, say("By cohort", lang), note, name="retention_cohorts"
        ),
    ]


def medians(found: Answered, lang: str) -> list[Block]:
    result, every = found.result, str(found.result.rules["every"])
    if result.medians.is_empty():
        return []
    names = [
        say("All", lang) if each is None else cohort(each, every, lang) for each in result.medians["segment"]
    ]
    frame = result.medians.with_columns(segment=pl.Series(names, dtype=pl.String))
    columns = (
        Column("segment", say("Cohorts", lang)),
        Column("n", say("People", lang), "integer"),
        Column(
            "ended",
            say("Fell silent", lang) if result.rules["curve"] == "lapse" else say("Came back", lang),
            "integer",
        ),
        Column("median", say("Half after days", lang), "integer"),
        Column("low", say("95% from", lang), "integer"),
        Column("high", say("95% to", lang), "integer"),
    )
    note = ""
    if result.log_rank is not None:
        note = say(
            "Log-rank test of equal curves: chi-square {value}, {freedom} degrees of freedom, p {p}.", lang,
            value=numbers.number(result.log_rank, lang, 1), freedom=result.log_rank_freedom,
            p=chance(result.log_rank_p, lang),
        )  # fmt: skip
    title = say("Time until half are back", lang)
    return [
        Heading(title, level=2),
        Table(
            frame.select(c.name for c in columns),
            columns,
            say("Kaplan–Meier", lang),
            note,
            name="retention_medians",
        ),
    ]


def definitions(found: Answered | None, lang: str) -> list[Block]:
    """The same returns under six rules."""
    if found is None or not found.result.n:
        return []
    rows, weekly = found.result.definitions, found.words.get("every") == "week"
    frame = rows.with_columns(
        definition=texts([PRODUCTS[each] for each in rows["definition"]]),
        entry=texts([say(ENTRIES[each], lang) for each in rows["entry"]]),
        clock=texts([say(PERIODS[each], lang) for each in rows["clock"]]),
        week_start=texts([say(WEEKS[each], lang) for each in rows["week_start"]]),
        interval=texts([shares(row["low"], row["high"], lang) for row in rows.to_dicts()]),
    )
    columns = (
        Column("definition", say("Rules of", lang)),
        Column("entry", say("Enters", lang), width="small"),
        Column("clock", say("Periods", lang), width="medium"),
        *([Column("week_start", say("Week from", lang), width="small")] if weekly else []),
        Column("n", say("Entered", lang), "integer"),
        Column("returned", say("Came back", lang), "integer"),
        Column("share", say("Share", lang), "percent"),
        Column("interval", say("95% interval", lang), width="medium"),
        Column("more", say("Only here", lang), "integer"),
        Column("fewer", say("Only by ours", lang), "integer"),
    )
    every = found.words.get("every", "month")
    note = say(
        "Back in {period}. Who enters anew counts in each such cohort. Only here, only by ours: different "
        "customers who are back under one of the two rules alone.", lang,
        period=say(AFTER[every], lang, n=found.result.at),
    )  # fmt: skip
    return [
        Heading(say("Same data, six definitions", lang), level=2),
        Table(
            frame.select(c.name for c in columns), columns, say("Rules of other tools", lang), note,
            name="retention_definitions",
        ),
    ]  # fmt: skip
