"""Service in words: hours, stages and intervals."""

from __future__ import annotations

import polars as pl

from language import numbers, phrase, say, together
from language.reasons import tell
from stories.answered import Answered
from stories.blocks import Claim

STAGES = {
    "response": phrase("opened to first answer"),
    "solving": phrase("first answer to resolved"),
    "again": phrase("resolved to opened again"),
}
PROMISES = {"response": phrase("First answer in time"), "resolution": phrase("Resolved in time")}
SERVICE = phrase("Customer service")  # who does it


def hours(x: float | None, lang: str) -> str:
    """Business hours: "0.4 h", "13.7 h"; below a tenth with two digits, whole ones with none."""
    if x is None:
        return numbers.NONE
    digits = 0 if float(x).is_integer() else 2 if x < 0.095 else 1
    return say("{n} h", lang, n=numbers.number(x, lang, digits))


def between(low: float | None, high: float | None, lang: str) -> str:
    """An interval of hours; its end may not be reached yet."""
    if low is None:
        return numbers.NONE
    if high is None:
        return say("{low} or more", lang, low=hours(low, lang))
    return say("{low} to {high}", lang, low=hours(low, lang), high=hours(high, lang))


def cited(found: Answered, table: str, printed: dict[str, str], **row: object) -> list[Claim]:
    """Claims of numbers as they are printed, by column; what is not known has none."""
    return [
        found.claim(told, table, column, **row) for column, told in printed.items() if told != numbers.NONE
    ]


def method(found: Answered, lang: str) -> str:
    result = found.result
    told = [
        say(
            "Tickets count on the day they were opened and are followed to the last day of the data. Waits "
            "are business hours by the shop's clock ({opens} to {closes} on {days} of 7 days; {day} a "
            "day); medians and P90 are Kaplan–Meier's, in which open tickets count as waiting so far, with "
            "Greenwood's interval.", lang, opens=result.opens, closes=result.closes,
            days=result.workdays, day=hours(result.day_hours, lang),
        ),
        say(
            "In time is a first answer within {respond} and an end within {resolve} of business time. Open "
            "and past it counts as missed; open and not yet due is in neither.", lang,
            respond=hours(result.respond_hours, lang), resolve=hours(result.resolve_hours, lang),
        ),
        say(
            "A conversation is each time a customer turned to service: opening or opening again. What was "
            "opened again and has no later end is counted apart from what is open.", lang,
        ),
        say(
            "Shares carry Wilson's interval, means Student's. Groups are compared with all others and "
            "corrected for many comparisons (Benjamini and Hochberg); groups of few customers are left out.",
            lang,
        ),
        *(sentence(tell(each, lang), lang) for each in result.warnings),
    ]  # fmt: skip
    return together(told, lang)


def sentence(text: str, lang: str) -> str:
    return clause(f"{text[:1].upper()}{text[1:]}", lang)


def clause(text: str, lang: str) -> str:
    """After a colon: as it is, with a full stop."""
    return f"{text.rstrip('.。')}{'。' if lang == 'zh' else '.'}"


def tones(worse_below: bool) -> pl.Expr:
    """good or bad where a group surely differs from others (q, and its interval too), else neutral."""
    apart = (pl.col("difference_high") < 0) | (pl.col("difference_low") > 0)
    sure, below = (pl.col("q") <= 0.05) & apart, pl.col("difference") < 0
    bad = below if worse_below else ~below
    tone = pl.when(sure & bad).then(pl.lit("bad")).when(sure).then(pl.lit("good"))
    return tone.otherwise(pl.lit("neutral"))
