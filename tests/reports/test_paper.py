"""How a PDF is laid out: rows that stay together, key figures without a value, names in black and white."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from charts.chart import Chart
from reports import cell, paper
from reports.pdf import pdf
from reports.picture import svg
from stories.blocks import Claim, Column, Finding, Kpi, Row, Table
from stories.report import Chapter
from tests.reports.conftest import chart, told


def pages(report, blocks) -> list[str]:
    made = pdf(replace(report, chapters=[Chapter("section", "Part", blocks)]))
    return [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]


@pytest.mark.parametrize("rows", [4, *range(34, 46)])
def test_no_row_stands_alone_on_a_page(everything, rows):
    table = Table(pl.DataFrame({"name": [f"Row {i}" for i in range(rows)]}), [Column("name", "Name")])
    found = [len(re.findall(r"Row \d+", page)) for page in pages(everything, [table])]
    assert sum(found) == rows and min(found) >= 3


@pytest.mark.parametrize("count", range(20, 44, 3))
def test_no_finding_stands_alone_on_a_page(everything, count):
    found = [Finding(f"Finding {i} of many", "bad") for i in range(count)]
    shown = [len(re.findall(r"Finding \d+", page)) for page in pages(everything, found)]
    assert sum(shown) == count and min(shown) >= 2


def test_figures_without_a_value_are_a_line_a_reason(everything):
    def card(label, missing=""):
        return Kpi(label, label, "–" if missing else "7", Claim(label, None), missing=missing)

    cards = [
        card("Orders"),
        card("CAC", "needs spend"),
        card("ROAS", "needs spend"),
        card("NPS", "needs answers"),
    ]
    shown, without = cell.split(cards, "en")
    assert [each.label for each in shown] == ["Orders"]
    assert without == ["**CAC and ROAS**: needs spend.", "**NPS**: needs answers."]
    (page,) = pages(replace(everything, lang="en"), cards)
    assert "CAC and ROAS: needs spend." in page and "–" not in page.split("Part")[1].split("Plumbline")[0]


def test_a_block_without_data_leaves_its_neighbour_the_room(everything):
    empty = Chart("bar", pl.DataFrame({"x": ["a"], "y": [1.0]}), "x", "y", title="Gone", missing="No data")
    (page,) = pages(everything, [Row([chart("line"), empty])])
    assert "No data" in page and "A line" in page


@given(st.lists(st.floats(0, 100), min_size=1, max_size=9), st.floats(0.1, 12))
def test_names_beside_a_chart_keep_their_order_and_distance(values, gap):
    found = paper.apart(sorted(values), gap, 100.0)
    assert len(found) == len(values) and found[-1] <= 100.0
    assert all(b - a >= gap - 1e-9 for a, b in pairwise(found))


def test_a_stack_names_its_parts_beside_the_last_column():
    stack = chart("stack")
    drawn = svg(stack, 400, "en", "USD").decode()
    assert all(f">{name}<" in drawn for name in ("Web", "门店")) and "■" not in drawn


@pytest.mark.parametrize(
    "text", ["Orders (no visits)", "Mix of segments", "订单（没有访问记录的渠道）", "x" * 60, "Short"]
)
def test_long_names_take_two_lines(text):
    lines = paper.wrapped(text, 60).split("\n")
    assert len(lines) <= 2 and all(paper.wide(line) <= 60 for line in lines)
    if paper.wide(text) < 100:
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_the_parts_of_a_report_are_full_pages(shop):
    for lang in ("en", "zh"):
        made = PdfReader(io.BytesIO(pdf(told(shop, "board", lang))))
        assert min(len(page.extract_text()) for page in made.pages) > 200


def test_a_printed_line_keeps_the_order_of_its_steps_and_lies_in_its_band():
    """Steps "0", "7" … "70" are words: in the order of words 14 would come before 7."""
    days = [str(day) for day in range(0, 77, 7)]
    falls = pl.DataFrame({"day": days, "y": [1 - k / 20 for k in range(11)]})
    rows = falls.with_columns(low=pl.col("y") - 0.1, high=pl.col("y") + 0.1)
    drawn = svg(Chart("line", rows, "day", "y", low="low", high="high", unit="percent"), 300, "en", "USD")
    path = next(each for each in re.findall(rb'<path d="(M [^"]*)"', drawn) if each.count(b"L") == 10)
    heights = [float(y) for y in re.findall(rb"[ML] [\d.]+ ([\d.]+)", path)]
    assert heights == sorted(heights), "the share falls from step to step"
    assert b"FillBetween" in drawn
