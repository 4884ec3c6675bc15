"""Promotions read out: by hand, beside a plain count of the same ratio and statsmodels, placebos, refusals."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import sqrt
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from scipy.stats import poisson

from metrics.complements import baskets
from metrics.experiment import experiment
from metrics.period import Period
from metrics.promotion_expected import Panel
from metrics.promotions import read_out

START, DAYS = date(2026, 1, 5), 120  # a Monday
YEAR = Period(START, START + timedelta(days=DAYS - 1))
FIRST, LAST = START + timedelta(days=70), START + timedelta(days=76)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def promotion(name="deal", first=FIRST, last=LAST, **more) -> dict:
    usual = {"promotion_id": name, "name": name, "kind": "Percent-off", "category": "Tea", "channel": None,
             "region": None, "cost": 10.0}  # fmt: skip
    return {**usual, "starts_at": at(first), "ends_at": at(last), **more}


def shop(sold, price=10.0, cost=6.0) -> pl.DataFrame:
    """sold: function of product and day number → units. Products: tea1, tea2, and six of other categories."""
    rows = []
    for product, category in PRODUCTS.items():
        for k in range(DAYS):
            units = float(sold(product, k))
            rows.append((START + timedelta(days=k), product, "Web", "North", category, units,
                         units * price, units * cost))  # fmt: skip
    names = ("day", "product_id", "channel", "region", "category", "units", "costed_revenue", "cost")
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(
        net_revenue="costed_revenue", refunds=pl.lit(0.0)
    )


PRODUCTS = {"tea1": "Tea", "tea2": "Tea", "mug1": "Mugs", "mug2": "Mugs", "pot1": "Pots", "pot2": "Pots",
            "pan1": "Pans", "pan2": "Pans"}  # fmt: skip


def bought(*baskets: tuple[int, str]) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Orders and their lines: so many orders, a day apart, of the products named."""
    orders, lines = [], []
    for count, names in baskets:
        for k in range(count):
            key = f"{names} {k}"
            orders.append((key, at(START + timedelta(days=k % 60)), None))
            lines += [(key, name) for name in names.split()]
    utc = pl.Datetime("us", "UTC")
    placed = pl.LazyFrame(
        orders, {"order_id": pl.String, "ordered_at": utc, "cancelled_at": utc}, orient="row"
    )
    return placed, pl.LazyFrame(lines, {"order_id": pl.String, "product_id": pl.String}, orient="row")


def ask(daily, promotions, members=None, incidents=None, orders=None, order_lines=None, **settings):
    def frames(name, where=None, by=(), basis="order"):
        if name == "log":
            return pl.LazyFrame(schema={"happened_at": pl.Datetime("us", "UTC")})
        return daily.lazy()

    known = pl.DataFrame(promotions, infer_schema_length=None).with_columns(
        pl.col("starts_at", "ends_at").dt.replace_time_zone("UTC"),
        pl.col("channel", "region").cast(pl.String),
    )
    listed = (
        pl.DataFrame(members, schema=("promotion_id", "product_id"), orient="row").lazy() if members else None
    )
    return read_out(
        frames, known.lazy(), listed, None, incidents, None, orders, order_lines, period=YEAR,
        as_of=YEAR.end, **settings,
    )  # fmt: skip


def during(k: int) -> bool:
    return 70 <= k <= 76


