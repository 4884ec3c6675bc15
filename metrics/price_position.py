"""Where each product stands: its cost, what of its price is kept, and what rivals ask for the same thing."""

from __future__ import annotations

from datetime import date

import polars as pl

from metrics.period import DAY, Period
from metrics.promotion_cells import local
from metrics.reason import Frames

RECENT = 28  # days; an older price of a rival is not today's


def costs(lines: pl.LazyFrame, products: pl.LazyFrame | None, span: Period, timezone: str) -> pl.DataFrame:
    """product, cost (of its last sale, else of the product), kept (share of the price before reductions
    that buyers paid in the span, promotions and coupons taken off).
    """
    known = lines.collect_schema()
    gross = pl.col("units") * pl.col("unit_price")
    off = pl.col("discount").fill_null(0.0) if "discount" in known else pl.lit(0.0)
    cost = pl.col("unit_cost") if "unit_cost" in known else pl.lit(None, pl.Float64)
    found = (
        lines.filter(local("ordered_at", timezone).is_between(span.start, span.end), pl.col("unit_price") > 0)
        .sort("ordered_at")
        .group_by(product="product_id")
        .agg(cost=cost.drop_nulls().last(), kept=1 - off.sum() / gross.sum())
        .collect()
    )
    if products is None or "unit_cost" not in products.collect_schema():
        return found
    listed = products.select(product="product_id", listed="unit_cost").collect()
    joined = found.join(listed, on="product", how="left")
    return joined.select("product", "kept", cost=pl.col("cost").fill_null(pl.col("listed")))


def rivals(prices: pl.LazyFrame | None, last: date) -> pl.DataFrame:
    """product, rivals (how many can deliver it), rival (median of their latest prices), cheapest: of the last
    28 days.
    """
    schema = {"product": pl.String, "rivals": pl.Int64, "rival": pl.Float64, "cheapest": pl.Float64}
    if prices is None:
        return pl.DataFrame(schema=schema)
    there = pl.col("in_stock").fill_null(True) if "in_stock" in prices.collect_schema() else pl.lit(True)
    return (
        prices.filter(pl.col("day").is_between(last - (RECENT - 1) * DAY, last), pl.col("price") > 0)
        .sort("day")
        .group_by("product_id", "competitor")
        .agg(pl.col("price").last(), there.last().alias("there"))
        .filter(pl.col("there"))
        .group_by(product="product_id")
        .agg(
            rivals=pl.len().cast(pl.Int64),
            rival=pl.col("price").median(),
            cheapest=pl.col("price").min(),
        )
        .sort("product")
        .select(list(schema))
        .collect()
    )


BANDS = 4


def bands(frames: Frames, price: pl.DataFrame, period: Period) -> pl.DataFrame:
    """By category and band of price: category, band (from 1), low, high, products, units, revenue, margin.

    price: product, category, price (today's, before reductions). A category's products are cut by it into
    BANDS bands of as many products as can be. Revenue is net of reductions and returns by order date, margin
    what of it has a known cost less that cost, null where no cost is known.
    """
    placed = (pl.col("price").rank("ordinal").over("category") - 1) * BANDS // pl.len().over("category")
    banded = (
        price.drop_nulls("price")
        .sort("category", "price", "product")
        .with_columns(band=placed.cast(pl.Int64) + 1)
    )
    sold = (
        frames("daily", by=("product_id",), basis="order")
        .filter(pl.col("day").is_between(period.start, period.end))
        .group_by(product="product_id")
        .agg(
            units=pl.col("units").sum(),
            revenue=pl.col("net_revenue").sum(),
            margin=pl.col("costed_revenue").sum() - pl.col("cost").sum(),
            costed=pl.col("cost").count() > 0,
        )
        .collect()
    )
    return (
        banded.join(sold, on="product", how="left")
        .group_by("category", "band")
        .agg(
            low=pl.col("price").min(),
            high=pl.col("price").max(),
            products=pl.len().cast(pl.Int64),
            units=pl.col("units").sum(),
            revenue=pl.col("revenue").sum(),
            margin=pl.when(pl.col("costed").any()).then(pl.col("margin").sum()),
        )
        .sort("category", "band")
    )
