"""Traffic by hand, beside a slow count and DuckDB; unusual days; interaction within alike visits."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.difference import mantel_haenszel
from metrics.interaction import interaction
from metrics.interval import wilson
from metrics.metric import BadQuestion
from metrics.pages import pages
from metrics.period import DAY, Period
from metrics.surges import surges
from metrics.traffic import traffic
from tests.metrics.logs import log, serve

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
SCHEMA = {
    "customer": pl.Int32, "day": pl.Date, "channel": pl.String, "region": pl.String, "device": pl.String,
    "seconds": pl.Float64, "pages": pl.UInt32, "carted": pl.Boolean, "bought": pl.Boolean,
}  # fmt: skip


def shop(rows):
    """rows: (customer, day of May or a date, channel, device, seconds, pages, carted, bought)."""
    found = [
        (
            who,
            day if isinstance(day, date) else date(2026, 5, 1) + (day - 1) * DAY,
            channel,
            None,
            device,
            *rest,
        )
        for who, day, channel, device, *rest in rows
    ]
    frame = pl.DataFrame(found, schema=SCHEMA, orient="row")

    def frames(name, where=None, **_):
        assert name == "sessions"
        rows = frame.lazy()
        for column, values in (where or {}).items():
            rows = rows.filter(pl.col(column).is_in(values))
        return rows

    return frames


TWELVE = [
    (1, -10, "Social", "Mobile", 60.0, 3, False, False),  # in April, so it is no new visitor
    (1, 1, "Social", "Mobile", 0.0, 1, False, False),
    (1, 2, "Direct", "Mobile", 100.0, 4, True, True),
    (2, 1, "Social", "Desktop", 0.0, 1, True, False),  # something in the cart: no bounce
    (3, 3, "Social", "Desktop", 30.0, 2, False, False),
    (3, 4, "Social", "Desktop", 50.0, 2, False, False),
    (3, 5, "Social", "Desktop", 0.0, 1, False, False),
    (4, 6, None, "Mobile", 20.0, 2, False, False),
    *((5, day, "Direct", "Mobile", 40.0, 2, True, True) for day in (7, 8, 9)),
    (6, 31, "Direct", "Desktop", 10.0, 1, False, False),
]


def test_twelve_visits_by_hand():
    found = traffic(shop(TWELVE), period=MAY, as_of=MAY.end, against="previous", min_group=1)
    assert (found.n, found.visitors, found.new) == (11, 6, 5)
    assert (found.new_low, found.new_high) == wilson(5, 6)
    assert found.bounce == 3 / 11 and (found.bounce_low, found.bounce_high) == wilson(3, 11)
    assert found.pages == pytest.approx(20 / 11)
    assert (found.seconds, found.measured) == (40.0, 8) and "no known length" in found.warnings[0]
    assert (found.n_before, found.visitors_before, found.bounce_before) == (1, 1, 0.0)
    assert found.daily["visits"].sum() == 11 and found.daily.row(0) == (date(2026, 5, 1), 2, 2, 1)
    assert found.often["visitors"].to_list() == [3, 1, 2, 0]
    rows = {(row["by"], row["segment"]): row for row in found.segments.to_dicts()}
    assert rows["channel", "Social"]["n"] == 5 and rows["channel", None]["bought"] == 0.0
    assert rows["device", "Mobile"]["bought"] == 4 / 6


def test_small_groups_are_left_out_and_few_people_are_not_pointed_at():
    found = traffic(shop(TWELVE), period=MAY, as_of=MAY.end)
    assert found.segments.filter(by="channel").is_empty()
    with pytest.raises(BadQuestion, match="fewer than 5 people"):
        traffic(shop(TWELVE), period=MAY, as_of=MAY.end, where={"channel": ["Direct"]})


def test_nobody():
    found = traffic(shop([]), period=MAY, as_of=MAY.end, against="previous")
    assert (found.n, found.bounce, found.pages, found.seconds) == (0, None, None, None)


visit = st.tuples(
    st.integers(1, 6), st.integers(-20, 31), st.sampled_from(["Social", "Direct", None]),
    st.sampled_from(["Mobile", "Desktop"]), st.sampled_from([0.0, 5.0, 70.0]), st.integers(0, 4),
    st.booleans(), st.booleans(),
)  # fmt: skip


@given(st.lists(visit, max_size=40))
def test_equals_duckdb(rows):
    found = traffic(shop(rows), period=MAY, as_of=MAY.end, min_group=1)
    visits = shop(rows)("sessions").collect()  # noqa: F841
    told = duckdb.sql("""
        select count(*), count(distinct customer), avg((pages <= 1 and not carted and not bought)::int),
            avg(pages), median(seconds) filter (seconds > 0),
            count(distinct customer) filter (customer not in
                (select customer from visits where day < date '2026-05-01'))
        from visits where day >= date '2026-05-01'
    """).fetchall()[0]
    assert (found.n, found.visitors, found.new) == (told[0], told[1], told[5])
    for mine, theirs in zip((found.bounce, found.pages, found.seconds), told[2:5], strict=True):
        assert mine == (None if theirs is None else pytest.approx(theirs))
    assert found.often["visitors"].sum() == found.visitors and found.daily["visits"].sum() == found.n
    assert found.segments.filter(by="device")["n"].sum() == found.n


def many(counts):
    """counts: {(day from 1 April, channel): visits}."""
    return shop(
        [
            (n, date(2026, 4, 1) + day * DAY, channel, "Mobile", 9.0, 2, False, False)
            for (day, channel), visits in counts.items()
            for n in range(visits)
        ]
    )


def test_a_viral_weekend_and_a_day_without_tracking():
    counts = {(day, channel): 40 + day % 7 for day in range(91) for channel in ("Social", "Direct", "Search")}
    counts |= {(day, "Social"): 120 for day in (50, 51)}
    counts |= {(70, channel): 4 for channel in ("Social", "Direct", "Search")}
    found = surges(many(counts), period=MAY, as_of=date(2026, 6, 30))
    (row,) = found.surges.to_dicts()
    assert (row["kind"], row["channel"], row["visits"], row["usual"]) == ("more", "Social", 240, 83)
    assert (row["start"], row["end"]) == (date(2026, 5, 21), date(2026, 5, 22))
    assert row["low"] < row["times"] == 240 / 83 < row["high"]
    june = Period(date(2026, 6, 1), date(2026, 6, 30))
    (row,) = surges(many(counts), period=june, as_of=june.end).surges.to_dicts()
    assert (row["kind"], row["channel"], row["start"], row["visits"]) == (
        "fewer",
        None,
        date(2026, 6, 10),
        12,
    )


def test_ordinary_days_are_not_unusual_and_few_days_tell_nothing():
    counts = {(day, "Social"): 60 + 20 * (day % 7 in (5, 6)) + day % 3 for day in range(91)}
    assert surges(many(counts), period=MAY, as_of=date(2026, 6, 30)).surges.is_empty()
    few = surges(many({(day, "Social"): 60 for day in range(40)}), period=MAY, as_of=date(2026, 5, 10))
    assert few.surges.is_empty() and "too few days" in few.warnings[0]


strata = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 30), st.integers(0, 30), st.integers(1, 30)).map(
        lambda t: (min(t[0], t[1]), t[1], min(t[2], t[3]), t[3])
    ),
    min_size=1,
    max_size=5,
)


def test_mantel_haenszel_by_hand():
    # Two strata in which the difference is 0.1, of very different size and level.
    assert mantel_haenszel([(20, 100, 10, 100), (6, 10, 5, 10)])[0] == pytest.approx(0.1)
    assert mantel_haenszel([(1, 1, 0, 0)]) is None and mantel_haenszel([]) is None


@given(strata)
def test_mantel_haenszel_is_a_weighted_mean_of_the_strata(tables):
    found = mantel_haenszel(tables)
    weights = [n * m / (n + m) for _, n, _, m in tables]
    expected = sum(w * (a / n - b / m) for w, (a, n, b, m) in zip(weights, tables, strict=True)) / sum(
        weights
    )
    assert found[0] == pytest.approx(expected) and found[1] <= found[0] <= found[2]


def test_its_interval_holds_the_truth_as_often_as_it_says():
    random, inside = np.random.default_rng(11), 0
    for _ in range(1000):
        n, m = random.integers(20, 60, 4), random.integers(20, 60, 4)
        base = np.array([0.1, 0.3, 0.5, 0.6])
        a, b = random.binomial(n, base + 0.15), random.binomial(m, base)
        found = mantel_haenszel(list(zip(a.tolist(), n.tolist(), b.tolist(), m.tolist(), strict=True)))
        inside += found[1] <= 0.15 <= found[2]
    assert 929 <= inside <= 969  # of 1,000 at 95 %: both ends have a chance of less than 1 in 300


def visits(count, like, buys, device, first):
    rows = []
    for who in range(first, first + count):
        events = ["visit", *(["like"] if like else []), *(["purchase"] if who < first + buys else [])]
        rows += [(who, second, event, device, who) for second, event in enumerate(events)]
    return rows


def test_interaction_within_alike_visits():
    # On Mobile nobody buys and all like; on Desktop half buy, liking or not: the mix alone makes a difference.
    rows = [*visits(40, True, 0, "Mobile", 0), *visits(20, True, 10, "Desktop", 100)]
    rows += [
        *visits(40, False, 20, "Desktop", 200),
        (900, 0, "purchase", "Desktop", 900),
        (900, 1, "like", "Desktop", 900),
    ]
    found = interaction(serve(log(rows)), period=MAY, as_of=MAY.end, min_group=5)
    (row,) = found.events.to_dicts()
    assert (row["event"], row["times"], row["n"], row["bought_n"], row["others_n"]) == (
        "like",
        61,
        60,
        10,
        41,
    )
    assert row["difference"] == pytest.approx(10 / 60 - 21 / 41) and row["high"] < 0
    assert row["alike"] == pytest.approx(10 / 20 - 21 / 41) and row["alike_low"] < 0 < row["alike_high"]


def test_interaction_of_all_but_a_few_is_not_told():
    rows = [*visits(40, True, 10, "Mobile", 0), *visits(4, False, 4, "Mobile", 100)]
    assert interaction(serve(log(rows)), period=MAY, as_of=MAY.end, min_group=5).events.is_empty()
    rows += visits(1, False, 1, "Mobile", 200)
    assert len(interaction(serve(log(rows)), period=MAY, as_of=MAY.end, min_group=5).events) == 1


def test_interaction_of_a_visit_over_the_end_of_the_period():
    rows = [(1, 31 * 86_400 - 5, "like", None, 1), (1, 31 * 86_400 + 5, "purchase", None, 1)]
    rows += [(2, -5, "visit", None, 2), (2, 5, "like", None, 2), (3, 5, "visit", None, 3)]
    found = interaction(serve(log(rows)), period=MAY, as_of=MAY.end, min_group=1)
    (row,) = found.events.to_dicts()
    assert (found.n, row["n"], row["bought_n"], row["others_n"]) == (2, 1, 1, 1)


def test_pages_by_hand():
    rows = [
        (1, 0, "visit", None, 1),
        (1, 1, "view", None, 1),
        (2, 0, "visit", None, 2),
        (3, 5, "view", None, 3),
    ]
    frame = log(rows)
    events = pl.DataFrame({"page": ["home", "lamp", "home", "lamp"]}).lazy()
    found = pages(serve(frame), events, period=MAY, as_of=MAY.end, min_group=1)
    told = {row["page"]: row for row in found.pages.to_dicts()}
    assert found.n == 3 and list(told) == ["home", "lamp"]
    assert [told["home"][name] for name in ("visits", "entries", "exits", "alone")] == [2, 2, 1, 1]
    assert [told["lamp"][name] for name in ("visits", "entries", "exits", "alone")] == [2, 1, 2, 1]
    assert (told["home"]["bounce"], told["lamp"]["exit_rate"]) == (0.5, 1.0)
    none = pages(serve(frame), None, period=MAY, as_of=MAY.end)
    assert none.pages.is_empty() and "needs the column page" in none.warnings[0]


def test_days_are_those_of_the_shop():
    rows = [(who, timedelta(hours=23).total_seconds(), "visit", None, who) for who in range(5)]
    frame, events = log(rows, "Asia/Singapore"), pl.DataFrame({"page": ["home"] * 5}).lazy()
    second = Period(date(2026, 5, 2), date(2026, 5, 2))  # 23:00 in UTC is the next morning there
    assert pages(serve(frame), events, period=second, as_of=MAY.end).n == 5
