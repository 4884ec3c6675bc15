"""One pass over one prepared frame: every metric of it at once, and how much of each column is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from metrics.metric import BadQuestion, Metric, did_you_mean, named
from metrics.period import Period, WeekStart, bucket_start
from metrics.reason import Frames, Reason, Where, why_empty

TIMES = ("day", "week", "month")


@dataclass(frozen=True)
class Question:
    """What is asked of the frames: which days, split by what, which rows, returns on which basis."""

    frames: Frames
    period: Period
    by: tuple[str, ...]
    where: Where
    basis: str
    week_start: WeekStart

    @property
    def splits(self) -> tuple[str, ...]:
        """The columns grouped by that are not time."""
        return tuple(name for name in self.by if name not in TIMES)

    def measure(self, metrics: Sequence[Metric], *, grouped: bool) -> pl.DataFrame:
        """A row (`grouped`: a row for each group) with `value NAME`, `n NAME` and, for each column that the
        metrics need, `seen COLUMN`: in how many rows it holds something.
        """
        by, splits = (self.by, self.splits) if grouped else ((), ())
        native = self.frames(metrics[0].table, where=self.where, by=splits, basis=self.basis)
        rows = nw.from_native(native).lazy()
        found = rows.collect_schema().names()
        for metric in metrics:
            metric.check(found)
        strange = [name for name in splits if name not in found]
        if strange:
            raise BadQuestion(
                f"There is no column {', '.join(strange)} to group by. Found: {', '.join(found)}."
                f"{did_you_mean(strange, [*found, *TIMES])}"
            )
        rows = rows.filter(nw.col("day") >= self.period.start, nw.col("day") <= self.period.end)
        needed = dict.fromkeys(column for metric in metrics for column in metric.columns)

        def same(metric: Metric) -> bool:  # counting different customers twice takes twice as long
            return metric.n is metric.value

        numbers = [
            *(metric.value.cast(nw.Float64).alias(f"value {metric.name}") for metric in metrics),
            *(metric.n.cast(nw.Float64).alias(f"n {metric.name}") for metric in metrics if not same(metric)),
            nw.col(*needed).count().name.prefix("seen "),
        ]
        if by:
            cuts = {name: bucket_start(name, self.week_start) for name in by if name in TIMES}
            answer = (rows.with_columns(**cuts) if cuts else rows).group_by(*by).agg(*numbers)
        else:
            answer = rows.select(*numbers)
        found = answer.collect("polars").to_native()
        return found.with_columns(
            pl.col(f"value {metric.name}").alias(f"n {metric.name}") for metric in metrics if same(metric)
        )

    def missing(
        self, metrics: Sequence[Metric], whole: Mapping[str, int], groups: Sequence[Mapping[str, Any]]
    ) -> dict[str, Reason]:
        """Needed columns that hold nothing in the whole, or in every group of a column split by, and why.

        A column that is recorded there and then, where just nothing happened, is not among them.
        """
        empty: dict[str, list[str]] = {}
        for column in dict.fromkeys(column for metric in metrics for column in metric.columns):
            seen = f"seen {column}"
            bare = [
                split
                for split in self.splits
                if not any(row[seen] for row in groups if row[split] is not None)
            ]
            if bare or not whole[seen]:
                empty[column] = [*self.where, *bare]
        return why_empty(metrics[0].table, empty, self.frames, self.period, self.basis)


def by_table(names: Sequence[str]) -> list[list[Metric]]:
    """The named metrics, those of one table together."""
    tables: dict[str, dict[str, Metric]] = {}
    for name in names:
        metric = named(name)
        tables.setdefault(metric.table, {})[name] = metric
    return [list(metrics.values()) for metrics in tables.values()]
