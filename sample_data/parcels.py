"""Parcels: who carries them, when they were promised and when they arrive; and what comes back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data import days
from sample_data import world as w
from sample_data.assortment import Assortment
from sample_data.draws import Draws, Floats, Ints
from sample_data.orders import Lines, Orders

HOUR, DAY = 3600.0, 86_400.0
HANDLING, HANDLING_SIGMA = 20 * HOUR, 0.5  # from order to hand-over: median, log spread
RETURN_AFTER = 6 * DAY  # mean, from delivery
LATE_RETURNS = 1.5  # returns of late parcels, relative
EXCHANGES = 0.08  # of what comes back
REASONS = (
    ("Wrong size", 0.3),
    ("Not as described", 0.22),
    ("Changed my mind", 0.2),
    ("Damaged", 0.16),
    ("Faulty", 0.12),
)


@dataclass(frozen=True)
class Parcels:
    """By order, in seconds since the first day's midnight; NaN where it has not happened (yet)."""

    carrier: Ints
    shipped: Floats
    promised: Floats
    delivered: Floats

    @property
    def late(self) -> np.ndarray:
        return self.delivered > self.promised


def known(seconds: Floats) -> Floats:
    """What lies beyond the last day is not known yet."""
    return np.where(seconds < days.DAYS * DAY, np.floor(seconds), np.nan)


