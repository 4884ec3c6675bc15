"""Retention's settings and cohorts in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from language import name, numbers, phrase, say, together
from language.reasons import tell
from metrics.period import DAY
from stories.answered import Answered
from stories.words import sentence

EVERY = {"day": phrase("Day"), "week": phrase("Week"), "month": phrase("Month")}
AFTER = {"day": phrase("day {n}"), "week": phrase("week {n}"), "month": phrase("month {n}")}
MODES = {
    "on": phrase("Counted is who came back in that very period."),
    "on_or_after": phrase("Counted is who came back in that period or later."),
    "within": phrase("Counted is who came back in that period or earlier."),
    "every": phrase("Counted is who came back in every period so far."),
}
CLOCKS = {
    "calendar": phrase("Periods are those of the calendar, in the shop's time zone."),
    "hours": phrase("Days are of 24 hours from each customer's entry, weeks of 7 such days, months of 30."),
    "rounded": phrase(
        "Days are of 24 hours from the full hour of each customer's entry; weeks are of 7 days and months "
        "of 30, from its day."
    ),
}
PERIODS = {
    "calendar": phrase("Calendar"),
    "hours": phrase("24 hours"),
    "rounded": phrase("From the full hour"),
}
WEEKS = {"monday": phrase("Monday"), "sunday": phrase("Sunday")}
ENTRIES = {"first": phrase("Once"), "each": phrase("Each period")}
TRAITS = {"tier": phrase("Membership tier"), "acquisition_channel": phrase("Channel that won the customer")}
CURVES = {
    "return": phrase("The survival curve shows who has not come back on a later day yet (Kaplan–Meier)."),
    "lapse": phrase("The survival curve shows who has not fallen silent for {n} days yet (Kaplan–Meier)."),
}


def cohort(label: str | None, every: str, lang: str, short: bool = False) -> str:
    """A cohort as people read it: "Jul 2025", "6–12 Jul 2025" (short: its first day), a value of the data."""
    if label is None:
        return name(None, lang)
    try:
        start = date.fromisoformat(label)
    except ValueError:
        return {"early": say("Early", lang), "late": say("Late", lang)}.get(label, name(label, lang))
    if every == "month":
        return numbers.month(start, lang)
    return numbers.day(start, lang) if every == "day" or short else numbers.days(start, start + 6 * DAY, lang)


def after(k: int, found: Answered, lang: str) -> str:
    """ "month 2" """
    return say(AFTER[str(found.result.rules["every"])], lang, n=k)


def method(found: Answered, lang: str) -> str:
    rules = found.result.rules
    curve = CURVES.get(str(rules["curve"]))
    told = [
        _cohorts(rules, lang),
        say(CLOCKS[str(rules["clock"])], lang),
        say(MODES[str(rules["mode"])], lang),
        say("What has not been reached yet is empty, what has begun and is not over is marked by *.", lang),
        say("The average is of those who could have reached the period.", lang),
        say(curve, lang, n=found.words.get("silence_days", "60")) if curve else "",
        say("Intervals hold 95%: Wilson's for shares, Greenwood's on the log-log scale for the curve.", lang),
        *(sentence(tell(each, lang), lang) for each in found.result.warnings),
    ]
    return together(told, lang)


def _cohorts(rules: Mapping, lang: str) -> str:
    by = str(rules["cohort"])
    if rules["entry"] == "each":
        return say("A customer enters anew in each period with such an event: cohorts overlap.", lang)
    if by == "signup":
        return say("Cohorts are by the day the account was opened.", lang)
    if by != "first":
        what = say(TRAITS[by], lang) if by in TRAITS else name(by, lang)
        return say("Cohorts are by {what}.", lang, what=what)
    if rules["of"] == "orders":
        return say("Cohorts are by the first order ever, not the first in the chosen days.", lang)
    return say("Cohorts are by the first visit ever, not the first in the chosen days.", lang)
