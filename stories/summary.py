"""A summary: what moved, the plan, the largest worry; each with its number, comparison and interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from language import inside, listing, numbers, say, together
from metrics.metric import REGISTRY
from stories import sure
from stories.blocks import Claim, Finding
from stories.cards import changed, claim, derived, moved, tone
from stories.gather import OverviewData
from stories.plan import on_plan

TOLD = ("net_revenue", "orders", "average_order_value", "conversion_rate", "return_rate", "on_time_rate")
LEAST, MOST = 3, 6


def summary(
    data: OverviewData, first: Finding | None, worries: Sequence[Finding], lang: str
) -> list[Finding]:
    """Three to six: `first`, the plan, metrics that surely changed, the first worry that is of no metric,
    and in one sentence the metrics whose change lies within what days differ anyway."""
    told_already = {claim.source for claim in first.claims} if first else set()
    names = [
        name
        for name in TOLD
        if name in data.now and data.now[name].value is not None and name not in told_already
    ]
    sure_of = [name for name in names if sure.is_sure(data.intervals.get(name))]
    unsure = [name for name in names if name in data.intervals and name not in sure_of and _was(data, name)]
    other = [name for name in names if name not in sure_of and name not in unsure]
    worry = next((each for each in worries if each.claims and not _of_metric(each)), None)
    plan = on_plan(data, lang)
    found = [*([_with_interval(data, first, lang)] if first else []), *([plan] if plan else [])]
    found += [_finding(data, name, lang) for name in sure_of]
    found = found[: MOST - bool(worry) - bool(unsure)] + ([worry] if worry else [])
    if len(found) + 1 < LEAST or len(unsure) < 2:
        found += [_finding(data, name, lang) for name in unsure]
    else:
        found.append(_unsure(data, unsure, lang))
    return [*found, *(_finding(data, name, lang) for name in other)][:MOST]


def _of_metric(finding: Finding) -> bool:
    return any(claim.source in REGISTRY for claim in finding.claims)


def _was(data: OverviewData, name: str) -> bool:
    before = data.before.get(name)
    return before is not None and before.value is not None


def _with_interval(data: OverviewData, first: Finding, lang: str) -> Finding:
    """What changed, with the interval of the change of net revenue."""
    found = data.intervals.get("net_revenue")
    if found is None:
        return first
    text, claims = sure.told(data.asked, "net_revenue", found, lang)
    within = "" if sure.is_sure(found) else say("That is within what days differ anyway.", lang)
    return replace(first, text=together([first.text, text, within], lang), claims=[*first.claims, *claims])


def _unsure(data: OverviewData, names: Sequence[str], lang: str) -> Finding:
    """All whose change may be chance, in one sentence."""
    parts, claims = [], list[Claim]()
    for name in names:
        metric, now, before, found = REGISTRY[name], data.now[name], data.before[name], data.intervals[name]
        unit, currency = metric.unit, data.asked.shop.currency
        was, value = (numbers.value(each.value, unit, lang, currency) for each in (before, now))
        ends = sure.ends_of(name, found, lang, currency)
        facts = {"metric": inside(say(metric.label, lang), lang), "was": was, "value": value}
        parts.append(
            say("{metric} {was} → {value} ({low} to {high})", lang, **facts, low=ends[0], high=ends[1])
        )
        claims += [claim(data.asked, now, value), claim(data.asked, before, was)]
        claims += sure.claimed(data.asked, name, found, ends)
    text = say(
        "Within what days differ anyway, with the 95% interval of the change: {parts}.", lang,
        parts=listing(parts, lang),
    )  # fmt: skip
    return Finding(text, "neutral", claims)


def _finding(data: OverviewData, name: str, lang: str) -> Finding:
    """A metric with its change and the interval of that, where they are known."""
    metric, now, before = REGISTRY[name], data.now[name], data.before.get(name)
    asked, currency = data.asked, data.asked.shop.currency
    value = numbers.value(now.value, metric.unit, lang, currency)
    facts = {"metric": say(metric.label, lang), "value": value}
    claims = [claim(asked, now, value)]
    was = before.value if before else None
    change, direction = changed(metric, now.value or 0.0, was, lang)
    if not change or was is None or before is None:
        text = say("**{metric}**: {value}, with nothing to compare it with.", lang, **facts)
        return Finding(text, "neutral", claims)
    facts["was"] = numbers.value(was, metric.unit, lang, currency)
    claims.append(claim(asked, before, facts["was"]))
    if direction != "flat":
        change_of = moved(metric, now.value or 0.0, was)
        claims.append(derived(asked, "moved", change_of, change, metric=name))
    if direction == "flat":
        text = say("**{metric}** is unchanged at {value}.", lang, **facts)
    elif direction == "up":
        text = say("**{metric}** rose from {was} to **{value}** ({change}).", lang, **facts, change=change)
    else:
        text = say("**{metric}** fell from {was} to **{value}** ({change}).", lang, **facts, change=change)
    found = data.intervals.get(name)
    if found is None or (direction == "flat" and found[0] == found[1]):
        return Finding(text, tone(metric, direction), claims)
    told, more = sure.told(asked, name, found, lang)
    is_sure = sure.is_sure(found)
    is_said = is_sure or direction == "flat"
    within = "" if is_said else say("That is within what days differ anyway.", lang)
    judged = tone(metric, direction) if is_sure else "neutral"
    return Finding(together([text, told, within], lang), judged, [*claims, *more])
