"""How satisfied customers say they are: scores, trend, ways of asking, groups, weights, and the money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from language import phrase, say
from language.reasons import tell
from metrics.metric import BadQuestion
from stories import at_risk
from stories.answered import Answered, answer
from stories.asked import Asked, Check
from stories.blocks import Block, Finding, Heading, Row, Text, Warning
from stories.satisfaction_findings import cards, findings
from stories.satisfaction_tables import groups, modes, response, trends, weighting
from stories.satisfaction_words import method
from stories.words import heading, sentence


@dataclass(frozen=True)
class SatisfactionData:
    """found: the analysis. risk: what goes with dissatisfaction in money, None where that cannot be asked.
    problem: why there is none."""

    asked: Asked
    found: Answered | None = None
    risk: Answered | None = None
    problem: str = ""


def gather(asked: Asked, checks: Sequence[Check] = (), settings: Mapping[str, Any] = {}) -> SatisfactionData:
    """Answers of the chosen days. settings: the way of asking (mode)."""
    if asked.where:
        return SatisfactionData(asked, problem=phrase("Satisfaction takes no filter: take the filters away."))
    try:
        found = answer(asked, "satisfaction", **settings)
        if not found.result.n:
            return SatisfactionData(asked, problem=found.result.warnings[0])
        return SatisfactionData(asked, found, answer(asked, "at_risk"))
    except BadQuestion as problem:
        return SatisfactionData(asked, problem=str(problem))


def satisfaction(data: SatisfactionData, lang: str) -> list[Block]:
    title = heading(say("Satisfaction", lang), data.asked, lang)
    if data.found is None:
        return [title, Warning(sentence(tell(data.problem, lang), lang))]
    found = data.found
    return [
        title,
        *cards(found, lang),
        *(Warning(each) for each in turned(found, lang)),
        *told(data, lang),
        Row(trends(found, lang)),
        modes(found, lang),
        response(found, lang),
        *groups(found, lang),
        *(at_risk.blocks(data.risk, lang) if data.risk else []),
        *weighting(found, lang),
        Heading(say("How it is counted", lang), level=2),
        Text(method(found, lang)),
    ]


def told(data: SatisfactionData, lang: str) -> list[Finding]:
    """What the scores say, and which issue goes with the most margin lost."""
    assert data.found
    return [*findings(data.found, lang), *(at_risk.findings(data.risk, lang)[:1] if data.risk else [])]


def turned(found: Answered, lang: str) -> list[str]:
    """Warnings that a scale seems reversed, before all else: then its score says the opposite."""
    return [tell(each, lang) for each in found.result.warnings if "reversed" in each]
