"""How satisfied customers say they are: NPS, CSAT and effort, who answered, over time, by group, weighted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import polars as pl

from metrics.analysis import Analysis
from metrics.interval import wilson
from metrics.metric import BadQuestion
from metrics.period import DAY, Period, WeekStart
from metrics.promotion_cells import zone
from metrics.reason import Frames, Reason
from metrics.survey_answers import MEASURES, Answers, answers
from metrics.survey_base import MARGINS, Base, base
from metrics.survey_compare import ENDS, MODES, SEGMENTS, TREND, modes, score, segments, trend, turned
from metrics.survey_modes import POOLED, headline, of_mode
from metrics.survey_scores import SCORES
from metrics.survey_weights import WEIGHING, matched, weigh

WEIGHTED = {
    "weighted": pl.Float64,
    "weighted_low": pl.Float64,
    "weighted_high": pl.Float64,
    "design": pl.Float64,
}
SCORED = {"measure": pl.String, "mode": pl.String, "n": pl.Int64, **ENDS, **WEIGHTED}
ASKED = {"survey": pl.String, "mode": pl.String, "asked": pl.Int64, "answered": pl.Int64, **ENDS}
YEAR = 365  # days of the trend


@dataclass(frozen=True)
class Satisfaction:
    """n: answers to the three questions on the days of the period.

    mode: the way of asking of scores, trend and segments: the one that was chosen, else online, else the
        most frequent one.
    scores: measure (nps, csat, ces), mode, n answers, value, low, high: nps −100 … 100, csat a share of
        the two best boxes, ces the mean on its scale; weighted (to the customer base), weighted_low,
        weighted_high, and Kish's design effect by which n was divided for them; 95 %. A measure that was
        not asked in this way has that of its own most frequent one.
    response: survey, mode, asked, answered, share of those asked who answered as value, low, high; null
        where nobody is recorded who did not answer.
    modes: measure, mode, than (the way of asking compared with), n, value, low, high, change (from it),
        change_low, change_high, p, q (corrected over all by Benjamini and Hochberg).
    trend: measure, start, end, n, value, low, high, change from the point before …: the year up to the end
        of the period, by month.
    segments: measure, by, of, n, value, low, high, change from all others …
    weighting: margin, of, base, answers, weighted: shares of the base, of those who answered the first
        measure, and of these weighted.
    """

    n: int
    mode: str | None
    scores: pl.DataFrame
    response: pl.DataFrame
    modes: pl.DataFrame
    trend: pl.DataFrame
    segments: pl.DataFrame
    weighting: pl.DataFrame
    warnings: tuple[Reason, ...] = ()


def satisfaction(
    frames: Frames,
    surveys: pl.LazyFrame | None,
    orders: pl.LazyFrame | None,
    customers: pl.LazyFrame | None,
    shipments: pl.LazyFrame | None,
    returns: pl.LazyFrame | None,
    tickets: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    mode: Literal["", "online", "phone", "field", "pooled"] = "",
    every: Literal["week", "month"] = "month",
    week_start: WeekStart = "monday",
    effort: Literal["lower", "higher"] = "lower",
    margins: tuple[str, ...] = (),
) -> Satisfaction:
    """What was answered on the days of the period.

    mode: how people were asked; ways are pooled only where it says so. The base of the weights is every order
    of a known customer that arrived in the period (see survey_base). Trend and segments are not weighted.
    effort: which end of CES is good where the table does not say. margins: what is weighted by (parcel,
    returned, service, orders, segment, region, channel, age), all that is known without any. Raises
    BadQuestion for another.
    """
    if surveys is None:
        return _empty(Reason("needs the table {table}: import it", table="surveys"))
    timezone = zone(frames)
    strange = [name for name in margins if name not in MARGINS]
    if strange:
        raise BadQuestion(f"There is no margin {', '.join(strange)}. Known: {', '.join(MARGINS)}.")
    long = Period(min(period.start, period.end - (YEAR - 1) * DAY), period.end)
    year, found = (answers(surveys, days, timezone, effort) for days in (long, period))
    rows = found.rows.filter(pl.col("measure").is_in(MEASURES))
    if rows.is_empty():
        return _empty(Reason("nobody answered on these days"))
    known = base(orders, customers, shipments, returns, tickets, period, timezone)
    how = headline(rows, mode)
    chosen, before = of_mode(rows, how), of_mode(year.rows, how)
    warnings = [*found.warnings, *turned(found.rows)]
    if how == POOLED:
        warnings.append(Reason("ways of asking are pooled: people are kinder to a voice or a face"))
    scores, weighting, told = _scores(chosen, known, period, margins)
    first = date.fromisoformat(str(before["day"].min()))
    span = Period(max(period.end - (YEAR - 1) * DAY, first), period.end)
    return Satisfaction(
        len(rows), how, scores, _response(found), modes(rows, None if how == POOLED else how),
        trend(before.filter(pl.col("measure").is_in(MEASURES)), span, every, week_start),
        _segments(chosen, known), weighting, tuple(warnings + told),
    )  # fmt: skip


def _empty(reason: Reason) -> Satisfaction:
    schemas = (SCORED, ASKED, MODES, TREND, SEGMENTS, WEIGHING)
    one, two, three, four, five, six = (pl.DataFrame(schema=each) for each in schemas)
    return Satisfaction(0, None, one, two, three, four, five, six, (reason,))


def _scores(
    rows: pl.DataFrame, known: Base | None, period: Period, by: tuple[str, ...]
) -> tuple[pl.DataFrame, pl.DataFrame, list[Reason]]:
    """By measure; the margins of the first that could be weighted; why one could not."""
    found, margins, warnings = [], pl.DataFrame(schema=WEIGHING), []
    for measure in (each for each in MEASURES if each in rows["measure"]):
        part = rows.filter(measure=measure)
        plain, weighed = score(measure, part), weigh(part, known, period, measure, by)
        told: tuple[float | None, ...] = (None,) * 4
        if weighed.weights is not None:
            there = np.isfinite(weighed.weights)
            made = SCORES[measure](part["worth"].to_numpy()[there], weighed.weights[there])
            told = (made.value, made.low, made.high, made.design)
            margins = margins if len(margins) else weighed.margins
        warnings += [each for each in (*weighed.warnings, weighed.reason) if each and each not in warnings]
        mode = part["mode"].unique()
        found.append(
            (
                measure,
                mode[0] if len(mode) == 1 else POOLED,
                plain.n,
                plain.value,
                plain.low,
                plain.high,
                *told,
            )
        )
    return pl.DataFrame(found, SCORED, orient="row"), margins, warnings


def _segments(rows: pl.DataFrame, known: Base | None) -> pl.DataFrame:
    if known is None:
        return pl.DataFrame(schema=SEGMENTS)
    return segments(
        pl.concat([rows, matched(rows, known).select(known.margins)], how="horizontal"), known.margins
    )


def _response(found: Answers) -> pl.DataFrame:
    counts = (
        found.asked.group_by("survey", "mode")
        .agg(asked=pl.len(), answered=pl.col("answered").sum())
        .sort("survey", "mode")
    )
    rows = []
    for survey, mode, asked, answered in counts.iter_rows():
        ends = wilson(answered, asked) if answered < asked else None
        rows.append((survey, mode, asked, answered, *((answered / asked, *ends) if ends else (None,) * 3)))
    return pl.DataFrame(rows, ASKED, orient="row")


satisfaction_analysis = Analysis("satisfaction", "How satisfied are customers?", satisfaction)
