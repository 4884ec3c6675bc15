"""Which mapping a delivery is read by, and which of its files each rule takes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from collections.abc import Mapping as Map
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import polars as pl

from loaders import batches, mapping, tables, values
from loaders.decisions import Decisions
from loaders.loader import LINE, BadInput, Delivery, Source
from loaders.lookups import fetch, look_up, named, named_columns, renamed
from loaders.mapping import Column, Join, Mapping, Rule
from loaders.rows import Table, did_you_mean

READ = ("separator", "encoding", "decimal", "date_order", "sheet")
HINT = (
    "Write a mapping: python cli.py import SOURCE --suggest mapping.toml, edit it, "
    "then import with --option mapping=mapping.toml."
)


def check_options(options: Map[str, Any]) -> dict[str, Any]:
    """The options, checked. Raises BadInput for a value that cannot be."""
    found = dict(options)
    if found.get("separator") in ("tab", "\\t"):
        found["separator"] = "\t"
    allowed = {"date_order": ("dmy", "mdy"), "decimal": (".", ","), "week_start": ("monday", "sunday")}
    for name, choices in allowed.items():
        if found.get(name) and found[name] not in choices:
            raise BadInput(f"{name} is {' or '.join(choices)}, not {found[name]!r}.")
    if len(found.get("separator") or ",") != 1:
        raise BadInput(f"separator is one character or the word tab, not {found['separator']!r}.")
    if found.get("timezone"):
        zone(found["timezone"])
    if found.get("currency") and not re.fullmatch("[A-Z]{3}", found["currency"]):
        raise BadInput(f"currency is a code of three capitals such as EUR, not {found['currency']!r}.")
    if found.get("table") and found["table"] not in tables.TABLES:
        near = did_you_mean(found["table"], tables.TABLES)
        raise BadInput(f"We have no table {found['table']!r}.{near} Tables: {', '.join(tables.TABLES)}.")
    return found


def zone(name: str) -> str:
    """The name of a time zone. Raises BadInput for one that is unknown."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = did_you_mean(name, available_timezones())
        raise BadInput(f"There is no time zone {name!r}.{near}") from None
    return name


def choose(found: list[Table], options: Map[str, Any], given: Mapping | None) -> tuple[Mapping, str]:
    """The mapping given, a ready one whose columns are there, or one of our own names; and why."""
    if given is not None:
        return given, f"mapping {given.name} ({given.label}), as asked for"
    if not options.get("table"):
        for name in mapping.ready():
            one = mapping.load(name)
            if seen := _signature(one, found):
                return one, f"mapping {name} ({one.label}) chosen, as {seen} has its columns"
    own = _ours(found, options.get("table"))
    if own is not None:
        return (
            own,
            f"files and columns are named as ours: {', '.join(sorted({rule.table for rule in own.rules}))}",
        )
    shown = "; ".join(f"{table.name}: {', '.join(table.columns[:8])}" for table in found[:3])
    raise BadInput(
        f"Neither our names nor a ready mapping ({', '.join(mapping.ready())}) fits. Found {shown}. {HINT}"
    )


def _signature(one: Mapping, found: list[Table]) -> str:
    """Name of a file with the columns that show the format; "" where one of its groups is nowhere."""
    seen = ""
    for group in one.recognise:
        has = [table.name for table in found if set(group) <= set(named_columns(table, one))]
        if not has:
            return ""
        seen = seen or has[0]
    return seen


def table_name(name: str) -> str | None:
    """Our table that a file is named after: orders.csv, orders_2024-01-01.csv, orders/2024-01-01.csv."""
    book, _, sheet = name.removeprefix("table ").partition("#")
    parts = [sheet] if sheet else book.split("/")[::-1]
    for part in parts[:2]:
        plain = re.sub(r"[\s-]+", "_", part.lower().split(".")[0])
        plain = re.sub(r"[_\d]*$", "", plain)
        if plain in tables.TABLES:
            return plain
    return None


def _ours(found: list[Table], forced: str | None) -> Mapping | None:
    """A mapping of columns that are named as ours, for files that are named as our tables."""
    columns: dict[str, dict[str, None]] = {}
    names: dict[str, list[str]] = {}
    for table in found:
        ours = forced or table_name(table.name)
        if ours is None:
            continue
        known = [name for name in table.columns if name in tables.TABLES[ours].column_names()]
        if not forced and 2 * len(known) < len(table.columns) and set(tables.required(ours)) - set(known):
            continue
        columns.setdefault(ours, {}).update(dict.fromkeys([*tables.required(ours), *known]))
        names.setdefault(ours, []).append(table.name)
    rules = []
    for ours, wanted in columns.items():
        needed = tables.required(ours)
        specs = tuple(Column(name, source=(name,), optional=name not in needed) for name in wanted)
        rules.append(Rule(ours, specs, files=tuple(names[ours])))
    return Mapping("ours", "our own names", tuple(rules)) if rules else None


