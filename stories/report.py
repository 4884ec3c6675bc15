"""A report as data: what is printed, in its order, before anyone decides how.

It is made of the blocks that the page shows, with what a reader of paper needs beside them: a summary,
the method, suggestions, and an appendix of what was left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from charts.chart import Chart
from language import numbers, say
from metrics.period import Period
from stories import chapters
from stories.asked import Asked, Check
from stories.blocks import Block, Claim, Finding, Heading, Kpi, Row, Source, Table, Text, Warning
from stories.data import Loaded

Part = Literal["summary", "figures", "section", "method", "suggestions", "appendix"]
FINDINGS = 6  # in a summary


@dataclass(frozen=True)
class Facts:
    """What is known of the data beside its numbers.

    loaded: every table of the schema. checks: the quality report. refused: (table, rule) → rows in
    quarantine. version: of the store.
    """

    loaded: Sequence[Loaded] = ()
    checks: Sequence[Check] = ()
    refused: Mapping[tuple[str, str], int] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True)
class Chapter:
    part: Part
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Report:
    """name: as on the command line. short: the days in words. about: label → text, for the cover."""

    name: str
    title: str
    short: str
    days: Period
    about: Mapping[str, str]
    chapters: Sequence[Chapter]
    lang: str
    currency: str
    as_of: date
    version: int

    def blocks(self) -> Iterator[Block]:
        """All blocks one by one, those side by side too."""
        for chapter in self.chapters:
            yield from flat(chapter.blocks)

    def claims(self) -> list[Claim]:
        """Every claim once."""
        found: list[Claim] = []
        for block in self.blocks():
            if isinstance(block, Kpi):
                found += [replace(block.claim, printed=block.value), *block.beside]
            elif isinstance(block, Finding | Text):
                found += block.claims
        return [claim for i, claim in enumerate(found) if claim not in found[:i]]


def flat(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Row):
            yield from flat(block.blocks)
        else:
            yield block


def report(
    name: str,
    blocks: Sequence[Block],
    lang: str,
    asked: Asked,
    facts: Facts,
    title: str = "",
    summary: Sequence[Finding] = (),
) -> Report:
    """Arranges a story's blocks as a report. summary: its findings in short; else the story's first ones."""
    head = next((b for b in blocks if isinstance(b, Heading) and b.level == 1), Heading(name))
    figures = [block for block in flat(blocks) if isinstance(block, Kpi)]
    told = [block for block in flat(blocks) if isinstance(block, Finding)]
    rest = [block for block in blocks if block is not head and not isinstance(block, Kpi)]
    warnings = [block for block in rest if isinstance(block, Warning)]
    advised = [finding for finding in told if finding.action]
    full = chapters.in_full(figures, asked.shop.currency, lang)
    found = [
        Chapter("summary", say("Summary", lang), [*warnings, *_short(summary or told)]),
        Chapter("figures", _figures(figures, lang), [*figures, *full]),
        *_sections([block for block in rest if block not in warnings], lang),
        Chapter("method", say("Method and definitions", lang), chapters.method(asked, blocks, lang)),
        Chapter("suggestions", say("Suggestions", lang), chapters.suggestions(advised, lang)),
        Chapter(
            "appendix",
            say("Appendix: excluded and quarantined data", lang),
            chapters.appendix(asked, facts.loaded, facts.checks, facts.refused, lang),
        ),
    ]
    days = numbers.days(asked.period.start, asked.period.end, lang)
    about = chapters.about(asked, facts.loaded, facts.checks, lang)
    return Report(
        name, title or head.text, days, asked.period, about, [chapter for chapter in found if chapter.blocks],
        lang, asked.shop.currency, asked.shop.last, facts.version,
    )  # fmt: skip


def _figures(cards: Sequence[Kpi], lang: str) -> str:
    has_targets = any(card.target for card in cards)
    return say("Key figures against target", lang) if has_targets else say("Key figures", lang)


def _short(findings: Sequence[Finding]) -> list[Finding]:
    """At most six, without their advice, which has its own chapter."""
    return [replace(finding, action="", owner="", effect="") for finding in findings[:FINDINGS]]


def _sections(blocks: Sequence[Block], lang: str) -> list[Chapter]:
    """A chapter a heading of the second level; what stands before the first is what happened."""
    found: list[tuple[str, list[Block]]] = [(say("What happened and why", lang), [])]
    for block in blocks:
        if isinstance(block, Heading) and block.level == 2:
            found.append((block.text, []))
        else:
            found[-1][1].append(block)
    return [
        Chapter("section", title if _tells(inside) else say("Data sources", lang), inside)
        for title, inside in found
        if inside
    ]


def _tells(blocks: Sequence[Block]) -> bool:
    return not all(isinstance(block, Source) for block in blocks)


def message(block: Block) -> str:
    """What a block says in one sentence, or its title."""
    if isinstance(block, Chart | Table):
        return (block.message or block.title).replace("**", "")
    return ""
