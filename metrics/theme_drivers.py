"""Which driver of satisfaction a group of words is about: what its writers rate unlike all else they rate."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from metrics.causal import LEVEL, two_sided
from metrics.difference import benjamini_hochberg

FEWEST = 3  # rated comments on either side
CLEAR = 1.2  # times as far off as the next driver on that side

Link = tuple[str, str]  # the driver, and "low" or "high"


def own_gaps(answers: Sequence[str | None], ratings: pl.DataFrame) -> tuple[list[str], NDArray[np.float64]]:
    """Names of the drivers, and of each comment its ratings of them less the mean of all that it rates.

    Taking its own mean away leaves what somebody likes more or less than all else, whatever the mood. NaN
    where a comment has no rating, or none of at least two drivers.
    """
    wide = (
        ratings.group_by("answer", "driver").agg(pl.col("rating").mean())
        .with_columns(pl.col("rating") - pl.col("rating").mean().over("answer"), n=pl.len().over("answer"))
        .filter(pl.col("n") > 1)
    )  # fmt: skip
    drivers = sorted(wide["driver"].drop_nulls().unique().to_list())
    place = {driver: i for i, driver in enumerate(drivers)}
    found: dict[str, list[tuple[int, float]]] = {}
    for answer, driver, rating in wide.select("answer", "driver", "rating").iter_rows():
        if driver in place:
            found.setdefault(answer, []).append((place[driver], rating))
    table = np.full((len(answers), len(drivers)), np.nan)
    for i, answer in enumerate(answers):
        for j, rating in found.get(answer or "", ()):
            table[i, j] = rating
    return drivers, table


def links(
    member: NDArray[np.bool_], drivers: Sequence[str], table: NDArray[np.float64], score: NDArray[np.float64]
) -> list[Link | None]:
    """Of each group of comments the driver that its writers rate most unlike the others' writers do.

    Only the side on which their scores lie counts: a group that scores below the rest can be about a driver
    that it rates low. Student's t of members against the rest for each group and driver, corrected together
    (Benjamini and Hochberg 1995). None where no driver differs surely, or where the next is nearly as far.
    """
    tests: list[tuple[int, int, float, float]] = []
    for group in range(member.shape[1]):
        own = _sides(score, member[:, group])
        side = np.sign(own[0].mean() - own[1].mean()) if min(map(len, own)) >= FEWEST else 0
        for driver in range(len(drivers)):
            mine, rest = _sides(table[:, driver], member[:, group])
            if min(len(mine), len(rest)) >= FEWEST and side * (mine.mean() - rest.mean()) > 0:
                tests.append((group, driver, *_student(mine, rest)))
    sure = benjamini_hochberg([chance for *_, chance in tests])
    found: list[Link | None] = [None] * member.shape[1]
    for group in range(member.shape[1]):
        near = [(gap, driver, q) for (g, driver, gap, _), q in zip(tests, sure, strict=True) if g == group]
        near.sort(key=lambda each: -abs(each[0]))
        is_clear = len(near) < 2 or abs(near[0][0]) >= CLEAR * abs(near[1][0])
        if near and near[0][2] < LEVEL and is_clear:
            found[group] = drivers[near[0][1]], "low" if near[0][0] < 0 else "high"
    return found


def _sides(values: NDArray, member: NDArray[np.bool_]) -> tuple[NDArray, NDArray]:
    """What is known of the members, and of the rest."""
    known = ~np.isnan(values)
    return values[known & member], values[known & ~member]


def _student(mine: NDArray, rest: NDArray) -> tuple[float, float]:
    """The difference of the means, and the chance of one as large; a few members borrow the rest's spread."""
    gap, freedom = float(mine.mean() - rest.mean()), len(mine) + len(rest) - 2
    spread = (mine.var() * len(mine) + rest.var() * len(rest)) / freedom
    return gap, two_sided(gap, sqrt(spread * (1 / len(mine) + 1 / len(rest))), freedom)
