"""After-sales service: how fast it answers and solves, what is open, where tickets wait, who asks and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from charts.chart import Mark
from language import phrase, say
from language.reasons import tell
from metrics.metric import BadQuestion
from stories import service_tables as tables
from stories.answered import Answered, answer
from stories.asked import Asked, Check
from stories.blocks import Block, Heading, Row, Text, Warning
from stories.figures import Figure, cards
from stories.happened import happened
from stories.service_findings import findings
from stories.service_words import PROMISES, clause, method
from stories.words import heading


@dataclass(frozen=True)
class ServiceData:
    """found: the analysis; earlier: that of the comparison. problem: why there is none."""

    asked: Asked
    found: Answered | None = None
    earlier: Answered | None = None
    problem: str = ""
    marks: tuple[Mark, ...] = ()


def gather(asked: Asked, checks: Sequence[Check] = (), settings: Mapping[str, Any] = {}) -> ServiceData:
    try:
        found = answer(asked, "service", **settings)
    except BadQuestion as problem:
        return ServiceData(asked, problem=str(problem))
    if not found.result.n:
        refused = found.result.warnings[0]
        return ServiceData(asked, problem=NONE if asked.tables("tickets") is not None else refused)
    earlier = None
    if asked.against:
        earlier = answer(replace(asked, period=asked.against, comparison="none"), "service", **settings)
    marks = happened(asked.tables, asked.elapsed, asked.shop.timezone).marks
    mine = tuple(each for each in marks if each.kind == "incident")
    return ServiceData(asked, found, earlier if earlier and earlier.result.n else None, marks=mine)


NONE = phrase("Too few customers turned to service on these days. Choose other days or fewer filters.")


def service(data: ServiceData, lang: str) -> list[Block]:
    title = heading(say("Service", lang), data.asked, lang)
    if data.found is None:
        return [title, Warning(why(data, lang))]
    return [
        title,
        *blocks(data.found, data.earlier, data.marks, lang),
        Heading(say("How it is counted", lang), level=2),
        Text(method(data.found, lang)),
    ]


def why(data: ServiceData, lang: str) -> str:
    """Why there is nothing to tell."""
    told = clause(tell(data.problem, lang), lang)
    return say("{what}: {why}", lang, what=say("Service", lang), why=told)


def blocks(found: Answered, earlier: Answered | None, marks: tuple[Mark, ...], lang: str) -> list[Block]:
    return [
        *cards(found, earlier, "service", CARDS, lang),
        *findings(found, lang),
        Row([tables.backlog(found, marks, lang), tables.ageing(found, lang)], [2, 1]),
        Row(
            [
                tables.promise(found, "channel", "response", say(PROMISES["response"], lang), lang),
                tables.promise(found, "kind", "resolution", say(PROMISES["resolution"], lang), lang),
            ]
        ),
        Row([tables.weeks(found, lang), *tables.contacts(found, lang)]),
        tables.stages(found, lang),
        *(table for by in tables.BY for table in tables.groups(found, by, lang)),
        *tables.contacts_by(found, lang),
    ]


CARDS: tuple[Figure, ...] = (
    ("tickets", phrase("Tickets"), "integer", "summary", "n", ""),
    ("response", PROMISES["response"], "percent", "groups", "response_share", "higher"),
    ("wait", phrase("First answer, median hours"), "number", "groups", "response_median", "lower"),
    ("resolution", PROMISES["resolution"], "percent", "groups", "resolution_share", "higher"),
    ("open", phrase("Open at the end"), "integer", "summary", "open", "lower"),
    ("reopened", phrase("Opened again"), "percent", "groups", "reopen_share", "lower"),
    ("score", phrase("Score after closing"), "number", "groups", "score", "higher"),
    ("contacts", phrase("Orders with a request"), "percent", "contacts", "share", "lower"),
)
