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
    same = pl.col("customer") == pl.col("customer").shift()
    gap = pl.when(same).then(SECOND.diff())
    sums = log.select(gap=gap).select(
        (pl.col("gap").is_null() | (pl.col("gap") > SILENCE)).sum(),
        seconds=pl.col("gap").filter(pl.col("gap") <= SILENCE).sum(),
    )
    return [int(each) for each in sums.collect().row(0)]


def paths(log: pl.LazyFrame, goal: str, depth: int) -> list[int]:
    goals = (pl.col("event") == goal).cum_sum().over("session")
    steps = log.select("session", "event", goals=goals).filter(pl.col("goals") == 0)
    new = (pl.col("session") != pl.col("session").shift()) | (pl.col("event") != pl.col("event").shift())
    steps = steps.filter(new.fill_null(True)).group_by("session", maintain_order=True)
    ways = steps.agg(pl.col("event").cast(pl.String).head(depth).str.join(">"))
    return ways.group_by("event").len().sort("len", descending=True).head(TOP).collect()["len"].to_list()