def test_by_hand():
    # 10 of each a day, everything doubles in the promotion's week; tea is at 30 there, and at 8 in the week after.
    def sold(product, k):
        usual = 20 if during(k) else 10
        if product == "tea1":
            return 30 if during(k) else 8 if 77 <= k <= 83 else usual
        return usual

    found = ask(shop(sold), [promotion()])
    row = found.promotions.row(0, named=True)
    assert row["control"] == "other products"
    assert row["expected"] == pytest.approx(7 * 20 * 2)  # two teas
    assert row["lift"] == pytest.approx(7 * 10)
    parts = {each["part"]: each for each in found.parts.to_dicts()}
    assert parts["pull_forward"]["units"] == pytest.approx(-7 * 2)
    assert row["net_units"] == pytest.approx(70 - 14)
    assert row["margin"] == pytest.approx((70 - 14) * 4)
    assert row["profit"] == pytest.approx(56 * 4 - 10)
    assert row["roi"] == pytest.approx((56 * 4 - 10) / 10)
    # A unit brings 4: the cost of 10 and the 14 lost units need 16.5 units of lift.
    assert row["break_even"] == pytest.approx(10 / 4 + 14)
    assert found.steps["amount"].sum() == pytest.approx(row["profit"])
    # Net 56 units are worth 214, and chance alone moves what 420 units bring by as much.
    assert (row["lift_call"], row["call"], row["advice"]) == ("supported", "inconclusive", "test")


def test_substitutes_lose_what_the_promoted_gain():
    def sold(product, k):
        return {"tea1": 25, "tea2": 5}.get(product, 10) if during(k) else 10

    found = ask(shop(sold), [promotion()], [("deal", "tea1")])
    parts = {each["part"]: each for each in found.parts.to_dicts()}
    assert parts["lift"]["units"] == pytest.approx(7 * 15)
    assert parts["cannibalised"]["units"] == pytest.approx(-7 * 5)


def test_what_is_bought_with_the_promoted_gains_and_is_no_control():
    """Mug 1 stands beside tea in 30 of its 40 orders, by chance it would in 15: it is a complement, mug 2 is not."""

    def sold(product, k):
        return {"tea1": 20, "tea2": 20, "mug1": 16}.get(product, 10) if during(k) else 10

    together = bought(
        (30, "tea1 mug1"), (10, "mug1 pan1"), (15, "tea2 mug2"), (15, "mug2 pot1"), (50, "pot2 pan2")
    )
    found = ask(shop(sold), [promotion()], orders=together[0], order_lines=together[1])
    parts = {each["part"]: each for each in found.parts.to_dicts()}
    assert parts["halo"]["units"] == pytest.approx(7 * 6)
    assert parts["lift"]["units"] == pytest.approx(7 * 20), "the control is what no tea is bought with"
    assert parts["net"]["units"] == pytest.approx(7 * 26)
    assert dict(found.steps.select("step", "amount").iter_rows())["halo"] == pytest.approx(7 * 6 * 4)
    assert found.steps["amount"].sum() == pytest.approx(found.promotions["profit"][0])
    plain = ask(shop(sold), [promotion()])
    assert "halo" not in plain.parts["part"].to_list(), "without orders nobody knows what goes together"
    assert plain.promotions["lift"][0] < 7 * 20


def test_complements_are_those_of_a_poisson_test_by_hand():
    placed, lines = bought(
        (30, "tea1 mug1"), (10, "mug1 pan1"), (40, "pot1 pan1"), (3, "tea1 pot2"), (7, "pot2 pan2")
    )
    cell = SimpleNamespace(products=list(PRODUCTS), span=YEAR)
    found = baskets(lines, placed, cell, "UTC")
    own = np.array([name == "tea1" for name in PRODUCTS])
    flags = dict(zip(PRODUCTS, found.complements(own, 10**6, 10**6), strict=True))
    # 33 of 90 orders hold tea. Mug 1: 30 of 40, chance 14.7; pot 2: 3 of 10, fewer than five.
    assert poisson.sf(29, 40 * 33 / 90) < 0.01
    assert [name for name, flag in flags.items() if flag] == ["mug1"]
    assert not found.complements(own, 0, DAYS).any(), "orders of those days are left out"
    assert baskets(None, placed, cell, "UTC") is None


def test_a_reduction_that_costs_more_than_it_brings_is_to_change():
    daily = shop(lambda product, k: 20 if product == "tea1" and during(k) else 10)
    cut = pl.when(pl.col("day").is_between(FIRST, LAST) & (pl.col("category") == "Tea")).then(5.5)
    daily = daily.with_columns(costed_revenue=cut.otherwise(10.0) * pl.col("units")).with_columns(
        net_revenue="costed_revenue"
    )
    row = ask(daily, [promotion()]).promotions.row(0, named=True)
    assert row["margin"] == pytest.approx(7 * 30 * (5.5 - 6) - 7 * 20 * 4)
    assert (row["lift_call"], row["call"], row["advice"]) == ("supported", "not supported", "change depth")
    assert row["break_even"] is None  # a unit loses money


