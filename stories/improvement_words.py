"""Improvements in words: status, measure, effect and verdict."""

from __future__ import annotations

from language import listing, name, numbers, phrase, say, together
from language.reasons import tell
from metrics.improvement_answer import Measured
from metrics.improvement_record import QUESTION, Improvement
from metrics.metric import REGISTRY
from stories.asked import Asked
from stories.kpi import dimension
from stories.words import sentence

STATUSES = {
    "open": phrase("Open"),
    "in progress": phrase("In progress"),
    "done": phrase("Done"),
    "dropped": phrase("Dropped"),
}
CALLS = {
    "supported": phrase("It helped"),
    "not supported": phrase("It did not help"),
    "inconclusive": phrase("The data cannot tell"),
}
TONES = {"supported": "good", "not supported": "bad", "inconclusive": "neutral"}
ASKED = {"survey": phrase("Survey"), "method": phrase("Way of asking"), "language": phrase("Language")}
COMPARED = {"trend": phrase("with its own trend"), "others": phrase("with the others")}


def unit(metric: str) -> str:
    return "score" if metric.startswith(QUESTION) else REGISTRY[metric].unit


def measure(metric: str, lang: str) -> str:
    """ "On-time delivery", or “delivery” for a question."""
    if metric.startswith(QUESTION):
        question = metric.removeprefix(QUESTION)
        return say("Answers to “{question}”", lang, question=name(question, lang))
    return say(REGISTRY[metric].label, lang)


def column(of: str, lang: str) -> str:
    """A column by which a metric or answers are filtered."""
    return say(ASKED[of], lang) if of in ASKED else dimension(of, lang)


def where(improvement: Improvement, lang: str) -> str:
    """ "Region: Malaysia and Thailand"; empty for all of the shop."""
    parts = [
        say("{column}: {values}", lang, column=column(of, lang),
            values=listing([name(value, lang) for value in values], lang))
        for of, values in improvement.where.items()
    ]  # fmt: skip
    return listing(parts, lang) if parts else ""


def measured_by(improvement: Improvement, lang: str) -> str:
    place = where(improvement, lang)
    label = measure(improvement.metric, lang)
    return say("{metric} ({where})", lang, metric=label, where=place) if place else label


def change(x: float | None, metric: str, asked: Asked, lang: str) -> str:
    return numbers.difference(x, unit(metric), lang, asked.shop.currency)


def interval(found: Measured, metric: str, asked: Asked, lang: str) -> str:
    if found.low is None:
        return numbers.NONE
    low, high = (change(each, metric, asked, lang) for each in (found.low, found.high))
    return say("{low} to {high}", lang, low=low, high=high)


def status(improvement: Improvement, asked: Asked, lang: str) -> str:
    said = say(STATUSES[improvement.status], lang)
    return say("{status}, overdue", lang, status=said) if improvement.is_overdue(asked.shop.last) else said


def verdict(found: Measured, lang: str) -> str:
    """The call, or from when on there is one."""
    if found.effect is None:
        return sentence(tell(found.verdict.reasons[0], lang), lang)
    return say(CALLS[found.verdict.call or "inconclusive"], lang)


def why(found: Measured, lang: str) -> str:
    told = [*found.verdict.reasons, *found.verdict.needed]
    return together([sentence(tell(each, lang), lang) for each in told], lang)


def method(lang: str) -> str:
    told = [
        say(
            "An effect is the mean change of a week's value in up to 12 weeks after the day on which it "
            "was done, from 4 on, beyond what was to be expected; the day itself is left out.", lang,
        ),
        say(
            "To be expected is that the line of up to 52 weeks before goes on (interrupted time series), "
            "or that it moves as the others do (difference in differences). Returns come in later, so they "
            "are read a month later.", lang,
        ),
        say(
            "It helped where the 95% interval lies on the better side; it did not where it lies on the "
            "worse side or leaves out the effect that was expected. After a bad spell nothing is called, "
            "as part of it would have passed by itself.", lang,
        ),
        say(
            "With its own trend alone, a season or another event in the same weeks counts as its effect; "
            "compare with others where it was done in a part of the shop only.", lang,
        ),
        say("Overdue is what was due before the last day of the data and is not done.", lang),
    ]  # fmt: skip
    return together(told, lang)
