"""The report of satisfaction: scores, their trend, what goes with them, what may be at risk, the method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from language import phrase, say
from language.reasons import tell
from metrics.improvement_record import QUESTION
from stories import at_risk, drivers, improvement, satisfaction, theme_words, themes
from stories.asked import Asked, Check
from stories.blocks import Block, Finding, Heading, Row, Text, Warning
from stories.drivers import DriversData
from stories.improvement_findings import Plan
from stories.named import Named, last_quarter
from stories.report import FINDINGS
from stories.satisfaction import SatisfactionData
from stories.satisfaction_findings import cards
from stories.satisfaction_tables import groups, modes, response, trends, weighting
from stories.satisfaction_words import method
from stories.themes import ThemesData
from stories.words import heading, sentence

MEASURES = ("nps", "csat", "review_score", QUESTION)  # of the improvements that are told here


@dataclass(frozen=True)
class Gathered:
    said: SatisfactionData
    behind: DriversData
    written: ThemesData
    plan: Plan


def collect(asked: Asked, checks: Sequence[Check] = ()) -> Gathered:
    return Gathered(
        satisfaction.gather(asked, checks),
        drivers.gather(asked, checks),
        themes.gather(asked, checks),
        improvement.gather(asked, checks),
    )


def report(data: Gathered, lang: str) -> list[Block]:
    title = heading(say("Satisfaction", lang), data.said.asked, lang)
    found, behind = data.said.found, data.behind.found
    if found is None:
        return [title, Warning(sentence(tell(data.said.problem, lang), lang))]
    risk = data.said.risk
    return [
        title,
        *cards(found, lang),
        *(Warning(each) for each in satisfaction.turned(found, lang)),
        *satisfaction.told(data.said, lang),
        Row(trends(found, lang)),
        Heading(say("Drivers", lang), level=2),
        *drivers.drivers(data.behind, lang)[1 : -2 if behind else None],
        *themes.section(data.written, lang),
        *([Heading(say("At risk", lang), level=2), *at_risk.blocks(risk, lang)] if risk else []),
        *improvement.section(data.plan, lang, MEASURES),
        Heading(say("Who answered", lang), level=2),
        modes(found, lang),
        response(found, lang),
        *groups(found, lang),
        *weighting(found, lang),
        Heading(say("How it is counted", lang), level=2),
        Text(method(found, lang)),
        *([Text(drivers.method(behind, lang))] if behind else []),
        *([Text(theme_words.method(data.written.found, lang))] if data.written.found else []),
    ]


def brief(data: Gathered, lang: str) -> list[Finding]:
    """The score of all, what goes with it, and what may be at risk."""
    if data.said.found is None:
        return []
    said = satisfaction.told(data.said, lang)
    behind = drivers.findings(data.behind.found, lang) if data.behind.found else []
    risk = at_risk.findings(data.said.risk, lang) if data.said.risk else []
    sure = [each for each in said[1:] if each.tone != "neutral" and each not in risk]
    return [*said[:1], *risk[:1], *behind[:2], *sure][:FINDINGS]


REPORT = Named(
    "satisfaction",
    phrase("Satisfaction"),
    phrase("what customers say, what goes with it, and what may be at risk"),
    last_quarter,
    collect,
    report,
    brief,
)
