"""The funnel's tables by hand, its laws, and the same levels as ClickHouse's windowFunnel."""

from datetime import date
from math import log2

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp as ttest

from metrics.attempts import attempts
from metrics.funnel import PRESETS, ended, funnel
from metrics.interval import wilson
from metrics.metric import BadQuestion
from metrics.period import Period
from metrics.rules import Rules
from tests.metrics.logs import log, logs, serve
from tests.metrics.test_attempts import DAY, MAY, THREE, TWELVE

END = date(2026, 6, 30)


def ask(rows, **settings):
    return funnel(serve(log(rows)), None, **{"period": MAY, "as_of": END, "steps": THREE, **settings})


def test_twelve_events_by_hand():
    found = ask(TWELVE)
    assert (found.n, found.open) == (3, 0)
    rows = found.steps.to_dicts()
    assert [row["n"] for row in rows] == [3, 3, 2]
    assert [row["lost"] for row in rows] == [0, 1, 0]
    assert (rows[2]["of_first"], rows[2]["of_previous"]) == (2 / 3, 2 / 3)
    assert (rows[2]["of_first_low"], rows[2]["of_first_high"]) == wilson(2, 3)
    # From view to cart: a day less a minute, and two minutes.
    assert rows[2]["hours"] == pytest.approx(((DAY - 60) + 120) / 2 / 3600)
    assert rows[1]["hours"] == pytest.approx(60 / 3600)  # of 1 minute, 1 day, 1 minute
    assert rows[0]["hours"] is None and rows[0]["n_before"] is None


def test_the_people_lost_at_a_step():
    found = attempts(serve(log(TWELVE)), None, Rules(THREE), MAY, END)
    assert ended(found, 2).to_list() == [2] and ended(found, 1).is_empty()


def test_a_step_that_may_be_left_out_is_no_denominator():
    rows = [(who, k, event) for who in range(1, 5) for k, event in enumerate(("visit", "view"))]
    rows += [(1, 0.5, "like")]
    found = ask(rows, steps=("visit", "like", "view"), optional=("like",)).steps
    assert found["n"].to_list() == [4, 1, 4]
    assert found["of_previous"].to_list() == [1.0, 0.25, 1.0]
    assert found["hours"][2] == pytest.approx(1 / 3600)  # for the one who liked half a second more is gone


def test_windows_that_still_run_are_counted_apart():
    found = ask(TWELVE, as_of=date(2026, 5, 6))
    assert found.open == 1 and [str(each) for each in found.warnings] == [
        "some who are not through still have time: their window is not over"
    ]


def many(device: str, first: int, count: int, through: int):
    for who in range(first, first + count):
        yield (who, who, "visit", device)
        yield (who, who + 1000, "view", "Desktop")
        if who < first + through:
            yield (who, who + 2000, "cart", "Desktop")


def test_segments_and_their_tests():
    rows = [*many("Mobile", 100, 40, 4), *many("Desktop", 200, 40, 20), *many("Mobile", 300, 3, 0)]
    rows += [(900, 0, "visit")]
    found = ask(rows, by="device")
    assert found.segments["segment"].to_list() == ["Mobile"]  # the one without a device hides a second group
    rows += [(who, 0, "visit") for who in range(901, 910)]
    found = ask(rows, by="device")
    shown = {row["segment"]: (row["n"], row["through"]) for row in found.segments.to_dicts()}
    assert shown == {"Mobile": (43, 4), "Desktop": (40, 20), None: (10, 0)}
    tests = {row["segment"]: row for row in found.tests.to_dicts()}
    assert tests["Desktop"]["difference"] == pytest.approx(20 / 40 - 4 / 53)
    assert tests["Desktop"]["low"] > 0 and tests["Desktop"]["q"] >= tests["Desktop"]["p"]
    assert tests[None]["test"] == "fisher"
    of_step = ask(rows, by="device", touch="step").segments
    moved = {row["segment"]: (row["step 1"], row["step 2"]) for row in of_step.to_dicts()}
    assert moved == {"Mobile": (43, 0), "Desktop": (40, 83), None: (10, 0)}


def test_few_people_are_not_pointed_at():
    with pytest.raises(BadQuestion, match="fewer than 5 people"):
        ask(TWELVE, where={"device": ["Mobile"]})


def test_the_period_before_stands_beside():
    rows = [(1, 0, "visit"), (1, 1, "view"), (2, 20 * DAY, "visit"), (3, 21 * DAY, "visit")]
    second = Period(date(2026, 5, 16), date(2026, 5, 31))
    found = ask(rows, period=second, against="previous")
    assert found.against == Period(date(2026, 4, 30), date(2026, 5, 15))
    assert found.steps["n"].to_list() == [2, 0, 0] and found.steps["n_before"].to_list() == [1, 1, 0]
    assert found.steps["of_first_before"].to_list() == [1.0, 1.0, 0.0]


