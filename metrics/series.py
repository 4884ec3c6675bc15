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
from metrics.reason import Frames, spans


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
    if last is None and (ordered := spans(frames, "daily", ["orders"])):
        last = ordered["orders"].end
    parts = buckets(period, every, week_start)
    columns: dict[str, list[float | None]] = {}
    for metrics in by_table(names):
        rows = {row[every]: row for row in ask.measure(metrics, grouped=True).to_dicts()}
        columns |= _columns(ask, metrics, [rows.get(part.start) for part in parts], parts, min_group)
    cut = [part.start < period.start or part.end > period.end or part.is_partial(last) for part in parts]
    frame = pl.DataFrame({"day": [part.start for part in parts], "partial": cut})
    return frame.with_columns(pl.Series(name, columns[name], dtype=pl.Float64) for name in names)


def by_day(
    names: Sequence[str],
    frames: Frames,
    period: Period,
    *,
    by: Sequence[str] = (),
    where: Mapping[str, Sequence[str | None]] = {},
    basis: str = "order",
) -> dict[str, pl.DataFrame]:
    """What intervals from day to day rest on: for each metric a row a day, and a value of the columns `by`.

    Columns: those of `by`, day, value, n (as in Value). There are only days on which something of what the
    metric needs is recorded. Small groups are not hidden, so this is not for readers.
    """
    ask = Question(frames, period, (*by, "day"), where, basis, "monday")
    found: dict[str, pl.DataFrame] = {}
    for metrics in by_table(names):
        rows = ask.measure(metrics, grouped=True)
        for metric in metrics:
            seen = pl.any_horizontal(pl.col(f"seen {column}") > 0 for column in metric.columns)
            found[metric.name] = rows.filter(seen, pl.col(f"value {metric.name}").is_not_null()).select(
                *by, "day", value=f"value {metric.name}", n=f"n {metric.name}"
            )
    return found


def _columns(
    ask: Question,
    metrics: Sequence[Metric],
    cells: Sequence[Mapping[str, Any] | None],
    parts: Sequence[Period],
    min_group: int,
) -> dict[str, list[float | None]]:
    """Each metric's values, in the order of the parts. cells: what was measured in each; None for no rows."""
    needed = dict.fromkeys(column for metric in metrics for column in metric.columns)
    seen = {column: [bool(cell and cell[f"seen {column}"]) for cell in cells] for column in needed}
    missing = ask.missing(metrics, {f"seen {column}": any(seen[column]) for column in needed}, ())
    gaps = [column for column in needed if not all(seen[column])]
    recorded = spans(ask.frames, metrics[0].table, gaps, basis=ask.basis) if gaps else {}

    def value(metric: Metric, place: int) -> float | None:
        cell = cells[place]
        for column in metric.columns:
            outside = not seen[column][place] and not parts[place].overlaps(recorded.get(column))
            if column not in metric.optional and (column in missing or outside):
                return None
        if cell is None:
            return None if metric.how == "ratio" else 0.0
        if ask.where and metric.is_personal and 0 < cell[f"n {metric.name}"] < min_group:
            return None
        return cell[f"value {metric.name}"]

    return {metric.name: [value(metric, place) for place in range(len(parts))] for metric in metrics}
