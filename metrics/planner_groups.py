"""The test of regions or products that would answer: which are treated, how long, and what it would find."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import log

import polars as pl

from metrics.experiment import Arm, Experiment, Goal, Units
from metrics.matched import Split, best_split
from metrics.outcomes import groups, history
from metrics.period import DAY, Period
from metrics.planner import EFFECT, FEW_DAYS, LENGTHS, OPTIONS, TOO_WEAK, Proposal, shortest
from metrics.power import POWER
from metrics.reason import Frames, Reason

STEEP = 3.0  # elasticity that a rise of prices is taken to meet, for what it may cost


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
    """Smallest elasticity, by its size, that a price test finds; None where it is not known.

    detectable is the change at the first other price, that of turns_plan.py included.
    """
    price = plan.arms[1].price
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
    best = shortest(options, effect)
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


def _at_risk(frames: Frames, members: Sequence[str], as_of: date, days: int, change: float) -> float | None:
    """By what the members earned in as many days before; None where costs are not known."""
    window = Period(as_of - (days - 1) * DAY, as_of)
    revenue, margin = (
        float(groups(frames, "product_id", each, window, members)[1].sum())
        for each in ("revenue", "margin")  # type: ignore[arg-type]
    )
    return lost(margin, revenue, change) if margin else None


def lost(margin: float, revenue: float, change: float) -> float:
    """Of so much margin and revenue at today's price: what is lost at a lower one should nobody buy more, at
    a higher one should units fall three times as fast.
    """
    kept = 1.0 if change < 0 else max(1 - STEEP * change, 0.0)
    return max(margin - kept * (margin + change * revenue), 0.0)
