"""A mapping written for files that nobody has mapped: it loads, and says what it is unsure of."""

import re
import tomllib

import pytest

from loaders import guesses, mapping, suggest, tables
from loaders.loader import BadInput
from tests.loaders.reading import DATA, opened, problems, put, read


def suggested(source, tmp_path, **options):
    """The text, and what it reads."""
    text = suggest.suggest(str(source), options)
    (tmp_path / "suggested.toml").write_text(text)
    return text, read(opened(source, mapping=str(tmp_path / "suggested.toml"), timezone="UTC"))


def test_synonyms_are_of_columns_that_exist():
    words = tomllib.loads((mapping.READY.parent / "synonyms.toml").read_text("utf-8"))
    ours = {name for table in tables.TABLES.values() for name in table.column_names()}
    assert set(words["tables"]) <= set(tables.TABLES)
    for name in words["columns"]:
        table, _, column = name.rpartition(".")
        assert column in (tables.TABLES[table].column_names() if table else ours), name


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("InvoiceNo", "order_id"), ("Invoice No.", "order_id"), ("qty", "units"), ("订单编号", "order_id"),
     ("StockCode", "product_id"), ("customerID", "customer_id"), ("UnitPrice", "unit_price")],
)  # fmt: skip
def test_names_are_recognised(theirs, ours):
    assert guesses.likeness(theirs, [ours, *guesses.synonyms()["columns"][ours]]) > 0.9


def test_a_german_export(tmp_path):
    content = (
        "Order No;Order Date;SKU;Qty;Price;Customer No;Remark\n"
        "A1;31.01.2024 10:00;P1;2;1.234,50;K1;x\nA1;31.01.2024 10:00;P2;-1;9,90;K1;\nA2;01.02.2024 11:00;P1;1;9,90;;\n"
    )
    put(tmp_path / "d", {"export_2024-01.csv": content, "export_2024-02.csv": content.replace("A", "B")})
    text, found = suggested(tmp_path / "d", tmp_path)
    assert 'date_order = "dmy"   # as in 31.01.2024 10:00' in text
    assert 'decimal = ","' in text
    assert 'files = ["export*.csv"]' in text
    assert "Not used of export_2024-01.csv, export_2024-02.csv: Remark (x)" in text
    assert found["order_lines"]["unit_price"].to_list() == [1234.5, 9.9] * 2
    assert found["returns"].select("units", "refund_value").rows() == [(1, 9.9)] * 2
    assert found["orders"]["customer_id"].to_list() == ["K1", None] * 2


def test_what_is_unsure_is_to_be_checked(tmp_path):
    content = "id,date,time,name,price\n1,03/04/2024,10:00,Soup,3.5\n1,03/04/2024,10:00,Soup,3.5\n"
    put(tmp_path / "d", {"menu.csv": content})
    text = suggest.suggest(str(tmp_path / "d"), {})
    assert "# date_order = \"dmy\"   # CHECK: '03/04/2024' may be day/month or month/day" in text
    assert re.search(r"units = \{ constant = 1 \} +# CHECK: no column of quantities", text)
    (tmp_path / "m.toml").write_text(text.replace("# date_order", "date_order"))
    found = read(opened(tmp_path / "d", mapping=str(tmp_path / "m.toml")))
    assert found["order_lines"].height == 2
    assert found["orders"]["ordered_at"][0].month == 4


def test_nothing_to_recognise(tmp_path):
    with pytest.raises(BadInput, match="looks like one of our tables: customers, products"):
        suggest.suggest(str(put(tmp_path, {"a.csv": "x,y\n1,2\n"})), {})


REAL = {
    "online_retail/by-day": {"order_lines", "returns", "orders", "customers", "products"},
    "olist_sample": {"orders", "order_lines", "payments", "reviews", "products", "customers", "merchants"},
    "pizzaplace": {"order_lines", "orders", "products"},
    "complete_journey": {"order_lines", "orders", "products", "customers", "campaigns", "coupons"},
    "ecom_clickstream": {"events"},
}


@pytest.mark.parametrize("name", REAL)
def test_real_data(tmp_path, name):
    source = DATA / name
    if not source.exists():
        pytest.skip(f"the real data {name} is not on this machine")
    _, found = suggested(source, tmp_path)
    assert set(found) == REAL[name]
    bad = sum(len(problems(frame)) for frame in found.values())
    assert bad <= 0.01 * sum(frame.height for frame in found.values())
    if name == "pizzaplace":
        lines = found["order_lines"]
        assert round((lines["units"] * lines["unit_price"]).sum(), 2) == 817_860.05
        assert lines["order_id"].n_unique() == 21_350
