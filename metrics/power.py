"""How large a test must be, and what it would find: closed forms for shares, means and ratios.

A ratio (spent by orders) is a mean of linearised values: give the deviation of `contrast.linear`.
"""

from __future__ import annotations

from math import ceil, sqrt
from statistics import NormalDist

NORMAL = NormalDist()
LEVEL, POWER = 0.05, 0.8


def reach(power: float = POWER, level: float = LEVEL) -> float:
    """Standard errors that an effect must measure to be found with that power, two-sided."""
    return NORMAL.inv_cdf(1 - level / 2) + NORMAL.inv_cdf(power)


def size_of_means(
    effect: float, deviation: float, *, ratio: float = 1.0, power: float = POWER, level: float = LEVEL
) -> int | None:
    """Units of the control; the treated are `ratio` times as many. None where no size would do.

    n = (z₁₋α/₂ + z_power)² σ² (1 + 1 ÷ ratio) ÷ effect² (Cohen 1988, ch. 2, by the normal distribution).
    """
    if not effect or deviation <= 0 or ratio <= 0:
        return None
    return ceil((reach(power, level) * deviation / effect) ** 2 * (1 + 1 / ratio))


def size_of_shares(
    base: float, other: float, *, ratio: float = 1.0, power: float = POWER, level: float = LEVEL
) -> int | None:
    """The same of two shares, with the pooled variance under no effect (Fleiss, Levin and Paik 2003, 4.2)."""
    if base == other or ratio <= 0 or not (0 < base < 1 and 0 < other < 1):
        return None
    null, real = _deviations(base, other, ratio)
    z = NORMAL.inv_cdf(1 - level / 2), NORMAL.inv_cdf(power)
    return ceil(((z[0] * null + z[1] * real) / (other - base)) ** 2)


def power_of_means(effect: float, error: float, *, level: float = LEVEL) -> float:
    """Chance that an effect with that standard error is found, on either side."""
    z = NORMAL.inv_cdf(1 - level / 2)
    return NORMAL.cdf(effect / error - z) + NORMAL.cdf(-effect / error - z)


def power_of_shares(base: float, other: float, control: int, treated: int, *, level: float = LEVEL) -> float:
    null, real = (each / sqrt(control) for each in _deviations(base, other, treated / control))
    z = NORMAL.inv_cdf(1 - level / 2)
    gap = other - base
    return NORMAL.cdf((gap - z * null) / real) + NORMAL.cdf((-gap - z * null) / real)


def detectable_mean(
    deviation: float, control: int, treated: int, *, power: float = POWER, level: float = LEVEL
) -> float | None:
    """Smallest difference found with that power, in the unit of the deviation."""
    if control < 1 or treated < 1:
        return None
    return reach(power, level) * deviation * sqrt(1 / control + 1 / treated)


def detectable_share(
    base: float, control: int, treated: int, *, power: float = POWER, level: float = LEVEL
) -> float | None:
    """Smallest rise of a share found with that power; None where even a share of 1 would not be."""
    if control < 1 or treated < 1 or not 0 < base < 1:
        return None
    low, high = base, 1 - 1e-9
    if power_of_shares(base, high, control, treated, level=level) < power:
        return None
    for _ in range(60):
        middle = (low + high) / 2
        found = power_of_shares(base, middle, control, treated, level=level) >= power
        low, high = (low, middle) if found else (middle, high)
    return high - base


def _deviations(base: float, other: float, ratio: float) -> tuple[float, float]:
    """Deviation of the difference by √n of the control: without an effect, and with it."""
    pooled = (base + ratio * other) / (1 + ratio)
    null = sqrt(pooled * (1 - pooled) * (1 + 1 / ratio))
    return null, sqrt(base * (1 - base) + other * (1 - other) / ratio)
