"""Marks and worries from the raw tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from metrics.period import Period
from stories.asked import Shop
from stories.happened import happened
from stories.worries import late_carriers, out_of_stock
from tests.stories.shop import LAST, MAY, ask


def test_coupons_and_long_promotions_are_no_marks(whole):
    found = happened(ask(whole).tables, MAY, "UTC")
    assert [mark.label for mark in found.marks] == ["May Day", "Spring sale", "Checkout slow"]


def test_days_are_those_of_the_shop(whole):
    tokyo = happened(ask(whole).tables, MAY, "Asia/Tokyo")
    ends = {mark.label: mark.end for mark in tokyo.marks}
    assert ends["May Day"] == date(2026, 5, 2)  # 23:00 in UTC is the next morning there


def test_only_what_has_not_ended_is_open(whole):
    found = happened(ask(whole).tables, MAY, "UTC")
    assert found.open.rows() == [("Checkout slow", "Outage", date(2026, 5, 20))]
    before = Period(date(2026, 5, 2), date(2026, 5, 9))
    assert happened(ask(whole).tables, before, "UTC").open.is_empty()


def test_no_tables_no_marks(bare):
    found = happened(ask(bare).tables, MAY, "UTC")
    assert found.marks == () and found.open.is_empty()


def test_what_ran_out_with_its_part_of_sales(whole):
    stock = out_of_stock(ask(whole), LAST)
    assert stock is not None
    assert (stock.day, stock.count, stock.of, stock.names) == (LAST, 1, 2, ("Oak lamp",))
    assert stock.share == pytest.approx(0.8)  # four of five orders a day in May


def test_stock_of_long_ago_is_not_told(whole, bare):
    assert out_of_stock(ask(whole), LAST + timedelta(days=40)) is None
    assert out_of_stock(ask(bare), LAST) is None


def test_carriers_by_late_parcels(whole, bare):
    assert late_carriers(ask(whole)).rows() == [("Snail Post", 30, 15), ("Swift", 30, 0)]
    # Noon in UTC is the beginning of the next day in Auckland.
    for day, rows in ((9, []), (10, [("Swift", 30, 0)])):
        only = Period(date(2026, 5, day), date(2026, 5, day))
        found = late_carriers(ask(whole, period=only, shop=Shop(LAST, timezone="Pacific/Auckland")))
        assert found.rows() == rows
    assert late_carriers(ask(bare)).schema["parcels"] == pl.Int64


def test_what_rests_on_the_store_alone_is_made_once(whole):
    asked, times = ask(whole), []
    for period in (MAY, Period(date(2026, 5, 2), date(2026, 5, 9))):
        assert replace(asked, period=period).once("told", lambda: times.append(1) or "made") == "made"
    assert times == [1]
