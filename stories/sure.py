"""How sure a change is: intervals of metrics, and of net revenue by segment, from day to day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from language import numbers, say
from metrics.metric import REGISTRY
from metrics.period import Period
from metrics.spread import Daily, change_interval
from stories.asked import Asked
from stories.blocks import Claim
from stories.cards import derived

Interval = tuple[float, float]
MAIN = "net_revenue"


def metrics(asked: Asked, names: Sequence[str]) -> dict[str, Interval]:
    """The intervals of the changes of those that have one: sums, and ratios whose n is the denominator."""
    can = [
        name
        for name in names
        if REGISTRY[name].how == "additive" or (REGISTRY[name].how == "ratio" and REGISTRY[name].base is None)
    ]
    now, before = (_days(asked, can, period) for period in (asked.elapsed, asked.against))
    found = {
        name: change_interval(now[name], before[name], adds_up=REGISTRY[name].how == "additive")
        for name in can
    }
    return {name: interval for name, interval in found.items() if interval is not None}


def segments(asked: Asked, by: str) -> dict[str | None, Interval]:
    """The intervals of the changes of net revenue of each value of the column `by`."""
    now, before = (_days_by(asked, by, period) for period in (asked.elapsed, asked.against))
    found = {
        segment: change_interval(
            _filled(now, segment, asked.elapsed), _filled(before, segment, asked.against), True
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


def _days(asked: Asked, names: Sequence[str], period: Period | None) -> dict[str, Daily]:
    """Values and weights by day."""
    if period is None or not names:
        return dict.fromkeys(names, ())
    found = asked.values(names, period, ("day",))
    daily: dict[str, Daily] = {}
    for name in names:
        groups = [group for group in found[name].groups if group["value"] is not None]
        rows = [(group["value"], group["n"]) for group in groups]
        if REGISTRY[name].how == "additive" and groups:  # days without a row are days of 0
            rows += [(0.0, 0)] * max(period.days - len(groups), 0)
        daily[name] = rows
    return daily


def _days_by(asked: Asked, by: str, period: Period | None) -> dict[str | None, list[float]]:
    if period is None:
        return {}
    found: dict[str | None, list[float]] = {}
    for group in asked.values([MAIN], period, (by, "day"))[MAIN].groups:
        if group["value"] is not None:
            found.setdefault(group[by], []).append(group["value"])
    return found


def _filled(daily: Mapping[str | None, list[float]], segment: str | None, period: Period | None) -> Daily:
    """With days of 0 where the segment sold nothing."""
    values = daily.get(segment, [])
    return [(value, 0) for value in values] + [(0.0, 0)] * ((period.days if period else 0) - len(values))
