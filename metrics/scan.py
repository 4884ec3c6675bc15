"""Scan statistic: the days in a row on which a share fell most below that of all other days.

Kulldorff (1997), A spatial scan statistic, with the binomial likelihood in one dimension.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SHUFFLES = 999
ODD = 3.0  # a score below which nothing is odd, so that its chance need not be found


@dataclass(frozen=True)
class Daily:
    """n, x: (..., D) of n on each day x did."""

    n: np.ndarray
    x: np.ndarray

    @staticmethod
    def counted(day: np.ndarray, came: np.ndarray, did: np.ndarray, days: int) -> Daily:
        """day: (N,) of each, from 0. came, did: (N,) whether."""
        return Daily(np.bincount(day[came], minlength=days), np.bincount(day[came & did], minlength=days))


def worst(daily: Daily, first: int, longest: int) -> tuple[int, int, float]:
    """start, end (after the last day) and score, the logarithm of the likelihood ratio, of the worst days;
    0 where no share fell. They begin on the day `first` or later and are up to `longest`.
    """
    best = (first, first, 0.0)
    for length in range(1, longest + 1):
        scores = _scores(daily, first, length)
        if scores.size and scores.max() > best[2]:
            start = first + int(scores.argmax())
            best = (start, start + length, float(scores.max()))
    return best


def chance(daily: Daily, first: int, longest: int, score: float) -> float:
    """Of shuffled days, each with what happened on it, the share whose worst days score as high.

    So days that differ anyway, such as weekends and sales, raise no alarm.
    """
    if score < ODD:
        return 1.0
    random = np.random.default_rng(0)
    order = random.permuted(np.tile(np.arange(len(daily.n)), (SHUFFLES, 1)), axis=1)
    shuffled = Daily(daily.n[order], daily.x[order])
    highest = np.zeros(SHUFFLES)
    for length in range(1, longest + 1):
        scores = _scores(shuffled, first, length)
        if scores.size:
            highest = np.maximum(highest, scores.max(axis=-1))
    return float(1 + (highest >= score).sum()) / (1 + SHUFFLES)


def _scores(daily: Daily, first: int, length: int) -> np.ndarray:
    """(..., starts) scores of spans of so many days; 0 where the share did not fall."""
    n, x = (_spans(counts, first, length) for counts in (daily.n, daily.x))
    all_n, all_x = (counts.sum(axis=-1, keepdims=True) for counts in (daily.n, daily.x))
    inside, outside = _likelihood(x, n), _likelihood(all_x - x, all_n - n)
    fell = x * (all_n - n) < (all_x - x) * n
    return np.where(fell, inside + outside - _likelihood(all_x, all_n), 0.0)


def _spans(counts: np.ndarray, first: int, length: int) -> np.ndarray:
    total = np.concatenate([np.zeros((*counts.shape[:-1], 1)), counts.cumsum(axis=-1)], axis=-1)
    return total[..., first + length :] - total[..., first : total.shape[-1] - length]


def _likelihood(x: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Logarithm of the likelihood of x of n at their own share."""
    return _log(x) + _log(n - x) - _log(n)


def _log(x: np.ndarray) -> np.ndarray:
    """x ln x, 0 at 0."""
    return x * np.log(np.where(x > 0, x, 1))
