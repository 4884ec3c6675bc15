"""A workbook of ours while it is written: its sheets, their heads, formats and rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from charts.theme import theme
from language import say
from reports.native import number_format
from stories.blocks import Column
from stories.report import Report

WIDTHS = {"text": 22, "date": 13, "time": 18, "trend": 12}
LONGEST = 60  # characters of a column
LINE = 13.5  # points of a line of text
EXCEL_NAME = 31  # characters of a sheet's name


@dataclass
class Book:
    """The workbook while it is written. contents: sheet → title and note, for the first sheet."""

    report: Report
    file: xlsxwriter.Workbook
    formats: dict[tuple, Format] = field(default_factory=dict)
    contents: list[tuple[str, str, str]] = field(default_factory=list)
    text: Worksheet | None = None  # of the chapter being written
    row: int = 0
    chapter: str = ""

    def look(self, **facts: Any) -> Format:
        key = tuple(sorted(facts.items()))
        if key not in self.formats:
            base = {
                "font_name": "Arial",
                "font_size": 10,
                "font_color": theme(False).text,
                "valign": "vcenter",
            }
            self.formats[key] = self.file.add_format(base | facts)
        return self.formats[key]

    def sheet(self, title: str, note: str = "") -> Worksheet:
        """A new sheet of that title, with a link back, listed in the contents."""
        name = re.sub(r"[\[\]:*?/\\']", " ", title)[:EXCEL_NAME].strip() or "Sheet"
        taken = {each.lower() for each in self.file.sheetnames}
        number, unique = 2, name
        while unique.lower() in taken:
            unique = f"{name[: EXCEL_NAME - 4]} {number}"
            number += 1
        made = self.file.add_worksheet(unique)
        made.hide_gridlines(2)
        made.set_landscape()
        made.set_paper(9)
        made.fit_to_pages(1, 0)
        made.set_footer("&L&8Plumbline · " + self.report.title.replace("&", "&&") + "&R&8&P / &N")
        if self.contents or title != contents_name(self.report):
            self.contents.append((unique, title, note))
        return made


def signs(text: str) -> float:
    """How wide a text is, in Latin characters."""
    return sum(1.9 if ord(sign) > 0x2E7F else 1.0 for sign in text)


def high(sheet: Worksheet, row: int, *texts: tuple[str, float]) -> None:
    """Makes a row as high as its wrapped texts need; not every program does so by itself.

    texts: each with the width of its column in characters.
    """
    lines = max((ceil(signs(text) / (width - 1)) for text, width in texts), default=1)
    if lines > 1:
        sheet.set_row(row, LINE * lines + 2)


def contents_name(report: Report) -> str:
    return say("Contents", report.lang)


def contents(book: Book, sheet: Worksheet) -> None:
    own, report = theme(False), book.report
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    band = {"bg_color": own.sequential[-1], "font_color": "#FFFFFF"}
    sheet.set_row(0, 34)
    sheet.write(0, 0, report.title, book.look(bold=True, **(band | {"font_size": 18})))
    sheet.write(0, 1, "", book.look(**band))
    sheet.write(1, 0, report.short, book.look(**band))
    sheet.write(1, 1, "", book.look(**band))
    row = 3
    for label, value in report.about.items():
        sheet.write(row, 0, label, book.look(font_color=own.muted, valign="top"))
        sheet.write(row, 1, value, book.look(text_wrap=True, valign="top"))
        high(sheet, row, (value, 90))
        row += 1
    row += 1
    sheet.write(row, 0, contents_name(report), book.look(bold=True, font_size=13))
    for name, title, note in book.contents:
        row += 1
        sheet.write_url(
            row, 0, f"internal:'{name}'!A1", book.look(font_color=own.primary, underline=1), title
        )
        sheet.write(row, 1, note.replace("**", ""), book.look(font_color=own.muted))


def head(book: Book, sheet: Worksheet, title: str, note: str) -> None:
    own = theme(False)
    sheet.set_row(0, 24)
    sheet.write(0, 0, title, book.look(bold=True, font_size=14))
    sheet.write(1, 0, note.replace("**", ""), book.look(font_color=own.muted))
    back = f"internal:'{next(iter(book.file.sheetnames))}'!A1"
    sheet.write_url(
        2, 0, back, book.look(font_color=own.primary, underline=1), f"← {contents_name(book.report)}"
    )


def grid(
    book: Book,
    sheet: Worksheet,
    top: int,
    frame: pl.DataFrame,
    columns: list[Column],
    formats: dict[str, str] | None = None,
) -> None:
    """Rows with a filter and a frozen head; numbers stay numbers."""
    own = theme(False)
    band = {"bold": True, "font_color": "#FFFFFF", "bg_color": own.sequential[-1], "text_wrap": True}
    wrapped: dict[int, float] = {}
    for at, column in enumerate(columns):
        values = frame[column.name]
        is_number = values.dtype.is_numeric()
        sheet.write(top, at, column.label, book.look(**band, align="right" if is_number else "left"))
        shown = (formats or {}).get(column.name) or _format(column, book.report.currency, book.report.lang)
        wrap = column.kind == "text" and column.width == "large"
        look = book.look(
            **({"num_format": shown} if shown else {}),
            **({"text_wrap": True, "valign": "top"} if wrap else {}),
        )
        longest = max((signs(v) for v in values.head(200).to_list() if isinstance(v, str)), default=0.0)
        needs = max(WIDTHS.get(column.kind, 13), signs(column.label) * 1.2 + 3, longest * 1.1)
        sheet.set_column(at, at, min(needs, LONGEST))
        if wrap and needs > LONGEST:
            wrapped[at] = LONGEST
        put = sheet.write_number if is_number else None
        for row, value in enumerate(values.to_list(), top + 1):
            if put and value is not None:
                put(row, at, value, look)
            else:
                write(sheet, row, at, value, look)
    for row in range(len(frame)) if wrapped else ():
        texts = [(str(frame[columns[at].name][row] or ""), width) for at, width in wrapped.items()]
        high(sheet, top + 1 + row, *texts)
    sheet.freeze_panes(top + 1, 1)
    if columns and len(frame):
        sheet.autofilter(top, 0, top + len(frame), len(columns) - 1)
    sheet.repeat_rows(top)


def write(sheet: Worksheet, row: int, at: int, value: Any, look: Format) -> None:
    if value is None:
        sheet.write_blank(row, at, None, look)
    elif isinstance(value, str):
        sheet.write_string(row, at, value.replace("**", ""), look)
    elif isinstance(value, bool | int | float):
        sheet.write_number(row, at, value, look)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, at, value.replace(tzinfo=None), look)
    elif isinstance(value, date):
        sheet.write_datetime(row, at, value, look)  # type: ignore[arg-type]
    else:
        sheet.write_string(row, at, str(value), look)


def _format(column: Column, currency: str, lang: str) -> str:
    signed = '+0.0%;"−"0.0%;0.0%'
    kinds = {"date": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm", "bar": "0.0%"} | dict.fromkeys(
        ("change", "points"), signed
    )
    if column.kind in kinds:
        return kinds[column.kind]
    return "" if column.kind in ("text", "trend") else number_format(column.kind, currency, lang, cents=True)
