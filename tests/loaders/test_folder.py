"""Files named as ours, daily files, and what the loader says where it cannot go on."""

from datetime import UTC, datetime

import pytest

from loaders.loader import BadInput, choose
from loaders.matching import table_name
from tests.loaders.reading import LINES, ORDERS, opened, problems, put, read


def test_files_of_our_own_names(tmp_path):
    delivery = opened(put(tmp_path, {"orders.csv": ORDERS, "order_lines.csv": LINES, "readme.md": "hi"}))
    found = read(delivery)
    assert [source.name for source in delivery.sources] == ["order_lines.csv", "orders.csv"]
    assert found["orders"]["ordered_at"][0] == datetime(2024, 1, 5, 10, tzinfo=UTC)
    assert found["order_lines"]["unit_price"].to_list() == [9.5, 20.0]
    assert found["order_lines"]["_line"].to_list() == [2, 3]
    assert any("readme.md" in note for note in delivery.notes)


@pytest.mark.parametrize(
    "name",
    ["orders.csv", "Orders.csv.gz", "orders_2024-01-01.csv", "orders-20240101.jsonl", "orders/2024-01-01.csv",
     "2024/orders.csv", "shop.xlsx#Orders", "table orders"],
)  # fmt: skip
def test_a_file_is_named_after_a_table(name):
    assert table_name(name) == "orders"


def test_a_source_keeps_its_name_and_digest_wherever_it_lies(tmp_path):
    one = opened(put(tmp_path / "a", {"orders_1.csv": ORDERS, "orders_2.csv": ORDERS + "3,2024-02-01,C\n"}))
    other = opened(put(tmp_path / "b", {"orders_1.csv": ORDERS}))
    assert one.sources[0].name == other.sources[0].name == "orders_1.csv"
    assert one.sources[0].digest == other.sources[0].digest != one.sources[1].digest
    zoned = opened(tmp_path / "b", timezone="Asia/Shanghai")
    assert zoned.sources[0].digest != other.sources[0].digest


def test_times_without_a_zone_are_the_shops(tmp_path):
    delivery = opened(put(tmp_path, {"orders.csv": ORDERS}), timezone="Asia/Shanghai", currency="CNY")
    assert delivery.shop == {"timezone": "Asia/Shanghai", "currency": "CNY"}
    assert read(delivery)["orders"]["ordered_at"][0] == datetime(2024, 1, 5, 2, tzinfo=UTC)


def orders(*days: str) -> str:
    return "order_id,ordered_at\n" + "".join(f"{number},{day}\n" for number, day in enumerate(days, 1))


def test_the_day_first_shows_in_another_daily_file(tmp_path):
    put(tmp_path, {"orders_1.csv": orders("01/02/2024", "03/02/2024"), "orders_2.csv": orders("31/01/2024")})
    found = read(opened(tmp_path))["orders"]
    assert [str(one.date()) for one in found["ordered_at"]] == ["2024-02-01", "2024-02-03", "2024-01-31"]


def test_an_ambiguous_order_is_asked_for_before_anything_is_read(tmp_path):
    put(tmp_path, {"orders.csv": orders("01/02/2024", "03/02/2024")})
    with pytest.raises(BadInput, match=r"'01/02/2024' may be day/month or month/day.*date_order=dmy"):
        opened(tmp_path)
    asked = read(opened(tmp_path, date_order="mdy"))["orders"]
    assert [one.month for one in asked["ordered_at"]] == [1, 3]


def test_two_orders_in_one_column_are_asked_for(tmp_path):
    put(tmp_path, {"orders.csv": orders("31/01/2024", "01/31/2024")})
    with pytest.raises(
        BadInput, match=r"written in two ways.*'31/01/2024', which is dmy.*'01/31/2024', which is mdy"
    ):
        opened(tmp_path)


DAYS = [f"{day}/05/2024" for day in range(1, 32)]


def test_one_wrong_date_among_many_is_a_problem_not_a_question(tmp_path):
    put(tmp_path, {"orders.csv": orders(*DAYS, *DAYS, "05/31/2024", "31/31/2024")})
    found = read(opened(tmp_path))["orders"]
    assert problems(found) == {
        64: 'ordered_at: not a date: "05/31/2024"',
        65: 'ordered_at: not a date: "31/31/2024"',
    }


