"""Prices turn by turn: the schedule and its laws, the plan beside a simulation, the read-out by hand, beside
statsmodels, and where it must not be believed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from math import sqrt

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from metrics.experiment import Arm, Experiment, experiment
from metrics.experiments import read_plan
from metrics.interval import student
from metrics.metric import BadQuestion
from metrics.planner_groups import detectable_elasticity
from metrics.planning import planned
from metrics.price_days import Days
from metrics.sequential import factor
from metrics.turns import calendar, changed, drawn, members, prices, rotated, schedule
from metrics.turns_plan import Usual, turns_test
from metrics.turns_read import Slope, placebos, slope, stretch, window

FIRST, DAYS = date(2025, 1, 6), 30 * 7  # a Monday
LAST = FIRST + timedelta(days=DAYS - 1)
NAMES = [f"P{k}" for k in range(6)]
ARMS = (
    Arm("control", members=("P0", "P5")),
    Arm("lower", members=("P1", "P4"), price=-0.15),
    Arm("higher", members=("P2", "P3"), price=0.15),
)
TODAY = {name: 10.0 + k for k, name in enumerate(NAMES)}


def plan(weeks=6, **more) -> Experiment:
    usual = {"name": "tea", "units": "products", "goal": "units", "arms": ARMS, "days": 7 * weeks, "turn": 7,
             "start": LAST - timedelta(days=7 * weeks - 1), "effect": 0.85**-1 - 1, "today": TODAY}  # fmt: skip
    return Experiment(**{**usual, **more})


def test_the_schedule_by_hand():
    assert rotated(np.arange(3), 7, 3).tolist() == [
        [0, 1, 2, 2, 1, 0, 0],
        [1, 2, 0, 0, 2, 1, 1],
        [2, 0, 1, 1, 0, 2, 2],
    ]
    assert drawn(7, 3).tolist() == [0, 1, 2, 2, 1, 0, 0]
    assert changed(np.array([[1, 1, 0], [0, 2, 2]])).tolist() == [[True, False, True], [False, True, False]]


@given(many=st.integers(1, 60), turns=st.integers(1, 40), arms=st.integers(2, 5))
def test_every_turn_and_every_product_is_balanced(many, turns, arms):
    seen = rotated(drawn(many, arms), turns, arms)
    for week in seen.T:
        sizes = np.bincount(week, minlength=arms)
        assert sizes.max() - sizes.min() <= 1
    for begin in range(0, turns - arms + 1, arms):
        assert (np.sort(seen[:, begin : begin + arms]) == np.arange(arms)).all()
    both = rotated(np.arange(arms), 2 * arms + 1, arms)  # each price follows each, itself too, equally often
    follows = Counter(zip(both[:, :-1].ravel().tolist(), both[:, 1:].ravel().tolist(), strict=True))
    assert set(follows.values()) == {2} if arms == 2 else len(follows) <= arms**2
    if arms == 3:
        assert set(follows.values()) == {2} and len(follows) == 9


def test_the_calendar_says_who_asks_what_when():
    rows = calendar(plan(weeks=3, start=FIRST), {"P1": "Assam"}).filter(product="P1").to_dicts()
    assert [row["arm"] for row in rows] == ["lower", "higher", "control"]
    assert [row["price"] for row in rows] == [9.35, 12.65, 11.0] and rows[0]["name"] == "Assam"
    assert (rows[1]["first"], rows[1]["last"]) == (FIRST + timedelta(7), FIRST + timedelta(13))
    assert calendar(plan(start=None, today={}))["first"].null_count() == 36


def test_a_plan_survives_writing():
    made = plan(settle=1)
    assert experiment(made.text()) == made and experiment(made.record()).today == TODAY
    old = experiment('{"name":"x","units":"products","goal":"units","days":7,'
                     '"arms":[{"name":"a","members":["A"]},{"name":"b","members":["B"],"price":-0.1}]}')  # fmt: skip
    assert old.turn == 0 and "turn" not in old.record() and "today" not in old.record()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"goal": "revenue"}, "one of units of products"),
        ({"arms": (ARMS[0], replace(ARMS[1], price=None))}, "another price"),
        ({"days": 43}, "whole turns"),
        ({"days": 14}, "one for each arm at least; found 14 days in turns of 7"),
        ({"settle": 7}, "cannot be left out"),
        ({"arms": tuple(replace(arm, members=()) for arm in ARMS)}, "needs products of its own"),
    ],
)
def test_what_is_no_plan_is_refused(more, said):
    with pytest.raises(BadQuestion, match=said):
        plan(**more)


def usual(units, dispersion=1.0) -> Usual:
    units = np.asarray(units, float)
    names = [f"P{k}" for k in range(len(units))]
    return Usual(names, units, 10 * units, 4 * units, dispersion, dict.fromkeys(names, 10.0))


def test_the_plan_by_hand():
    """Six products that sell alike: the variance of the log price over the three prices, times all units."""
    found = turns_test(usual([20] * 6, dispersion=1.5), name="tea", why="Tea")
    points = np.log([1, 0.85, 1.15])
    error = sqrt(1.5 / (6 * 20 * found.plan.days / 7 * points.var()))
    assert detectable_elasticity(found.plan) == pytest.approx(2.8016 * error, rel=1e-3)
    shorter = found.options.filter(days=found.plan.days - 21)["detectable"]
    assert found.plan.detectable <= found.plan.effect < shorter[0] and found.reason is None
    assert [arm.members for arm in found.plan.arms] == [("P0", "P5"), ("P1", "P4"), ("P2", "P3")]
    # A third of the weeks 15 % less with nobody buying more; a third 15 % more with 45 % fewer units.
    weeks, earned, taken = found.plan.days / 7 / 3, 4 * 120, 10 * 120
    lower, higher = 0.15 * taken, earned - 0.55 * (earned + 0.15 * taken)
    assert found.plan.at_risk == pytest.approx(weeks * (lower + higher))
    assert found.plan.today == dict.fromkeys(found.plan.today, 10.0) and len(found.plan.today) == 6


def test_few_units_make_the_sharpest_plan_and_one_product_none():
    weak = turns_test(usual([1, 1, 1]))
    assert weak.plan.days == 168 and "the sharpest is proposed" in weak.reason
    assert turns_test(usual([50, 0])).plan is None
    assert sum(len(arm.members) for arm in turns_test(usual([9] * 40)).plan.arms) == 20
    left_out = turns_test(usual([20] * 6), lengths=(84,), settle=2)
    assert left_out.plan.detectable > turns_test(usual([20] * 6), lengths=(84,)).plan.detectable


def laid(sold: np.ndarray, price: np.ndarray, cost=6.0, offered=None) -> Days:
    """sold, price: products × days."""
    there = np.ones(sold.shape, bool) if offered is None else offered
    revenue = sold * price
    sums = np.array([sold, revenue, revenue - cost * sold, np.zeros_like(sold), np.zeros_like(sold)])
    span = type("Span", (), {"start": FIRST})
    return Days(span, NAMES, [""] * 6, sums, there, np.log(price), sold > 0, np.zeros_like(sold), True)


def test_the_error_that_is_planned_is_that_of_the_read_out():
    """A small simulation, of products that sell unlike: the estimates scatter as the plan says."""
    levels = np.array([60.0, 30, 12, 8, 4, 2])
    made = turns_test(usual(levels), lengths=(42,)).plan
    error = detectable_elasticity(made) / 2.8016
    rng, arms, found = np.random.default_rng(4), schedule(made), []
    order = [int(each[1:]) for each in members(made)]
    season = np.exp(rng.normal(0, 0.2, 6))
    for _ in range(200):
        mean = levels[order][:, None] * season * np.exp(-1.0 * prices(made)[arms]) / 7
        sold = rng.poisson(np.repeat(mean, 7, axis=1)).astype(float)
        found.append(slope(made, window(made, laid(sold, np.full(sold.shape, 10.0)), 0, 6)))
    values = np.array([each.value for each in found])
    assert values.mean() == pytest.approx(-1, abs=3 * error / sqrt(200))
    assert values.std() == pytest.approx(error, rel=0.15)
    assert np.mean([each.error for each in found]) == pytest.approx(error, rel=0.25)


def test_beside_statsmodels():
    """Poisson regression with dummies, exposure, dispersion, and errors clustered by product."""
    rng, made = np.random.default_rng(2), plan(weeks=9)
    arms = schedule(made)
    levels = rng.gamma(3, 2, 6)[:, None] * rng.gamma(4, 0.25, (6, 9))  # products of their own weeks
    sold = rng.poisson(np.repeat(levels * np.exp(-2 * prices(made)[arms]), 7, axis=1)).astype(float)
    offered = rng.random(sold.shape) < 0.9
    seen = window(made, laid(sold, np.full(sold.shape, 10.0), offered=offered), 0, 9)
    found = slope(made, seen)
    product, week = (each.ravel() for each in np.indices(arms.shape))
    x = np.column_stack([prices(made)[arms].ravel(), np.eye(6)[product], np.eye(9)[week][:, 1:]])
    model = sm.GLM(seen.sums[0].ravel(), x, sm.families.Poisson(), exposure=seen.offered.ravel())
    clusters = model.fit(cov_type="cluster", cov_kwds={"groups": product, "use_correction": False}, tol=1e-12)
    plain = model.fit(tol=1e-12)
    wide = max(clusters.bse[0] * sqrt(6 / 5), plain.bse[0] * sqrt(plain.pearson_chi2 / plain.df_resid))
    assert found.value == pytest.approx(plain.params[0], abs=1e-7)
    assert found.error == pytest.approx(wide, rel=1e-6) and found.freedom == plain.df_resid == 39


def shop(price, sold) -> tuple:
    """Tables of a shop and its frames. price, sold: products × days."""
    rows = [
        (f"{k}-{day}", f"{k}-{day}", NAMES[k], FIRST + timedelta(days=day), sold[k, day], price[k, day])
        for k in range(6) for day in range(DAYS) if sold[k, day] > 0
    ]  # fmt: skip
    names = ("order_id", "line_id", "product_id", "day", "units", "unit_price")
    lines = pl.DataFrame(rows, schema=names, orient="row")
    at = pl.col("day").cast(pl.Datetime("us", "UTC")) + timedelta(hours=9)
    revenue = pl.col("units") * pl.col("unit_price")
    daily = lines.select(
        "product_id", "day", "units", net_revenue=revenue, costed_revenue=revenue, cost=6 * pl.col("units"),
        refunds=pl.lit(0.0), category=pl.lit("Tea"), channel=pl.lit("Web"), region=pl.lit("North"),
    )  # fmt: skip

    def frames(name, where=None, by=(), basis="order"):
        if name == "log":
            return pl.LazyFrame(schema={"happened_at": pl.Datetime("us", "UTC")})
        return daily.lazy()

    products = pl.LazyFrame({"product_id": NAMES, "name": [f"Tea {k}" for k in range(6)], "category": ["Tea"] * 6,
                             "list_price": list(TODAY.values())})  # fmt: skip
    return frames, lines.with_columns(ordered_at=at).lazy(), products


def asked(made: Experiment, followed=None) -> np.ndarray:
    """Prices by day: today's, and in the test the planned ones of those products that follow it."""
    price = np.repeat(np.array(list(TODAY.values()))[:, None], DAYS, axis=1)
    begin, place = (made.start - FIRST).days, [NAMES.index(each) for each in members(made)]
    for i, row in zip(place, np.repeat(np.exp(prices(made))[schedule(made)], made.turn, axis=1), strict=True):
        if followed is None or NAMES[i] in followed:
            price[i, begin : begin + made.days] *= row
    return price.round(2)


