"""Parcels: who carries them, when they were promised and when they arrive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data import days
from sample_data import world as w
from sample_data.columns import instants, labels
from sample_data.days import DAY, HOUR
from sample_data.draws import Draws, Floats, Ints
from sample_data.orders import Orders
from sample_data.run import Run

STATES = ("paid", "shipped", "delivered", "cancelled")


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

    def home(self, made: Orders) -> Floats:
        """When the buyer has it: at once in the retail store."""
        return np.where(made.in_store & made.stands, made.at, self.delivered)

    def status(self, made: Orders) -> pl.Series:
        """What has become of each order."""
        state = np.where(np.isfinite(self.shipped), 1, 0)
        state = np.where(np.isfinite(self.home(made)), 2, state)
        return labels(STATES, np.where(made.stands, state, 3))

    def updated(self, made: Orders) -> Floats:
        """When each order last changed."""
        found = np.fmax(np.fmax(made.at, made.cancelled), np.fmax(self.shipped, self.delivered))
        return np.asarray(found)


def parcels(draws: Draws, run: Run, made: Orders) -> Parcels:
    """Transit time is lognormal around the carrier's median × the region's distance.

    Orders of the retail store are carried home; cancelled ones are not sent.
    """
    carrier = draws.pick("carrier", [carrier.share for carrier in w.CARRIERS], made.key)
    median, sigma = (np.array([getattr(c, name) for c in w.CARRIERS])[carrier] for name in ("days", "sigma"))
    distance, promise = (
        np.array([getattr(region, name) for region in w.REGIONS])[made.region]
        for name in ("delivery", "promise_days")
    )
    shipped = made.at + draws.lognormal("handling", w.HANDLING * HOUR, w.HANDLING_SIGMA, made.key)
    slow = run.within(days.CARRIER_FORTNIGHT, (shipped // DAY).astype(np.int64))
    slow &= carrier == days.SLOW_CARRIER
    transit = median * distance * np.exp(sigma * draws.normal("transit", made.key)) * DAY
    arrived = shipped + transit * np.where(slow, days.SLOW_FACTOR, 1.0)
    promised = (made.day + promise) * DAY + 22 * HOUR
    if run.punctual:
        shipped, arrived = np.minimum(shipped, promised - HOUR), np.minimum(arrived, promised)
    shipped = np.where(made.stands & ~made.in_store, days.known(shipped), np.nan)
    sent = np.isfinite(shipped)
    return Parcels(
        carrier=carrier,
        shipped=shipped,
        promised=np.where(sent, promised, np.nan),
        delivered=np.where(sent, days.known(arrived), np.nan),
    )


def shipment_rows(draws: Draws, made: Orders, sent: Parcels) -> pl.DataFrame:
    """Rows of the table shipments."""
    row = np.flatnonzero(np.isfinite(sent.shipped))
    carrier, key = sent.carrier[row], made.key[row]
    cost = np.array([c.cost for c in w.CARRIERS])[carrier]
    distance = np.array([region.delivery for region in w.REGIONS])[made.region[row]]
    return pl.DataFrame(
        {
            "shipment_id": "H" + made.id.gather(row).str.slice(1),
            "order_id": made.id.gather(row),
            "carrier": labels(w.CARRIERS, carrier),
            "region": labels(w.REGIONS, made.region[row]),
            "shipped_at": instants("shipped_at", sent.shipped[row]),
            "promised_at": instants("promised_at", sent.promised[row]),
            "delivered_at": instants("delivered_at", sent.delivered[row]),
            "cost": np.round(cost * distance * draws.lognormal("parcel cost", 1.0, 0.15, key), 2),
        }
    )
