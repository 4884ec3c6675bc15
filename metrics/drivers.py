"""What satisfaction goes with: the share that each rated driver has in what the drivers explain of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from metrics.reason import Reason
from metrics.recovery import Data, Estimate, Recovery, refused

LEAST = 50  # complete answers
DRAWS = 499  # permutations and resamples
ALPHA = 0.05
SEED = 7


def relative_weights(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Share of the explained variance of y (n) by each column of x (n × k); they add up to 1.

    Johnson (2000), "A heuristic method for estimating the relative weight of predictor variables": the
    columns are replaced by their nearest orthogonal ones, whose squared weights are dealt out again.
    """
    both = np.corrcoef(np.column_stack([x, y]), rowvar=False)
    within, with_y = both[:-1, :-1], both[:-1, -1]
    values, vectors = np.linalg.eigh(within)
    loading = (vectors * np.sqrt(values)) @ vectors.T
    raw = loading**2 @ np.linalg.solve(loading, with_y) ** 2
    return np.asarray(raw / raw.sum())


def chance(x: np.ndarray, y: np.ndarray, draws: np.random.Generator) -> float:
    """How often shuffled answers are explained as well as the real ones: the p of a permutation test."""
    basis = np.linalg.qr(x - x.mean(axis=0))[0]
    centred = y - y.mean()
    explained = ((basis.T @ centred) ** 2).sum()
    shuffled = np.array([((basis.T @ draws.permutation(centred)) ** 2).sum() for _ in range(DRAWS)])
    return float((1 + (shuffled >= explained).sum()) / (DRAWS + 1))


def importance(ratings: np.ndarray, satisfaction: np.ndarray) -> list[Estimate]:
    """By column of ratings (n × k), its relative weight with a bootstrap interval (percentiles).

    Refused where few answered, or where the ratings explain no more than they would by chance.
    """
    n, k = ratings.shape
    if n < LEAST:
        return [refused(n, Reason("Too few answers have all ratings."))] * k
    draws = np.random.default_rng(SEED)
    if chance(ratings, satisfaction, draws) > ALPHA:
        return [refused(n, Reason("The ratings explain no more of satisfaction than chance would."))] * k
    rows = draws.integers(0, n, (DRAWS, n))
    again = np.array([relative_weights(ratings[each], satisfaction[each]) for each in rows])
    low, high = np.quantile(again, (0.025, 0.975), axis=0)
    value = relative_weights(ratings, satisfaction)
    return [Estimate(float(v), float(a), float(b), n) for v, a, b in zip(value, low, high, strict=True)]


def drivers(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    """By driver. Ways of asking differ in level, so each answer counts from the mean of its own way."""
    asked = data.scan("surveys").filter(pl.col("score").is_not_null(), pl.col("order_id").is_not_null())
    column = pl.when(pl.col("measure") == "driver").then("question").otherwise("measure")
    rows = (
        asked.filter(pl.col("measure").is_in(["csat", "driver"]))
        .select("order_id", "method", "score", column=column)
        .collect()
        .pivot("column", index=["order_id", "method"], values="score", aggregate_function="first")
    )
    if not {"csat", *of} <= set(rows.columns):
        return {}
    complete = rows.drop_nulls(["csat", *of])
    centred = complete.select(pl.col("csat", *of) - pl.col("csat", *of).mean().over("method"))
    found = importance(centred.select(of).to_numpy(), centred["csat"].to_numpy())
    return dict(zip(of, found, strict=True))


driver_recovery = Recovery(
    "driver_importance",
    "Drivers of satisfaction",
    "Johnson's relative weights of the ratings in the satisfaction with the order, with a bootstrap "
    "interval, after a test whether they explain anything at all. Coarse ratings blur them.",
    "satisfaction",
    "importance",
    drivers,
    of=r"\w+",
    null="noise",
)
