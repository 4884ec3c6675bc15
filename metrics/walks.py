"""Walks: the steps of each visit (or customer) one after the other, followed in compiled passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from metrics.attempts import instant
from metrics.eventlog import CORES, MICROSECOND, EventLog, event_log
from metrics.metric import BadQuestion, did_you_mean
from metrics.period import DAY, Period
from metrics.reason import Frames

KINDS = 30  # of events; rarer ones are together
OTHER = "other"
DEEPEST = 12
LONGEST = 2 * DAY  # that a visit is followed over the ends of the period
Within = Literal["session", "customer"]


@dataclass(frozen=True)
class Route:
    """What is followed: see the settings of `metrics.paths.paths`."""

    within: Within = "session"
    start: str = "any"
    goal: str = "purchase"
    depth: int = 6
    collapse: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.depth <= DEEPEST:
            raise BadQuestion(f"Paths are told apart by 1 to {DEEPEST} steps; found {self.depth}.")


@dataclass(frozen=True)
class Part:
    """Walks of whole customers, G of them: customer, packed, through, taken as compiled/paths.py fills them.

    counts, people: (K + 1, K + 1) of the moves between kinds. gaps: the microseconds of the moves, those from
    a kind to another before place[from, to]; empty where times are not wanted.
    """

    customer: np.ndarray
    packed: np.ndarray
    through: np.ndarray
    taken: np.ndarray
    counts: np.ndarray
    people: np.ndarray
    place: np.ndarray
    gaps: np.ndarray


@dataclass(frozen=True)
class Walks:
    """names: of the kinds of steps. rare: whether the last of them stands for several kinds."""

    names: list[str]
    rare: bool
    parts: list[Part]

    @property
    def persons(self) -> int:
        return sum(len(np.unique(part.customer[part.taken])) for part in self.parts)

    def each(self, work: Callable[[Part], Any]) -> list[Any]:
        """Done for each part, on both cores."""
        with ThreadPoolExecutor(CORES) as pool:
            return list(pool.map(work, self.parts))


def walks(
    frames: Frames,
    route: Route,
    period: Period,
    where: Mapping[str, Sequence[str | None]] = {},
    times: bool = False,
) -> Walks:
    """Visits that begin in the period, followed to their end; of customers the events of the period.

    times: whether the gaps between steps are wanted. Raises BadQuestion for an event that there is not.
    """
    rows, zone = around(frames, period, where, LONGEST if route.within == "session" else 0 * DAY)
    categories = list(rows.collect_schema()["event"].categories)  # type: ignore[attr-defined]
    _check(route, categories)
    names, kinds = _kinds(rows, categories, route)
    first, last = instant(period.start, zone), instant(period.end + DAY, zone)
    hold = ("session",) if route.within == "session" else ()
    parts = event_log(rows, (), hold=hold)[0]
    with ThreadPoolExecutor(CORES) as pool:
        done = pool.map(lambda part: _walked(part(), kinds, names, route, first, last, times), parts)
        return Walks(names, len(categories) > KINDS, list(done))


def around(
    frames: Frames,
    period: Period,
    where: Mapping[str, Sequence[str | None]],
    room: timedelta = LONGEST,
) -> tuple[pl.LazyFrame, str]:
    """The log of the period with room before and after it, so that its visits are whole; the time zone."""
    rows = frames("log", where=where)
    zone = str(rows.collect_schema()["happened_at"].time_zone)  # type: ignore[attr-defined]
    begin, end = period.start - room, period.end + DAY + room
    low, high = (datetime.combine(day, time(), ZoneInfo(zone)) for day in (begin, end))
    return rows.filter(pl.col("happened_at").is_between(low, high, closed="left")), zone


def _check(route: Route, categories: Sequence[str]) -> None:
    strange = [name for name in (route.start, route.goal) if name not in ("any", *categories)]
    if strange and categories:
        raise BadQuestion(
            f"There is no event {', '.join(strange)}. There are: {', '.join(['any', *categories])}."
            f"{did_you_mean(strange, categories)}"
        )


def _kinds(rows: pl.LazyFrame, categories: list[str], route: Route) -> tuple[list[str], np.ndarray]:
    """Names of the kinds, and the kind of each event's code; −1 of rows without an event, the last code.

    Beginning and goal are kinds of their own however rare they are.
    """
    names = categories
    if len(categories) > KINDS:
        counts = rows.group_by("event").len().drop_nulls().collect()
        often = dict(counts.select(pl.col("event").cast(pl.String), "len").iter_rows())
        names = sorted(
            (name for name in categories if name != OTHER),
            key=lambda name: (name not in (route.start, route.goal), -often.get(name, 0), name),
        )
        names = [*names[: KINDS - 1], OTHER]
    place = {name: k for k, name in enumerate(names)}
    return names, np.array([*(place.get(name, len(names) - 1) for name in categories), -1], np.int64)


def _walked(
    log: EventLog, kinds: np.ndarray, names: list[str], route: Route, first: int, last: int, times: bool
) -> Part:
    from metrics.compiled.paths import NOBODY, gaps, moves, pack

    groups, size = len(log.customer), len(names) + 1
    place = {name: k for k, name in enumerate(names)}
    begin = -1 if route.start == "any" else place.get(route.start, size)
    packed = np.zeros(groups, np.uint64)
    through, taken = np.zeros(groups, np.bool_), np.zeros(groups, np.bool_)
    counts, people = np.zeros((size, size), np.int64), np.zeros((size, size), np.int64)
    spans, nothing = np.zeros((size, size), np.int64), np.empty(0, np.int64)
    part = Part(log.customer, packed, through, taken, counts, people, spans, nothing)
    if not groups:
        return part
    events = (log.bounds, log.times, log.codes, kinds)
    told = (place.get(route.goal, -2), begin, route.depth, route.collapse)
    pack(*events, *told, first, last, packed, through, taken)
    seen = np.full((size, size), NOBODY, np.int64)
    moves(*events, route.collapse, first, last, log.customer, counts, people, seen)
    if not times:
        return part
    within = counts[:-1, :-1]
    spans[:-1, :-1] = (np.cumsum(within) - within.ravel()).reshape(within.shape)
    found = np.empty(int(within.sum()), np.int64)
    gaps(*events, route.collapse, first, last, spans, found)
    return replace(part, gaps=found)


def medians(found: Walks) -> dict[tuple[int, int], float]:
    """(from, to) → the median seconds between two steps in a row."""

    def median(pair: tuple[int, int]) -> float:
        each = [part.gaps[part.place[pair] - part.counts[pair] : part.place[pair]] for part in found.parts]
        return float(np.median(np.concatenate(each))) / MICROSECOND

    size = len(found.names)
    total = sum(part.counts[:size, :size] for part in found.parts if len(part.gaps))
    pairs = [(int(a), int(b)) for a, b in np.argwhere(total)] if not isinstance(total, int) else []
    with ThreadPoolExecutor(CORES) as pool:
        return dict(zip(pairs, pool.map(median, pairs), strict=True))


def follow(path: Sequence[str], found: Walks) -> pl.Series:
    """Codes of the customers who took a path (its steps) and did not come to the goal."""
    places = {name: k + 1 for k, name in enumerate(found.names)}
    if not all(step in places for step in path):
        return pl.Series("customer", [], pl.Int32)
    packed = np.uint64(sum(places[step] << 5 * k for k, step in enumerate(path)))
    parts = [part.customer[part.taken & ~part.through & (part.packed == packed)] for part in found.parts]
    return pl.Series("customer", np.concatenate(parts), pl.Int32).unique().sort()
