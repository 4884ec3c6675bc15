"""Returns by hand, the same rate as the metric, and what the sample shop's wrong sizes leave in the data."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from metrics.metric import BadQuestion
from metrics.period import Period
from metrics.returns import returned
from tests.metrics.service_rows import frames, table

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
LATE = date(2026, 7, 31)


def order(number: int, day: str = "5-03", **more) -> dict:
    return {"order_id": f"O{number}", "customer_id": f"C{number}", "ordered_at": day, "status": "paid"} | more


def line(number: int, product: str, units: int = 1, **more) -> dict:
    own = {"order_id": f"O{number}", "line_id": product, "product_id": product, "units": units}
    return own | {"unit_price": 10.0, "unit_cost": 6.0, "category": "Home", "merchant_id": "M"} | more


def back(number: int, product: str, units: int = 1, day: str = "5-10", **more) -> dict:
    own = {
        "return_id": f"R{number}{product}",
        "line_id": "1",
        "order_id": f"O{number}",
        "product_id": product,
    }
    return own | {"units": units, "returned_at": day, "refund_value": 10.0 * units, "kind": "return"} | more


def ask(orders, lines, returns, **more):
    asked = {"period": MAY, "as_of": LATE, **more}
    given = (table("orders", orders), table("order_lines", lines), None, table("returns", returns))
    return returned(frames(), *given, **asked)


def test_by_hand():
    """Ten orders of two cups and a pot: three cups and one pot come back, one cup of a cancelled order."""
    orders = [order(k) for k in range(10)] + [order(10, status="cancelled"), order(11, "6-02")]
    lines = [
        each
        for k in range(12)
        for each in (line(k, "cup", 2, promotion_id="P" if k < 5 else None), line(k, "pot"))
    ]
    returns = [
        back(0, "cup", 2, reason="Broken"), back(1, "cup", reason="Broken"), back(2, "pot", reason="Size"),
        back(3, "cup", kind="Cancellation"), back(10, "cup"), back(4, "cup", day="8-01"),
    ]  # fmt: skip
    found = ask(orders, lines, returns)
    row = found.groups.row(0, named=True)
    assert (found.n, found.open, found.unplaced) == (20, 0, 0)
    assert (row["part"], row["units"], row["units_back"], row["refunds"]) == (3, 30, 4, 40.0)
    assert row["share"] == pytest.approx(3 / 20) and row["units_rate"] == pytest.approx(4 / 30)
    assert row["margin_lost"] == pytest.approx(40 - 4 * 6) and row["value_rate"] == pytest.approx(40 / 300)
    cup = found.groups.filter(by="product_id", of="cup").row(0, named=True)
    assert (cup["n"], cup["part"], cup["difference"]) == (10, 2, pytest.approx(0.1))
    promoted = {each["of"]: each["part"] for each in found.groups.filter(by="promoted").iter_rows(named=True)}
    assert promoted == {"yes": 2, "no": 1}
    assert found.reasons.is_empty()  # of three persons alone


def test_a_promotion_is_beside_what_was_bought_without_it():
    """Of 10 cups bought by promotion A 4 come back, of 10 by B 2, of 10 at the usual price 1."""
    orders = [order(k) for k in range(30)]
    lines = [line(k, "cup", promotion_id={0: "A", 1: "B"}.get(k // 10)) for k in range(30)]
    found = ask(orders, lines, [back(k, "cup") for k in (0, 1, 2, 3, 10, 11, 20)])
    rows = {each["of"]: each for each in found.groups.filter(by="promotion").iter_rows(named=True)}
    assert {of: (each["n"], each["part"], each["refunds"]) for of, each in rows.items()} == {
        "A": (10, 4, 40.0), "B": (10, 2, 20.0),
    }  # fmt: skip
    assert rows["A"]["difference"] == pytest.approx(4 / 10 - 3 / 20)
    assert rows["B"]["difference"] == pytest.approx(2 / 10 - 5 / 20)


def test_windows_that_are_open_are_said():
    orders = [order(k, "5-03" if k < 6 else "5-30") for k in range(9)]
    found = ask(orders, [line(k, "cup") for k in range(9)], [back(0, "cup")], as_of=date(2026, 6, 1))
    assert (found.open, found.groups["open"][0]) == (9, 9)
    found = ask(orders, [line(k, "cup") for k in range(9)], [back(0, "cup")], as_of=date(2026, 6, 2))
    assert found.open == 3
    assert "3 of 9 products ordered can still come back: their rates may rise" in found.warnings
    assert found.weeks["open"].to_list() == [False, True]


def test_returns_that_name_no_order_are_told_apart():
    orders, lines = [order(k) for k in range(6)], [line(k, "cup") for k in range(6)]
    lost = {"return_id": "X", "line_id": "1", "product_id": "cup", "units": 1, "refund_value": 9.0,
            "returned_at": "5-09"}  # fmt: skip
    found = ask(orders, lines, [back(0, "cup"), lost])
    assert found.unplaced == 1 and "1 returned products name no order that is known" in found.warnings[0]
    refused = ask(orders, lines, [lost])
    assert refused.n == 0 and refused.verdict is not None and not refused.verdict.identified


def test_who_surely_returns_more_is_found_and_nobody_else():
    """Seller B sends what comes back twice as often as A and C, in the same category."""
    orders = [order(k) for k in range(900)]
    sellers = ["A", "B", "C"]
    lines = [line(k, f"p{k % 3}", merchant_id=sellers[k % 3], category="Fashion") for k in range(900)]
    rates = {"A": 10, "B": 4, "C": 10}
    returns = [
        back(k, f"p{k % 3}", reason="Size") for k in range(900) if (k // 3) % rates[sellers[k % 3]] == 0
    ]
    found = ask(orders, lines, returns)
    sure = found.groups.filter(pl.col("q") < 0.05, pl.col("difference") > 0, pl.col("by") == "seller")
    assert sure["of"].to_list() == ["B"]
    (row,) = sure.iter_rows(named=True)
    assert row["rest"] == pytest.approx(0.1) and row["difference_low"] < 0.15 < row["difference_high"]


def test_reasons_of_a_group_beside_all_others():
    orders = [order(k) for k in range(60)]
    lines = [
        line(k, "shoe" if k < 30 else "cup", category="Fashion" if k < 30 else "Home") for k in range(60)
    ]
    size = [back(k, "shoe", reason="Size" if k < 18 else "Broken") for k in range(20)]
    found = ask(orders, lines, size + [back(k, "cup", reason="Broken") for k in range(30, 40)])
    rows = {
        (each["of"], each["reason"]): each
        for each in found.reasons.filter(by="category").iter_rows(named=True)
    }
    shoe = rows["Fashion", "Size"]
    assert (shoe["n"], shoe["part"], shoe["share"], shoe["rest"]) == (20, 18, 0.9, 0.0) and shoe["q"] < 0.001
    assert rows["Home", "Broken"]["share"] == 1.0 and rows["Home", "Broken"]["rest"] == pytest.approx(0.1)
    assert found.reasons.filter(by="")["n"].to_list() == [30, 30]


def test_filters_and_small_groups():
    orders = [order(k, channel="Direct" if k < 8 else "Social") for k in range(12)]
    lines = [line(k, "cup" if k < 10 else f"rare{k}") for k in range(12)]
    found = ask(orders, lines, [back(0, "cup")])
    assert found.groups.filter(by="product_id")["of"].to_list() == []  # two rare ones would be revealed
    assert ask(orders, lines, [], where={"channel": ["Direct"]}).n == 8
    assert ask(orders, lines, [], where={"category": ["Toys"]}).n == 0


def test_says_what_is_missing():
    refused = returned(frames(), None, None, None, None, period=MAY, as_of=LATE)
    assert refused.warnings == ("needs the table orders: import it",)
    assert ask([], [], []).warnings == ("nothing was ordered on these days",)
    with pytest.raises(BadQuestion):
        ask([], [], [], window_days=-1)
