"""What may go wrong today, from the raw tables: products that ran out, carriers that come late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from metrics.period import DAY, Period
from stories.asked import Tables

RECENT = 28  # days by which sales of a product are judged
PARCELS = 20  # a carrier with fewer is not judged


@dataclass(frozen=True)
class Stock:
    """Products without stock on `day`, of `of` whose stock is known.

    names: those that sold best before. share: their part of the sales of the last 28 days.
    """

    day: date
    count: int
    of: int
    names: tuple[str, ...]
    share: float


def out_of_stock(tables: Tables, last: date) -> Stock | None:
    """What has run out on the last day with stock; None where stock is unknown or a month old."""
    inventory, lines, products = tables("inventory"), tables("order_lines"), tables("products")
    if inventory is None or lines is None:
        return None
    day = inventory.select(pl.col("day").filter(pl.col("day") <= last).max()).collect().item()
    if day is None or (last - day).days > RECENT:
        return None
    left = (
        inventory.filter(pl.col("day") == day).group_by("product_id").agg(pl.col("on_hand").sum()).collect()
    )
    out = left.filter(pl.col("on_hand") <= 0)
    since = pl.lit(last - timedelta(days=RECENT)).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    sold = (
        lines.filter(pl.col("ordered_at") >= since)
        .group_by("product_id")
        .agg(value=(pl.col("units") * pl.col("unit_price")).sum())
        .collect()
    )
    missed = sold.join(out, on="product_id").sort("value", "product_id", descending=[True, False])
    best = missed["product_id"].head(3).to_list()
    known: dict[str, str] = {}
    if products is not None:
        rows = products.filter(pl.col("product_id").is_in(best)).select("product_id", "name").collect().rows()
        known = {product: name for product, name in rows if name}
    total, lost = float(sold["value"].sum()), float(missed["value"].sum())
    names = tuple(known.get(product, product) for product in best)
    return Stock(day, len(out), len(left), names, lost / total if total else 0.0)


def late_carriers(tables: Tables, period: Period, timezone: str) -> pl.DataFrame:
    """carrier, parcels, late: parcels that arrived in the period and had a promised time; the worst first."""
    schema = {"carrier": pl.String, "parcels": pl.Int64, "late": pl.Int64}
    shipments = tables("shipments")
    if shipments is None:
        return pl.DataFrame(schema=schema)
    # Instants, not days: only files and row groups of those days are read.
    start, end = (
        datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)
        for day in (period.start, period.end + DAY)
    )
    return (
        shipments.filter(
            pl.col("carrier").is_not_null(),
            pl.col("promised_at").is_not_null(),
            pl.col("delivered_at").is_between(start, end, closed="left"),
        )
        .group_by("carrier")
        .agg(
            parcels=pl.len().cast(pl.Int64),
            late=(pl.col("delivered_at") > pl.col("promised_at")).sum().cast(pl.Int64),
        )
        .filter(pl.col("parcels") >= PARCELS)
        .sort(pl.col("late") / pl.col("parcels"), "carrier", descending=[True, False])
        .collect()
    )
