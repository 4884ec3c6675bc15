"""Sorts the rows of a batch into good and bad ones, with a reason for each bad one.

The types and limits are the tables' own (dataframely schemas in tables.py). Rules:
unread (the loader could not read it), type, missing, nan, min, max, choices, past, future.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import dataframely as dy
import polars as pl

from loaders import tables
from loaders.loader import LINE, PROBLEM

ROW = "_row"
FIRST_INSTANT = datetime(1990, 1, 1, tzinfo=UTC)  # earlier ones are unset clocks and wrong parses

REASONS = {
    "missing": "{column} is missing",
    "nan": "{column} is not a number: {found}",
    "min": "{column} is below {limit}: {found}",
    "max": "{column} is above {limit}: {found}",
    "choices": "{column} is none of {limit}: {found}",
    "past": "{column} is before 1990: {found}",
    "future": "{column} lies in the future: {found}",
    "type": "{column} is not {limit}: {found}",
}
_RULES = {
    "nullability": "missing",
    "nan": "nan",
    "inf": "nan",
    "min": "min",
    "max": "max",
    "check": "choices",
}
_KINDS = {pl.Int64: "a whole number", pl.Float64: "a number", pl.Boolean: "yes or no", pl.Date: "a day"}


def validate(table: str, frame: pl.DataFrame, now: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Good rows (every column of the table, typed) and bad ones (rule, column, found, reason).

    frame: our columns as a loader gives them, `_line` and `_problem`. Both carry `_row`, its row from 0.
    A row is listed once, with the first rule it breaks. Nothing is lost: good + bad = all rows.
    """
    typed, bad = _cast(table, frame.with_row_index(ROW))
    bad += [
        frame.with_row_index(ROW)
        .filter(pl.col(PROBLEM).is_not_null())
        .select(
            ROW,
            rule=pl.lit("unread"),
            column=pl.lit(""),
            found=pl.lit(""),
            reason=PROBLEM,
            rank=pl.lit(-1),
        )
    ]
    checked = _checked(table)
    good, failure = checked.filter(typed.select(checked.column_names()))
    if len(failure):
        bad += _broken(table, failure)
    bad += _times(table, typed, now)
    listed = (
        pl.concat(bad, how="vertical_relaxed").sort("rank").unique(ROW, keep="first", maintain_order=True)
    )
    kept = good.filter(~pl.col(ROW).is_in(listed[ROW].implode())) if len(listed) else good
    return kept, listed.drop("rank").sort(ROW)


@cache
def _checked(table: str) -> type[dy.Schema]:
    return type(f"{table}_checked", (tables.TABLES[table],), {ROW: dy.UInt32(), LINE: dy.UInt32()})


def _cast(table: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    typed: dict[str, pl.Expr | pl.Series] = {}
    bad = []
    for name, dtype in tables.dtypes(table).items():
        if name not in frame.columns:
            empty = "" if tables.facts(table, name)["key"] == "optional" else None
            typed[name] = pl.lit(empty, dtype).alias(name)
            continue
        found = frame[name]
        if found.dtype == dtype:
            values = found
        elif found.dtype.is_temporal() and isinstance(dtype, pl.Datetime) and found.dtype != pl.Date:
            values = found.dt.cast_time_unit("us").dt.convert_time_zone("UTC")
        elif dtype == pl.Int64 and (found.dtype.is_float() or found.dtype == pl.String):
            real = found.cast(pl.Float64, strict=False)
            whole = real.is_finite() & (real == real.round())
            values = pl.select(pl.when(whole).then(real)).to_series().cast(dtype, strict=False)
        else:
            values = found.cast(dtype, strict=False)
        if tables.facts(table, name)["key"] == "optional":
            values = values.fill_null("")
        typed[name] = values.alias(name)
        wrong = found.is_not_null() & values.is_null()
        if wrong.any():
            kind = _KINDS.get(type(dtype), "a time") if dtype not in _KINDS else _KINDS[dtype]
            bad.append(
                _list(frame.filter(wrong).select(ROW, pl.col(name).cast(pl.String)), name, "type", kind, 0)
            )
    return frame.select(ROW, LINE).with_columns(**typed), bad


def _broken(table: str, failure: dy.FailureInfo) -> list[pl.DataFrame]:
    rows = failure.details()
    columns = tables.TABLES[table].columns()
    bad = []
    for rank, rule in enumerate(failure.counts(), start=1):
        name, kind = rule.split("|")
        column = columns[name]
        limit = tables.facts(table, name)["choices"] if kind == "check" else getattr(column, kind, "")
        limit = ", ".join(limit) if isinstance(limit, tuple) else limit
        broke = rows.filter(pl.col(rule) == "invalid").select(ROW, pl.col(name).cast(pl.String))
        bad.append(_list(broke, name, _RULES[kind], limit, rank))
    return bad


def _times(table: str, typed: pl.DataFrame, now: datetime) -> list[pl.DataFrame]:
    bad = []
    for name, dtype in tables.dtypes(table).items():
        if not dtype.is_temporal():
            continue
        plan = tables.facts(table, name)["plan"]
        values = typed[name] if dtype != pl.Date else typed[name].cast(pl.Datetime("us", "UTC"))
        last = now + timedelta(days=1)
        for rule, broken in (("past", values < FIRST_INSTANT), ("future", values > last)):
            if broken.any() and not (plan and rule == "future"):
                rows = typed.filter(broken).select(ROW, pl.col(name).cast(pl.String))
                bad.append(_list(rows, name, rule, "", 90))
    return bad


def _list(rows: pl.DataFrame, column: str, rule: str, limit: object, rank: int) -> pl.DataFrame:
    """rows: `_row` and the value found."""
    reason = REASONS[rule].format(column=column, limit=limit, found="{}")
    found = pl.col(column).fill_null("").str.slice(0, 200)
    # Polars 2.1 panics in format() where a column begins with an empty chunk.
    return rows.rechunk().select(
        ROW,
        rule=pl.lit(rule),
        column=pl.lit(column),
        found=found,
        reason=pl.format(reason, found) if "{}" in reason else pl.lit(reason),
        rank=pl.lit(rank),
    )
