"""Satisfaction's measures, groups and method in words."""

from __future__ import annotations

from language import inside, name, numbers, phrase, say, together
from language.reasons import tell
from stories.answered import Answered
from stories.words import sentence

MEASURES = {
    "nps": phrase("Recommendation (NPS)"),
    "csat": phrase("Satisfaction (CSAT)"),
    "ces": phrase("Effort (CES)"),
}
SHORT = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}
BETTER = {"nps": 1, "csat": 1, "ces": -1}  # the sign of a change for the better
MARGINS = {
    "parcel": phrase("Delivery"),
    "returned": phrase("Goods"),
    "service": phrase("After-sales"),
    "orders": phrase("Orders so far"),
    "segment": phrase("Membership tier"),
    "region": phrase("Region"),
    "channel": phrase("Channel"),
    "age": phrase("Age group"),
}
GROUPS = {
    ("parcel", "late"): phrase("arrived late"),
    ("parcel", "on time"): phrase("arrived on time"),
    ("parcel", "none"): phrase("taken away at once"),
    ("returned", "returned"): phrase("sent something back"),
    ("returned", "kept"): phrase("kept everything"),
    ("service", "asked"): phrase("asked for service"),
    ("service", "not asked"): phrase("did not ask for service"),
    ("orders", "first"): phrase("first order"),
    ("orders", "2 to 3"): phrase("second or third order"),
    ("orders", "4 and more"): phrase("fourth order or later"),
}
ISSUES = {
    "late parcel": phrase("Parcel came late"),
    "complaint": phrase("Complained"),
    "detractor": phrase("Would not recommend (0 to 6)"),
    "low rating": phrase("Rated low: {driver}"),
}
WAYS = {
    "online": phrase("Online"),
    "phone": phrase("By phone"),
    "field": phrase("Field visits"),
    "pooled": phrase("All ways together"),
}


def value(x: float | None, measure: str, lang: str) -> str:
    """A score as it is read: +23.2, 76.8%, 2.63."""
    if measure == "nps":
        return numbers.difference(x, "score", lang)
    return numbers.percent(x, lang) if measure == "csat" else numbers.number(x, lang)


def change(x: float | None, measure: str, lang: str) -> str:
    """A difference of scores: +19.5, −5.7 pp, +0.2."""
    return numbers.points(x, lang) if measure == "csat" else numbers.difference(x, UNITS[measure], lang)


UNITS = {"nps": "score", "csat": "percent", "ces": "number"}


def between(low: float | None, high: float | None, measure: str, lang: str) -> str:
    if low is None or high is None:
        return numbers.NONE
    return say("{low} to {high}", lang, low=value(low, measure, lang), high=value(high, measure, lang))


def changes(low: float | None, high: float | None, measure: str, lang: str) -> str:
    if low is None or high is None:
        return numbers.NONE
    return say("{low} to {high}", lang, low=change(low, measure, lang), high=change(high, measure, lang))


def way(mode: str | None, lang: str) -> str:
    """A way of asking."""
    return say(WAYS[mode], lang) if mode in WAYS else name(mode, lang)


def inside_way(mode: str | None, lang: str) -> str:
    """A way of asking inside a sentence."""
    return inside(way(mode, lang), lang)


def group(by: str, of: str | None, lang: str) -> str:
    """A group of a margin: "arrived late", "Singapore", "25 to 34"."""
    if (by, of) in GROUPS:
        return say(GROUPS[by, str(of)], lang)
    if by == "age" and of:
        return _age(of, lang)
    return say("others", lang) if of == "other" else name(of, lang)


def _age(band: str, lang: str) -> str:
    words = band.split()
    if words[0] == "under":
        return say("under {age}", lang, age=words[1])
    if words[-1] == "over":
        return say("{age} and over", lang, age=words[0])
    return say("{low} to {high}", lang, low=words[0], high=words[2]) if len(words) == 3 else name(band, lang)


def issue(kind: str, driver: str | None, lang: str) -> str:
    return say(ISSUES[kind], lang, driver=name(driver, lang)) if driver else say(ISSUES[kind], lang)


def method(found: Answered, lang: str) -> str:
    told = [
        say(
            "NPS is the share who would recommend (9 or 10 of 10) less the share who would not (0 to 6), "
            "with a multinomial interval; CSAT the share of the two best boxes, with Wilson's; CES the mean "
            "of the effort scale, with Student's. All hold 95%.", lang,
        ),
        say(
            "An answer counts on the day it was given, an invitation on the day it was sent. Ways of asking "
            "are never pooled unless you choose so: people are kinder to a voice or a face.", lang,
        ),
        say(
            "Weights make those who answered like all orders of known customers that arrived, margin by "
            "margin (raking); the interval is widened by Kish's design effect. What the silent feel beyond "
            "these margins is not seen.", lang,
        ),
        say(
            "A month is tested against the one before, a group against all others, a way of asking against "
            "the one shown; q is corrected for how many were tested (Benjamini and Hochberg), and 0.05 is "
            "the line.", lang,
        ),
        *(sentence(tell(each, lang), lang) for each in found.result.warnings),
    ]  # fmt: skip
    return together(told, lang)
