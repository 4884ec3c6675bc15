"""What units of a test did: customers one by one, regions and products as sums by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from metrics.against import Kind
from metrics.experiment import Goal
from metrics.period import DAY, Period
from metrics.reason import Frames

KINDS: dict[Goal, Kind] = {
    "conversion": "share",
    "orders": "mean",
    "revenue": "mean",
    "units": "mean",
    "order_value": "ratio",
}
SUMS = {"orders": "orders", "revenue": "net_revenue", "units": "units"}


def bought(frames: Frames, category: str = "") -> pl.LazyFrame:
    """A row an order of a known customer: customer_id, day; orders (1), revenue before returns and units, of
    one category where that is named (0 where nothing of it was in the order).
    """
    people = frames("people").select("customer", "customer_id")
    inside = pl.col("category") == category if category else pl.lit(True)
    return (
        frames("sales")
        .drop_nulls("customer")
        .with_columns(inside=inside.fill_null(False))
        .group_by("customer", "order")
        .agg(
            pl.col("day").first(),
            orders=pl.col("inside").any().cast(pl.Float64),
            revenue=pl.col("revenue").filter("inside").sum(),
            units=pl.col("units").filter("inside").sum().cast(pl.Float64),
        )
        .join(people, on="customer")
        .drop("customer", "order")
    )


def customers(orders: pl.LazyFrame, goal: Goal, days: Period, planned: int, recent: int) -> pl.DataFrame:
    """A row a customer who ordered in the `recent` days before: customer_id, value, before, denominator.

    days: those looked at. planned: how many days before are taken for `before`. Who takes part is known
    before the test starts, so that the test cannot change it; who bought nothing counts 0.
    """
    start = days.start
    there = orders.filter(pl.col("day") < start, pl.col("day") >= start - recent * DAY)
    early = pl.col("day").is_between(start - planned * DAY, start - DAY)
    later = pl.col("day").is_between(days.start, days.end)
    measures = ("orders", "revenue", "units")
    sums = orders.filter(early | later).group_by("customer_id").agg(
        *(pl.col(name).filter(later).sum().alias(name) for name in measures),
        *(pl.col(name).filter(early).sum().alias(f"{name}_before") for name in measures),
    )  # fmt: skip
    rows = there.select("customer_id").unique().join(sums, on="customer_id", how="left").sort("customer_id")
    rows = rows.with_columns(pl.exclude("customer_id").fill_null(0.0))
    if goal == "order_value":
        value, divisor = pl.col("revenue"), pl.col("orders")
        return rows.select("customer_id", value=value, denominator=divisor).collect()
    name = "orders" if goal == "conversion" else goal
    before = pl.col(f"{name}_before")
    if goal == "conversion":
        return rows.select("customer_id", value=(pl.col(name) > 0).cast(pl.Float64)).collect()
    return rows.select("customer_id", value=name, before=before).collect()


def groups(
    frames: Frames, by: str, goal: Goal, span: Period, names: Sequence[str] = ()
) -> tuple[list[str], np.ndarray]:
    """The values of a column, and a matrix: values × days of the span. names: only these, in their order.

    Revenue and margin are net of returns by order date. A value that sold nothing is a row of zeros.
    """
    measure = (
        pl.col("costed_revenue").sum() - pl.col("cost").sum()
        if goal == "margin"
        else pl.col(SUMS[goal]).sum()
    )
    rows = frames("daily", by=(by,), basis="order").filter(
        pl.col("day").is_between(span.start, span.end), pl.col(by).is_not_null()
    )
    if names:
        rows = rows.filter(pl.col(by).is_in(list(names)))
    sums = rows.group_by(by, "day").agg(value=measure.sum().cast(pl.Float64)).collect()
    found = list(names) or sorted(sums[by].unique().to_list())
    place = {name: k for k, name in enumerate(found)}
    daily = np.zeros((len(found), span.days))
    row = np.array([place[each] for each in sums[by]], int)
    column = (sums["day"] - span.start).dt.total_days().to_numpy()
    daily[row, column] = sums["value"].fill_null(0.0).to_numpy()
    return found, daily


def history(frames: Frames, as_of: date) -> Period | None:
    """All days with sales; None without any."""
    first = frames("daily").select(pl.col("day").filter(pl.col("units") > 0).min()).collect().item()
    return Period(first, as_of) if first is not None and first <= as_of else None
