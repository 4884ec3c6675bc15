"""What waiting for an answer costs: later orders by how long service took, within month and kind."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from metrics.recovery import Data, Estimate, Recovery
from metrics.within import within

STRATUM = ("month", "kind")  # in which waits and the time left for later orders are alike
LEAST = 50  # answered requests of known customers, below which nothing is said
AT_ONCE = 1 / 60  # hours


def orders_by_wait(tickets: pl.DataFrame, bought: pl.DataFrame) -> Estimate:
    """Orders more for each request if it had been answered within a minute, as a loss.

    tickets: customer_id (null of a guest), opened_at, wait (hours to the first answer; null: none yet) and
    the columns of STRATUM. bought: customer_id, ordered_at. Later orders are counted from the opening. Least
    squares on log(1 + wait) and on earlier orders within strata, with errors clustered by customer (see
    within.py), times how much longer than a minute they waited. Waits depend on the channel, which is taken
    as chosen for other reasons than later orders. Guests and what has no answer count with no effect.
    """
    known = _counted(tickets.drop_nulls(["customer_id", "wait"]), bought)
    if len(known) < LEAST:
        return Estimate(None, None, None, len(known))
    known = known.with_columns(slow=(1 + pl.col("wait")).log() - (1 + pl.lit(AT_ONCE)).log())
    found = within(known, "after", ("slow", "before"), STRATUM, "customer_id")
    if found is None:
        return Estimate(None, None, None, len(known))
    times = float(known["slow"].sum()) / len(tickets)
    value, half = times * found[0], abs(times) * found[1]
    return Estimate(value, value - half, value + half, len(tickets))


def _counted(tickets: pl.DataFrame, bought: pl.DataFrame) -> pl.DataFrame:
    """Tickets with the customer's orders `before` and `after` they were opened."""
    rows = tickets.with_row_index("ticket")
    later = pl.col("ordered_at") > pl.col("opened_at")
    counts = (
        rows.join(bought, on="customer_id").group_by("ticket").agg(before=(~later).sum(), after=later.sum())
    )
    return rows.join(counts, on="ticket", how="left", maintain_order="left").with_columns(
        pl.col("before", "after").fill_null(0)
    )


def waiting(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    bought = data.orders().select("customer_id", "ordered_at").drop_nulls().collect()
    hours = (pl.col("first_response_at") - pl.col("opened_at")).dt.total_seconds() / 3600
    tickets = data.scan("tickets").select(
        "customer_id", "opened_at", "kind", wait=hours, month=data.day("opened_at").dt.truncate("1mo")
    )
    return {"": orders_by_wait(tickets.collect(), bought)}


waits_recovery = Recovery(
    "waiting_orders",
    "Orders that waiting for an answer costs",
    "Later orders by the logarithm of the wait for a first answer, among requests of the same month and kind "
    "with the same number of earlier orders, taken down to an answer within a minute. The cost is small: a "
    "small shop has too few requests to tell it from none.",
    "service",
    "orders_per_ticket",
    waiting,
)
