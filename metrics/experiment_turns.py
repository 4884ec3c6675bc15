"""The read-out of a test of prices turn by turn, as experiments.Experiments tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import log1p

import numpy as np
import polars as pl

from metrics.against import decide
from metrics.analysis import Call
from metrics.causal import two_sided
from metrics.difference import holm
from metrics.experiment import Experiment
from metrics.experiment_groups import GROUP_EFFECTS, LEVEL, PATH, PLACEBOS
from metrics.interval import student
from metrics.matched import LEAST_PLACEBOS
from metrics.period import DAY
from metrics.price_days import Days
from metrics.promotion_expected import UNITS
from metrics.readout import ARMS
from metrics.reason import Reason
from metrics.sequential import factor, p_value
from metrics.turns import calendar, prices
from metrics.turns_paid import beside, paid
from metrics.turns_read import (
    GOALS,
    Shift,
    Slope,
    Window,
    by_arm,
    carried,
    placebos,
    shifts,
    slope,
    stretch,
    window,
)

LOOKS = 6  # along the test, about
OUTCOMES = {
    **dict.fromkeys(("arm", "goal"), pl.String),
    **dict.fromkeys(("relative", "low", "high"), pl.Float64),
}


@dataclass(frozen=True)
class TurnsRead:
    """Frames as in experiments.Experiments; refused: why there are no effects."""

    n: int
    arms: pl.DataFrame
    effects: pl.DataFrame
    outcomes: pl.DataFrame
    path: pl.DataFrame
    placebos: pl.DataFrame
    calendar: pl.DataFrame
    elasticity: tuple[float, float, float] | None = None
    call: Call = "inconclusive"
    warnings: tuple[Reason, ...] = ()
    refused: Reason | None = None


def read_turns(plan: Experiment, days: Days, last: date, names: dict[str, str | None]) -> TurnsRead:
    """days: of the plan's products, in its order, up to the last day of the test that has data.

    Whole turns are read, and none before every product has had every price. effects: units of each price
    against today's; elasticity of all prices together: value, low, high. Both, and outcomes (units, revenue,
    margin), have the interval that decides: always-valid while it runs. path: by turn.
    """
    assert plan.start
    first = (plan.start - days.span.start).days
    turns = ((last - plan.start).days + 1) // plan.turn
    if first < 0 or turns < len(plan.arms):
        return _refuse(plan, names, Reason(
            "{found} of the first {needed} turns have data: every product must have had every price once",
            found=max(turns, 0) if first >= 0 else 0, needed=len(plan.arms),
        ))  # fmt: skip
    seen = window(plan, days, first, turns)
    found = slope(plan, seen)
    sums = [float(seen.sums[UNITS][seen.arms == place].sum()) for place in range(len(plan.arms))]
    if found is None or min(sums) <= 0:
        return _refuse(plan, names, QUIET)
    asked = paid(plan, days, first, turns)
    off, followed = beside(plan, days, asked, first)
    if off is not None and not followed:
        return _refuse(plan, names, off, np.exp(asked))
    plain = placebos(plan, days, first, turns)
    wider = stretch(plain)
    told = _Told(plan, turns * plan.turn / plan.days, wider or 1.0, found.freedom)
    by_goal = shifts(plan, seen, days.costed)
    usual = found.expected / np.exp(found.value * prices(plan)[seen.arms])
    effects = told.effects(
        by_goal["units"], [float(usual[seen.arms == k].sum()) for k in range(1, len(plan.arms))]
    )
    path = list[tuple]()
    soon = min(2 * len(plan.arms), turns)  # before, no axis would hold the interval
    for until in range(turns, soon - 1, -max(-(-(turns - soon) // LOOKS), 1))[::-1]:
        part = window(plan, days, first, until)
        so_far = _Told(plan, until * plan.turn / plan.days, wider or 1.0, found.freedom)
        day = plan.start + (until * plan.turn - 1) * DAY
        for arm, each in zip(plan.arms[1:], by_arm(plan, part, part.sums[UNITS])[0], strict=True):
            path.append((day, arm.name, *so_far.relative(each, always=True)))
    many = int(seen.sums[UNITS].any(axis=1).sum())
    arms = [(arm.name, many, each / (turns * plan.turn), None, None)
            for arm, each in zip(plan.arms, sums, strict=True)]  # fmt: skip
    outcomes = [
        (arm.name, goal, *told.relative(each, always=told.progress < 1))
        for goal in GOALS
        for arm, each in zip(plan.arms[1:], by_goal.get(goal, []), strict=False)
    ]
    apart = [("elasticity", days.span.start + begin * DAY, each.value) for begin, each in plain]
    return TurnsRead(
        many, pl.DataFrame(arms, ARMS, orient="row"), pl.DataFrame(effects, GROUP_EFFECTS),
        pl.DataFrame(outcomes, OUTCOMES, orient="row"), pl.DataFrame(path, PATH, orient="row"),
        pl.DataFrame(apart, PLACEBOS, orient="row"), calendar(plan, names, np.exp(asked)),
        told.elasticity(found), told.call(found),
        (*((off,) if off else ()), *_carry(plan, seen, told), *((ALONE,) if wider is None else ())),
    )  # fmt: skip


QUIET = Reason("too little was sold in it to tell anything")
ALONE = Reason(
    "fewer than {n} windows without a test lie before it: whether its error is right cannot be checked",
    n=LEAST_PLACEBOS,
)
CARRIED = Reason(
    "units also follow the price of the turn before: buyers wait for the lower price or stock up, so the "
    "elasticity of a price that stays is smaller"
)


def _refuse(
    plan: Experiment, names: dict[str, str | None], reason: Reason, asked: np.ndarray | None = None
) -> TurnsRead:
    schemas = ARMS, GROUP_EFFECTS, OUTCOMES, PATH, PLACEBOS
    one, two, three, four, five = (pl.DataFrame(schema=each) for each in schemas)
    return TurnsRead(0, one, two, three, four, five, calendar(plan, names, asked), refused=reason)


@dataclass(frozen=True)
class _Told:
    """Intervals and calls. progress: share of the turns that is there. wider: by placebos."""

    plan: Experiment
    progress: float
    wider: float
    freedom: int

    @property
    def arms(self) -> int:
        return len(self.plan.arms) - 1

    def errors(self, level: float, always: bool) -> float:
        """Of an interval, on either side."""
        if not always:
            return self.wider * student(self.freedom, 1 - level)
        return self.wider * factor(self.progress, level) * student(self.freedom) / student(1e9)

    def relative(self, shift: Shift, always: bool) -> tuple[float, float, float]:
        half = self.errors(LEVEL / self.arms, always)
        return shift.relative(), shift.relative(-half), shift.relative(half)

    def chances(self, value: float, error: float) -> tuple[float, float]:
        """Ordinary and always-valid p of no effect."""
        scaled = self.wider * student(self.freedom) / student(1e9)
        return (
            two_sided(value, error * self.wider, self.freedom),
            p_value(value, error * scaled, self.progress),
        )

    def elasticity(self, found: Slope) -> tuple[float, float, float]:
        half = self.errors(LEVEL, self.progress < 1) * found.error
        return found.value, found.value - half, found.value + half

    def call(self, found: Slope) -> Call:
        """Any elasticity counts: it tells how much buyers mind the price."""
        _, low, high = self.elasticity(found)
        wanted = log1p(self.plan.effect) / abs(log1p(self.plan.arms[1].price or 0.0))
        chance = self.chances(found.value, found.error)[self.progress < 1]
        return decide(abs(found.value), max(abs(low), abs(high)), chance, wanted)

    def effects(self, found: list[Shift], usual: list[float]) -> list[dict]:
        """usual: units at today's price, by arm but the control."""
        rows, level, running = list[dict](), LEVEL / self.arms, self.progress < 1
        for arm, each, base in zip(self.plan.arms[1:], found, usual, strict=True):
            half, wide = self.errors(level, False), self.errors(level, True)
            slopes = [(each.value + k * each.error) / log1p(arm.price or 0.0) for k in (0, -half, half)]
            row: dict = {"arm": arm.name, "relative": each.relative(), "effect": base * each.relative()}
            row |= {"relative_low": each.relative(-half), "relative_high": each.relative(half)}
            row |= {"low": base * each.relative(-half), "high": base * each.relative(half)}
            row |= {"always_low": base * each.relative(-wide), "always_high": base * each.relative(wide)}
            row |= {"elasticity": slopes[0], "elasticity_low": min(slopes), "elasticity_high": max(slopes)}
            row["p"], row["always_p"] = self.chances(each.value, each.error)
            rows.append(row)
        fixed, always = (holm([row[name] for row in rows]) for name in ("p", "always_p"))
        for row, each, one, two in zip(rows, found, fixed, always, strict=True):
            size, *ends = (abs(end) for end in self.relative(each, running))
            row["p_holm"] = one
            row["call"] = decide(size, max(ends), two if running else one, self.plan.effect)
        return rows


def _carry(plan: Experiment, seen: Window, told: _Told) -> tuple[Reason, ...]:
    found = carried(plan, seen)
    if found is None or not found.error or seen.arms.shape[1] < 2 * len(plan.arms):
        return ()
    return (CARRIED,) if abs(found.value) > told.errors(LEVEL, False) * found.error else ()
