"""Truths are differences of two runs of one seed, exact, and agree with the formulas they are stated by."""

import json
from collections import defaultdict
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from loaders.loader import BadInput
from sample_data import days, effects, elasticity, flow, holds, opinion, truths
from sample_data import world as w
from sample_data.again import Year, change
from sample_data.plan import CAMPAIGNS, PROGRAMMES, PROMOTIONS
from sample_data.run import FACTUAL, INERT, NOISE, STEADY, Run, run
from sample_data.shop import Shop
from sample_data.truth import DEFINITIONS, Sample, Truth

PEOPLE = 12_000  # of the small shop's 52,000: enough to compare runs
LAST = days.DAYS - 1


def a_year(of: Run = FACTUAL, people: int = PEOPLE, seed: int = 7) -> Year:
    shop = Shop("small", seed, of)
    return Year.of(shop, shop.population.part(people))


@pytest.fixture(scope="module")
def year() -> Year:
    return a_year()


@pytest.fixture(scope="module")
def whole(year) -> list[Truth]:
    """All truths of the part of the shop."""
    sample = Sample(len(year.person), len(year.person))
    found = [each for holds_ in truths.STANDING for each in holds_(year, sample)]
    found += elasticity.elasticities(year)
    return found + [each for effect in truths.EFFECTS for each in effect(year, sample, lambda _: None)]


def table(found: list[Truth]) -> dict[tuple[str, str], dict[str, float | None]]:
    by: dict[tuple[str, str], dict[str, float | None]] = defaultdict(dict)
    for each in found:
        assert each.of not in by[each.topic, each.measure], each
        by[each.topic, each.measure][each.of] = each.value
    return by


def differences(year: Year, other: Run, rows: np.ndarray, first: int, last: int) -> list[float]:
    found = change(year, other, first, last, rows)
    return [found.more(name).sum() for name in ("first", "units", "revenue", "margin")]


