"""The funnel on every engine: the same people at each step as the compiled pass, and as ClickHouse."""

from __future__ import annotations

from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.funnel import funnel
from metrics.funnel_anywhere import reached
from metrics.metric import BadQuestion
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
