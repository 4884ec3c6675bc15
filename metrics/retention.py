"""Retention: of those who first came in a period, how many come back later, and what they bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import polars as pl

from metrics import retention_tables as tables
from metrics.analysis import Analysis
from metrics.cohort import BY_TIME, CohortRules, Entry, Members, Mode
from metrics.difference import compared, newcombe
from metrics.earned import earned
from metrics.entrants import Of, entered
from metrics.eventlog import MICROSECOND
from metrics.lapse import Curve, survival
from metrics.member_periods import Clock
from metrics.metric import BadQuestion
from metrics.period import Every, Period, WeekStart, bucket
from metrics.privacy import MIN_GROUP
from metrics.reason import Frames, Reason
from metrics.steps import ANY

Preset = Literal["clickhouse", "mixpanel", "amplitude", "ga4", "posthog"]
NEAR = timedelta(days=28)  # so close to the beginning of the data everyone looks new

# What each product does where nothing is set; events, periods and dates stay those that are asked for.
PRESETS: dict[str, dict] = {
    # ClickHouse, retention(condition 1, condition 2 …): each condition is "active in period k", all but the
    # first hold only together with the first. So whoever is active in a period is in its cohort, new or not.
    "clickhouse": {"entry": "each", "clock": "calendar", "mode": "on"},
    # Mixpanel, Query Retention Report: "birth", once a person; "each user gets 24 hours in each interval",
    # counted from the born event; `on` the interval.
    "mixpanel": {"entry": "first", "clock": "hours", "mode": "on"},
    # Amplitude, Retention Analysis, "How time works": rolling windows from each starting event, which is
    # taken at its full hour (of weeks, of 7 days, and months, of 30, at its day); "return on" (N-day).
    "amplitude": {"entry": "each", "clock": "rounded", "mode": "on"},
    # Google Analytics 4, cohort exploration: first touch, standard calculation, days, weeks (from Sunday)
    # and months of the property's time zone. Its rolling calculation is mode=every, cumulative mode=within.
    "ga4": {"entry": "first", "clock": "calendar", "mode": "on", "week_start": "sunday"},
    # PostHog, retention insight: recurring by default (RetentionTypeMixin), so each period's cohort has all
    # who did the event in it; calendar periods, weeks from Sunday.
    "posthog": {"entry": "each", "clock": "calendar", "mode": "on", "week_start": "sunday"},
}


@dataclass(frozen=True)
class Retention:
    """n: different customers who entered a cohort in the period, those of hidden cohorts included. at: the
    period that cohorts are compared in. first_cut, see warnings.

    cells: cohort, start (first day of a cohort by time), size, period (0 is that of the entry), n (members
        for whom it is over, or who have begun it where it is over for none), returned, share with low and
        high (Wilson; null where not reached), partial (not over for all), and a member of n: orders and
        revenue (net of refunds) in the period, margin to its end since the entry (null without orders).
    average: of each period all members for whom it is over: period, n, returned, share, low, high.
    tests: each cohort against all others in period `at`: cohort, n, returned, share, rest, difference (low,
        high: Newcombe), p, q (corrected over cohorts by Benjamini and Hochberg), test.
    halves: the early and the late cohorts in period `at`, with about as many members: half, first, last,
        cohorts, n, returned, share, low, high. drift: late − early with low and high (Newcombe) and p;
        trend_p: of no linear trend over all cohorts (Cochran and Armitage).
    survival: share to whom it has not happened after so many days: segment (null: all), day, at_risk, ended,
        share, low, high. medians: segment, n, ended, median (days), low, high. Segments are the cohorts, or
        early and late ones where they are by time. log_rank, log_rank_freedom, log_rank_p: of equal curves.
    """

    n: int
    at: int
    period: Period
    rules: Mapping[str, str | int | None]
    cells: pl.DataFrame
    average: pl.DataFrame
    tests: pl.DataFrame
    halves: pl.DataFrame
    drift: float | None
    drift_low: float | None
    drift_high: float | None
    drift_p: float | None
    trend_p: float | None
    survival: pl.DataFrame
    medians: pl.DataFrame
    log_rank: float | None
    log_rank_freedom: int | None
    log_rank_p: float | None
    warnings: tuple[Reason, ...]


def retention(
    frames: Frames,
    events: pl.LazyFrame | None,
    customers: pl.LazyFrame | None,
    orders: pl.LazyFrame | None,
    order_lines: pl.LazyFrame | None,
    products: pl.LazyFrame | None,
    returns: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    of: Of = "visits",
    cohort: str = "first",
    first_event: str = ANY,
    return_event: str = ANY,
    every: Every = "month",
    periods: int = 12,
    mode: Mode = "on",
    clock: Clock = "calendar",
    entry: Entry = "first",
    week_start: WeekStart = "monday",
    at: int = 1,
    curve: Curve = "return",
    silence_days: float = 60.0,
    money: bool = True,
    preset: Preset | None = None,
    min_group: int = MIN_GROUP,
) -> Retention:
    """Follows those who entered a cohort on the days of the period, to the end of `as_of`.

    of: events of visits, or orders that were not cancelled (of known customers). cohort: "first": the period
    of the first event ever, not of the first in the dates; "signup": that of opening the account; or a
    column: channel, region or device at the first event, or one of the table customers. first_event,
    return_event: "any", or an event with filters (`search[results=0]`). every, periods: how long a period
    is, and how many are followed (1 to 60) after period 0, that of the entry.
    mode: came back `on` the period; `on_or_after` it; `within` the periods up to it; in `every` one so far.
    clock: calendar days, weeks and months of the shop's time zone; `hours`: 24-hour days from the entry,
    weeks of 7, months of 30; `rounded`: the same from its full hour, of weeks and months from its day.
    entry: once, with the first event, or with `each` period in which it happens. preset: the conventions
    of another product for entry, clock, mode and week_start. at: the period in which cohorts are compared.
    curve: days until the first `return` on a later day, or until they `lapse`: the first time that no
    return event has come for `silence_days`. money: whether to add up what members brought.
    `where` keeps members by their first event; what they do later counts wherever it is.
    Raises BadQuestion for what cannot be asked.
    """
    rules = CohortRules(cohort, entry, first_event, return_event, clock, every, periods, week_start)
    if preset:
        own = dict(PRESETS[preset])
        mode = own.pop("mode")
        rules = replace(rules, **own)
    if not 0 <= at <= periods:
        raise BadQuestion(f"Cohorts are compared in a period from 0 to {periods}; found {at}.")
    found = entered(
        frames, events, customers, orders, period=period, as_of=as_of, where=where, of=of, rules=rules
    )
    n = found.rows["customer"].n_unique()
    if where and 0 < n < min_group:
        raise BadQuestion(f"Hidden: the cohorts would point at fewer than {min_group} people. Ask for more.")
    begins = _begins(found, rules, period)
    counts = tables.counts(found, mode, periods, min_group, begins and begins + NEAR)
    cells = tables.cells(counts, min_group)
    parts = tables.halves(counts, at)
    half = tables.drift(counts, at, parts)
    drift, low, high, p = _drift(half)
    lived = survival(found, counts, parts, curve, silence_days, rules.clock)
    bought = None
    if money and orders is not None and order_lines is not None and n:
        bought = earned(frames, orders, order_lines, products, returns)
    return Retention(
        n=n,
        at=at,
        period=period,
        rules={**vars(rules), "of": of, "mode": mode, "curve": curve, "preset": preset},
        cells=tables.with_money(cells, counts, found, bought),
        average=tables.average(counts, min_group),
        tests=tables.against_the_rest(counts, at, min_group),
        halves=half,
        drift=drift,
        drift_low=low,
        drift_high=high,
        drift_p=p,
        trend_p=tables.trend(counts, at) if half.height else None,
        survival=lived.curves,
        medians=lived.medians,
        log_rank=lived.statistic,
        log_rank_freedom=lived.freedom,
        log_rank_p=lived.p,
        warnings=_warnings(found, counts, rules, mode, period, of, begins),
    )


retention_analysis = Analysis("retention", "Who comes back?", retention)


def _drift(half: pl.DataFrame) -> tuple[float | None, float | None, float | None, float | None]:
    if len(half) < 2:
        return None, None, None, None
    early, late = half.select("returned", "n").rows()
    low, high = newcombe(*late, *early) or (None, None)
    return late[0] / late[1] - early[0] / early[1], low, high, compared(*late, *early)[0]


def _begins(found: Members, rules: CohortRules, period: Period) -> date | None:
    """The first day of the data, where the period begins so near it that many only look new; else None."""
    if rules.cohort == "signup" or rules.entry == "each" or found.begins is None:
        return None
    zone = ZoneInfo(str(found.rows.schema["entered_at"].time_zone))  # type: ignore[attr-defined]
    begins = datetime.fromtimestamp(found.begins / MICROSECOND, zone).date()
    return begins if period.start - begins < NEAR else None


def _warnings(
    found: Members,
    counts: tables.Counts,
    rules: CohortRules,
    mode: Mode,
    period: Period,
    of: Of,
    begins: date | None,
) -> tuple[Reason, ...]:
    told = []
    if found.begins is None:
        missing = "orders" if of == "orders" else "events"
        return (Reason("needs the table {table}: import it", table=missing),)
    if begins:
        told.append(
            Reason(
                "the data begins on {day}, so many who look new soon after are not: the cohorts of the first "
                "four weeks are not compared",
                day=begins,
            )
        )
    if rules.cohort in BY_TIME and bucket(period.start, rules.every, rules.week_start).start < period.start:
        told.append(Reason("the first cohort has only those of its days that lie in the dates"))
    if rules.entry == "each":
        told.append(
            Reason(
                "a customer is in the cohort of each period, so cohorts share people and tests are too sure"
            )
        )
    if mode == "on_or_after":
        told.append(Reason("later cohorts have had less time to come back at all"))
    if len(counts.names) < found.rows.select("cohort").n_unique():
        told.append(Reason("cohorts that would point at few people are left out"))
    return tuple(told)