SEASON = 10 * (1 + 0.3 * np.sin(np.arange(DAYS) / 20)) * np.arange(1, 7)[:, None]


def sold_at(price: np.ndarray, slope=-2.0) -> np.ndarray:
    return SEASON * (price / np.array(list(TODAY.values()))[:, None]) ** slope


def ask(made: Experiment, price: np.ndarray, sold: np.ndarray, as_of=LAST):
    frames, lines, products = shop(price, sold)
    return read_plan(frames, None, None, lines, products, as_of=as_of, plan=made.text())


def test_what_was_planted_is_read():
    made = plan()
    price = asked(made)
    found = ask(made, price, sold_at(price))
    assert found.state == "over" and found.n == 6 and found.verdict.call == "supported"
    assert found.elasticity == pytest.approx(-2, abs=0.01)
    assert found.elasticity_low < -2 < found.elasticity_high < -1
    rows = {(row["arm"], row["goal"]): row["relative"] for row in found.outcomes.to_dicts()}
    assert rows["lower", "units"] == pytest.approx(0.85**-2 - 1, abs=0.01)
    assert rows["higher", "revenue"] == pytest.approx(1.15**-1 - 1, abs=0.01)
    usual = SEASON[:, -42:] * (np.array(list(TODAY.values()))[:, None] - 6)
    cheap = SEASON[:, -42:] * 0.85**-2 * (0.85 * np.array(list(TODAY.values()))[:, None] - 6)
    assert rows["lower", "margin"] == pytest.approx(cheap.sum() / usual.sum() - 1, abs=0.02)
    for row in found.outcomes.to_dicts():
        assert row["low"] < row["relative"] < row["high"]
    assert found.arms["arm"].to_list() == ["control", "lower", "higher"]
    paid = found.calendar.filter(product="P1").select("price", "paid").rows()
    assert all(price == pytest.approx(seen) for price, seen in paid)
    assert [str(each)[:30] for each in found.warnings] == [
        "fewer than 6 windows without a", "returns may still come in for ",
    ]  # fmt: skip