def deliver(found: list[Table], chosen: Mapping, options: Map[str, Any]) -> Delivery:
    """The files as sources, each with the rules that take it. Raises BadInput where none takes any."""
    chosen = replace(chosen, read={**chosen.read, **{key: options[key] for key in READ if options.get(key)}})
    asked = {key: options.get(key) or chosen.shop.get(key, "") for key in mapping.SHOP}
    shop = {key: value for key, value in asked.items() if value}
    ignored = [table for table in found if named(table.name, chosen.read.get("ignore", ()))]
    used = [table for table in found if table not in ignored]
    taken = {table.name: [rule for rule in chosen.rules if _takes(rule, table, chosen)] for table in used}
    by_rule = {id(rule): [table for table in used if rule in taken[table.name]] for rule in chosen.rules}
    if not any(taken.values()):
        raise BadInput(
            f"No file fits the mapping {chosen.name}. {_nearest(chosen.rules[0], used, chosen)} {HINT}"
        )
    lookups, fetched = fetch(chosen, [rule for rule in chosen.rules if by_rule[id(rule)]], used)

    def samples(rule: Rule, columns: list[Column]) -> Iterator[list[pl.Series]]:
        style = values.Style(decisions.zone, lambda: "dmy", lambda text: ".")
        for table in by_rule[id(rule)]:
            for rows in table.batches():
                frame = renamed(rows.frame, chosen).with_columns(rows.lines.alias(LINE))
                frame = look_up(frame, rule, lookups).with_row_index("_row")
                block = batches.Found(frame, chosen.read.get("numbers", []))
                yield [
                    values.as_text(batches.raw_values(block, column, rule, style)[0]) for column in columns
                ]

    decisions = Decisions(chosen, zone(shop.get("timezone", "UTC")), samples)
    sources = []
    for table in used:
        if taken[table.name]:
            read = partial(batches.read, table, taken[table.name], chosen, decisions, lookups)
            digest = _digest(table, taken[table.name], chosen, shop, lookups)
            sources.append(Source(table.name, digest, read, table.size))
    for table in {id(some[0]): some[0] for some in by_rule.values() if some}.values():
        with closing(batches.read(table, taken[table.name], chosen, decisions, lookups)) as looked_at:
            next(looked_at, None)  # asks what must be asked before the import starts
    notes = list(chosen.notes)
    idle = [table.name for table in used if not taken[table.name] and table.name not in fetched]
    for told, names in (
        ("no table takes", idle),
        ("left out by the mapping:", [table.name for table in ignored]),
    ):
        if names:
            notes.append(f"{told} {', '.join(names[:5])}{', …' * (len(names) > 5)}")
    notes += [_nearest(rule, used, chosen) for rule in chosen.rules if not by_rule[id(rule)]]
    if "timezone" not in shop:
        notes.append("times without a time zone are taken as UTC; --option timezone=… says otherwise")
    return Delivery(sources, shop, notes)


def _digest(
    table: Table, rules: list[Rule], chosen: Mapping, shop: Map[str, str], lookups: Map[Join, pl.DataFrame]
) -> str:
    """Of the content and of how it is read: a corrected mapping reads an unchanged file again."""
    names = named_columns(table, chosen)
    said: list[object] = [chosen.read, shop.get("timezone")]
    for rule in rules:
        columns = [one for one in rule.columns if not one.optional or set(one.source) & set(names)]
        said += [rule.table, rule.where, rule.explode, rule.unpivot, rule.derived, columns]
        said += [(join, lookups[join].hash_rows().sum()) for join in rule.join if join in lookups]
    return hashlib.sha256(f"{table.digest()} {said}".encode()).hexdigest()


def _lacks(rule: Rule, table: Table, chosen: Mapping) -> list[str]:
    names = named_columns(table, chosen)
    lacks = [" or ".join(needed) for needed in rule.needs() if not set(needed) & set(names)]
    if rule.unpivot and not any(re.search(rule.unpivot, name) for name in names):
        lacks.append(f"columns named like {rule.unpivot}")
    return lacks


def _takes(rule: Rule, table: Table, chosen: Mapping) -> bool:
    if rule.query:
        return table.name == rule.query_name
    if not rule.files:
        return not _lacks(rule, table, chosen)
    if not named(table.name, rule.files) and table.name not in rule.files:
        return False
    if lacking := _lacks(rule, table, chosen):
        near = did_you_mean(lacking[0], table.columns)
        has = f"It has: {', '.join(table.columns)}."
        raise BadInput(f"{table.name} lacks {', '.join(lacking)}, needed for {rule.table}.{near} {has}")
    return True


def _nearest(rule: Rule, used: list[Table], chosen: Mapping) -> str:
    """Why no file feeds a rule."""
    if rule.files:
        return f"no file feeds {rule.table}: none is named {' or '.join(rule.files)}"
    table = min(used, key=lambda table: len(_lacks(rule, table, chosen)))
    lacking = ", ".join(_lacks(rule, table, chosen))
    return f"no file feeds {rule.table}: the nearest, {table.name}, lacks {lacking}"