def prices(*written: str) -> str:
    return "order_id;product_id;units;unit_price\n" + "".join(
        f"{n};P;1;{one}\n" for n, one in enumerate(written)
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["9,50", "1.234,50", "1.000"], [9.5, 1234.5, 1000.0]),
        (["9.50", "1,234.50", "1,000"], [9.5, 1234.5, 1000.0]),
        (["€ 9,5", "(2,25)", "1 234,5"], [9.5, -2.25, 1234.5]),
    ],
)
def test_the_decimal_mark_shows_in_the_values(tmp_path, written, expected):
    put(tmp_path, {"order_lines.csv": prices(*written)})
    assert read(opened(tmp_path))["order_lines"]["unit_price"].to_list() == expected


def test_an_ambiguous_comma_is_asked_for(tmp_path):
    put(tmp_path, {"order_lines.csv": prices("1,000", "2,500")})
    with pytest.raises(BadInput, match=r"'1,000' may be a thousand or a fraction.*--option decimal="):
        opened(tmp_path)
    assert read(opened(tmp_path, decimal=","))["order_lines"]["unit_price"].to_list() == [1.0, 2.5]


def test_a_missing_column_comes_with_the_nearest_name(tmp_path):
    put(tmp_path, {"orders.csv": "order_id,orderd_at,customer_id\n1,2024-01-01,A\n"})
    with pytest.raises(
        BadInput, match=r"orders.csv lacks ordered_at.* Did you mean 'orderd_at'\? It has: order_id"
    ):
        opened(tmp_path)


def test_an_unheard_of_table_says_how_to_map_it(tmp_path):
    put(tmp_path, {"xyz.csv": "foo,bar\n1,2\n"})
    with pytest.raises(BadInput, match=r"Found xyz.csv: foo, bar. Write a mapping: .*--suggest"):
        opened(tmp_path)
    delivery = opened(put(tmp_path, {"orders.csv": ORDERS}))
    assert "no table takes xyz.csv" in delivery.notes


def test_empty_files_and_files_with_a_header_only(tmp_path):
    with pytest.raises(BadInput, match=r"orders\.csv is empty"):
        opened(put(tmp_path, {"orders.csv": ""}) / "orders.csv")
    put(tmp_path, {"orders_1.csv": ORDERS, "orders_2.csv": "order_id,ordered_at\n"})
    delivery = opened(tmp_path)
    assert any("orders.csv is empty" in note for note in delivery.notes)
    assert any("orders_2.csv" in note and "no rows" in note for note in delivery.notes)
    assert read(delivery)["orders"].height == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"timezone": "Europe/Londn"}, "Did you mean 'Europe/London'"),
        ({"currency": "euro"}, "three capitals such as EUR"),
        ({"date_order": "ymd"}, "date_order is dmy or mdy"),
        ({"encoding": "klingon"}, "no encoding 'klingon'"),
        ({"separator": "ab"}, "one character"),
        ({"table": "order"}, "Did you mean 'orders'"),
        ({"mapping": "olst"}, "Did you mean 'olist'"),
    ],
)
def test_a_wrong_option_is_named(tmp_path, options, told):
    put(tmp_path, {"orders.csv": ORDERS})
    with pytest.raises(BadInput, match=told):
        opened(tmp_path, **options)


def test_one_file_of_any_name_with_its_table(tmp_path):
    put(tmp_path, {"export.csv": ORDERS})
    assert read(opened(tmp_path / "export.csv", table="orders"))["orders"].height == 2


def test_broken_rows_are_accounted_for_under_their_table(tmp_path):
    put(tmp_path, {"orders.csv": ORDERS + "3\n"})
    found = read(opened(tmp_path))["orders"]
    assert problems(found) == {4: "1 fields where the header has 3"}
    assert found.height == 3


def test_the_loader_says_why_it_was_chosen(tmp_path):
    put(tmp_path, {"orders.csv": ORDERS})
    assert choose(str(tmp_path), {})[1] == "it is a folder with 1 files to read"
    assert choose(str(tmp_path / "orders.csv"), {})[0].name == "folder"
    with pytest.raises(BadInput, match="No loader recognises"):
        choose(str(tmp_path / "none.csv"), {})
