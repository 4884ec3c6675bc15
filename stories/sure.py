"""How sure a change is: intervals of metrics, and of net revenue by segment, from day to day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from language import numbers, say
from metrics.metric import REGISTRY
from metrics.period import Period
from metrics.spread import Daily, change_interval
from metrics.value import Value
from stories.asked import Asked
from stories.blocks import Claim
from stories.cards import derived

Interval = tuple[float, float]
Day = tuple[date, float, float]  # with its value, and what that rests on
MAIN = "net_revenue"


def metrics(asked: Asked, now: Mapping[str, Value], before: Mapping[str, Value]) -> dict[str, Interval]:
    """The intervals of the changes of those that have one: sums, and ratios whose n is the denominator."""
    can = [
        name
        for name in now
        if now[name].value is not None
        and before[name].value is not None
        and (
            REGISTRY[name].how == "additive"
            or (REGISTRY[name].how == "ratio" and REGISTRY[name].base is None)
        )
    ]
    daily = asked.by_day(can) if can else {}
    found = {name: _interval(asked, daily[name].rows(), REGISTRY[name].how == "additive") for name in can}
    return {name: interval for name, interval in found.items() if interval is not None}


def segments(asked: Asked, daily: pl.DataFrame, by: str) -> dict[str | None, Interval]:
    """The intervals of the changes of net revenue by the column `by`. daily: its days by that column."""
    rows: dict[str | None, list[Day]] = {}
    for segment, *day in daily.select(by, "day", "value", "n").iter_rows():
        rows.setdefault(segment, []).append(tuple(day))
    found = {segment: _interval(asked, days, adds_up=True) for segment, days in rows.items()}
    return {segment: interval for segment, interval in found.items() if interval is not None}


def told(
    asked: Asked, metric: str, found: Interval, lang: str, **settings: object
) -> tuple[str, list[Claim]]:
    """The interval in a sentence, and the claims of its ends. settings: of the claims, such as a segment."""
    ends = ends_of(metric, found, lang, asked.shop.currency)
    claims = claimed(asked, metric, found, ends, **settings)
    return say("95% interval of the change: {low} to {high}.", lang, low=ends[0], high=ends[1]), claims


def ends_of(metric: str, found: Interval, lang: str, currency: str) -> tuple[str, str]:
    """Both ends with their signs; of a count without a part of one."""
    unit = REGISTRY[metric].unit
    whole = (round(found[0]), round(found[1])) if unit == "integer" else found
    low, high = (numbers.difference(end, unit, lang, currency) for end in whole)
    return low, high


def claimed(
    asked: Asked, metric: str, found: Interval, printed: Sequence[str], **settings: object
) -> list[Claim]:
    return [
        derived(asked, source, end, shown, metric=metric, **settings)
        for source, end, shown in zip(("moved_low", "moved_high"), found, printed, strict=True)
    ]


def is_sure(found: Interval | None) -> bool:
    """Whether the interval leaves out 0."""
    return found is not None and (found[0] > 0 or found[1] < 0)


def _interval(asked: Asked, days: Sequence[Day], adds_up: bool) -> Interval | None:
    now, before = (_side(days, period, adds_up) for period in (asked.elapsed, asked.against))
    return change_interval(now, before, adds_up)


def _side(days: Sequence[Day], period: Period | None, adds_up: bool) -> Daily:
    """Values and weights by day; days without a row of a sum are days of 0."""
    if period is None:
        return ()
    found = [(value, n) for day, value, n in days if period.start <= day <= period.end]
    return found + [(0.0, 0)] * (period.days - len(found)) if adds_up else found
