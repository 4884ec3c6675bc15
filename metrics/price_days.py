"""Products × days: what was sold, at which base price and promotion, and what could be bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from metrics.period import Period
from metrics.price_path import paths
from metrics.promotion_cells import Cells, cells, local, zone
from metrics.promotion_plan import plans
from metrics.reason import Frames

WEEK = 7
STRANGE = 2.0  # times its median, or its median so many times it: not a price of the same thing, but an error


@dataclass(frozen=True)
class Days:
    """products, category: names by product. Arrays of products × days: sums (measures of promotion_cells ×
    products × days), offered (whether it could be bought), price (log of the base price; nan where nothing
    was sold at all), sure (whether that price is), depth. costed: whether margins are known.
    """

    span: Period
    products: list[str]
    category: list[str]
    sums: np.ndarray
    offered: np.ndarray
    price: np.ndarray
    sure: np.ndarray
    depth: np.ndarray
    costed: bool

    def weekly(self, values: np.ndarray, days: int = WEEK) -> np.ndarray:
        """Mean of the days on offer, a week; 0 where there is none."""
        offered = self.offered.reshape(len(self.products), -1, days)
        total = np.where(offered, values.reshape(offered.shape), 0.0).sum(axis=2)
        return total / np.maximum(offered.sum(axis=2), 1)

    def of(self, names: Sequence[str]) -> Days:
        """Only these products, in their order; one that never sold was never on offer."""
        place = {name: i for i, name in enumerate(self.products)}
        rows = np.array([place.get(name, -1) for name in names], int)
        there = rows >= 0
        return Days(
            self.span, list(names), [self.category[i] if i >= 0 else "" for i in rows],
            np.where(there[:, None], self.sums[:, rows], 0.0), self.offered[rows] & there[:, None],
            np.where(there[:, None], self.price[rows], np.nan), self.sure[rows], self.depth[rows],
            self.costed,
        )  # fmt: skip


def by_day(
    frames: Frames,
    order_lines: pl.LazyFrame,
    products: pl.LazyFrame | None,
    promotions: pl.LazyFrame | None,
    promotion_products: pl.LazyFrame | None,
    coupons: pl.LazyFrame | None,
    inventory: pl.LazyFrame | None,
    *,
    span: Period,
    names: Sequence[str] = (),
) -> Days | None:
    """What was sold, at which price, by product and day; None without a sale. names: only these products."""
    data = cells(_only(frames, names) if names else frames, None, None, span)
    if not len(data.products):
        return None
    code = {name: i for i, name in enumerate(data.products)}
    shape = len(code), span.days
    base, sure = _prices(order_lines, code, span, zone(frames))
    depth = _depth(promotions, promotion_products, coupons, data, zone(frames))
    offered = _offered(products, inventory, data, code, span)
    place = data.product * span.days + data.day
    sums = np.array([np.bincount(place, each, shape[0] * span.days).reshape(shape) for each in data.values.T])
    category = [each or "" for each in data.category]
    known = list(map(str, data.products))
    return Days(span, known, category, sums, offered | (sums[0] > 0), base, sure, depth, data.costed)


def _only(frames: Frames, names: Sequence[str]) -> Frames:
    def served(name: str, **asked: Any) -> Any:
        found = frames(name, **asked)
        return found.filter(pl.col("product_id").is_in(list(names))) if name == "daily" else found

    return served


def _prices(lines: pl.LazyFrame, code: dict, span: Period, timezone: str) -> tuple[np.ndarray, np.ndarray]:
    """Log of the price before reductions, of a day the median; and whether it is certain."""
    known = pl.DataFrame({"product_id": list(code), "product": range(len(code))})
    usual = pl.col("unit_price").median().over("product")
    sales = (
        lines.filter(pl.col("unit_price") > 0)
        .select("product_id", "unit_price", day=(local("ordered_at", timezone) - span.start).dt.total_days())
        .filter(pl.col("day").is_between(0, span.days - 1))
        .join(known.lazy(), on="product_id")
        .filter((pl.col("unit_price") / usual).is_between(1 / STRANGE, STRANGE))
        .group_by("product", "day")
        .agg(price=pl.col("unit_price").median().round(2))
        .filter(pl.col("price") > 0)
        .collect()
    )
    return paths(sales, len(code), span.days)


def _depth(
    promotions: pl.LazyFrame | None,
    members: pl.LazyFrame | None,
    coupons: pl.LazyFrame | None,
    data: Cells,
    timezone: str,
) -> np.ndarray:
    """(products × days) share off by price promotions; one of a place counts by its share of the units."""
    found = np.zeros((len(data.products), data.span.days))
    if promotions is None or "depth" not in promotions.collect_schema():
        return found
    deep = dict(promotions.select("promotion_id", "depth").drop_nulls().collect().iter_rows())
    total = max(float(data.values[:, 0].sum()), 1.0)
    for plan in plans(promotions, members, coupons, data, timezone):
        low, high = max(data.number(plan.first), 0), min(data.number(plan.last) + 1, data.span.days)
        if high > low and plan.id in deep:
            share = 1.0 if plan.place is None else float(data.values[plan.place, 0].sum()) / total
            rows = found[plan.product, low:high]
            found[plan.product, low:high] = np.maximum(rows, share * deep[plan.id])
    return found


def _offered(
    products: pl.LazyFrame | None, inventory: pl.LazyFrame | None, data: Cells, code: dict, span: Period
) -> np.ndarray:
    """(products × days) whether it could be bought: on sale, and not out of stock by the inventory."""
    day = np.arange(span.days)
    first = np.full(len(code), span.days)
    np.minimum.at(first, data.product, data.day)
    last = np.full(len(code), span.days)
    if products is not None:
        known = products.collect_schema()
        for column, into in (("launched_on", first), ("discontinued_on", last)):
            if column in known:
                rows = products.select("product_id", column).drop_nulls().collect()
                for name, when in rows.iter_rows():
                    if name in code:
                        into[code[name]] = (when - span.start).days
    found = (day >= first[:, None]) & (day <= last[:, None])
    if inventory is not None:
        rows = (
            inventory.filter(pl.col("day").is_between(span.start, span.end))
            .group_by("product_id", "day")
            .agg(pl.col("on_hand").sum())
            .filter(pl.col("on_hand") <= 0)
            .collect()
        )
        for name, when in rows.select("product_id", "day").iter_rows():
            if name in code:
                found[code[name], (when - span.start).days] = False
    return found
