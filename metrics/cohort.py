"""Cohorts: who entered when, and what each member did in the periods after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import polars as pl

from metrics.attempts import instant
from metrics.eventlog import CORES, EventLog, event_log
from metrics.member_periods import Clock, Ticks, beginnings, ticks
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
class Part:
    """Members out of one part of the log, M of them: group and row of their entry (−1 without any event),
    last row that enters the same cohort, start (µs) of their entry.
    """

    log: EventLog
    customer: np.ndarray
    group: np.ndarray
    row: np.ndarray
    last: np.ndarray
    start: np.ndarray

    def only(self, mine: np.ndarray) -> Part:
        each = (self.customer, self.group, self.row, self.last, self.start)
        return Part(self.log, *(column[mine] for column in each))


@dataclass(frozen=True)
class Members:
    """rows, a row a member of a cohort: customer (code), cohort (label), start (first day of the cohort's
    period; null of attributes), entered_at. As arrays of the same length, M: unit and origin of the entry,
    over and begun, how many of their periods are over and have begun (see Ticks.begin), back, bit k: returned
    in period k, and latest, the last period of return, −1 where none. parts: their own, in the
    order of the rows. begins: the time of the log's first event, None of an empty one.
    """

    rows: pl.DataFrame
    parts: Sequence[Part]
    ticks: Ticks
    unit: np.ndarray
    origin: np.ndarray
    over: np.ndarray
    begun: np.ndarray
    back: np.ndarray
    latest: np.ndarray
    begins: int | None

    def period(self, member: np.ndarray, times: np.ndarray) -> np.ndarray:
        """The period in which each time lies for a member (by its place)."""
        if self.ticks.width:
            return (times - self.origin[member]) // self.ticks.width
        unit = np.searchsorted(self.ticks.edges, times, "right") - 1
        return (unit - self.unit[member]) // self.ticks.size


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

    log: events sorted by customer and time. signed_up: customer, at (µs), by customer, where cohorts are by
    signup. traits: customer, and the column that cohorts are by, where the log does not have it. where:
    values of the log's columns at the entry that are kept.
    """
    rules.check()
    conditions = steps((rules.first_event, rules.return_event))
    known = log.collect_schema()
    keep = [name for name in dict.fromkeys((rules.cohort, *where)) if name in known]
    zone = str(known["happened_at"].time_zone)  # type: ignore[attr-defined]
    first, end, now = (instant(day, zone) for day in (period.start, period.end + DAY, as_of + DAY))
    counted = ticks(rules.clock, rules.every, rules.week_start, zone, period, as_of)
    edges = beginnings(period, zone, rules.every, rules.week_start)
    fresh = np.unique(np.clip(edges, first, min(end, now)))
    made, kept = event_log(log, conditions, keep=keep)

    def of(
        log: EventLog, share: tuple[np.ndarray, np.ndarray] | None = None
    ) -> tuple[Part, pl.DataFrame, np.ndarray, tuple[np.ndarray, ...], int | None]:
        found = _signed(log, share) if share else _entered(log, rules, fresh)
        at_entry, mine = _at_entry(kept, log, found.row, where)
        mine = mine & (found.start >= first) & (found.start < min(end, now))
        if not mine.all():
            found, at_entry = found.only(mine), at_entry.filter(pl.Series(mine))
        late = log.times[found.last] if rules.entry == "each" and len(found.last) else found.start
        begun = counted.begin(found.start, late)
        cohort = (np.searchsorted(edges, found.start, "right") - 1).astype(np.int32)
        begins = int(log.times[log.bounds[:-1]].min()) if len(log.times) else None
        return found, at_entry, cohort, (*begun, *_followed(found, counted, *begun[:2])), begins

    with ThreadPoolExecutor(CORES) as pool:
        if signed_up is None:
            told = list(pool.map(lambda make: of(make()), made))
        else:
            logs = list(pool.map(lambda make: make(), made))
            told = list(pool.map(of, logs, _shared(signed_up, logs)))
        parts, entries, cohort, arrays, begins = zip(*told, strict=True)
        columns = [[part.customer for part in parts], [part.start for part in parts], cohort]
        customer, start, place, *counted_of = pool.map(np.concatenate, [*columns, *zip(*arrays, strict=True)])
    entered = pl.Series(start).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(zone)
    rows = pl.DataFrame({"customer": pl.Series(customer, dtype=pl.Int32), "entered_at": entered})
    rows = _named(rows, rules, period, place, pl.concat(entries), traits)
    first_event = min((of for of in begins if of is not None), default=None)
    unit, origin, over, begun, back, latest = counted_of
    return Members(rows, parts, counted, unit, origin, over, begun, back, latest, first_event)


