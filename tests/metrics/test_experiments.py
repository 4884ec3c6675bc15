"""Plans of tests: their shape, who is in which arm, what they would find, and their read-out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256
from math import exp, log

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from metrics.assigned import assigned, code
from metrics.experiment import Arm, Experiment, experiment
from metrics.experiments import read_plan
from metrics.matched import best_split, moved
from metrics.metric import BadQuestion
from metrics.planner import customers_test
from metrics.planner_groups import detectable_elasticity, price_test, regions_test

START, DAYS = date(2026, 1, 1), 200
LAST = START + timedelta(days=DAYS - 1)
HALVES = (Arm("control", 0.5), Arm("offer", 0.5))


def plan(**more) -> Experiment:
    usual = {"name": "offer", "units": "customers", "goal": "orders", "arms": HALVES, "days": 28, "salt": "s",
             "start": START + timedelta(days=150)}  # fmt: skip
    return Experiment(**{**usual, **more})


def frames(sales: pl.DataFrame | None = None, daily: pl.DataFrame | None = None):
    """sales: customer_id, day, revenue, units (an order each). daily: region or product_id, day, units."""

    def served(name, where=None, by=(), basis="order"):
        if name == "log":
            return pl.LazyFrame(schema={"happened_at": pl.Datetime("us", "UTC")})
        if name == "daily" and daily is not None:
            return daily.lazy()
        assert sales is not None
        people = sales.select("customer_id").unique().sort("customer_id").with_row_index("customer")
        if name == "people":
            return people.lazy()
        made = sales.join(people, on="customer_id").with_row_index("order")
        return made.lazy() if name == "sales" else made.group_by("day").agg(pl.col("units").sum()).lazy()

    return served


def shop(lift=0.0, customers=1200, seed=5, mine=None) -> pl.DataFrame:
    """Orders of customers of different rates; those of the offer order `lift` more from day 150 on."""
    rng = np.random.default_rng(seed)
    rate, names = rng.gamma(1.5, 0.02, customers), [f"C{k}" for k in range(customers)]
    arms = assigned(mine or plan(), names)["arm"].to_numpy()
    rates = np.repeat(rate[:, None], DAYS, axis=1)
    rates[arms == "offer", 150:] *= 1 + lift
    who, day = np.nonzero(rng.random((customers, DAYS)) < rates)
    return pl.DataFrame(
        {"customer_id": np.array(names)[who], "day": [START + timedelta(days=int(each)) for each in day],
         "revenue": rng.gamma(4, 10, len(who)), "units": np.ones(len(who), int)}
    )  # fmt: skip


def test_a_plan_survives_writing():
    made = plan(segment="tier", at_risk=12.5, since=START, detectable=0.1)
    assert experiment(made.text()) == experiment(made.record()) == made
    priced = Experiment(
        "p", "products", "units", (Arm("c", members=("A",)), Arm("n", members=("B",), price=-0.1)), 14
    )
    assert experiment(priced.text()) == priced


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": " "}, "needs a name"),
        ({"units": "visits"}, "customers, regions, products; found 'visits'"),
        ({"goal": "revenu"}, "Did you mean revenue"),
        ({"arms": HALVES[:1]}, "a control and another arm"),
        ({"arms": (Arm("a", 0.7), Arm("b", 0.7))}, "together at most 1"),
        ({"units": "regions", "goal": "revenue"}, "needs regions of its own"),
        ({"days": 0}, "1 to 366 days"),
        ({"power": 1.0}, "a power between 0 and 1"),
        ({"segment": "mood"}, "region, tier"),
    ],
)
def test_what_is_no_plan_is_refused(more, said):
    with pytest.raises(BadQuestion, match=said):
        plan(**more)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "JSON object"),
        (
            '{"name": "x", "unit": "regions"}',
            "Missing: units, goal, arms, days; not known: unit. Did you mean units",
        ),
        ('{"name":"x","units":"regions","goal":"units","arms":[1],"days":7}', "cannot be read"),
        ('{"name":"x","units":"regions","goal":"units","arms":[],"days":"7"}', "cannot be read"),
        ('{"name":"x","units":"regions","goal":"units","arms":[],"days":7,"start":"soon"}', "cannot be read"),
    ],
)
def test_records_that_cannot_be_read_say_why(text, said):
    with pytest.raises(BadQuestion, match=said):
        experiment(text)


def test_states():
    made = plan()
    days = {k: made.state(made.start + timedelta(days=k)) for k in (-1, 0, 26, 27)}
    assert days == {-1: "planned", 0: "running", 26: "running", 27: "over"}
    assert made.elapsed(made.start + timedelta(days=6)) == pytest.approx(0.25)
    assert plan(start=None).state(LAST) == "without a date"


def test_a_code_is_that_of_any_other_system():
    assert code("s", "C7") == int(sha256(b"s:C7").hexdigest()[:8], 16) / 2**32


def test_codes_fall_into_arms_as_planned_and_by_salt():
    names = [f"C{k}" for k in range(4000)]
    arms = (Arm("control", 0.2), Arm("a", 0.5), Arm("b", 0.2))
    seen = assigned(plan(arms=arms), names)["arm"].value_counts()
    counts = dict(seen.iter_rows())
    assert (
        chisquare([counts[each] for each in ("control", "a", "b", None)], [800, 2000, 800, 400]).pvalue > 0.01
    )
    assert assigned(plan(arms=arms), names).equals(assigned(plan(arms=arms), names))
    other = assigned(plan(arms=arms, salt="t"), names)["arm"]
    both = (other == "control") & (assigned(plan(arms=arms), names)["arm"] == "control")
    assert both.sum() == pytest.approx(4000 * 0.04, abs=50)


@settings(max_examples=50)
@given(st.text(max_size=9), st.text(max_size=9))
def test_everybody_has_an_arm_where_shares_add_up(salt, customer):
    assert 0 <= code(salt, customer) < 1
    thirds = tuple(Arm(name, 1 / 3) for name in "abc")
    assert assigned(plan(arms=thirds, salt=salt), [customer])["arm"][0] in "abc"


def test_a_lift_that_was_given_is_found():
    found = read_plan(frames(shop(lift=1.0)), None, None, as_of=LAST, plan=plan().text())
    row = found.effects.row(0, named=True)
    assert found.state == "over" and found.elapsed == 1
    assert found.n == found.balance["n"].sum() and found.balance_p > 0.001
    assert row["relative_low"] < 1.0 < row["relative_high"] and row["relative_low"] > 0.3
    assert row["call"] == found.verdict.call == "supported"
    # Who ordered in the year before takes part, whether they order in it or not; orders of the 28 days count.
    sales = shop(lift=1.0)
    there = sales.filter(pl.col("day") < plan().start)["customer_id"].unique()
    arms = assigned(plan(), there.to_list())
    inside = sales.filter(pl.col("day").is_between(plan().start, plan().end)).join(arms, on="customer_id")
    usual = inside.filter(arm="control").height / arms.filter(arm="control").height
    assert found.arms["value"][0] == pytest.approx(usual)
    assert found.path["day"].to_list()[-1] == plan().end and len(found.path) <= 10


def test_running_is_decided_by_the_always_valid_interval():
    as_of = plan().start + timedelta(days=13)
    found = read_plan(frames(shop(lift=0.2, seed=9)), None, None, as_of=as_of, plan=plan().text())
    row = found.effects.row(0, named=True)
    assert found.state == "running" and found.elapsed == 0.5
    assert row["always_low"] < row["low"] and row["always_high"] > row["high"]
    assert row["p"] < 0.01 < row["always_p"]  # ordinary p would have stopped it
    assert found.verdict.call == "inconclusive" and "let it run" in found.verdict.reasons[0]


def test_a_share_and_a_ratio_are_read_too():
    for goal in ("conversion", "order_value", "revenue", "units"):
        found = read_plan(frames(shop()), None, None, as_of=LAST, plan=plan(goal=goal).text())
        assert found.effects["call"][0] in ("inconclusive", "not supported"), goal


def test_segments_and_coupons_that_leaked():
    sales = shop()
    names = sales["customer_id"].unique().sort()
    people = pl.LazyFrame(
        {"customer_id": names, "tier": ["Gold", "Silver"] * (len(names) // 2) + ["Gold"] * (len(names) % 2)}
    )
    day = datetime(2026, 6, 5)
    coupons = pl.LazyFrame(
        {"customer_id": names, "promotion_id": ["P1"] * len(names), "issued_at": [day] * len(names)}
    ).with_columns(pl.col("issued_at").dt.replace_time_zone("UTC"))
    told = plan(segment="tier", coupons="P1")
    found = read_plan(frames(sales), people, coupons, as_of=LAST, plan=told.text())
    assert found.segments["of"].to_list() == ["Gold", "Silver"]
    control = found.balance["n"][0]
    assert found.warnings[0].startswith(
        f"{control} of {control} customers of the control were given the coupon"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no test is planned"),
        (plan(start=None).text(), "no first day yet"),
        (plan(start=LAST + timedelta(days=1)).text(), "it starts on"),
        (plan(start=START).text(), "fewer than 30 units"),
    ],
)
def test_says_why_there_is_no_read_out(text, said):
    found = read_plan(frames(shop()), None, None, as_of=LAST, plan=text)
    assert not found.verdict.identified and found.effects.is_empty()
    assert said in found.verdict.reasons[0]


def regions(lift=1.0, seed=3, noise=0.05, count=6) -> pl.DataFrame:
    """Sales of regions by day with a season in common; R0 and R1 sell `lift` times as much from day 170."""
    rng = np.random.default_rng(seed)
    season = exp(0.2) ** np.sin(np.arange(DAYS) / 9)
    level = np.linspace(40, 200, count)
    sold = level[:, None] * season * rng.lognormal(0, noise, (count, DAYS))
    sold[:2, 170:184] *= lift
    day = [START + timedelta(days=k) for k in range(DAYS)]
    parts = [
        pl.DataFrame({"region": f"R{k}", "product_id": f"R{k}", "day": day, "units": sold[k]})
        for k in range(count)
    ]
    return pl.concat(parts).with_columns(
        net_revenue="units", costed_revenue="units", orders="units", cost=pl.col("units") * 0.6
    )


GEO = Experiment(
    "geo", "regions", "revenue",
    (Arm("control", members=("R2", "R3", "R4", "R5")), Arm("ads", members=("R0", "R1"))),
    14, start=START + timedelta(days=170),
)  # fmt: skip


def test_regions_by_hand():
    # Everybody 10 a day, twice that in the test; the treated three times: half as much again as expected.
    daily = np.full((2, 200), 10.0)
    daily[0, 170:184], daily[1, 170:184] = 30, 20
    seen = moved(daily, np.array([True, False]), np.array([False, True]), 170, 14)
    assert (seen.sold, seen.expected) == pytest.approx((420, 280))
    assert seen.effect == pytest.approx(log(1.5))
    # Windows of 14 days back to day 28, each after four weeks to compare with: 156, 142 … 30.
    assert [begin for begin, _ in seen.placebos] == list(range(30, 157, 14)) and seen.spread == 0
    assert moved(daily, np.array([True, False]), np.array([False, True]), 20, 14) is None


def test_regions_that_were_lifted():
    found = read_plan(frames(daily=regions(lift=1.3)), None, None, as_of=LAST, plan=GEO.text())
    row = found.effects.row(0, named=True)
    assert row["relative_low"] < 0.3 < row["relative_high"] and row["call"] == "supported"
    assert row["effect"] == pytest.approx(
        row["relative"] * found.arms["value"][1] * 14 / (1 + row["relative"])
    )
    assert len(found.placebos) >= 6 and found.balance.is_empty()
    assert found.warnings[0] == "returns may still come in for geo"


def test_regions_without_an_effect_are_seldom_called():
    wrong = 0
    for seed in range(100):
        quiet = regions(seed=seed, noise=0.3)
        row = read_plan(frames(daily=quiet), None, None, as_of=LAST, plan=GEO.text()).effects
        wrong += row["p"][0] < 0.05
    assert wrong <= 10


def test_regions_without_windows_to_learn_chance_from_are_refused():
    early = GEO.from_day(START + timedelta(days=60))
    found = read_plan(frames(daily=regions()), None, None, as_of=LAST, plan=early.text())
    assert found.verdict.reasons[0].startswith("fewer than 6 windows")
    sooner = GEO.from_day(START + timedelta(days=10))
    found = read_plan(frames(daily=regions()), None, None, as_of=LAST, plan=sooner.text())
    assert found.verdict.reasons[0].startswith("the weeks before")


def test_a_price_test_tells_the_elasticity():
    arms = (
        Arm("control", members=("R2", "R3", "R4", "R5")),
        Arm("cheaper", members=("R0", "R1"), price=-0.1),
    )
    told = Experiment("price", "products", "units", arms, 14, start=GEO.start)
    row = read_plan(
        frames(daily=regions(lift=0.9**-2)), None, None, as_of=LAST, plan=told.text()
    ).effects.row(0, named=True)
    assert row["elasticity_low"] < -2 < row["elasticity_high"] < 0
    assert row["elasticity"] == pytest.approx(log(1 + row["relative"]) / log(0.9))


def test_the_best_split_puts_together_what_moves_together():
    rng = np.random.default_rng(6)
    waves = rng.normal(0, 0.6, (2, 40)).repeat(5, axis=1)  # two kinds of regions, each with its own weeks
    sold = 100 * np.exp(np.vstack([waves[0], waves[0], waves[1], waves[1]]) + rng.normal(0, 0.02, (4, DAYS)))
    split = best_split(sold, 14)
    assert {frozenset(split.treated), frozenset(split.control)} in (
        {frozenset((0, 2)), frozenset((1, 3))}, {frozenset((0, 3)), frozenset((1, 2))},
    )  # fmt: skip
    apart = moved(sold, np.array([1, 1, 0, 0], bool), np.array([0, 0, 1, 1], bool), 186, 14, split.since)
    assert split.spread < 0.2 * apart.spread and split.detectable(0.8) > 0
    assert best_split(sold[:, :100], 14) is None


def test_many_units_are_split_within_pairs():
    sold = np.random.default_rng(7).poisson(np.linspace(5, 60, 30)[:, None], (30, DAYS)).astype(float)
    split = best_split(sold, 14)
    assert sorted((*split.treated, *split.control)) == list(range(30))
    order = np.argsort(-sold.sum(axis=1), kind="stable")
    assert all(len({*order[k : k + 2].tolist()} & {*split.treated}) == 1 for k in range(0, 30, 2))


def test_plans_of_customers_shrink_with_time_and_say_what_they_need():
    found = customers_test(frames(shop()), as_of=LAST, goal="orders", effect=0.5, name="n")
    assert found.plan.days == found.options.filter(pl.col("detectable") <= 0.5)["days"].min()
    assert found.options["detectable"].is_sorted(descending=True) and found.reason is None
    weak = customers_test(frames(shop()), as_of=LAST, goal="conversion", effect=0.001)
    assert "the sharpest is proposed" in str(weak.reason) and weak.plan.days == weak.options["days"].max()
    row = found.options.filter(days=found.plan.days).row(0, named=True)
    assert row["needed"] <= row["control"] + row["treated"]


def test_a_plan_finds_what_it_says_it_finds():
    """Planned on the shop as it is, an effect of the size detectable is found about four times in five."""
    mine = customers_test(frames(shop()), as_of=START + timedelta(days=149), goal="orders", lengths=(28,), salt="s",
                          treated="offer").plan  # fmt: skip
    assert mine.detectable is not None
    told, hits = mine.from_day(START + timedelta(days=150)), 0
    for seed in range(40):
        sales = shop(lift=mine.detectable, seed=seed, mine=told)
        hits += read_plan(frames(sales), None, None, as_of=LAST, plan=told.text()).effects["p"][0] < 0.05
    assert 25 <= hits <= 38


def test_plans_of_regions_and_prices():
    found = regions_test(frames(daily=regions()), as_of=LAST, effect=0.05, name="geo")
    members = [each for arm in found.plan.arms for each in arm.members]
    assert sorted(members) == [f"R{k}" for k in range(6)] and found.plan.since == START + timedelta(days=100)
    assert found.plan.detectable == found.options.filter(days=found.plan.days)["detectable"][0]
    priced = price_test(
        frames(daily=regions()), products=[f"R{k}" for k in range(6)], as_of=LAST, change=-0.2
    ).plan
    assert priced.arms[1].price == -0.2 and priced.effect == pytest.approx(log(1.25))
    # Nobody buys more: of each 100 of revenue 20 are given away.
    sold = regions().filter(
        pl.col("product_id").is_in(priced.arms[1].members), pl.col("day") > LAST - timedelta(days=priced.days)
    )
    assert priced.at_risk == pytest.approx(0.2 * sold["units"].sum())
    assert detectable_elasticity(priced) == pytest.approx(log(1 + priced.detectable) / log(1.25))


def test_nothing_can_be_planned_without_days_or_anybody():
    alone = regions().filter(region="R0")
    assert "nothing to compare with" in str(regions_test(frames(daily=alone), as_of=LAST).reason)
    short = regions().filter(pl.col("day") < START + timedelta(days=40))
    assert "too few" in str(regions_test(frames(daily=short), as_of=START + timedelta(days=39)).reason)
    empty = shop().clear()
    assert customers_test(frames(empty, regions().clear()), as_of=LAST).plan is None