def test_the_interval_is_that_of_statsmodels_poisson():
    """The ratio of sums is Poisson regression with a group and a time; its log error is the same delta method."""
    rng = np.random.default_rng(3)
    noise = rng.poisson(10, (8, DAYS))
    place = {name: i for i, name in enumerate(PRODUCTS)}
    daily = shop(lambda product, k: noise[place[product], k] + (5 if product == "tea1" and during(k) else 0))
    row = ask(daily, [promotion()]).promotions.row(0, named=True)
    base = [k for k in range(DAYS) if 14 <= k < 70 or 91 <= k < 119]
    tea, rest = noise[:2].sum(axis=0), noise[2:].sum(axis=0)
    tea = tea + np.array([5 if during(k) else 0 for k in range(DAYS)])
    week = list(range(70, 77))
    both = np.concatenate([tea[base], tea[week], rest[base], rest[week]])
    ours, now = np.arange(len(both)) < len(both) / 2, np.tile(np.arange(len(base + week)) >= len(base), 2)
    x = np.column_stack([np.ones(len(both)), ours, now, ours & now]).astype(float)
    fit = sm.GLM(both, x, family=sm.families.Poisson()).fit()
    counts = [tea[base].sum(), tea[week].sum(), rest[base].sum(), rest[week].sum()]
    expected = tea[week].sum() / np.exp(fit.params[3])
    assert row["expected"] == pytest.approx(expected)
    # Our deviation is a new count's: statsmodels' has the observed in the place of the expected.
    ours = sqrt(1 / expected + 1 / counts[0] + 1 / counts[2] + 1 / counts[3])
    theirs = sqrt(fit.bse[3] ** 2 - 1 / counts[1] + 1 / expected)
    assert ours == pytest.approx(theirs)
    half = (row["lift_high"] - row["lift_low"]) / 2
    assert half >= 1.96 * expected * theirs  # widened by placebos, never narrowed
    assert half < 1.7 * 1.96 * expected * theirs


def test_placebos_are_seldom_supported():
    rng = np.random.default_rng(11)
    called, place = 0, {name: i for i, name in enumerate(PRODUCTS)}
    for _ in range(120):
        season = rng.gamma(60, 1 / 60, DAYS)
        units = rng.poisson(12 * season, (8, DAYS))
        found = ask(shop(lambda product, k, units=units: units[place[product], k]), [promotion()])
        row = found.promotions.row(0, named=True)
        called += row["lift_low"] > 0 or row["lift_high"] < 0
    assert called <= 12  # 5 % of 120 are 6


def test_refuses_two_promotions_on_the_same_products():
    other = promotion("other", FIRST - timedelta(days=2), FIRST)
    found = ask(shop(lambda product, k: 10), [promotion(), other])
    reasons = found.promotions["reason"].to_list()
    assert set(reasons) == {"deal ran on the same products on the same days",
                            "other ran on the same products on the same days"}  # fmt: skip
    assert found.promotions["lift"].null_count() == 2
    assert set(found.overlaps["refused"]) == {True}


def test_days_of_an_earlier_promotion_are_left_out():
    earlier = promotion("earlier", START + timedelta(days=40), START + timedelta(days=44))

    def sold(product, k):
        return 90 if product.startswith("tea") and 40 <= k <= 44 else 10

    found = ask(shop(sold), [earlier, promotion()])
    row = found.promotions.filter(promotion="deal").row(0, named=True)
    assert row["lift"] == pytest.approx(0)
    assert row["base_days"] == 56 - 5 + 28


