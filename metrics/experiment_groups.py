"""The read-out of a test of regions or products."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import exp, log

import numpy as np
import polars as pl

from metrics.against import decide
from metrics.causal import two_sided
from metrics.difference import holm
from metrics.experiment import Arm, Experiment
from metrics.interval import student
from metrics.matched import LEAST_PLACEBOS, Moved, moved
from metrics.outcomes import groups, history
from metrics.period import DAY
from metrics.readout import ARMS, EFFECTS
from metrics.reason import Frames, Reason
from metrics.sequential import factor, p_value

LEVEL = 0.05
SLOPES = ("elasticity", "elasticity_low", "elasticity_high")
GROUP_EFFECTS = EFFECTS | dict.fromkeys(SLOPES, pl.Float64)
PLACEBOS = {"arm": pl.String, "day": pl.Date, "effect": pl.Float64}
PATH = {"day": pl.Date, "arm": pl.String, **dict.fromkeys(("effect", "low", "high"), pl.Float64)}


@dataclass(frozen=True)
class GroupsRead:
    """Frames as in experiments.Experiments; refused: why there are no effects."""

    arms: pl.DataFrame
    effects: pl.DataFrame
    path: pl.DataFrame
    placebos: pl.DataFrame
    refused: Reason | None = None


FEW_WINDOWS = Reason(
    "fewer than {n} windows without a test lie before it: too few to tell chance", n=LEAST_PLACEBOS
)
EARLY = Reason("the weeks before it, or its own days, have no sales on one side: nothing to compare")


def read_groups(plan: Experiment, frames: Frames, last: date) -> GroupsRead:
    """last: the last day of the test that has data.

    effects: effect is what was sold beyond what was expected, in the goal's unit, over the days so far;
    relative: by what was expected. elasticity: of a price test on units, with its interval.
    """
    span = history(frames, last)
    assert plan.start
    if span is None or plan.start < span.start:
        return _refuse(EARLY)
    members = [each for arm in plan.arms for each in arm.members]
    by = "region" if plan.units == "regions" else "product_id"
    _, daily = groups(frames, by, plan.goal, span, members)
    first, days = (plan.start - span.start).days, (last - plan.start).days + 1
    since = (plan.since - span.start).days if plan.since else 0
    of = np.repeat(np.arange(len(plan.arms)), [len(arm.members) for arm in plan.arms])

    def look(place: int, days: int) -> Moved | None:
        return moved(daily, of == place, of == 0, first, days, since)

    found = {arm: look(place, days) for place, arm in enumerate(plan.arms[1:], 1)}
    if any(each is None for each in found.values()):
        return _refuse(EARLY)
    known = {arm: each for arm, each in found.items() if each is not None}
    if any(each.spread is None for each in known.values()):
        return _refuse(FEW_WINDOWS)
    progress = days / plan.days
    rows = [_row(plan, arm, each, progress) for arm, each in known.items()]
    _call(plan, rows, [each.expected for each in known.values()], progress)
    placebos = [
        (arm.name, span.start + begin * DAY, exp(effect) - 1)
        for arm, each in known.items()
        for begin, effect in each.placebos
    ]
    sums = [float(daily[of == place, first : first + days].sum()) / days for place in range(len(plan.arms))]
    arms = [
        (arm.name, len(arm.members), value, None, None) for arm, value in zip(plan.arms, sums, strict=True)
    ]
    path = [
        (plan.start + (until - 1) * DAY, arm.name, *_always(seen, until / plan.days, len(known)))
        for until in range(days, 0, -7)
        for place, arm in enumerate(plan.arms[1:], 1)
        if (seen := look(place, until)) is not None and seen.spread is not None
    ]
    return GroupsRead(
        pl.DataFrame(arms, ARMS, orient="row"), pl.DataFrame(rows, GROUP_EFFECTS),
        pl.DataFrame(path[::-1], PATH, orient="row"), pl.DataFrame(placebos, PLACEBOS, orient="row"),
    )  # fmt: skip


def _refuse(reason: Reason) -> GroupsRead:
    one, two, three, four = (pl.DataFrame(schema=each) for each in (ARMS, GROUP_EFFECTS, PATH, PLACEBOS))
    return GroupsRead(one, two, three, four, reason)


def _row(plan: Experiment, arm: Arm, seen: Moved, progress: float) -> dict:
    level = 1 - LEVEL / (len(plan.arms) - 1)
    ends = seen.ends(level)
    assert ends and seen.spread is not None
    _, low, high = _always(seen, progress, len(plan.arms) - 1)
    freedom = len(seen.placebos)
    row = {"arm": arm.name, "p": two_sided(seen.effect, seen.spread, freedom)}
    for name, logs in (("", seen.effect), ("_low", ends[0]), ("_high", ends[1])):
        row[f"relative{name}"] = exp(logs) - 1
        row[name.removeprefix("_") or "effect"] = seen.expected * (exp(logs) - 1)
    row |= {"always_low": seen.expected * low, "always_high": seen.expected * high}
    wide = student(freedom) / student(1e9)
    row["always_p"] = p_value(seen.effect, seen.spread * wide, progress)
    if arm.price and plan.goal == "units":
        slopes = [each / log(1 + arm.price) for each in (seen.effect, *ends)]
        row |= {
            "elasticity": slopes[0],
            "elasticity_low": min(slopes[1:]),
            "elasticity_high": max(slopes[1:]),
        }
    return row


def _always(seen: Moved, progress: float, arms: int) -> tuple[float, float, float]:
    """The relative effect and its always-valid interval, as much wider as Student's t is than the normal."""
    assert seen.spread is not None
    wide = student(len(seen.placebos)) / student(1e9)
    half = factor(progress, LEVEL / arms) * seen.spread * wide
    return exp(seen.effect) - 1, exp(seen.effect - half) - 1, exp(seen.effect + half) - 1


def _call(plan: Experiment, rows: list[dict], expected: list[float], progress: float) -> None:
    """Of a price test on units any effect counts: it tells how much buyers mind the price."""
    fixed, always = (holm([row[name] for row in rows]) for name in ("p", "always_p"))
    for row, usual, one, two in zip(rows, expected, fixed, always, strict=True):
        row["p_holm"] = one
        low, high, chance = row["low"], row["high"], one
        if progress < 1:
            low, high, chance = row["always_low"], row["always_high"], two
        size = row["effect"]
        if SLOPES[0] in row:
            size, high = abs(size), max(abs(low), abs(high))
        row["call"] = decide(size, high, chance, usual * plan.effect)
