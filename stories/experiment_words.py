"""Experiments in words: units, goals, states, verdicts, method."""

from __future__ import annotations

from language import name, numbers, phrase, say, together
from metrics.experiment import Experiment

UNITS = {"customers": phrase("Customers"), "regions": phrase("Regions"), "products": phrase("Products")}
PER_CUSTOMER = {
    "conversion": phrase("Share who order"),
    "orders": phrase("Orders per customer"),
    "revenue": phrase("Revenue per customer"),
    "order_value": phrase("Revenue per order"),
    "units": phrase("Units per customer"),
}
SUMS = {
    "revenue": phrase("Net revenue"),
    "units": phrase("Units sold"),
    "orders": phrase("Orders"),
    "margin": phrase("Gross margin"),
}
STATES = {
    "without a date": phrase("Without a date"),
    "planned": phrase("Planned"),
    "running": phrase("Running"),
    "over": phrase("Read out"),
}
CALLS = {
    "supported": phrase("Supported"),
    "not supported": phrase("Not supported"),
    "inconclusive": phrase("The data cannot tell"),
}
TONES = {"supported": "good", "not supported": "bad", "inconclusive": "neutral"}


def goal(plan: Experiment, lang: str) -> str:
    label = say((PER_CUSTOMER if plan.units == "customers" else SUMS)[plan.goal], lang)
    return f"{label} · {name(plan.category, lang)}" if plan.category else label


def unit(plan: Experiment) -> str:
    """Of the goal's value."""
    if plan.goal == "conversion":
        return "percent"
    if plan.goal in ("revenue", "order_value", "margin"):
        return "money"
    return "number" if plan.units == "customers" else "integer"


def when(plan: Experiment, lang: str) -> str:
    if plan.start and plan.end:
        return numbers.days(plan.start, plan.end, lang)
    return say("{n} days, no date yet", lang, n=plan.days)


def ends(low: float | None, high: float | None, lang: str) -> str:
    """The interval of a relative change: "−3% to +12%"."""
    if low is None or high is None:
        return numbers.NONE
    return say("{low} to {high}", lang, low=numbers.change(low, lang), high=numbers.change(high, lang))


def assigned(plan: Experiment, lang: str) -> str:
    """How engineers find a customer's arm."""
    level, parts = 0.0, []
    for arm in plan.arms:
        parts.append(
            say("from {low} on: {arm}", lang, low=numbers.number(level, lang), arm=name(arm.name, lang))
        )
        level += arm.share
    return say(
        "A customer's arm: the first 8 hexadecimal digits of SHA-256 of “{salt}:” and the customer's id, "
        "divided by 4294967296, are a number from 0 to 1; {arms}. Any system computes the same.", lang,
        salt=plan.salt, arms="; ".join(parts) if lang == "en" else "；".join(parts),
    )  # fmt: skip


def method(lang: str) -> str:
    told = [
        say(
            "Customers: who ordered in the year before it starts takes part in the arm of their code, "
            "whether anything reached them or not; who bought nothing counts 0. Revenue of customers is "
            "before returns.",
            lang,
        ),
        say(
            "First the sample ratio is checked (chi-square, below 0.001 nothing is read). Shares: Newcombe's "
            "interval and the pooled z test; means and ratios: Welch, ratios by the delta method; means less "
            "what the same customers did in as many days before (CUPED). Several arms and "
            "segments: Holm.", lang,
        ),
        say(
            "Regions and products: what the treated sold by how the control moved, from as many days before "
            "(four weeks at least). The interval is that of the same reading of earlier windows without a "
            "test.",
            lang,
        ),
        say(
            "Prices turn by turn: units of a product and week follow the log of the planned price, with "
            "effects of products and weeks (Poisson pseudo-likelihood), as planned, whatever was asked. The "
            "error is that of the scatter or of the products, whichever is wider, and wider still where the "
            "same schedule laid over earlier weeks finds more. What one product of the test takes from "
            "another is in the elasticity.",
            lang,
        ),
        say(
            "While a test runs, the always-valid interval decides: it holds however often one looks. When it "
            "is over, the 95% interval does. Supported: surely more than the control; not supported: surely "
            "less than the effect that matters.", lang,
        ),
    ]  # fmt: skip
    return together(told, lang)