def _at_entry(
    kept: pl.DataFrame, log: EventLog, row: np.ndarray, where: Mapping[str, Sequence[str | None]]
) -> tuple[pl.DataFrame, np.ndarray]:
    """row and the kept columns at the entry of each member, null without an event; who fits `where`."""
    mine = np.ones(len(row), bool)
    place = pl.Series(row + log.first).set(pl.Series(row < 0), None).cast(pl.UInt64)
    found = pl.DataFrame({"row": place, **{name: kept[name].gather(place) for name in kept.columns}})
    for name, values in where.items():
        fits = found[name].cast(pl.String).is_in([value for value in values if value is not None])
        mine &= fits.fill_null(None in values).to_numpy()
    return found, mine


def _shared(signed_up: pl.DataFrame, logs: Sequence[EventLog]) -> list[tuple[np.ndarray, np.ndarray]]:
    """customer and time of those who signed up, to each part of the log those about its customers."""
    customer, at = signed_up["customer"].to_numpy(), signed_up["at"].to_numpy()
    cuts = np.searchsorted(customer, [log.customer[0] for log in logs[1:]])
    return list(zip(np.split(customer, cuts), np.split(at, cuts), strict=True))


def _signed(log: EventLog, share: tuple[np.ndarray, np.ndarray]) -> Part:
    customer, start = share
    group = np.searchsorted(log.customer, customer)
    there = group < len(log.customer)
    there[there] = log.customer[group[there]] == customer[there]
    row = np.full(len(customer), -1, np.int64)
    row[there] = log.bounds[group[there]]
    return Part(log, customer, np.where(there, group, -1), row, row, start)


def _entered(log: EventLog, rules: CohortRules, edges: np.ndarray) -> Part:
    """Members by their events, some outside the period. edges: of the periods that are entered anew."""
    from metrics.compiled.retention import NEVER, each_entry, first_entries

    groups = len(log.customer)
    if rules.entry == "each":
        slots, none = np.zeros(groups + 1, np.int64), np.zeros(0, np.int64)
        row = last = none
        if len(edges) > 1:
            events = log.bounds, log.times, log.codes, log.table, edges
            each_entry(*events, slots, none, none)
            slots = np.cumsum(slots)
            row, last = np.zeros(slots[-1], np.int64), np.zeros(slots[-1], np.int64)
            if len(row):
                each_entry(*events, slots, row, last)
        group = np.repeat(np.arange(groups), np.diff(slots))
    else:
        row = np.full(groups, NEVER, np.int64)
        first_entries(log.bounds, log.codes, log.table, row)
        group = np.flatnonzero(row >= 0)
        row = last = row[group]
    start = log.times[row] if len(row) else np.zeros(0, np.int64)
    return Part(log, log.customer[group], group, row, last, start)


def _followed(
    found: Part, counted: Ticks, unit: np.ndarray, origin: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """back and latest of each member."""
    from metrics.compiled.retention import NEVER, follow

    count, log = len(found.row), found.log
    back = np.zeros(count, np.uint64)
    latest = np.full(count, NEVER, np.int32)
    follow(
        log.bounds, log.times, log.codes, log.table, counted.edges, counted.coarse,
        found.group, found.row, found.last, found.start, origin, unit,
        counted.size, counted.width, counted.grain, counted.now, back, latest,
    )  # fmt: skip
    return back, latest


def _named(
    rows: pl.DataFrame,
    rules: CohortRules,
    period: Period,
    place: np.ndarray,
    at_entry: pl.DataFrame,
    traits: pl.DataFrame | None,
) -> pl.DataFrame:
    """With `cohort` and `start`. place: of the period in which each entered."""
    if rules.cohort in BY_TIME:
        parts = buckets(period, rules.every, rules.week_start)
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
