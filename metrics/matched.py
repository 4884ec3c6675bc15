"""Tests of regions or products: what the treated sold, by how the others moved, beside days without a test.

Too few to be told apart by their own scatter, they are read as two sums: a difference-in-differences of
logarithms, whose error is that of the same reading of earlier windows, in which nothing was tested
(placebos in time; geo experiments: Vaver and Koehler 2011; inference: Conley and Taber 2011).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import exp, sqrt

import numpy as np

from metrics.interval import student

BEFORE = 28  # days that a window is compared with
LEAST_PLACEBOS = 6  # windows without a test, below which chance is not known
STEP = 7  # days between windows of which one chooses a split
ALL, DRAWN = 12, 400  # up to so many units every split is looked at; above, so many are drawn
LEAST_SHARE = 0.15  # of what is sold, that either side of a split must have


@dataclass(frozen=True)
class Moved:
    """What the treated sold during the test: sold, expected, and effect = ln(sold ÷ expected); spread: root
    mean square of the effect in windows without a test, None with fewer than 6; placebos: first day, effect.
    """

    sold: float
    expected: float
    effect: float
    spread: float | None
    placebos: list[tuple[int, float]]

    def ends(self, level: float = 0.95) -> tuple[float, float] | None:
        """Of the effect's interval: Student's t with as many degrees of freedom as placebos."""
        if self.spread is None:
            return None
        half = student(len(self.placebos), level) * self.spread
        return self.effect - half, self.effect + half


def moved(
    daily: np.ndarray, treated: np.ndarray, control: np.ndarray, first: int, days: int, since: int = 0
) -> Moved | None:
    """daily: units × days, what each sold. treated, control: flags by unit. first: the test's first day, a
    column. since: first day on which a window without a test may begin; earlier ones chose the split.

    None where a side sold nothing in the test or in the four weeks before it, which it is compared with.
    """
    sides = np.vstack([daily[flags].sum(axis=0) for flags in (treated, control)])
    own = _effect(sides, first, days)
    if own is None:
        return None
    begins = range(first - days, max(since, BEFORE) - 1, -days)
    found = [(begin, effect) for begin in begins if (effect := _effect(sides, begin, days)) is not None]
    spread = (
        sqrt(sum(effect**2 for _, effect in found) / len(found)) if len(found) >= LEAST_PLACEBOS else None
    )
    sold = float(sides[0, first : first + days].sum())
    return Moved(sold, sold / exp(own), own, spread, sorted(found))


def _effect(sides: np.ndarray, first: int, days: int) -> float | None:
    """ln of the treated's growth by the control's."""
    if first < BEFORE:
        return None
    before, during = sides[:, first - BEFORE : first].sum(axis=1), sides[:, first : first + days].sum(axis=1)
    if min(before.min(), during.min()) <= 0:
        return None
    growth = np.log(during / before)
    return float(growth[0] - growth[1])


@dataclass(frozen=True)
class Split:
    """A way to divide units. spread: on windows that did not choose it; placebos: how many these are.

    detectable: rise, relative, that would be found with the power asked for.
    """

    treated: tuple[int, ...]
    control: tuple[int, ...]
    since: int
    spread: float
    placebos: int
    share: float

    def detectable(self, power: float) -> float:
        from scipy.special import stdtrit

        reach = student(self.placebos) + float(stdtrit(self.placebos, power))
        return exp(reach * self.spread) - 1


def best_split(daily: np.ndarray, days: int, seed: int = 0) -> Split | None:
    """The division whose halves moved most alike in windows of the older half of the days, and how much they
    moved apart in the newer half. Up to 12 units every division is looked at; above, 400 that are drawn
    within pairs of units that sell about as much. None where the days are too few, or none sells enough.
    """
    length = daily.shape[1]
    since = max(BEFORE, length // 2)
    old = range(BEFORE, since - days + 1, STEP)
    flags = _divisions(daily.sum(axis=1), seed)
    if len(old) < 2 or len(flags) == 0 or (length - since) // days < LEAST_PLACEBOS:
        return None
    errors = np.full((len(old), len(flags)), np.nan)
    for place, begin in enumerate(old):
        before, during = (daily[:, low:high].sum(axis=1) for low, high in
                          ((begin - BEFORE, begin), (begin, begin + days)))  # fmt: skip
        sums = [(flags @ each, ~flags @ each) for each in (before, during)]
        with np.errstate(divide="ignore", invalid="ignore"):
            errors[place] = np.log(sums[1][0] / sums[0][0]) - np.log(sums[1][1] / sums[0][1])
    score = np.sqrt((errors**2).mean(axis=0))
    score[~np.isfinite(score)] = np.inf
    chosen = flags[int(score.argmin())]
    if not np.isfinite(score.min()):
        return None
    told = moved(daily, chosen, ~chosen, length - days, days, since)
    if told is None:
        return None
    effects = [told.effect, *(effect for _, effect in told.placebos)]
    spread = sqrt(sum(each**2 for each in effects) / len(effects))
    sold = daily.sum(axis=1)
    return Split(
        tuple(np.flatnonzero(chosen).tolist()), tuple(np.flatnonzero(~chosen).tolist()), since, spread,
        len(effects), float(sold[chosen].sum() / sold.sum()),
    )  # fmt: skip


def _divisions(sold: np.ndarray, seed: int) -> np.ndarray:
    """Flags by unit of the treated, a row a division; both sides sell a material share."""
    n, found = len(sold), list[np.ndarray]()
    if n <= ALL:
        for size in range(1, n):
            for chosen in combinations(range(n), size):
                flags = np.zeros(n, bool)
                flags[list(chosen)] = True
                found.append(flags)
    else:
        order, draw = np.argsort(-sold, kind="stable"), np.random.default_rng(seed)
        for _ in range(DRAWN):
            flags = np.zeros(n, bool)
            heads = draw.integers(0, 2, (n + 1) // 2)
            for pair, head in enumerate(heads):
                place = 2 * pair + head
                flags[order[min(place, n - 1)]] = place < n
            found.append(flags)
    shares = np.array([float(sold[flags].sum()) for flags in found]) / max(float(sold.sum()), 1e-12)
    keep = (shares >= LEAST_SHARE) & (shares <= 1 - LEAST_SHARE)
    return np.array(found)[keep] if found else np.zeros((0, n), bool)
