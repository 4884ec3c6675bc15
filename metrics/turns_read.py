"""The read-out of a test of prices turn by turn (turns.py): elasticity, and what each price did to sales.

    E[units] = offered × exp(product + turn + elasticity × log of the planned price by today's)

by Poisson pseudo-likelihood (price_fit.py): as planned, whatever was asked (intention to treat). The error is
of the dispersion of units, or of the clusters by product where that is wider; and as much wider as the same
schedule laid over earlier windows without a test finds more than these errors say.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import expm1, sqrt

import numpy as np

from metrics.experiment import Experiment
from metrics.matched import LEAST_PLACEBOS
from metrics.price_days import Days
from metrics.price_fit import Fit, fit
from metrics.promotion_expected import MARGIN, REVENUE, UNITS
from metrics.turns import changed, prices, schedule

PLACEBOS = 12  # earlier windows at most
FAR = 50.0  # log beyond which an interval has no end that means anything
GOALS = {"units": UNITS, "revenue": REVENUE, "margin": MARGIN}


@dataclass(frozen=True)
class Slope:
    """An elasticity with its standard error; freedom: its degrees. expected: units, products × turns."""

    value: float
    error: float
    freedom: int
    expected: np.ndarray


@dataclass(frozen=True)
class Shift:
    """What a price did to a goal by today's price: a log where `logs`, else a relative change; its error."""

    value: float
    error: float
    logs: bool

    def relative(self, errors: float = 0.0) -> float:
        """So many standard errors away."""
        found = self.value + errors * self.error
        return expm1(min(found, FAR)) if self.logs else found


@dataclass(frozen=True)
class Window:
    """Turns of a schedule laid over some days: sums (measures × products × turns), offered (0 to 1), depth
    (mean reduction by promotions), price (log of the base price).
    """

    arms: np.ndarray
    sums: np.ndarray
    offered: np.ndarray
    depth: np.ndarray
    price: np.ndarray

    def shared(self, price: bool) -> list[np.ndarray]:
        known = [self.depth, self.price] if price else [self.depth]
        return [each for each in known if np.ptp(each[self.offered > 0]) > 0]


def window(plan: Experiment, days: Days, first: int, turns: int) -> Window:
    """days: of the plan's products, in its order. first: number of the first turn's first day."""
    at = slice(first, first + turns * plan.turn)
    arms = schedule(plan)[:, :turns]
    read = np.ones((*arms.shape, plan.turn), bool)
    read[:, :, : plan.settle] &= ~changed(arms)[:, :, None]
    offered = days.offered[:, at].reshape(read.shape) & read
    seen = np.maximum(offered.sum(axis=2), 1)

    def sums(values: np.ndarray) -> np.ndarray:
        return np.where(offered, np.nan_to_num(values[:, at]).reshape(read.shape), 0.0).sum(axis=2)

    return Window(
        arms, np.array([sums(each) for each in days.sums]), offered.sum(axis=2) / plan.turn,
        sums(days.depth) / seen, sums(days.price) / seen,
    )  # fmt: skip


def slope(plan: Experiment, seen: Window, price: bool = False) -> Slope | None:
    """price: whether what was asked stands beside it, as where the schedule was not followed. None where too
    little was sold to tell.
    """
    units = seen.sums[UNITS]
    if not _readable(units):
        return None
    found = fit(units, seen.offered, prices(plan)[seen.arms], seen.shared(price), np.zeros(len(units), int))
    error = _errors(found, 1)[0]
    return Slope(float(found.value[0]), error, _freedom(units), found.expected) if error > 0 else None


def carried(plan: Experiment, seen: Window) -> Shift | None:
    """How units follow the price of the turn before, this turn's held: buyers who wait or who stocked up."""
    if not _readable(seen.sums[UNITS]):
        return None
    logs = prices(plan)
    before = np.concatenate([np.zeros((len(seen.arms), 1)), logs[seen.arms[:, :-1]]], axis=1)
    shared = [before, *seen.shared(False)]
    units = seen.sums[UNITS]
    found = fit(units, seen.offered, logs[seen.arms], shared, np.zeros(len(units), int))
    return Shift(float(found.value[1]), float(_errors(found, 2)[1]), True)


