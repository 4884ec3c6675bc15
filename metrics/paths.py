"""Paths: what visitors do one after the other, and the ways that lead to a purchase more often."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import polars as pl

from metrics.analysis import Analysis
from metrics.eventlog import CORES, EventLog, event_log
from metrics.metric import BadQuestion, did_you_mean
from metrics.path_tables import PATHS, SIGN, differences, links, listed, transitions
from metrics.period import Period
from metrics.privacy import MIN_GROUP
from metrics.reason import Frames, Reason

KINDS = 30  # of events; rarer ones are together
OTHER = "other"
DEEPEST = 12


@dataclass(frozen=True)
class Paths:
    """n: visits (or customers) with a step. through: of them, those who came to the goal.

    transitions: from (null: the beginning), to (null: the end), n, share of what follows `from` with low and
        high (Wilson), seconds (median between the two).
    paths, the most frequent first: path (steps before the goal, joined by →), steps, n, share of all,
        through, rate with low and high (Wilson).
    links: depth (1 is the first step), source, target (null: no further step, or the goal as `goal`), n; of
        each depth the largest, the others together as "other".
    differences: paths that convert surely more or less often than all others: path, n, rate, rest, difference
        with low and high (Newcombe), p, q (Benjamini and Hochberg), the largest difference times n first.
    """

    n: int
    through: int
    transitions: pl.DataFrame
    paths: pl.DataFrame
    links: pl.DataFrame
    differences: pl.DataFrame
    warnings: tuple[Reason, ...]


def paths(
    frames: Frames,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    within: Literal["session", "customer"] = "session",
    start: str = "any",
    goal: str = "purchase",
    depth: int = 6,
    collapse: bool = True,
    top: int = 20,
    times: bool = True,
    min_group: int = MIN_GROUP,
) -> Paths:
    """Events of the period in order of time, within visits or whole customers.

    start: paths are followed from the first such event on; "any": from the beginning. goal: what they may
    lead to; a path holds the steps before it. depth: steps that tell paths apart (1 to 12). collapse: the
    same event several times in a row is one step. top: paths listed. times: whether transitions have seconds.
    Paths of fewer than `min_group` customers are not listed. Raises BadQuestion.
    """
    taken = _taken(frames, period, where, within, start, goal, depth, collapse)
    if where and 0 < taken.rows["customer"].n_unique() < min_group:
        raise BadQuestion(f"Hidden: the paths would point at fewer than {min_group} people. Ask for more.")
    grouped = listed(taken.rows, taken.names, min_group)
    return Paths(
        n=len(taken.rows),
        through=int(taken.rows["through"].sum()),
        transitions=transitions(taken.counts, taken.names, _seconds(taken, collapse) if times else None),
        paths=grouped.head(top).select(PATHS),
        links=links(taken.rows, taken.names, depth, goal),
        differences=differences(grouped, len(taken.rows), int(taken.rows["through"].sum())),
        warnings=(RARE,) if OTHER in taken.names else (),
    )


paths_analysis = Analysis("paths", "Which ways lead to a purchase?", paths)

RARE = Reason("rare events are together as “other”")


def followers(
    frames: Frames,
    path: str,
    *,
    period: Period,
    where: Mapping[str, Sequence[str | None]] = {},
    within: Literal["session", "customer"] = "session",
    start: str = "any",
    goal: str = "purchase",
    depth: int = 6,
    collapse: bool = True,
) -> pl.Series:
    """Codes of the customers who took a path and did not come to the goal, to look after them."""
    taken = _taken(frames, period, where, within, start, goal, depth, collapse)
    places = {name: k + 1 for k, name in enumerate(taken.names)}
    packed = sum(places.get(step, 31) << 5 * k for k, step in enumerate(path.split(SIGN)))
    mine = taken.rows.filter((pl.col("packed") == packed) & ~pl.col("through"))
    return mine["customer"].unique().sort()


@dataclass(frozen=True)
class Taken:
    """names: of the kinds. rows: customer, packed, length, through of each group. counts: see
    compiled/paths.py. events: the rows that were followed.
    """

    names: list[str]
    rows: pl.DataFrame
    counts: np.ndarray
    events: pl.LazyFrame
    within: str


def _taken(
    frames: Frames,
    period: Period,
    where: Mapping[str, Sequence[str | None]],
    within: str,
    start: str,
    goal: str,
    depth: int,
    collapse: bool,
) -> Taken:
    if not 1 <= depth <= DEEPEST:
        raise BadQuestion(f"Paths are told apart by 1 to {DEEPEST} steps; found {depth}.")
    day = pl.col("happened_at").dt.date()
    rows = frames("log", where=where).filter(day.is_between(period.start, period.end))
    counts = (
        rows.group_by("event").len().drop_nulls().sort("len", "event", descending=[True, False]).collect()
    )
    known = counts["event"].cast(pl.String).to_list()
    strange = [name for name in (start, goal) if name not in ("any", *known)]
    categories = list(rows.collect_schema()["event"].categories)  # type: ignore[attr-defined]
    if strange and categories and not set(strange) <= set(categories):
        raise BadQuestion(
            f"There is no event {', '.join(strange)}. There are: {', '.join(['any', *categories])}."
            f"{did_you_mean(strange, categories)}"
        )
    names = known if len(known) <= KINDS else [*known[: KINDS - 1], OTHER]
    place = {name: min(k, len(names) - 1) for k, name in enumerate(known)}
    kinds = np.array([*(place.get(name, -1) for name in categories), -1], np.int64)
    parts = event_log(rows, (), hold=("session",) if within == "session" else ())[0]

    def walked(part: Callable[[], EventLog]) -> tuple[pl.DataFrame, np.ndarray]:
        from metrics.compiled.paths import moves, pack

        log = part()
        groups = len(log.customer)
        packed, length, through = (
            np.zeros(groups, np.uint64),
            np.zeros(groups, np.int64),
            np.zeros(groups, np.bool_),
        )
        told = (place.get(goal, -2), place.get(start, KINDS + 1) if start != "any" else -1, depth, collapse)
        found = np.zeros((len(names) + 1, len(names) + 1), np.int64)
        if groups:
            pack(log.bounds, log.codes, kinds, *told, packed, length, through)
            moves(log.bounds, log.codes, kinds, collapse, found)
        frame = {"customer": log.customer, "packed": packed, "length": length, "through": through}
        return pl.DataFrame(frame), found

    with ThreadPoolExecutor(CORES) as pool:
        done = list(pool.map(walked, parts))
    found = pl.concat([frame for frame, _ in done]).filter((pl.col("length") > 0) | pl.col("through"))
    return Taken(names, found, np.sum([each for _, each in done], axis=0), rows, within)


def _seconds(taken: Taken, collapse: bool) -> pl.DataFrame:
    """from, to, seconds: the median between two steps in a row."""
    own = "session" if taken.within == "session" else "customer"
    event = pl.col("event").cast(pl.String)
    rows = taken.events.select(own, "happened_at", event=event).with_columns(
        before=pl.col("event").shift().over(own), at=pl.col("happened_at").shift().over(own)
    )
    rows = rows.filter(pl.col("before").is_not_null())
    if collapse:
        rows = rows.filter(pl.col("before") != pl.col("event"))
    since = (pl.col("happened_at") - pl.col("at")).dt.total_microseconds() / 1e6
    return rows.group_by("before", "event").agg(seconds=since.median()).collect()
