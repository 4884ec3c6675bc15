"""What waiting for a first answer costs: later orders, beside those of customers who were answered sooner."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from metrics.recovery import Data, Estimate, Recovery
from metrics.within import within

STRATUM = ("week",)  # in which waits and the time left for later orders are alike
LEAST = 100  # answered tickets of known customers, below which nothing is said


def later_orders(tickets: pl.DataFrame, bought: pl.DataFrame) -> Estimate:
    """Orders more for each ticket than if all had been answered at once, by tickets; negative are lost.

    tickets: customer_id (null of a guest), opened_at, first_response_at, week. bought: customer_id,
    ordered_at. Later orders are counted from the opening, which is the same however long the answer takes.
    Least squares on log(1 + hours waited) and on earlier orders within weeks, errors clustered by customer
    (see within.py); the slope times the mean of log(1 + hours). That is an effect where what customers wait
    for has nothing to do with who they are, such as the channel that a shop sends them to. Guests are not
    seen again: their tickets count in the denominator with no effect.
    """
    known = tickets.drop_nulls(["customer_id", "first_response_at"]).with_columns(
        wait=((pl.col("first_response_at") - pl.col("opened_at")).dt.total_seconds() / 3600).log1p()
    )
    if len(known) < LEAST:
        return Estimate(None, None, None, len(known))
    pairs = known.with_row_index("ticket").join(bought, on="customer_id")
    counts = pairs.group_by("ticket").agg(
        before=(pl.col("ordered_at") <= pl.col("opened_at")).sum(),
        after=(pl.col("ordered_at") > pl.col("opened_at")).sum(),
    )
    rows = known.with_row_index("ticket").join(counts, on="ticket", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("before", "after").fill_null(0))
    found = within(rows, "after", ("wait", "before"), STRATUM, "customer_id")
    if found is None:
        return Estimate(None, None, None, len(known))
    times = float(rows["wait"].sum()) / len(tickets)
    value, half = times * found[0], times * found[1]
    return Estimate(value, value - half, value + half, len(tickets))


def slow(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    tickets = data.scan("tickets").select("customer_id", "opened_at", "first_response_at")
    tickets = tickets.with_columns(week=data.day("opened_at").dt.truncate("1w"))
    bought = data.orders().select("customer_id", "ordered_at").drop_nulls()
    return {"": later_orders(tickets.collect(), bought.collect())}


slow_recovery = Recovery(
    "slow_answers",
    "Orders that slow answers cost",
    "Later orders of customers who waited longer for a first answer beside those of the same week who waited "
    "less and had as many earlier orders, by the logarithm of the hours.",
    "service",
    "orders_per_ticket",
    slow,
)
