"""Every block in every format, read again by somebody else's reader."""

from __future__ import annotations

import io
import re
import zipfile
from typing import get_args

import openpyxl
import pytest
from pptx import Presentation
from pypdf import PdfReader

from charts.draw import KINDS
from reports import html as html_file
from reports import pdf as pdf_file
from reports import pptx as pptx_file
from reports import xlsx as xlsx_file
from reports.export import FORMATS
from reports.native import native
from reports.picture import svg
from stories import blocks
from tests.reports.conftest import chart, told

DISPATCH = {"pdf": pdf_file.draw, "html": html_file.draw, "pptx": pptx_file.draw, "xlsx": xlsx_file.draw}
SAID = ["Every block", "Orders 订单", "needs surveys", "A finding of 120", "Do something", "A warning <i>as written</i>",
        "and a second line", "No data yet", "Nothing to list", "Row 119 行", "A donut 图"]  # fmt: skip


@pytest.mark.parametrize("kind", FORMATS)
def test_every_block_has_its_form(kind):
    known = DISPATCH[kind].registry
    assert [
        block for block in get_args(blocks.Block) if block not in known and block.__name__ in vars(blocks)
    ] == []
    with pytest.raises(TypeError, match=r"There is no \w+ form for int"):
        DISPATCH[kind](1, None)


def tight(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_pdf(everything):
    for paper, width in (("a4", 595), ("us-letter", 612)):
        reader = PdfReader(io.BytesIO(pdf_file.pdf(everything, paper)))
        pages = [page.extract_text() for page in reader.pages]
        text = tight("".join(pages))
        assert [part for part in SAID if tight(part) not in text] == []
        assert round(reader.pages[0].mediabox.width) == width
        assert min(len(tight(page)) for page in pages) > 60, "a page is nearly blank"
        for number, page in enumerate(pages, 1):
            assert f"{number}/{len(pages)}" in tight(page)
            assert number == 1 or page.startswith("Every block")  # the running header
        titles = [each["/Title"] for each in reader.outline if not isinstance(each, list)]
        assert titles == ["Figures", "Blocks 板块"]
        heads = sum("Name" in page and "Row" in page for page in pages)
        assert heads >= sum(bool(re.search(r"Row \d\d+ 行", page)) for page in pages) > 1, (
            "a head is not repeated"
        )
        fonts = {
            str(f["/BaseFont"])
            for page in reader.pages
            for f in (o.get_object() for o in page["/Resources"]["/Font"].values())
        }
        assert all(re.match(r"/[A-Z]{6}\+(Inter|NotoSansSC)", font) for font in fonts), fonts
        assert not any(page.images for page in reader.pages), "charts are vectors"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_chart_is_drawn_for_print(kind):
    drawn = svg(chart(kind), 400, "zh", "CNY").decode()
    assert "<image" not in drawn and drawn.count("<path") > 1
    assert "<text" in drawn and "Noto Sans SC" in drawn


def test_a_kind_of_chart_that_is_not_known_is_refused():
    from charts.chart import Chart

    with pytest.raises(ValueError, match="no printed form of a chart of kind 'pie'"):
        svg(Chart("pie", chart("bar").table, "x", "y"), 400, "en", "USD")


def test_pptx(everything):
    deck = Presentation(io.BytesIO(pptx_file.pptx(everything)))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    charts = [shape.chart for shape in shapes if shape.has_chart]
    assert len(charts) == len(KINDS) - 1 + 2  # a heat map is a table; two charts stand in a row
    assert {len(list(each.plots)) for each in charts} == {1}
    bars = next(
        each for each in charts if each.plots[0].categories and "邮件" in list(each.plots[0].categories)
    )
    assert list(bars.plots[0].series[0].values) == [30.0, -20.0, 5.0]
    assert not any(shape.shape_type == 13 for shape in shapes), "no pictures"
    for slide in list(deck.slides)[1:]:
        assert slide.shapes.title.text_frame.text.strip()
        assert slide.notes_slide.notes_text_frame.text.strip()
        assert slide.slide_layout.name in ("Title and Content", "Title Only")
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width, shape.name
            assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height, (
                shape.name,
                slide.shapes.title.text,
            )
    text = "".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)
    text += "".join(
        cell.text for shape in shapes if shape.has_table for row in shape.table.rows for cell in row.cells
    )
    assert [part for part in SAID if tight(part) not in tight(text)] == []


