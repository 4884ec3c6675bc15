"""Pricing: the simulator by hand and its laws, positions, bands, the two rules, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.metric import BadQuestion
from metrics.price_position import rivals
from metrics.price_simulator import Product, best, curve, simulated
from metrics.pricing import RULE, pricing
from tests.metrics.test_elasticity import SPAN, TEAS, shop, tea_price, tea_sold

TEA = Product(
    price=10.0, lowest=8.0, highest=12.5, units=100.0, kept=0.9, cost=5.0, elasticity=(-2.0, -3.0, -1.0)
)


def test_a_price_by_hand():
    """At 8.00 instead of 10.00: 100 × 0.8⁻² = 156.25 units, each kept at 7.20 and 2.20 above its cost."""
    found = simulated(TEA, 8.0)
    assert found["units"] == pytest.approx(156.25)
    assert (found["units_low"], found["units_high"]) == pytest.approx((125, 100 / 0.8**3))
    assert found["revenue"] == pytest.approx(1125)
    assert found["revenue_more"] == pytest.approx(225)
    assert found["profit"] == pytest.approx(156.25 * 2.2)
    assert found["profit_more"] == pytest.approx(156.25 * 2.2 - 400)
    assert found["profit_more_low"] == pytest.approx(125 * 2.2 - 400)


@pytest.mark.parametrize("price", [7.99, 12.51, 0.0, -1.0])
def test_nothing_outside_of_what_was_seen(price):
    with pytest.raises(BadQuestion, match="outside of what was seen"):
        simulated(TEA, price)


def test_the_curve_stays_inside_and_goes_through_today():
    rows = curve("tea", TEA)
    prices = [row["price"] for row in rows]
    assert prices == sorted(set(prices)) and (prices[0], prices[-1]) == (8.0, 12.5)
    (today,) = [row for row in rows if row["price"] == 10.0]
    assert [today[f"profit_more{end}"] for end in ("", "_low", "_high")] == [0, 0, 0]
    assert today["profit"] == pytest.approx(400)


def test_the_best_price_is_the_textbooks_where_it_was_seen():
    """Of elasticity −3, cost ÷ (1 − 1 ÷ 3): 6 × 1.5 = 9 (Lerner 1934)."""
    product = replace(TEA, lowest=6.5, highest=11.5, kept=1.0, cost=6.0, elasticity=(-3.0, -4.0, -2.5))
    assert best(product, curve("tea", product))["price"] == pytest.approx(9, abs=0.15)
    assert best(replace(product, cost=None), curve("tea", replace(product, cost=None))) is None
    stuck = replace(product, lowest=10.0, highest=10.0)
    assert best(stuck, curve("tea", stuck)) is None


@given(
    now=st.floats(1, 500), down=st.floats(0.5, 1), up=st.floats(1, 2), at=st.floats(0, 1),
    units=st.floats(0.1, 1e4), kept=st.floats(0.5, 1), share=st.floats(0.1, 1.2), middle=st.floats(-4, 0.5),
    half=st.floats(0, 2), scale=st.sampled_from([0.01, 7.0, 1000.0]),
)  # fmt: skip
def test_laws(now, down, up, at, units, kept, share, middle, half, scale):
    """The interval holds the estimate, today's price changes nothing, and a currency is only a unit."""
    product = Product(
        now, now * down, now * up, units, kept, share * now, (middle, middle - half, middle + half)
    )
    price = product.lowest + at * (product.highest - product.lowest)
    found = simulated(product, price)
    slack = 1e-9 * units * now * 20
    for name in ("units", "revenue", "profit", "units_more", "revenue_more", "profit_more"):
        assert found[f"{name}_low"] - slack <= found[name] <= found[f"{name}_high"] + slack
    assert simulated(product, now)["profit_more"] == pytest.approx(0, abs=slack)
    other = Product(
        now * scale, product.lowest * scale, product.highest * scale, units, kept, share * now * scale,
        product.elasticity,
    )  # fmt: skip
    again = simulated(other, price * scale)
    assert again["units"] == pytest.approx(found["units"])
    assert again["profit"] == pytest.approx(scale * found["profit"], abs=slack * scale)


@pytest.mark.parametrize(
    ("call", "contested", "rule"),
    [
        ("inelastic", False, "margin"),
        ("elastic", True, "volume"),
        ("inelastic", True, "hold"),
        ("elastic", False, "hold"),
        ("unclear", True, "test"),
        ("", False, "test"),
        ("elastic", None, ""),
    ],
)
def test_the_two_rules(call, contested, rule):
    row = pl.DataFrame(
        {"call": [call], "contested": [contested]}, {"call": pl.String, "contested": pl.Boolean}
    )
    assert row.select(RULE).item() == rule


