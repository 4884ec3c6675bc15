"""Cohorts: who entered when, and what each member did in the periods after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import polars as pl

from metrics.attempts import instant
from metrics.eventlog import WholeLog, whole_log
from metrics.member_periods import Clock, Periods, beginnings, periods_of
from metrics.metric import BadQuestion, did_you_mean
from metrics.period import DAY, Every, Period, WeekStart, buckets
from metrics.steps import steps

Entry = Literal["first", "each"]
Mode = Literal["on", "on_or_after", "within", "every"]
MOST = 60  # periods
BY_TIME = ("first", "signup")


@dataclass(frozen=True)
class CohortRules:
    """Who is a member of which cohort, and what counts as a return; see retention.py."""

    cohort: str = "first"
    entry: Entry = "first"
    first_event: str = "any"
    return_event: str = "any"
    clock: Clock = "calendar"
    every: Every = "month"
    periods: int = 12
    week_start: WeekStart = "monday"

    def check(self) -> None:
        """Raises BadQuestion."""
        if not 1 <= self.periods <= MOST:
            raise BadQuestion(f"Between 1 and {MOST} periods can be followed; found {self.periods}.")
        if self.entry == "each" and self.cohort != "first":
            raise BadQuestion(
                "Customers enter each period's cohort anew only where cohorts are of the first event: "
                "leave out `cohort`, or set entry=first."
            )


@dataclass(frozen=True)
class Members:
    """rows, a row a member of a cohort: customer (code), cohort (label), start (first day of the cohort's
    period; null of attributes), entered_at, and as arrays of the same length: over and begun (M,) how many
    of their periods are over and have begun, back (M,) bit k: returned in period k, soonest and latest (M,)
    period of return after period 0, −1 where none. group, row (M,) of the log. now: the end of `as_of`.
    """

    rows: pl.DataFrame
    over: np.ndarray
    begun: np.ndarray
    back: np.ndarray
    soonest: np.ndarray
    latest: np.ndarray
    log: WholeLog
    group: np.ndarray
    row: np.ndarray
    times: Periods
    now: int


def members(
    log: pl.LazyFrame,
    rules: CohortRules,
    period: Period,
    as_of: date,
    *,
    signed_up: pl.DataFrame | None = None,
    traits: pl.DataFrame | None = None,
    where: Mapping[str, Sequence[str | None]] = {},
) -> Members:
    """Everybody who entered a cohort on the days of the period.

    log: events sorted by customer and time. signed_up: customer, at (µs), where cohorts are by signup.
    traits: customer, and the column that cohorts are by, where the log does not have it. where: values
    of the log's columns at the entry that are kept.
    """
    rules.check()
    conditions = steps((rules.first_event, rules.return_event))
    known = log.collect_schema()
    keep = [name for name in dict.fromkeys((rules.cohort, *where)) if name in known]
    zone = str(known["happened_at"].time_zone)  # type: ignore[attr-defined]
    found = whole_log(log, conditions, keep=keep)
    first, end, now = (instant(day, zone) for day in (period.start, period.end + DAY, as_of + DAY))
    row, last, group, start = _entered(found, rules, signed_up, zone, period, min(end, now))
    customer = found.customer[group] if signed_up is None else signed_up["customer"].to_numpy()
    mine = (start >= first) & (start < min(end, now))
    at_entry = found.rows.select(
        pl.col(name).gather(pl.Series(row).set(pl.Series(row < 0), None).cast(pl.UInt32)) for name in keep
    ) if keep else pl.DataFrame()  # fmt: skip
    for name, values in where.items():
        text = at_entry[name].cast(pl.String)
        fits = text.is_in([value for value in values if value is not None])
        mine &= (fits.fill_null(None in values)).to_numpy()
    row, last, group, start, customer = (each[mine] for each in (row, last, group, start, customer))
    late = found.times[last] if rules.entry == "each" and len(last) else start
    counted = rules.clock, rules.every, rules.week_start
    times, over, begun = periods_of(*counted, zone, period, as_of, start, late)
    back, soonest, latest = _followed(found, group, row, last, start, times, now)
    rows = pl.DataFrame({"customer": pl.Series(customer, dtype=pl.Int32), "entered_at": start})
    rows = rows.with_columns(pl.col("entered_at").cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(zone))
    rows = _named(
        rows, rules, zone, period, start, at_entry.filter(pl.Series(mine)) if keep else at_entry, traits
    )
    return Members(rows, over, begun, back, soonest, latest, found, group, row, times, now)


def _entered(
    log: WholeLog,
    rules: CohortRules,
    signed_up: pl.DataFrame | None,
    zone: str,
    period: Period,
    end: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """row, last row, group, start of each member, some outside the period."""
    from metrics.compiled.retention import NEVER, each_entry, first_entries
    from metrics.compiled.spread import spread

    if signed_up is not None:
        customer, start = signed_up["customer"].to_numpy(), signed_up["at"].to_numpy()
        group = np.searchsorted(log.customer, customer)
        there = group < len(log.customer)
        there[there] = log.customer[group[there]] == customer[there]
        row = np.full(len(customer), NEVER, np.int64)
        row[there] = log.bounds[group[there]]
        return row, row, np.where(there, group, NEVER), start
    groups = len(log.customer)
    if rules.entry == "each":
        edges = beginnings(period, zone, rules.every, rules.week_start)
        edges = np.unique(np.clip(edges, instant(period.start, zone), end))
        if len(edges) < 2:
            return (np.zeros(0, np.int64),) * 4
        slots, none = np.zeros(groups + 1, np.int64), np.zeros(0, np.int64)
        spread(each_entry, log.bounds, log.times, log.codes, edges, slots, none, none)
        slots = np.cumsum(slots)
        row, last = np.zeros(slots[-1], np.int64), np.zeros(slots[-1], np.int64)
        if len(row):
            spread(each_entry, log.bounds, log.times, log.codes, edges, slots, row, last)
        return row, last, np.repeat(np.arange(groups), np.diff(slots)), log.times[row]
    row = np.full(groups, NEVER, np.int64)
    spread(first_entries, log.bounds, log.codes, row)
    group = np.flatnonzero(row >= 0)
    row = row[group]
    return row, row, group, log.times[row] if len(row) else np.zeros(0, np.int64)


def _followed(
    log: WholeLog,
    group: np.ndarray,
    row: np.ndarray,
    last: np.ndarray,
    start: np.ndarray,
    times: Periods,
    now: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """back, soonest, latest of each member."""
    from metrics.compiled.retention import NEVER, follow
    from metrics.compiled.spread import spread

    count = len(group)
    back = np.zeros(count, np.uint64)
    soonest, latest = np.full(count, NEVER, np.int32), np.full(count, NEVER, np.int32)
    there = np.flatnonzero(row >= 0)
    if len(there):
        parts = [group[there], row[there], last[there], start[there], times.origin[there], times.unit[there]]
        out = back[there], soonest[there], latest[there]
        spread(
            follow, work(log, group[there], row[there]), log.bounds, log.times, log.codes, times.edges,
            *parts, times.size, times.width, times.grain, now, *out,
        )  # fmt: skip
        back[there], soonest[there], latest[there] = out
    return back, soonest, latest


def work(log: WholeLog, group: np.ndarray, row: np.ndarray) -> np.ndarray:
    """(M + 1,) events to be looked at for the members before each, so that cores share them evenly."""
    return np.concatenate([[0], np.cumsum(log.bounds[group + 1] - row)])


def _named(
    rows: pl.DataFrame,
    rules: CohortRules,
    zone: str,
    period: Period,
    start: np.ndarray,
    at_entry: pl.DataFrame,
    traits: pl.DataFrame | None,
) -> pl.DataFrame:
    """With `cohort` and `start`."""
    if rules.cohort in BY_TIME:
        parts = buckets(period, rules.every, rules.week_start)
        edges = beginnings(period, zone, rules.every, rules.week_start)
        place = np.searchsorted(edges, start, "right") - 1
        days = pl.Series([part.start for part in parts], dtype=pl.Date)
        names = days.cast(pl.String)
        labels = names.cast(pl.Enum(names))
        return rows.with_columns(cohort=labels.gather(place), start=days.gather(place))
    if rules.cohort in at_entry.columns:
        named = rows.with_columns(cohort=at_entry[rules.cohort])
    elif traits is not None and rules.cohort in traits.columns:
        of = traits.select("customer", cohort=rules.cohort)
        named = rows.join(of, on="customer", how="left", maintain_order="left")
    else:
        raise _unknown(rules.cohort, traits)
    return named.with_columns(start=pl.lit(None, pl.Date))


def _unknown(cohort: str, traits: pl.DataFrame | None) -> BadQuestion:
    known = [*BY_TIME, "channel", "region", "device", *(traits.columns[1:] if traits is not None else ())]
    return BadQuestion(
        f"There are no cohorts by {cohort}. There are: {', '.join(known)}.{did_you_mean([cohort], known)}"
    )
