"""What is bought in the same orders: the share of a product's units that stands beside others."""

from __future__ import annotations

import polars as pl

from metrics.period import Period
from metrics.promotion_cells import local


def beside(lines: pl.LazyFrame, span: Period, timezone: str) -> tuple[dict[str, float], float]:
    """By category, and of the whole shop: units × (other products of it in the order) ÷ (its products in
    the order), by units. It is the share of units that would go with another one's purchase, if an order's
    every product were as likely as the next to be the reason for it.
    """
    rows = (
        lines.filter(local("ordered_at", timezone).is_between(span.start, span.end))
        .select("order_id", "product_id", "units", pl.col("category").cast(pl.String).fill_null(""))
        .collect()
    )

    def share(*of: str) -> pl.Expr:
        many = pl.col("product_id").n_unique().over("order_id", *of)
        return pl.col("units") * (many - 1) / many

    counted = rows.select("category", "units", own=share("category"), every=share())
    mean = pl.col("own", "every").sum() / pl.col("units").sum()
    by = dict(counted.group_by("category").agg(mean).select("category", "own").iter_rows())
    return by, float(counted.select(mean)["every"].fill_nan(0.0)[0])
