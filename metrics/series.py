"""Metrics over time: one row a day, week or month, without gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from metrics.measure import Question, by_table
from metrics.metric import Metric
from metrics.period import Every, Period, WeekStart, buckets
from metrics.privacy import MIN_GROUP
from metrics.reason import Frames, span


def series(
    names: Sequence[str],
    frames: Frames,
    period: Period,
    *,
    every: Every = "day",
    where: Mapping[str, Sequence[str | None]] = {},
    basis: str = "order",
    week_start: WeekStart = "monday",
    last: date | None = None,
    min_group: int = MIN_GROUP,
) -> pl.DataFrame:
    """The metrics' values for each day, week or month of a period.

    Returns one row a bucket: `day` (its first day), `partial` (it begins before the period, or ends
    after it or after `last`), one Float64 column a metric. last: the last day that has data; by default
    the last with an order. 0 where nothing happened; null for a ratio of nothing, and where a measure
    is not recorded on those days or not by the columns of `where`.
    """
    ask = Question(frames, period, (every,), where, basis, week_start)
    if last is None:
        ordered = span(frames("daily"), "orders")
        last = ordered.end if ordered else None
    parts = buckets(period, every, week_start)
    columns: dict[str, list[float | None]] = {}
    for metrics in by_table(names):
        rows = {row[every]: row for row in ask.measure(metrics, grouped=True).to_dicts()}
        columns |= {metric.name: _column(ask, metric, parts, rows, min_group) for metric in metrics}
    cut = [part.start < period.start or part.end > period.end or part.is_partial(last) for part in parts]
    frame = pl.DataFrame({"day": [part.start for part in parts], "partial": cut})
    return frame.with_columns(pl.Series(name, columns[name], dtype=pl.Float64) for name in names)


def _column(
    ask: Question, metric: Metric, parts: Sequence[Period], rows: Mapping[date, Mapping[str, Any]], least: int
) -> list[float | None]:
    seen = [f"seen {column}" for column in metric.columns]
    whole = {name: sum(row[name] for row in rows.values()) for name in seen}
    required = [column for column in metric.columns if column not in metric.optional]
    if not set(required).isdisjoint(ask.missing(metric, whole, ())):
        return [None] * len(parts)
    nothing = None if metric.how == "ratio" else 0.0
    blank = dict.fromkeys(seen, 0) | {f"value {metric.name}": nothing, f"n {metric.name}": 0}
    cells = [rows.get(part.start, blank) for part in parts]
    gaps = [column for column in required if not all(cell[f"seen {column}"] for cell in cells)]
    spans = {column: span(ask.frames(metric.table, basis=ask.basis), column) for column in gaps}

    def is_known(cell: Mapping[str, Any], part: Period) -> bool:
        if ask.where and metric.is_personal and 0 < cell[f"n {metric.name}"] < least:
            return False
        return all(cell[f"seen {column}"] or part.overlaps(spans[column]) for column in gaps)

    return [
        cell[f"value {metric.name}"] if is_known(cell, part) else None
        for cell, part in zip(cells, parts, strict=True)
    ]
