"""The funnel on any engine that Narwhals knows: DuckDB, Spark, a warehouse. Slower, and of fewer options.

For each step it keeps the latest beginning that reached it, as the compiled pass does (compiled/funnel.py):
a running maximum over a customer's events in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import polars as pl

from metrics.metric import BadQuestion

NEVER = -(2**62)  # SQL engines carry a running maximum over nulls, Polars does not: so no nulls


def reached(
    events: Any, steps: Sequence[str], *, window: int, first: int, last: int, time: str = "time"
) -> pl.DataFrame:
    """How many customers come to each step: step (from 1), label, n. One small frame is collected.

    events: a native frame with customer, event and `time`, an integer; window, first, last in its unit:
    beginnings lie in first … last (not in it). Steps are events in order, others may come between; those at
    the same time go by the order of the steps. Raises BadQuestion where a step comes twice, since a row can
    stand for one step only here.
    """
    if len(set(steps)) < len(steps):
        raise BadQuestion(f"Each step is another event here; found {', '.join(steps)}.")
    place = nw.lit(len(steps))
    for k, step in enumerate(steps):
        place = nw.when(nw.col("event") == step).then(nw.lit(k)).otherwise(place)
    rows = (
        nw.from_native(events)
        .lazy()
        .select("customer", place=place, time=nw.col(time).cast(nw.Int64))
        .filter(nw.col("place") < len(steps))
    )
    begins = (nw.col("place") == 0) & (nw.col("time") >= first) & (nw.col("time") < last)
    start = nw.when(begins).then(nw.col("time")).otherwise(nw.lit(NEVER))
    rows = rows.with_columns(start.alias("start 0"))
    for k in range(len(steps)):
        latest = nw.col(f"start {k}").cum_max().over("customer", order_by=("time", "place"))
        rows = rows.with_columns(latest.alias(f"reached {k}"))
        if k + 1 < len(steps):
            earlier = nw.col(f"reached {k}")
            takes = (
                (nw.col("place") == k + 1) & (earlier > NEVER) & (nw.col("time") - earlier <= nw.lit(window))
            )
            taken = nw.when(takes).then(earlier).otherwise(nw.lit(NEVER))
            rows = rows.with_columns(taken.alias(f"start {k + 1}"))
    furthest = rows.group_by("customer").agg(
        *(nw.col(f"reached {k}").max().alias(f"step {k + 1}") for k in range(len(steps)))
    )
    counts = furthest.select(
        *(
            (nw.col(f"step {k + 1}") > NEVER).cast(nw.Int64).sum().alias(f"step {k + 1}")
            for k in range(len(steps))
        )
    )
    found = counts.collect("polars").to_native().row(0)
    return pl.DataFrame(
        {"step": range(1, len(steps) + 1), "label": list(steps), "n": [int(each or 0) for each in found]},
        schema={"step": pl.Int64, "label": pl.String, "n": pl.Int64},
    )
