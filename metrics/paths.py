"""Paths: what visitors do one after the other, and the ways that lead to a purchase more often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics.analysis import Analysis
from metrics.metric import BadQuestion
from metrics.path_tables import PATHS, SIGN, differences, links, listed, tallied, transitions
from metrics.period import Period
from metrics.privacy import MIN_GROUP
from metrics.reason import Frames, Reason
from metrics.walks import Route, Within, follow, medians, walks


@dataclass(frozen=True)
class Paths:
    """n: visits (or customers) with a step. through: of them, those who came to the goal.

    transitions: from (null: the beginning), to (null: the end), n, share of what follows `from` with low and
        high (Wilson), seconds (median between the two).
    paths, the most frequent first: path (steps before the goal, joined by →), steps, n, share of all,
        through, rate with low and high (Wilson).
    links: depth (1 is the first step), source, target (null: no further step, or the goal as `goal`), n; of
        each depth the largest, the others together as "other".
    differences: those of the 1,000 most frequent paths that convert surely more or less often than all
        others: path, n, rate, rest, difference with low and high (Newcombe), p, q (Benjamini and Hochberg),
        the largest difference times n first.
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
    within: Within = "session",
    start: str = "any",
    goal: str = "purchase",
    depth: int = 6,
    collapse: bool = True,
    top: int = 20,
    times: bool = True,
    min_group: int = MIN_GROUP,
) -> Paths:
    """Events in order of time, within visits or whole customers.

    within: visits count on the day they begin, and are followed to their end; of customers count the events
    of the period. start: paths are followed from the first such event on; "any": from the beginning. goal:
    what they may lead to; a path holds the steps before it. The same event as start and goal asks for the way
    to the next one. depth: steps that tell paths apart (1 to 12). collapse: the same event several times in a
    row is one step. top: paths listed. times: whether transitions have seconds.
    Paths, transitions and links of fewer than `min_group` customers are not told, nor are the next smallest
    of a step where they would give these away. Raises BadQuestion.
    """
    found = walks(frames, Route(within, start, goal, depth, collapse), period, where, times)
    if where and 0 < found.persons < min_group:
        raise BadQuestion(f"Hidden: the paths would point at fewer than {min_group} people. Ask for more.")
    n, through = found.n, found.through
    tally = tallied(found)
    grouped = listed(tally, found.names, n, min_group)
    return Paths(
        n=n,
        through=through,
        transitions=transitions(found, medians(found) if times else {}, min_group),
        paths=grouped.head(top).select(PATHS),
        links=links(found, tally, depth, goal, min_group),
        differences=differences(grouped, n, through),
        warnings=(RARE,) if found.rare else (),
    )


paths_analysis = Analysis("paths", "Which ways lead to a purchase?", paths)

RARE = Reason("rare events are together as “other”")


def followers(
    frames: Frames,
    path: str,
    *,
    period: Period,
    where: Mapping[str, Sequence[str | None]] = {},
    within: Within = "session",
    start: str = "any",
    goal: str = "purchase",
    depth: int = 6,
    collapse: bool = True,
) -> pl.Series:
    """Codes of the customers who took a path and did not come to the goal, to look after them."""
    route = Route(within, start, goal, depth, collapse)
    return follow(path.split(SIGN), walks(frames, route, period, where, customers=True))
