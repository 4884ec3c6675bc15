"""Difference-in-differences: how the treated changed beyond how the others changed at the same time."""

from __future__ import annotations

from math import sqrt
from typing import Literal

import numpy as np
import polars as pl

from metrics.causal import (
    FEW_BEFORE,
    LEVEL,
    NO_AFTER,
    NO_CONTROL,
    PATH,
    PLACEBOS,
    TRENDS,
    WEIGHTS,
    Effect,
    Side,
    judged,
    nothing,
    two_sided,
)  # fmt: skip
from metrics.interval import student
from metrics.metric import BadQuestion
from metrics.reason import Reason

Errors = Literal["unit", "plain"]
FEW_CLUSTERS, FEW_TREATED = 10, 2  # below which errors clustered by unit are too small
NEEDED = ("unit", "time", "y", "treated")


def did(
    panel: pl.DataFrame,
    *,
    errors: Errors = "unit",
    effects: Literal["two-way", "groups"] = "two-way",
    side: Side = "either",
    least: float = 0.0,
) -> Effect:
    """The mean effect on the treated, by ordinary least squares with effects of units and of times.

    panel: unit, time (a number or a day), y, treated (whether the treatment runs there and then); a row
    each. effects: "groups" has one effect of all treated units and one of all times after, the textbook's
    form. errors: "unit" clusters by unit (Liang and Zeger 1986; CR1 and Student's t with as many degrees
    of freedom as units less 1: Cameron and Miller 2015); "plain" takes rows as independent.
    Units must all begin at the same time: with staggered beginnings two-way effects compare treated with
    treated (Goodman-Bacon 2021). trend_p is of a linear trend of the treated of their own before it began.
    Raises BadQuestion for missing columns.
    """
    missing = [name for name in NEEDED if name not in panel.columns]
    if missing:
        raise BadQuestion(f"A panel has {', '.join(NEEDED)}. Missing: {', '.join(missing)}.")
    rows = panel.drop_nulls(list(NEEDED)).with_columns(
        pl.col("y").cast(pl.Float64),
        moment=pl.col("time").to_physical().cast(pl.Float64),
        ever=pl.col("treated").any().over("unit"),
    )
    if not rows["treated"].any():
        return nothing(len(rows), NO_AFTER)
    if rows["ever"].all():
        return nothing(len(rows), NO_CONTROL)
    if rows.filter("ever").group_by("moment").agg(pl.col("treated").n_unique())["treated"].max() == 2:
        return nothing(len(rows), STAGGERED)
    start = rows.filter("treated")["moment"].min()
    rows = rows.with_columns(after=pl.col("moment") >= start)
    if rows.filter("ever", ~pl.col("after")).is_empty():
        return nothing(len(rows), FEW_BEFORE)
    effect, error, freedom = _fit(rows, pl.col("treated"), errors, effects)
    if effect is None:
        return nothing(len(rows), SAME)
    low = high = p = None
    if error is not None:
        half, p = student(freedom) * error, two_sided(effect, error, freedom)
        low, high = effect - half, effect + half
    trend_p, failed = _trend(rows, errors, effects), []
    if trend_p is not None and trend_p < LEVEL:
        failed.append(TRENDS)
    units, treated = rows["unit"].n_unique(), rows.filter("ever")["unit"].n_unique()
    if errors == "unit" and (units < FEW_CLUSTERS or treated < FEW_TREATED):
        failed.append(
            Reason(
                "{units} units, {treated} of them treated, are too few for clustered errors: "
                "at least {least} and {few}",
                units=units,
                treated=treated,
                least=FEW_CLUSTERS,
                few=FEW_TREATED,
            )
        )
    path = _path(rows)
    gap, usual = path.filter(~pl.col("after"))["effect"], rows.filter("ever", ~pl.col("after"))["y"].mean()
    before = sqrt(float((gap**2).mean()))  # type: ignore[arg-type]
    return Effect(
        effect, low, high, p, len(rows), before,
        before / abs(float(usual)) if usual else None,  # type: ignore[arg-type]
        trend_p, judged(low, high, failed, side, least), path,
        pl.DataFrame(schema=PLACEBOS), pl.DataFrame(schema=WEIGHTS),
    )  # fmt: skip


STAGGERED = Reason("units began at different times: compare each group that began together by itself")
SAME = Reason("the treatment cannot be told from the units and times")


def _fit(
    rows: pl.DataFrame, what: pl.Expr, errors: Errors, effects: str
) -> tuple[float | None, float | None, float]:
    """Slope of `what`, its standard error and degrees of freedom, after all dummies (Frisch and Waugh)."""
    dummies = _dummies(rows, effects)
    x = rows.select(what.cast(pl.Float64)).to_series().to_numpy()
    y = rows["y"].to_numpy()
    basis, values, _ = np.linalg.svd(dummies, full_matrices=False)
    basis = basis[:, values > values[0] * 1e-10]
    x, y = (each - basis @ (basis.T @ each) for each in (x, y))
    square = float(x @ x)
    k, n = basis.shape[1] + 1, len(rows)
    if square < 1e-9:
        return None, None, 0.0
    slope = float(x @ y) / square
    if n <= k:
        return slope, None, 0.0
    rest = y - slope * x
    if errors == "plain":
        return slope, sqrt(float(rest @ rest) / (n - k) / square), n - k
    code = rows["unit"].rank("dense").to_numpy() - 1
    scores = np.bincount(code, x * rest)
    clusters = len(scores)
    widen = clusters / (clusters - 1) * (n - 1) / (n - k)
    return slope, sqrt(float(scores @ scores) * widen) / square, clusters - 1


def _dummies(rows: pl.DataFrame, effects: str) -> np.ndarray:
    if effects == "groups":
        return np.column_stack([np.ones(len(rows)), rows["ever"].to_numpy(), rows["after"].to_numpy()])
    parts = [np.eye(rows[name].n_unique())[rows[name].rank("dense").to_numpy() - 1] for name in NEEDED[:2]]
    return np.column_stack(parts)


def _trend(rows: pl.DataFrame, errors: Errors, effects: str) -> float | None:
    """The p-value of equal trends before the treatment began; None where it cannot be tested."""
    early = rows.filter(~pl.col("after"))
    if early["moment"].n_unique() < 3:
        return None
    centred = (pl.col("moment") - pl.col("moment").mean()) * pl.col("ever")
    if effects == "groups":
        early = early.with_columns(after=pl.col("moment"))
    slope, error, freedom = _fit(early, centred, errors, effects)
    return two_sided(slope, error, freedom) if slope is not None and error else None


def _path(rows: pl.DataFrame) -> pl.DataFrame:
    """Means of the treated, and what they would be had they only moved as the others did."""
    means = rows.group_by("moment").agg(
        observed=pl.col("y").filter("ever").mean(),
        other=pl.col("y").filter(~pl.col("ever")).mean(),
        after=pl.col("after").first(),
    )
    gap = (pl.col("observed") - pl.col("other")).filter(~pl.col("after")).mean()
    empty = pl.lit(None, pl.Float64)
    return (
        means.with_columns(expected=pl.col("other") + gap, time="moment", low=empty, high=empty)
        .with_columns(effect=pl.col("observed") - pl.col("expected"))
        .sort("time")
        .select(list(PATH))
    )
