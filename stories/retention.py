"""Retention: of those who first came in a month, how many come back, when, and what they bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from language import phrase, say
from metrics.analysis import ANALYSES
from metrics.metric import BadQuestion
from stories import retention_charts, retention_tables
from stories.answered import Answered, answer, of_events
from stories.asked import Asked, Check
from stories.blocks import Block, Heading, Row, Text, Warning
from stories.retention_findings import findings
from stories.retention_words import method
from stories.words import heading

COMPARED = tuple(ANALYSES["retention_definitions"].settings)  # settings that all products share


@dataclass(frozen=True)
class RetentionData:
    """found: the analysis. same: its returns by other products' rules; only where it has no other rules than
    ours. problem: why there is none.
    """

    asked: Asked
    settings: Mapping[str, Any]
    found: Answered | None = None
    same: Answered | None = None
    problem: str = ""


def gather(asked: Asked, checks: Sequence[Check] = (), settings: Mapping[str, Any] = {}) -> RetentionData:
    """settings: those of the analysis that are not as usual. Cohorts are of the chosen days."""
    mine = of_events(asked, "en")[0]
    if mine.tables("events") is None and settings.get("of") != "orders":
        return RetentionData(asked, settings, problem=phrase("needs the table events: import it"))
    usual = {"every": "week" if mine.elapsed.days <= 92 else "month", "week_start": asked.shop.week_start}
    given = {**usual, **settings}
    try:
        found, same = answer(mine, "retention", **given), None
        if _ours(settings):
            own = {each: value for each, value in given.items() if each in COMPARED}
            same = answer(mine, "retention_definitions", **own)
        return RetentionData(asked, settings, found, same)
    except BadQuestion as problem:
        return RetentionData(asked, settings, problem=str(problem))


def _ours(settings: Mapping[str, Any]) -> bool:
    """Whether nothing is set that the products differ in."""
    own = ANALYSES["retention"].settings
    return all(
        value == own[each].default for each, value in settings.items() if each not in (*COMPARED, "curve")
    )


def retention(data: RetentionData, lang: str) -> list[Block]:
    title, left_out = heading(say("Retention", lang), data.asked, lang), of_events(data.asked, lang)[1]
    if data.found is None or data.found.result.n == 0:
        nobody = phrase("Nobody came for the first time on these days. Choose other days or fewer filters.")
        return [title, *left_out, Warning(say(data.problem or nobody, lang))]
    return [
        title,
        *left_out,
        *findings(data.found, lang),
        retention_charts.heat(data.found, lang),
        Row([retention_charts.curves(data.found, lang), retention_charts.survival(data.found, lang)]),
        *retention_tables.cohorts(data.found, lang),
        *retention_tables.medians(data.found, lang),
        *retention_tables.definitions(data.same, lang),
        Heading(say("How it is counted", lang), level=2),
        Text(method(data.found, lang)),
    ]
