"""How sure a share or a mean is."""

from __future__ import annotations

from math import inf, sqrt
from statistics import NormalDist


def wilson(part: float, n: int, level: float = 0.95) -> tuple[float, float] | None:
    """The Wilson score interval of the share part ÷ n, both counts; None where it is no share.

    Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    if n <= 0 or not 0 <= part <= n:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = part / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At 0 and n one end is exactly there; floats would miss it by a hair.
    return (0.0 if part == 0 else middle - half, 1.0 if part == n else middle + half)


def student(freedom: float, level: float = 0.95) -> float:
    """How many standard errors the two-sided interval reaches from a mean, by Student's t.

    Abramowitz and Stegun (1964), 26.7.5: right to 0.01 from 4 degrees of freedom. Infinite below 3.
    """
    if freedom < 3:
        return inf
    z, v = NormalDist().inv_cdf((1 + level) / 2), freedom
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )
