"""Splits the change of net revenue into factors, exactly: the additive LMDI-I.

Net revenue of a segment = visits × share of visits × orders per visit × units per order × price ×
(1 − discount) × (1 − returns). A factor's effect is L(after, before) × ln(factor after ÷ before), with L
the logarithmic mean (Ang 2005, The LMDI approach to decomposition analysis: a practical guide). Effects
add up to the change, leave no rest and do not depend on the order of the factors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log, log1p

FACTORS = ("visits", "orders", "mix", "conversion", "items", "price", "discount", "returns")

Sums = Mapping[str, float]  # sessions, orders, units, gross, revenue (after discount), net (after refunds)
Pair = tuple[Sums, Sums]  # before, after

QUANTITIES = ("sessions", "orders", "units", "gross", "revenue", "net")

# Each factor leads from the quantity before it to its own.
CHAIN = {
    "conversion": "orders",
    "items": "units",
    "price": "gross",
    "discount": "revenue",
    "returns": "net",
}


def effects(pairs: Sequence[Pair]) -> list[dict[str, float]]:
    """For each segment the effect of every factor on its net revenue, in money.

    A segment that has orders but no visits on one side starts with orders in place of visits and
    conversion. Where a quantity is 0 on one side the first such factor takes the whole change (its limit,
    Ang and Choi 1997). Where discounts or refunds leave nothing positive, their effect is their
    difference in money and the rest is decomposed before them.
    """
    found = []
    for pair in pairs:
        first = volume(pair)
        totals = tuple(sum(each[side][first] for each in pairs if volume(each) == first) for side in (0, 1))
        found.append(dict.fromkeys(FACTORS, 0.0) | _segment(pair, first, (totals[0], totals[1])))
    return found


def volume(pair: Pair) -> str:
    """The quantity that a segment's chain starts with."""
    return "orders" if any(sums["orders"] > 0 and sums["sessions"] <= 0 for sums in pair) else "sessions"


def _segment(pair: Pair, first: str, totals: tuple[float, float]) -> dict[str, float]:
    before, after = pair
    chain = dict(CHAIN)
    if first == "orders":
        del chain["conversion"]
    found = {}
    steps = {"discount": ("gross", "revenue"), "returns": ("revenue", "net")}
    broken = False
    for factor, (more, less) in steps.items():
        broken = broken or not all(_is_factor(sums[more], sums[less]) for sums in pair)
        if broken:
            found[factor] = (after[less] - after[more]) - (before[less] - before[more])
            del chain[factor]
    last = list(chain.values())[-1]
    volume_factor = "visits" if first == "sessions" else "orders"
    quantities = {"mix": first, **chain}
    zero = next((factor for factor, name in quantities.items() if min(before[name], after[name]) <= 0), None)
    if zero is not None:
        is_volume = zero == "mix" and min(totals) <= 0
        return found | {volume_factor if is_volume else zero: after[last] - before[last]}
    weight = log_mean(after[last], before[last])
    growth = log(totals[1] / totals[0])
    found[volume_factor] = weight * growth
    for factor, name in quantities.items():
        grown = log(after[name] / before[name])
        found[factor] = weight * (grown - growth)
        growth = grown
    return found


def _is_factor(more: float, less: float) -> bool:
    """Whether less ÷ more can be a factor: both are positive, or nothing is there at all."""
    return (more > 0 and less > 0) or more == less == 0


def log_mean(a: float, b: float) -> float:
    """(a − b) ÷ ln(a ÷ b) of positive numbers; a where they are equal."""
    step = (a - b) / b
    # log1p keeps the digits where a and b are close; log where a is next to nothing.
    return (a - b) / (log1p(step) if abs(step) < 0.5 else log(a / b)) if step else a


def levels(pairs: Sequence[Pair]) -> dict[str, list[float | None]]:
    """Each factor that applies → its level over all segments, before and after; None for the mix."""
    visited = [pair for pair in pairs if volume(pair) == "sessions"]
    unvisited = [pair for pair in pairs if volume(pair) == "orders"]
    every: list[dict[str, float | None]] = []
    for side in (0, 1):
        sums = {name: sum(pair[side][name] for pair in pairs) for name in QUANTITIES}
        visits = sum(pair[side]["sessions"] for pair in visited)
        every.append(
            {
                "visits": visits,
                "orders": sum(pair[side]["orders"] for pair in unvisited),
                "mix": None,
                "conversion": _share(sum(pair[side]["orders"] for pair in visited), visits),
                "items": _share(sums["units"], sums["orders"]),
                "price": _share(sums["gross"], sums["units"]),
                "discount": _share(sums["gross"] - sums["revenue"], sums["gross"]),
                "returns": _share(sums["revenue"] - sums["net"], sums["revenue"]),
            }
        )
    idle = {
        *(("visits", "conversion") if not any(side["visits"] for side in every) else ()),
        *(("orders",) if not unvisited else ()),
        *(("mix",) if len(pairs) < 2 else ()),
    }
    return {factor: [side[factor] for side in every] for factor in FACTORS if factor not in idle}


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
