"""How sure a change is: intervals of metrics, and of net revenue by segment, from day to day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from language import numbers, say
from metrics.metric import REGISTRY
from metrics.period import Period
from metrics.spread import Daily, change_interval
from metrics.value import Value
from stories.asked import Asked
from stories.blocks import Claim
from stories.cards import derived

Interval = tuple[float, float]
Segments = Mapping[str | None, Mapping[date, float]]
MAIN = "net_revenue"


def by_day(asked: Asked, names: Sequence[str], period: Period) -> dict[str, Value]:
    """Metrics over a period; those whose change can have an interval also by day."""
    can = [name for name in names if _can(name)]
    rest = [name for name in names if not _can(name)]
    found = asked.values(can, period, ("day",)) | asked.values(rest, period)
    return {name: found[name] for name in names}


def metrics(asked: Asked, now: Mapping[str, Value], before: Mapping[str, Value]) -> dict[str, Interval]:
    """The intervals of the changes of those that have one. now, before: by day."""
    found = {
        name: change_interval(
            _daily(now[name], asked.elapsed),
            _daily(before[name], asked.against),
            adds_up=REGISTRY[name].how == "additive",
        )
        for name in now
        if _can(name)
    }
    return {name: interval for name, interval in found.items() if interval is not None}


def segments_by_day(asked: Asked, by: str, period: Period | None) -> Segments:
    """Net revenue of each value of the column `by` on each day on which it sold something."""
    found: dict[str | None, dict[date, float]] = {}
    if period is not None:
        for group in asked.values([MAIN], period, (by, "day"))[MAIN].groups:
            if group["value"] is not None:
                found.setdefault(group[by], {})[group["day"]] = group["value"]
    return found


def segments(asked: Asked, now: Segments, before: Segments) -> dict[str | None, Interval]:
    """The intervals of the changes of net revenue of segments."""
    found = {
        segment: change_interval(
            _filled(now.get(segment, {}), asked.elapsed),
            _filled(before.get(segment, {}), asked.against),
            True,
        )
        for segment in {*now, *before}
    }
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


def _can(name: str) -> bool:
    """Sums, and ratios whose n is the denominator."""
    metric = REGISTRY[name]
    return metric.how == "additive" or (metric.how == "ratio" and metric.base is None)


def _daily(value: Value, period: Period | None) -> Daily:
    """Values and weights by day; days without a row of a sum are days of 0."""
    rows = [(group["value"], group["n"]) for group in value.groups if group["value"] is not None]
    if rows and REGISTRY[value.metric].how == "additive":
        rows += [(0.0, 0)] * max((period.days if period else 0) - len(rows), 0)
    return rows


def _filled(daily: Mapping[date, float], period: Period | None) -> Daily:
    """With days of 0 where the segment sold nothing."""
    return [(value, 0) for value in daily.values()] + [(0.0, 0)] * (
        (period.days if period else 0) - len(daily)
    )
