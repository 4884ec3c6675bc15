"""A summary: what moved, each in a sentence with its number, its comparison and its interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from language import numbers, say, together
from metrics.metric import REGISTRY
from metrics.period import Period
from metrics.spread import Daily, change_interval
from metrics.value import Value
from stories.asked import Asked
from stories.blocks import Claim, Finding
from stories.cards import changed, claim, derived, moved, tone

TOLD = ("net_revenue", "orders", "average_order_value", "conversion_rate", "return_rate", "on_time_rate")
LEAST, MOST = 3, 6


def summary(
    asked: Asked, now: Mapping[str, Value], before: Mapping[str, Value], first: Finding | None, lang: str
) -> list[Finding]:
    """`first`, then one finding a metric, those that are surely changed first; three to six in all."""
    told_already = {claim.source for claim in first.claims} if first else set()
    daily = [(each, days) for each, days in _daily(asked, now) if each not in told_already]
    found = [_finding(asked, now[each], before.get(each), days, lang) for each, days in daily]
    sure = [finding for finding, is_sure in found if is_sure]
    rest = [finding for finding, is_sure in found if not is_sure]
    told = [*([_with_interval(asked, first, lang)] if first else []), *sure, *rest]
    return told[: max(LEAST, min(MOST, len(told)))]


def _with_interval(asked: Asked, first: Finding, lang: str) -> Finding:
    """What changed, with the interval of the change of net revenue."""
    found = interval(asked, "net_revenue")
    if found is None:
        return first
    text, claims = _interval(asked, "net_revenue", found, lang)
    return replace(first, text=together([first.text, text], lang), claims=[*first.claims, *claims])


def _interval(asked: Asked, metric: str, found: tuple[float, float], lang: str) -> tuple[str, list[Claim]]:
    unit, currency = REGISTRY[metric].unit, asked.shop.currency
    low, high = (numbers.difference(end, unit, lang, currency) for end in found)
    claims = [
        derived(asked, source, end, printed, metric=metric)
        for source, end, printed in zip(("moved_low", "moved_high"), found, (low, high), strict=True)
    ]
    told = say("95% interval of the change: {low} to {high}.", lang, low=low, high=high)
    within = "" if found[0] > 0 or found[1] < 0 else say("That is within what days differ anyway.", lang)
    return together([told, within], lang), claims


def _daily(asked: Asked, now: Mapping[str, Value]) -> Iterator[tuple[str, tuple[Daily, Daily]]]:
    """Of each metric known, its values and weights by day, now and in the comparison."""
    names = [name for name in TOLD if name in now and now[name].value is not None]
    both = [_days(asked, names, period) for period in (asked.elapsed, asked.against)]
    for name in names:
        yield name, (both[0][name], both[1][name])


def _days(asked: Asked, names: Sequence[str], period: Period | None) -> dict[str, Daily]:
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


def _finding(
    asked: Asked, now: Value, before: Value | None, daily: tuple[Daily, Daily], lang: str
) -> tuple[Finding, bool]:
    """The sentence, and whether the interval of its change leaves out 0."""
    metric, currency = REGISTRY[now.metric], asked.shop.currency
    value = numbers.value(now.value, metric.unit, lang, currency)
    facts = {"metric": say(metric.label, lang), "value": value}
    claims = [claim(asked, now, value)]
    was = before.value if before else None
    change, direction = changed(metric, now.value or 0.0, was, lang)
    if not change or was is None or before is None:
        return Finding(
            say("**{metric}**: {value}, with nothing to compare it with.", lang, **facts), "neutral", claims
        ), False
    facts["was"] = numbers.value(was, metric.unit, lang, currency)
    claims.append(claim(asked, before, facts["was"]))
    change_of = moved(metric, now.value or 0.0, was)
    claims.append(derived(asked, "moved", change_of, change, metric=metric.name))
    found = change_interval(*daily, adds_up=metric.how == "additive")
    if direction == "flat":
        text = say("**{metric}** is unchanged at {value}.", lang, **facts)
    elif direction == "up":
        text = say("**{metric}** rose from {was} to **{value}** ({change}).", lang, **facts, change=change)
    else:
        text = say("**{metric}** fell from {was} to **{value}** ({change}).", lang, **facts, change=change)
    if found is None:
        return Finding(text, tone(metric, direction), claims), False
    told, more = _interval(asked, metric.name, found, lang)
    sure = found[0] > 0 or found[1] < 0
    whole = Finding(
        together([text, told], lang), tone(metric, direction) if sure else "neutral", [*claims, *more]
    )
    return whole, sure


def interval(asked: Asked, metric: str) -> tuple[float, float] | None:
    """The interval of a metric's change, computed again."""
    both = [_days(asked, [metric], period)[metric] for period in (asked.elapsed, asked.against)]
    return change_interval(both[0], both[1], adds_up=REGISTRY[metric].how == "additive")