CHANGES = {
    "a promotion": (run(["summer"]), lambda y: y.visited(13, 26), 13),
    "a campaign": (run(["social-always"]), lambda y: y.visited(0, LAST, (2,)), 0),
    "a tenth of the spend": (
        Run(spend={"sem-generic": 0.9, "sem-brand": 0.9}),
        lambda y: y.visited(0, LAST, (0, 1)),
        0,
    ),
    "slow answers": (
        Run(prompt=True),
        lambda y: np.unique(np.concatenate([life.made.row[life.asked.order] for life in y.lives])),
        0,
    ),
    "late parcels": (
        Run(punctual=True),
        lambda y: np.unique(np.concatenate([life.made.row[life.sent.late] for life in y.lives])),
        0,
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_living_only_those_again_whom_it_can_touch_is_as_good_as_all(year, what):
    other, touched, first = CHANGES[what]
    some = touched(year)
    assert 0 < len(some) < len(year.person) / 2
    part = differences(year, other, some, first, LAST)
    np.testing.assert_allclose(part, differences(year, other, year.everyone, first, LAST), atol=1e-6)


def test_a_part_of_the_year_lived_again_unchanged_is_the_same(year):
    np.testing.assert_allclose(differences(year, FACTUAL, year.everyone, 200, LAST), 0, atol=1e-9)


def test_a_difference_is_that_of_two_shops_built_from_the_seed(year):
    """Not by living again from a memory, but by two whole shops, summed from their tables."""

    def lines(of: Run) -> pl.DataFrame:
        shop = Shop("small", 3, of)
        parts = [frames for month in range(4, 7) for frames in shop.month(month) if "orders" in frames]
        orders = pl.concat([each["orders"] for each in parts]).filter(
            ~pl.col("order_id").str.contains("dirty")
        )
        orders = orders.unique().filter(pl.col("cancelled_at").is_null())
        sold = pl.concat([each["order_lines"] for each in parts]).filter(
            ~pl.col("line_id").str.contains("dirty")
        )
        return sold.join(orders.select("order_id"), on="order_id")

    units = [lines(each)["units"].sum() for each in (FACTUAL, run(["double11"]))]
    shop = Shop("small", 3)
    again = Year.of(shop, shop.population.part(10**6))
    first, last = days.BOUNDS[4], days.BOUNDS[7] - 1
    found = change(again, run(["double11"]), first, last).more("units").sum()
    assert found == units[0] - units[1] and found > 50


def test_parts_of_a_promotion_add_up(whole):
    by = table(whole)
    parts = ("lift_units", "pull_forward_units", "cannibalised_units", "halo_units", "later_units")
    for one in PROMOTIONS:
        units = [by["promotion", part][one.id] for part in parts]
        assert sum(units) == pytest.approx(by["promotion", "net_units"][one.id], abs=1e-6)
        cost = by["promotion", "cost"][one.id]
        if cost:
            gain = by["promotion", "margin"][one.id] - cost
            assert by["promotion", "roi"][one.id] == pytest.approx(gain / cost)
    assert sum(by["promotion", "lift_units"].values()) > 50
    assert sum(by["promotion", "pull_forward_units"].values()) < 0


def test_the_choice_models_elasticity_is_that_of_two_counterfactual_runs(monkeypatch):
    """Prices 5 % up and 5 % down, each month from the same memory; satiation, which the formula leaves
    out, is switched off. The tolerance is four standard errors of what differs between the runs.
    """
    monkeypatch.setattr(w, "SATED", 0.0)
    shop = Shop("small", 7)
    full = Year.of(shop, shop.population.part(10**6))
    stated = table(list(elasticity.elasticities(full)))["elasticity", "own"]
    everything = {one.name: 1.05 for one in w.CATEGORIES}
    for of, prices in {"": everything, "Fashion": {"Fashion": 1.05}, "Home": {"Home": 1.05}}.items():
        units, changed = [], []
        for factor in (1, -1):
            price = {name: value if factor > 0 else 2 - value for name, value in prices.items()}
            lives = [
                life
                for month in range(12)
                for life in full.again(Run(price=price), full.everyone, month, month)
            ]
            mine = [
                life.lines.units[np.isin(shop.assortment.category[life.lines.product], _codes(prices))]
                for life in lives
            ]
            units.append(sum(map(np.sum, mine)))
            changed.append({key for life in lives for key in life.made.key.tolist()})
        arc = np.log(units[0] / units[1]) / np.log(1.05 / 0.95)
        switched = len(changed[0] ^ changed[1]) * 3  # lines and units of an order that is made in one alone
        error = np.sqrt(switched) / units[1] / np.log(1.05 / 0.95)
        assert stated[of] < -1.5
        assert arc == pytest.approx(stated[of], abs=4 * error), of


def _codes(names) -> list[int]:
    return [w.CATEGORY[name] for name in names]


def test_expected_units_are_those_sold(year):
    """The formula's demand, over all months and products, and by category."""
    shop = year.shop.assortment
    expected = sum(elasticity.demand(life, shop.products)[0] for life in year.lives)
    sold = sum(
        np.bincount(life.lines.product, life.lines.units, minlength=shop.products) for life in year.lives
    )
    assert sold.sum() == pytest.approx(expected.sum(), abs=4 * np.sqrt(2 * expected.sum()))
    for code in range(len(w.CATEGORIES)):
        mine = shop.category == code
        assert sold[mine].sum() == pytest.approx(
            expected[mine].sum(), abs=4 * np.sqrt(2 * expected[mine].sum())
        )


def test_derivatives_are_those_of_the_expected_units(year):
    """The stated derivative beside a small step of the formula's own demand, for a product that sells."""
    life, products = year.lives[2], year.shop.assortment.products
    base, slopes = elasticity.demand(life, products)
    product = int(np.argmax(base))
    step, demands = 1e-4, []
    for factor in (1 + step, 1 - step):
        price = life.scene.shop.price.copy()
        price[:, product] *= factor
        scene = replace(life.scene, shop=replace(life.scene.shop, price=price))
        demands.append(elasticity.demand(replace(life, scene=scene), products)[0])
    numeric = (demands[0] - demands[1]) / (np.log(1 + step) - np.log(1 - step))
    np.testing.assert_allclose(slopes[:, product], numeric, atol=1e-4 * base[product])


def test_nobody_reacts_to_an_inert_promotion():
    inert = a_year(Run(null=INERT))
    for name in ("double11", "spring", "match"):
        found = change(inert, inert.shop.run.but(name), 0, LAST)
        assert found.more("units").sum() == found.more("first").sum() == 0
        assert found.more("revenue").sum() < 0  # the discount was given for nothing
    coupons = [one.id for one in inert.shop.run.programmes]
    found = change(inert, inert.shop.run.but(*coupons), 0, LAST)
    assert found.more("first").sum() == 0 and found.more("revenue").sum() < 0


def test_steady_prices_never_move():
    shop = Shop("small", 7, Run(null=STEADY))
    assert (shop.assortment.price == shop.assortment.price[0]).all()
    lines = a_year(Run(null=STEADY), 4_000).lives[4].lines
    assert (lines.given_by[lines.given_by >= 0] >= len(PROMOTIONS)).all()  # coupons alone take something off


def test_a_survey_of_noise_knows_nothing():
    shop = Shop("small", 7, Run(null=NOISE))
    rows = pl.concat(
        [frames["surveys"] for month in range(6) for frames in shop.month(month) if "surveys" in frames]
    )
    wide = rows.filter(pl.col("score").is_between(0, 10)).pivot(
        "question", index="order_id", values="score", aggregate_function="first"
    )
    nps = "How likely are you to recommend us to a friend?"
    for driver in opinion.DRIVERS:
        both = wide.drop_nulls([nps, driver])
        correlation = both.select(pl.corr(nps, driver)).item()
        assert abs(correlation) < 4 / np.sqrt(len(both)), driver


def test_relative_weights_are_those_of_a_plain_calculation():
    """Uncorrelated drivers share by their squared weights; correlated ones add up and follow R²."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(200_000, 3))
    y = x @ [3.0, 2.0, 1.0] + rng.normal(size=len(x))
    np.testing.assert_allclose(holds.relative_weights(x, y), np.array([9, 4, 1]) / 14, atol=0.01)
    twins = np.column_stack([x[:, 0], x[:, 0] + 0.01 * x[:, 1]])
    np.testing.assert_allclose(holds.relative_weights(twins, twins.sum(axis=1)), [0.5, 0.5], atol=0.01)


def test_truths_have_definitions_and_definitions_truths(whole):
    assert {(each.topic, each.measure) for each in whole} == set(DEFINITIONS)
    assert all(each.error == 0 for each in whole)


def test_coupons_used_are_those_of_their_kind(year, whole):
    """By kind, and by group of customers, counted from the lives themselves."""
    by = table(whole)["coupon", "redeemed"]
    for kind in ("Percent-off", "Threshold-off"):
        numbers = [number for number, plan in enumerate(PROGRAMMES) if plan.kind == kind]
        count = 0
        for life in year.lives:
            used = life.made.row[life.made.coupon & life.made.stands]
            count += int(np.isin(life.held.programme[used], numbers).sum())
        assert by[kind] == count > 0
        assert sum(by[f"{kind} · {group.name}"] for group in w.GROUPS) == count


def test_funnel_rates_multiply_to_the_conversion(whole):
    by = table(whole)
    for device in w.DEVICES:
        steps = [by["funnel", f"{name}_rate"][device] for name in holds.STEPS]
        assert np.prod(steps) == pytest.approx(by["funnel", "conversion"][device])
    fault = f"Mobile {days.CHECKOUT_FAULT.first}"
    assert by["funnel", "purchase_rate"][fault] < 0.6 * by["funnel", "purchase_rate"]["Mobile"]


def test_credit_adds_up_to_all_orders(whole):
    by = table(whole)
    credit = sum(by["channel", "credit"].values()) + by["channel", "credit_of_none"][""]
    assert credit == pytest.approx(1, abs=0.02)  # channels hardly overlap: a visit comes by one of them


def test_the_next_unit_of_spend_brings_less_than_the_average(whole):
    by = table(whole)
    average, margin = by["channel", "orders_per_1000"], by["channel", "next_orders_per_1000"]
    assert sum(margin.values()) < sum(average.values())


def test_survival_follows_the_planted_lifetimes_but_for_those_driven_away(year, whole):
    for age, share in table(whole)["lifetime", "survival"].items():
        stated = (1 + float(age) / w.LIFETIME) ** -w.LIFETIME_TAIL
        new = (
            year.people.account & (year.people.arrives >= 0) & (year.people.arrives + float(age) < days.DAYS)
        )
        error = np.sqrt(stated * (1 - stated) / new.sum())
        assert stated - 0.06 < share < stated + 3 * error


def test_the_answerers_are_not_the_base(year, whole):
    """The very happy and the very unhappy answer more, and those on the phone are kinder."""
    by = table(whole)["satisfaction", "nps_kinder"]
    assert 0 < by["phone"] < by["field"]
    importance = table(whole)["satisfaction", "importance"]
    assert sum(importance.values()) == pytest.approx(1)
    assert max(importance, key=importance.get) in ("quality", "delivery")


def test_some_people_stand_for_all_within_their_error():
    full, part = a_year(people=52_000, seed=5), a_year(people=15_000, seed=5)
    rows = {}
    for each in (full, part):
        sample = Sample(len(each.person), each.shop.population.people)
        rows[len(each.person)] = {
            (one.measure, one.of): one for one in effects.service(each, sample, lambda _: None)
        } | {
            (one.measure, one.of): one
            for one in effects.promotions(each, sample, lambda _: None)
            if one.measure in ("orders", "net_units")
        }
    exact, estimated = rows.values()
    off = [abs(one.value - exact[key].value) / one.error for key, one in estimated.items() if one.error > 0]
    assert len(off) > 15 and np.mean(np.array(off) < 2) > 0.85 and max(off) < 5


def test_two_builds_write_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        truths.write(Shop("small", 11), tmp_path / name, lambda _: None, people=1_500)
    for file in ("truths.json", "truths_people.parquet"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    found = json.loads((tmp_path / "one" / "truths.json").read_text())
    assert found["people"] == 1_500 and found["of"] == 52_000
    assert {(row["topic"], row["measure"]) for row in found["definitions"]} == set(DEFINITIONS)
    people = pl.read_parquet(tmp_path / "one" / "truths_people.parquet")
    assert set(people["group"]) == {one.name for one in w.GROUPS} and 0 < people["alive"].mean() < 1


def test_a_name_that_the_plan_does_not_have_is_refused():
    with pytest.raises(BadInput, match="Did you mean double11"):
        run(["duoble11"])
    with pytest.raises(BadInput, match="inert, steady, noise"):
        run(null="dull")
    assert run([CAMPAIGNS[0].id, days.VIRAL.name]).without == {CAMPAIGNS[0].id, days.VIRAL.name}
    assert flow.organic().min() >= 0