def _readable(units: np.ndarray) -> bool:
    return bool((units.sum(axis=1) > 0).sum() > 1 and (units.sum(axis=0) > 0).sum() > 1)


def _freedom(units: np.ndarray) -> int:
    rows, turns = (int((units.sum(axis=axis) > 0).sum()) for axis in (1, 0))
    return max((rows - 1) * (turns - 1) - 1, 1)


def _errors(found: Fit, many: int) -> np.ndarray:
    """Of the first coefficients."""
    plain = found.dispersion * np.diag(np.linalg.pinv(found.information))[:many]
    return np.sqrt(np.maximum(plain, np.diag(found.clustered())[:many]))


def shifts(plan: Experiment, seen: Window, costed: bool) -> dict[str, list[Shift]]:
    """Goal → by arm but the control; margin where it is known, and is one at today's prices.

    Margin is revenue less cost, each read as units are: its change is (R exp ρ − C exp γ) ÷ (R − C) − 1, of R
    and C at today's price; the error by products, stretched as that of revenue.
    """
    revenue = by_arm(plan, seen, np.maximum(seen.sums[REVENUE], 0.0))
    found = {"units": by_arm(plan, seen, seen.sums[UNITS])[0], "revenue": revenue[0]}
    if not costed:
        return found
    cost = by_arm(plan, seen, np.maximum(seen.sums[REVENUE] - seen.sums[MARGIN], 0.0))
    earned = revenue[2] - cost[2]
    if earned <= 0:
        return found
    found["margin"] = []
    groups = max(int(seen.sums[UNITS].any(axis=1).sum()), 2)
    for place, (r, c) in enumerate(zip(revenue[0], cost[0], strict=True)):
        more = revenue[2] * expm1(r.value) - cost[2] * expm1(c.value)
        pulls = (
            revenue[2] * np.exp(r.value) * revenue[1][:, place]
            - cost[2] * np.exp(c.value) * cost[1][:, place]
        )
        own = sqrt(float((revenue[1][:, place] ** 2).sum()) * groups / (groups - 1))
        error = sqrt(float((pulls**2).sum()) * groups / (groups - 1)) / earned
        found["margin"].append(Shift(more / earned, error * max(r.error / own, 1.0) if own else error, False))
    return found


def by_arm(plan: Experiment, seen: Window, values: np.ndarray) -> tuple[list[Shift], np.ndarray, float]:
    """By arm its shift; what each product adds to it (products × arms); the sum at today's price."""
    many = len(plan.arms) - 1
    flags = [(seen.arms == place).astype(float) for place in range(1, many + 1)]
    units = values / max(
        values.sum() / max(seen.sums[UNITS].sum(), 1.0), 1e-12
    )  # so that the scatter has none
    found = fit(units, seen.offered, flags[0], [*flags[1:], *seen.shared(False)], np.zeros(len(units), int))
    errors = _errors(found, many)
    own = found.scores @ np.linalg.pinv(found.information)[:, :many]
    usual = found.expected / np.exp(sum(f * found.value[i] for i, f in enumerate(flags)))
    shift = [Shift(float(found.value[i]), float(errors[i]), True) for i in range(many)]
    return shift, own, float(usual.sum() * values.sum() / units.sum()) if units.sum() else 0.0


def placebos(plan: Experiment, days: Days, first: int, turns: int) -> list[tuple[int, Slope]]:
    """First day and slope of the same schedule over earlier windows, one after the other; what their prices
    did by themselves stands beside it.
    """
    long = turns * plan.turn
    begins = range(first - long, max(first - (PLACEBOS + 1) * long, -1), -long)
    read = ((begin, slope(plan, window(plan, days, begin, turns), True)) for begin in begins)
    return [(begin, each) for begin, each in read if each is not None]


def stretch(found: list[tuple[int, Slope]]) -> float | None:
    """How many times wider than its error says chance is; None with too few windows to tell."""
    if len(found) < LEAST_PLACEBOS:
        return None
    return max(sqrt(sum((each.value / each.error) ** 2 for _, each in found) / len(found)), 1.0)
