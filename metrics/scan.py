"""Scan statistic: the days in a row on which a share fell most below that of all other days.

Kulldorff (1997), A spatial scan statistic, with the binomial likelihood in one dimension.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RUNS = 999
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


@dataclass(frozen=True)
class Worst:
    """The days start … end (not in it), and the logarithm of their likelihood ratio; 0 where none fell."""

    start: int
    end: int
    score: float


def worst(daily: Daily, first: int, longest: int) -> Worst:
    """The worst days of up to `longest` in a row that begin on the day `first` or later."""
    best = Worst(first, first, 0.0)
    for length in _lengths(daily, first, longest):
        scores = _scores(daily, first, length)
        if scores.max() > best.score:
            start = first + int(scores.argmax())
            best = Worst(start, start + length, float(scores.max()))
    return best


def chance(daily: Daily, first: int, longest: int, found: Worst) -> float:
    """How often the worst days of a shop without a fault score as high.

    Shops in which every day has the same share are drawn. Real days differ more, such as weekends and sales,
    so the score is divided by how much more the days outside the worst differ than by chance (quasi-binomial
    dispersion, Wedderburn 1974, at least 1).
    """
    score = found.score / _dispersion(daily, found)
    if score < ODD:
        return 1.0
    share = daily.x.sum() / daily.n.sum()
    drawn = np.random.default_rng(0).binomial(daily.n, share, (RUNS, len(daily.n)))
    shops = Daily(np.broadcast_to(daily.n, drawn.shape), drawn)
    highest = np.zeros(RUNS)
    for length in _lengths(daily, first, longest):
        highest = np.maximum(highest, _scores(shops, first, length).max(axis=-1))
    return float(1 + (highest >= score).sum()) / (1 + RUNS)


def _dispersion(daily: Daily, found: Worst) -> float:
    """Pearson's chi-square a degree of freedom, of the days outside the worst."""
    out = np.ones(len(daily.n), bool)
    out[found.start : found.end] = False
    n, x = daily.n[out & (daily.n > 0)], daily.x[out & (daily.n > 0)]
    share = x.sum() / max(n.sum(), 1)
    if len(n) < 2 or not 0 < share < 1:
        return 1.0
    return max(1.0, float(((x - n * share) ** 2 / (n * share * (1 - share))).sum()) / (len(n) - 1))


def _lengths(daily: Daily, first: int, longest: int) -> range:
    return range(1, min(longest, len(daily.n) - first) + 1)


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
