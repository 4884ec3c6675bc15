"""How satisfied customers say they are, by how they were asked, and how many of those asked answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from language import name, numbers, phrase, say, together
from language.reasons import tell
from metrics.metric import BadQuestion
from stories.answered import Answered, answer
from stories.asked import Asked, Check
from stories.blocks import Block, Column, Heading, Table, Text, Warning
from stories.words import heading, shares, texts


@dataclass(frozen=True)
class SatisfactionData:
    """found: the analysis. problem: why there is none."""

    asked: Asked
    found: Answered | None = None
    problem: str = ""


def gather(asked: Asked, checks: Sequence[Check] = (), settings: Mapping[str, Any] = {}) -> SatisfactionData:
    """Answers of the chosen days."""
    if asked.where:
        return SatisfactionData(asked, problem=phrase("Satisfaction takes no filter: take the filters away."))
    try:
        found = answer(asked, "satisfaction", **settings)
    except BadQuestion as problem:
        return SatisfactionData(asked, problem=str(problem))
    if not found.result.n:
        return SatisfactionData(asked, problem=found.result.warnings[0])
    return SatisfactionData(asked, found)


MEASURES = {
    "nps": phrase("Recommendation (NPS)"),
    "csat": phrase("Satisfaction (CSAT)"),
    "ces": phrase("Effort (CES)"),
}


def satisfaction(data: SatisfactionData, lang: str) -> list[Block]:
    title = heading(say("Satisfaction", lang), data.asked, lang)
    if data.found is None:
        return [title, Warning(tell(data.problem, lang))]
    found = data.found
    return [
        title,
        modes(found, lang),
        response(found, lang),
        Heading(say("How it is counted", lang), level=2),
        Text(method(found, lang)),
    ]


def value(x: float | None, measure: str, lang: str) -> str:
    """A score as it is read: +23.2, 76.8%, 2.63."""
    if measure == "nps":
        return numbers.difference(x, "score", lang)
    return numbers.percent(x, lang) if measure == "csat" else numbers.number(x, lang)


def between(low: float | None, high: float | None, measure: str, lang: str) -> str:
    if low is None or high is None:
        return numbers.NONE
    return say("{low} to {high}", lang, low=value(low, measure, lang), high=value(high, measure, lang))


def modes(found: Answered, lang: str) -> Table:
    """Each measure by how it was asked."""
    rows = found.result.scores
    scored = rows.select("measure", "value", "low", "high").rows()
    frame = rows.select(
        "n",
        measure=texts([say(MEASURES[each], lang) for each in rows["measure"]]),
        mode=texts([name(each, lang) for each in rows["mode"]]),
        value=texts([value(found, measure, lang) for measure, found, *_ in scored]),
        interval=texts([between(low, high, measure, lang) for measure, _, low, high in scored]),
    )
    columns = (
        Column("measure", say("Measure", lang)),
        Column("mode", say("Asked", lang)),
        Column("value", say("Score", lang)),
        Column("interval", say("95% interval", lang)),
        Column("n", say("Answers", lang), "integer"),
    )
    return Table(frame, columns, say("By how it was asked", lang), name="satisfaction_modes")


def response(found: Answered, lang: str) -> Table:
    rows = found.result.response
    frame = rows.select(
        "asked", "answered", "value",
        survey=texts([name(each, lang) for each in rows["survey"]]),
        mode=texts([name(each, lang) for each in rows["mode"]]),
        interval=texts([shares(a, b, lang) for a, b in rows.select("low", "high").iter_rows()]),
    )  # fmt: skip
    columns = (
        Column("survey", say("Survey", lang)),
        Column("mode", say("Asked", lang)),
        Column("asked", say("People asked", lang), "integer"),
        Column("answered", say("Answered", lang), "integer"),
        Column("value", say("Response rate", lang), "percent"),
        Column("interval", say("95% interval", lang)),
    )
    return Table(frame, columns, say("Who answered", lang), name="satisfaction_response")


def method(found: Answered, lang: str) -> str:
    told = [
        say(
            "NPS is the share who would recommend (9 or 10 of 10) less the share who would not (0 to 6), "
            "CSAT the share of the two best boxes, CES the mean of the effort scale.", lang,
        ),
        say(
            "An answer counts on the day it was given, an invitation on the day it was sent. Ways of asking "
            "are never pooled: people are kinder to a voice or a face.", lang,
        ),
        *(tell(each, lang) for each in found.result.warnings),
    ]  # fmt: skip
    return together(told, lang)