def competitors():
    """Three rivals of Assam, one without stock, one price too old; Ceylon's rival is out of stock."""
    last = SPAN.end
    rows = [
        (last - timedelta(days=3), "assam", "A", 9.6, True),
        (last - timedelta(days=9), "assam", "A", 5.0, True),  # an older price of the same rival
        (last - timedelta(days=1), "assam", "B", 8.8, True),
        (last - timedelta(days=1), "assam", "C", 4.0, False),
        (last - timedelta(days=28), "assam", "D", 4.0, True),
        (last, "ceylon", "A", 4.0, False),
    ]
    names = ("day", "product_id", "competitor", "price", "in_stock")
    return pl.DataFrame(rows, schema=names, orient="row").lazy()


def test_rivals_are_those_who_can_deliver_now():
    found = rivals(competitors(), SPAN.end)
    assert found.rows() == [("assam", 2, pytest.approx(9.2), pytest.approx(8.8))]


PRODUCTS = pl.LazyFrame({"product_id": list(TEAS), "name": [each.title() for each in TEAS]})


def ask(cost=6.0, prices=None, products=PRODUCTS, lines=None, **more):
    sold, daily = lines or shop(tea_sold, tea_price, TEAS)
    if cost is not None:
        sold = sold.with_columns(unit_cost=pl.lit(cost))

    def frames(name, where=None, by=(), basis="order"):
        if name == "log":
            return pl.LazyFrame(schema={"happened_at": pl.Datetime("us", "UTC")})
        return daily.lazy()

    return pricing(
        frames, sold.lazy(), products, None, None, None, None, prices, period=SPAN, as_of=SPAN.end, **more
    )


@pytest.fixture(scope="module")
def teas():
    return ask(prices=competitors())


def test_each_price_beside_its_cost_and_its_rivals(teas):
    row = teas.products.row(by_predicate=pl.col("product") == "assam", named=True)
    assert row["name"] == "Assam" and (row["price"], row["cost"], row["kept"]) == (9, 6, 1)
    assert row["margin"] == pytest.approx(1 / 3)
    assert row["gap"] == pytest.approx(9 / 9.2 - 1) and row["above"] == pytest.approx(9 / 8.8 - 1)
    assert row["contested"] and row["call"] == "elastic" and row["rule"] == "volume"
    rest = teas.products.filter(pl.col("product") != "assam")
    assert not rest["contested"].any() and rest["rule"].to_list() == ["test"] * 3
    assert rest["elasticity"].null_count() == rest["best"].null_count() == 3
    assert teas.curve["product"].unique().to_list() == ["assam"]


def test_a_rise_that_earns_more_is_disputed_where_the_rule_is_volume(teas):
    """Of elasticity −2, twice the cost is the best price; 12.00 is the dearest that was seen."""
    row = teas.products.row(by_predicate=pl.col("product") == "assam", named=True)
    assert row["best"] == 12 and row["sure"] and row["against"]
    assert (teas.moves, teas.disputed) == (0, 1)
    alone = ask(prices=competitors().filter(pl.col("product_id") != "assam"))
    assert (alone.moves, alone.disputed) == (1, 0)
    assert alone.products.filter(product="assam")["rule"].item() == "hold"


def test_the_index_is_of_matched_products_alone(teas):
    assert teas.index.rows() == [("", 1, pytest.approx(9 / 9.2)), ("Tea", 1, pytest.approx(9 / 9.2))]


def test_bands_hold_every_product_once_and_all_that_was_sold(teas):
    assert teas.bands["products"].to_list() == [1, 1, 1, 1]
    assert teas.bands["low"].to_list() == sorted(teas.bands["low"].to_list())
    assert teas.bands["units"].sum() == sum(tea_sold(each, day) for each in TEAS for day in range(SPAN.days))


def test_without_costs_there_is_revenue_and_no_best_price():
    found = ask(cost=None, prices=competitors())
    row = found.products.row(by_predicate=pl.col("product") == "assam", named=True)
    assert row["margin"] is None and row["best"] is None and found.moves == 0
    assert found.curve["profit"].null_count() == len(found.curve) > 0
    assert found.curve["revenue"].null_count() == 0
    assert any("cost" in str(each) for each in found.warnings)


def test_without_rivals_there_is_no_rule_and_no_index():
    found = ask()
    assert found.products["rule"].unique().to_list() == [""] and found.index.is_empty()
    assert "needs the table competitor_prices: import it" in [str(each) for each in found.warnings]
    assert found.moves == 1


def test_too_few_weeks_name_the_test_and_simulate_nothing():
    found = ask(prices=competitors(), weeks=8)
    assert found.identified == 0 and found.curve.is_empty() and found.moves == 0
    assert not found.verdict.identified and found.tests["category"].to_list() == ["Tea"]
    assert set(found.products["rule"]) == {"test"}


def test_without_a_table_of_lines_the_reason_is_told():
    found = pricing(None, None, None, None, None, None, None, None, period=SPAN, as_of=SPAN.end)
    assert found.n == 0 and "order_lines" in str(found.warnings[0])
