"""Where things stand on slides: nothing under the foot, over its neighbour or out of its cell."""

from __future__ import annotations

import io
from math import ceil

import pytest
from PIL import ImageFont
from pptx import Presentation
from pptx.util import Pt

from reports.deck import LOW, TOP
from reports.picture import FONTS
from reports.pptx import pptx
from reports.slide_table import laid_out, shares
from stories.blocks import Column
from tests.reports.conftest import told

FOOT = TOP + LOW + Pt(6)


@pytest.fixture(
    scope="module", params=[(name, lang) for name in ("board", "overview") for lang in ("en", "zh")]
)
def deck(request, shop):
    return Presentation(io.BytesIO(pptx(told(shop, *request.param))))


def shapes(deck):
    """Each slide's shapes but the title, the foot and the mark over the title."""
    for slide in list(deck.slides)[1:]:
        yield (
            slide,
            [each for each in slide.shapes if each != slide.shapes.title and Pt(60) < each.top < Pt(505)],
        )


def test_nothing_reaches_the_foot(deck):
    for slide, found in shapes(deck):
        for each in found:
            assert each.top + each.height <= FOOT, (slide.shapes.title.text_frame.text, each.name)


def test_charts_and_tables_overlap_nothing(deck):
    for slide, found in shapes(deck):
        for one in (each for each in found if each.has_chart or each.has_table):
            for other in found:
                apart = one.top >= other.top + other.height or other.top >= one.top + one.height
                assert other is one or apart, (slide.shapes.title.text_frame.text, one.name, other.name)


def test_words_fit_the_cells_of_tables(deck):
    """Measured with Inter and Noto Sans SC, which are no narrower than what decks are shown with."""
    for slide, found in shapes(deck):
        for table in (each.table for each in found if each.has_table):
            for row in table.rows:
                for at, cell in enumerate(row.cells):
                    run = (
                        cell.text_frame.paragraphs[0].runs[0] if cell.text_frame.paragraphs[0].runs else None
                    )
                    if run is None:
                        continue
                    size = run.font.size.pt
                    room = table.columns[at].width.pt - 10
                    lines = max(1, ceil(long(run.text, size) / room))
                    assert lines * size * 1.2 + 4 <= row.height.pt + 1, (
                        slide.shapes.title.text_frame.text,
                        run.text,
                    )


def long(text: str, size: float) -> float:
    name = "noto-sans-sc-400.ttf" if any(ord(sign) > 0x2E7F for sign in text) else "inter-400.ttf"
    return (
        0.93 * ImageFont.truetype(FONTS / name, 100).getlength(text) * size / 100
    )  # Inter is wider than Arial


def test_a_long_table_takes_as_few_slides_as_can_be():
    columns = [Column("a", "Name"), Column("b", "Value", "number")]
    short = laid_out(columns, [["x", "1"]] * 12)
    assert short.size == 12.0 and short.parts() == [range(12)]
    many = laid_out(columns, [["x", "1"]] * 100)
    assert sum(len(part) for part in many.parts()) == 100
    assert len(many.parts()) == -(-100 // int((LOW.pt - many.high[0]) // many.high[1]))
    words = laid_out([Column("a", "Text", width="large")], [["word " * 600]] * 3)
    assert len(words.parts()) == 3


def test_shares_are_even_and_leave_nothing_out():
    assert shares([10.0] * 8, 100) == [range(8)]
    assert shares([10.0] * 8, 70) == [range(4), range(4, 8)]
    assert shares([], 70) == []
    assert shares([90.0, 90.0], 70) == [range(1), range(1, 2)]


def test_the_date_axis_leaves_out_what_finds_no_room(deck):
    charts = [each.chart for _, found in shapes(deck) for each in found if each.has_chart]
    (daily,) = [chart for chart in charts if len(list(chart.plots[0].categories)) == 30]
    steps = [int(each) for each in daily._chartSpace.xpath(".//c:catAx/c:tickLblSkip/@val")]
    assert steps and steps[0] > 1


def test_money_is_written_as_in_the_texts(shop):
    deck = Presentation(io.BytesIO(pptx(told(shop, "board", "zh"))))
    formats = {
        each.chart.value_axis.tick_labels.number_format
        for _, found in shapes(deck) for each in found if each.has_chart
    }  # fmt: skip
    assert formats == {'"US$"#,##0;"−US$"#,##0'}
