"""HTML: one file that needs no other, with interactive charts, light and dark, for phones and for paper."""

from __future__ import annotations

import html as escaping
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import singledispatch
from itertools import groupby
from typing import Any

from charts.chart import Chart
from charts.draw import figure
from charts.theme import theme
from language import LOCALES, numbers, say
from reports import cell
from reports.picture import FONTS
from reports.webfonts import fonts
from stories.blocks import Block, Column, Finding, Heading, Kpi, Row, Source, Table, Text, Warning
from stories.report import Report

STYLE = FONTS.parent / "report.css"
SCRIPT = FONTS.parent / "report.js"
PLOTLY = FONTS / "plotly-cartesian.min.js"
ARROWS = {"up": "↑", "down": "↓", "flat": "→"}
MARKS = {"good": "✓", "bad": "!", "neutral": "•"}
ROLES = ("card", "page", "text", "muted", "border", "primary", "good", "bad", "warn")


@dataclass
class Sheet:
    """What is written so far: the charts' figures, light and dark."""

    report: Report
    figures: list[tuple[dict, dict]] = field(default_factory=list)


def html(report: Report) -> bytes:
    """The report as an HTML file in UTF-8."""
    sheet, lang = Sheet(report), report.lang
    facts = "".join(
        f"<div><dt>{rich(label)}</dt><dd>{rich(value)}</dd></div>" for label, value in report.about.items()
    )
    links = "".join(f'<a href="#c{i}">{rich(chapter.title)}</a>' for i, chapter in enumerate(report.chapters))
    parts = [
        f'<header><div class="brand">PLUMBLINE</div><h1>{rich(report.title)}</h1>'
        f"<p>{rich(report.short)}</p></header>",
        f'<dl class="about">{facts}</dl><nav aria-label="{rich(say("Contents", lang))}">{links}</nav>',
    ]
    for i, chapter in enumerate(report.chapters):
        inside = told(chapter.blocks, sheet)
        parts.append(
            f'<section id="c{i}" class="{chapter.part}"><h2>{rich(chapter.title)}</h2>{inside}</section>'
        )
    as_of = say("Data to {day}", lang, day=numbers.day(report.as_of, lang))
    parts.append(f"<footer>Plumbline · {rich(as_of)}</footer>")
    body = "".join(parts)
    drawn = code = ""
    if sheet.figures:
        drawn = json.dumps(sheet.figures).replace("</", "<\\/")
        data = f'<script type="application/json" id="figures">{drawn}</script>'
        code = f"{data}<script>{PLOTLY.read_text()}</script><script>{SCRIPT.read_text()}</script>"
    page = (
        f'<!doctype html><html lang="{LOCALES[lang].replace("_", "-")}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{rich(report.title)} · {rich(report.short)}</title>"
        f"<style>{fonts(body + drawn)}{_colors()}{STYLE.read_text()}</style></head>"
        f"<body><main>{body}</main>{code}</body></html>"
    )
    return page.encode()


def _colors() -> str:
    both = theme(False), theme(True)
    names = "".join(
        f"--{role}:light-dark({getattr(both[0], role)},{getattr(both[1], role)});" for role in ROLES
    )
    return f":root{{{names}--deep:{both[0].sequential[-1]}}}"


def rich(text: str) -> str:
    strong = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escaping.escape(text))
    return strong.replace("\n", "<br>")


def told(blocks: Sequence[Block], sheet: Sheet) -> str:
    """Blocks one after the other; key figures share a grid, findings a list."""
    found = []
    for kind, group in groupby(blocks, key=type):
        if kind is Kpi:
            cards, without = cell.split([each for each in group if isinstance(each, Kpi)], sheet.report.lang)
            inside = f'<div class="kpis">{"".join(draw(card, sheet) for card in cards)}</div>'
            found.append(inside + "".join(f'<p class="note">{rich(line)}</p>' for line in without))
            continue
        inside = "".join(draw(block, sheet) for block in group)
        if kind is Finding:
            inside = f'<ul class="findings">{inside}</ul>'
        found.append(inside)
    return "".join(found)


@singledispatch
def draw(block: object, sheet: Sheet) -> str:
    raise TypeError(f"There is no HTML form for {type(block).__name__}.")


@draw.register
def _(block: Heading, sheet: Sheet) -> str:
    note = f'<p class="note">{rich(block.note)}</p>' if block.note else ""
    return f"<h3>{rich(block.text)}</h3>{note}"


@draw.register
def _(block: Text, sheet: Sheet) -> str:
    found = []
    for is_list, lines in groupby(block.text.split("\n"), key=lambda line: line.startswith("• ")):
        if is_list:
            items = "".join(f"<li>{rich(line.removeprefix('• '))}</li>" for line in lines)
            found.append(f'<ul class="text">{items}</ul>')
        else:
            found.append(f'<p class="text">{rich(chr(10).join(lines))}</p>')
    return "".join(found)


@draw.register
def _(block: Source, sheet: Sheet) -> str:
    return f'<p class="source">{rich(block.text)}</p>'


