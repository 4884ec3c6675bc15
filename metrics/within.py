"""Least squares within strata: a difference between those who are alike in what else may matter."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np
import polars as pl

from metrics.interval import student


def within(
    rows: pl.DataFrame, y: str, x: Sequence[str], strata: Sequence[str], cluster: str
) -> tuple[float, float] | None:
    """The slope of y on the first of x within strata, the others held, and half its 95 % interval.

    None where x does not differ within strata, or with fewer than two clusters. Errors are clustered
    (Cameron and Miller 2015, CR1); the interval is Student's t with clusters − 1 degrees of freedom.
    """
    stratum = pl.struct(*strata)
    held = [name for name in x[1:] if rows.select(pl.col(name).n_unique().over(stratum).max()).item() > 1]
    x = [x[0], *held]
    values = rows.select(pl.col(y, *x).cast(pl.Float64) - pl.col(y, *x).cast(pl.Float64).mean().over(stratum))
    wanted, outcome = values.select(x).to_numpy(), values[y].to_numpy()
    square = wanted.T @ wanted
    code, clusters = rows[cluster].rank("dense").to_numpy() - 1, rows[cluster].n_unique()
    if clusters < 2 or np.linalg.matrix_rank(square) < len(x):
        return None
    inverse = np.linalg.inv(square)
    slope = inverse @ wanted.T @ outcome
    scores = np.zeros((clusters, len(x)))
    np.add.at(scores, code, wanted * (outcome - wanted @ slope)[:, None])
    variance = (inverse @ scores.T @ scores @ inverse)[0, 0] * clusters / (clusters - 1)
    return float(slope[0]), student(clusters - 1) * sqrt(variance)
