"""Troubles that raw tables tell: empty shelves, late parcels, incidents, bad data; each with its weight."""

from __future__ import annotations

from collections.abc import Iterator

from language import listing, name, numbers, say
from metrics.interval import wilson
from stories.blocks import Finding
from stories.cards import derived
from stories.data import called
from stories.gather import OverviewData

LATE = 0.1  # of a carrier's parcels


def stock(data: OverviewData, lang: str) -> Iterator[tuple[float, Finding]]:
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


def carriers(data: OverviewData, lang: str) -> Iterator[tuple[float, Finding]]:
    if data.carriers is None:
        return
    for carrier, parcels, late in data.carriers.head(1).rows():
        low, high = wilson(late, parcels) or (0.0, 1.0)
        if low > LATE:
            facts = {
                "carrier": carrier,
                "late": numbers.integer(late, lang),
                "parcels": numbers.integer(parcels, lang),
                "share": numbers.percent(late / parcels, lang),
                "low": numbers.percent(low, lang),
                "high": numbers.percent(high, lang),
            }
            text = say(
                "**{carrier}** delivered {late} of {parcels} parcels late ({share}). "
                "95% interval {low} to {high}.", lang, **facts,
            )  # fmt: skip
            action = say("Agree on a plan with the carrier, or move parcels to another.", lang)
            parts = (
                ("late", late),
                ("parcels", parcels),
                ("share", late / parcels),
                ("low", low),
                ("high", high),
            )
            claims = [
                derived(data.asked, "late", value, facts[part], carrier=carrier, part=part)
                for part, value in parts
            ]
            effect = say("up to {late} more parcels on time", lang, late=facts["late"])
            yield late / parcels * 0.6, Finding(text, "bad", claims, action, say("Logistics", lang), effect)


def incidents(data: OverviewData, lang: str) -> Iterator[tuple[float, Finding]]:
    for incident, kind, start in data.happened.open.select("name", "kind", "start").rows():
        facts = {"incident": incident, "kind": name(kind, lang), "day": numbers.day(start, lang)}
        text = say("Still open: **{incident}** ({kind}), since {day}.", lang, **facts)
        action, owner = say("Ask who is on it, and when it will be over.", lang), say("Shop operations", lang)
        yield 0.08, Finding(text, "neutral", action=action, owner=owner)


def quality(data: OverviewData, lang: str) -> Iterator[tuple[float, Finding]]:
    tables = sorted({check.table for check in data.checks})
    if tables:
        facts = {
            "n": numbers.integer(len(data.checks), lang),
            "tables": listing([called(each, lang) for each in tables], lang),
        }
        text = say(
            "**Data checks failed: {n}**, in {tables}. Numbers from there may be wrong.", lang, **facts
        )
        claims = [derived(data.asked, "failed_checks", len(data.checks), facts["n"])]
        action, owner = (
            say("Read the quality report: on the page Data, and in the appendix of reports.", lang),
            say("Data team", lang),
        )
        effect = say("numbers that can be trusted", lang)
        yield 0.15, Finding(text, "bad", claims, action, owner, effect)
