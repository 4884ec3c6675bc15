"""Intervals that hold however often one looks."""

from __future__ import annotations

from math import exp, log, sqrt

LEVEL = 0.05


def tuned(level: float = LEVEL) -> float:
    """The mixture's variance, relative to that of the estimate at the planned end, with which the interval is
    narrowest there: −W₋₁(−α² ÷ e) − 1 (Howard, Ramdas, McAuliffe and Sekhon 2021, section 3.5).
    """
    x = -2 * log(level)  # Newton's method on x − ln(1 + x) = −2 ln α
    for _ in range(50):
        x -= (x - log(1 + x) + 2 * log(level)) / (x / (1 + x))
    return x


def factor(progress: float, level: float = LEVEL) -> float:
    """Standard errors that the interval reaches to either side. progress: share of the planned size or days
    that is there, above 0; beyond 1 where the test ran on.

    The normal mixture: √((1 + 1 ÷ x) ln((1 + x) ÷ α²)) with x = tuned × progress. Always-valid for
    means: Johari, Pekelis and Walsh (2022), mSPRT; for all estimates that are asymptotically normal:
    Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2021), asymptotic confidence sequences, theorem 2.2.
    Where the same customers are followed from day to day, their differences persist, so what is seen on two
    days is more alike than the theory takes it to be, and the interval is rather too wide.
    """
    x = tuned(level) * progress
    return sqrt((1 + 1 / x) * log((1 + x) / level**2))


def p_value(effect: float, error: float, progress: float, level: float = LEVEL) -> float:
    """The always-valid p-value: the least level whose interval leaves out 0, with the mixture as tuned."""
    if error <= 0:
        return 1.0 if effect == 0 else 0.0
    x = tuned(level) * progress
    z = effect / error
    return min(1.0, sqrt(1 + x) * exp(-(z**2) * x / (2 * (1 + x))))
