"""Complements: products that are bought together with others more often than chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from metrics.difference import benjamini_hochberg
from metrics.promotion_cells import Cells, local

GIANT = 30  # products in an order above which it says nothing of what goes together
FEWEST, RATIO, FALSE = 5, 1.5, 0.01  # orders with both, times as many as by chance, share of false ones


@dataclass(frozen=True)
class Baskets:
    """A row a product of an order that has two or more: order (code), product (code of the cells), day."""

    order: np.ndarray
    product: np.ndarray
    day: np.ndarray

    def complements(self, own: np.ndarray, low: int, high: int) -> np.ndarray:
        """Flag by product: those that orders with an own product (a flag) surely hold more often than others.

        Orders of the days low … high − 1 are left out: what a promotion itself brought together is no
        habit. With n orders, of which m hold an own product and c a product in question, chance would put
        m × c ÷ n together; the number found is compared with it by Poisson's upper tail, corrected over all
        products (Benjamini and Hochberg).
        """
        from scipy.special import pdtrc

        kept = (self.day < low) | (self.day >= high)
        order, product = self.order[kept], self.product[kept]
        found = np.zeros(len(own), bool)
        if not len(order):
            return found
        with_own = np.zeros(int(order.max()) + 1, bool)
        with_own[order[own[product]]] = True
        orders = np.bincount(product, minlength=len(own))
        together = np.bincount(product, with_own[order], len(own))
        n = len(np.unique(order))
        chance = orders * with_own.sum() / n
        asked = np.flatnonzero(~own & (together >= FEWEST))
        if not len(asked):
            return found
        q = np.array(benjamini_hochberg(list(pdtrc(together[asked] - 1, chance[asked]))), float)
        sure = (q <= FALSE) & (together[asked] >= RATIO * chance[asked])
        found[asked[sure]] = True
        return found


def baskets(
    order_lines: pl.LazyFrame | None, orders: pl.LazyFrame | None, cells: Cells, timezone: str
) -> Baskets | None:
    """Of orders that were not cancelled, by the day on which they were placed. None without the tables."""
    if order_lines is None or orders is None:
        return None
    known = orders.collect_schema()
    stands = pl.col("cancelled_at").is_null() if "cancelled_at" in known else pl.lit(True)
    placed = orders.filter(stands).select("order_id", day=local("ordered_at", timezone))
    codes = pl.LazyFrame({"product_id": cells.products, "product": np.arange(len(cells.products))})
    rows = (
        order_lines.select("order_id", "product_id")
        .drop_nulls()
        .unique()
        .join(codes, on="product_id")
        .filter(pl.len().over("order_id").is_between(2, GIANT))
        .join(placed, on="order_id")
        .select(
            "product", order=pl.col("order_id").rank("dense") - 1,
            day=(pl.col("day") - cells.span.start).dt.total_days(),
        )
        .collect()
    )  # fmt: skip
    return Baskets(*(rows[name].to_numpy() for name in ("order", "product", "day")))
