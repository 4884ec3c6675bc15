"""How sure a change is, judged by how much the days of both periods differ."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from metrics.interval import student

Daily = Sequence[tuple[float, float]]  # value and weight of each day


def change_interval(
    now: Daily, before: Daily, adds_up: bool, level: float = 0.95
) -> tuple[float, float] | None:
    """The interval of now − before, in the metric's unit; None with fewer than three days on a side.

    adds_up: the period's value is the sum of the days (weights are not read); its variance is that of a
    mean over days (Welch 1947). Else it is a ratio of sums, value × weight over weight, with the
    variance of a ratio estimator over days (Cochran 1977, Sampling Techniques, 6.4). Days next to each
    other are taken as independent, so intervals are rather too narrow where weeks differ.
    """
    sides = [_side(days, adds_up) for days in (now, before)]
    if None in sides:
        return None
    (a, va, na), (b, vb, nb) = sides  # type: ignore[misc]
    if va + vb == 0:
        return a - b, a - b
    freedom = (va + vb) ** 2 / (va**2 / (na - 1) + vb**2 / (nb - 1))
    half = student(freedom, level) * sqrt(va + vb)
    return a - b - half, a - b + half


def _side(days: Daily, adds_up: bool) -> tuple[float, float, int] | None:
    """The period's value, its variance, its number of days."""
    n = len(days)
    if n < 3:
        return None
    if adds_up:
        values = [value for value, _ in days]
        mean = sum(values) / n
        return mean * n, n * sum((value - mean) ** 2 for value in values) / (n - 1), n
    weight = sum(w for _, w in days)
    if weight <= 0:
        return None
    ratio = sum(value * w for value, w in days) / weight
    squares = sum((w * (value - ratio)) ** 2 for value, w in days)
    return ratio, n / (n - 1) * squares / weight**2, n