def test_days_after_it_that_cannot_be_read_count_as_the_nearest():
    """Seven days miss 2 each, and of the first two nobody can tell: another promotion ran on them."""
    after = promotion("after", START + timedelta(days=77), START + timedelta(days=78))

    def sold(product, k):
        if product != "tea1":
            return 10
        return 50 if 77 <= k <= 78 else 8 if 79 <= k <= 83 else 10

    parts = ask(shop(sold), [promotion(), after]).parts.filter(promotion="deal", part="pull_forward")
    assert parts["days"].item() == 12
    assert parts["units"].item() == pytest.approx(-7 * 2)


def test_counts_that_stand_for_several_days_scatter_as_much_more():
    """Beside 4,000 draws of counts whose base of 40 days and calendar are known."""
    base, after, stands = np.arange(40), np.arange(40, 52), np.array([1.5] * 4 + [1.0] * 8)
    draws = np.random.default_rng(0).poisson(9.0, (4000, 52)).astype(float)
    away = []
    for counts in draws:
        made = Panel(
            SimpleNamespace(base=base),
            {"own": np.outer(counts, np.ones(5))},
            np.ones(52),
            True,
            np.ones(5),
            [],
        )  # type: ignore[arg-type]
        found = made.expect("own", after, stands)
        away.append(found.effect[0])
    assert found.spread == pytest.approx(np.std(away), rel=0.1)
    assert abs(np.mean(away)) < 4 * np.std(away) / sqrt(len(away))
    assert stands.sum() == 14


def test_a_sale_of_everything_on_a_holiday_is_refused_with_a_test():
    held = pl.LazyFrame(
        {"name": ["Lantern Festival"], "starts_at": [at(FIRST)], "ends_at": [at(LAST)]}
    ).with_columns(pl.col("starts_at", "ends_at").dt.replace_time_zone("UTC"))
    everything = promotion(category=None)
    found = ask(shop(lambda product, k: 10), [everything], incidents=held)
    assert found.promotions["reason"][0].startswith("its days are also those of Lantern Festival")
    assert found.verdict is not None and not found.verdict.identified
    assert "leave a random 10 % of the customers" in found.verdict.needed[0]
    # 560 units are to be expected: (1.96 + 0.84) √(1/56 + 1/504)
    assert found.promotions["detectable"][0] == pytest.approx(2.8016 * sqrt(1 / 56 + 1 / 504), rel=1e-3)
    # Each earns 4: a tenth of that is lost should those left out buy nothing.
    assert experiment(found.tests["plan"][0]).at_risk == pytest.approx(0.1 * 560 * 4)


def test_a_sale_of_everything_is_read_by_the_calendar():
    def sold(product, k):
        return (16 if k % 7 == 5 else 10) + (6 if during(k) else 0)

    row = ask(shop(sold), [promotion(category=None)]).promotions.row(0, named=True)
    assert row["control"] == "calendar"
    assert row["lift"] == pytest.approx(8 * 7 * 6, rel=0.01)


def test_one_place_is_compared_with_the_others():
    north = shop(lambda product, k: 20 if product.startswith("tea") and during(k) else 10)
    others = [
        shop(lambda product, k: 10).with_columns(region=pl.lit(name)) for name in ("South", "East", "West")
    ]
    row = ask(pl.concat([north, *others]), [promotion(region="North")]).promotions.row(0, named=True)
    assert row["control"] == "other places"
    assert row["lift"] == pytest.approx(2 * 7 * 10)


@pytest.mark.parametrize("first", [YEAR.end, START, START + timedelta(days=3)])
def test_says_why_there_is_no_answer(first):
    found = ask(shop(lambda product, k: 10), [promotion(first=first, last=first + timedelta(days=6))])
    assert found.promotions["lift"][0] is None
    assert found.promotions["reason"][0]


def test_a_shop_without_promotions():
    def frames(name, where=None, by=(), basis="order"):
        return pl.LazyFrame(schema={"happened_at": pl.Datetime("us", "UTC")})

    found = read_out(frames, None, None, None, None, None, None, period=YEAR, as_of=YEAR.end)
    assert found.n == 0 and found.warnings[0] == "needs the table promotions: import it"
