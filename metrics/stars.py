"""How many stars reviews give on average."""

from __future__ import annotations

from datetime import date

import polars as pl

from metrics.order_scope import Where, lines_of, placed
from metrics.period import Period
from metrics.promotion_cells import local
from metrics.ticket_groups import mean

Stars = tuple[int, float | None, float | None, float | None]


def stars(
    reviews: pl.LazyFrame,
    orders: pl.LazyFrame | None,
    order_lines: pl.LazyFrame | None,
    products: pl.LazyFrame | None,
    where: Where,
    period: Period,
    timezone: str,
) -> Stars:
    """Reviews written in the period, and the mean of their stars with its interval (Student's t), as the
    metric review_score counts. where: of the order that is reviewed.
    """
    found = reviews.with_columns(day=local("reviewed_at", timezone)).filter(
        pl.col("day").is_between(period.start, period.end)
    )
    if where and orders is None:
        return 0, None, None, None
    if set(where) - {"category"} and orders is not None:
        found = found.join(placed(orders, where, timezone).select("order_id"), on="order_id", how="semi")
    if "category" in where:
        if order_lines is None:
            return 0, None, None, None
        found = found.join(lines_of(order_lines, products, where), on="order_id", how="semi")
    scores = found.select("score").drop_nulls().collect().to_series()
    return len(scores), *mean(scores)


def last_known(reviews: pl.LazyFrame | None, shipments: pl.LazyFrame | None, timezone: str) -> date | None:
    """The last day on which a parcel arrived or a review was written; both may follow the last order."""
    known = [(reviews, "reviewed_at"), (shipments, "delivered_at")]
    days = [
        table.select(local(column, timezone).max()).collect().item()
        for table, column in known
        if table is not None and column in table.collect_schema()
    ]
    return max((day for day in days if day is not None), default=None)
