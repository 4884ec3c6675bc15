"""The order of a report's parts is the same in every format, and so is what each of them must have."""

from __future__ import annotations

import html
import io
import re

import openpyxl
import pytest
from pptx import Presentation
from pypdf import PdfReader

from reports.export import FORMATS
from reports.workbook import LINE, signs
from stories.blocks import Chart, Finding, Kpi
from tests.reports.conftest import told


def spoken(kind: str, file: bytes) -> str:
    """All words of a file in the order in which they are read, without spaces."""
    if kind == "pdf":
        words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages)
    elif kind == "html":
        body = re.sub(r"<(script|style).*?</\1>", "", file.decode(), flags=re.S)
        words = html.unescape(re.sub(r"<[^>]+>", "", body))
    elif kind == "pptx":
        parts = []
        for slide in Presentation(io.BytesIO(file)).slides:
            shapes = sorted(slide.shapes, key=lambda each: (each.top, each.left))
            parts += [shape.text_frame.text for shape in shapes if shape.has_text_frame]
            parts += [
                cell.text
                for each in shapes
                if each.has_table
                for row in each.table.rows
                for cell in row.cells
            ]
        words = "".join(parts)
    else:
        sheets = openpyxl.load_workbook(io.BytesIO(file)).worksheets
        words = "".join(
            str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value
        )
    return re.sub(r"[\s✓!•]|\*\*", "", words)


def tight(text: str) -> str:
    return re.sub(r"[\s✓!•]|\*\*", "", text)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["board", "overview"])
@pytest.mark.parametrize("kind", FORMATS)
def test_the_parts_come_in_their_order(shop, kind, name, lang):
    report = told(shop, name, lang)
    words = spoken(kind, FORMATS[kind](report))
    chapters = {chapter.part: chapter for chapter in report.chapters}
    facts = [tight(value) for value in report.about.values()]
    figure = next(block for block in chapters["figures"].blocks if isinstance(block, Kpi) and block.change)
    first = next(block for block in chapters["summary"].blocks if isinstance(block, Finding))
    chart = next(block for block in report.blocks() if isinstance(block, Chart) and not block.missing)
    method = chapters["method"].blocks[0]
    advice = next(chapters["suggestions"].blocks[0].frame.iter_rows())[0]
    refused = chapters["appendix"].blocks[0]
    parts = [
        report.title, *facts, first.text, figure.label, chart.title,
        method.text.split("\n")[0].removeprefix("• "), advice,
        getattr(refused, "text", "") or refused.title,
    ]  # fmt: skip
    if kind == "xlsx":  # the contents name every sheet before the first of them
        words = words[words.index(tight(first.text)) :]
        parts = [first.text, figure.label, *parts[-4:]]
    at = 0
    for part in parts:
        found = words.find(tight(part), at)
        assert found >= at, (part, words[at : at + 300])
        at = found


def test_rows_of_a_workbook_are_as_high_as_their_texts(shop):
    book = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"](told(shop, "board", "zh"))))
    wrapped = 0
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.alignment.wrap_text and cell.fill.fill_type is None:
                    width = sheet.column_dimensions[cell.column_letter].width
                    need = -(-signs(cell.value) // width) * LINE
                    assert (sheet.row_dimensions[cell.row].height or LINE + 2) >= need, cell.value
                    wrapped += need > LINE
    assert wrapped > 5
