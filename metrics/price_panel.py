"""Products × weeks: units, days on offer, the base price and the depth of promotions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from metrics.period import DAY, Period
from metrics.price_days import WEEK, by_day
from metrics.promotion_cells import whole
from metrics.reason import Frames


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
    data = by_day(
        frames, order_lines, products, promotions, promotion_products, coupons, inventory,
        span=Period(last - (many * WEEK - 1) * DAY, last),
    )  # fmt: skip
    if data is None:
        return None
    asked = np.round(np.exp(data.price) * (1 - data.depth), 2)
    ordered = np.sort(np.where(data.offered & data.sure, asked, np.nan), axis=1)
    with np.errstate(invalid="ignore"):
        many_prices = (np.diff(ordered, axis=1) > 0.005).sum(axis=1) + 1
    by_week = data.offered.reshape(len(data.products), many, WEEK)
    kept = np.flatnonzero(np.isfinite(data.price[:, 0]))  # what was only given away has no price
    if not len(kept):
        return None
    return Panel(
        data.span,
        [data.products[i] for i in kept],
        [data.category[i] for i in kept],
        np.where(by_week, data.sums[0].reshape(by_week.shape), 0.0).sum(axis=2)[kept],
        (by_week.sum(axis=2) / WEEK)[kept],
        data.weekly(data.price)[kept],
        data.weekly(data.depth)[kept],
        many_prices[kept],
    )
