"""What came of an improvement: its effect by week, and what may be said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics.analysis import Call, Verdict
from metrics.causal import Effect, Side, call, nothing
from metrics.improvement_weeks import days_of
from metrics.reason import Reason

PATH = {
    **dict.fromkeys(("start", "end"), pl.Date),
    **dict.fromkeys(("observed", "expected", "low", "high"), pl.Float64),
    "after": pl.Boolean,
}


@dataclass(frozen=True)
class Measured:
    """effect: change of a week's value, in the metric's unit, with its interval; None where nobody can tell.

    before: mean of the weeks before. after, expected: means of the weeks after, as they were and as they
    would have been. weeks_before, weeks_after: whole weeks read. readable_on: from which day it can be read.
    path: by week: its days, observed, expected, low and high (95 % of a single week), after.
    """

    n: int
    effect: float | None
    low: float | None
    high: float | None
    p: float | None
    before: float | None
    after: float | None
    expected: float | None
    weeks_before: int
    weeks_after: int
    readable_on: date
    path: pl.DataFrame
    warnings: tuple[Reason, ...]
    verdict: Verdict


NO_SIDE = Reason("neither more nor less of it is better")
SMALLER = Reason("the 95% interval leaves out an effect as large as was expected")
WHY: dict[Call, Reason] = {
    "supported": Reason("the 95% interval of the change lies on the better side"),
    "not supported": Reason("the 95% interval of the change lies on the worse side"),
    "inconclusive": Reason("the 95% interval of the change holds both better and worse"),
}


def judged_effect(found: Effect, side: Side, expected: float | None) -> Verdict:
    """As interrupted() and did() judge, and not supported where what was expected is left out."""
    if not found.verdict.identified:
        return found.verdict
    if side == "either":
        return Verdict(True, (NO_SIDE,), call="inconclusive")
    judged = call(found.low, found.high, side)
    if (
        judged == "inconclusive"
        and expected
        and call(found.low, found.high, side, abs(expected)) == "not supported"
    ):
        return Verdict(True, (SMALLER,), call="not supported")
    return Verdict(True, (WHY[judged],), call=judged)


def answered(
    found: Effect, series: pl.DataFrame, done: date, readable: date, notes: Sequence[Reason], verdict: Verdict
) -> Measured:
    after = found.path.filter("after")
    early = found.path.filter(~pl.col("after"))
    rows = []
    for time, observed, expected, _, low, high, is_after in found.path.iter_rows():
        days, known = days_of(int(time), done), low is not None
        ends = (observed - high, observed - low) if known else (None, None)
        rows.append((days.start, days.end, observed, expected, *ends, is_after))
    return Measured(
        len(series), found.effect, found.low, found.high, found.p,
        early["observed"].mean(), after["observed"].mean(), after["expected"].mean(),  # type: ignore[arg-type]
        len(early), len(after), readable, pl.DataFrame(rows, PATH, orient="row"), tuple(notes), verdict,
    )  # fmt: skip


def unanswered(readable: date, weeks: int, reason: Reason, notes: Sequence[Reason] = ()) -> Measured:
    empty = nothing(0, reason)
    return Measured(
        0, None, None, None, None, None, None, None, 0, weeks, readable, pl.DataFrame(schema=PATH),
        (*notes, reason), empty.verdict,
    )  # fmt: skip
