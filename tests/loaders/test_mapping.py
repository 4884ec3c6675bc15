"""What a mapping may say, and what it answers where it says something wrong."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from loaders import mapping
from loaders.loader import BadInput
from tests.loaders.reading import opened, problems, put, read

SALES = """\
No,Sold,Who,Art,Qty,Price,Kind
S1,2024-01-05 10:00,17850.0,P1,2,9.50,sale
S1,2024-01-05 10:00,17850.0,P2,1,4.00,sale
S2,2024-01-06 11:00,,P1,-1,9.50,back
S3,2024-01-07 12:00,18000.0,P1,x,9.50,sale
S4,2024-01-08 13:00,18000.0,P1,1,9.50,gift
"""
RULES = """\
[read]
numbers = ["Qty", "Price"]
[returns]
where = "Kind = 'back'"
[returns.columns]
return_id = "No"
product_id = "Art"
returned_at = "Sold"
units = { sql = "-Qty" }
refund_value = { sql = "-Qty * Price" }
[order_lines]
where = "Kind = 'sale'"
[order_lines.columns]
order_id = "No"
product_id = { sql = "UPPER(SUBSTR(Art, 1, 1)) || '-' || SUBSTR(Art, 2)" }
units = "Qty"
unit_price = "Price"
category = { constant = "all" }
[orders]
derived = true
where = "Kind = 'sale'"
[orders.columns]
order_id = "No"
ordered_at = "Sold"
customer_id = { from = "Who", strip = ".0" }
channel = { from = ["Channel", "Source"], default = "shop" }
status = { from = "Kind", map = { sale = "paid" } }
"""


@pytest.fixture
def sales(tmp_path):
    return put(tmp_path, {"d/sales.csv": SALES, "m.toml": RULES})


def load(folder, rules: str | None = None):
    if rules is not None:
        put(folder, {"m.toml": rules})
    return read(opened(folder / "d", mapping=str(folder / "m.toml")))


def test_one_file_feeds_several_tables(sales):
    found = load(sales)
    assert found["returns"].select("units", "refund_value", "_line").rows() == [(1, 9.5, 4)]
    assert found["order_lines"]["product_id"].to_list() == ["P-1", "P-2", "P-1"]
    assert set(found["order_lines"]["category"]) == {"all"}
    assert problems(found["order_lines"]) == {5: 'units: not a number: "x"'}
    assert found["orders"].select("order_id", "customer_id", "channel", "status").rows() == [
        ("S1", "17850", "shop", "paid"),
        ("S3", "18000", "shop", "paid"),
    ]


def test_every_row_is_accounted_for(sales):
    lost = load(sales)[""]
    assert problems(lost) == {6: "no table takes this row: it fails Kind = 'sale'; Kind = 'back'"}
    counted = read(opened(sales / "d", mapping=str(sales / "m.toml")), derived=False)
    assert sorted(line for frame in counted.values() for line in frame["_line"]) == [2, 3, 4, 5, 6]


def test_a_number_in_a_condition_that_is_none_says_so(sales):
    rules = RULES.replace("Kind = 'sale'", "Qty > 0").replace("Kind = 'back'", "Qty < 0")
    assert problems(load(sales, rules)[""]) == {5: 'Qty: not a number: "x"'}


def test_columns_of_a_second_file(tmp_path):
    put(
        tmp_path / "d",
        {"items.csv": "o,p,n,c\n1,A,2,x\n2,B,1,y\n3,C,1,z\n", "names.csv": "c,word\nx,toys\ny,books\n"},
    )
    put(tmp_path / "d", {"freight.csv": "o,cost\n1,2.5\n1,1.5\n2,1\n", "extra.csv": "q\n1\n"})
    rules = """\
