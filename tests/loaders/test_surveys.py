"""Surveys with a column for each question: the ready mapping, one that extends it, and unpivot by itself."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from loaders.loader import BadInput
from tests.loaders.reading import opened, put, read

HEADS = {
    "survey monkey": "Respondent ID,Start Date,End Date,nps,csat,How do you rate? [Delivery],How do you rate? [Price],comment",
    "lime survey": "id. Response ID,startdate. Date started,submitdate. Date submitted,nps,csat,driver[Delivery],driver[Price],comment",
    "wenjuanxing": "序号,asked,提交答卷时间,nps,csat,4、请评价—Delivery,4、请评价—Price,comment",
}
ROWS = """
101,2026-06-01 10:00,2026-06-01 10:05,10,5,5,4,Quick
102,2026-06-01 11:00,2026-06-01 11:05,6,2,1,,
103,2026-06-02 11:00,2026-06-02 11:07,,4,4,3,
"""


@pytest.mark.parametrize("tool", HEADS)
def test_exports_of_common_tools_are_read_without_a_mapping(tmp_path, tool):
    found = read(opened(put(tmp_path, {"d/answers.csv": HEADS[tool] + ROWS})))["surveys"]
    assert found["_problem"].null_count() == len(found) == 3 + 3 + 5 + 1
    told = found.sort("answer_id").select("answer_id", "question", "score").rows()
    assert told == [
        ("comment-101", None, None), ("csat-101", None, 5), ("csat-102", None, 2), ("csat-103", None, 4),
        ("driver-Delivery-101", "Delivery", 5), ("driver-Delivery-102", "Delivery", 1), ("driver-Delivery-103", "Delivery", 4),
        ("driver-Price-101", "Price", 4), ("driver-Price-103", "Price", 3),
        ("nps-101", None, 10), ("nps-102", None, 6), ("nps-103", None, None),
    ]  # fmt: skip
    nps = found.filter(answer_id="nps-103").row(0, named=True)
    assert nps["answered_at"] == datetime(2026, 6, 2, 11, 7, tzinfo=UTC)
    assert (nps["scale_min"], nps["scale_max"], nps["better"], nps["method"]) == (0, 10, "higher", "online")


def test_the_words_of_questions_are_renamed(tmp_path):
    mapping = """\
extends = "survey_wide"
[shop]
timezone = "Asia/Shanghai"
[rename]
"Timestamp" = "answered"
"Email Address" = "respondent"
"Would you recommend us?" = "nps"
"Order number" = "order"
"""
    csv = "Timestamp,Email Address,Would you recommend us?,Order number\n2026-06-01 08:30,a@b.example,9,O7\n"
    folder = put(tmp_path, {"d/forms.csv": csv, "m.toml": mapping})
    found = read(opened(folder / "d", mapping=str(folder / "m.toml")))["surveys"]
    row = found.row(0, named=True)
    assert (row["answer_id"], row["score"], row["order_id"]) == ("nps-a@b.example", 9, "O7")
    assert row["asked_at"] == row["answered_at"] == datetime(2026, 6, 1, 0, 30, tzinfo=UTC)


def test_what_cannot_be_a_score_waits_in_quarantine(tmp_path):
    csv = "respondent,answered,csat,driver: Price\n1,2026-06-01,very good,5\n2,2026-06-01,4,dear\n"
    found = read(opened(put(tmp_path, {"d/a.csv": csv})))["surveys"]
    bad = found.filter(pl.col("_problem").is_not_null()).sort("_line")
    assert bad["answer_id"].to_list() == ["csat-1", "driver-Price-2"]
    assert bad["_line"].to_list() == [2, 3]


RULES = """\
[inventory]
unpivot = "^stock (.+)$"
[inventory.columns]
day = "day"
product_id = "sku"
warehouse = "_name"
on_hand = "_value"
"""


def test_unpivot_makes_a_row_of_each_filled_column(tmp_path):
    csv = "day,sku,stock North,stock South,price\n2026-06-01,A,3,4,9\n2026-06-01,B, ,5,9\n"
    folder = put(tmp_path, {"d/a.csv": csv, "m.toml": RULES})
    found = read(opened(folder / "d", mapping=str(folder / "m.toml")))["inventory"]
    assert found.sort("product_id", "warehouse").select("product_id", "warehouse", "on_hand", "_line").rows() == [
        ("A", "North", 3, 2), ("A", "South", 4, 2), ("B", "South", 5, 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "told"),
    [("stock (", "is no regular expression"), ("^shelf ", "lacks columns named like ^shelf ")],
)
def test_a_pattern_that_fits_nothing_is_told(tmp_path, pattern, told):
    mapping = RULES.replace("^stock (.+)$", pattern)
    folder = put(tmp_path, {"d/a.csv": "day,sku,stock North\n2026-06-01,A,3\n", "m.toml": mapping})
    with pytest.raises(BadInput, match="(?s)" + told.replace("^", r"\^")):
        opened(folder / "d", mapping=str(folder / "m.toml"))
