"""Scores of questionnaires with their intervals: NPS, shares in the best boxes, means; weighted or not."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from metrics.interval import student, wilson

ADDED = (0.75, 1.5, 0.75)  # promoters, passives, detractors


@dataclass(frozen=True)
class Score:
    """value with its 95 % interval, None where too few answered. n: answers. design: Kish's design effect."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    design: float = 1.0

    @property
    def error(self) -> float | None:
        """Half the interval in standard errors of a normal mean."""
        if self.low is None or self.high is None:
            return None
        return (self.high - self.low) / 2 / NormalDist().inv_cdf(0.975)


def design_effect(weights: np.ndarray) -> float:
    """n Σw² ÷ (Σw)²: by how much unequal weights widen the variance. Kish (1965), Survey Sampling."""
    return float(len(weights) * (weights**2).sum() / weights.sum() ** 2) if len(weights) else 1.0


def promoters(worth: np.ndarray, weights: np.ndarray | None = None) -> Score:
    """Net promoter score, −100 … 100, of answers worth 1, 0 or −1.

    Interval: multinomial, p + d − (p − d)² over n, after adding three answers, ¾ of them promoters and ¾
    detractors, so that it has a width where all say the same: Rocks (2016), "Interval Estimation for the
    Net Promoter Score", The American Statistician 70. n is divided by the design effect of weights.
    """
    weights = np.ones(len(worth)) if weights is None else weights
    design, n = design_effect(weights), len(worth)
    if not n:
        return Score(None, None, None, 0)
    up, down = (float(weights[those].sum() / weights.sum()) for those in (worth > 0, worth < 0))
    size = n / design
    of = size + sum(ADDED)
    p, d = (up * size + ADDED[0]) / of, (down * size + ADDED[2]) / of
    half = NormalDist().inv_cdf(0.975) * sqrt(max(p + d - (p - d) ** 2, 0.0) / of)
    return Score(100 * (up - down), 100 * max(p - d - half, -1.0), 100 * min(p - d + half, 1.0), n, design)


def boxes(worth: np.ndarray, weights: np.ndarray | None = None) -> Score:
    """Share, 0 … 1, of answers worth 1 with Wilson's interval, of n ÷ the design effect answers."""
    weights = np.ones(len(worth)) if weights is None else weights
    design, n = design_effect(weights), len(worth)
    if not n:
        return Score(None, None, None, 0)
    value = float(np.clip((weights * worth).sum() / weights.sum(), 0, 1))
    low, high = wilson(value * n / design, n / design) or (0.0, 1.0)  # type: ignore[arg-type]
    return Score(value, low, high, n, design)


def average(worth: np.ndarray, weights: np.ndarray | None = None) -> Score:
    """Weighted mean with Student's interval, of n ÷ the design effect answers."""
    weights = np.ones(len(worth)) if weights is None else weights
    design, n = design_effect(weights), len(worth)
    if n < 2:
        return Score(float(worth[0]) if n else None, None, None, n)
    share = weights / weights.sum()
    value = float((share * worth).sum())
    size = n / design
    if size <= 1:
        return Score(value, None, None, n, design)
    spread = float((share * (worth - value) ** 2).sum()) * size / (size - 1)
    half = student(size - 1) * sqrt(spread / size)
    return Score(value, value - half, value + half, n, design)


SCORES = {"nps": promoters, "csat": boxes, "ces": average, "driver": boxes}
