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

    Infinite without any freedom.
    """
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2)) if freedom > 0 else inf
