"""The test that would answer: how large, how long, of which customers, regions or products.

Gates that refuse call `customers_test` or `holdout_test` here, `regions_test` or `price_test` of
planner_groups.py or `turns_test` of turns_plan.py for the plan to propose; the page Experiments asks them
through the analysis `test_plan`. Everything is computed from the shop's own days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

import numpy as np
import polars as pl

from metrics.against import values
from metrics.contrast import adjusted
from metrics.experiment import LONGEST, Arm, Experiment, Goal
from metrics.outcomes import KINDS, bought, customers, history
from metrics.period import DAY, Period
from metrics.power import POWER, detectable_mean, detectable_share, reach, size_of_means, size_of_shares
from metrics.reason import Frames, Reason

EFFECT = 0.05  # relative, that matters where nobody says
LENGTHS = (7, 14, 21, 28, 42, 56, 84)  # days looked at
OPTIONS = {
    "days": pl.Int64,
    **dict.fromkeys(("control", "treated", "needed"), pl.Int64),
    **dict.fromkeys(("usual", "detectable"), pl.Float64),
}


@dataclass(frozen=True)
class Proposal:
    """plan: the shortest that finds the effect asked for, else the sharpest; None with the reason.

    options: a row a length: days; control, treated (customers, regions or products); needed: customers that
    the effect would need; usual: the goal's usual value; detectable: smallest relative change found.
    """

    plan: Experiment | None
    options: pl.DataFrame
    reason: Reason | None = None


FEW_DAYS = Reason("the shop's own days are too few to tell how much it varies without a test")
NOBODY = Reason("nobody bought anything in the days before, so nothing can be planned from them")
TOO_WEAK = Reason("no length that its own days can tell finds the effect asked for: the sharpest is proposed")


def customers_test(
    frames: Frames,
    *,
    as_of: date,
    goal: Goal = "orders",
    effect: float = EFFECT,
    power: float = POWER,
    control: float = 0.5,
    recent: int = 365,
    lengths: Sequence[int] = LENGTHS,
    category: str = "",
    name: str = "test",
    treated: str = "treated",
    salt: str = "",
    why: str = "",
) -> Proposal:
    """Customers split by their code; control: share of them who are left as they are.

    For each length its last window before `as_of` is looked at as if it had been the test: who would take
    part, the goal's mean and deviation, less what the days before foretell (CUPED). Closed forms of power.py.
    """
    span = history(frames, as_of)
    if span is None:
        return Proposal(None, pl.DataFrame(schema=OPTIONS), FEW_DAYS)
    orders, kind, rows = bought(frames, category).collect().lazy(), KINDS[goal], list[tuple]()
    for days in lengths:
        if 2 * days >= span.days:
            continue
        window = Period(as_of - (days - 1) * DAY, as_of)
        seen = customers(orders, goal, window, days, recent)
        one = round(len(seen) * control)
        two = len(seen) - one
        known = values(seen, kind) if one and two else None
        if known is None or known.mean() <= 0:
            continue
        usual = float(known.mean())
        if kind == "share":
            found = detectable_share(usual, one, two, power=power)
            needed = (
                size_of_shares(usual, min(usual * (1 + effect), 1.0), ratio=two / one, power=power)
                if one
                else None
            )
        else:
            if "before" in seen.columns:
                known = adjusted([known], [seen["before"].to_numpy()])[0][0]
            deviation = float(np.std(known, ddof=1))
            found = detectable_mean(deviation, one, two, power=power)
            needed = size_of_means(usual * effect, deviation, ratio=two / one, power=power)
        whole = None if needed is None else needed + round(needed * two / one)
        rows.append((days, one, two, whole, usual, None if found is None else found / usual))
    options = pl.DataFrame(rows, OPTIONS, orient="row")
    best = shortest(options, effect)
    if best is None:
        return Proposal(None, options, NOBODY)
    arms = Arm("control", control), Arm(treated, 1 - control)
    plan = Experiment(
        name, "customers", goal, arms, best["days"], salt=salt or name, effect=effect, power=power,
        detectable=best["detectable"], recent=recent, category=category, why=why,
    )  # fmt: skip
    return Proposal(plan, options, None if best["detectable"] <= effect else TOO_WEAK)


def holdout_test(
    name: str,
    *,
    days: int,
    usual: float,
    margin: float | None = None,
    control: float = 0.1,
    power: float = POWER,
    category: str = "",
    why: str = "",
) -> Proposal:
    """Next time a share of the customers is left without the offer. usual, margin: units sold and earned
    without it in so many days, to all. detectable takes units as independent counts (Poisson). at_risk:
    margin lost should those left out buy nothing. No plan where nothing is sold.
    """
    if usual <= 0 or not 1 <= days <= LONGEST:
        return Proposal(None, pl.DataFrame(schema=OPTIONS), NOBODY)
    error = sqrt(1 / (usual * control) + 1 / (usual * (1 - control)))
    arms = Arm("without", control), Arm("offer", 1 - control)
    found = reach(power) * error
    plan = Experiment(
        name, "customers", "units", arms, days, salt=name, effect=found, power=power, detectable=found,
        at_risk=None if margin is None else max(control * margin, 0.0), category=category, why=why,
    )  # fmt: skip
    row = (days, None, None, None, usual, found)
    return Proposal(plan, pl.DataFrame([row], OPTIONS, orient="row"))


def shortest(options: pl.DataFrame, effect: float) -> dict | None:
    """The shortest length that finds the effect, else the sharpest."""
    known = options.drop_nulls("detectable")
    enough = known.filter(pl.col("detectable") <= effect)
    if len(enough):
        return enough.sort("days").row(0, named=True)
    return known.sort("detectable", "days").row(0, named=True) if len(known) else None
