"""Raking: weights by which those who answered look like the customers that they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

ROUNDS = 200
CLOSE = 1e-9  # a margin is met when no share is further off


@dataclass(frozen=True)
class Raked:
    """weights: by answer, of mean 1, above 0. rounds: how many it took. met: whether all margins are met.

    dropped: (margin, category) of the base in which nobody answered: for them nobody can stand.
    """

    weights: np.ndarray
    rounds: int
    met: bool
    dropped: tuple[tuple[str, str | None], ...] = ()


def rake(sample: pl.DataFrame, base: pl.DataFrame, margins: Sequence[str]) -> Raked:
    """Weights of the sample's rows with which each margin is shared out as in the base.

    sample, base: a column of categories for each margin (null is one of them). Rows of a category that the
    base does not have keep no weight to be given, so they must have been left out before. Iterative
    proportional fitting: Deming & Stephan (1940), "On a least squares adjustment of a sampled frequency
    table when the expected marginal totals are known"; for weights of a survey Kalton & Flores-Cervantes
    (2003).
    """
    codes, targets, dropped = [], [], []
    for name in margins:
        shares = _shares(base[name])
        seen = _shares(sample[name])
        dropped += [(name, category) for category in shares if category not in seen]
        kept = {category: share for category, share in shares.items() if category in seen}
        place = {category: i for i, category in enumerate(kept)}
        codes.append(np.array([place[category] for category in sample[name].to_list()], dtype=np.int64))
        target = np.array(list(kept.values()))
        targets.append(target / target.sum())
    weights, rounds, met = fit(codes, targets, len(sample))
    return Raked(weights, rounds, met, tuple(dropped))


def fit(codes: Sequence[np.ndarray], targets: Sequence[np.ndarray], n: int) -> tuple[np.ndarray, int, bool]:
    """Weights of n rows, the rounds, and whether each margin is met.

    codes: by margin, the category (0, 1, …) of each row; every category has a row. targets: by margin, the
    share of each category; they add up to 1.
    """
    weights = np.ones(n)
    for done in range(1, ROUNDS + 1):
        for code, target in zip(codes, targets, strict=True):
            held = np.bincount(code, weights, len(target)) / weights.sum()
            weights = weights * (target / held)[code]
        weights *= n / weights.sum()
        if _furthest(weights, codes, targets) <= CLOSE:
            return weights, done, True
    return weights, ROUNDS, False


def _furthest(weights: np.ndarray, codes: Sequence[np.ndarray], targets: Sequence[np.ndarray]) -> float:
    gaps = [
        np.abs(np.bincount(code, weights, len(target)) / weights.sum() - target).max()
        for code, target in zip(codes, targets, strict=True)
    ]
    return float(max(gaps, default=0.0))


def _shares(column: pl.Series) -> Mapping[str | None, float]:
    counts = column.value_counts(sort=True)
    return dict(zip(counts[column.name].to_list(), (counts["count"] / len(column)).to_list(), strict=True))