def test_the_interval_is_that_of_the_model_and_of_the_looks():
    made = plan(weeks=12)
    price = asked(made)
    sold = np.random.default_rng(8).poisson(sold_at(price)).astype(float)
    over = ask(made, price, sold)
    begin = (made.start - FIRST).days
    rows = [NAMES.index(each) for each in members(made)]
    seen = slope(made, window(made, laid(sold[rows], price[rows]), begin, 12))
    half = student(seen.freedom) * seen.error
    assert (over.elasticity_low, over.elasticity_high) == pytest.approx(
        (seen.value - half, seen.value + half)
    )
    running = ask(made, price, sold, as_of=LAST - timedelta(days=36))
    assert running.state == "running" and running.path["day"].max() == LAST - timedelta(days=42)
    part = slope(made, window(made, laid(sold[rows], price[rows]), begin, 6))
    half = factor(0.5) * part.error * student(part.freedom) / student(1e9)
    assert running.elasticity_high == pytest.approx(part.value + half)


def test_says_why_there_is_no_read_out():
    made = plan()
    price = asked(made)
    early = ask(made, price, sold_at(price), as_of=made.start + timedelta(days=17))
    assert early.verdict.reasons[0].startswith("2 of the first 3 turns have data")
    ahead = ask(made, price, sold_at(price), as_of=made.start - timedelta(days=1))
    assert ahead.state == "planned" and len(ahead.calendar) == 36 and ahead.effects.is_empty()
    quiet = ask(made, price, np.where(np.arange(DAYS) < DAYS - 42, SEASON, 0.0))
    assert quiet.verdict.reasons[0].startswith("too little was sold")
    frames, _, products = shop(price, sold_at(price))
    none = read_plan(frames, None, None, None, products, as_of=LAST, plan=made.text())
    assert "order_lines" in none.verdict.reasons[0]


