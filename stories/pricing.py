"""Pricing: which prices to move and by how much, and what the data cannot tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from language import name, numbers, phrase, say
from language.reasons import tell
from metrics.metric import BadQuestion
from metrics.turns_plan import EFFECT
from stories import price_simulator, pricing_tables
from stories.answered import Answered, answer
from stories.asked import Asked, Check
from stories.blocks import Block, Finding, Heading, Row, Text, Warning
from stories.named import Named, last_quarter
from stories.pricing_words import method, span
from stories.report import FINDINGS
from stories.words import heading, sentence

MOVES = 3  # told one by one; the table has all


@dataclass(frozen=True)
class PricingData:
    """found: the analysis. problem: why there is none. product, price: what is simulated; "" and None where
    nothing can be.
    """

    asked: Asked
    found: Answered | None = None
    problem: str = ""
    product: str = ""
    price: float | None = None


def gather(
    asked: Asked,
    checks: Sequence[Check] = (),
    settings: Mapping[str, Any] = {},
    product: str = "",
    price: float | None = None,
) -> PricingData:
    """product: the one that is simulated, else the one with most to gain. price: asked for, else its best."""
    if asked.where:
        return PricingData(asked, problem=phrase("Pricing takes no filter: take the filters away."))
    try:
        found = answer(asked, "pricing", **settings)
    except BadQuestion as problem:
        return PricingData(asked, problem=str(problem))
    if not found.result.n:
        return PricingData(asked, problem=found.result.warnings[0])
    known = price_simulator.options(found)
    chosen = product if product in known else next(iter(known), "")
    return PricingData(asked, found, product=chosen, price=price)


def pricing(data: PricingData, lang: str, printed: bool = False) -> list[Block]:
    """printed: on paper, where tables are short and narrow."""
    title = heading(say("Pricing", lang), data.asked, lang)
    if data.found is None:
        return [title, Warning(sentence(tell(data.problem, lang).rstrip(".。"), lang))]
    found = data.found
    simulated = price_simulator.card(found, data.product, data.price, lang) if data.product else []
    return [
        title,
        *findings(found, lang),
        *pricing_tables.moves(found, lang, printed),
        *simulated,
        Heading(say("Elasticities", lang), level=2),
        Row([pricing_tables.intervals(found, lang), pricing_tables.strategy(found, lang)]),
        pricing_tables.products(found, lang, printed),
        *pricing_tables.cross(found, lang),
        Heading(say("Price bands and rivals", lang), level=2),
        pricing_tables.bands(found, lang),
        *pricing_tables.index(found, lang),
        Heading(say("Tests that would tell", lang), level=2),
        pricing_tables.tests(found, lang, printed),
        Heading(say("How it is counted", lang), level=2),
        Text(method(found, lang)),
    ]


def findings(found: Answered, lang: str) -> list[Finding]:
    return [_elasticity(found, lang), *_moves(found, lang), *_refused(found, lang)]


def _elasticity(found: Answered, lang: str) -> Finding:
    result = found.result
    n, known = (numbers.integer(each, lang) for each in (result.n, result.identified))
    claims = [found.claim(n, "summary", "n"), found.claim(known, "summary", "identified")]
    if not result.identified:
        text = say("No price of the {n} products moved in a way that tells how buyers react.", lang, n=n)
        return Finding(text, claims=claims[:1])
    value = numbers.number(result.elasticity, lang, 1)
    text = say(
        "When one price rises by 1% and the others stay, its units change by **{value}%** (95% interval "
        "{interval}%). Of {n} products, the prices of {known} moved enough to tell.", lang,
        value=value, interval=span(result.elasticity_low, result.elasticity_high, lang), n=n, known=known,
    )  # fmt: skip
    printed = {"elasticity": value}
    printed |= {
        end: numbers.number(getattr(result, end), lang, 1) for end in ("elasticity_low", "elasticity_high")
    }
    return Finding(text, claims=claims + [found.claim(t, "summary", name) for name, t in printed.items()])


def _moves(found: Answered, lang: str) -> list[Finding]:
    """The prices that surely earn more within what was seen, those of most profit first."""
    rows = found.result.products
    if rows["cost"].null_count() == len(rows):
        text = say(
            "Without the cost of goods, no price can be judged by its profit: import unit costs.", lang
        )
        return [Finding(text)]
    sure = rows.filter("sure", ~pl.col("against")).sort("profit_more", "product", descending=[True, False])
    disputed = _disputed(found, lang)
    if sure.is_empty():
        if not found.result.identified:
            return []
        text = say("Within the prices that were seen, none surely earns more than today's.", lang)
        return [Finding(text), *disputed]
    count = numbers.integer(len(sure), lang)
    text = say(
        "**{count}** products, each moved alone, would earn more at another price within those already "
        "asked: the whole interval of the gain lies above 0.", lang, count=count,
    )  # fmt: skip
    head = Finding(text, "good", [found.claim(count, "summary", "moves")])
    return [head, *(_move(found, row, lang) for row in sure.head(MOVES).to_dicts()), *disputed]


def _disputed(found: Answered, lang: str) -> list[Finding]:
    if not found.result.disputed:
        return []
    count = numbers.integer(found.result.disputed, lang)
    text = say(
        "Of **{count}** more, profit and strategy point opposite ways: a higher price would earn more, but "
        "their buyers react and rivals contest them.", lang, count=count,
    )  # fmt: skip
    action = say("Test them before the price moves: a rival's answer is not in the data", lang)
    return [Finding(text, "neutral", [found.claim(count, "summary", "disputed")], action=action)]


def _move(found: Answered, row: dict, lang: str) -> Finding:
    currency = found.asked.shop.currency
    price, best = (numbers.money(row[each], currency, lang) for each in ("price", "best"))
    printed = {"price": price, "best": best, "move": numbers.change(row["move"], lang)}
    printed |= {
        f"profit_more{end}": numbers.difference(row[f"profit_more{end}"], "money", lang, currency)
        for end in ("", "_low", "_high")
    }
    text = say(
        "**{name}**: at {best} instead of {price} ({move}), profit a week changes by **{money}** "
        "(95% interval {interval}).", lang, name=row["name"], best=best, price=price, move=printed["move"],
        money=printed["profit_more"],
        interval=say("{low} to {high}", lang, low=printed["profit_more_low"],
                     high=printed["profit_more_high"]),
    )  # fmt: skip
    action = say("Move the price to {best}, and read it again after eight weeks", lang, best=best)
    claims = [found.claim(told, "products", name, product=row["product"]) for name, told in printed.items()]
    return Finding(text, "good", claims, action=action)


def _refused(found: Answered, lang: str) -> list[Finding]:
    """What the data cannot tell, and the cheapest test that would; where none would, the sharpest."""
    result = found.result
    refused = result.n - result.identified
    if not refused:
        return []
    never = numbers.integer(result.never, lang)
    text = say(
        "Of {refused} products the data cannot tell how buyers react; of {never} the price before promotions "
        "never moved.", lang, refused=numbers.integer(refused, lang), never=never,
    )  # fmt: skip
    told = [found.claim(never, "summary", "never")]
    weak = pl.col("detectable") > EFFECT
    cost = pl.when(weak).then("detectable").otherwise("at_risk")
    best = result.tests.sort(weak, cost, "weeks", "many", "category", nulls_last=True).head(1).to_dicts()
    if not best:
        return [Finding(text, claims=told)]
    row = best[0]
    printed = {
        "weeks": numbers.integer(row["weeks"], lang),
        "many": numbers.integer(row["many"], lang),
        "step": numbers.percent(row["step"], lang, 0),
        "detectable": numbers.number(row["detectable"], lang, 1),
    }
    action = say(
        "Test {category}: ask {step} less, today's price and {step} more, turn by turn, for {weeks} weeks "
        "for {many} best sellers; it tells elasticities apart that differ by {detectable}",
        lang, category=name(row["category"] or None, lang), **printed,
    )  # fmt: skip
    if row["at_risk"] is not None:
        printed["at_risk"] = numbers.money(row["at_risk"], found.asked.shop.currency, lang)
        action = say(
            "{action}, with a margin of {money} at risk", lang, action=action, money=printed["at_risk"]
        )
    told += [found.claim(t, "tests", name, category=row["category"]) for name, t in printed.items()]
    return [Finding(text, "neutral", told, action=action)]


def brief(data: PricingData, lang: str) -> list[Finding]:
    return findings(data.found, lang)[:FINDINGS] if data.found else []


REPORT = Named(
    "pricing",
    phrase("Pricing"),
    phrase("which prices to move and by how much, and which test tells the rest"),
    last_quarter,
    gather,
    partial(pricing, printed=True),
    brief,
)
