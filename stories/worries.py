"""What may go wrong today, from the raw tables: products that ran out, carriers that come late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from stories.asked import Asked, Tables

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


def out_of_stock(asked: Asked, last: date) -> Stock | None:
    """What has run out on the last day with stock; None where stock is unknown or a month old."""
    return asked.once(f"stock {last}", lambda: _out_of_stock(asked.tables, last))


def late_carriers(asked: Asked) -> pl.DataFrame:
    """carrier, parcels, late: what arrived on the days chosen, of carriers with enough; the worst first."""
    arrived = asked.once("parcels", lambda: _parcels(asked.tables, asked.shop.timezone))
    return (
        arrived.filter(pl.col("day").is_between(asked.elapsed.start, asked.elapsed.end))
        .group_by("carrier")
        .agg(pl.col("parcels", "late").sum())
        .filter(pl.col("parcels") >= PARCELS)
        .sort(pl.col("late") / pl.col("parcels"), "carrier", descending=[True, False])
    )


def _out_of_stock(tables: Tables, last: date) -> Stock | None:
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


def _parcels(tables: Tables, timezone: str) -> pl.DataFrame:
    """day, carrier, parcels, late: what arrived each day and had a promised time."""
    shipments = tables("shipments")
    if shipments is None:
        schema = {"day": pl.Date, "carrier": pl.String, "parcels": pl.Int64, "late": pl.Int64}
        return pl.DataFrame(schema=schema)
    day = pl.col("delivered_at").dt.convert_time_zone(timezone).dt.date()
    known = pl.all_horizontal(pl.col("carrier", "promised_at", "delivered_at").is_not_null())
    late = (pl.col("delivered_at") > pl.col("promised_at")).sum().cast(pl.Int64)
    found = shipments.filter(known).group_by(day.alias("day"), "carrier")
    return found.agg(parcels=pl.len().cast(pl.Int64), late=late).collect()
