"""Promotions' parts, verdicts and method in words."""

from __future__ import annotations

from language import numbers, phrase, say, together
from language.reasons import tell
from stories.answered import Answered
from stories.words import sentence

PARTS = {
    "lift": phrase("Lift while it lasted"),
    "pull_forward": phrase("Two weeks after"),
    "cannibalised": phrase("Substitutes"),
    "halo": phrase("Complements"),
    "net": phrase("All together"),
}
STEPS = {
    "gross": phrase("Lift at usual prices"),
    "reductions": phrase("Reductions"),
    "returns": phrase("Returns beyond the usual"),
    "pull_forward": phrase("Brought forward"),
    "cannibalised": phrase("Cannibalised"),
    "halo": phrase("Halo"),
    "service": phrase("Service requests"),
    "cost": phrase("Costs of the promotion"),
}
CALLS = {
    "supported": phrase("It paid"),
    "not supported": phrase("It did not pay"),
    "inconclusive": phrase("The data cannot tell"),
}
ADVICE = {
    "run again": phrase("Run it again"),
    "change depth": phrase("Change depth or costs"),
    "stop": phrase("Stop it"),
    "test": phrase("Test it"),
}
TONES = {"supported": "good", "not supported": "bad", "inconclusive": "neutral"}
CONTROLS = {
    "other products": phrase("products of other categories that no promotion touched"),
    "other places": phrase("the same products in other places"),
    "calendar": phrase("the weekday and growth of its own other weeks, as everything took part"),
}
PLAN = phrase(
    "leave a random {share} of the customers without the offer next time; a lift of {lift} of the expected "
    "units or more would then be found"
)


def between(low: float | None, high: float | None, unit: str, found: Answered, lang: str) -> str:
    """An interval in its unit: "−12 to 48"."""
    currency = found.asked.shop.currency
    low, high = (numbers.difference(end, unit, lang, currency) for end in (low, high))  # type: ignore[assignment]
    return say("{low} to {high}", lang, low=low, high=high)


def why(found: Answered, promotion: str, lang: str) -> str:
    """The reason of a verdict as a sentence."""
    return sentence(tell(found.result.why[promotion], lang), lang)


def plan(row: dict, lang: str) -> str:
    """The test that would answer, as an action; empty where nothing is known of it."""
    if row["detectable"] is None or row["advice"] != "test":
        return ""
    return say(
        PLAN, lang, share=numbers.percent(0.1, lang, 0), lift=numbers.percent(row["detectable"], lang, 0)
    )


def method(found: Answered, lang: str) -> str:
    told = [
        say(
            "Expected units are those of its base days (eight weeks before it and four from two weeks after "
            "it, without days of other promotions) times how the control moved.", lang,
        ),
        say(
            "Days of the two weeks after it on which other promotions or holidays fall count as the nearest "
            "that can be read.", lang,
        ),
        say(
            "The control is products of other categories; where it is limited to a place, the same products "
            "elsewhere; where everything takes part, the calendar, which is refused on days of a holiday or "
            "a sale of all shops.", lang,
        ),
        say(
            "Intervals hold 95% and are widened by placebos: the same reading of weeks and categories "
            "without a promotion.", lang,
        ),
        say(
            "Complements are products that orders hold together with its own surely more often than by "
            "chance: their change is the halo. What the promotion brings to the control is not seen.", lang,
        ),
        say("Margin is net of returns by order date and less the cost of goods.", lang),
        say(
            "A service request more than usual is counted at {money} (setting ticket_cost).", lang,
            money=numbers.money(float(found.words.get("ticket_cost", 0)), found.asked.shop.currency, lang),
        ),
        *(sentence(tell(each, lang), lang) for each in found.result.warnings),
    ]  # fmt: skip
    return together(told, lang)
