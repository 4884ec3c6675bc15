"""From paid baskets to orders and their lines.

An order is worth Σ (units × unit price − discount) + shipping fee + tax; its payments add up to that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from sample_data import coupons, days, promotions
from sample_data import world as w
from sample_data.assortment import Assortment
from sample_data.baskets import Baskets
from sample_data.coupons import Coupons
from sample_data.draws import Draws, Floats, Ints, Keys
from sample_data.plan import PROMOTIONS
from sample_data.run import Run
from sample_data.visits import Visits


@dataclass(frozen=True)
class Orders:
    """Arrays of one length, an order each; `visit` is the row of its visit, `row` of its person."""

    visit: Ints
    person: Ints
    row: Ints
    key: Keys
    at: Floats  # seconds since the first day's midnight
    day: Ints
    channel: Ints
    region: Ints
    device: Ints
    cancelled: Floats  # seconds, NaN where it stands
    coupon: np.ndarray  # whether a coupon was used
    net: Floats  # after discounts, before shipping
    fee: Floats
    tax: Floats
    id: pl.Series = field(default_factory=pl.Series)  # both are known once rows are written
    customer: pl.Series = field(default_factory=pl.Series)  # customer_id, null for a guest

    def __len__(self) -> int:
        return len(self.at)

    @property
    def stands(self) -> np.ndarray:
        return np.isnan(self.cancelled)

    @property
    def in_store(self) -> np.ndarray:
        """Bought in the retail store and carried home."""
        return self.channel == w.CHANNEL["Retail store"]


@dataclass(frozen=True)
class Lines:
    """Arrays of one length, an order line each; `order` is the row of its order."""

    order: Ints
    place: Ints
    product: Ints
    units: Ints
    price: Floats
    discount: Floats
    given_by: Ints  # number in plan.DISCOUNTS, −1 without a discount

    @property
    def net(self) -> Floats:
        return self.units * self.price - self.discount

    def first(self, orders: int) -> Ints:
        """The product of each order's first line."""
        found = np.zeros(orders, np.int64)
        found[self.order[::-1]] = self.product[::-1]
        return found


def orders(
    draws: Draws,
    run: Run,
    shop: Assortment,
    member: np.ndarray,
    visits: Visits,
    baskets: Baskets,
    paid_at: Floats,
    held: Coupons,
) -> tuple[Orders, Lines]:
    """The orders in order of visit, and their lines. paid_at: by order."""
    visit = np.flatnonzero(baskets.paid)
    at, row, key, day = paid_at, visits.row[visit], visits.key[visit], visits.day[visit]
    channel, region = visits.channel[visit], visits.region[visit]
    order, place = np.nonzero(baskets.lines[visit] >= 0)
    product, units = baskets.lines[visit][order, place], baskets.units[visit][order, place]
    depth, given_by = promotions.reduction(run, member, day[order], product, channel[order], region[order])
    price = shop.price[days.MONTH_OF[day[order]], product]
    discount = np.round(units * price * depth, 2)
    worth = np.bincount(order, units * price - discount, minlength=len(visit)).astype(float)
    off, programme = coupons.off(held, row, at, worth)
    share = (units * price - discount) / worth[order] * off[order]
    given_by = np.where((given_by < 0) & (share > 0), len(PROMOTIONS) + programme[order], given_by)
    discount = np.round(discount + share, 2)
    net = np.round(np.bincount(order, units * price - discount, minlength=len(visit)).astype(float), 2)
    fee = np.array([region.fee for region in w.REGIONS])[region]
    free = (net >= w.FREE_SHIPPING) | (channel == w.CHANNEL["Retail store"])
    made = Orders(
        visit=visit,
        person=visits.person[visit],
        row=row,
        key=key,
        at=at,
        day=day,
        channel=channel,
        region=region,
        device=visits.device[visit],
        cancelled=_cancelled(draws, key, at),
        coupon=off > 0,
        net=net,
        fee=np.where(free, 0.0, fee),
        tax=np.round(net * np.array([region.tax for region in w.REGIONS])[region], 2),
    )
    return made, Lines(order, place, product, units, price, discount, given_by)


def _cancelled(draws: Draws, key: Keys, at: Floats) -> Floats:
    """A few are cancelled within the day, before they are sent."""
    wait = np.minimum(120 + draws.exponential("cancelled after", w.CANCEL_AFTER, key), 20 * 3600)
    quits = draws.chance("cancelled", w.CANCELLED, key)
    return np.where(quits, days.known(at + wait), np.nan)
