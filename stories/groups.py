"""Metrics by the values of one dimension, with their share, change and trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from metrics.period import buckets
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
    daily = sure.segments_by_day(asked, by, asked.elapsed)
    earlier = sure.segments_by_day(asked, by, asked.against)
    before = {segment: sum(days.values()) for segment, days in earlier.items()}
    trends = _trends(asked, daily)
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
        intervals=sure.segments(asked, daily, earlier) if asked.against else {},
    )


def _by_segment(found: Sequence[Mapping], by: str) -> dict[str | None, float | None]:
    return {group[by]: group["value"] for group in found}


def _trends(asked: Asked, daily: sure.Segments) -> dict[str | None, list[float]]:
    """Each segment's values by day, week or month, 0 where there is nothing."""
    every = bucket(asked.elapsed.days)
    parts = buckets(asked.elapsed, every, asked.shop.week_start)
    if every != "day" and len(parts) > 4:
        parts = parts[1:-1]  # the first and the last may be cut by the period
    return {
        segment: [
            sum(value for day, value in days.items() if part.start <= day <= part.end) for part in parts
        ]
        for segment, days in daily.items()
    }
