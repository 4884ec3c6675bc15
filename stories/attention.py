"""What needs attention: targets missed, declines, empty shelves, late parcels, incidents, bad data."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from language import listing, name, numbers, phrase, say, together
from metrics.interval import wilson
from metrics.metric import REGISTRY, Metric
from metrics.value import Value
from stories import effects
from stories.blocks import Claim, Finding
from stories.cards import changed, claim, derived, moved, tone
from stories.gather import CARDS, OverviewData

MOST = 8
MISS = 0.02  # of a target, from which a miss is told
DECLINE = 0.05  # of what was, from which a decline is told
SEGMENT = 0.1  # the same for a segment, if it is also 1 % of all net revenue
POINTS = 3.0  # of a score
LATE = 0.1  # of a carrier's parcels

ACTIONS = {
    "net_revenue": phrase("See below which channels, categories and drivers moved it."),
    "orders": phrase("Compare visits and conversion by channel to see which of them is short."),
    "conversion_rate": phrase("Open the card and see on which devices and channels visits stopped buying."),
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
        *_stock(data, lang),
        *_carriers(data, lang),
        *_incidents(data, lang),
        *_quality(data, lang),
    ]
    return [finding for _, finding in sorted(found, key=lambda each: -each[0])[:MOST]]


def _metrics(data: OverviewData, lang: str) -> Iterator[tuple[float, Finding]]:
    for metric_name in CARDS:
        metric, now = REGISTRY[metric_name], data.now[metric_name]
        if now.value is None:
            continue
        missed, miss = _missed(data, metric, now, lang)
        worse, decline = _worse(data, metric, now, lang)
        if missed or worse:
            weight = 1.0 if metric_name == "net_revenue" else 0.6
            text = together([missed, worse], lang)
            effect, claims = _effect(data, metric_name, bool(missed), lang)
            claims = [*_claims(data, metric, bool(missed), bool(worse), lang), *claims]
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


def _worse(data: OverviewData, metric: Metric, now: Value, lang: str) -> tuple[str, float]:
    """A turn for the worse against the comparison, large and beyond chance."""
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
    if direction == "down":
        return say("{metric} fell from {was} to {value} ({change}).", lang, **facts), min(rate, 1.0)
    return say("{metric} rose from {was} to {value} ({change}).", lang, **facts), min(rate, 1.0)


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
            yield -fell / change.before, Finding(text, "bad", found, action, _owner(by, lang), effect)


def _stock(data: OverviewData, lang: str) -> Iterator[tuple[float, Finding]]:
    stock = data.stock
    if stock is None or not stock.count:
        return
    facts = {"n": numbers.integer(stock.count, lang), "of": numbers.integer(stock.of, lang)}
    facts["share"] = numbers.percent(stock.share, lang)
    text = say("**{n} of {of} products** are out of stock; they made {share} of recent sales.", lang, **facts)
    action = say("Order again first: {products}.", lang, products=listing(list(stock.names), lang))
    parts = (
        ("count", stock.count, facts["n"]),
        ("of", stock.of, facts["of"]),
        ("share", stock.share, facts["share"]),
    )
    claims = [
        derived(data.asked, "stock", value, printed, part=part, day=str(data.asked.shop.last))
        for part, value, printed in parts
    ]
    effect = say("up to {share} of sales", lang, share=facts["share"])
    advice = (action, say("Merchandising", lang), effect) if stock.names else ()
    yield stock.share + 0.03, Finding(text, "bad", claims, *advice)


def _carriers(data: OverviewData, lang: str) -> Iterator[tuple[float, Finding]]:
    if data.carriers is None:
        return
    for carrier, parcels, late in data.carriers.head(1).rows():
        low, _ = wilson(late, parcels) or (0.0, 0.0)
        if low > LATE:
            facts = {
                "carrier": carrier,
                "late": numbers.integer(late, lang),
                "parcels": numbers.integer(parcels, lang),
                "share": numbers.percent(late / parcels, lang),
            }
            text = say("**{carrier}** delivered {late} of {parcels} parcels late ({share}).", lang, **facts)
            action = say("Agree on a plan with the carrier, or move parcels to another.", lang)
            parts = (("late", late), ("parcels", parcels), ("share", late / parcels))
            claims = [
                derived(data.asked, "late", value, facts[part], carrier=carrier, part=part)
                for part, value in parts
            ]
            effect = say("up to {late} more parcels on time", lang, late=facts["late"])
            yield late / parcels * 0.6, Finding(text, "bad", claims, action, say("Logistics", lang), effect)


def _incidents(data: OverviewData, lang: str) -> Iterator[tuple[float, Finding]]:
    for incident, kind, start in data.happened.open.select("name", "kind", "start").rows():
        facts = {"incident": incident, "kind": name(kind, lang), "day": numbers.day(start, lang)}
        text = say("Still open: **{incident}** ({kind}), since {day}.", lang, **facts)
        action, owner = say("Ask who is on it, and when it will be over.", lang), say("Shop operations", lang)
        yield 0.08, Finding(text, "neutral", action=action, owner=owner)


def _quality(data: OverviewData, lang: str) -> Iterator[tuple[float, Finding]]:
    tables = sorted({check.table for check in data.checks})
    if tables:
        facts = {"n": numbers.integer(len(data.checks), lang), "tables": listing(tables, lang)}
        text = say(
            "**Data checks failed: {n}**, in {tables}. Numbers from there may be wrong.", lang, **facts
        )
        claims = [derived(data.asked, "failed_checks", len(data.checks), facts["n"])]
        action, owner = say("Open the page Data and read the quality report.", lang), say("Data team", lang)
        effect = say("numbers that can be trusted", lang)
        yield 0.15, Finding(text, "bad", claims, action, owner, effect)


def _owner(by: str, lang: str) -> str:
    return say("Marketing", lang) if by == "channel" else say("Merchandising", lang)