def test_intervals_are_bars_with_error_bars_in_decks_and_workbooks():
    found = native(chart("interval"), "en", "USD")
    assert (found.form, found.labels, found.least, found.is_labelled) == (
        "bar",
        ["Organic", "邮件", "Ads"],
        0.0,
        False,
    )
    hit, target = found.series
    assert (hit.name, hit.values, target.values) == ("Found 还原", [2.0, 5.0, 3.0], [2.5, 7.0, 3.0])
    assert (hit.below, hit.above) == ((1.0, 0.5, None), (2.0, 1.0, None))
    assert native(chart("bar"), "en", "USD").least is None  # one of its bars is below 0


def test_error_bars_reach_both_files(everything):
    deck = Presentation(io.BytesIO(pptx_file.pptx(everything)))
    shapes = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    (drawn,) = [shape.chart for shape in shapes if shape.name == "An interval 图"]
    lengths = drawn._chartSpace.xpath(".//c:errBars/c:plus//c:v/text()")
    assert [float(each) for each in lengths] == [2.0, 1.0]
    with zipfile.ZipFile(io.BytesIO(xlsx_file.xlsx(everything))) as book:
        texts = [book.read(name).decode() for name in book.namelist() if "charts/chart" in name]
    assert sum('<c:errValType val="cust"/>' in text for text in texts) == 1


def test_xlsx(everything):
    book = openpyxl.load_workbook(io.BytesIO(xlsx_file.xlsx(everything)))
    first = book.worksheets[0]
    links = [cell.hyperlink.location for row in first.iter_rows() for cell in row if cell.hyperlink]
    assert [re.match(r"'(.*)'!A1", link)[1] for link in links] == book.sheetnames[1:]
    long = book["Long table"]
    assert [cell.value for cell in long[5]] == ["Name", "Value"]
    assert [long.cell(125, 1).value, long.cell(125, 2).value] == ["Row 119 行", 119]
    assert long.freeze_panes == "B6" and long.auto_filter.ref == "A5:B125"
    charts = sum(len(sheet._charts) for sheet in book.worksheets)
    assert charts == len(KINDS) - 1 + 2
    cells = [cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    text = tight("".join(str(cell) for cell in cells if isinstance(cell, str)))
    assert [part for part in SAID if tight(part) not in text] == ["A donut 图"] * 0
    assert 120 in cells
    kinds = book["Kinds of columns"]
    assert [kinds.cell(6, at).number_format for at in (3, 4, 5)] == [
        "#,##0",
        '"¥"#,##0.00;"−¥"#,##0.00',
        "0.0%",
    ]


def test_html_asks_nobody_for_anything(everything):
    page = html_file.html(everything).decode()
    ours = re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    assert not re.search(r"(src|href)=[\"']?(https?:|//)|url\((?!data:)|@import", ours)
    assert "<i>as written</i>" not in ours and "&lt;i&gt;as written" in ours


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["board", "overview"])
def test_a_named_report_in_every_format_has_all_its_parts_in_order(shop, name, lang):
    report = told(shop, name, lang)
    assert [c.part for c in report.chapters if c.part != "section"] == [
        "summary",
        "figures",
        "method",
        "suggestions",
        "appendix",
    ]
    assert 3 <= sum(isinstance(block, blocks.Finding) for block in report.chapters[0].blocks) <= 6
    for kind, write in FORMATS.items():
        file = write(report)
        assert 10_000 < len(file) < 3_000_000, kind
    reader = PdfReader(io.BytesIO(FORMATS["pdf"](report)))
    text = tight("".join(page.extract_text() for page in reader.pages))
    places = [text.index(tight(chapter.title)) for chapter in report.chapters]
    assert places == sorted(places)
    assert "1,470" in text


def test_page_and_report_show_the_same_blocks(shop):
    from stories.named import named_report
    from stories.report import flat
    from tests.stories.shop import APRIL, MAY

    named = named_report("overview")
    asked = shop.ask(MAY, APRIL, {})
    page = list(flat(named.blocks(named.gather(asked, ()), "en")))
    printed = list(told(shop, "overview").blocks())
    for block in page:
        if isinstance(block, blocks.Heading):
            continue
        assert any(repr(block) == repr(other) for other in printed), block
