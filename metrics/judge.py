"""How good methods are: bias, error, coverage and verdicts over many shops whose truths are known."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

import polars as pl

from metrics.interval import student, wilson
from metrics.recovery import ROWS, Recovery

MANY = {**ROWS, "seed": pl.Int64, "world": pl.String}  # world "": the sample shop as it is
FEW = 6  # subjects of a method up to which each is told by itself
OUTCOMES = ("right", "missed", "wrong", "refused")

answered = pl.col("value").is_not_null() & (pl.col("refused") == "")
covers = (pl.col("low") <= pl.col("planted")) & (pl.col("planted") <= pl.col("high"))  # null: no interval
found = (pl.col("low") > 0) | (pl.col("high") < 0)


def errors(rows: pl.DataFrame) -> pl.DataFrame:
    """By name, in the sample shop as it is: how far estimates are from what was planted.

    Methods of a few subjects are told by subject: errors of shares that add up to 1 would cancel out.
    rows: see MANY. Answer: name, of ("" for all subjects), seeds, asked, answered, planted, recovered (means
    of those answered), bias, bias_error (half of its 95 % interval over seeds, null for fewer than 4), rmse,
    intervals (how many), coverage (share of them that contain the truth), coverage_low, coverage_high
    (Wilson). twin_bias, twin_bias_error: of the estimate less that of the same seed's other world, whose
    people meet the same chance (common random numbers: Law, Simulation Modeling and Analysis, ch. 11.2).
    """
    parts = []
    few = pl.col("of").n_unique().over("name") <= FEW
    error = pl.col("value") - pl.col("planted")
    twins = rows.filter((pl.col("world") != "") & answered).select("name", "of", "seed", twin=error)
    told = (
        rows.filter(world="")
        .join(twins, on=["name", "of", "seed"], how="left", maintain_order="left")
        .with_columns(of=pl.when(few).then("of").otherwise(pl.lit("")), error=error)
    )
    for (name, of), asked in told.group_by("name", "of", maintain_order=True):
        known = asked.filter(answered)
        inside = known.select(covers=covers)["covers"].drop_nulls()
        coverage = wilson(int(inside.sum()), len(inside)) or (None, None)
        bias, half = _over_seeds(known)
        beside = _over_seeds(known.with_columns(error=pl.col("error") - pl.col("twin")).drop_nulls("error"))
        parts.append(
            {
                "name": name,
                "of": of,
                "seeds": asked["seed"].n_unique(),
                "asked": len(asked),
                "answered": len(known),
                "planted": known["planted"].mean(),
                "recovered": known["value"].mean(),
                "bias": bias,
                "bias_error": half,
                "twin_bias": beside[0],
                "twin_bias_error": beside[1],
                "rmse": sqrt((known["error"] ** 2).mean()) if len(known) else None,  # type: ignore[arg-type]
                "intervals": len(inside),
                "coverage": inside.mean(),
                "coverage_low": coverage[0],
                "coverage_high": coverage[1],
            }
        )
    return pl.DataFrame(parts, schema=ERRORS)


def _over_seeds(known: pl.DataFrame) -> tuple[float | None, float | None]:
    """The mean error of the seeds' mean errors, and half of its interval: subjects of a seed go together."""
    means = known.group_by("seed").agg(pl.col("error").mean())["error"]
    if not len(means):
        return None, None
    bias = float(means.mean())  # type: ignore[arg-type]
    if len(means) < 4:
        return bias, None
    return bias, student(len(means) - 1) * float(means.std()) / sqrt(len(means))  # type: ignore[arg-type]


def verdicts(rows: pl.DataFrame, recoveries: Mapping[str, Recovery]) -> pl.DataFrame:
    """By name and world, of the recoveries that have a world in which nothing is to be found.

    Answer: name, world, asked, and how often the method was right (an interval without 0 on the truth's
    side, or with 0 where nothing was planted), missed it, was wrong (a false alarm or the wrong side) or
    refused to answer; alarms_low, alarms_high: Wilson interval of the share that was wrong.
    """
    null = {name: each.null for name, each in recoveries.items() if each.null}
    own = pl.col("world") == pl.col("name").replace_strict(null, default=None, return_dtype=pl.String)
    judged = rows.filter(pl.col("name").is_in(list(null)) & (own | (pl.col("world") == "")))
    counted = (
        judged.with_columns(outcome=outcome(pl.col("world") != ""))
        .group_by("name", "world", maintain_order=True)
        .agg(pl.len().alias("asked"), *((pl.col("outcome") == each).sum().alias(each) for each in OUTCOMES))
    )
    limits = [
        wilson(wrong, asked) or (None, None) for wrong, asked in counted.select("wrong", "asked").rows()
    ]
    return counted.with_columns(
        alarms_low=pl.Series([low for low, _ in limits], dtype=pl.Float64),
        alarms_high=pl.Series([high for _, high in limits], dtype=pl.Float64),
    )


def outcome(nothing: pl.Expr) -> pl.Expr:
    """One of OUTCOMES. nothing: whether there is nothing to be found, whatever is planted."""
    truth = pl.when(nothing).then(0.0).otherwise(pl.col("planted"))
    same_side = pl.when(truth > 0).then(pl.col("low") > 0).when(truth < 0).then(pl.col("high") < 0)
    return (
        pl.when(~answered)
        .then(pl.lit("refused"))
        .when(~found)
        .then(pl.when(truth == 0).then(pl.lit("right")).otherwise(pl.lit("missed")))
        .otherwise(pl.when(same_side).then(pl.lit("right")).otherwise(pl.lit("wrong")))
    )


ERRORS = {
    **dict.fromkeys(("name", "of"), pl.String),
    **dict.fromkeys(("seeds", "asked", "answered"), pl.Int64),
    **dict.fromkeys(("planted", "recovered", "bias", "bias_error"), pl.Float64),
    **dict.fromkeys(("twin_bias", "twin_bias_error", "rmse"), pl.Float64),
    "intervals": pl.Int64,
    **dict.fromkeys(("coverage", "coverage_low", "coverage_high"), pl.Float64),
}
