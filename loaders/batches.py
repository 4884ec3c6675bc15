"""Rows as found → batches of our columns, by the rules of a mapping."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import polars as pl

from loaders import tables, values
from loaders.decisions import Decisions
from loaders.found import Found, Read, joined
from loaders.loader import LINE, PROBLEM, Batch
from loaders.lookups import Lookups, look_up, renamed
from loaders.mapping import Column, Mapping, Rule
from loaders.rows import Rows, Table


def read(
    table: Table, rules: list[Rule], mapping: Mapping, decisions: Decisions, lookups: Lookups
) -> Generator[Batch, None, None]:
    """Every row of the table: in the batch of each rule that takes it, or in one without a table."""
    filler = Filler(mapping.read.get("fill"))
    for rows in table.batches():
        if rows.broken:
            yield _broken(rows, rules)
        if rows.frame.height:
            yield from _block(rows, filler(renamed(rows.frame, mapping)), rules, mapping, decisions, lookups)


class Filler:
    """Fills empty cells of a record's later rows from its first, also over the border of two blocks."""

    def __init__(self, setting: dict[str, Any] | None) -> None:
        self.by = (setting or {}).get("by", "")
        self.columns = (setting or {}).get("columns", [])
        self.last: pl.DataFrame | None = None

    def __call__(self, frame: pl.DataFrame) -> pl.DataFrame:
        columns = [name for name in self.columns if name in frame.columns]
        if self.by not in frame.columns or not columns or not frame.height:
            return frame
        whole = frame if self.last is None else pl.concat([self.last, frame], how="diagonal_relaxed")
        filled = whole.with_columns(pl.col(columns).forward_fill().over(self.by))
        start = 0 if self.last is None else 1
        self.last = filled.tail(1)
        return filled.slice(start)


def _block(
    rows: Rows,
    frame: pl.DataFrame,
    rules: list[Rule],
    mapping: Mapping,
    decisions: Decisions,
    lookups: Lookups,
) -> Iterator[Batch]:
    frame = frame.with_row_index("_row").with_columns(rows.lines.alias(LINE))
    numbers = mapping.read.get("numbers", [])
    shared: dict[object, Found] = {}
    taken = pl.Series([False]).new_from_index(0, frame.height)
    doubts: list[pl.Series] = []
    for rule in rules:
        key = (rule.join, rule.explode, rule.unpivot)
        if key not in shared:
            shared[key] = Found(look_up(frame, rule, lookups), numbers)
        found = shared[key]
        mask = None
        if rule.where:
            held, doubt = found.expression(rule.where, f"[{rule.table}] where", decisions.style(rule))
            mask = held.cast(pl.Boolean).fill_null(False)
            if not (rule.explode or rule.unpivot):
                doubts.append(doubt)
        if not rule.derived:
            taken = pl.Series([True]).new_from_index(0, frame.height) if mask is None else taken | mask
        if found.frame.height and (mask is None or mask.any()):
            yield _batch(rows, rule, found, mask, decisions)
    if not taken.all():
        left = ~taken
        wanted = "; ".join(rule.where for rule in rules if not rule.derived)
        told = pl.lit(f"no table takes this row: it fails {wanted}")
        reason = pl.select(pl.coalesce(*doubts, told)).to_series()
        lost = pl.DataFrame({LINE: rows.lines, PROBLEM: reason}).filter(left)
        yield Batch("", lost, rows.frame.filter(left))


