"""Which orders an analysis of service, returns or delivery looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from metrics.period import Period
from metrics.promotion_cells import local

Where = Mapping[str, Sequence[str | None]]
OF_ORDER = ("channel", "region", "device")


def placed(orders: pl.LazyFrame, where: Where, timezone: str) -> pl.LazyFrame:
    """Orders that fit `where` but for its category, with their `day`, whether they were cancelled (`void`),
    and `person`: the customer, or the order itself of a guest.
    """
    cancelled = pl.col("status").str.to_lowercase().str.starts_with("cancel").fill_null(False)
    fits = [pl.col(name).is_in(list(where[name])) for name in OF_ORDER if name in where]
    return orders.filter(pl.lit(True), *fits).with_columns(
        day=local("ordered_at", timezone),
        void=cancelled | pl.col("cancelled_at").is_not_null(),
        person=pl.coalesce("customer_id", "order_id"),
    )


def standing(orders: pl.LazyFrame, where: Where, timezone: str) -> pl.LazyFrame:
    """Of them, those that were not cancelled."""
    return placed(orders, where, timezone).filter(~pl.col("void"))


def lines_of(order_lines: pl.LazyFrame, products: pl.LazyFrame | None, where: Where) -> pl.LazyFrame:
    """A row an order and product: order_id, product_id, category, seller, promoted ("yes", "no"), promotion
    (that gave the discount; null of none), units, revenue (after discounts), unit_cost; what the line lacks
    is taken from the product.
    """
    known = order_lines.select(
        "order_id", "product_id", "category", "units", "unit_cost", seller="merchant_id",
        promotion="promotion_id",
        revenue=pl.col("units") * pl.col("unit_price") - pl.col("discount").fill_null(0.0),
    )  # fmt: skip
    if products is not None:
        of = products.select(
            "product_id", category_="category", seller_="merchant_id", cost_="unit_cost"
        ).unique("product_id")
        known = known.join(of, on="product_id", how="left").with_columns(
            pl.coalesce("category", "category_").alias("category"),
            pl.coalesce("seller", "seller_").alias("seller"),
            pl.coalesce("unit_cost", "cost_").alias("unit_cost"),
        )
    if "category" in where:
        known = known.filter(pl.col("category").is_in(list(where["category"])))
    return (
        known.group_by("order_id", "product_id")
        .agg(
            pl.col("category", "seller", "unit_cost").first(),
            pl.col("units", "revenue").sum(),
            pl.col("promotion").min(),
        )
        .with_columns(
            promoted=pl.when(pl.col("promotion").is_null()).then(pl.lit("no")).otherwise(pl.lit("yes"))
        )
    )


def inside(period: Period, as_of: date) -> pl.Expr:
    """Whether `day` lies in what has elapsed of a period."""
    return pl.col("day").is_between(period.start, min(period.end, as_of))
