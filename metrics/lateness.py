"""What a late parcel costs: later orders, beside those of customers whose parcel was on time."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from metrics.recovery import Data, Estimate, Recovery
from metrics.within import within

STRATUM = ("week", "region")  # in which lateness and the time left for later orders are alike
LEAST = 20  # late parcels of known customers, below which nothing is said


def later_orders(parcels: pl.DataFrame, bought: pl.DataFrame) -> Estimate:
    """Orders more after a late parcel than after one on time, by late parcels.

    parcels: customer_id (null of a guest), late, promised_at, ordered_at and the columns of STRATUM.
    bought: customer_id, ordered_at. Later orders are counted from the promised time, which is the same
    whether the parcel is late or not. Ordinary least squares on lateness and on earlier orders within
    strata; errors are clustered by customer (see within.py). Guests are not seen again:
    their late parcels count in the denominator with no effect.
    """
    known = _counted(parcels.drop_nulls("customer_id"), bought)
    late_known, late_all = int(known["late"].sum()), int(parcels["late"].sum())
    if late_known < LEAST:
        return Estimate(None, None, None, late_known)
    found = within(known, "after", ("late", "before"), STRATUM, "customer_id")
    if found is None:
        return Estimate(None, None, None, late_known)
    share = late_known / late_all
    value, half = share * found[0], share * found[1]
    return Estimate(value, value - half, value + half, late_all)


def _counted(parcels: pl.DataFrame, bought: pl.DataFrame) -> pl.DataFrame:
    """Parcels with the customer's orders `before` the parcel's own, and `after` it was promised."""
    pairs = parcels.with_row_index("parcel").join(bought, on="customer_id", suffix=" other")
    other = pl.col("ordered_at other")
    counts = pairs.group_by("parcel").agg(
        before=(other < pl.col("ordered_at")).sum(), after=(other > pl.col("promised_at")).sum()
    )
    return (
        parcels.with_row_index("parcel")
        .join(counts, on="parcel", how="left", maintain_order="left")
        .with_columns(pl.col("before", "after").fill_null(0))
    )


def late(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    orders = data.orders().select("order_id", "customer_id", "ordered_at", "day")
    parcels = (
        data.scan("shipments")
        .drop_nulls(["delivered_at", "promised_at"])
        .select("order_id", "region", "promised_at", late=pl.col("delivered_at") > pl.col("promised_at"))
        .join(orders, on="order_id")
        .with_columns(week=pl.col("day").dt.truncate("1w"))
    )
    found = later_orders(parcels.collect(), orders.select("customer_id", "ordered_at").drop_nulls().collect())
    return {"": found}


lateness_recovery = Recovery(
    "late_orders",
    "Orders that a late parcel costs",
    "Later orders of customers whose parcel was late, less those of customers of the same week and region "
    "whose parcel was on time, with the same number of earlier orders.",
    "service",
    "orders_per_late",
    late,
)
