"""Excel: a contents sheet with links, one sheet a table, real numbers, native charts, definitions."""

from __future__ import annotations

from functools import singledispatch
from io import BytesIO
from typing import Any

import xlsxwriter

from charts.chart import Chart
from charts.theme import theme
from language import say
from metrics.metric import REGISTRY
from reports.native import native, number_format
from reports.workbook import Book, contents, contents_name, grid, head, high, write
from reports.xlsx_chart import insert
from stories.blocks import Finding, Heading, Kpi, Row, Source, Table, Text, Warning
from stories.report import Report, message


def xlsx(report: Report) -> bytes:
    """The report as a workbook."""
    made = BytesIO()
    options = {
        "in_memory": True,
        "nan_inf_to_errors": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(made, options) as file:
        file.set_properties({"title": f"{report.title} · {report.short}", "author": "Plumbline"})
        book = Book(report, file)
        first = book.sheet(contents_name(report))
        for chapter in report.chapters:
            book.text, book.row, book.chapter = None, 0, chapter.title
            if chapter.part == "figures":
                figures(book, chapter.title, [b for b in chapter.blocks if isinstance(b, Kpi)])
                continue
            for block in chapter.blocks:
                if isinstance(block, Text | Finding | Warning | Source) and book.text is None:
                    book.text = book.sheet(chapter.title)
                    head(book, book.text, chapter.title, "")
                    book.text.set_column(0, 0, 110)
                    book.row = 4
                draw(block, book)
        contents(book, first)
    return made.getvalue()


def figures(book: Book, title: str, cards: list[Kpi]) -> None:
    """Key figures as a table of numbers, each in its own format."""
    lang, rows = book.report.lang, []
    sheet = book.sheet(title)
    head(book, sheet, title, "")
    names = ("Metric", "Value", "Comparison", "Change", "Target", "Share of target", "Rests on", "Meaning")
    own = theme(False)
    band = {"bold": True, "font_color": "#FFFFFF", "bg_color": own.sequential[-1], "text_wrap": True}
    labels = [
        say("Metric", lang), say("Value", lang), say("Comparison", lang), say("Change", lang),
        say("Target", lang), say("Share of target", lang), say("Rests on", lang), say("Meaning", lang),
    ]  # fmt: skip
    for at, (label, width) in enumerate(zip(labels, (26, 16, 16, 12, 16, 12, 12, 80), strict=True)):
        sheet.write(4, at, label, book.look(**band, align="right" if 0 < at < 7 else "left"))
        sheet.set_column(at, at, width)
    for row, card in enumerate(cards, 5):
        unit = REGISTRY[card.metric].unit if card.metric in REGISTRY else "number"
        by = {claim.source: claim.value for claim in card.beside}
        real = book.look(num_format=number_format(unit, book.report.currency, lang, cents=True))
        share = book.look(num_format="0.0%")
        change = (
            '+0.0" pp";"−"0.0" pp"'
            if unit == "percent"
            else "+0.0;−0.0"
            if unit == "score"
            else '+0.0%;"−"0.0%;0.0%'
        )
        moved = by.get("moved")
        rows.append(card.metric)
        write(sheet, row, 0, card.label, book.look(bold=True))
        write(sheet, row, 1, card.claim.value, real)
        write(sheet, row, 2, by.get(card.metric), real)
        write(
            sheet,
            row,
            3,
            moved * 100 if moved is not None and unit == "percent" else moved,
            book.look(num_format=change),
        )
        write(sheet, row, 4, by.get("target"), real)
        write(sheet, row, 5, card.attainment, share)
        write(sheet, row, 6, card.claim.n, book.look(num_format="#,##0"))
        meaning = card.missing or card.definition
        write(sheet, row, 7, meaning, book.look(text_wrap=True))
        high(sheet, row, (meaning, 80))
    sheet.freeze_panes(5, 1)
    sheet.autofilter(4, 0, 4 + len(rows), len(names) - 1)


@singledispatch
def draw(block: object, book: Book) -> None:
    raise TypeError(f"There is no Excel form for {type(block).__name__}.")


def _line(book: Book, text: str, **look: Any) -> None:
    assert book.text is not None, "a chapter with text has a sheet for it"
    plain = text.replace("**", "")
    book.text.write_string(book.row, 0, plain, book.look(text_wrap=True, **look))
    high(book.text, book.row, (plain, 110))
    book.row += 1


@draw.register
def _(block: Heading, book: Book) -> None:
    if book.text is None:
        book.text, book.row = book.sheet(block.text), 4
        head(book, book.text, block.text, block.note)
        book.text.set_column(0, 0, 110)
    else:
        _line(book, block.text, bold=True)


@draw.register
def _(block: Text, book: Book) -> None:
    for line in block.text.split("\n"):
        _line(book, line)


@draw.register
def _(block: Source, book: Book) -> None:
    _line(book, block.text, font_color=theme(False).muted)


@draw.register
def _(block: Warning, book: Book) -> None:
    _line(book, f"! {block.text}", bold=True, font_color=theme(False).warn)


@draw.register
def _(block: Finding, book: Book) -> None:
    mark = {"good": "✓", "bad": "!", "neutral": "•"}[block.tone]
    _line(
        book,
        f"{mark} {block.text}",
        font_color=theme(False).tone(block.tone) if block.tone != "neutral" else theme(False).text,
    )
    if block.action:
        _line(book, f"→ {block.action}", font_color=theme(False).muted, indent=2)


@draw.register
def _(block: Kpi, book: Book) -> None:
    figures(book, block.label, [block])


@draw.register
def _(block: Row, book: Book) -> None:
    for each in block.blocks:
        draw(each, book)


@draw.register
def _(block: Table, book: Book) -> None:
    title = block.title or book.chapter or block.name
    sheet = book.sheet(title, block.message or block.note)
    head(book, sheet, title, block.missing or block.note)
    shown = [column for column in block.columns if column.kind != "trend"]
    if not block.missing:
        grid(book, sheet, 4, block.frame, shown)


@draw.register
def _(block: Chart, book: Book) -> None:
    sheet = book.sheet(
        block.title or say("Chart", book.report.lang), message(block) if block.message else block.note
    )
    head(book, sheet, block.title, block.missing or block.note)
    if not block.missing:
        insert(book, sheet, block, native(block, book.report.lang, book.report.currency))
