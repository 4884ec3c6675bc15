"""How near the weighted score of questionnaires comes to that of all customers in the sample shop."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.recovery import Data, Estimate, Recovery
from metrics.satisfaction import satisfaction

TABLES = ("surveys", "orders", "customers", "shipments", "returns", "tickets")


def weighted(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    """The online answers, raked to all orders that arrived."""
    scans = [data.scan(table) for table in TABLES]
    found = satisfaction(data.frames, *scans, period=data.period, as_of=data.period.end)
    rows = found.scores.filter(measure="nps")
    if rows.is_empty() or rows["weighted"][0] is None:
        return {}
    row = rows.row(0, named=True)
    return {"": Estimate(row["weighted"], row["weighted_low"], row["weighted_high"], row["n"])}


weighted_recovery = Recovery(
    "nps_weighted",
    "NPS weighted to all customers",
    "Online answers alone, raked to the orders that arrived by parcel, return, service, orders, tier, "
    "region, channel and age. What those who stay silent feel beyond that is not seen.",
    "satisfaction",
    "nps",
    weighted,
)