def test_presets_follow_their_products():
    rows = [(1, 30 * DAY + 80_000, "visit"), (1, 31 * DAY + 10, "view"), (1, 33 * DAY, "cart")]
    rows += [(2, 0, "view"), (2, 1, "visit"), (2, 10 * DAY, "cart")]
    through = {name: ask(rows, preset=name).steps["n"].to_list() for name in PRESETS}
    assert through == {
        "clickhouse": [2, 0, 0],  # the rest of customer 1 lies outside the dates
        "mixpanel": [2, 2, 1],  # two seconds of grace; a window of 7 days
        "amplitude": [2, 1, 0],  # a window of one day
        "ga4": [2, 0, 0],
        "posthog": [2, 0, 0],
    }
    inside = [(1, 0, "visit"), (1, 1, "view"), (1, 10 * DAY, "cart")]
    assert {name: ask(inside, preset=name).steps["n"][2] for name in PRESETS} == {
        "clickhouse": 0, "mixpanel": 0, "amplitude": 0, "ga4": 1, "posthog": 1,
    }  # fmt: skip


def test_revenue_a_head_is_of_the_window():
    rows = [(1, 0, "visit"), (1, 9, "visit"), (2, 0, "visit"), (3, DAY, "visit")]
    sales = pl.DataFrame(
        [
            *((1, date(2026, 5, day), spent) for day, spent in ((1, 10.0), (8, 5.0), (9, 99.0))),
            *((2, date(2026, 4, 30), 99.0), (3, date(2026, 5, 2), 6.0), (None, date(2026, 5, 2), 99.0)),
        ],
        orient="row",
        schema={"customer": pl.Int32, "day": pl.Date, "revenue": pl.Float64},
    )
    visits = serve(log(rows))

    def frames(name, **more):
        return sales.lazy() if name == "sales" else visits(name, **more)

    asked = {"period": MAY, "as_of": END, "steps": THREE, "revenue": True}
    found = funnel(frames, None, **asked)
    assert found.revenue == pytest.approx((15 + 0 + 6) / 3)
    half = ttest(np.array([15.0, 0.0, 6.0]), 0).confidence_interval()
    assert (found.revenue_low, found.revenue_high) == pytest.approx((half.low, half.high))
    attempts = funnel(frames, None, **asked, count="totals", window_days=0.00005)
    assert attempts.n == 4 and attempts.revenue == pytest.approx(16 / 4) and attempts.revenue_low is None
    sales = sales.clear()
    assert funnel(frames, None, **asked).revenue is None


def test_nothing_began():
    found = ask([(1, 0, "like")])
    assert (found.n, found.open) == (0, 0)
    assert found.steps["n"].to_list() == [0, 0, 0] and found.steps["of_first"].to_list() == [None] * 3
    assert ask([], by="device").segments.is_empty()


@given(logs(people=12, most=60), st.integers(1, 30))
def test_laws(rows, window):
    found = ask(rows, window_days=window / DAY, by="device", min_group=1)
    reached = found.steps["n"].to_list()
    assert reached == sorted(reached, reverse=True) and reached[0] == found.n
    assert found.steps["lost"].sum() + reached[-1] == found.n
    assert found.segments["n"].sum() == found.n and found.segments["through"].sum() == reached[-1]
    longer = ask(rows, window_days=2 * window / DAY).steps["n"].to_list()
    assert all(more >= less for more, less in zip(longer, reached, strict=True))
    strict = ask(rows, window_days=window / DAY, order="strict").steps["n"].to_list()
    either = ask(rows, window_days=window / DAY, order="any").steps["n"].to_list()
    for least, middle, most in zip(strict, reached, either, strict=True):
        assert least <= middle <= most


@pytest.mark.parametrize("window", [3, 10, 10**6])
def test_levels_are_those_of_clickhouse(tmp_path, window):
    chdb = pytest.importorskip("chdb", reason="chDB, ClickHouse in a process, is not installed")
    from random import Random

    random = Random(window)
    names = ["visit", "view", "cart", "like"]
    rows = [
        (who, random.randint(0, 40), random.choice(names))
        for who in range(1, 3001)
        for _ in range(1 + int(log2(random.randint(1, 4096))))
    ]
    frame = log(rows)
    period = Period(date(2026, 5, 1), date(2026, 5, 1))
    mine = funnel(
        serve(frame), None, period=period, as_of=END, steps=THREE, window_days=window / DAY
    ).steps["n"].to_list()  # fmt: skip
    seconds = (pl.col("happened_at") - pl.col("happened_at").min()).dt.total_seconds().cast(pl.UInt32)
    file = tmp_path / "log.parquet"
    frame.select("customer", pl.col("event").cast(pl.String), at=seconds).write_parquet(file)
    query = f"""
        select level, count() from (
            select customer, windowFunnel({window})(at, event = 'visit', event = 'view', event = 'cart') level
            from file('{file}', Parquet) group by customer
        ) group by level order by level
    """
    levels = dict(
        tuple(map(int, line.split(","))) for line in str(chdb.query(query, "CSV")).splitlines() if line
    )
    assert mine == [sum(n for level, n in levels.items() if level >= k) for k in (1, 2, 3)]
    assert mine[2] > 100
