"""Attempts at a funnel: who began, how far each came, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from typing import cast
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from metrics.eventlog import CORES, MICROSECOND, EventLog, event_log
from metrics.period import DAY, Period
from metrics.reason import Frames
from metrics.rules import Rules
from metrics.steps import Step, exclusions, steps

FOREVER = np.iinfo(np.int64).max // 4


def attempts(
    frames: Frames,
    events: pl.LazyFrame | None,
    rules: Rules,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    keep: Sequence[str] = (),
    touched: Sequence[int] = (1,),
) -> pl.DataFrame:
    """The counted attempt of every customer (or session) that began one in the period; of totals, all.

    Columns: customer (code), level (the furthest step, from 1), open (not complete, and a window still
    runs at the end of `as_of`), `at 1` … `at K` (when each step was taken; null where it was not), and for
    each column of `keep` `NAME k`, its value at each of the steps `touched` (from 1).
    events: the whole table, needed only for filters on columns that the log does not have.
    """
    found = steps(rules.steps, least=2)
    wrong = exclusions(rules.exclude, len(found))
    rules.check(found)
    held = ("session",) if rules.count == "sessions" else rules.hold
    rows = _source(frames, events, [*found, *wrong], held, keep, where)
    zone = str(rows.collect_schema()["happened_at"].time_zone)  # type: ignore[attr-defined]
    first, last = instant(period.start, zone), instant(period.end + DAY, zone)
    now = instant(as_of + DAY, zone)
    if rules.inside:
        span = pl.col("happened_at").is_between(
            datetime.combine(period.start, time(), ZoneInfo(zone)),
            datetime.combine(period.end + DAY, time(), ZoneInfo(zone)),
            closed="left",
        )
        rows, now = rows.filter(span), last
    parts, kept = event_log(rows, [*found, *wrong], hold=held, keep=keep)
    window = FOREVER if rules.window_days is None else round(rules.window_days * 86_400 * MICROSECOND)

    def walked(part: Callable[[], EventLog]) -> pl.DataFrame:
        log = part()
        people, level, chosen, entry = _walk(log, rules, found, wrong, window, first, last)
        return _frame(log, kept, touched, people, len(found), level, chosen, entry, window, now, zone)

    if len(parts) == 1:
        table = walked(parts[0])
    else:
        with ThreadPoolExecutor(CORES) as pool:
            table = pl.concat(pool.map(walked, parts))
    return _best(table, len(found)) if rules.hold and rules.count == "customers" else table


def _source(
    frames: Frames,
    events: pl.LazyFrame | None,
    conditions: Sequence[Step],
    held: Sequence[str],
    keep: Sequence[str],
    where: Mapping[str, Sequence[str | None]],
) -> pl.LazyFrame:
    """The log, with columns of the whole table beside where conditions need them."""
    log = frames("log", where=where)
    wanted = {*held, *keep, *(column for step in conditions for column in step.columns)}
    more = sorted(wanted - set(log.collect_schema()))
    if not more or events is None or not set(more) <= set(events.collect_schema()):
        return log
    whole = pl.concat([frames("log"), events.select(more)], how="horizontal")
    for column, values in where.items():
        fits = pl.col(column).cast(pl.String).is_in([value for value in values if value is not None])
        whole = whole.filter(fits | pl.col(column).is_null() if None in values else fits)
    return whole


def _walk(
    log: EventLog,
    rules: Rules,
    found: Sequence[Step],
    wrong: Sequence[Step],
    window: int,
    first: int,
    last: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """customer (A,), level (A,), chosen (A, K), entry (A,) of each attempt: see compiled/funnel.py."""
    from metrics.compiled.funnel import spans_of, walk_any, walk_ordered
    from metrics.compiled.plain import alone, walk_plain
    from metrics.compiled.totals import walk_totals

    count = len(found)
    slots: tuple[np.ndarray, ...] = ()
    people = log.customer
    if rules.count == "totals":
        bits = log.table[log.codes] if len(log.table) else log.codes
        began = np.concatenate([[0], np.cumsum(bits & np.uint64(1), dtype=np.int64)])[log.bounds]
        slots, people = (began,), np.repeat(log.customer, np.diff(began))
    level = np.zeros(len(people), np.int8)
    chosen = np.full((len(people), count), -1, np.int64)
    entry = np.full(len(people), -1, np.int64)
    events: tuple[np.ndarray, ...] = (log.times, log.codes, log.table)
    if rules.order == "any":
        walk_any(
            log.bounds, log.times, log.codes, log.table, count, len(wrong), window, first, last,
            level, chosen, entry,
        )  # fmt: skip
        return people, level, chosen, entry
    optional = np.array([str(step) in rules.optional for step in found])
    between = [((each.between or (1, count))[0] - 1, (each.between or (1, count))[1] - 1) for each in wrong]
    excluded = np.array(between, np.int64).reshape(-1, 2)
    grace = round(rules.grace_seconds * MICROSECOND)
    told = (
        optional, excluded, window, grace, first, last, rules.order == "strict", level, chosen, entry
    )  # fmt: skip
    if slots:
        cast(Callable[..., None], walk_totals)(log.bounds, *slots, *events, *told)
        return people, level, chosen, entry
    groups = np.arange(len(people))
    plain = rules.order == "ordered" and not (optional.any() or wrong or grace)
    step_of = alone(log.table, count) if plain else None
    if step_of is not None:
        groups = walk_plain(
            log.bounds, log.times, log.codes, step_of, window, first, last, level, chosen, entry
        )
    walk = cast(Callable[..., None], walk_ordered)
    walk(groups, log.bounds, *events, spans_of(log.table, count), *told)
    return people, level, chosen, entry


def _frame(
    log: EventLog,
    kept: pl.DataFrame,
    touched: Sequence[int],
    people: np.ndarray,
    count: int,
    level: np.ndarray,
    chosen: np.ndarray,
    entry: np.ndarray,
    window: int,
    now: int,
    zone: str,
) -> pl.DataFrame:
    from metrics.compiled.funnel import NEVER, times_of

    began = np.flatnonzero(level > 0)
    at = np.empty((count, len(began)), np.int64)
    times_of(chosen, log.times, began, at)
    level, entry = level[began], entry[began]
    columns = {
        "customer": pl.Series(people[began], dtype=pl.Int32),
        "level": pl.Series(level, dtype=pl.Int8),
        "open": pl.Series((level < count) & (entry > now - window)),
    }
    for k in range(count):
        columns[f"at {k + 1}"] = pl.Series(at[k])
    for k in touched if kept.columns else ():
        rows = chosen[began, k - 1]
        place = pl.Series(np.where(rows >= 0, rows + log.first, -1))
        place = place.set(place < 0, None).cast(pl.UInt64)
        columns |= {f"{name} {k}": kept[name].gather(place) for name in kept.columns}
    at_step = pl.col("^at .*$")
    taken = at_step.cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(zone)
    return pl.DataFrame(columns).with_columns(pl.when(at_step != NEVER).then(taken))


def _best(table: pl.DataFrame, count: int) -> pl.DataFrame:
    """Of a customer's attempts with different held values the one that comes furthest, first."""
    ends = pl.coalesce(*(f"at {k}" for k in range(count, 0, -1)))
    best = table.sort("customer", "level", ends, descending=[False, True, False], maintain_order=True)
    still = (pl.col("open").any().over("customer")) & (pl.col("level") < count)
    return best.with_columns(open=still).unique("customer", keep="first", maintain_order=True)


def instant(day: date, zone: str) -> int:
    """Microseconds since 1970 in UTC of the beginning of a day in a time zone."""
    return round(datetime.combine(day, time(), ZoneInfo(zone)).timestamp() * MICROSECOND)
