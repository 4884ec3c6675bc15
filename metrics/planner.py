"""The test that would answer: how large, how long, of which customers, regions or products.

Gates that refuse call `customers_test`, `regions_test` or `price_test` for the plan to propose; the page
Experiments asks all three through the analysis `test_plan`. Everything is computed from the shop's own days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log, sqrt

import numpy as np
import polars as pl

from metrics.against import values
from metrics.contrast import adjusted
from metrics.experiment import LONGEST, Arm, Experiment, Goal, Units
from metrics.matched import Split, best_split
from metrics.outcomes import KINDS, bought, customers, groups, history
from metrics.period import DAY, Period
from metrics.power import POWER, detectable_mean, detectable_share, reach, size_of_means, size_of_shares
from metrics.reason import Frames, Reason

EFFECT = 0.05  # relative, that matters where nobody says
LENGTHS = (7, 14, 21, 28, 42, 56, 84)  # days looked at
STEEP = 3.0  # elasticity that a rise of prices is taken to meet, for what it may cost
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
    best = _shortest(options, effect)
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
    control: float = 0.1,
    power: float = POWER,
    category: str = "",
    why: str = "",
) -> Experiment | None:
    """Next time a share of the customers is left without the offer. usual: units sold without it in so many
    days, to all. detectable takes units as independent counts (Poisson). None where nothing is sold.
    """
    if usual <= 0 or not 1 <= days <= LONGEST:
        return None
    error = sqrt(1 / (usual * control) + 1 / (usual * (1 - control)))
    arms = Arm("without", control), Arm("offer", 1 - control)
    found = reach(power) * error
    return Experiment(
        name, "customers", "units", arms, days, salt=name, effect=found, power=power, detectable=found,
        category=category, why=why,
    )  # fmt: skip


def regions_test(
    frames: Frames,
    *,
    as_of: date,
    goal: Goal = "revenue",
    effect: float = EFFECT,
    power: float = POWER,
    lengths: Sequence[int] = LENGTHS[1:],
    name: str = "test",
    why: str = "",
) -> Proposal:
    """Which regions are treated: the division whose halves moved most alike, judged on days that did not
    choose it; see matched.best_split.
    """
    return _divided(frames, "regions", (), as_of, goal, effect, power, lengths, name, why)


def price_test(
    frames: Frames,
    *,
    products: Sequence[str],
    as_of: date,
    change: float = -0.1,
    goal: Goal = "units",
    effect: float | None = None,
    power: float = POWER,
    lengths: Sequence[int] = LENGTHS[1:],
    name: str = "price test",
    why: str = "",
) -> Proposal:
    """Half of these products get the price `change` (relative), the others keep theirs.

    effect: the change of units to be found; by default that of an elasticity of 1. The plan's `detectable`
    is in units; `detectable_elasticity` has what it means. at_risk: margin lost in the test should nobody
    buy more (a lower price), or should units fall three times as fast (a higher one).
    """
    wanted = abs(log(1 + change)) if effect is None else effect
    found = _divided(frames, "products", products, as_of, goal, wanted, power, lengths, name, why)
    if found.plan is None:
        return found
    control, treated = found.plan.arms
    risk = _at_risk(frames, treated.members, as_of, found.plan.days, change)
    arms = control, Arm("new price", members=treated.members, price=change)
    plan = Experiment(**{**vars(found.plan), "arms": arms, "at_risk": risk})
    return Proposal(plan, found.options, found.reason)


def detectable_elasticity(plan: Experiment) -> float | None:
    """Smallest elasticity, by its size, that a price test finds; None where it is not known."""
    price = plan.arms[-1].price
    if plan.detectable is None or not price or plan.goal != "units":
        return None
    return log(1 + plan.detectable) / abs(log(1 + price))


def _divided(
    frames: Frames, units: Units, names: Sequence[str], as_of: date, goal: Goal, effect: float, power: float,
    lengths: Sequence[int], name: str, why: str,
) -> Proposal:  # fmt: skip
    span = history(frames, as_of)
    empty = pl.DataFrame(schema=OPTIONS)
    if span is None:
        return Proposal(None, empty, FEW_DAYS)
    by = "region" if units == "regions" else "product_id"
    known, daily = groups(frames, by, goal, span, names)
    sold = daily.sum(axis=1) > 0
    known, daily = [each for each, is_sold in zip(known, sold, strict=True) if is_sold], daily[sold]
    if len(known) < 2:
        return Proposal(None, empty, ALONE)
    splits, rows = dict[int, Split](), list[tuple]()
    for days in lengths:
        split = best_split(daily, days)
        if split is not None:
            splits[days] = split
            usual = float(daily[:, -days:].sum())
            sizes = len(split.control), len(split.treated)
            rows.append((days, *sizes, None, usual, split.detectable(power)))
    options = pl.DataFrame(rows, OPTIONS, orient="row")
    best = _shortest(options, effect)
    if best is None:
        return Proposal(None, options, FEW_DAYS)
    split = splits[best["days"]]
    arms = (
        Arm("control", members=tuple(known[each] for each in split.control)),
        Arm("treated", members=tuple(known[each] for each in split.treated)),
    )
    plan = Experiment(
        name, units, goal, arms, best["days"], effect=effect, power=power, detectable=best["detectable"],
        since=span.start + split.since * DAY, why=why,
    )  # fmt: skip
    return Proposal(plan, options, None if best["detectable"] <= effect else TOO_WEAK)


ALONE = Reason("there is nothing to compare with: a test needs two regions or products that sell")


def _shortest(options: pl.DataFrame, effect: float) -> dict | None:
    """The shortest length that finds the effect, else the sharpest."""
    known = options.drop_nulls("detectable")
    enough = known.filter(pl.col("detectable") <= effect)
    if len(enough):
        return enough.sort("days").row(0, named=True)
    return known.sort("detectable", "days").row(0, named=True) if len(known) else None


def _at_risk(frames: Frames, members: Sequence[str], as_of: date, days: int, change: float) -> float | None:
    """By what the members earned in as many days before; None where costs are not known."""
    window = Period(as_of - (days - 1) * DAY, as_of)
    revenue, margin = (
        float(groups(frames, "product_id", each, window, members)[1].sum())
        for each in ("revenue", "margin")  # type: ignore[arg-type]
    )
    if not margin:
        return None
    kept = 1.0 if change < 0 else max(1 - STEEP * change, 0.0)
    return max(margin - kept * (margin + change * revenue), 0.0)
