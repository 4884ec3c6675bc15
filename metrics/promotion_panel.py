"""The design of one promotion's read-out: what is compared with what, on which days, or why nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from metrics.causal import FEW_BEFORE, NO_AFTER, NO_CONTROL
from metrics.complements import Baskets
from metrics.period import DAY
from metrics.promotion_cells import Cells
from metrics.promotion_plan import Plan
from metrics.reason import Reason

SOON = 14  # days after it in which what it brought forward is missing
BEFORE, LATER = 56, 28  # days to compare with: before it, and from SOON days after it
FEWEST = 21  # of these days that must be free of other promotions
AFTER_FEWEST = 7  # clean days of the SOON that can be read
NEAREST = 4  # of these, stand for a day that cannot be read
MATERIAL = 0.1  # share of a group's units below which another promotion is only told
WIDE = 0.5  # of the control's units: such a promotion costs days, any other costs products
THIN = 0.05  # least units of the control, relative to those of the promotion's products

Control = Literal["other products", "other places", "calendar"]


@dataclass(frozen=True)
class Group:
    """What belongs together: a flag by product, and by cell where only some places count."""

    product: np.ndarray
    place: np.ndarray | None = None


@dataclass(frozen=True)
class Overlap:
    """Another promotion on the same products. share: of their units that it touches."""

    other: str
    name: str
    share: float
    during: bool
    refused: bool


@dataclass(frozen=True)
class Design:
    """Days are numbers of the cells' span. base: days to compare with; during: its own; after: the SOON days
    after it that other promotions and holidays left free; stands: for how many days each of them stands, of
    those that there are so far; open: whether some are still to come.

    groups: "own" (what takes part), "complements" (what is bought together with it), "substitutes" (the rest
    of the same categories), "control"; pseudo: of what the control consists, each treated as if promoted.
    """

    control: Control
    base: np.ndarray
    during: np.ndarray
    after: np.ndarray
    stands: np.ndarray
    open: bool
    groups: dict[str, Group]
    pseudo: list[Group]
    overlaps: list[Overlap]


def design(
    plan: Plan,
    others: Sequence[Plan],
    seasons: Sequence[tuple[str, date, date]],
    cells: Cells,
    together: Baskets | None,
) -> Design | tuple[Reason, list[Overlap]]:
    """Or the reason why there is none, and the promotions that it meets."""
    end = cells.span.days
    first, last = cells.number(plan.first), cells.number(plan.last)
    if first >= end or last < 0:
        return NO_AFTER, []
    if last >= end:
        return RUNNING, []
    if first < 0:
        return FEW_BEFORE, []
    units = cells.units
    own = Group(plan.product, plan.place)
    near = [each for each in others if each.id != plan.id and each.first <= plan.last + (SOON + LATER) * DAY
            and each.last >= plan.first - BEFORE * DAY]  # fmt: skip
    overlaps = [_overlap(plan, each, own, cells) for each in near]
    met = [each for each in overlaps if each.share and each.during]
    blocking = next((each for each in met if each.refused), None)
    if blocking:
        return Reason("{name} ran on the same products on the same days", name=blocking.name), met
    beside = np.zeros(len(units), bool)
    if together is not None:
        beside = together.complements(plan.product, first, last + SOON + 1)
    kind, control, substitutes = _groups(plan, cells, units, beside)
    used = np.zeros(end, bool)
    base = np.zeros(end, bool)
    base[max(first - BEFORE, 0) : first] = base[min(last + SOON + 1, end) : last + SOON + LATER + 1] = True
    used[first : min(last + SOON + 1, end)] = True
    free = np.ones(end, bool)
    for each, overlap in zip(near, overlaps, strict=True):
        span = slice(max(cells.number(each.first), 0), max(cells.number(each.last) + 1, 0))
        wide = kind != "calendar" and _share(each, control, cells, units) >= WIDE
        alike = kind == "other places" and each.place is None
        if not alike and (overlap.share >= MATERIAL or wide):
            free[span] = False
    if kind == "calendar":
        meeting = [each for each in seasons if each[1] <= plan.last and each[2] >= plan.first]
        if meeting:
            name = min(meeting, key=lambda each: (-_common(plan, each), each[2] - each[1]))[0]
            return Reason("its days are also those of {name}, and everybody was offered it", name=name), met
        for _, start, stop in seasons:
            free[max(cells.number(start), 0) : max(cells.number(stop) + 1, 0)] = False
    base &= free
    if base.sum() < FEWEST or base[:first].sum() < SOON:
        return FEW_BEFORE, met
    used |= base
    if kind == "other products":
        for each in near:
            its_days = np.arange(max(cells.number(each.first), 0), min(cells.number(each.last) + 1, end))
            if each.place is None and used[its_days].any() and _share(each, control, cells, units) < WIDE:
                control = Group(control.product & ~each.product)
        if units[control.product].sum() < THIN * units[plan.product].sum():
            return NO_CONTROL, met
    soon = free[last + 1 : last + SOON + 1]
    after = np.flatnonzero(soon) if soon.sum() >= AFTER_FEWEST else np.empty(0, int)
    return Design(
        kind, np.flatnonzero(base), np.arange(first, last + 1),
        after + last + 1, _stands(after, len(soon)), last + SOON >= end,
        {
            "own": own, "complements": Group(beside, plan.place), "substitutes": substitutes,
            "control": control,
        },
        _pseudo(kind, control, plan, cells), met,
    )  # fmt: skip


def _stands(read: np.ndarray, days: int) -> np.ndarray:
    """For how many of the days 0 … days − 1 each of those that are read stands: another counts as the mean of
    the NEAREST ones, for what was brought forward is missing most right after the promotion.
    """
    stands = np.ones(len(read))
    for day in np.setdiff1d(np.arange(days), read) if len(read) else ():
        nearest = np.argsort(np.abs(read - day), kind="stable")[:NEAREST]
        stands[nearest] += 1 / len(nearest)
    return stands


def _common(plan: Plan, season: tuple[str, date, date]) -> int:
    return (min(plan.last, season[2]) - max(plan.first, season[1])).days + 1


RUNNING = Reason("it is not over yet")


def _groups(plan: Plan, cells: Cells, units: np.ndarray, beside: np.ndarray) -> tuple[Control, Group, Group]:
    """The control and the substitutes; beside: complements, which are neither."""
    category = np.array(cells.category, dtype=object)
    inside = np.isin(category.astype(str), np.unique(category[plan.product].astype(str)))
    substitutes = Group(inside & ~plan.product & ~beside, plan.place)
    if plan.place is not None:
        return "other places", Group(plan.product, ~plan.place), substitutes
    if units[~inside & ~beside].sum() >= THIN * units[plan.product].sum():
        return "other products", Group(~inside & ~beside), substitutes
    return "calendar", Group(np.zeros(len(units), bool)), substitutes


def _share(plan: Plan, group: Group, cells: Cells, units: np.ndarray) -> float:
    """Of the units of a group, those that take part in a promotion."""
    if plan.place is None and group.place is None:
        whole = units[group.product].sum()
        return float(units[group.product & plan.product].sum() / whole) if whole else 0.0
    member = group.product[cells.product]
    if group.place is not None:
        member = member & group.place
    whole = cells.values[member, 0].sum()
    return float(cells.values[member & plan.within(cells), 0].sum() / whole) if whole else 0.0


def _overlap(plan: Plan, other: Plan, own: Group, cells: Cells) -> Overlap:
    units = cells.units
    share = _share(other, own, cells, units)
    during = other.first <= plan.last and other.last >= plan.first
    alike = plan.place is not None and other.place is None
    return Overlap(other.id, other.name, share, during, during and share >= MATERIAL and not alike)


def _pseudo(kind: Control, control: Group, plan: Plan, cells: Cells) -> list[Group]:
    """Categories of other products, or other regions or channels: what was not promoted, in parts."""
    if kind == "other products":
        category = np.array(cells.category, dtype=object).astype(str)
        return [Group(control.product & (category == name)) for name in np.unique(category[control.product])]
    if kind == "other places" and plan.place is not None:
        code = cells.region if len(np.unique(cells.region[plan.place])) == 1 else cells.channel
        outside = np.unique(code[~plan.place])
        return [Group(plan.product, ~plan.place & (code == each)) for each in outside]
    return []
