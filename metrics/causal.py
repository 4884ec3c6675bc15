"""What something changed: one result for all designs that compare with what would have been without it.

metrics/did.py, metrics/synthetic.py and metrics/interrupted.py each make an `Effect`. An effect is only
called supported where the checks of its design hold; what fails is among its reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from metrics.analysis import Call, Verdict
from metrics.reason import Reason

Side = Literal["more", "less", "either"]
LEVEL = 0.05  # of tests
PATH = {
    "time": pl.Float64,
    **dict.fromkeys(("observed", "expected", "effect", "low", "high"), pl.Float64),
    "after": pl.Boolean,
}


@dataclass(frozen=True)
class Effect:
    """What changed, in the unit of the outcome, a unit and time under treatment on average.

    low, high: of its 95 % interval; p: of no effect. They are None where the data cannot say.
    n: observations that it rests on. before: root mean square of observed less expected before the
    treatment. fit: the same by the mean outcome before. trend_p: of equal trends before, where the design
    can test them. verdict: its `call`, with reasons.

    path: by time: observed, expected (without the treatment), effect with low and high where the design
    has an interval a time, after (whether the treatment runs).
    placebos: effects where there was no treatment: kind (unit or time), of, effect, before (as above) and
    rank_by, which says how large they are. weights: of, weight: what the expectation is made of.
    """

    effect: float | None
    low: float | None
    high: float | None
    p: float | None
    n: int
    before: float | None
    fit: float | None
    trend_p: float | None
    verdict: Verdict
    path: pl.DataFrame
    placebos: pl.DataFrame
    weights: pl.DataFrame


PLACEBOS = {
    **dict.fromkeys(("kind", "of"), pl.String),
    **dict.fromkeys(("effect", "before", "rank_by"), pl.Float64),
}
WEIGHTS = {"of": pl.String, "weight": pl.Float64}


def call(low: float | None, high: float | None, side: Side = "either", least: float = 0.0) -> Call:
    """What an interval says of the claim that an effect is larger than `least`, which is not negative.

    side: more or less claims a direction. not supported: the whole interval lies on the other side of
    `least`. An interval that holds both says nothing, so it is inconclusive.
    """
    if low is None or high is None:
        return "inconclusive"
    if side == "less":
        low, high = -high, -low
    if low > least or (side == "either" and high < -least):
        return "supported"
    outside = high < least if side != "either" else -least < low and high < least
    return "not supported" if outside else "inconclusive"


def judged(
    low: float | None, high: float | None, failed: Sequence[Reason], side: Side = "either", least: float = 0.0
) -> Verdict:
    """The verdict of an interval; where a check failed the data cannot answer, whatever it says."""
    if failed or low is None or high is None:
        return Verdict(False, tuple(failed) or (NO_INTERVAL,), call="inconclusive")
    found = call(low, high, side, least)
    return Verdict(True, (REASONS[found],), call=found)


def two_sided(effect: float, error: float, freedom: float) -> float:
    """The p-value of no effect, by Student's t."""
    from scipy.special import stdtr

    return float(2 * stdtr(freedom, -abs(effect) / error)) if error else float(effect == 0)


def nothing(n: int, reason: Reason) -> Effect:
    """The result where there is nothing to compare."""
    return Effect(
        None, None, None, None, n, None, None, None, Verdict(False, (reason,), call="inconclusive"),
        pl.DataFrame(schema=PATH), pl.DataFrame(schema=PLACEBOS), pl.DataFrame(schema=WEIGHTS),
    )  # fmt: skip


NO_INTERVAL = Reason("there is too little to tell how sure it is")
REASONS: dict[Call, Reason] = {
    "supported": Reason("the 95% interval leaves out no effect"),
    "not supported": Reason("the 95% interval leaves out an effect of the size asked about"),
    "inconclusive": Reason("the 95% interval holds both an effect and none"),
}
POOR_FIT = Reason("before it began, what was expected did not fit what happened")
TRENDS = Reason("before it began, those compared already went different ways")
FEW_BEFORE = Reason("there are too few times before it began")
NO_CONTROL = Reason("there is nobody to compare with")
NO_AFTER = Reason("there is no time after it began")
