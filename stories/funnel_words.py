"""The funnel's steps and rules in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from language import listing, name, numbers, phrase, say, together
from metrics.funnel import PRESETS
from metrics.rules import Rules
from metrics.steps import steps
from stories.answered import Answered

COUNTED = {
    "customers": phrase("Customers count once, by the attempt that comes furthest."),
    "sessions": phrase("Each visit counts on its own."),
    "totals": phrase("Every attempt counts; a customer may begin again when an attempt has ended."),
}
ORDERS = {
    "ordered": phrase("The steps follow one another; other events may come between."),
    "strict": phrase("The steps follow one another with no other event between."),
    "any": phrase("The steps may come in any order."),
}
# The products' own names; ours is that of the app.
PRODUCTS = {
    "plumbline": "Plumbline",
    "clickhouse": "ClickHouse",
    "mixpanel": "Mixpanel",
    "amplitude": "Amplitude",
    "ga4": "Google Analytics 4",
    "posthog": "PostHog",
}


def step_name(written: str, lang: str) -> str:
    """A step as people read it: "cart (device: Mobile)"."""
    step = steps((written,))[0]
    filters = [
        f"{name(each.column, lang)}{' ≠ ' if each.negative else ': '}"
        f"{', '.join(name(value, lang) for value in each.values)}"
        for each in step.filters
    ]
    told = name(step.event, lang).replace("_", " ")
    return f"{told} ({'; '.join(filters)})" if filters else told


def step_names(found: Answered, lang: str) -> list[str]:
    return [step_name(label, lang) for label in found.result.steps["label"]]


def window(days: float | None, lang: str) -> str:
    if days is None:
        return say("without end", lang)
    return numbers.duration(days * 86_400, lang)


def method(rules: Rules, lang: str, preset: str | None = None) -> str:
    """How the funnel was counted, in a few sentences."""
    kept = listing([name(each, lang) for each in rules.hold], lang)
    told = [
        say("The first step lies in the chosen days.", lang),
        say("All the others, too.", lang) if rules.inside else "",
        say("Time for all steps: {window}, from the first on.", lang, window=window(rules.window_days, lang)),
        say(ORDERS[rules.order], lang),
        say(COUNTED[rules.count], lang),
        say("The same throughout an attempt: {what}.", lang, what=kept) if rules.hold else "",
        say("Events within {n} seconds count as at once.", lang, n=f"{rules.grace_seconds:g}")
        if rules.grace_seconds
        else "",
        say("An attempt ends at: {what}.", lang, what=listing(list(rules.exclude), lang))
        if rules.exclude
        else "",
        say("These are the rules of {product}.", lang, product=PRODUCTS[preset]) if preset else "",
        say("Intervals hold 95%: Wilson's for shares, Newcombe's for differences of shares.", lang),
    ]
    return together(told, lang)


def rules_of(settings: Mapping[str, Any], labels: tuple[str, ...]) -> Rules:
    """The rules that a funnel with these settings had."""
    known = {each: settings[each] for each in Rules.__dataclass_fields__ if each in settings}
    return Rules(**{**known, "steps": labels, **PRESETS.get(settings.get("preset") or "", {})})
