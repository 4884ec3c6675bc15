"""Metrics by the values of one dimension, with their share, change and trend."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from metrics.period import Period, buckets
from metrics.reason import Reason
from stories import sure
from stories.asked import Asked, bucket


@dataclass(frozen=True)
class Groups:
    """The values of a dimension, the largest first.

    rows: segment (null: not recorded), a column a metric; of the first metric also before, change (a
    fraction; null where there was nothing), share of the total and trend (a list).
    missing: why there are none. without: metrics that this dimension cannot have, and why.
    intervals: of the changes of the first metric, by segment.
    """

    rows: pl.DataFrame
    missing: Reason | None = None
    without: Mapping[str, Reason] = field(default_factory=dict)
    intervals: Mapping[str | None, sure.Interval] = field(default_factory=dict)


def groups(asked: Asked, by: str, names: Sequence[str]) -> Groups:
    """The metrics of the elapsed days by the column `by`; the first is net revenue."""
    found = asked.values(names, asked.elapsed, (by,))
    main = found[names[0]]
    if main.reason is not None or not main.groups:
        empty = pl.DataFrame(schema={"segment": pl.String})
        return Groups(empty, main.reason or Reason("nothing was sold on these days"))
    segments = [group[by] for group in main.groups]
    columns = {name: _by_segment(value.groups, by) for name, value in found.items()}
    daily = asked.by_day(names[:1], (by,))[names[0]]
    before = _sums(daily, by, asked.against)
    trends = _trends(asked, daily, by)
    rows = pl.DataFrame(
        {
            "segment": segments,
            **{name: [of.get(segment) for segment in segments] for name, of in columns.items()},
            "before": [before.get(segment) for segment in segments],
            "trend": [trends.get(segment, []) for segment in segments],
        },
        schema={
            "segment": pl.String,
            **dict.fromkeys((*names, "before"), pl.Float64),
            "trend": pl.List(pl.Float64),
        },
    )
    value, was = pl.col(names[0]), pl.col("before")
    rows = rows.filter((value.fill_null(0) != 0) | (was.fill_null(0) != 0))
    total = rows[names[0]].sum()
    return Groups(
        rows.with_columns(
            share=value / total if total > 0 else pl.lit(None, dtype=pl.Float64),
            change=pl.when(was > 0).then(value / was - 1),
        ),
        without={name: of.reason for name, of in found.items() if of.reason is not None},
        intervals=sure.segments(asked, daily, by) if asked.against else {},
    )


def _by_segment(found: Sequence[Mapping], by: str) -> dict[str | None, float | None]:
    return {group[by]: group["value"] for group in found}


def _sums(daily: pl.DataFrame, by: str, period: Period | None) -> dict[str | None, float]:
    if period is None:
        return {}
    days = daily.filter(pl.col("day").is_between(period.start, period.end))
    return dict(days.group_by(by).agg(pl.col("value").sum()).iter_rows())


def _trends(asked: Asked, daily: pl.DataFrame, by: str) -> dict[str | None, list[float]]:
    """Each segment's values by day, week or month, 0 where there is nothing."""
    elapsed, every = asked.elapsed, bucket(asked.elapsed.days)
    parts = buckets(elapsed, every, asked.shop.week_start)
    if every != "day" and len(parts) > 4:
        parts = parts[1:-1]  # the first and the last may be cut by the period
    starts = [part.start for part in parts]
    days = daily.filter(
        pl.col("day").is_between(max(elapsed.start, starts[0]), min(elapsed.end, parts[-1].end))
    )
    found: dict[str | None, list[float]] = {}
    for segment, day, value in days.select(by, "day", "value").iter_rows():
        found.setdefault(segment, [0.0] * len(parts))[bisect_right(starts, day) - 1] += value
    return found
