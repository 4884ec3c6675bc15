"""One arm of an experiment against another: shares, means, ratios, and what was known before."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np

from metrics.difference import compared, newcombe
from metrics.interval import student


class Contrast(NamedTuple):
    """treated − control, in the unit of the value, with its interval; relative: by the control's value.

    error: its standard error. p: two-sided, of no effect. The relative interval is by the delta method, None
    where the control's value is not above 0.
    """

    effect: float
    error: float
    low: float
    high: float
    p: float
    relative: float | None
    relative_low: float | None
    relative_high: float | None


def shares(part: int, n: int, other: int, m: int, level: float = 0.95) -> Contrast | None:
    """part of n treated against other of m: Newcombe's interval, pooled z or Fisher's exact test."""
    ends = newcombe(part, n, other, m, level)
    if ends is None:
        return None
    p, q = part / n, other / m
    errors = sqrt(p * (1 - p) / n), sqrt(q * (1 - q) / m)
    chance = compared(part, n, other, m)[0] if 0 < part + other < n + m else 1.0
    return Contrast(p - q, sqrt(errors[0] ** 2 + errors[1] ** 2), *ends, chance,
                    *_relative(p, errors[0], q, errors[1], student(1e9, level)))  # fmt: skip


def means(treated: np.ndarray, control: np.ndarray, level: float = 0.95) -> Contrast | None:
    """Welch's test (1947): variances may differ. None with fewer than two units on a side."""
    if len(treated) < 2 or len(control) < 2:
        return None
    one, two = (float(np.var(each, ddof=1)) / len(each) for each in (treated, control))
    p, q = float(treated.mean()), float(control.mean())
    return welch(p, one, len(treated), q, two, len(control), level)


def welch(p: float, one: float, n: int, q: float, two: float, m: int, level: float = 0.95) -> Contrast:
    """From means and the squares of their errors."""
    from scipy.special import stdtr

    effect, error = p - q, sqrt(one + two)
    if not error:
        chance = float(effect == 0)
        return Contrast(effect, 0.0, effect, effect, chance, *_relative(p, 0.0, q, 0.0, 0.0))
    freedom = (one + two) ** 2 / (one**2 / (n - 1) + two**2 / (m - 1))
    t = student(freedom, level)
    chance = float(2 * stdtr(freedom, -abs(effect) / error))
    return Contrast(effect, error, effect - t * error, effect + t * error, chance,
                    *_relative(p, sqrt(one), q, sqrt(two), t))  # fmt: skip


def _relative(p: float, one: float, q: float, two: float, z: float) -> tuple:
    if q <= 0:
        return None, None, None
    half = z * sqrt((one / q) ** 2 + (p * two / q**2) ** 2)
    return p / q - 1, p / q - 1 - half, p / q - 1 + half


def linear(value: np.ndarray, denominator: np.ndarray) -> np.ndarray | None:
    """Values of units whose mean is Σ value ÷ Σ denominator and whose error is that ratio's, by the delta
    method: R + (value − R × denominator) ÷ mean denominator (Deng, Knoblich and Lu 2018, section 3).

    None where the denominator is 0 for all: there is no ratio.
    """
    whole = float(denominator.mean()) if len(denominator) else 0.0
    if whole <= 0:
        return None
    ratio = float(value.mean()) / whole
    return ratio + (value - ratio * denominator) / whole


def adjusted(values: list[np.ndarray], before: list[np.ndarray]) -> tuple[list[np.ndarray], float]:
    """Each arm's values less what was known before: y − θ (x − mean x), and the share of variance gone.

    θ is the slope within arms, so that an effect does not bend it; the mean of x is of all units (CUPED;
    Deng, Xu, Kohavi and Walker 2013, section 3.2). Values stay as they are where x does not vary.
    """
    inner = [x - x.mean() for x in before]
    spread = sum(float(x @ x) for x in inner)
    if spread <= 0:
        return values, 0.0
    theta = sum(float(x @ (y - y.mean())) for x, y in zip(inner, values, strict=True)) / spread
    mean = float(np.concatenate(before).mean())
    kept = [y - theta * (x - mean) for x, y in zip(before, values, strict=True)]
    old, new = (sum(float(((y - y.mean()) ** 2).sum()) for y in each) for each in (values, kept))
    return kept, 1 - new / old if old else 0.0
