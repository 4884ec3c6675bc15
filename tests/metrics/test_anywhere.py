"""The funnel on every engine: the same people at each step as the compiled pass, and as ClickHouse."""

from __future__ import annotations

from datetime import date
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.funnel import funnel
from metrics.funnel_anywhere import reached
from metrics.metric import BadQuestion
from metrics.period import Period
from metrics.retention import retention
from metrics.retention_anywhere import came_back
from tests.metrics.conftest import Constructor
from tests.metrics.logs import START, log, logs, serve
from tests.metrics.test_attempts import DAY, MAY, THREE, TWELVE
from tests.metrics.test_funnel import END

BEGIN, LATER = int(START.timestamp()), int(START.timestamp()) + 31 * DAY


def plain(rows) -> pl.DataFrame:
    seconds = pl.col("happened_at").dt.epoch("s")
    return log(rows).select("customer", pl.col("event").cast(pl.String), time=seconds)


def compiled(rows, steps=THREE, window=7 * DAY) -> list[int]:
    found = funnel(
        serve(log(rows)), None, period=MAY, as_of=END, steps=steps, window_days=window / DAY, min_group=1
    )
    return found.steps["n"].to_list()


def anywhere(frame, steps=THREE, window=7 * DAY) -> list[int]:
    return reached(frame, steps, window=window, first=BEGIN, last=LATER)["n"].to_list()


def test_twelve_events_by_hand(constructor: Constructor):
    frame = constructor(plain(TWELVE))
    assert anywhere(frame) == [3, 3, 2]
    assert anywhere(frame, window=DAY // 2) == [3, 2, 1]
    assert anywhere(frame, ("visit", "cart")) == [3, 2]
    assert anywhere(constructor(plain(TWELVE).clear())) == [0, 0, 0]


def test_a_step_that_comes_twice_cannot_be_told_apart(constructor: Constructor):
    with pytest.raises(BadQuestion, match="Each step is another event"):
        anywhere(constructor(plain(TWELVE)), ("visit", "view", "visit"))


@pytest.mark.parametrize("window", [3, 10, DAY])
def test_many_people_with_ties_on_every_engine(constructor: Constructor, window):
    random = Random(window)
    names = ["visit", "view", "cart", "like", "checkout"]
    rows = [
        (who, random.randint(-5, 40), random.choice(names))
        for who in range(1, 400)
        for _ in range(random.choice([1, 1, 2, 4, 9]))
    ]
    steps = ("visit", "view", "cart", "checkout")
    expected = compiled(rows, steps, window)
    assert anywhere(constructor(plain(rows)), steps, window) == expected and expected[2] > 0


@given(logs(people=6, most=40), st.integers(0, 30))
def test_any_log_on_polars(rows, window):
    assert anywhere(plain(rows), window=window) == compiled(rows, window=window or 1e-9 * DAY)


@given(st.lists(logs(people=6, most=30), min_size=1, max_size=8), st.integers(1, 30))
@settings(max_examples=8)
def test_logs_on_duckdb(many, window):
    import duckdb

    connection = duckdb.connect()
    for rows in many:
        frame = connection.from_arrow(plain(rows).to_arrow())
        assert anywhere(frame, window=window) == compiled(rows, window=window)


MONDAY = 3 * DAY  # after BEGIN, a Friday
WEEKS = [BEGIN + MONDAY + 7 * DAY * k for k in range(5)]
FOUR_WEEKS = Period(date(2026, 5, 4), date(2026, 5, 31))


def cells(rows, entry="first", first_event="any", return_event="any") -> dict:
    """(cohort, period) → size, returned: what the compiled pass says of four weeks that begin on a Friday."""
    found = retention(
        serve(log(rows)), None, None, None, None, None, None, period=FOUR_WEEKS, as_of=FOUR_WEEKS.end,
        every="week", periods=3, entry=entry, first_event=first_event, return_event=return_event,
        min_group=1, money=False, curve="none",
    )  # fmt: skip
    return {
        ((row["start"] - FOUR_WEEKS.start).days // 7, row["period"]): (row["size"], row["returned"])
        for row in found.cells.to_dicts()
        if row["period"] and row["returned"]
    }


def back(frame, **settings) -> dict:
    found = came_back(frame, WEEKS, **settings).drop_nulls().rows()
    return {(cohort, period): (size, returned) for cohort, size, period, returned in found}


def test_returns_by_hand(constructor: Constructor):
    week = 7 * DAY
    rows = [
        *((1, at * week, "visit") for at in (0, 1, 3)),
        *((2, at * week, "visit") for at in (0, 1)),
        (3, -1, "visit"), (3, 2 * week, "visit"),
        (4, week, "cart"), (4, 2 * week, "visit"),
        (5, 4 * week, "visit"),
    ]  # fmt: skip
    frame = constructor(plain([(who, at + MONDAY, event) for who, at, event in rows]))
    assert came_back(frame, WEEKS).rows() == [(0, 2, 1, 2), (0, 2, 3, 1), (1, 1, 1, 1)]
    assert back(frame, entry="each") == {
        (0, 1): (2, 2), (0, 3): (2, 1), (1, 1): (3, 1), (1, 2): (3, 1),
    }  # fmt: skip
    assert came_back(frame, WEEKS, first_event="visit", return_event="cart").rows() == [
        (0, 2, None, None), (2, 1, None, None),
    ]  # fmt: skip
    with pytest.raises(BadQuestion, match="edges that rise"):
        came_back(frame, [2, 1])


@pytest.mark.parametrize("entry", ["first", "each"])
def test_many_returns_on_every_engine(constructor: Constructor, entry):
    random = Random(5)
    rows = [
        (who, random.randint(-9 * DAY, 31 * DAY - 1), random.choice(["visit", "cart"]))
        for who in range(1, 400)
        for _ in range(random.choice([1, 1, 2, 4, 9]))
    ]
    frame = constructor(plain(rows))
    for events in ({}, {"first_event": "cart", "return_event": "visit"}):
        expected = cells(rows, entry, **events)
        assert back(frame, entry=entry, **events) == expected and len(expected) == 6


@given(logs(people=6, most=40), st.sampled_from(["first", "each"]))
def test_returns_of_any_log_on_polars(rows, entry):
    spread = [(who, at * DAY // 2, event) for who, at, event, *_ in rows]
    assert back(plain(spread), entry=entry) == cells(spread, entry)
