"""Good rows load, bad rows are told apart with the reason."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.validate import ROW, validate
from tests.loaders.shop import NOW, at, batch, line


def verdicts(table: str, rows: list[dict]) -> list[tuple]:
    _, bad = validate(table, batch(table, rows).frame, NOW)
    return bad.select(ROW, "rule", "column", "reason").rows()


@pytest.mark.parametrize(
    ("change", "rule", "reason"),
    [
        ({"units": 0}, "min", "units is below 1: 0"),
        ({"units": "many"}, "type", "units is not a whole number: many"),
        ({"units": 1.5}, "type", "units is not a whole number: 1.5"),
        ({"unit_price": -1}, "min", "unit_price is below 0: -1.0"),
        ({"unit_price": float("nan")}, "nan", "unit_price is not a number: NaN"),
        ({"unit_price": float("inf")}, "nan", "unit_price is not a number: inf"),
        ({"product_id": None}, "missing", "product_id is missing"),
    ],
)
def test_an_order_line(change, rule, reason):
    found = verdicts("order_lines", [line("A"), {**line("A"), **change}])
    assert [(row, rule_, reason_) for row, rule_, _, reason_ in found] == [(1, rule, reason)]


def test_times_in_the_future_and_before_there_were_shops():
    rows = [{"order_id": str(year), "ordered_at": at(f"{year}-01-01")} for year in (1970, 2026, 2031)]
    found = verdicts("orders", rows)
    assert [(row, rule) for row, rule, *_ in found] == [(0, "past"), (2, "future")]


def test_what_is_planned_may_lie_in_the_future():
    plan = {"promotion_id": "A", "starts_at": at("2031-01-01"), "ends_at": at("2031-02-01")}
    assert verdicts("promotions", [plan]) == []


def test_a_choice_that_there_is_not():
    row = {"answer_id": "1", "measure": "nps", "asked_at": at("2026-01-01"), "method": "smoke"}
    assert verdicts("surveys", [row]) == [
        (0, "choices", "method", "method is none of online, phone, field: smoke")
    ]


def test_what_a_loader_could_not_read_is_said_first():
    one = batch("order_lines", [{**line("A"), "units": None}])
    frame = one.frame.with_columns(_problem=pl.lit('units: not a number: "x"'))
    _, bad = validate("order_lines", frame, NOW)
    assert bad.select("rule", "reason").rows() == [("unread", 'units: not a number: "x"')]


def test_an_absent_optional_key_is_an_empty_one():
    row = {"day": NOW.date(), "channel": "search", "spend": 5.0}
    good, bad = validate("spend", batch("spend", [row]).frame, NOW)
    assert good["campaign_id"].to_list() == [""] and not len(bad)


cells = st.none() | st.text(max_size=3) | st.sampled_from(["1", "-1", "2.0", "nan"])


@given(st.lists(st.tuples(cells, cells, cells, cells), min_size=1, max_size=20))
def test_nothing_is_lost(rows):
    columns = ("order_id", "product_id", "units", "unit_price")
    schema = dict.fromkeys(columns, pl.String)
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.int_range(1, len(rows) + 1, dtype=pl.UInt32).alias("_line"),
        pl.lit(None, pl.String).alias("_problem"),
    )
    good, bad = validate("order_lines", frame, NOW)
    assert sorted([*good[ROW], *bad[ROW]]) == list(range(len(rows)))
    assert (good["units"] >= 1).all() and good["unit_price"].is_finite().all()
