"""Products × weeks: units, days on offer, the base price and the depth of promotions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from metrics.period import DAY, Period
from metrics.price_path import paths
from metrics.promotion_cells import Cells, cells, local, whole, zone
from metrics.promotion_plan import plans
from metrics.reason import Frames

WEEK = 7
STRANGE = 2.0  # times its median, or its median so many times it: not a price of the same thing, but an error


@dataclass(frozen=True)
class Panel:
    """products, category: names by product. Arrays of products × weeks: units; offered (weeks that it could
    be bought, from 0 to 1); price (log of the base price, before promotions and coupons; nan where nothing
    was sold at all); depth (mean reduction by promotions), 0 where there is none. prices: by product, how
    many different prices were asked, promotions counted. span: its days.
    """

    span: Period
    products: list[str]
    category: list[str]
    units: np.ndarray
    offered: np.ndarray
    price: np.ndarray
    depth: np.ndarray
    prices: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        return self.units.shape  # type: ignore[return-value]


def panel(
    frames: Frames,
    order_lines: pl.LazyFrame,
    products: pl.LazyFrame | None,
    promotions: pl.LazyFrame | None,
    promotion_products: pl.LazyFrame | None,
    coupons: pl.LazyFrame | None,
    inventory: pl.LazyFrame | None,
    *,
    last: date,
    weeks: int,
) -> Panel | None:
    """The last whole `weeks` weeks to that day, or as many as there are; None without a week or a sale."""
    begin = whole(frames, last).start
    many = min(weeks, ((last - begin).days + 1) // WEEK)
    if many < 1:
        return None
    span = Period(last - (many * WEEK - 1) * DAY, last)
    data = cells(frames, None, None, span)
    if not len(data.products):
        return None
    code = {name: i for i, name in enumerate(data.products)}
    shape = len(code), span.days
    base, sure = _prices(order_lines, code, span, zone(frames))
    depth = _depth(promotions, promotion_products, coupons, data, zone(frames))
    offered = _offered(products, inventory, data, code, span)
    units = np.bincount(data.product * span.days + data.day, data.values[:, 0], shape[0] * span.days)
    sold = units.reshape(shape)
    offered |= sold > 0
    asked = np.round(np.exp(base) * (1 - depth), 2)
    ordered = np.sort(np.where(offered & sure, asked, np.nan), axis=1)
    with np.errstate(invalid="ignore"):
        many_prices = (np.diff(ordered, axis=1) > 0.005).sum(axis=1) + 1
    by_week = offered.reshape(len(code), many, WEEK)
    share = by_week.sum(axis=2)

    def mean(values: np.ndarray) -> np.ndarray:
        total = np.where(by_week, values.reshape(by_week.shape), 0.0).sum(axis=2)
        return total / np.maximum(share, 1)

    kept = np.flatnonzero(np.isfinite(base[:, 0]))  # what was only given away has no price
    if not len(kept):
        return None
    return Panel(
        span,
        [str(data.products[i]) for i in kept],
        [data.category[i] or "" for i in kept],
        np.where(offered, sold, 0.0).reshape(by_week.shape).sum(axis=2)[kept],
        share[kept] / WEEK,
        mean(base)[kept],
        mean(depth)[kept],
        many_prices[kept],
    )


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
