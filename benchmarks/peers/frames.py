"""The questions of behaviour.py in plain Polars, on a log sorted by customer and time."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from benchmarks.peers.log import DAYS, START
from benchmarks.peers.sql import COHORTS, PERIODS, SILENCE, TOP, WEEK
from metrics.funnel_anywhere import reached

SECOND = pl.col("happened_at").dt.epoch("s")


def funnel(log: pl.LazyFrame, steps: Sequence[str]) -> list[int]:
    """The generic form of our funnel: Narwhals, here on Polars."""
    first = int(START.timestamp())
    rows = log.with_columns(time=SECOND)
    return reached(rows, steps, window=WEEK, first=first, last=first + DAYS * 86_400)["n"].to_list()


def funnel_by_device(log: pl.LazyFrame, steps: Sequence[str]) -> list[int]:
    devices = log.select(pl.col("device").unique().sort()).collect()["device"]
    return [
        n
        for name in sorted(devices.cast(pl.String))
        for n in funnel(log.filter(pl.col("device") == name), steps)
    ]


def retention(log: pl.LazyFrame, monday: int) -> list[int]:
    seen = log.select("customer", week=(SECOND - monday) // WEEK).unique()
    began = seen.with_columns(cohort=pl.col("week").min().over("customer"))
    cells = began.group_by("cohort", period=pl.col("week") - pl.col("cohort")).len()
    asked = cells.filter(pl.col("cohort") < COHORTS, pl.col("period") <= PERIODS)
    return asked.sort("cohort", "period").collect()["len"].to_list()


def sessions(log: pl.LazyFrame) -> list[int]:
    """First and last row of each visit, side by side: the log is sorted, so nothing is grouped."""
    same = pl.col("customer") == pl.col("customer").shift()
    marked = log.select(second=SECOND, new=(~same | (SECOND.diff() > SILENCE)).fill_null(True))
    ends = pl.col("new").shift(-1).fill_null(True)
    row, second = pl.int_range(pl.len()), pl.col("second")
    visits = marked.select(
        long=row.filter(ends) > row.filter(pl.col("new")),
        seconds=second.filter(ends) - second.filter(pl.col("new")),
    )
    long = pl.col("seconds").filter("long")
    found = visits.select(
        n=pl.len(), measured=long.len(), seconds=long.sum(), median=10 * long.median(),
        late=10 * long.quantile(0.9, "linear"),
    )  # fmt: skip
    return [round(each) for each in found.collect().row(0)]


def paths(log: pl.LazyFrame, goal: str, depth: int) -> list[int]:
    goals = (pl.col("event") == goal).cum_sum().over("session")
    steps = log.select("session", "event", goals=goals).filter(pl.col("goals") == 0)
    new = (pl.col("session") != pl.col("session").shift()) | (pl.col("event") != pl.col("event").shift())
    steps = steps.filter(new.fill_null(True)).group_by("session", maintain_order=True)
    ways = steps.agg(pl.col("event").cast(pl.String).head(depth).str.join(">"))
    return ways.group_by("event").len().sort("len", descending=True).head(TOP).collect()["len"].to_list()
