"""Did an improvement help? What it is measured by, before and after the day on which it was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from metrics.analysis import Analysis, Verdict
from metrics.causal import LEVEL, Effect, Side
from metrics.did import FEW_CLUSTERS, FEW_TREATED, did
from metrics.improvement_answer import Measured, answered, judged_effect, unanswered
from metrics.improvement_record import QUESTION, Compare, check_where
from metrics.improvement_weeks import Weeks, of_metric, of_question
from metrics.interrupted import interrupted
from metrics.metric import BadQuestion, Metric, named
from metrics.period import DAY
from metrics.promotion_cells import zone
from metrics.reason import Frames, Reason

BEFORE, AFTER = 52, 12  # most weeks before and after that are read
ENOUGH, LEAST_BEFORE = 4, 8  # weeks after, from which on it is read; weeks before
RIPE = {"refunds": 30, "units_returned": 30}  # days until what counts on the order's day has come in
LINE = 12  # weeks before, from which on their trend is known; the level of fewer is all there is
BAD_SPELL = 4  # weeks just before, looked at for a bad spell


def measured(
    frames: Frames,
    surveys: pl.LazyFrame | None,
    *,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    metric: str = "nps",
    done: date | None = None,
    since: date | None = None,
    compare: Compare = "trend",
    expected: float | None = None,
) -> Measured:
    """The mean change of a week's value in the weeks after `done`, beyond what was to be expected.

    metric: of the daily frame, or question:NAME. Unit: a week of seven days; the day itself is in none. Read
    are up to 52 weeks before, from `since` on where it is given, and the first 12 after, from 4 on, both ways
    to the first gap; returns count on the order's day, so weeks with returns are read 30 days later. compare:
    "trend" expects the line of the weeks before to go on, of fewer than 12 weeks their level
    (interrupted.interrupted); "others" compares with the other values of where's one column: of ten units and
    more, two of them treated, by differences in differences (did.did), else by the trend of what is left when
    the moves of all others together are taken off, which for sums are scaled to the same mean before.

    The call: supported where the interval lies on the better side, not supported where it lies on the worse
    or leaves out `expected`. Where the four weeks just before `done` were surely worse than those before
    them, part of the change would have come by itself, and nothing is called (Galton's regression to the
    mean); give `since`, or compare with others.
    """
    check_where(metric, where)
    if done is None:
        raise BadQuestion("Say on which day it was done, as done=2026-05-03.")
    known = None if metric.startswith(QUESTION) else _daily(metric)
    ripe = max((RIPE.get(name, 0) for name in known.example), default=0) if known else 0
    weeks = max(((as_of - ripe * DAY - done).days) // 7, 0)
    readable = done + (7 * ENOUGH + ripe) * DAY
    least = -BEFORE if since is None else -max(min((done - since).days // 7, BEFORE), 1)
    if weeks < ENOUGH:
        return unanswered(readable, weeks, Reason("it can be read from {day} on", day=readable))
    wanted = range(least, min(weeks, AFTER))
    notes: list[Reason] = []
    panel: pl.DataFrame | None = None
    if known is None:
        if surveys is None:
            return unanswered(readable, 0, Reason("needs the table {table}: import it", table="surveys"))
        if compare == "others":
            raise BadQuestion("Answers to a question are compared with their own trend; leave others out.")
        own, notes = of_question(metric.removeprefix(QUESTION), surveys, zone(frames), done, wanted, where)
    elif compare == "others":
        own, panel = _against_others(known, frames, done, wanted, where)
    else:
        own = of_metric(known, frames, done, wanted, where).get(None, {})
    series = _whole(own)
    before = int((series["time"] < 0).sum())
    if len(series) - before < ENOUGH:
        return unanswered(readable, 0, GAP, notes)
    if before < (ENOUGH if since else LEAST_BEFORE):
        return unanswered(readable, len(series) - before, SHORT, notes)
    side: Side = "more" if known is None else _side(known)
    found = did(panel, side=side) if panel is not None else _trend(series, side)
    if since is None and panel is None and compare == "trend" and _fell_before(series, side):
        return answered(
            found, series, done, readable, notes, Verdict(False, (SPELL,), (SINCE,), "inconclusive")
        )
    return answered(found, series, done, readable, notes, judged_effect(found, side, expected))


improvement_analysis = Analysis("improvement", "Did an improvement help?", measured)

GAP = Reason("in some weeks after it was done nothing is recorded")
SHORT = Reason("there are too few weeks before it was done")
SPELL = Reason(
    "the weeks just before it was done were surely worse than those before them, so part of the change would "
    "have come by itself"
)
SINCE = Reason("say since when the problem lasted, or compare with others")


def _daily(name: str) -> Metric:
    metric = named(name)
    if metric.table != "daily":
        raise BadQuestion(f"An improvement is measured by a daily metric; {name} is of {metric.table}.")
    return metric


def _side(metric: Metric) -> Side:
    return {"higher": "more", "lower": "less"}.get(metric.better, "either")  # type: ignore[return-value]


def _against_others(
    metric: Metric, frames: Frames, done: date, weeks: range, where: Mapping[str, Sequence[str | None]]
) -> tuple[Weeks, pl.DataFrame | None]:
    """The treated less how all others together moved, by week; and the panel where there are units enough."""
    if len(where) != 1:
        raise BadQuestion("To compare with others, say in one column where it was done, as region=Malaysia.")
    ((column, values),) = where.items()
    units = of_metric(metric, frames, done, weeks, {}, by=column)
    treated, others = (
        [each for each in units if each in values],
        [each for each in units if each not in values],
    )
    if not treated or not others:
        return {}, None
    own = of_metric(metric, frames, done, weeks, where).get(None, {})
    rest = of_metric(metric, frames, done, weeks, {column: others}).get(None, {})
    both = [k for k in weeks if k in own and k in rest]
    early = [k for k in both if k < 0]
    base = sum(rest[k] for k in early)
    scale = sum(own[k] for k in early) / base if metric.how != "ratio" and base else 1.0
    usual = base / max(len(early), 1)
    beyond = {k: own[k] - scale * (rest[k] - usual) for k in both}
    whole = [each for each in units if all(k in units[each] for k in both)]
    chosen = [each for each in whole if each in values]
    if metric.how != "ratio" or len(whole) < FEW_CLUSTERS or len(chosen) < FEW_TREATED:
        return beyond, None
    rows = [(str(each), k, units[each][k], each in values and k >= 0) for each in whole for k in both]
    return beyond, pl.DataFrame(rows, ("unit", "time", "y", "treated"), orient="row")


def _whole(own: Weeks) -> pl.DataFrame:
    """The weeks around the day, back and on to the first gap."""
    first, last = 0, 0
    while first - 1 in own:
        first -= 1
    while last in own:
        last += 1
    rows = [(float(k), own[k]) for k in range(first, last)]
    return pl.DataFrame(rows, {"time": pl.Float64, "y": pl.Float64}, orient="row")


def _trend(series: pl.DataFrame, side: Side) -> Effect:
    early = int((series["time"] < 0).sum())
    return interrupted(series, start=0.0, season=1, trend=early >= LINE, side=side)


def _fell_before(series: pl.DataFrame, side: Side) -> bool:
    """Whether the last weeks before were surely worse than the line of those before them."""
    early = series.filter(pl.col("time") < 0)
    if side == "either" or len(early) < BAD_SPELL + LEAST_BEFORE:
        return False
    found = interrupted(early, start=-float(BAD_SPELL), season=1)
    if found.effect is None or found.p is None:
        return False
    return found.p < LEVEL and (found.effect < 0) == (side == "more")
