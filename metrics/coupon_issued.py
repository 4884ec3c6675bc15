"""Coupons as they were issued: face value, threshold, segment of the customer, and money taken off."""

from __future__ import annotations

from datetime import date

import polars as pl

from metrics.period import Period
from metrics.promotion_cells import local

# A share off was taken from what the order was worth before it.
OFF = (
    pl.when(pl.col("redeemed_at").is_not_null())
    .then(
        pl.when(pl.col("value_off") > 0)
        .then("value_off")
        .otherwise(pl.col("percent_off") / (1 - pl.col("percent_off")) * pl.col("paid"))
    )
    .otherwise(0.0)
)


def issued(
    coupons: pl.LazyFrame, customers: pl.LazyFrame, timezone: str, period: Period, as_of: date, segment: str
) -> pl.DataFrame:
    """A row a coupon of the period, with its month, face value and the customer's segment."""
    known = coupons.collect_schema()
    rows = coupons.with_columns(each for each in OPTIONAL if each.meta.output_name() not in known)
    day = local("issued_at", timezone)
    percent = pl.format("{}%", _plain(100 * pl.col("percent_off")))
    face = pl.when(pl.col("value_off") > 0).then(_plain(pl.col("value_off"))).otherwise(percent)
    traits = set(customers.collect_schema())
    segments = customers.select(
        "customer_id", segment=pl.col(segment) if segment in traits else pl.lit(None, pl.String)
    )
    return (
        rows.filter(day.is_between(period.start, min(period.end, as_of)))
        .select(
            "customer_id", "kind", "order_id", "seen_at", "redeemed_at", "value_off", "percent_off",
            programme=pl.col("promotion_id"),
            face=face, threshold=_plain(pl.col("threshold")), month=day.dt.truncate("1mo"),
        )
        .join(segments, on="customer_id", how="left")
        .sort("month", "customer_id")
        .collect()
    )  # fmt: skip


def _plain(number: pl.Expr) -> pl.Expr:
    """6.0 as "6"."""
    return number.round(2).cast(pl.String).str.strip_suffix(".0")


NOTHING = pl.lit(None)
OPTIONAL = (
    *(NOTHING.cast(pl.String).alias(name) for name in ("kind", "order_id", "customer_id", "promotion_id")),
    *(NOTHING.cast(pl.Float64).alias(name) for name in ("value_off", "percent_off", "threshold")),
    *(NOTHING.cast(pl.Datetime("us", "UTC")).alias(name) for name in ("seen_at", "redeemed_at")),
)


def paid(order_lines: pl.LazyFrame) -> pl.DataFrame:
    paid = pl.col("units") * pl.col("unit_price") - pl.col("discount").fill_null(0.0)
    return order_lines.group_by("order_id").agg(paid=paid.sum()).collect()
