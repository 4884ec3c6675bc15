"""From paid baskets to orders, order lines, payments and redeemed coupons.

Every order is paid by its lines and its shipping: the payments of an order add up to
Σ (units × unit price − discount) + shipping fee. Of cancelled orders some were never paid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data import days, promotions
from sample_data import world as w
from sample_data.assortment import Assortment
from sample_data.choice import Baskets
from sample_data.draws import Draws, Floats, Ints, Keys
from sample_data.people import Traits, arrival_key
from sample_data.visits import Visits

CANCEL_REASONS = (
    ("Changed my mind", 0.45),
    ("Found cheaper", 0.2),
    ("Out of stock", 0.2),
    ("Payment failed", 0.15),
)
DISCOUNTS = [p.id for p in promotions.PROMOTIONS] + [p.id for p in promotions.programmes()]


@dataclass(frozen=True)
class Coupons:
    """One coupon a person at most, in one month; programme −1 is none. Times in seconds, NaN unseen."""

    programme: Ints  # number in programmes()
    issued: Floats
    seen: Floats

    def known(self, row: Ints, at: Floats) -> np.ndarray:
        """Whether the person of a row knows of a coupon at that time."""
        return (self.programme[row] >= 0) & (self.seen[row] < at)


@dataclass(frozen=True)
class Orders:
    """Arrays of one length, an order each; `visit` is the row of its visit."""

    visit: Ints
    person: Ints
    row: Ints  # of the person in the traits
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


@dataclass(frozen=True)
class Lines:
    """Arrays of one length, an order line each; `order` is the row of its order."""

    order: Ints
    place: Ints
    product: Ints
    units: Ints
    price: Floats
    discount: Floats
    given_by: Ints  # number in DISCOUNTS, −1 without a discount

    @property
    def net(self) -> Floats:
        return self.units * self.price - self.discount


def coupons(draws: Draws, people: Traits, month: int) -> Coupons:
    """New accounts are welcomed when they open; some of the others get a coupon early in the month."""
    plans = promotions.programmes()
    first, last = days.BOUNDS[month], days.BOUNDS[month + 1]
    fresh = people.account & (people.arrives >= first) & (people.arrives < last)
    older = people.account & (people.arrives < first)
    welcome, save = 2 * month, 2 * month + 1
    got = draws.uniform("coupon", people.person, month)
    programme = np.where(fresh & (got < plans[welcome].share), welcome, -1)
    programme = np.where(older & (got < plans[save].share), save, programme)
    sent = first + 2 + draws.whole("coupon day", 6, people.person, month)
    opened = np.floor(people.arrives) * 86_400 + days.second_of_day(draws, arrival_key(draws, people.person))
    issued = np.where(fresh, np.floor(opened), sent * 86_400.0 + 10 * 3600)
    wait = draws.exponential("coupon seen", 30 * 3600.0, people.person, month)
    seen = issued + np.where(draws.chance("coupon unseen", 0.4, people.person, month), np.nan, wait)
    seen = np.where(seen < last * 86_400, np.floor(seen), np.nan)
    return Coupons(programme, issued, seen)


def orders(
    draws: Draws,
    people: Traits,
    shop: Assortment,
    member: np.ndarray,
    visits: Visits,
    baskets: Baskets,
    paid_at: Floats,
    held: Coupons,
) -> tuple[Orders, Lines]:
    """The orders of some visits in order of visit, and their lines."""
    visit = np.flatnonzero(baskets.paid)
    at, row = paid_at[visit], visits.row[visit]
    order, place = np.nonzero(baskets.lines[visit] >= 0)
    product, units = baskets.lines[visit][order, place], baskets.units[visit][order, place]
    day = visits.day[visit]
    channel, region = visits.channel[visit], visits.region[visit]
    depth, given_by = promotions.reduction(member, day[order], product, channel[order], region[order])
    price = shop.price[days.MONTH_OF[day[order]], product]
    discount = np.round(units * price * depth, 2)
    worth = np.bincount(order, units * price - discount, minlength=len(visit))
    off, programme = _coupon_value(people, held, row, at, worth)
    share = (units * price - discount) / worth[order] * off[order]
    given_by = np.where((given_by < 0) & (share > 0), len(promotions.PROMOTIONS) + programme[order], given_by)
    discount = np.round(discount + share, 2)
    net = np.round(np.bincount(order, units * price - discount, minlength=len(visit)), 2)
    fees = np.array([region.fee for region in w.REGIONS])[region]
    key = visits.key[visit]
    quit_after = np.minimum(120 + draws.exponential("cancelled after", 5 * 3600.0, key), 20 * 3600)
    cancelled = np.where(draws.chance("cancelled", w.CANCELLED, key), np.floor(at + quit_after), np.nan)
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
        cancelled=np.where(cancelled < days.DAYS * 86_400, cancelled, np.nan),
        coupon=off > 0,
        net=net,
        fee=np.where((net >= w.FREE_SHIPPING) | (channel == w.CHANNEL["Retail store"]), 0.0, fees),
    )
    return made, Lines(order, place, product, units, price, discount, given_by)


def coupon_ids(month_and_person: pl.Series) -> pl.Series:
    """A person has one coupon a month at most: both are its number. Takes "?2511-0001234"."""
    return "K" + month_and_person.str.slice(1)


def _coupon_value(people: Traits, held: Coupons, row: Ints, at: Floats, worth: Floats) -> tuple[Floats, Ints]:
    """Money off by coupon for each order, on the person's first order that reaches the threshold."""
    plans = promotions.programmes()
    programme = held.programme[row]
    threshold, value, percent = (
        np.array([getattr(plan, name) for plan in plans])[programme]
        for name in ("threshold", "value_off", "percent_off")
    )
    able = np.flatnonzero(held.known(row, at) & (worth >= threshold))
    able = able[np.argsort(at[able], kind="stable")]
    _, first = np.unique(row[able], return_index=True)
    used = np.zeros(len(row), bool)
    used[able[first]] = True
    return np.where(used, value + percent * worth, 0.0), programme


