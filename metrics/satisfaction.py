"""How satisfied customers say they are: NPS, CSAT and effort, by how they were asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics.analysis import Analysis
from metrics.interval import wilson
from metrics.period import Period
from metrics.promotion_cells import zone
from metrics.reason import Frames, Reason
from metrics.survey_answers import MEASURES, Answers, answers
from metrics.survey_scores import SCORES

ENDS = {"value": pl.Float64, "low": pl.Float64, "high": pl.Float64}
SCORED = {"measure": pl.String, "mode": pl.String, "n": pl.Int64, **ENDS}
ASKED = {"survey": pl.String, "mode": pl.String, "asked": pl.Int64, "answered": pl.Int64, **ENDS}
LEAST = 5  # persons


@dataclass(frozen=True)
class Satisfaction:
    """n: answers to the three questions.

    scores: measure (nps, csat, ces), mode, n answers, value, low, high: nps −100 … 100, csat a share of
        the two best boxes, ces the mean on its scale; 95 %.
    response: survey, mode, asked, answered, share of those asked who answered as value, low, high; null
        where nobody is recorded who did not answer.
    """

    n: int
    scores: pl.DataFrame
    response: pl.DataFrame
    warnings: tuple[Reason, ...] = ()


def satisfaction(
    frames: Frames, surveys: pl.LazyFrame | None, *, period: Period, as_of: date
) -> Satisfaction:
    """What was answered on the days of the period, by measure and by how it was asked, never pooled."""
    if surveys is None:
        return _empty(Reason("needs the table {table}: import it", table="surveys"))
    found = answers(surveys, period, zone(frames))
    rows = found.rows.filter(pl.col("measure").is_in(MEASURES))
    if rows.is_empty():
        return _empty(Reason("nobody answered on these days"))
    return Satisfaction(len(rows), _scores(rows), _response(found), found.warnings)


def _empty(reason: Reason) -> Satisfaction:
    return Satisfaction(0, pl.DataFrame(schema=SCORED), pl.DataFrame(schema=ASKED), (reason,))


def _scores(rows: pl.DataFrame) -> pl.DataFrame:
    found = []
    for (measure, mode), part in rows.sort("measure", "mode").group_by(
        "measure", "mode", maintain_order=True
    ):
        score = SCORES[str(measure)](part["worth"].to_numpy())
        told = (score.value, score.low, score.high) if score.n >= LEAST else (None, None, None)
        found.append((measure, mode, score.n, *told))
    return pl.DataFrame(found, SCORED, orient="row")


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
