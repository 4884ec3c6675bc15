"""Tables, quality report and columns as blocks."""

from __future__ import annotations

from datetime import UTC, date, datetime

from loaders.quality import Check, check
from loaders.tables import TABLES, dtypes
from stories import data
from stories.asked import Shop
from stories.blocks import Finding, Heading, Table, Warning

SHOP = Shop(date(2026, 5, 30))
ORDERS = data.Loaded(
    "orders",
    "One row an order.",
    210,
    3,
    1,
    datetime(2026, 4, 1, tzinfo=UTC),
    datetime(2026, 5, 28, tzinfo=UTC),
)


def test_loaded_tables_tell_rows_days_and_age():
    there, absent = data.tables([ORDERS, data.Loaded("tickets", "One row a service request.")], SHOP, "en")
    assert isinstance(there, Table) and isinstance(absent, Table)
    assert there.note == "1 of 2 tables are loaded."
    assert there.frame.row(0) == (
        *("orders", "One row an order.", 210),
        *(date(2026, 4, 1), date(2026, 5, 28), 2, 3, 1),
    )
    assert absent.title == "Not imported yet" and absent.frame["name"].to_list() == ["tickets"]


def test_nothing_is_absent_where_all_is_loaded():
    assert len(data.tables([ORDERS], SHOP, "zh")) == 1


def test_the_quality_report_counts_the_failed_and_explains_each():
    bad = Check("orders", "orphan", "bad", 5, 100, "{column} {value} is not in {table}", {"column": "a"} | {"value": 1, "table": "b"})  # fmt: skip
    note = Check("orders", "drop", "note", 1, 30, "first on {day}", {"day": date(2026, 5, 2)})
    warning, table = data.quality([bad, note], "en")
    assert isinstance(warning, Warning) and warning.text == "1 check failed."
    assert isinstance(table, Table)
    assert table.frame["rule"].to_list() == ["names a row that is not there", "days far below the usual"]
    assert table.frame["detail"].to_list() == ["a 1 is not in b", "first on 2 May 2026"]
    assert table.frame["share"].to_list() == [0.05, 1 / 30]
    assert data.quality([bad, note], "zh")[1].frame["detail"][1] == "首次出现在2026年5月2日"


def test_no_finding_is_good_news():
    heading, finding = data.quality([], "en")
    assert isinstance(heading, Heading) and isinstance(finding, Finding)
    assert finding.tone == "good"


def test_every_rule_of_the_report_has_words(whole):
    from loaders.validate import REASONS

    assert set(REASONS) <= set(data.RULES)
    assert {found.rule for found in check(whole)} <= set(data.RULES)


def test_columns_tell_meaning_need_and_privacy():
    columns = [
        data.Described("order_id", "String", "", "The order.", True, False),
        data.Described(
            "customer_id", "Datetime(time_unit='us')", "", "Who ordered; empty for a guest.", False, True
        ),
    ]
    table = data.described("orders", "One row an order.", columns, "zh")
    assert table.frame["meaning"].to_list() == ["订单。", "下单客户；游客为空。"]
    assert table.frame["needed"].to_list() == ["必需", ""]
    assert table.frame["person"].to_list() == ["", "可识别个人"]
    assert table.frame["kind"].to_list() == ["文本", "时刻"]
    assert table.note == "每行一个订单。"


def test_every_type_of_the_schema_has_a_word():
    kinds = {type(kind).__name__ for table in TABLES for kind in dtypes(table).values()}
    assert kinds == set(data.KINDS)


def test_every_table_has_a_name_for_people():
    assert set(data.TABLES) == set(TABLES)
