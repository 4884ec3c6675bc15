"""Answers compared: over time, between groups, between ways of asking, and of one question with another."""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, sqrt
from typing import Any

import numpy as np
import polars as pl

from metrics.difference import benjamini_hochberg
from metrics.period import Every, Period, WeekStart, buckets
from metrics.reason import Reason
from metrics.survey_scores import SCORES, Score

LEAST = 5  # persons of whom a score is told
LEAST_PAIRS = 30
SURE = 0.05
ENDS = {"value": pl.Float64, "low": pl.Float64, "high": pl.Float64}
TESTED = {
    "change": pl.Float64,
    "change_low": pl.Float64,
    "change_high": pl.Float64,
    "p": pl.Float64,
    "q": pl.Float64,
}
TREND = {"measure": pl.String, "start": pl.Date, "end": pl.Date, "n": pl.Int64, **ENDS, **TESTED}
SEGMENTS = {"measure": pl.String, "by": pl.String, "of": pl.String, "n": pl.Int64, **ENDS, **TESTED}
MODES = {"measure": pl.String, "mode": pl.String, "than": pl.String, "n": pl.Int64, **ENDS, **TESTED}


def score(measure: str, rows: pl.DataFrame) -> Score:
    """The score of answers to a measure; without a value where fewer than 5 answered."""
    found = SCORES[measure](rows["worth"].to_numpy())
    return found if found.n >= LEAST else Score(None, None, None, found.n)


def against(now: Score, before: Score) -> dict[str, float | None]:
    """The change between two independent scores, its 95 % interval, and how often chance alone makes one
    as large (z of the two intervals' standard errors)."""
    if now.value is None or before.value is None or now.error is None or before.error is None:
        return dict.fromkeys(TESTED)
    change, error = now.value - before.value, sqrt(now.error**2 + before.error**2)
    half = 1.959964 * error
    p = erfc(abs(change) / error / sqrt(2)) if error else float(change == 0)
    return {"change": change, "change_low": change - half, "change_high": change + half, "p": p, "q": None}


def corrected(rows: Sequence[dict[str, Any]]) -> None:
    """Fills q, p corrected over all rows that have one (Benjamini and Hochberg)."""
    those = [row for row in rows if row["p"] is not None]
    for row, q in zip(those, benjamini_hochberg([row["p"] for row in those]), strict=True):
        row["q"] = q


def trend(rows: pl.DataFrame, days: Period, every: Every, week_start: WeekStart = "monday") -> pl.DataFrame:
    """Each measure by week or month, tested against the one before; corrected over the points of a measure.

    rows: answers of one way of asking. Columns: see TREND. A point of fewer than 5 answers has no value,
    and the next one is tested against the last that has.
    """
    found: list[dict] = []
    for (measure,), part in rows.sort("measure").group_by("measure", maintain_order=True):
        points: list[dict] = []
        before: Score | None = None
        for each in buckets(days, every, week_start):
            start, end = max(each.start, days.start), min(each.end, days.end)
            now = score(str(measure), part.filter(pl.col("day").is_between(start, end)))
            test = against(now, before) if before else dict.fromkeys(TESTED)
            points.append({"measure": measure, "start": start, "end": end, **_told(now), **test})
            before = now if now.value is not None else before
        corrected(points)
        found += points
    return pl.DataFrame(found, TREND)


def segments(rows: pl.DataFrame, margins: Sequence[str]) -> pl.DataFrame:
    """Each group of each margin against all others who answered; corrected over the groups of a measure."""
    found: list[dict] = []
    for (measure,), part in rows.sort("measure").group_by("measure", maintain_order=True):
        told: list[dict] = []
        for by in margins:
            groups = part.filter(pl.col(by).is_not_null())
            for of in groups[by].unique().sort():
                now = score(str(measure), groups.filter(pl.col(by) == of))
                test = against(now, score(str(measure), groups.filter(pl.col(by) != of)))
                told.append({"measure": measure, "by": by, "of": of, **_told(now), **test})
        corrected(told)
        found += told
    return pl.DataFrame(found, SEGMENTS)


def modes(rows: pl.DataFrame, than: str | None) -> pl.DataFrame:
    """Each way of asking, and what differs from the one that is named; corrected over all."""
    found: list[dict] = []
    for (measure,), part in rows.sort("measure").group_by("measure", maintain_order=True):
        usual = score(str(measure), part.filter(pl.col("mode").eq_missing(pl.lit(than))))
        for mode in part["mode"].unique().sort():
            now = score(str(measure), part.filter(pl.col("mode").eq_missing(pl.lit(mode))))
            test = against(now, usual) if mode != than else dict.fromkeys(TESTED)
            found.append({"measure": measure, "mode": mode, "than": than, **_told(now), **test})
    corrected(found)
    return pl.DataFrame(found, MODES)


def _told(found: Score) -> dict[str, Any]:
    return {"n": found.n, "value": found.value, "low": found.low, "high": found.high}


def turned(rows: pl.DataFrame) -> list[Reason]:
    """Warnings of questions whose scale seems to run the other way than is declared.

    rows: all answers, ratings of drivers too. Each question's answers, turned so that more is better, should
    go along with the mean of the others of the same person; a correlation surely below 0 (95 %, Fisher's z)
    over at least 30 says that its scale, or theirs, is reversed.
    """
    who = pl.coalesce("order_id", "customer_id", pl.col("invitation").cast(pl.String))
    wide = (
        rows.select(who=who, question=pl.coalesce("driver", "measure"), good="good")
        .pivot("question", index="who", values="good", aggregate_function="mean", sort_columns=True)
        .drop("who")
    )
    below = {
        name: found for name in wide.columns if (found := _opposite(wide, name)) is not None and found < 0
    }
    if len(wide.columns) == 2 and below:
        one, two = wide.columns
        return [
            Reason(
                "answers to {one} and {two} contradict each other: one of their scales seems reversed",
                one=one,
                two=two,
            )
        ]
    # A reversed question drags down what the others correlate with, so only the worst is named.
    worst = min(below, key=below.__getitem__, default=None)
    return (
        [Reason("the scale of {measure} seems reversed: it goes against the other answers", measure=worst)]
        if worst
        else []
    )


def _opposite(wide: pl.DataFrame, name: str) -> float | None:
    """The upper end of the correlation of a question with the mean of the others."""
    others = [each for each in wide.columns if each != name]
    if not others:
        return None
    pairs = wide.select(name, others=pl.mean_horizontal(others)).drop_nulls()
    n = len(pairs)
    if n < LEAST_PAIRS or pairs[name].n_unique() < 2 or pairs["others"].n_unique() < 2:
        return None
    r = float(np.corrcoef(pairs[name], pairs["others"])[0, 1])
    return float(np.tanh(np.arctanh(np.clip(r, -0.999999, 0.999999)) + 1.959964 / sqrt(n - 3)))