def parcels(draws: Draws, made: Orders) -> Parcels:
    """Transit time is lognormal around the carrier's median × the region's distance.

    Orders of the retail store are carried home; cancelled ones are not sent.
    """
    carrier = draws.pick("carrier", [carrier.share for carrier in w.CARRIERS], made.key)
    median, sigma = (np.array([getattr(c, name) for c in w.CARRIERS])[carrier] for name in ("days", "sigma"))
    distance = np.array([region.delivery for region in w.REGIONS])[made.region]
    shipped = made.at + draws.lognormal("handling", HANDLING, HANDLING_SIGMA, made.key)
    slow = days.within(days.CARRIER_FORTNIGHT, (shipped // DAY).astype(np.int64)) & (
        carrier == days.SLOW_CARRIER
    )
    transit = median * distance * np.exp(sigma * draws.normal("transit", made.key)) * DAY
    promise = np.array([region.promise_days for region in w.REGIONS])[made.region]
    away = np.isnan(made.cancelled) & (made.channel != w.CHANNEL["Retail store"])
    arrived = shipped + transit * np.where(slow, days.SLOW_FACTOR, 1.0)
    shipped = np.where(away, known(shipped), np.nan)
    return Parcels(
        carrier=carrier,
        shipped=shipped,
        promised=np.where(np.isfinite(shipped), (made.day + promise) * DAY + 22 * HOUR, np.nan),
        delivered=np.where(np.isfinite(shipped), known(arrived), np.nan),
    )


def status(made: Orders, sent: Parcels) -> pl.Series:
    found = np.where(np.isfinite(sent.shipped), "shipped", "paid")
    found = np.where(
        np.isfinite(sent.delivered) | (made.channel == w.CHANNEL["Retail store"]), "delivered", found
    )
    return pl.Series("status", np.where(np.isfinite(made.cancelled), "cancelled", found))


def shipment_rows(draws: Draws, made: Orders, sent: Parcels, order: pl.Series) -> pl.DataFrame:
    """Rows of the table shipments."""
    row = np.flatnonzero(np.isfinite(sent.shipped))
    carrier = sent.carrier[row]
    cost = np.array([c.cost for c in w.CARRIERS])[carrier]
    distance = np.array([region.delivery for region in w.REGIONS])[made.region[row]]
    return pl.DataFrame(
        {
            "shipment_id": "H" + order.gather(row).str.slice(1),
            "order_id": order.gather(row),
            "carrier": pl.Series([c.name for c in w.CARRIERS]).gather(carrier),
            "region": pl.Series([region.name for region in w.REGIONS]).gather(made.region[row]),
            "shipped_at": days.instants("shipped_at", sent.shipped[row]),
            "promised_at": days.instants("promised_at", sent.promised[row]),
            "delivered_at": days.instants("delivered_at", sent.delivered[row]),
            "cost": np.round(cost * distance * draws.lognormal("parcel cost", 1.0, 0.15, made.key[row]), 2),
        }
    )


@dataclass(frozen=True)
class Returned:
    """Arrays of one length, a line that came back each; `line` is its row in the lines."""

    line: Ints
    at: Floats
    units: Ints


def returned(draws: Draws, shop: Assortment, made: Orders, sent: Parcels, lines: Lines) -> Returned:
    """Whole lines mostly; sometimes one of several units. What comes back after the last day is not known."""
    order, product = lines.order, lines.product
    home = np.where(made.channel == w.CHANNEL["Retail store"], made.at, sent.delivered)
    chance = np.array([category.returns for category in w.CATEGORIES])[shop.category[product]]
    chance = chance * np.where(sent.late[order], LATE_RETURNS, 1.0)
    wrong = days.within(days.SIZING, made.day[order]) & (shop.merchant[product] == sizing_merchant(shop))
    chance = chance * np.where(wrong & (shop.kind[product] < 2), 2.5, 1.0)
    key = made.key[order]
    back = draws.chance("returned", chance, key, lines.place)
    at = known(home + 1 * DAY + draws.exponential("return after", RETURN_AFTER, made.key))[order]
    line = np.flatnonzero(back & np.isfinite(at) & np.isnan(made.cancelled[order]))
    partly = draws.chance("partly", 0.3, key[line], lines.place[line])
    return Returned(line, at[line], np.where(partly, 1, lines.units[line]))


def sizing_merchant(shop: Assortment) -> int:
    """The fashion merchant with the most views sells by a wrong size table in the end."""
    fashion = shop.category == w.CATEGORY["Fashion"]
    return int(np.argmax(np.bincount(shop.merchant[fashion], shop.popularity[fashion])))


def return_rows(
    draws: Draws,
    shop: Assortment,
    made: Orders,
    lines: Lines,
    back: Returned,
    order: pl.Series,
    customer: pl.Series,
) -> pl.DataFrame:
    """Rows of the table returns. order, customer: ids by order."""
    line = back.line
    row, key, place = lines.order[line], made.key[lines.order[line]], lines.place[line]
    swapped = draws.chance("exchange", EXCHANGES, key)
    value = lines.net[line] * back.units / lines.units[line]
    refunded = back.at + DAY + draws.exponential("refund after", 2 * DAY, key)
    sized = (shop.category[lines.product[line]] == w.CATEGORY["Fashion"]) & draws.chance(
        "size", 0.5, key, place
    )
    reason = draws.pick("return reason", [share for _, share in REASONS], key, place)
    late = np.where(refunded < days.DAYS * DAY, np.floor(refunded), back.at)
    return pl.DataFrame(
        {
            "return_id": "R" + order.gather(row).str.slice(1),
            "line_id": pl.Series("line_id", place + 1).cast(pl.String),
            "order_id": order.gather(row),
            "product_id": shop.ids(lines.product[line]),
            "customer_id": customer.gather(row),
            "returned_at": days.instants("returned_at", back.at),
            "refunded_at": days.instants("refunded_at", late),
            "units": back.units,
            "refund_value": np.where(swapped, 0.0, np.round(value, 2)),
            "kind": pl.Series(np.where(swapped, "exchange", "return")),
            "reason": pl.Series([name for name, _ in REASONS]).gather(np.where(sized, 0, reason)),
            "channel": pl.Series([channel.name for channel in w.CHANNELS]).gather(made.channel[row]),
            "region": pl.Series([region.name for region in w.REGIONS]).gather(made.region[row]),
        }
    )
