"""PDF by Typst: A4 or Letter, selectable text, bookmarks, vector charts, embedded fonts.

pdf.typ has the design; this file says each block as data for it. Needs no browser and no font of the
machine, unless a text has a character that the fonts in assets/ lack.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache, singledispatch
from itertools import groupby
from typing import Any

import typst
from fontTools.ttLib import TTFont

from charts.chart import Chart
from charts.theme import theme
from language import numbers, say
from reports import cell
from reports.paper import wide
from reports.picture import FONTS, height, svg
from stories.blocks import Block, Column, Finding, Heading, Kpi, Row, Source, Table, Text, Warning
from stories.report import Report

TEMPLATE = FONTS.parent / "pdf.typ"
PAPERS = {"a4": 595.3, "us-letter": 612.0}  # points wide
MARGIN = 45.0
GAP = 10.0


@dataclass
class Sheet:
    """Where blocks are said: the room they have, and the charts drawn so far."""

    report: Report
    room: float
    least: float = 0.0  # height of charts side by side
    files: dict[str, bytes] = field(default_factory=dict)


def pdf(report: Report, paper: str = "a4") -> bytes:
    """The report as a PDF file. paper: a4 or us-letter."""
    sheet = Sheet(report, PAPERS[paper] - 2 * MARGIN)
    chapters = [
        {"part": chapter.part, "title": chapter.title, "blocks": told(chapter.blocks, sheet)}
        for chapter in report.chapters
    ]
    own = theme(False)
    lang = report.lang
    said = {
        "paper": paper,
        "lang": lang,
        "title": report.title,
        "short": report.short,
        "about": [[label, value, _share(label, value)] for label, value in report.about.items()],
        "as_of": say("Data to {day}", lang, day=numbers.day(report.as_of, lang)),
        "contents": say("Contents", lang),
        "chapters": chapters,
        "colors": {
            name: getattr(own, name)
            for name in ("page", "text", "muted", "border", "primary", "good", "bad", "warn")
        }
        | {"deep": own.sequential[-1], "pale": own.sequential[0]},
    }
    data = json.dumps(said, ensure_ascii=False)
    source = {"main.typ": TEMPLATE.read_bytes(), "report.json": data.encode(), **sheet.files}
    ours_alone = set(map(ord, data)) <= _drawn()
    return typst.compile(  # type: ignore[call-overload]
        source, font_paths=[str(FONTS)], ignore_system_fonts=ours_alone
    )


def _share(label: str, value: str) -> float:
    """How wide a fact of the cover is; a long one may take two lines."""
    return max(wide(label), min(wide(value, 9.5), 170.0), 60.0)


@lru_cache(maxsize=1)
def _drawn() -> frozenset[int]:
    """The characters that the fonts in assets/ have."""
    found = {10, 13}
    for name in ("inter-400.ttf", "noto-sans-sc-400.ttf"):
        with TTFont(FONTS / name, lazy=True) as font:
            found |= set(font.getBestCmap())
    return frozenset(found)


def told(blocks: Sequence[Block], sheet: Sheet) -> list[dict[str, Any]]:
    """Blocks as data; key figures that follow one another are one group, and findings share pages."""
    found: list[dict[str, Any]] = []
    for kind, group in groupby(blocks, key=type):
        if kind is Kpi:
            found.append(_figures([each for each in group if isinstance(each, Kpi)], sheet.report.lang))
            continue
        drawn = [draw(block, sheet) for block in group]
        found += _joined(drawn) if kind is Finding else drawn
    return found


def _joined(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """No finding stands alone on a page: the first two and the last two keep together."""
    if len(findings) < 4:
        return [{"kind": "together", "blocks": findings}]
    ends = [{"kind": "together", "blocks": part} for part in (findings[:2], findings[-2:])]
    return [ends[0], *findings[2:-2], ends[1]]


def _figures(cards: Sequence[Kpi], lang: str) -> dict[str, Any]:
    """The cards that have a value, and in a line each those that have none, with the reason."""
    shown, without = cell.split(cards, lang)
    told = [_card(card) for card in shown]
    across = 3 if len(told) in (3, 5, 6, 9) else 4
    return {"kind": "kpis", "cards": told, "across": across, "missing": [rich(line) for line in without]}


def rich(text: str) -> list[list]:
    """Text in runs, [words, whether strong]."""
    parts = re.split(r"\*\*(.+?)\*\*", text)
    return [[part, i % 2 == 1] for i, part in enumerate(parts) if part]


@singledispatch
def draw(block: object, sheet: Sheet) -> dict[str, Any]:
    raise TypeError(f"There is no PDF form for {type(block).__name__}.")


@draw.register
def _(block: Heading, sheet: Sheet) -> dict[str, Any]:
    return {"kind": "heading", "level": block.level, "text": block.text, "note": rich(block.note)}


@draw.register
def _(block: Text, sheet: Sheet) -> dict[str, Any]:
    lines = [line.removeprefix("• ") for line in block.text.split("\n")]
    bullets = [line.startswith("• ") for line in block.text.split("\n")]
    told = [{"words": rich(line), "bullet": bullet} for line, bullet in zip(lines, bullets, strict=True)]
    return {"kind": "text", "lines": told}


@draw.register
def _(block: Source, sheet: Sheet) -> dict[str, Any]:
    return {"kind": "source", "text": rich(block.text)}


@draw.register
def _(block: Warning, sheet: Sheet) -> dict[str, Any]:
    return {"kind": "finding", "tone": "warn", "text": rich(block.text), "action": []}


@draw.register
def _(block: Finding, sheet: Sheet) -> dict[str, Any]:
    return {"kind": "finding", "tone": block.tone, "text": rich(block.text), "action": rich(block.action)}


@draw.register
def _(block: Kpi, sheet: Sheet) -> dict[str, Any]:
    return _figures([block], sheet.report.lang)


def _card(block: Kpi) -> dict[str, Any]:
    return {
        "label": block.label,
        "value": block.value,
        "change": block.change,
        "direction": block.direction,
        "tone": block.tone,
        "compared": block.compared,
        "target": block.target,
        "share": None if block.attainment is None else min(max(block.attainment, 0.0), 1.0),
        "met": block.met,
        "trend": cell.line(block.trend),
        "missing": block.missing,
    }


@draw.register
def _(block: Chart, sheet: Sheet) -> dict[str, Any]:
    card = {"kind": "chart", "title": block.title, "note": rich(block.note), "missing": rich(block.missing)}
    if not block.missing:
        name = f"chart-{len(sheet.files)}.svg"
        inside = sheet.room - 24
        sheet.files[name] = svg(block, inside, sheet.report.lang, sheet.report.currency, sheet.least)
        card |= {"file": name, "alt": block.alt or block.title}
    return card


@draw.register
def _(block: Table, sheet: Sheet) -> dict[str, Any]:
    head = {"kind": "table", "title": block.title, "note": rich(block.note), "missing": rich(block.missing)}
    if block.missing:
        return head | {"columns": [], "rows": []}
    columns = [
        {
            "label": column.label,
            "side": "left" if column.kind in ("text", "trend", "bar") else "right",
            "kind": column.kind,
            "width": _width(column, block),
        }
        for column in block.columns
    ]
    values = block.frame.select(column.name for column in block.columns).rows()
    texts = cell.rows(block, block.columns, sheet.report.lang, sheet.report.currency)
    needed = sum(_needed(column, [row[i] for row in texts]) for i, column in enumerate(block.columns))
    rows = [
        [_cell(*each) for each in zip(row, shown, block.columns, strict=True)]
        for row, shown in zip(values, texts, strict=True)
    ]
    return head | {"columns": columns, "rows": rows, "fits": needed <= sheet.room}


def _needed(column: Column, texts: Sequence[str]) -> float:
    """Points that a column takes, about; a sentence may be broken."""
    if column.kind in ("trend", "bar"):
        return 56.0
    whole = max(wide(text, 6.9) for text in (column.label, *texts)) + 10
    return min(whole, 130.0) if column.kind == "text" and column.width in ("medium", "large") else whole


def _width(column: Column, block: Table) -> float | None:
    """Share of the room for wide texts; None: as wide as it needs to be."""
    if column.kind != "text" or column.width not in ("medium", "large"):
        return None
    if column.width == "large":
        return 2.0
    longest = max((wide(str(value or "")) for value in block.frame[column.name]), default=0)
    return None if longest < 80 else 1.0


def _cell(value: Any, shown: str, column: Column) -> Any:
    if column.kind == "trend":
        return cell.line([] if value is None else list(value))
    if column.kind == "bar":
        return {"share": min(max(value or 0.0, 0.0), 1.0), "text": shown}
    return rich(shown)


@draw.register
def _(block: Row, sheet: Sheet) -> dict[str, Any]:
    """Side by side; a table with its chart one over the other, since paper is narrower than a screen."""
    if any(isinstance(each, Table) and len(each.columns) > 4 for each in block.blocks):
        return {"kind": "stack", "blocks": [draw(each, sheet) for each in block.blocks]}
    if any(getattr(each, "missing", "") for each in block.blocks):
        return {"kind": "stack", "blocks": [draw(each, sheet) for each in block.blocks]}
    widths = list(block.widths) or [1.0] * len(block.blocks)
    room, found = sheet.room, []
    sheet.least = max((height(each) for each in block.blocks if isinstance(each, Chart)), default=0.0)
    for each, width in zip(block.blocks, widths, strict=True):
        sheet.room = (room - GAP * (len(widths) - 1)) * width / sum(widths)
        found.append(draw(each, sheet))
    sheet.room, sheet.least = room, 0.0
    return {"kind": "row", "widths": widths, "blocks": found}
