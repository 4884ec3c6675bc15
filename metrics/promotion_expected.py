"""What a promotion's products would have sold without it, and how far off such expectations are elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np

from metrics.interval import student
from metrics.promotion_cells import MEASURES, Cells
from metrics.promotion_panel import SOON, Design, Group

UNITS, REVENUE, MARGIN, REFUNDS, TICKETS = range(len(MEASURES))
LEAST_PLACEBOS = 6
LEAST_UNITS = 10.0  # expected while it lasts, and sold on the days compared with


@dataclass(frozen=True)
class Expected:
    """One group on some days, arrays by MEASURES. spread: the units' standard deviation without the widening;
    shared: its part that all groups have in common, since they have one control.
    """

    observed: np.ndarray
    expected: np.ndarray
    spread: float
    shared: float

    @property
    def effect(self) -> np.ndarray:
        return self.observed - self.expected


@dataclass(frozen=True)
class Panel:
    """daily: of each group, all days × MEASURES. scale: the control's units by day, or a calendar's shape.

    exact: whether the scale has no error of its own. widen: by MEASURES, what unit-Poisson deviations are
    multiplied with, so that placebos have the size that they show; placebos: kind (time, unit), of (day
    number or place), effect and expected units, z (before widening).
    """

    design: Design
    daily: dict[str, np.ndarray]
    scale: np.ndarray
    exact: bool
    widen: np.ndarray
    placebos: list[tuple[str, int, float, float, float]]

    def expect(self, group: str, days: np.ndarray, stands: np.ndarray | None = None) -> Expected:
        """What is expected of a group on some days: its base times how the control moved. stands: for how
        many days each counts; once without.
        """
        rows, base = self.daily[group], self.design.base
        times = np.ones(len(days)) if stands is None else stands
        here, before_scale = float(times @ self.scale[days]), float(self.scale[base].sum())
        # Of counts that count several times the variance rises by this factor.
        wider = float(times**2 @ self.scale[days]) / here if here else 0.0
        known = bool(here and before_scale)
        before = rows[base].sum(axis=0)
        expected = before * (here / before_scale if known else 0.0)
        shared = 0.0 if self.exact or not known else sqrt(wider / here + 1 / before_scale)
        units = expected[0]
        own = units * (wider + units / before[0]) if before[0] else 0.0
        return Expected(
            times @ rows[days], expected, sqrt(own + (units * shared) ** 2), float(units * shared)
        )

    def worth(self) -> np.ndarray:
        """Of a unit of what takes part on usual days, by MEASURES."""
        before = self.daily["own"][self.design.base].sum(axis=0)
        return before / before[0] if before[0] else before * 0.0

    def half(self, measure: int, spread: float) -> float:
        """Half the 95 % interval of an effect whose units deviate by `spread`."""
        return student(len(self.placebos)) * spread * self.widen[measure]


def panel(design: Design, cells: Cells) -> Panel:
    """The series of a design and its placebos.

    Placebos in time: every run as long as the promotion (two weeks at most) among the base days, expected
    from all other base days. Placebos over units: each part of the control while the promotion lasted and in
    the same runs, expected from the other parts. z is effect ÷ its deviation were all counts Poisson's; the
    root mean square of z, where above 1, widens (quasi-Poisson: McCullagh and Nelder 1989, ch. 9). For
    money the same root mean square takes the place of the deviation, in units' worth on usual days.
    """
    beside = ("own", "substitutes", "complements")
    groups = [*(design.groups[name] for name in beside), *design.pseudo]
    low, high = int(design.base[0]), max(int(design.base[-1]), int(design.during[-1] + SOON)) + 1
    high = min(high, cells.span.days)
    low = min(low, int(design.during[0]))
    sums = cells.grouped(low, high, _labels(groups, cells, low, high), len(groups))
    own, parts = sums[0], sums[len(beside) :]
    exact = design.control == "calendar"
    scale = _calendar(own[:, 0], design, cells) if exact else parts[:, :, 0].sum(axis=0)
    runs = _runs(design.base, min(len(design.during), SOON))
    found, squares = list[tuple[str, int, float, float, float]](), list[np.ndarray]()

    def look(rows: np.ndarray, scales: np.ndarray, of: list[np.ndarray], kind: str, named: list[int]) -> None:
        """rows: groups × days × MEASURES, scales: groups × days. of: the days that are looked at, in turn."""
        whole, whole_scale = rows[:, design.base].sum(axis=1), scales[:, design.base].sum(axis=1)
        for days, name in zip(of, named, strict=True):
            here, here_scale = rows[:, days].sum(axis=1), scales[:, days].sum(axis=1)
            inside = kind != "unit"  # the days lie among the base's, which they leave
            before, before_scale = whole - here * inside, whole_scale - here_scale * inside
            can = (before[:, 0] >= LEAST_UNITS) & (before_scale >= LEAST_UNITS) & (here_scale > 0)
            if not can.any():
                continue
            before, here = before[can], here[can]
            expected = before * (here_scale / before_scale)[can, None]
            shared = 0.0 if exact else (1 / here_scale + 1 / before_scale)[can]
            units = expected[:, 0]
            deviation = np.sqrt(units * (1 + units / before[:, 0]) + units**2 * shared)
            worth = np.maximum(before / before[:, :1], 1e-9)
            worth[:, MARGIN] = worth[:, REVENUE]
            away = (here - expected) / deviation[:, None]
            squares.append((away / worth) ** 2)
            numbers = zip(np.flatnonzero(can), away[:, 0] * deviation, units, away[:, 0], strict=True)
            found.extend(
                (kind, name if kind == "time" else int(which), float(effect), float(expect), float(z))
                for which, effect, expect, z in numbers
            )

    look(own[None], scale[None], runs, "time", [int(run[0]) for run in runs])
    if len(parts):
        rest = scale - parts[:, :, 0]
        look(parts, rest, [design.during], "unit", [0])
        look(parts, rest, runs, "unit and time", [0] * len(runs))
    # Without a clustering of its own, a measure's deviation is that of the units that it comes from.
    mean = np.concatenate(squares).mean(axis=0) if squares else np.ones(len(MEASURES))
    widen = np.sqrt(np.maximum(mean, 1.0)) * _unit(own, design.base)
    return Panel(design, dict(zip(beside, sums, strict=False)), scale, exact, widen, found)


def _labels(groups: Sequence[Group], cells: Cells, low: int, high: int) -> np.ndarray:
    """Of each cell of some days, the number of its group; groups do not meet."""
    rows = slice(cells.begins[low], cells.begins[high])
    of_product = np.full(len(cells.products), -1)
    for i, group in enumerate(groups):
        if group.place is None:
            of_product[group.product] = i
    label = of_product[cells.product[rows]]
    for i, group in enumerate(groups):
        if group.place is not None:
            label[group.product[cells.product[rows]] & group.place[rows]] = i
    return label


def _unit(own: np.ndarray, base: np.ndarray) -> np.ndarray:
    before = own[base].sum(axis=0)
    worth = before / before[0] if before[0] else np.zeros(len(MEASURES))
    worth[MARGIN] = worth[REVENUE]
    return np.abs(worth)


def _runs(base: np.ndarray, length: int) -> list[np.ndarray]:
    """Whole runs of base days that follow one another in the base."""
    count = len(base) // length
    return [base[i * length : (i + 1) * length] for i in range(count)] if count > 1 else []


def _calendar(units: np.ndarray, design: Design, cells: Cells) -> np.ndarray:
    """Each weekday's usual units times exponential growth, both by the base days."""
    base, days = design.base, np.arange(len(units))
    week = (cells.span.start.weekday() + days) % 7
    shape = np.array(
        [units[base][week[base] == k].mean() if (week[base] == k).any() else 1.0 for k in range(7)]
    )
    log = np.log(np.maximum(units[base], 0.5) / np.maximum(shape[week[base]], 0.5))
    slope = np.polyfit(base, log, 1)[0] if len(base) > 2 and np.ptp(base) else 0.0
    middle = float(design.during.mean())
    return shape[week] * np.array([exp(slope * (day - middle)) for day in days])