@draw.register
def _(block: Warning, sheet: Sheet) -> str:
    return f'<p class="warning"><b aria-hidden="true">!</b> {rich(block.text)}</p>'


@draw.register
def _(block: Finding, sheet: Sheet) -> str:
    action = f'<span class="action">→ {rich(block.action)}</span>' if block.action else ""
    mark = f'<i class="mark" aria-hidden="true">{MARKS[block.tone]}</i>'
    return f'<li class="{block.tone}">{mark}<span>{rich(block.text)}{action}</span></li>'


@draw.register
def _(block: Kpi, sheet: Sheet) -> str:
    parts = [f'<div class="label">{rich(block.label)}</div><div class="value">{rich(block.value)}</div>']
    if block.missing:
        parts.append(f'<div class="note">{rich(block.missing)}</div>')
    if block.change:
        parts.append(
            f'<div><b class="change">{ARROWS[block.direction]} {rich(block.change)}</b> '
            f'<span class="note">{rich(block.compared)}</span></div>'
        )
    if block.target:
        share = min(max(block.attainment or 0.0, 0.0), 1.0)
        missed = " missed" if block.met is False else ""
        track = (
            f'<div class="track{missed}"><i style="width:{share:.1%}"></i></div>'
            if block.attainment is not None
            else ""
        )
        parts.append(f'<div class="note">{rich(block.target)}</div>{track}')
    parts.append(_spark(block.trend, 100, 30, filled=True))
    hint = f' title="{escaping.escape(block.definition)}"' if block.definition else ""
    return f'<div class="kpi {block.tone}"{hint}>{"".join(parts)}</div>'


def _spark(values: Sequence[float | None], wide: int, high: int, filled: bool = False) -> str:
    points = [f"{x * wide:.1f},{1 + y * (high - 2):.1f}" for x, y in cell.line(values)]
    if not points:
        return ""
    area = f'<polygon points="0,{high} {" ".join(points)} {wide},{high}"/>' if filled else ""
    return (
        f'<svg class="spark" viewBox="0 0 {wide} {high}" preserveAspectRatio="none" aria-hidden="true">'
        f'{area}<polyline points="{" ".join(points)}"/></svg>'
    )


@draw.register
def _(block: Chart, sheet: Sheet) -> str:
    head = f'<h3>{rich(block.title)}</h3><p class="note">{rich(block.note)}</p>'
    if block.missing:
        return f'<div class="card">{head}<p class="text">{rich(block.missing)}</p></div>'
    lang, currency = sheet.report.lang, sheet.report.currency
    both = tuple(json.loads(figure(block, dark, lang, currency).to_json()) for dark in (False, True))
    sheet.figures.append(both)  # type: ignore[arg-type]
    height = both[0]["layout"]["height"]
    number = len(sheet.figures) - 1
    alt = escaping.escape(block.alt or block.title)
    return (
        f'<div class="card">{head}<div class="chart" role="img" aria-label="{alt}" '
        f'data-figure="{number}" style="height:{height}px"></div></div>'
    )


@draw.register
def _(block: Table, sheet: Sheet) -> str:
    note = f'<p class="note">{rich(block.note)}</p>' if block.note else ""
    head = (f"<h3>{rich(block.title)}</h3>" if block.title else "") + note
    if block.missing:
        return f'<div class="card">{head}<p class="text">{rich(block.missing)}</p></div>'
    names = "".join(
        f'<th class="{column.kind}" scope="col">{rich(column.label)}</th>' for column in block.columns
    )
    values = block.frame.select(column.name for column in block.columns).rows()
    texts = cell.rows(block, block.columns, sheet.report.lang, sheet.report.currency)
    lines = "".join(
        "<tr>" + "".join(_cell(*each) for each in zip(row, shown, block.columns, strict=True)) + "</tr>"
        for row, shown in zip(values, texts, strict=True)
    )
    table = f"<table><thead><tr>{names}</tr></thead><tbody>{lines}</tbody></table>"
    return f'<div class="card">{head}<div class="scroll" tabindex="0">{table}</div></div>'


def _cell(value: Any, text: str, column: Column) -> str:
    wide = " large" if column.width == "large" else ""
    if column.kind == "trend":
        return f'<td class="trend">{_spark([] if value is None else list(value), 60, 16)}</td>'
    shown = rich(text)
    if column.kind == "bar":
        share = min(max(value or 0.0, 0.0), 1.0)
        return f'<td class="bar"><i class="track"><i style="width:{share:.1%}"></i></i>{shown}</td>'
    return f'<td class="{column.kind}{wide}">{shown}</td>'


@draw.register
def _(block: Row, sheet: Sheet) -> str:
    widths = list(block.widths) or [1.0] * len(block.blocks)
    inside = "".join(
        f'<div style="flex:{width} 1 {280 if width <= 1 else 340}px">{draw(each, sheet)}</div>'
        for width, each in zip(widths, block.blocks, strict=True)
    )
    return f'<div class="row">{inside}</div>'