[order_lines]
join = { on = "c", take = "word" }
[order_lines.columns]
order_id = "o"
product_id = "p"
units = "n"
unit_price = { constant = 1.5 }
category = { sql = "COALESCE(word, c)" }
[orders]
derived = true
where = "p IS NOT NULL"
join = { on = { o = "o" }, take = "cost", sum = true }
[orders.columns]
order_id = "o"
ordered_at = { constant = "2024-01-05" }
shipping_fee = "cost"
"""
    found = load(tmp_path, rules)
    assert found["order_lines"]["category"].to_list() == ["toys", "books", "z"]
    assert found["orders"].sort("order_id")["shipping_fee"].to_list() == [4.0, 1.0, None]
    delivery = opened(tmp_path / "d", mapping=str(tmp_path / "m.toml"))
    assert [source.name for source in delivery.sources] == ["items.csv"]
    assert "no table takes extra.csv" in delivery.notes


def test_a_corrected_second_file_is_read_again(tmp_path):
    rules = RULES.replace("[orders]\n", '[orders]\njoin = { on = "No", take = "Source" }\n')
    put(tmp_path, {"d/sales.csv": SALES, "d/from.csv": "No,Source\nS1,web\n", "m.toml": rules})
    before = opened(tmp_path / "d", mapping=str(tmp_path / "m.toml"))
    assert read(before)["orders"]["channel"].to_list() == ["web", "shop"]
    put(tmp_path, {"d/from.csv": "No,Source\nS1,app\n"})
    after = opened(tmp_path / "d", mapping=str(tmp_path / "m.toml"))
    assert before.sources[0].digest != after.sources[0].digest


def test_cells_that_stand_only_on_the_first_row_of_a_record(tmp_path, monkeypatch):
    content = "o,day,p\n1,2024-01-05,A\n1,,B\n1,,C\n2,2024-01-06,D\n2,,E\n3,,F\n"
    rules = """\
[read.fill]
by = "o"
columns = ["day"]
[order_lines.columns]
order_id = "o"
ordered_at = "day"
product_id = "p"
units = { constant = 1 }
unit_price = { constant = 2 }
"""
    put(tmp_path, {"d/a.csv": content})
    whole = load(tmp_path, rules)["order_lines"]["ordered_at"].to_list()
    assert [one and one.day for one in whole] == [5, 5, 5, 6, 6, None]
    monkeypatch.setattr("loaders.lines.BLOCK", 16)
    assert load(tmp_path)["order_lines"]["ordered_at"].to_list() == whole


def test_nested_json(tmp_path):
    lines = """\
{"t": 1704448800000000, "who": "u", "dev": {"kind": "phone"}, "params": [PAGE]}
{"t": 1704448801000000, "who": "u", "params": [COUNT], "items": [{"id": "P"}, {"id": "Q"}]}
"""
    lines = lines.replace("PAGE", '{"key": "page", "value": {"string_value": "/a"}}')
    lines = lines.replace("COUNT", '{"key": "n", "value": {"int_value": "3"}}')
    rules = """\
[events.columns]
customer_id = "who"
happened_at = "t"
event = { constant = "view" }
device = { from = "dev.kind", optional = true }
page = "params[page]"
results = "params[n]"
product_id = { from = "items[0].id", optional = true }
[order_lines]
derived = true
explode = "items"
[order_lines.columns]
order_id = "who"
line_id = "_item"
product_id = "items.id"
units = { constant = 1 }
unit_price = { constant = 1 }
"""
    put(tmp_path, {"d/a.jsonl": lines})
    found = load(tmp_path, rules)
    assert found["events"].select("device", "page", "results", "product_id").rows() == [
        ("phone", "/a", None, None),
        (None, None, 3, "P"),
    ]
    assert found["order_lines"].select("line_id", "product_id", "_line").rows() == [
        ("1", "P", 2),
        ("2", "Q", 2),
    ]


def test_a_promise_for_a_day_holds_to_its_end(tmp_path):
    rules = """\
[shipments.columns]
shipment_id = "s"
order_id = "o"
promised_at = { from = "d", end_of_day = true, date_order = "dmy" }
"""
    put(tmp_path, {"d/a.csv": "s,o,d\n1,1,05/01/2024\n"})
    found = load(tmp_path, '[shop]\ntimezone = "America/Sao_Paulo"\n' + rules)["shipments"]
    assert found["promised_at"][0] == datetime(2024, 1, 6, 2, 59, 59, 999999, tzinfo=UTC)


def test_the_line_tells_equal_rows_apart(tmp_path):
    rules = """\
