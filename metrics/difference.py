"""The difference of two shares: its interval, whether it may be chance, and many of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, sqrt
from typing import Literal

from metrics.interval import wilson

EXPECTED = 5  # counts expected in each cell, below which the normal approximation is not used


def newcombe(part: int, n: int, other: int, m: int, level: float = 0.95) -> tuple[float, float] | None:
    """Interval of part ÷ n − other ÷ m; None where either is no share.

    Newcombe (1998), Interval estimation for the difference between independent proportions, method 10.
    """
    one, two = wilson(part, n, level), wilson(other, m, level)
    if one is None or two is None:
        return None
    p, q = part / n, other / m
    below = sqrt((p - one[0]) ** 2 + (two[1] - q) ** 2)
    above = sqrt((one[1] - p) ** 2 + (q - two[0]) ** 2)
    return p - q - below, p - q + above


def compared(part: int, n: int, other: int, m: int) -> tuple[float, Literal["z", "fisher"]]:
    """The two-sided p-value of equal shares, and the test: pooled z, or Fisher's exact test where a cell
    of the 2 × 2 table is expected to hold fewer than 5 (Cochran 1954). n and m are above 0.
    """
    together, total = part + other, n + m
    if min(together, total - together) * min(n, m) >= EXPECTED * total:
        share = together / total
        z = (part / n - other / m) / sqrt(share * (1 - share) * (1 / n + 1 / m))
        return erfc(abs(z) / sqrt(2)), "z"
    from scipy.stats import fisher_exact

    return float(fisher_exact([[part, n - part], [other, m - other]])[1]), "fisher"


def benjamini_hochberg(chances: Sequence[float]) -> list[float]:
    """p-values corrected so that of those called real under a level, that share is false at most.

    Benjamini and Hochberg (1995), Controlling the false discovery rate; holds for independent tests and
    for such that depend positively on each other.
    """
    count, least = len(chances), 1.0
    found = [1.0] * count
    for rank, place in reversed(list(enumerate(sorted(range(count), key=chances.__getitem__), 1))):
        least = min(least, chances[place] * count / rank)
        found[place] = least
    return found


def mantel_haenszel(strata: Sequence[tuple[int, int, int, int]]) -> tuple[float, float, float] | None:
    """The difference of two shares within strata, and its 95 % interval: part, n, other, m of each stratum.
    None where no stratum has both.

    Weighted as Mantel and Haenszel (1959) do, with the variance of Greenland and Robins (1985), Estimation of
    a common effect parameter from sparse follow-up data.
    """
    both = [(a, n, b, m) for a, n, b, m in strata if n and m]
    weight = sum(n * m / (n + m) for _, n, _, m in both)
    if not weight:
        return None
    difference = sum((a * m - b * n) / (n + m) for a, n, b, m in both) / weight
    spread = sum((a * (n - a) * m**3 + b * (m - b) * n**3) / (n * m * (n + m) ** 2) for a, n, b, m in both)
    half = 1.959963984540054 * sqrt(spread) / weight
    return difference, difference - half, difference + half


def holm(chances: Sequence[float]) -> list[float]:
    """p-values corrected so that the chance of any false call under a level stays below it, whatever depends
    on what. Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    count, most = len(chances), 0.0
    found = [1.0] * count
    for rank, place in enumerate(sorted(range(count), key=chances.__getitem__)):
        most = max(most, min(1.0, chances[place] * (count - rank)))
        found[place] = most
    return found
