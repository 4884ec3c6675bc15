"""Retention on any engine that Narwhals knows: DuckDB, Spark, a warehouse. Slower, and of fewer options."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import narwhals as nw
import polars as pl

from metrics.cohort import Entry
from metrics.metric import BadQuestion
from metrics.steps import ANY

SCHEMA = {"cohort": pl.Int64, "size": pl.Int64, "period": pl.Int64, "returned": pl.Int64}


def came_back(
    events: Any,
    edges: Sequence[int],
    *,
    first_event: str = ANY,
    return_event: str = ANY,
    entry: Entry = "first",
    time: str = "time",
) -> pl.DataFrame:
    """How many of each cohort are back in each later period: cohort (place of its period, from 0), size,
    period (1 is the one after the entry), returned. One small frame is collected; a cohort without anybody
    and a period in which nobody is back are not in it.

    events: a native frame with customer, event and `time`, an integer. edges: where the periods begin, and
    the end of the last, in the unit of `time`. entry: with the first event ever, or with `each` period that
    has one, as `retention` does by the calendar. Raises BadQuestion where edges do not rise.
    """
    if len(edges) < 2 or any(one >= other for one, other in pairwise(edges)):
        raise BadQuestion(f"Periods need at least two edges that rise; found {', '.join(map(str, edges))}.")
    rows = nw.from_native(events).lazy()
    unit = nw.lit(-1)
    for k, edge in enumerate(edges):
        unit = nw.when(nw.col(time) >= edge).then(nw.lit(k)).otherwise(unit)
    placed = rows.select("customer", "event", unit=unit)
    began = placed if first_event == ANY else placed.filter(nw.col("event") == first_event)
    if entry == "first":
        began = began.group_by("customer").agg(cohort=nw.col("unit").min())
    else:
        began = began.select("customer", cohort=nw.col("unit")).unique()
    began = began.filter(nw.col("cohort") >= 0, nw.col("cohort") < len(edges) - 1)
    back = placed if return_event == ANY else placed.filter(nw.col("event") == return_event)
    back = back.filter(nw.col("unit") < len(edges) - 1).select("customer", "unit").unique()
    later = began.join(back, on="customer").filter(nw.col("unit") > nw.col("cohort"))
    returned = later.group_by("cohort", "unit").agg(returned=nw.col("customer").count())
    sizes = began.group_by("cohort").agg(size=nw.col("customer").count())
    told = sizes.join(returned, on="cohort", how="left").collect("polars").to_native()
    return (
        told.select("cohort", "size", period=pl.col("unit") - pl.col("cohort"), returned="returned")
        .cast(SCHEMA)  # type: ignore[arg-type]
        .sort("cohort", "period")
    )