[order_lines.columns]
order_id = "o"
line_id = "_line"
product_id = "p"
units = { constant = 1 }
unit_price = { constant = 1 }
"""
    put(tmp_path, {"d/a.csv": "o,p\n1,A\n1,A\n", "m.toml": rules})
    (batch,) = opened(tmp_path / "d", mapping=str(tmp_path / "m.toml")).sources[0].read()
    assert batch.frame["line_id"].to_list() == ["2", "3"]
    assert batch.raw.is_unique().all()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('order_id = "No"', 'order_idd = "No"', "there is no 'order_idd'. Did you mean 'order_id'"),
        ("[returns]", "[return]", "there is no 'return'. Did you mean 'returns'"),
        ("derived = true", "derivd = true", "there is no 'derivd'. Did you mean 'derived'"),
        ('units = "Qty"\n', "", r"\[order_lines\] lacks units, which every row of order_lines needs"),
        ("-Qty * Price", "-Qty * * Price", "is no expression"),
        ("-Qty * Price", "SUM(Qty)", "one row at a time"),
        ("-Qty * Price", "(SELECT 1)", "is no expression|not allowed"),
        ("-Qty * Price", "read_csv('/etc/passwd')", "is no expression"),
        ("-Qty * Price", "Qty * UPPER(Price)", "cannot be worked out"),
        ('{ constant = "all" }', "3", "write the name of their column, or constant = 3"),
        ('{ constant = "all" }', "{ default = 1 }", "needs one of from, sql or constant"),
        ('unit_price = "Price"', 'unit_price = "price_"', "the nearest, sales.csv, lacks price_"),
        ("[read]", "[red]", "there is no 'red'. Did you mean 'read'"),
        ("Kind = 'sale'", "Kind == ", "is no expression"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_mapping_is_named(sales, old, new, told):
    rules = RULES.replace(old, new)
    assert rules != RULES
    if "nearest" in told:
        delivery_notes = opened(put(sales, {"m.toml": rules}) / "d", mapping=str(sales / "m.toml")).notes
        assert any(told in note for note in delivery_notes)
        return
    with pytest.raises(BadInput, match=told):
        load(sales, rules)


def test_a_file_that_a_rule_names_must_have_its_columns(sales):
    rules = RULES.replace("[returns]\n", '[returns]\nfiles = "sal*.csv"\n').replace('"Art"', '"Artt"')
    with pytest.raises(BadInput, match=r"sales.csv lacks Artt, needed for returns. Did you mean 'Art'"):
        load(sales, rules)


def test_a_mapping_that_fits_no_file(sales):
    rules = '[orders.columns]\norder_id = "Number"\nordered_at = "Sold"\n'
    with pytest.raises(
        BadInput, match=r"No file fits the mapping m\. .*the nearest, sales.csv, lacks Number"
    ):
        load(sales, rules)
    with pytest.raises(BadInput, match="no TOML file"):
        load(sales, "[orders\n")


def test_typed_columns_are_text_in_expressions(tmp_path):
    frame = pl.DataFrame({"id": [1.0, 2.0], "day": [date(2024, 1, 5)] * 2, "n": [3, 4], "price": [1.5, 2.5]})
    (tmp_path / "d").mkdir()
    frame.write_parquet(tmp_path / "d" / "a.parquet")
    rules = """\
[read]
numbers = ["n", "price"]
[order_lines.columns]
order_id = { sql = "'O' || id" }
ordered_at = "day"
product_id = "n"
units = "n"
unit_price = { sql = "price / n" }
"""
    found = load(tmp_path, rules)["order_lines"]
    assert found["order_id"].to_list() == ["O1", "O2"]
    assert found["unit_price"].to_list() == [0.5, 0.625]


def test_the_ready_mappings_parse():
    for name in mapping.ready():
        assert mapping.load(name).rules, name


def test_every_key_is_documented():
    page = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text("utf-8")
    keys = (*mapping.TOP, *mapping.SHOP, *mapping.READ, *mapping.RULE, *mapping.COLUMN, *mapping.JOIN)
    undocumented = {key for key in keys if f"`{key}`" not in page and f"`[{key}]`" not in page}
    assert not {key for key in undocumented if f"`{key} = " not in page}
    assert all(f"`{name}`" in page for name in mapping.ready())


def test_the_documented_example_loads(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text("utf-8")
    rules = page.partition("```toml\n")[2].partition("```")[0]
    content = "Doc,Sold,Who,Art,Qty,Price\n1,2024-01-05 10:00,17850.0,P,2,3.5\n2,2024-01-06 10:00,,P,-1,3.5\n"
    put(tmp_path, {"d/a.csv": content})
    found = load(tmp_path, rules)
    assert {name: frame.height for name, frame in found.items()} == {
        "returns": 1,
        "order_lines": 1,
        "orders": 1,
    }
    assert found["orders"].select("customer_id", "channel").rows() == [("17850", "web")]