def test_prices_that_did_not_follow_are_told_and_at_worst_nothing_is_read():
    made = plan()
    never = asked(made, followed=())
    found = ask(made, never, sold_at(never))
    assert not found.verdict.identified and found.effects.is_empty() and found.elasticity is None
    assert found.verdict.reasons[0].startswith("prices moved 0 % as far as planned (24 of 36")
    partly = asked(made, followed=NAMES[:5])
    found = ask(made, partly, sold_at(partly))
    assert found.verdict.identified and -2 < found.elasticity < -1.2
    assert found.warnings[0].startswith("4 of 36 prices that were paid")
    assert "prices moved 83 % as far as planned" in found.warnings[0]


def test_days_after_a_change_can_be_left_out():
    """On the first day of a lower price everybody comes who waited."""
    price = asked(plan(weeks=12))
    fell = np.diff(price, axis=1, prepend=price[:, :1]) < 0
    sold = np.where(fell, 4.0, 1.0) * sold_at(price)
    assert ask(plan(weeks=12), price, sold).elasticity < -2.3
    assert ask(plan(weeks=12, settle=1), price, sold).elasticity == pytest.approx(-2, abs=0.02)


def test_who_waits_for_the_lower_price_is_seen_and_bends_nothing():
    """Units also rise by the price of the week before: told, and of itself no part of the elasticity."""
    made = plan(weeks=13)
    price = asked(made)
    before = np.concatenate([price[:, :7], price[:, :-7]], axis=1)
    sold = sold_at(price) * (before / np.array(list(TODAY.values()))[:, None]) ** 1.0
    found = ask(made, price, sold)
    assert any("price of the turn before" in each for each in found.warnings)
    assert found.elasticity == pytest.approx(-2, abs=0.1)
    assert not any("turn before" in each for each in ask(made, price, sold_at(price)).warnings)


