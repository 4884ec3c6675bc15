"""Bursts: days on which a kind of event came unusually often."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.bursts import LEAST, SURE, bursts
from metrics.period import Period
from tests.metrics.logs import START, log, serve

DAYS = 60
FIRST = START.date()
WHOLE = Period(FIRST, FIRST + timedelta(days=DAYS - 1))


def visits(liked, each=20):
    """So many visits each day; of day d, liked[d] have a like."""
    rows = []
    for day in range(DAYS):
        for place in range(each):
            session = day * each + place
            at = START + timedelta(days=day, minutes=place)
            rows.append((session, at, "visit", None, session))
            if place < liked[day]:
                rows.append((session, at + timedelta(seconds=5), "like", None, session))
    return serve(log(rows))


def test_a_burst_by_hand():
    """Usually 1 of 20 visits has a like; on five days 8 of 20 have."""
    liked = [8 if 30 <= day < 35 else 1 for day in range(DAYS)]
    found = bursts(visits(liked), period=WHOLE, as_of=WHOLE.end)
    assert found.n == DAYS * 20
    (row,) = found.bursts.to_dicts()
    assert (row["event"], row["start"], row["end"]) == (
        "like", FIRST + timedelta(days=30), FIRST + timedelta(days=34),
    )  # fmt: skip
    assert (row["visits"], row["n"], row["usual_n"]) == (40, 100, 1100)
    assert (row["share"], row["usual_share"]) == (0.4, 0.05)
    assert row["low"] > 0.2 and row["high"] < 0.5 and row["q"] <= SURE


def test_what_is_steady_or_falls_is_no_burst():
    steady = bursts(visits([4] * DAYS), period=WHOLE, as_of=WHOLE.end)
    assert steady.bursts.is_empty()
    fell = bursts(visits([0 if 30 <= day < 33 else 6 for day in range(DAYS)]), period=WHOLE, as_of=WHOLE.end)
    assert fell.bursts.is_empty()


def test_usual_is_what_came_before_the_period_too():
    """A burst before the period is not told, though its days are looked at."""
    liked = [8 if 20 <= day < 25 else 1 for day in range(DAYS)]
    late = Period(FIRST + timedelta(days=40), WHOLE.end)
    assert bursts(visits(liked), period=late, as_of=WHOLE.end).bursts.is_empty()


def test_too_few_days_and_no_visits_are_said():
    short = bursts(
        visits([1] * DAYS), period=Period(FIRST, FIRST + timedelta(days=9)), as_of=FIRST + timedelta(days=9)
    )
    assert short.bursts.is_empty() and "too few days" in str(short.warnings[0])
    empty = bursts(serve(log([])), period=WHOLE, as_of=WHOLE.end)
    assert empty.n == 0 and empty.warnings


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=DAYS, max_size=DAYS))
def test_each_burst_counts_as_one_by_one(liked):
    """Against a count by hand of the days told, and no better days by its own measure among all spans."""
    found = bursts(visits(liked), period=WHOLE, as_of=WHOLE.end)
    for row in found.bursts.filter(pl.col("event") == "like").to_dicts():
        start, end = ((row[each] - FIRST).days for each in ("start", "end"))
        inside, all_ = sum(liked[start : end + 1]), sum(liked)
        days = end + 1 - start
        assert (row["visits"], row["n"]) == (inside, 20 * days)
        assert row["usual_share"] == pytest.approx((all_ - inside) / (20 * (DAYS - days)))
        assert row["share"] >= LEAST * row["usual_share"] and row["q"] <= SURE


def test_noise_is_rarely_a_burst():
    """Of 60 logs whose every day has the same chance, few have a burst: q is at most 0.05."""
    import numpy as np

    chance = np.random.default_rng(4)
    alarms = sum(
        not bursts(visits(chance.binomial(20, 0.1, DAYS)), period=WHOLE, as_of=WHOLE.end).bursts.is_empty()
        for _ in range(60)
    )
    assert alarms <= 8  # the 99.7th percentile of 60 draws at 0.05