def order_rows(
    draws: Draws,
    shop: Assortment,
    made: Orders,
    names: dict[str, pl.Series],
    status: pl.Series,
    customers: int,
) -> pl.DataFrame:
    """Rows of the table orders. names: order, customer and campaign by visit. A guest has no id."""
    quit_ = np.isfinite(made.cancelled)
    reason = pl.Series([name for name, _ in CANCEL_REASONS]).gather(
        draws.pick("cancel reason", [share for _, share in CANCEL_REASONS], made.key)
    )
    order = names["order"].gather(made.visit)
    frame = pl.DataFrame(
        {
            "order_id": order,
            "ordered_at": days.instants("ordered_at", made.at),
            "customer_id": names["customer"].gather(made.visit),
            "channel": pl.Series([channel.name for channel in w.CHANNELS]).gather(made.channel),
            "region": pl.Series([region.name for region in w.REGIONS]).gather(made.region),
            "device": pl.Series(w.DEVICES).gather(made.device),
            "status": status,
            "cancelled_at": days.instants("cancelled_at", made.cancelled),
            "cancel_reason": reason,
            "campaign_id": names["campaign"].gather(made.visit),
            "coupon_id": coupon_ids(order.str.replace(r"-\d+$", "")),
            "shipping_fee": made.fee,
        }
    )
    keep = {
        "customer_id": made.person < customers,
        "device": made.channel != w.CHANNEL["Retail store"],
        "cancel_reason": quit_,
        "coupon_id": made.coupon,
    }
    return frame.with_columns(
        [pl.when(pl.Series(known)).then(name).alias(name) for name, known in keep.items()]
    )


