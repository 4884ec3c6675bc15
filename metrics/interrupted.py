"""Interrupted time series: what a series became beyond its own trend and season, where nobody compares."""

from __future__ import annotations

from math import sqrt

import numpy as np
import polars as pl

from metrics.causal import (
    FEW_BEFORE,
    NO_AFTER,
    PATH,
    PLACEBOS,
    POOR_FIT,
    WEIGHTS,
    Effect,
    Side,
    judged,
    nothing,
    two_sided,
)  # fmt: skip
from metrics.interval import student
from metrics.metric import BadQuestion

CYCLES = 2  # of the season, and as many further times as the fit has terms, that must lie before
FIT = 0.5  # most the error of expected times may be of the mean outcome, where the outcome is not 0
FEWEST_RUNS = 5  # placebos, each as long as what came after, to scale the error by


def interrupted(
    series: pl.DataFrame,
    *,
    start: float,
    season: int = 7,
    trend: bool = True,
    side: Side = "either",
    least: float = 0.0,
) -> Effect:
    """The mean effect a time from `start` on, beyond the trend and season of the times before.

    series: time (whole numbers without gaps), y. season: times after which it repeats; 1 is none. The
    expectation is fitted on what came before alone (ordinary least squares on a line and on one effect a
    place of the season; Box and Tiao 1975, Bernal, Cummins and Gasparrini 2017). The interval is that of
    a mean of new times: their error with the residuals' autocovariance (Bartlett weights, Newey and West
    1987), and the error of the fit. Where the times before hold at least five runs as long as what came
    after, placebos in time widen it: rank_by is a run's error in its own standard errors, and their root
    mean square, where above 1, multiplies the interval.
    Raises BadQuestion for missing columns and gaps.
    """
    missing = [name for name in ("time", "y") if name not in series.columns]
    if missing:
        raise BadQuestion(f"A series has time, y. Missing: {', '.join(missing)}.")
    rows = series.select(pl.col("time").to_physical().cast(pl.Float64), pl.col("y").cast(pl.Float64)).sort(
        "time"
    )
    times, y = rows["time"].to_numpy(), rows["y"].to_numpy()
    if rows.null_count().sum_horizontal()[0] or (len(times) > 1 and not np.allclose(np.diff(times), 1)):
        raise BadQuestion("An interrupted series needs every time from the first to the last, once.")
    after = times >= start
    x = _terms(times, season, trend)
    if not after.any():
        return nothing(len(y), NO_AFTER)
    if (~after).sum() < max(CYCLES * season, 2 * x.shape[1]):
        return nothing(len(y), FEW_BEFORE)
    beta, spread, freedom, rest = _fit(x[~after], y[~after])
    expected = x @ beta
    gap = y - expected
    scale, placebos = _placebos(x[~after], y[~after], int(after.sum()), times)
    error = _error(x[after], spread, rest) * scale
    half = student(freedom) * error
    effect = float(gap[after].mean())
    each = student(freedom) * np.sqrt(rest @ rest / freedom + np.einsum("ij,jk,ik->i", x, spread, x))
    before, mean = sqrt(float((rest**2).mean())), abs(float(y[~after].mean()))
    failed = [POOR_FIT] if mean and before / mean > FIT else []
    path = pl.DataFrame({
        "time": times, "observed": y, "expected": expected, "effect": gap, "low": gap - each,
        "high": gap + each, "after": after,
    })  # fmt: skip
    return Effect(
        effect, effect - half, effect + half, two_sided(effect, error, freedom), len(y), before,
        before / mean if mean else None, None,
        judged(effect - half, effect + half, failed, side, least), path.select(list(PATH)),
        pl.DataFrame(placebos, PLACEBOS, orient="row"), pl.DataFrame(schema=WEIGHTS),
    )  # fmt: skip


def _terms(times: np.ndarray, season: int, trend: bool) -> np.ndarray:
    place = (times - times[0]).astype(int) % season
    parts = [np.ones(len(times)), *[(place == each).astype(float) for each in range(1, season)]]
    if trend:
        parts.append((times - times[0]) / max(len(times), 1))
    return np.column_stack(parts)


def _fit(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, int, np.ndarray]:
    """Coefficients, their covariance (errors hang together in time), degrees of freedom, residuals."""
    beta, *_ = np.linalg.lstsq(x, y, rcond=None)
    rest = y - x @ beta
    inverse, freedom = np.linalg.pinv(x.T @ x), len(y) - np.linalg.matrix_rank(x)
    scores = x * rest[:, None]
    middle = scores.T @ scores
    for lag in range(1, _lags(len(y)) + 1):
        part = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / (_lags(len(y)) + 1)) * (part + part.T)
    return beta, inverse @ middle @ inverse * len(y) / freedom, int(freedom), rest


def _lags(n: int) -> int:
    """Newey and West (1994), rule of thumb."""
    return int(4 * (n / 100) ** (2 / 9))


def _error(x: np.ndarray, spread: np.ndarray, rest: np.ndarray) -> float:
    """Standard error of the mean of new times with the terms x."""
    n, freedom = len(x), len(rest) - spread.shape[0]
    lags = min(_lags(len(rest)), n - 1)
    own = rest @ rest / freedom
    for lag in range(1, lags + 1):
        own += 2 * (1 - lag / (lags + 1)) * (1 - lag / n) * (rest[lag:] @ rest[:-lag]) / freedom
    mean = x.mean(axis=0)
    return sqrt(max(own, 0.0) / n + float(mean @ spread @ mean))


def _placebos(x: np.ndarray, y: np.ndarray, length: int, times: np.ndarray) -> tuple[float, list[tuple]]:
    """What the design finds in runs before: fitted on all other times before, so that none is in its own."""
    found = []
    for begin in range(len(y) % length, len(y) - length + 1, length):
        inside = (np.arange(len(y)) >= begin) & (np.arange(len(y)) < begin + length)
        if (~inside).sum() < 2 * x.shape[1]:
            continue
        beta, spread, _, rest = _fit(x[~inside], y[~inside])
        effect = float((y[inside] - x[inside] @ beta).mean())
        error = _error(x[inside], spread, rest)
        if error:
            found.append(("time", f"{times[begin]:g}", effect, sqrt(float((rest**2).mean())), effect / error))
    if len(found) < FEWEST_RUNS:
        return 1.0, found
    return max(1.0, sqrt(sum(row[4] ** 2 for row in found) / len(found))), found
