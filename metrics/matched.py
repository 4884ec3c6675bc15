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

BEFORE = 28  # days that a window is compared with, or as many as it has itself
LEAST_PLACEBOS = 6  # windows without a test, below which chance is not known
STEP = 7  # days between windows of which one chooses a split
ALL = 12  # up to so many units every split is looked at; above, one is drawn
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

    None where a side sold nothing in the test, or in the four weeks (or as many days) before it, with which
    it is compared.
    """
    sides = np.vstack([daily[flags].sum(axis=0) for flags in (treated, control)])
    own = _effect(sides, first, days)
    if own is None:
        return None
    begins = range(first - days, max(since, before(days)) - 1, -days)
    found = [(begin, effect) for begin in begins if (effect := _effect(sides, begin, days)) is not None]
    spread = (
        sqrt(sum(effect**2 for _, effect in found) / len(found)) if len(found) >= LEAST_PLACEBOS else None
    )
    sold = float(sides[0, first : first + days].sum())
    return Moved(sold, sold / exp(own), own, spread, sorted(found))


def before(days: int) -> int:
    """Days that a window of so many days is compared with."""
    return max(days, BEFORE)


def _effect(sides: np.ndarray, first: int, days: int) -> float | None:
    """ln of the treated's growth by the control's."""
    begin = first - before(days)
    if begin < 0:
        return None
    earlier, during = sides[:, begin:first].sum(axis=1), sides[:, first : first + days].sum(axis=1)
    if min(earlier.min(), during.min()) <= 0:
        return None
    growth = np.log(during / earlier)
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
    """A division of the units in two, and how much its halves moved apart without a test.

    Up to 12 units the one whose halves moved most alike in windows of the older half of the days, judged in
    the newer half, since the best of many looks better than it is. Above, one that is drawn within pairs of
    units that sell about as much. None where the days are too few, or none sells enough.
    """
    units, length = daily.shape
    since = max(before(days), length // 2) if units <= ALL else before(days)
    flags = _divisions(daily.sum(axis=1)) if units <= ALL else _drawn(daily.sum(axis=1), seed)
    if len(flags) == 0 or (length - since) // days < LEAST_PLACEBOS:
        return None
    place = 0
    if len(flags) > 1:
        score = _apart(daily, flags, days, since)
        place = int(score.argmin())
        if not np.isfinite(score[place]):
            return None
    chosen = flags[place]
    told = moved(daily, chosen, ~chosen, length - days, days, since)
    if told is None:
        return None
    effects = [told.effect, *(effect for _, effect in told.placebos)]
    spread = sqrt(sum(each**2 for each in effects) / len(effects))
    sold = daily.sum(axis=1)
    return Split(
        tuple(np.flatnonzero(chosen).tolist()), tuple(np.flatnonzero(~chosen).tolist()),
        since if units <= ALL else 0, spread, len(effects), float(sold[chosen].sum() / sold.sum()),
    )  # fmt: skip


def _apart(daily: np.ndarray, flags: np.ndarray, days: int, until: int) -> np.ndarray:
    """Of each division, the root mean square effect in windows that end before the day `until`."""
    begins = range(before(days), until - days + 1, STEP)
    if len(begins) < 2:
        return np.full(len(flags), np.inf)
    total = np.zeros(len(flags))
    for begin in begins:
        earlier, during = (
            daily[:, begin - before(days) : begin].sum(axis=1),
            daily[:, begin : begin + days].sum(axis=1),
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            growth = [np.log((each @ during) / (each @ earlier)) for each in (flags, ~flags)]
        total += (growth[0] - growth[1]) ** 2
    total[~np.isfinite(total)] = np.inf
    return np.sqrt(total / len(begins))


def _divisions(sold: np.ndarray) -> np.ndarray:
    """Flags by unit of the treated, a row a division, of which both sides sell a material share."""
    n, whole = len(sold), max(float(sold.sum()), 1e-12)
    flags = [
        [k in chosen for k in range(n)] for size in range(1, n) for chosen in combinations(range(n), size)
    ]
    made = np.array(flags, bool).reshape(-1, n)
    shares = made @ sold / whole
    return made[(shares >= LEAST_SHARE) & (shares <= 1 - LEAST_SHARE)]


def _drawn(sold: np.ndarray, seed: int) -> np.ndarray:
    """One of each pair of units that sell about as much; a last one without a partner is not treated."""
    n, order = len(sold), np.argsort(-sold, kind="stable")
    heads = np.random.default_rng(seed).integers(0, 2, n // 2)
    flags = np.zeros((1, n), bool)
    flags[0, order[2 * np.arange(n // 2) + heads]] = True
    return flags
