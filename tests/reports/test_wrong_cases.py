"""What cannot be written or has nothing to tell: one clear line, or a report that says so."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pypdf import PdfReader

from cli import main
from reports.export import FORMATS
from stories.named import last_month, last_week
from tests.stories.shop import APRIL, LAST, build, more, orders

ALL = ",".join(FORMATS)


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("wrong")
    build(path, orders(), more())
    return str(path)


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    code = main(["report", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize("out", ["a file", "a file/below"])
def test_a_folder_that_cannot_be_written_is_one_line(store, tmp_path, capsys, out):
    (tmp_path / "a file").write_text("")
    code, out_text, err = run(capsys, "overview", "--store", store, "--out", tmp_path / out)
    assert code != 0 and out_text == ""
    assert re.fullmatch(r".*a file.* cannot be written: .+\. Choose another folder with --out\.\n", err)


def test_a_file_that_cannot_be_replaced_is_one_line(store, tmp_path, capsys):
    name = "overview_2026-05-18_2026-05-24_en.html"
    (tmp_path / name).mkdir()
    code, _, err = run(capsys, "overview", "--store", store, "--format", "html", "--out", tmp_path)
    assert code != 0 and f"{name} cannot be written" in err and "Traceback" not in err


def test_an_unknown_format_names_those_there_are(store, tmp_path, capsys):
    code, _, err = run(capsys, "board", "--store", store, "--format", "pdf,doc", "--out", tmp_path)
    assert code != 0 and err == "There is no format 'doc'. Known: pdf, pptx, xlsx, html.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["board", "overview"])
@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (("--from", "2020-01-01", "--to", "2020-01-31"), {"en": "Nothing to show", "zh": "暂无可显示的内容"}),
        (
            ("--where", "channel=Nowhere"),
            {
                "en": "Nothing happened on these days with these filters",
                "zh": "在这些日期和筛选条件下没有数据",
            },
        ),
    ],
)
def test_nothing_to_tell_is_a_report_that_says_so(store, tmp_path, capsys, name, lang, choice, said):
    code, _, err = run(
        capsys, name, "--store", store, "--lang", lang, "--format", ALL, "--out", tmp_path, *choice
    )
    assert (code, err) == (0, "")
    files = {path.suffix: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(files) == [".html", ".pdf", ".pptx", ".xlsx"]
    pages = "".join(page.extract_text() for page in PdfReader(io.BytesIO(files[".pdf"])).pages)
    slides = Presentation(io.BytesIO(files[".pptx"])).slides
    deck = "".join(
        shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame
    )
    sheets = load_workbook(io.BytesIO(files[".xlsx"])).worksheets
    book = "".join(str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row)
    for text in (pages, deck, book, files[".html"].decode()):
        assert tight(said[lang]) in tight(text)
    assert "$0.00" not in pages and "nan" not in pages.lower().split()


def tight(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_a_shop_of_three_orders_has_its_reports(tmp_path, capsys):
    store = tmp_path / "store"
    whole = orders()
    build(store, {"orders": whole["orders"][:3], "order_lines": whole["order_lines"][:3]})
    for name in ("board", "overview"):
        code, out, err = run(capsys, name, "--store", store, "--format", ALL, "--out", tmp_path / "out")
        assert (code, err) == (0, "") and len(out.splitlines()) == 4
    told = PdfReader(next((tmp_path / "out").glob("board*.pdf")))
    text = tight("".join(page.extract_text() for page in told.pages))
    assert "needsthetableevents:importit" in text and "needsthetableshipments:importit" in text


def test_a_report_without_a_comparison_compares_with_nothing(store, tmp_path, capsys):
    code, _, err = run(capsys, "board", "--store", store, "--compare", "none", "--out", tmp_path)
    assert (code, err) == (0, "")
    (path,) = tmp_path.iterdir()
    text = tight("".join(page.extract_text() for page in PdfReader(path).pages))
    assert "Comparedwithnothing" in text and "95%intervalofthechange" not in text


def test_data_of_less_than_a_month_is_told_as_it_is():
    first, last = APRIL.start.replace(day=5), APRIL.start.replace(day=20)
    assert last_month(first, last, "monday")[0].start == APRIL.start
    found, _ = last_week(last.replace(day=14), last.replace(day=16), "monday")
    assert found.start <= last.replace(day=14) <= found.end
    assert last_month(APRIL.start, LAST, "monday")[0] == APRIL
