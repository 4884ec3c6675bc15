"""The parts of what a promotion changed, and what they are worth."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from metrics.promotion_cells import MEASURES
from metrics.promotion_expected import MARGIN, REFUNDS, REVENUE, UNITS, Expected, Panel

PARTS = ("lift", "pull_forward", "cannibalised", "halo")


@dataclass(frozen=True)
class Part:
    """A part of the change. effect, half (of its 95 % interval), observed, expected: arrays by MEASURES."""

    name: str
    days: int
    observed: np.ndarray
    expected: np.ndarray
    half: np.ndarray

    @property
    def effect(self) -> np.ndarray:
        return self.observed - self.expected


def parts(panel: Panel) -> tuple[list[Part], Part]:
    """Lift, pull-forward, cannibalisation and halo where they can be read, and all together ("net").

    The halo is that of complements; what a promotion brings to its control is not seen.
    """
    design, found = panel.design, dict[str, Expected]()
    found["lift"] = panel.expect("own", design.during)
    if len(design.after):
        found["pull_forward"] = panel.expect("own", design.after, design.stands)
    days = np.concatenate([design.during, design.after])
    stands = np.concatenate([np.ones(len(design.during)), design.stands])
    for name, group in (("cannibalised", "substitutes"), ("halo", "complements")):
        if panel.daily[group][design.base, UNITS].sum():
            found[name] = panel.expect(group, days, stands)
    lengths = {"lift": len(design.during), "pull_forward": len(design.after)}
    told = [_part(panel, name, lengths.get(name, len(days)), [each]) for name, each in found.items()]
    return told, _part(panel, "net", len(days), list(found.values()))


def _part(panel: Panel, name: str, days: int, of: list[Expected]) -> Part:
    """Deviations of their own add up as squares, that of the control, which all share, as it is."""
    own = sum(each.spread**2 - each.shared**2 for each in of)
    spread = sqrt(max(own, 0.0) + sum(each.shared for each in of) ** 2)
    half = np.array([panel.half(measure, spread) for measure in range(len(MEASURES))])
    observed = np.sum([each.observed for each in of], axis=0)
    return Part(name, days, observed, np.sum([each.expected for each in of], axis=0), half)


def break_even(lift: Part, net: Part, cost: float) -> float | None:
    """Units of lift from which the margin covers all costs, the other parts as they are; None where no
    lift would, as a unit brings no margin at the promotion's price.

    margin now × (expected + L) − margin before × expected + other parts' margin = cost.
    """
    sold, before = lift.observed[UNITS], lift.expected[UNITS]
    now = lift.observed[MARGIN] / sold if sold else 0.0
    if now <= 0:
        return None
    rest = net.effect[MARGIN] - lift.effect[MARGIN]
    return float((cost - rest + lift.expected[MARGIN]) / now - before)


def steps(lift: Part, told: list[Part], cost: float, service: float) -> list[tuple[str, float]]:
    """From the margin of the lift at usual prices to what is left: amounts that add up."""
    sold, before = lift.observed[UNITS], lift.expected[UNITS]
    usual = lift.expected[MARGIN] / before if before else 0.0
    back = lift.expected[REFUNDS] / before if before else 0.0
    kept = lift.expected[MARGIN] / lift.expected[REVENUE] if lift.expected[REVENUE] else 0.0
    returns = -(lift.observed[REFUNDS] - sold * back) * kept
    gross = lift.effect[UNITS] * usual
    reductions = lift.observed[MARGIN] - sold * usual - returns
    rest = [(part.name, float(part.effect[MARGIN])) for part in told if part.name != "lift"]
    return [
        ("gross", float(gross)), ("reductions", float(reductions)), ("returns", float(returns)), *rest,
        ("service", -service), ("cost", -cost),
    ]  # fmt: skip