def line_rows(shop: Assortment, made: Orders, lines: Lines, order: pl.Series) -> pl.DataFrame:
    """Rows of the table order_lines. order: order_id by order."""
    categories = pl.Series([category.name for category in w.CATEGORIES])
    return pl.DataFrame(
        {
            "order_id": order.gather(lines.order),
            "line_id": pl.Series("line_id", lines.place + 1).cast(pl.String),
            "product_id": shop.ids(lines.product),
            "ordered_at": days.instants("ordered_at", made.at[lines.order]),
            "merchant_id": shop.merchant_ids(shop.merchant[lines.product]),
            "category": categories.gather(shop.category[lines.product]),
            "units": lines.units,
            "unit_price": lines.price,
            "discount": lines.discount,
            "unit_cost": shop.cost[days.MONTH_OF[made.day[lines.order]], lines.product],
            "promotion_id": pl.Series([*DISCOUNTS, None]).gather(
                np.where(lines.given_by < 0, len(DISCOUNTS), lines.given_by)
            ),
        }
    )


def payment_rows(draws: Draws, made: Orders, order: pl.Series) -> pl.DataFrame:
    """Rows of the table payments: one an order, a few split in two, some cancelled ones unpaid."""
    unpaid = np.isfinite(made.cancelled) & draws.chance("unpaid", 0.4, made.key)
    row = np.flatnonzero(~unpaid)
    amount = np.round(made.net + made.fee, 2)[row]
    split = draws.chance("split payment", w.SPLIT_PAYMENTS, made.key[row]) & (amount > 20)
    part = np.where(split, np.round(amount * 0.3, 2), 0.0)
    rows = np.concatenate([row, row[split]])
    method = draws.pick("method", [share for _, share in w.PAYMENT_METHODS], made.key[row])
    methods = pl.Series([*(name for name, _ in w.PAYMENT_METHODS), "Gift card"])
    number = pl.Series(np.where(np.arange(len(rows)) < len(row), "1", "2"))
    return pl.DataFrame(
        {
            "payment_id": "Y" + order.gather(rows).str.slice(1) + "-" + number,
            "order_id": order.gather(rows),
            "paid_at": days.instants("paid_at", made.at[rows]),
            "method": methods.gather(np.concatenate([method, np.full(split.sum(), len(w.PAYMENT_METHODS))])),
            "amount": np.round(np.concatenate([amount - part, part[split]]), 2),
        }
    )


def coupon_rows(
    people: Traits, held: Coupons, made: Orders, order: pl.Series, ids: pl.Series, month: int
) -> pl.DataFrame:
    """Rows of the table coupons. ids: customer_id by row of the traits; order: order_id by order."""
    plans = promotions.programmes()
    row = np.flatnonzero(held.programme >= 0)
    used = np.full(len(held.programme), -1)
    used[made.row[made.coupon]] = np.flatnonzero(made.coupon)
    used = used[row]
    plan = [plans[number] for number in held.programme[row]]
    redeemed = np.where(used >= 0, made.at[used], np.nan) if len(made.at) else np.full(len(row), np.nan)
    orders_ = order.gather(used.clip(0)) if len(order) else pl.Series([None] * len(row), dtype=pl.String)
    stamp = f"-{days.MONTHS[month]:%y%m}-"
    frame = pl.DataFrame(
        {
            "coupon_id": coupon_ids(stamp + ids.gather(row).str.slice(1)),
            "customer_id": ids.gather(row),
            "promotion_id": [p.id for p in plan],
            "kind": [p.kind for p in plan],
            "threshold": [p.threshold for p in plan],
            "value_off": [p.value_off or None for p in plan],
            "percent_off": [p.percent_off or None for p in plan],
            "issued_at": days.instants("issued_at", held.issued[row]),
            "seen_at": days.instants("seen_at", held.seen[row]),
            "redeemed_at": days.instants("redeemed_at", redeemed),
            "expires_at": days.instants("expires_at", np.full(len(row), days.BOUNDS[month + 1] * 86_400 - 1)),
            "order_id": orders_,
        },
        schema_overrides={"value_off": pl.Float64, "percent_off": pl.Float64},
    )
    return frame.with_columns(order_id=pl.when(pl.Series(used >= 0)).then("order_id"))