def _batch(rows: Rows, rule: Rule, found: Found, mask: pl.Series | None, decisions: Decisions) -> Batch:
    places = found.frame["_row"]
    ours, problems = [], []
    dtypes = tables.dtypes(rule.table)
    for column in rule.columns:
        value, problem = column_values(found, column, dtypes[column.name], rule, decisions)
        ours.append(value.rename(column.name))
        if problem.null_count() < len(problem):
            problems.append(pl.select(pl.format(column.name + ": {}", problem)).to_series())
    ours.append(places.rename("_row"))
    ours.append(joined(problems, len(places)).rename(PROBLEM))
    frame = pl.DataFrame(ours)
    if mask is not None and not mask.all():
        frame = frame.filter(mask)
    if rule.derived:
        keys = [name for name in tables.key(rule.table) if name in frame.columns]
        frame = frame.drop_nulls([name for name in keys if name in tables.required(rule.table)])
        if keys == tables.key(rule.table):
            whole = frame.filter(pl.col(PROBLEM).is_null()).unique(keys, keep="first", maintain_order=True)
            rest = frame.filter(pl.col(PROBLEM).is_not_null()).join(
                whole, on=keys, how="anti", nulls_equal=True
            )
            frame = pl.concat([whole, rest.unique(keys, keep="first", maintain_order=True)])
    kept = frame["_row"]
    same = len(kept) == rows.frame.height and not (rule.explode or rule.unpivot)
    raw = rows.frame if same else rows.frame[kept]
    lines = rows.lines.gather(kept).alias(LINE)
    if any(LINE in column.source for column in rule.columns):
        raw = raw.with_columns(lines)  # equal rows are then different things, not duplicates
    frame = frame.with_columns(lines).drop("_row")
    return Batch(rule.table, frame, raw, rule.derived)


def column_values(found: Found, column: Column, dtype: pl.DataType, rule: Rule, decisions: Decisions) -> Read:
    """One of our columns as its type, and why a value could not be read."""
    style = decisions.style(rule, column)
    raw, doubt = raw_values(found, column, rule, style)
    name = next((name for name in column.source if found.has(name)), None)
    if column.end_of_day:
        value, problem = _end_of_day(raw, style)
    elif name is not None and not column.strip and not column.map:
        value, problem = found.value(name, dtype, style, (column.date_order, column.decimal))
    else:
        value, problem = values.read(raw, dtype, style)
    if column.default is not None:
        default = pl.Series([column.default]).cast(dtype).new_from_index(0, len(value))
        value = value.zip_with(value.is_not_null() | problem.is_not_null() | doubt.is_not_null(), default)
    return value, joined([doubt, problem], len(value))


def raw_values(found: Found, column: Column, rule: Rule, style: values.Style) -> Read:
    """What is to be read as one of our columns, and which number in an expression could not be read."""
    height = found.frame.height
    none = pl.Series([None], dtype=pl.String).new_from_index(0, height)
    if column.constant is not None:
        return pl.Series([column.constant]).new_from_index(0, height), none
    doubt = none
    if column.sql:
        raw, doubt = found.expression(column.sql, f"[{rule.table}] {column.name}", style)
    else:
        raw = next((found.column(name) for name in column.source if found.has(name)), none)
    if column.strip:
        raw = values.as_text(raw).str.strip_suffix(column.strip)
    if column.map:
        raw = values.as_text(raw).replace(column.map)
    return raw, doubt


def _end_of_day(raw: pl.Series, style: values.Style) -> Read:
    """The last microsecond of a day in the shop's time zone: what is promised for a day is due by then."""
    day, problem = values.read(raw, pl.Date(), style)
    last = day.cast(pl.Datetime("us")) + pl.duration(days=1) - pl.duration(microseconds=1)
    local = (
        pl.select(last).to_series().dt.replace_time_zone(style.zone, ambiguous="latest", non_existent="null")
    )
    return local.dt.convert_time_zone("UTC"), problem


def _broken(rows: Rows, rules: list[Rule]) -> Batch:
    """Rows that could not be taken apart, for the one table that they would be of, else for none."""
    owners = {rule.table: rule for rule in rules if not rule.derived}
    frame = pl.DataFrame(
        [(line, problem) for line, problem, _ in rows.broken],
        schema={LINE: pl.UInt32, PROBLEM: pl.String},
        orient="row",
    )
    raw = pl.DataFrame({"row": [text for _, _, text in rows.broken]})
    if len(owners) != 1:
        return Batch("", frame, raw)
    table, rule = next(iter(owners.items()))
    dtypes = tables.dtypes(table)
    blank = [pl.lit(None, dtype=dtypes[column.name]).alias(column.name) for column in rule.columns]
    return Batch(table, frame.with_columns(blank), raw)
