"""Walks: the steps of each visit (or customer) one after the other, followed in compiled passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import polars as pl

from metrics.attempts import instant
from metrics.eventlog import CORES, MICROSECOND, EventLog, event_log
from metrics.large import apart
from metrics.metric import BadQuestion, did_you_mean
from metrics.period import DAY, Period
from metrics.reason import Frames

KINDS = 30  # of events; rarer ones are together
OTHER = "other"
DEEPEST = 12
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
    """Walks of whole customers: walked (G,) as compiled/paths.py packs them, and customer (G,), empty where
    it is not wanted.

    counts, people: (K + 1, K + 1) of the moves between kinds. gaps: the microseconds of the moves, those from
    a kind to another before place[from, to]; empty where times are not wanted.
    """

    walked: np.ndarray
    customer: np.ndarray
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
    def n(self) -> int:
        return sum(len(part.walked) for part in self.parts)

    @property
    def through(self) -> int:
        return sum(int((part.walked >> 1 & 1).sum()) for part in self.parts)

    @property
    def persons(self) -> int:
        return sum(int((part.walked & 1).sum()) for part in self.parts)

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
    customers: bool = False,
) -> Walks:
    """Visits that begin in the period, followed to their end; of customers the events of the period.

    times, customers: whether the gaps between steps, and the customers of the walks, are wanted. Raises
    BadQuestion for an event that there is not.
    """
    rows = frames("log", where=where)
    zone = str(rows.collect_schema()["happened_at"].time_zone)  # type: ignore[attr-defined]
    first, last = instant(period.start, zone), instant(period.end + DAY, zone)
    if route.within == "customer":
        rows = rows.filter(pl.col("happened_at").dt.timestamp().is_between(first, last, closed="left"))
    categories = list(rows.collect_schema()["event"].categories)  # type: ignore[attr-defined]
    _check(route, categories)
    names, kinds = _kinds(rows, categories, route)
    hold = ("session",) if route.within == "session" else ()
    parts = event_log(rows, (), hold=hold)[0]
    with ThreadPoolExecutor(CORES) as pool:
        done = pool.map(
            lambda part: _walked(part(), kinds, names, route, first, last, times, customers), parts
        )
        return Walks(names, len(categories) > KINDS, list(done))


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
    log: EventLog,
    kinds: np.ndarray,
    names: list[str],
    route: Route,
    first: int,
    last: int,
    times: bool,
    customers: bool,
) -> Part:
    from metrics.compiled.paths import BITS, FLAGS, NOBODY, gaps, moves, pack

    groups, size = len(log.customer), len(names) + 1
    place = {name: k for k, name in enumerate(names)}
    begin = -1 if route.start == "any" else place.get(route.start, size)
    walked = np.empty(groups, np.uint32 if BITS * route.depth + FLAGS <= 32 else np.uint64)
    customer = np.empty(groups if customers else 0, np.int32)
    counts, people = np.zeros((size, size), np.int64), np.zeros((size, size), np.int64)
    spans, nothing = np.zeros((size, size), np.int64), np.empty(0, np.int64)
    events = (log.bounds, log.times, log.codes, kinds)
    told = (place.get(route.goal, -2), begin, route.depth, route.collapse)
    n = pack(*events, log.customer, *told, first, last, walked, customer)
    part = Part(apart(walked[:n]), apart(customer[:n]), counts, people, spans, nothing)
    seen = np.full((size, size), NOBODY, np.int64)
    moves(*events, route.collapse, first, last, log.customer, counts, people, seen)
    if not times:
        return part
    within = counts[:-1, :-1]
    spans[:-1, :-1] = (np.cumsum(within) - within.ravel()).reshape(within.shape)
    found = np.empty(int(within.sum()), np.int64)
    gaps(*events, route.collapse, first, last, spans, found)
    return replace(part, gaps=apart(found))


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
    from metrics.compiled.paths import BITS, FLAGS

    places = {name: k + 1 for k, name in enumerate(found.names)}
    if not all(step in places for step in path):
        return pl.Series("customer", [], pl.Int32)
    steps = sum(places[step] << BITS * k for k, step in enumerate(path))
    gone = steps << FLAGS  # not come to the goal
    parts = [part.customer[part.walked & ~np.array(1, part.walked.dtype) == gone] for part in found.parts]
    return pl.Series("customer", np.concatenate(parts), pl.Int32).unique().sort()
