"""The days in a row on which something went wrong more often than usual, and how many more that were."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.difference import newcombe
from metrics.scan import Daily, chance, worst


@dataclass(frozen=True)
class Spell:
    """Days start … end (not in it), counted from 0: bad of n on them, usual_bad of usual_n on all others.

    difference of both shares with low and high (Newcombe). score: logarithm of the likelihood ratio; p:
    how often the worst days of a series without a fault score as high. See metrics/scan.py.
    """

    start: int
    end: int
    n: int
    bad: int
    usual_n: int
    usual_bad: int
    difference: float
    low: float
    high: float
    score: float
    p: float

    @property
    def share(self) -> float:
        return self.bad / self.n

    @property
    def usual(self) -> float:
        return self.usual_bad / self.usual_n

    @property
    def extra(self) -> tuple[float, float, float]:
        """How many more went wrong than usual, with its interval."""
        return self.difference * self.n, self.low * self.n, self.high * self.n


def spell(good: Daily, first: int, longest: int) -> Spell | None:
    """The worst one of up to `longest` days that begins on the day `first` or later; None where no day is
    worse than the others. good: n of each day, x of them went well.
    """
    found = worst(good, first, longest)
    n = int(good.n[found.start : found.end].sum())
    bad = n - int(good.x[found.start : found.end].sum())
    usual_n = int(good.n.sum()) - n
    usual_bad = usual_n - int(good.x.sum()) + n - bad
    interval = newcombe(bad, n, usual_bad, usual_n)
    if interval is None or not found.score:
        return None
    return Spell(
        found.start, found.end, n, bad, usual_n, usual_bad, bad / n - usual_bad / usual_n, *interval,
        found.score, chance(good, first, longest, found),
    )  # fmt: skip