def test_earlier_windows_widen_what_they_find_too_narrow():
    twice = [(k, Slope(value, 0.5, 9, np.zeros(1))) for k, value in enumerate((1.0, -1.0) * 3)]
    assert stretch(twice) == pytest.approx(2)
    assert stretch([(k, replace(each, error=5.0)) for k, each in twice]) == 1
    assert stretch(twice[:5]) is None
    made, rng = plan(weeks=3), np.random.default_rng(5)
    price = asked(made)
    waves = np.exp(np.repeat(rng.normal(0, 0.5, (6, 30)), 7, axis=1))  # weeks of its own of each product
    waves[:, -21:] = 1
    found = ask(made, price, sold_at(price) * waves)
    rows, begin = [NAMES.index(each) for each in members(made)], DAYS - 21
    days = laid((sold_at(price) * waves)[rows], price[rows])
    seen, wider = slope(made, window(made, days, begin, 3)), stretch(placebos(made, days, begin, 3))
    assert len(found.placebos) == 9 and wider > 1.05
    assert found.elasticity_high == pytest.approx(seen.value + student(seen.freedom) * wider * seen.error)
    assert not any("windows" in each for each in found.warnings)


def test_the_planner_asks_for_turns_or_halves():
    price = asked(plan(), followed=())
    frames, _, products = shop(price, np.random.default_rng(3).poisson(SEASON).astype(float))
    ask = {"as_of": LAST, "units": "products", "category": "Tea"}
    found = planned(frames, products, **ask)
    made = experiment(found.plan)
    assert made.turn == 7 and found.n == 6 and made.today == TODAY and found.elasticity <= 1
    assert found.at_risk > 0 and found.members["new_price"].null_count() == 6
    smaller = experiment(planned(frames, products, price=-0.05, settle=1, days=63, **ask).plan)
    assert [arm.price for arm in smaller.arms] == [None, -0.05, 0.05]
    assert (smaller.settle, smaller.days) == (1, 63)
    halves = experiment(planned(frames, products, design="halves", **ask).plan)
    assert halves.turn == 0 and [arm.price for arm in halves.arms] == [None, -0.15]
    assert planned(frames, products, **{**ask, "category": "Coffee"}).verdict.identified is False
    for more in ({"days": 20}, {"days": 14}, {"goal": "revenue"}, {"settle": 7}):
        with pytest.raises(BadQuestion, match="A test turn by turn is of units"):
            planned(frames, products, **ask, **more)
