"""Shares that are counted: steps of a visit, late parcels, our part of the market, complements.

Each is judged against the sample shop (recovery.py). Its data holds nearly all that the truth counts, so
the 95 % Wilson interval, made for chance, should contain the truth more often than 95 times of 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

from metrics.interval import wilson
from metrics.recovery import Data, Estimate, Recovery
from metrics.value import values

STEPS = ("visit", "view", "cart", "checkout", "purchase")
DEVICE = r"\w+"  # a truth of a device and a day has a date behind it


def share(part: float, n: int) -> Estimate:
    """With its Wilson interval."""
    low, high = wilson(part, n) or (None, None)
    return Estimate(part / n if n else None, low, high, n)


def conversion(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    """By device, the metric conversion_rate."""
    (rate,) = values(["conversion_rate"], data.frames, data.period, by=["device"])
    return {
        each["device"]: Estimate(each["value"], each["low"], each["high"], each["n"])
        for each in rate.groups
        if each["device"] in of and each["value"] is not None
    }


def reached(events: pl.LazyFrame, before: str, after: str, of: Sequence[str]) -> dict[str, Estimate]:
    """By device, of the visits that reach a step, the share that reaches another."""
    there = {name: (pl.col("event").cast(pl.String) == name).any() for name in (before, after)}
    visits = events.group_by("session_id").agg(pl.col("device").first(), **there)
    counts = visits.filter(before).group_by("device").agg(n=pl.len(), part=pl.col(after).sum()).collect()
    return {device: share(part, n) for device, n, part in counts.iter_rows() if device in of}


def step(before: str, after: str) -> Recovery:
    """Of the visits that reach a step, the share that reaches the next, in any order of events."""

    def rate(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
        return reached(data.scan("events"), before, after, of)

    return Recovery(
        f"{after}_rate",
        LABELS[after],
        "Counted in the events, a visit once. Visits that tracking lost are not in it.",
        "funnel",
        f"{after}_rate",
        rate,
        of=DEVICE,
        kind="count",
    )


def late(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    """The metric on_time_rate, turned over."""
    (rate,) = values(["on_time_rate"], data.frames, data.period)
    return {"": share((1 - rate.value) * rate.n, rate.n)} if rate.value is not None else {}


def market(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    """By month, the metric market_share."""
    (share,) = values(["market_share"], data.frames, data.period, by=["month"])
    found = {f"{each['month']:%Y-%m}": each for each in share.groups}
    return {
        month: Estimate(found[month]["value"], None, None, found[month]["n"])
        for month in of
        if month in found and found[month]["value"] is not None
    }


def complements(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    """By "first + second": of orders whose first line is the first product, those that have the second."""
    lines = data.scan("order_lines").join(data.scan("orders"), on="order_id", how="semi")
    baskets = (
        lines.sort("order_id", "line_id")
        .group_by("order_id", maintain_order=True)
        .agg(first=pl.col("product_id").first(), others=pl.col("product_id").slice(1))
    )
    pairs = pl.LazyFrame(
        {
            "of": of,
            "first": [each.split(" + ")[0] for each in of],
            "second": [each.split(" + ")[1] for each in of],
        }
    )
    counts = (
        baskets.join(pairs, on="first")
        .group_by("of")
        .agg(n=pl.len(), part=pl.col("others").list.contains(pl.col("second")).sum())
        .collect()
    )
    return {pair: share(part, n) for pair, n, part in counts.iter_rows()}


LABELS = {
    "view": "Visits that look at a product",
    "cart": "Views that lead to a cart",
    "checkout": "Carts that reach the checkout",
    "purchase": "Checkouts that are paid",
}
view_rate, cart_rate, checkout_rate, purchase_rate = (step(*pair) for pair in pairwise(STEPS))

conversion_recovery = Recovery(
    "conversion",
    "Conversion by device",
    "The metric Conversion rate. Visits that tracking lost are not in it.",
    "funnel",
    "conversion",
    conversion,
    of=DEVICE,
    kind="count",
)

late_recovery = Recovery(
    "late_share",
    "Late parcels",
    "What is missing from the metric On-time delivery to 100 %. Parcels still on the way are not in it.",
    "service",
    "late_share",
    late,
    kind="count",
)

market_recovery = Recovery(
    "market_share",
    "Market share by month",
    "The metric Market share: a sum by a sum, without an interval, since nothing is left to chance.",
    "market",
    "share",
    market,
    of=r"\d{4}-\d{2}",
    kind="count",
)

complement_recovery = Recovery(
    "complement_share",
    "Complements in the same basket",
    "Counted in the orders: how often the planted complement follows the first product.",
    "association",
    "share",
    complements,
    of=r".+ \+ .+",
    kind="count",
)
