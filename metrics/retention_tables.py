"""The tables of retention: cells of cohorts and periods, their average, cohorts against the rest, drift."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from math import erfc, sqrt

import numpy as np
import polars as pl

from metrics.cohort import Members, Mode
from metrics.difference import benjamini_hochberg, compared, newcombe
from metrics.eventlog import CORES, coded
from metrics.interval import wilson
from metrics.privacy import hidden

MODES: tuple[Mode, ...] = ("on", "on_or_after", "within", "every")
SHARE = dict.fromkeys(("share", "low", "high"), pl.Float64)
MONEY = ("orders", "revenue", "margin")
CELLS = {
    "cohort": pl.String,
    "start": pl.Date,
    "size": pl.Int64,
    "period": pl.Int64,
    **dict.fromkeys(("n", "returned"), pl.Int64),
    **SHARE,
    "partial": pl.Boolean,
}
AVERAGE = {"period": pl.Int64, **dict.fromkeys(("n", "returned"), pl.Int64), **SHARE}
TESTS = {
    "cohort": pl.String,
    **dict.fromkeys(("n", "returned"), pl.Int64),
    **dict.fromkeys(("share", "rest", "difference", "low", "high", "p"), pl.Float64),
    "test": pl.String,
}
DRIFT = {
    "half": pl.String,
    **dict.fromkeys(("first", "last"), pl.String),
    **dict.fromkeys(("cohorts", "n", "returned"), pl.Int64),
    **SHARE,
}


@dataclass(frozen=True)
class Counts:
    """names, start, size: of each cohort shown. n, returned, began, partly: (C, K), see `tally`.
    place: (M,) each member's cohort among those shown, −1 of one that is not. fresh: (C,) compared or not.
    """

    names: list[str | None]
    start: pl.Series
    size: np.ndarray
    place: np.ndarray
    fresh: np.ndarray
    n: np.ndarray
    returned: np.ndarray
    began: np.ndarray
    partly: np.ndarray


def counts(
    members: Members, mode: Mode, periods: int, min_group: int, comparable: date | None = None
) -> Counts:
    """Cohorts by time in order, others by size; those that would point at few people are left out.

    comparable: the first day of the first cohort that is compared with others.
    """
    from metrics.compiled.retention import tally

    labels, codes = coded(members.rows["cohort"])
    names = pl.Series("cohort", [*labels, None], dtype=pl.String)
    sizes = pl.DataFrame({"cohort": names, "size": np.bincount(codes, minlength=len(names))})
    by_time = bool(members.rows["start"].count())
    day = pl.col("cohort").str.to_date() if by_time else pl.lit(None, pl.Date)
    sizes = sizes.with_row_index("code").filter(pl.col("size") > 0).with_columns(start=day)
    sizes = sizes.sort(*(["start"] if by_time else ["size", "cohort"]), descending=not by_time)
    few = hidden(sizes["size"].to_list(), min_group)
    shown = sizes.filter(~pl.Series(range(len(sizes)), dtype=pl.Int64).is_in(sorted(few)))
    numbers = np.full(len(names), -1, np.int64)
    numbers[shown["code"].to_numpy()] = np.arange(len(shown))
    place = numbers[codes]
    of = place, members.over, members.begun, members.back, members.latest

    def told(share: slice) -> np.ndarray:
        found = np.zeros((4, len(shown), periods + 1), np.int64)
        tally(*(each[share] for each in of), MODES.index(mode), *found)  # type: ignore[call-arg]
        return found

    with ThreadPoolExecutor(CORES) as pool:
        cuts = np.linspace(0, len(place), CORES + 1).astype(np.int64).tolist()
        found = np.sum(list(pool.map(told, map(slice, cuts, cuts[1:]))), axis=0)
    start = shown["start"]
    fresh = (start.is_null() | (start >= comparable)).to_numpy() if comparable else np.ones(len(shown), bool)
    return Counts(shown["cohort"].to_list(), start, shown["size"].to_numpy(), place, fresh, *found)


def cells(found: Counts, min_group: int) -> pl.DataFrame:
    """A row a cohort and period, see CELLS. n: members whose period is over, or all that have begun it where
    it is over for none; share is null where nobody has begun it, and where few could have returned.
    """
    rows = []
    for c, name in enumerate(found.names):
        for k in range(found.n.shape[1]):
            n, returned = int(found.n[c, k]), int(found.returned[c, k])
            partial = n < found.size[c] and found.began[c, k] > 0
            if not n:
                n, returned = int(found.began[c, k]), int(found.partly[c, k])
            small = n < min(min_group, found.size[c])
            share = (None, None, None) if small else _share(returned, n)
            told = (n, None if small else returned, *share, bool(partial))
            rows.append((name, found.start[c], int(found.size[c]), k, *told))
    return pl.DataFrame(rows, schema=CELLS, orient="row")


def average(found: Counts, min_group: int) -> pl.DataFrame:
    """All cohorts together, of each period those members for whom it is over."""
    rows = []
    for k in range(found.n.shape[1]):
        n, returned = int(found.n[:, k].sum()), int(found.returned[:, k].sum())
        small = 0 < n < min_group
        rows.append((k, n, None if small else returned, *(_share(returned, n) if not small else [None] * 3)))
    return pl.DataFrame(rows, schema=AVERAGE, orient="row")


def against_the_rest(found: Counts, at: int, min_group: int) -> pl.DataFrame:
    """Each cohort against all others in period `at`, of the members for whom it is over."""
    names = [name for name, told in zip(found.names, found.fresh, strict=True) if told]
    n, returned = found.n[found.fresh, at].tolist(), found.returned[found.fresh, at].tolist()
    all_n, all_returned, rows = sum(n), sum(returned), []
    for name, m, x in zip(names, n, returned, strict=True):
        rest, others = all_n - m, all_returned - x
        interval = newcombe(x, m, others, rest)
        if interval is None or min(m, rest) < min_group:
            continue
        p, test = compared(x, m, others, rest)
        rows.append((name, m, x, x / m, others / rest, x / m - others / rest, *interval, p, test))
    corrected = benjamini_hochberg([row[8] for row in rows])
    table = pl.DataFrame(rows, schema=TESTS, orient="row")
    return table.with_columns(pl.Series("q", corrected, dtype=pl.Float64))


def halves(found: Counts, at: int) -> list[list[int]]:
    """Places of the earlier and the later cohorts by time, as even in members as can be; those that period
    `at` is over for. Empty with fewer than two.
    """
    if found.start.null_count():
        return []
    told = [c for c in range(len(found.names)) if found.fresh[c] and found.n[c, at] > 0]
    if len(told) < 2:
        return []
    before = np.cumsum(found.n[told, at])
    cut = int(np.abs(2 * before[:-1] - before[-1]).argmin()) + 1
    return [told[:cut], told[cut:]]


def drift(found: Counts, at: int, parts: Sequence[Sequence[int]]) -> pl.DataFrame:
    """The earlier and the later cohorts in period `at`, see DRIFT; no rows where there are no two."""
    rows = []
    for half, places in zip(("early", "late"), parts, strict=False):
        chosen = list(places)
        n, x = int(found.n[chosen, at].sum()), int(found.returned[chosen, at].sum())
        rows.append((half, found.names[chosen[0]], found.names[chosen[-1]], len(chosen), n, x, *_share(x, n)))
    return pl.DataFrame(rows, schema=DRIFT, orient="row")


def trend(found: Counts, at: int) -> float | None:
    """The two-sided p of no linear trend of the share over cohorts; None where there is nothing to tell.

    Cochran (1954) and Armitage (1955), scores 0, 1, 2 … by cohort.
    """
    told = found.fresh & (found.n[:, at] > 0)
    n, x = found.n[told, at].astype(float), found.returned[told, at].astype(float)
    score = np.flatnonzero(told).astype(float)
    if len(n) < 2 or not 0 < x.sum() < n.sum():
        return None
    share, middle = x.sum() / n.sum(), (n * score).sum() / n.sum()
    spread = share * (1 - share) * (n * (score - middle) ** 2).sum()
    return erfc(abs(float((score - middle) @ x)) / sqrt(2 * spread)) if spread > 0 else None


def _share(part: int, n: int) -> tuple[float | None, float | None, float | None]:
    interval = wilson(part, n)
    return (part / n, *interval) if interval else (None, None, None)


def with_money(
    cells: pl.DataFrame, found: Counts, members: Members, bought: pl.DataFrame | None
) -> pl.DataFrame:
    """Adds what a member brought, see MONEY; null without orders. bought: see earned.py."""
    shape = found.n.shape
    sums = {name: np.full(shape, np.nan) for name in MONEY}
    if bought is not None:
        own = members.rows.select("customer", "entered_at", place=pl.Series(found.place)).with_row_index(
            "member"
        )
        rows = own.filter(pl.col("place") >= 0).join(bought, on="customer")
        rows = rows.filter(
            pl.col("at").is_between(pl.col("entered_at").dt.epoch("us"), members.ticks.now, closed="left")
        )
        member, place = rows["member"].to_numpy(), rows["place"].to_numpy()
        when = members.period(member, rows["at"].to_numpy())
        amounts = {"orders": np.ones(len(rows)), **{name: rows[name].to_numpy() for name in MONEY[1:]}}
        for k in range(shape[1]):
            over = found.n[:, k] > 0
            told = np.where(over, found.n[:, k], found.began[:, k])
            counted = np.where(over[place], members.over[member], members.begun[member]) > k
            for name, amount in amounts.items():
                chosen = counted & (when <= k if name == "margin" else when == k)
                total = np.bincount(place[chosen], amount[chosen], minlength=shape[0])
                sums[name][:, k] = np.divide(total, told, out=np.full(shape[0], np.nan), where=told > 0)
    return cells.with_columns(
        pl.when(pl.col("share").is_not_null())
        .then(pl.Series(name, sums[name].ravel(), dtype=pl.Float64).fill_nan(None))
        .alias(name)
        for name in MONEY
    )
