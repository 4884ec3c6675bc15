"""Elasticity: by hand, beside statsmodels and plain linear algebra, laws, the gate, and what is masked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import log, sqrt

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import elasticity_gate as gate
from metrics import price_pool
from metrics.elasticity import elasticity
from metrics.experiment import experiment
from metrics.period import Period
from metrics.price_beside import beside
from metrics.price_fit import fit
from metrics.price_path import calendar, paths
from metrics.price_pool import pool
from metrics.turns import members
from metrics.turns_plan import EFFECT

START, WEEKS = date(2026, 1, 5), 30  # a Monday
SPAN = Period(START, START + timedelta(days=7 * WEEKS - 1))


def test_half_the_units_at_twice_the_price_is_minus_one():
    units = np.array([[8.0, 4.0], [6.0, 6.0]])
    price = np.log([[10.0, 20.0], [5.0, 5.0]])
    found = fit(units, np.ones((2, 2)), price, [], np.array([0, 0]))
    assert found.value[0] == pytest.approx(-1)
    assert found.expected == pytest.approx(units)


def test_a_season_of_all_is_no_effect_of_the_price():
    units = np.array([[8.0, 8.0], [6.0, 12.0]])  # the shop doubles, so the dearer one has lost a half
    price = np.log([[10.0, 20.0], [5.0, 5.0]])
    assert fit(units, np.ones((2, 2)), price, [], np.array([0, 0])).value[0] == pytest.approx(-1)


def panel(seed=3, products=12, weeks=20):
    rng = np.random.default_rng(seed)
    category = np.arange(products) % 2
    price = np.cumsum(
        np.where(rng.random((products, weeks)) < 0.2, rng.choice([-0.1, 0.1], (products, weeks)), 0), 1
    )
    depth = np.where(rng.random((products, weeks)) < 0.15, 0.2, 0.0)
    offered = np.where(rng.random((products, weeks)) < 0.1, 0.0, rng.uniform(0.4, 1, (products, weeks)))
    mean = rng.gamma(3, 1, products)[:, None] * np.exp(-2 * price + 3 * depth + 0.3 * rng.normal(size=weeks))
    return rng.poisson(mean * offered).astype(float), offered, price, depth, category


def test_beside_statsmodels():
    """Poisson regression with dummies, exposure, and errors clustered by product."""
    units, offered, price, depth, category = panel()
    found = fit(units, offered, price, [depth], category)
    keep = (offered > 0).ravel()
    product, week = (each.ravel()[keep] for each in np.indices(units.shape))
    columns = [price.ravel()[keep] * (category[product] == code) for code in (0, 1)] + [depth.ravel()[keep]]
    dummies = [np.eye(len(units))[product], np.eye(units.shape[1])[week][:, 1:]]
    x = np.column_stack([*columns, *dummies])
    peer = sm.GLM(units.ravel()[keep], x, family=sm.families.Poisson(), exposure=offered.ravel()[keep]).fit(
        cov_type="cluster", cov_kwds={"groups": product, "use_correction": False}, tol=1e-12
    )
    groups = len(units)
    assert found.value == pytest.approx(peer.params[:3], abs=1e-7)
    ours = np.sqrt(np.diag(found.clustered()) * (groups - 1) / groups)
    assert ours == pytest.approx(peer.bse[:3], rel=1e-6)
    plain = sm.GLM(units.ravel()[keep], x, family=sm.families.Poisson(), exposure=offered.ravel()[keep]).fit()
    assert np.diag(np.linalg.inv(found.information)) ** 0.5 == pytest.approx(plain.bse[:3], rel=1e-6)
    assert found.dispersion == pytest.approx(max(1, plain.pearson_chi2 / plain.df_resid))


def test_what_is_left_of_a_price_beside_plain_least_squares():
    units, offered, price, depth, _ = panel()
    found = fit(units, offered, price, [depth], np.zeros(len(units), int))
    product, week = (each.ravel() for each in np.indices(units.shape))
    root = np.sqrt(found.expected.ravel())[:, None]
    others = (
        np.column_stack([depth.ravel(), np.eye(len(units))[product], np.eye(units.shape[1])[week]]) * root
    )
    own = price.ravel()[:, None] * root
    rest = (own - others @ np.linalg.lstsq(others, own)[0]) ** 2
    assert found.left == pytest.approx(np.bincount(product, rest.ravel()))
    assert found.left.sum() == pytest.approx(
        found.information[0, 0] - found.information[0, 1] ** 2 / found.information[1, 1]
    )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.floats(0.01, 100), turn=st.randoms(use_true_random=False))
def test_currency_and_order_change_nothing(seed, scale, turn):
    units, offered, price, depth, category = panel(seed)
    order = list(range(len(units)))
    turn.shuffle(order)
    first = fit(units, offered, price, [depth], category)
    other = fit(units[order], offered[order], price[order] + log(scale), [depth[order]], category[order])
    assert other.value == pytest.approx(first.value, abs=1e-6)
    assert other.left == pytest.approx(first.left[order], abs=1e-6)


def test_pooling_beside_plain_linear_algebra():
    """The same posterior, of each point of the grid as one large normal distribution."""
    rng = np.random.default_rng(5)
    category = np.array([0, 0, 0, 1, 1, 2])
    error = np.array([0.5, 1.0, np.inf, 0.3, 2.0, 0.7])
    estimate = rng.normal(-2, 1, 6)
    weight = np.array([5.0, 1, 2, 7, 1, 3])
    steps = (np.arange(price_pool.POINTS) + 0.5) / price_pool.POINTS * 3
    known = np.isfinite(error)
    logs, means, squares = [], [], []
    for tau in steps * price_pool.PRODUCTS:
        for sigma in steps * price_pool.CATEGORIES:
            prior = 1e6 + sigma**2 * (category[:, None] == category) + tau**2 * np.eye(6)
            seen = prior[np.ix_(known, known)] + np.diag(error[known] ** 2)
            gain = prior[:, known] @ np.linalg.inv(seen)
            mean, spread = gain @ estimate[known], prior - gain @ prior[known]
            _, size = np.linalg.slogdet(seen)
            fits = estimate[known] @ np.linalg.solve(seen, estimate[known])
            logs.append(
                -0.5 * (size + fits + (tau / price_pool.PRODUCTS) ** 2 + (sigma / price_pool.CATEGORIES) ** 2)
            )
            share = weight / np.bincount(category, weight)[category]
            inside = np.array([share * (category == code) for code in range(3)] + [weight / weight.sum()])
            every = np.concatenate([np.eye(6), inside])
            means.append(every @ mean)
            squares.append(np.diag(every @ spread @ every.T) + means[-1] ** 2)
    chance = np.exp(np.array(logs) - max(logs))
    chance /= chance.sum()
    middle = chance @ np.array(means)
    variance = chance @ np.array(squares) - middle**2
    found = pool(estimate, error, category, weight)
    assert np.concatenate([found.product[0], found.category[0], [found.total[0]]]) == pytest.approx(
        middle, abs=1e-4
    )
    assert np.concatenate([found.product[1], found.category[1], [found.total[1]]]) == pytest.approx(
        variance, abs=1e-3
    )


def test_a_product_of_which_little_is_known_is_its_categorys_not_zero():
    category = np.array([0, 0, 0, 0])
    found = pool(np.array([-3.0, -3.1, -2.9, 0.0]), np.array([0.1, 0.1, 0.1, 50.0]), category, np.ones(4))
    assert found.product[0][3] == pytest.approx(-3, abs=0.01)
    assert found.product[1][3] > found.product[1][0]
    lone = pool(
        np.array([-3.0, -3.1, -2.9, 9.0]),
        np.array([0.1, 0.1, 0.1, np.inf]),
        np.array([0, 0, 0, 1]),
        np.ones(4),
    )
    assert lone.product[0][3] == pytest.approx(-3, abs=0.01)  # its category has nobody else: all categories'
    sure = pool(np.array([-3.0, -1.0]), np.array([1e-4, 1e-4]), np.array([0, 0]), np.ones(2))
    assert sure.product[0] == pytest.approx([-3, -1], abs=0.01)


def test_prices_change_on_the_days_on_which_all_changes_can_have_been():
    first, last = np.array([0, 5, 8, 9]), np.array([12, 10, 30, 11])
    share = calendar(first, last, 31)
    assert share[9:11].sum() == pytest.approx(1, abs=1e-3)  # all four intervals hold days 9 and 10
    sales = pl.DataFrame(
        {"product": [0, 0, 1, 1, 2], "day": [7, 12, 0, 10, 3], "price": [10.0, 20.0, 5.0, 10.0, 4.0]}
    )
    found, sure = paths(sales, 4, 20)
    assert found[0, :8] == pytest.approx(log(10)) and found[0, 12:] == pytest.approx(log(20))
    assert np.diff(found[0]).min() >= 0 and not sure[0, 8:12].all()
    assert found[2] == pytest.approx(log(4)) and np.isnan(found[3]).all()


def shop(sold, price, products, category=None):
    """Tables of a shop: sold and price by product and day number."""
    rows = [
        (f"{product}-{day}", f"{product}-{day}", product, datetime.combine(START + timedelta(days=day), datetime.min.time()),
         int(sold(product, day)), float(price(product, day)), 0.0, (category or {}).get(product, "Tea"))
        for product in products for day in range(SPAN.days) if sold(product, day)
    ]  # fmt: skip
    names = ("order_id", "line_id", "product_id", "ordered_at", "units", "unit_price", "discount", "category")
    lines = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        pl.col("ordered_at").dt.replace_time_zone("UTC")
    )
    daily = lines.select(
        "product_id", "category", units=pl.col("units").cast(pl.Float64), day=pl.col("ordered_at").dt.date(),
        channel=pl.lit("Web"), region=pl.lit("North"), net_revenue=pl.col("units") * pl.col("unit_price"),
        costed_revenue=pl.lit(1.0), cost=pl.lit(1.0), refunds=pl.lit(0.0),
    )  # fmt: skip
    return lines, daily


def ask(lines, daily, products=None, promotions=None, inventory=None, **more):
    def frames(name, where=None, by=(), basis="order"):
        if name == "log":
            return pl.LazyFrame(schema={"happened_at": pl.Datetime("us", "UTC")})
        return daily.lazy()

    def lazy(frame):
        return None if frame is None else frame.lazy()

    return elasticity(
        frames, lazy(lines), lazy(products), lazy(promotions), None, None, lazy(inventory),
        period=SPAN, as_of=SPAN.end, **more,
    )  # fmt: skip


TEAS = ("assam", "ceylon", "darjeeling", "sencha")


def tea_price(product, day):
    """Assam moves twice, Ceylon once, the others never."""
    week = day // 7
    if product == "assam":
        return 10.0 if week < 10 else 12.0 if week < 20 else 9.0
    return 8.0 if product != "ceylon" or week < 15 else 10.0


def tea_sold(product, day):
    usual = 10.0 if product == "assam" else 8.0
    return round(40 * (usual / tea_price(product, day)) ** 2)


@pytest.fixture(scope="module")
def teas():
    return ask(*shop(tea_sold, tea_price, TEAS))


def test_only_prices_that_moved_tell(teas):
    rows = {row["product"]: row for row in teas.products.to_dicts()}
    assert rows["assam"]["elasticity"] == pytest.approx(-2, abs=0.25)
    assert rows["assam"]["elasticity_low"] < rows["assam"]["elasticity"] < rows["assam"]["elasticity_high"]
    assert rows["ceylon"]["elasticity"] is None
    assert teas.why["ceylon"] == "it had 2 different prices; 3 are needed"
    assert teas.why["sencha"] == gate.NEVER_MOVED == rows["sencha"]["reason"]
    assert (rows["assam"]["lowest"], rows["assam"]["highest"], rows["assam"]["price"]) == (9, 12, 9)
    assert (teas.n, teas.identified) == (4, 1)
    assert ask(*shop(tea_sold, tea_price, TEAS), least_prices=2).identified == 2


def test_the_verdict_names_the_test(teas):
    assert teas.verdict.identified
    row = teas.tests.row(0, named=True)
    plan = experiment(row["plan"])
    assert "assam" not in members(plan) and row["many"] == len(members(plan)) == 3
    assert f"{row['weeks']} weeks" in teas.verdict.needed[0] and row["step"] == 0.15
    points = np.log([0.85, 1, 1.15])
    weekly = (25.6 + 40 + 40) * 7 * points.var() / teas.dispersion
    assert row["detectable"] == pytest.approx(2.8016 / sqrt(weekly * row["weeks"]), rel=0.02)
    assert row["detectable"] <= EFFECT and plan.days == 7 * row["weeks"] == 42
    assert plan.today == {"ceylon": 10, "darjeeling": 8, "sencha": 8} and plan.why == "Tea"


def test_prices_that_never_move_are_refused():
    found = ask(*shop(lambda *_: 5, lambda *_: 8.0, TEAS))
    assert not found.verdict.identified and found.identified == 0
    assert found.elasticity is None and found.categories["elasticity"].null_count() == 1
    assert set(found.why.values()) == {gate.NEVER_MOVED, found.why["Tea"]}


def test_prices_that_only_move_together_are_refused():
    found = ask(*shop(lambda p, d: 5 - (d // 7 >= 15), lambda p, d: (8.0, 9.0, 10.0)[d // 70], TEAS))
    assert {found.why[each] for each in TEAS} == {gate.NOT_ALONE}


def test_the_promotion_calendar_alone_does_not_identify():
    """The base price moves on the days of the promotions, and on no others."""

    def deal(day):
        return 35 <= day < 56 or 105 <= day < 126

    def price(product, day):
        return 10.0 + (2 if deal(day) else 0) if product == "assam" else 8.0

    lines, daily = shop(lambda p, d: 5 + 3 * (deal(d) and p == "assam"), price, TEAS)
    promotions = pl.DataFrame(
        [("a", "A", START + timedelta(35), START + timedelta(55), "Tea", 0.2),
         ("b", "B", START + timedelta(105), START + timedelta(125), "Tea", 0.2)],
        schema=("promotion_id", "name", "starts_at", "ends_at", "category", "depth"), orient="row",
    ).with_columns(pl.col("starts_at", "ends_at").cast(pl.Datetime("us", "UTC")))  # fmt: skip
    category = {"assam": "Tea", "ceylon": "Mugs", "darjeeling": "Mugs", "sencha": "Mugs"}
    lines, daily = (
        frame.with_columns(pl.col("product_id").replace_strict(category).alias("category"))
        for frame in (lines, daily)
    )
    found = ask(lines, daily, promotions=promotions, least_prices=2)
    assert found.why["assam"] == gate.NOT_ALONE
    assert ask(lines, daily, least_prices=2).why.get("assam") is None  # without the calendar it looks known


def test_few_weeks_are_refused():
    lines, daily = shop(tea_sold, tea_price, TEAS)
    assert (
        ask(lines, daily, weeks=22, least_weeks=25).why["assam"]
        == "it was on sale in 22 weeks; 25 are needed"
    )


def test_days_without_stock_are_masked():
    """Out of stock for the first half of every dear week: taken for demand, it would double the slope."""

    def out(day):
        return 70 <= day < 140 and day % 7 < 4

    lines, daily = shop(lambda p, d: 0 if p == "assam" and out(d) else tea_sold(p, d), tea_price, TEAS)
    stock = pl.DataFrame(
        [(START + timedelta(days=d), "assam", 0.0 if out(d) else 9.0) for d in range(SPAN.days)],
        schema=("day", "product_id", "on_hand"), orient="row",
    )  # fmt: skip
    masked, naive = ask(lines, daily, inventory=stock), ask(lines, daily)
    of = {"product": "assam"}
    assert masked.products.filter(**of)["elasticity"][0] == pytest.approx(-2, abs=0.3)
    assert naive.products.filter(**of)["elasticity"][0] < -3
    assert not masked.warnings[1:] and len(naive.warnings) == 2


def test_what_is_not_on_sale_yet_is_no_week_without_a_sale():
    lines, daily = shop(lambda p, d: 0 if p == "assam" and d < 60 else tea_sold(p, d), tea_price, TEAS)
    known = pl.DataFrame({"product_id": ["assam"], "launched_on": [START + timedelta(days=60)]})
    assert ask(lines, daily, known).products.filter(product="assam")["weeks"][0] == 22


def test_an_error_of_the_till_is_no_price():
    lines, daily = shop(tea_sold, tea_price, TEAS)
    wrong = lines.with_columns(
        pl.when(pl.col("order_id") == "sencha-50")
        .then(pl.col("unit_price") / 100)
        .otherwise("unit_price")
        .alias("unit_price")
    )
    assert ask(wrong, daily).why["sencha"] == gate.NEVER_MOVED


def test_what_stands_beside_others_goes_with_them():
    lines = pl.DataFrame(
        {"order_id": ["1", "1", "1", "2"], "product_id": ["a", "b", "c", "a"], "units": [2, 1, 1, 4],
         "category": ["Tea", "Tea", "Mugs", "Tea"], "ordered_at": [datetime(2026, 1, 6)] * 4}
    ).with_columns(pl.col("ordered_at").dt.replace_time_zone("UTC"))  # fmt: skip
    by, every = beside(lines.lazy(), SPAN, "UTC")
    assert by == pytest.approx({"Tea": 1.5 / 7, "Mugs": 0.0}) and every == pytest.approx(8 / 3 / 8)


def test_without_lines_or_weeks_it_says_so():
    lines, daily = shop(tea_sold, tea_price, TEAS)
    none = ask(None, daily)
    assert none.n == 0 and not none.verdict.identified and "order_lines" in none.verdict.reasons[0]
    early = Period(START, START + timedelta(days=3))
    assert ask(lines.clear(), daily.clear()).products.is_empty()
    assert elasticity(
        lambda name, **_: daily.lazy() if name != "log" else pl.LazyFrame(schema={"happened_at": pl.Datetime("us", "UTC")}),
        lines.lazy(), None, None, None, None, None, period=early, as_of=SPAN.end,
    ).n == 0  # fmt: skip


def test_what_is_only_given_away_has_no_price():
    lines, daily = shop(tea_sold, lambda p, d: 0.001 if p == "sencha" else tea_price(p, d), TEAS)
    found = ask(lines, daily)
    assert "sencha" not in found.products["product"].to_list() and found.n == 3
    assert found.products.filter(product="assam")["elasticity"][0] == pytest.approx(-2, abs=0.3)
