"""Products in orders, and what of them came back."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from metrics.business_hours import midnight
from metrics.order_scope import Where, inside, lines_of, standing
from metrics.period import Period
from metrics.promotion_cells import local


def rows(
    orders: pl.LazyFrame,
    order_lines: pl.LazyFrame,
    products: pl.LazyFrame | None,
    returns: pl.LazyFrame,
    where: Where,
    period: Period,
    as_of: date,
    timezone: str,
) -> tuple[pl.DataFrame, int]:
    """A row a product in an order of the period, and how many returned products of these days name no order.

    day, person, channel, region, product_id, category, seller, promoted, promotion, units, revenue; part:
    whether any of it came back by as_of; units_back (as recorded, as the metric return_rate counts), refunds,
    cost_back (null where the cost is not known), reason (that of the first return).
    """
    end = midnight(as_of + timedelta(days=1), timezone)
    cancelled = pl.col("kind").str.to_lowercase().str.starts_with("cancel").fill_null(False)
    came = returns.filter(~cancelled, pl.col("returned_at") < end).with_columns(
        day=local("returned_at", timezone)
    )
    back = (
        came.sort("returned_at", "return_id")
        .group_by("order_id", "product_id", maintain_order=True)
        .agg(
            back=pl.col("units").sum(), refunds=pl.col("refund_value").sum(), reason=pl.col("reason").first()
        )
    )
    placed = standing(orders, where, timezone).filter(inside(period, as_of))
    placed = placed.select("order_id", "day", "person", "channel", "region")
    sold = (
        placed.join(lines_of(order_lines, products, where), on="order_id")
        .join(back, on=["order_id", "product_id"], how="left")
        .with_columns(
            part=pl.col("back").is_not_null(),
            units_back=pl.col("back").fill_null(0),
            refunds=pl.col("refunds").fill_null(0.0),
        )
        .with_columns(
            cost_back=pl.when(pl.col("part")).then(pl.col("units_back") * pl.col("unit_cost")).otherwise(0.0)
        )
        .drop("back", "unit_cost")
        .sort("day", "order_id", "product_id")
    )
    nowhere = (
        came.filter(inside(period, as_of))
        .join(order_lines.select("order_id", "product_id"), on=["order_id", "product_id"], how="anti")
        .select(pl.len())
    )
    found, lost = pl.collect_all([sold, nowhere])
    return found, 0 if where else int(lost.item())
