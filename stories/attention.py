"""What needs attention: targets missed, declines, and what troubles.py adds, the most important first."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from language import name, numbers, phrase, say, together
from metrics.metric import REGISTRY, Metric
from metrics.value import Value
from stories import effects, sure, troubles
from stories.blocks import Claim, Finding
from stories.cards import changed, claim, derived, moved, tone
from stories.gather import CARDS, OverviewData

MOST = 8
MISS = 0.02  # of a target, from which a miss is told
DECLINE = 0.05  # of what was, from which a decline is told
SEGMENT = 0.1  # the same for a segment, if it is also 1 % of all net revenue
POINTS = 3.0  # of a score

ACTIONS = {
    "net_revenue": phrase("See below which channels, categories and drivers moved it."),
    "orders": phrase("Compare visits and conversion by channel to see which of them is short."),
    "conversion_rate": phrase("Find the devices and channels whose visits stopped buying."),
    "average_order_value": phrase("Look at items per order and discounts."),
    "buyers": phrase("Check new buyers and the repeat rate to see which of them is short."),
    "new_buyers": phrase("Check which channel brings fewer new buyers."),
    "cac": phrase("Move spend from channels where a new buyer costs most; see the channel table."),
    "roas": phrase("Cut the campaigns that bring the least revenue for their spend."),
    "margin_rate": phrase("Look at discounts and at categories with a low margin."),
    "return_rate": phrase("Look at the products and reasons behind the returns."),
    "on_time_rate": phrase("Speak to the carrier with the most late parcels."),
    "nps": phrase("Read the comments of detractors of these days."),
}


def attention(data: OverviewData, lang: str) -> list[Finding]:
    """The most important first, at most eight. Importance is about the part of net revenue concerned."""
    found = [
        *_metrics(data, lang),
        *_segments(data, lang),
        *troubles.stock(data, lang),
        *troubles.carriers(data, lang),
        *troubles.incidents(data, lang),
        *troubles.quality(data, lang),
    ]
    return [finding for _, finding in sorted(found, key=lambda each: -each[0])[:MOST]]


def _metrics(data: OverviewData, lang: str) -> Iterator[tuple[float, Finding]]:
    for metric_name in CARDS:
        metric, now = REGISTRY[metric_name], data.now[metric_name]
        if now.value is None:
            continue
        missed, miss = _missed(data, metric, now, lang)
        worse, decline = _worse(data, metric, now, lang, is_named=bool(missed))
        if missed or worse:
            weight = 1.0 if metric_name == "net_revenue" else 0.6
            how_sure, ends = _how_sure(data, metric, bool(worse), lang)
            text = together([missed, worse, how_sure], lang)
            effect, claims = _effect(data, metric_name, bool(missed), lang)
            claims = [*_claims(data, metric, bool(missed), bool(worse), lang), *claims, *ends]
            action, owner = say(ACTIONS[metric_name], lang), effects.owner(metric_name, lang)
            yield weight * max(miss, decline), Finding(text, "bad", claims, action, owner, effect)


def _claims(data: OverviewData, metric: Metric, missed: bool, worse: bool, lang: str) -> list[Claim]:
    now, before, plan = data.now[metric.name], data.before.get(metric.name), data.plan.get(metric.name)

    def shown(value: float | None) -> str:
        return numbers.value(value, metric.unit, lang, data.asked.shop.currency)

    found = [claim(data.asked, now, shown(now.value))]
    if missed and plan:
        found.append(derived(data.asked, "target", plan.target, shown(plan.target), metric=metric.name))
    if worse and before and before.value is not None and now.value is not None:
        rate, text = moved(metric, now.value, before.value), changed(metric, now.value, before.value, lang)[0]
        found.append(claim(data.asked, before, shown(before.value)))
        found.append(derived(data.asked, "moved", rate, text, metric=metric.name))
    return found


def _how_sure(data: OverviewData, metric: Metric, worse: bool, lang: str) -> tuple[str, list[Claim]]:
    """The interval of the change where that is told, else of the share; empty where there is none."""
    now, found = data.now[metric.name], data.intervals.get(metric.name)
    if worse and found:
        return sure.told(data.asked, metric.name, found, lang)
    if now.low is None or now.high is None:
        return "", []
    low, high, n = (
        numbers.percent(now.low, lang),
        numbers.percent(now.high, lang),
        numbers.integer(now.n, lang),
    )
    claims = [
        derived(data.asked, part, value, printed, metric=metric.name)
        for part, value, printed in (("low", now.low, low), ("high", now.high, high), ("n", now.n, n))
    ]
    return say("95% interval {low} to {high}, n {n}.", lang, low=low, high=high, n=n), claims


def _effect(data: OverviewData, metric: str, missed: bool, lang: str) -> tuple[str, list[Claim]]:
    """What closing the gap to the target, else to the comparison, would bring."""
    plan, before = data.plan.get(metric), data.before.get(metric)
    reference = plan.target if missed and plan else before.value if before else None
    amount = None if reference is None else effects.gap(metric, reference, data.now)
    if amount is None:
        return "", []
    text, printed = effects.told(metric, amount, lang, data.asked.shop.currency)
    to = "target" if missed else "before"
    return text, [derived(data.asked, "effect", amount, printed, metric=metric, to=to)] if text else []


def _missed(data: OverviewData, metric: Metric, now: Value, lang: str) -> tuple[str, float]:
    """The target that was missed by more than chance would explain, and by which part of it."""
    plan, currency = data.plan.get(metric.name), data.asked.shop.currency
    if plan is None or plan.met is not False or not plan.target or now.value is None:
        return "", 0.0
    if now.low is not None and now.high is not None and now.low <= plan.target <= now.high:
        return "", 0.0
    facts = {
        "metric": say(metric.label, lang),
        "value": numbers.value(now.value, metric.unit, lang, currency),
        "target": numbers.value(plan.target, metric.unit, lang, currency),
    }
    size = min(abs(now.value / plan.target - 1), 1.0)
    if size < MISS:
        return "", 0.0
    if metric.better == "lower":
        return say("**{metric}**: {value}, above the target of {target}.", lang, **facts), size
    return say("**{metric}**: {value}, below the target of {target}.", lang, **facts), size


def _worse(data: OverviewData, metric: Metric, now: Value, lang: str, is_named: bool) -> tuple[str, float]:
    """A turn for the worse against the comparison, large and beyond chance. is_named: in the text before."""
    before = data.before.get(metric.name)
    if before is None or before.value is None or now.value is None:
        return "", 0.0
    text, direction = changed(metric, now.value, before.value, lang)
    rate = abs(now.value / before.value - 1) if before.value > 0 else 0.0
    if metric.unit == "score":
        large = abs(now.value - before.value) >= POINTS
        rate = abs(now.value - before.value) / 100
    else:
        large = rate >= DECLINE
    if tone(metric, direction) != "bad" or not large or not _apart(now, before):
        return "", 0.0
    facts = {
        "metric": say(metric.label, lang),
        "was": numbers.value(before.value, metric.unit, lang, data.asked.shop.currency),
        "value": numbers.value(now.value, metric.unit, lang, data.asked.shop.currency),
        "change": text,
    }
    if direction == "down" and is_named:
        text = say("It fell from {was} ({change}).", lang, **facts)
    elif direction == "down":
        text = say("{metric} fell from {was} to {value} ({change}).", lang, **facts)
    elif is_named:
        text = say("It rose from {was} ({change}).", lang, **facts)
    else:
        text = say("{metric} rose from {was} to {value} ({change}).", lang, **facts)
    return text, min(rate, 1.0)


def _apart(a: Value, b: Value) -> bool:
    """Whether two shares differ beyond their intervals; what has none is taken as it is."""
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return True
    return a.high < b.low or b.high < a.low


def _segments(data: OverviewData, lang: str) -> Iterator[tuple[float, Finding]]:
    currency = data.asked.shop.currency
    for by, change in data.changes.items():
        if not change.before:
            continue
        lost = change.segments.filter(
            pl.col("segment").is_not_null(),
            pl.col("change") <= -SEGMENT * pl.col("before"),
            pl.col("change") <= -0.01 * change.before,
        )
        for segment, was, fell in lost.select("segment", "before", "change").head(2).rows():
            facts = {
                "segment": name(segment, lang),
                "amount": numbers.compact_money(-fell, currency, lang),
                "change": numbers.change(fell / was, lang),
            }
            told = {"by": by, "segment": segment}
            rate = derived(data.asked, "change", fell / was, facts["change"], part="rate", **told)
            found = [derived(data.asked, "change", fell, facts["amount"], **told), rate]
            effect = say("{amount} of net revenue", lang, amount=facts["amount"])
            if by == "channel":
                text = say("**{segment}** lost {amount} of net revenue ({change}).", lang, **facts)
                action = say("Check its visits, conversion and spend in the channel table.", lang)
            else:
                text = say(
                    "The category **{segment}** lost {amount} of net revenue ({change}).", lang, **facts
                )
                action = say("Check stock, prices and returns of its best sellers.", lang)
            ends = data.groups[by].intervals.get(segment)
            if ends:
                how_sure, more = sure.told(data.asked, sure.MAIN, ends, lang, **told)
                text, found = together([text, how_sure], lang), [*found, *more]
            yield -fell / change.before, Finding(text, "bad", found, action, _owner(by, lang), effect)


def _owner(by: str, lang: str) -> str:
    return say("Marketing", lang) if by == "channel" else say("Merchandising", lang)
