"""Pricing's rules, calls and method in words."""

from __future__ import annotations

from language import numbers, phrase, say, together
from language.reasons import tell
from stories.answered import Answered
from stories.words import sentence

RULES = {
    "margin": phrase("Earn margin"),
    "volume": phrase("Win volume"),
    "hold": phrase("Hold"),
    "test": phrase("Test it"),
    "": phrase("Rivals are not known"),
}
CALLS = {
    "elastic": phrase("Buyers react"),
    "inelastic": phrase("Buyers hardly react"),
    "unclear": phrase("Not clear"),
    "substitutes": phrase("Replace one another"),
    "complements": phrase("Bought together"),
    "": phrase("The data cannot tell"),
}
MOVE = {  # by whether the gain is sure, and against the rule
    (True, False): phrase("Move it"),
    (True, True): phrase("Test first"),
    (False, False): phrase("Not clear"),
    (False, True): phrase("Not clear"),
}
TONES = {"elastic": "neutral", "inelastic": "good", "unclear": "neutral", "": "neutral"}


def span(low: float | None, high: float | None, lang: str, digits: int = 1) -> str:
    """The interval of an elasticity: "−3.4 to −1.6"."""
    if low is None or high is None:
        return numbers.NONE
    return say("{low} to {high}", lang, low=numbers.number(low, lang, digits),
               high=numbers.number(high, lang, digits))  # fmt: skip


def method(found: Answered, lang: str) -> str:
    result = found.result
    told = [
        say(
            "Elasticity is by how many percent units change when a price rises by 1%. Units by week from "
            "{days} follow the log of the price before reductions, with effects of products and weeks "
            "(Poisson pseudo-likelihood); promotions stand apart, and days without stock do not count.", lang,
            days=numbers.days(result.start, result.end, lang),
        ),
        say(
            "A product is partly pooled: the less its own weeks tell, the more its category's elasticity "
            "counts. It is told only with 3 different prices, 12 weeks on sale, and a price that moved by "
            "1% beyond promotions and weeks.", lang,
        ),
        say(
            "When all prices of a category move together, what is bought in the same orders goes with them, "
            "between none of it and all; that interval is wider. Whether buyers turn to other products "
            "instead is not in it.", lang,
        ),
        say(
            "The simulator stays within the prices that were seen. Profit is what buyers pay after their "
            "usual reductions, less the cost of goods; returns and other products in the same orders are not "
            "in it, and units sold today are taken as they are.", lang,
        ),
        say(
            "Contested is a product that a rival who can deliver it sells for at most {contested} more than "
            "the shop; only matched products count. Earn margin: buyers hardly react and it is not "
            "contested. Win volume: buyers react and it is contested. Hold: both are known and neither rule "
            "fits. Test it: the elasticity is not clear.",
            lang, contested=numbers.percent(result.contested, lang, 0),
        ),
        *(sentence(tell(each, lang), lang) for each in result.warnings),
    ]  # fmt: skip
    return together(told, lang)
