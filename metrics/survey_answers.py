"""Answers to questionnaires as all analyses of satisfaction read them: one scale and one direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from metrics.period import Period
from metrics.promotion_cells import local
from metrics.reason import Reason

SCALES = {"nps": (0.0, 10.0), "csat": (1.0, 5.0), "ces": (1.0, 5.0), "driver": (1.0, 5.0)}
MEASURES = ("nps", "csat", "ces")
EFFORT = "ces"  # whose direction differs from tool to tool
PROMOTER, DETRACTOR, BOXES = 9, 6, 2
ASKED = ("survey", "customer_id", "order_id", "ticket_id", "asked_at")  # who was asked once

COLUMNS = ("measure", "driver", "survey", "mode", "day", "invitation", "customer_id", "order_id", "ticket_id",
           "score", "good", "low", "high", "better", "worth")  # fmt: skip


@dataclass(frozen=True)
class Answers:
    """rows: one row an answer on a scale, given on the days of the period: measure, driver (of a rating),
        survey, mode, day, invitation, customer_id, order_id, ticket_id, score (as given), good (0 … 1, the
        good end is 1), low, high (of the scale), better, worth (nps: 1, 0, −1; csat, driver: whether in the
        two best boxes; ces: the score as given).
    asked: one row an invitation of those days: survey, mode, day, answered, customer_id, order_id.
    warnings: what was left out, or taken for granted.
    """

    rows: pl.DataFrame
    asked: pl.DataFrame
    warnings: tuple[Reason, ...] = ()


def answers(
    surveys: pl.LazyFrame, period: Period, timezone: str, effort: Literal["lower", "higher"] = "lower"
) -> Answers:
    """The answers of a period. Only scores within their scale count.

    An answer is of the day on which it was given, an invitation of the day on which somebody was asked. An
    answer without a time is of the day of its invitation. An NPS on another scale than one up to 10 is
    left out, and of several scales of another measure all but the most frequent. effort: which end of the
    scale of CES is good where the table does not say.
    """
    measure = pl.col("measure")
    known = {
        name: pl.coalesce(name, *_usual(measure, end)) for end, name in enumerate(("scale_min", "scale_max"))
    }
    falling = pl.when(measure == EFFORT).then(pl.lit(effort)).otherwise(pl.lit("higher"))
    rows = (
        surveys.with_columns(
            mode="method",
            driver=pl.when(measure == "driver").then("question"),
            invitation=pl.struct(ASKED).hash(seed=1),
            day=pl.coalesce(local("answered_at", timezone), local("asked_at", timezone)),
            asked_on=local("asked_at", timezone),
            declared=pl.col("better").is_not_null(),
            better=pl.coalesce("better", falling),
            low=known["scale_min"],
            high=known["scale_max"],
        )
        .collect()
    )  # fmt: skip
    asked = (
        rows.group_by("invitation", maintain_order=True)
        .agg(
            pl.col("survey", "mode", "customer_id", "order_id").first(),
            day=pl.col("asked_on").min(),
            answered=~pl.all_horizontal(pl.col("answered_at", "score", "comment").is_null()).all(),
        )
        .filter(_within("day", period))
    )
    given = rows.filter(measure.is_in(SCALES), pl.col("score").is_not_null(), _within("day", period))
    kept, warnings = _on_scale(given)
    share = (pl.col("score") - pl.col("low")) / (pl.col("high") - pl.col("low"))
    up = pl.col("better") == "higher"
    boxes = (
        pl.when(up)
        .then(pl.col("score") > pl.col("high") - BOXES)
        .otherwise(pl.col("score") < pl.col("low") + BOXES)
    )
    promoted = (pl.col("score") >= PROMOTER).cast(pl.Int8) - (pl.col("score") <= DETRACTOR).cast(pl.Int8)
    kept = kept.with_columns(
        good=pl.when(up).then(share).otherwise(1 - share),
        worth=pl.when(measure == "nps").then(promoted.cast(pl.Float64))
        .when(measure == "ces").then("score").otherwise(boxes.cast(pl.Float64)),
    )  # fmt: skip
    return Answers(kept.select(COLUMNS), asked.drop("invitation"), tuple(warnings))


def _within(column: str, period: Period) -> pl.Expr:
    return pl.col(column).is_between(period.start, period.end)


def _usual(measure: pl.Expr, end: int) -> list[pl.Expr]:
    return [pl.when(measure == name).then(ends[end]) for name, ends in SCALES.items()]


def _on_scale(given: pl.DataFrame) -> tuple[pl.DataFrame, list[Reason]]:
    """The answers on the scale of their measure, and what is said of the others."""
    warnings = []
    kept = []
    for (measure,), rows in given.group_by("measure", maintain_order=True):
        scales = (
            rows.group_by("low", "high", "better")
            .len()
            .sort("len", "low", "high", descending=[True, False, False])
        )
        fits = (pl.col("high") == 10) & (pl.col("better") == "higher") if measure == "nps" else True
        usual = scales.filter(fits).head(1).drop("len")
        of_scale = rows.join(usual, on=["low", "high", "better"], how="semi").filter(
            pl.col("score").is_between(pl.col("low"), pl.col("high"))
        )
        kept.append(of_scale)
        if len(of_scale) < len(rows):
            warnings.append(
                Reason("{n} answers to {measure} are not on its usual scale and are left out",
                       n=len(rows) - len(of_scale), measure=str(measure).upper())
            )  # fmt: skip
        if measure == EFFORT and len(of_scale) and not of_scale["declared"].all():
            warnings.append(
                Reason(
                    "no direction is declared for {measure}: see the setting effort",
                    measure=str(measure).upper(),
                )
            )
    return (pl.concat(kept) if kept else given), warnings
