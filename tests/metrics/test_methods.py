"""The methods behind the recoveries, on hand-made data and beside slow, plain ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import mean, stdev, variance

import numpy as np
import polars as pl
import pytest

from metrics.before_after import BEFORE, lift
from metrics.fault import lost
from metrics.given_coupons import coupons, stratified
from metrics.interval import student
from metrics.lateness import later_orders
from metrics.period import Period
from metrics.price_slope import slope
from metrics.promoters import kinder, score
from metrics.recovery import Data, Estimate
from metrics.shares import complements, late, market, view_rate
from tests.metrics.shop import frames_of

YEAR = Period(date(2026, 1, 1), date(2026, 3, 31))


def looking_at(tables: dict[str, pl.DataFrame] | None = None, frames: dict | None = None) -> Data:
    known = {name: frame.lazy() for name, frame in (tables or {}).items()}
    return Data(frames_of(frames or {}), known.__getitem__, YEAR, "UTC")


def at(day: int, month: int = 1, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_the_promoter_score_counts_each_answer_as_plus_or_minus_one():
    scores = [10, 9, 9, 8, 7, 6, 0, 10]
    worth = [100.0 * ((each >= 9) - (each <= 6)) for each in scores]
    value, error = score(pl.Series(scores))
    assert value == pytest.approx(mean(worth))
    assert error == pytest.approx(stdev(worth) / len(worth) ** 0.5)


def test_ways_of_asking_are_compared_with_online():
    rows = [("nps", "online", each) for each in (10, 0, 7)] + [("nps", "phone", each) for each in (10, 10, 7)]
    rows += [("nps", "phone", None), ("csat", "phone", 1), ("nps", "field", 10)]
    surveys = pl.DataFrame(rows, schema=["measure", "method", "score"], orient="row")
    found = kinder(looking_at({"surveys": surveys}), ["phone", "field"])
    assert list(found) == ["phone"]  # one answer in the field has no error
    assert found["phone"].value == pytest.approx(200 / 3) and found["phone"].n == 3
    assert found["phone"].low < found["phone"].value < found["phone"].high


def test_lift_is_what_was_sold_beyond_the_four_weeks_before():
    during = Period(date(2026, 2, 10), date(2026, 2, 12))
    sold = {during.start - timedelta(days=i): float(i % 7) for i in range(1, BEFORE + 1)}
    sold |= {during.start: 20.0, during.end: 10.0, during.end + timedelta(days=1): 99.0}
    found = lift(pl.DataFrame({"day": list(sold), "units": list(sold.values())}), during)
    before = [float(i % 7) for i in range(1, BEFORE + 1)]
    half = student(BEFORE - 1) * stdev(before) * (3 + 9 / BEFORE) ** 0.5
    assert found == Estimate(
        pytest.approx(30 - 3 * 3.0), pytest.approx(21 - half), pytest.approx(21 + half), 30
    )


def test_one_stratum_is_welchs_difference_of_means():
    random = Random(1)
    given = [float(random.randint(0, 3)) for _ in range(40)]
    others = [float(random.randint(0, 2)) for _ in range(90)]
    found = stratified([(40, mean(given), variance(given), 90, mean(others), variance(others))])
    parts = variance(given) / 40, variance(others) / 90
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / 39 + parts[1] ** 2 / 89)
    value, half = mean(given) - mean(others), student(freedom) * sum(parts) ** 0.5
    assert (found.value, found.low, found.high) == pytest.approx((value, value - half, value + half))
    assert found.n == 40


def test_strata_count_by_those_who_were_given_one():
    found = stratified(
        [(30, 2.0, 1.0, 50, 1.0, 1.0), (10, 0.0, 1.0, 50, 3.0, 1.0), (1, 9.0, 0.0, 50, 0.0, 1.0)]
    )
    assert found.value == pytest.approx(0.75 * 1.0 + 0.25 * -3.0) and found.n == 40
    assert stratified([(1, 1.0, 0.0, 0, 0.0, 0.0)]).value is None


def test_coupons_compare_customers_of_the_same_month_and_history():
    """Those who bought before buy more anyway; within each history the coupon brings exactly one order."""
    customers, given, orders = [], [], []
    for i in range(40):
        former, has = i < 20, i % 2 == 0
        customers.append((f"C{i}", at(1, 1)))
        orders += [(f"C{i}", at(5, 1))] * former  # before the month
        orders += [(f"C{i}", at(20, 2))] * (3 * former + has + (i % 4 == 0))
        if has and (former or i % 8 == 0):  # more of those who bought before are given one
            given.append((f"C{i}", "Threshold-off", at(3, 2)))
    # A cancelled order and one after the next month count nothing.
    table = pl.DataFrame(orders, schema=["customer_id", "ordered_at"], orient="row").with_columns(
        order_id=pl.int_range(pl.len()).cast(pl.String),
        status=pl.lit("paid"),
        cancelled_at=pl.lit(None, pl.Datetime),
    )
    data = looking_at(
        {
            "customers": pl.DataFrame(customers, schema=["customer_id", "signed_up_at"], orient="row"),
            "coupons": pl.DataFrame(given, schema=["customer_id", "kind", "issued_at"], orient="row"),
            "orders": table,
        }
    )
    (found,) = coupons(data, ["Threshold-off"]).values()
    made = {id: 0 for id, _ in customers}
    for id, when in orders:
        made[id] += when.month == 2
    has = {id for id, *_ in given}
    effect = 0.0
    for group in (range(20), range(20, 40)):
        with_one = [made[f"C{i}"] for i in group if f"C{i}" in has]
        without = [made[f"C{i}"] for i in group if f"C{i}" not in has]
        effect += len(with_one) / len(has) * (mean(with_one) - mean(without))
    assert found.value == pytest.approx(effect) and found.n == len(has)


def test_later_orders_equal_plain_least_squares_with_dummies():
    random = Random(3)
    people = [f"C{i}" for i in range(60)]
    parcels, bought = [], []
    for i in range(240):
        who = random.choice(people)
        ordered = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=random.randint(0, 80), minutes=i)
        bought.append((who, ordered))
        week, region = ordered.isocalendar().week, random.choice("ab")
        parcels.append((who, random.random() < 0.3, ordered + timedelta(days=4), ordered, week, region))
    parcels += [(None, True, at(9), at(5), 1, "a"), (None, False, at(9), at(5), 1, "a")]  # guests
    names = ["customer_id", "late", "promised_at", "ordered_at", "week", "region"]
    found = later_orders(
        pl.DataFrame(parcels, schema=names, orient="row", infer_schema_length=None),
        pl.DataFrame(bought, schema=["customer_id", "ordered_at"], orient="row"),
    )
    known = parcels[:240]
    y = np.array([sum(w == p[0] and t > p[2] for w, t in bought) for p in known], dtype=float)
    before = [sum(w == p[0] and t < p[3] for w, t in bought) for p in known]
    strata = sorted({(p[4], p[5]) for p in known})
    x = np.array(
        [[p[1], b, *((p[4], p[5]) == s for s in strata)] for p, b in zip(known, before, strict=True)], float
    )
    beta, *_ = np.linalg.lstsq(x, y, rcond=None)
    residual, bread = y - x @ beta, np.linalg.inv(x.T @ x)
    meat = np.zeros((x.shape[1], x.shape[1]))
    for who in people:
        rows = [i for i, p in enumerate(known) if p[0] == who]
        s = x[rows].T @ residual[rows]
        meat += np.outer(s, s)
    clusters = len({p[0] for p in known})
    error = (bread @ meat @ bread)[0, 0] ** 0.5 * (clusters / (clusters - 1)) ** 0.5
    late_known = sum(p[1] for p in known)
    share = late_known / (late_known + 1)  # one guest's parcel was late
    assert found.value == pytest.approx(share * beta[0])
    assert found.high - found.value == pytest.approx(student(clusters - 1) * share * error, rel=1e-5)
    assert found.n == late_known + 1


def test_too_few_late_parcels_give_no_answer():
    parcels = pl.DataFrame(
        {
            "customer_id": ["a"],
            "late": [True],
            "promised_at": [at(3)],
            "ordered_at": [at(1)],
            "week": [1],
            "region": ["x"],
        }
    )
    bought = pl.DataFrame({"customer_id": ["a"], "ordered_at": [at(1)]})
    assert later_orders(parcels, bought) == Estimate(None, None, None, 1)


def test_a_fault_loses_checkouts_times_the_fall_of_the_rate():
    """Newcombe (1998), Interval estimation for the difference between independent proportions, table II (a)."""
    found = lost(56, 70, 48, 80)
    assert (found.value / 70, found.low / 70, found.high / 70) == pytest.approx(
        (0.2, 0.0524, 0.3339), abs=5e-5
    )
    assert lost(0, 0, 48, 80).value is None


def test_a_slope_is_the_likeliest_elasticity():
    random = np.random.default_rng(4)
    price = np.array([9.0, 9.0, 10.0, 10.0, 11.0, 11.0, 12.0, 12.0])
    views = random.integers(300, 600, 8).astype(float)
    units = random.poisson(views * np.exp(3 - 2.2 * np.log(price))).astype(float)
    found = slope(units, views, price)

    def likelihood(elasticity: float) -> float:  # with the best level for it: units add up
        shape = views * price**elasticity
        expected = units.sum() * shape / shape.sum()
        return float((units * np.log(expected) - expected).sum())

    best = max(np.arange(-6, 3, 0.001), key=likelihood)
    assert found.value == pytest.approx(best, abs=0.001)
    assert found.low < -2.2 < found.high and found.n == units.sum()


def test_an_exact_elasticity_is_found_exactly():
    price = np.array([9.0, 10.0, 11.0, 12.0, 13.0, 14.0])
    found = slope(np.full(6, 1000.0) * price**-1.5 * 100, np.full(6, 1000.0), price)
    assert found.value == pytest.approx(-1.5)


@pytest.mark.parametrize(
    ("units", "price"),
    [
        ([10.0] * 8, [5.0] * 8),
        ([10.0] * 8, [5.0, 6.0] * 4),  # two prices are a line through two points
        ([10.0] * 8, [5.0, 5.01, 5.02, 5.0] * 2),
        ([1.0] * 8, [5.0, 6.0, 7.0, 8.0] * 2),
        ([10.0] * 4, [5.0, 6.0, 7.0, 8.0]),
    ],
)
def test_a_slope_is_refused_where_prices_or_sales_say_nothing(units, price):
    found = slope(np.array(units), np.full(len(units), 100.0), np.array(price))
    assert found.value is None and not found.verdict.identified and found.verdict.reasons


def test_a_step_counts_visits_once_and_by_device():
    rows = [
        *(("s1", "Mobile", name) for name in ("visit", "view", "view")),
        ("s2", "Mobile", "visit"),
        *(("s3", "Desktop", name) for name in ("visit", "view", "cart")),
        ("s4", "Watch", "visit"),
    ]
    events = pl.DataFrame(rows, schema=["session_id", "device", "event"], orient="row")
    found = view_rate.estimate(looking_at({"events": events}), ["Mobile", "Desktop", "Tablet"])
    assert {device: (each.value, each.n) for device, each in found.items()} == {
        "Mobile": (0.5, 2),
        "Desktop": (1.0, 1),
    }
    assert found["Mobile"].low == pytest.approx(0.0945, abs=1e-4)


def test_complements_are_counted_in_orders_that_begin_with_the_first():
    rows = [
        *(("o1", "1", "a"), ("o1", "2", "b"), ("o1", "3", "b")),
        *(("o2", "1", "a"), ("o2", "2", "c")),
        *(("o3", "1", "b"), ("o3", "2", "a")),
        *(("lost", "1", "a"), ("lost", "2", "b")),  # a line whose order is not there
    ]
    lines = pl.DataFrame(rows, schema=["order_id", "line_id", "product_id"], orient="row")
    data = looking_at({"order_lines": lines, "orders": pl.DataFrame({"order_id": ["o1", "o2", "o3"]})})
    found = complements(data, ["a + b", "b + a", "c + a"])
    assert {pair: (each.value, each.n) for pair, each in found.items()} == {
        "a + b": (0.5, 2),
        "b + a": (1.0, 1),
    }


def test_late_parcels_and_the_market_follow_their_metrics():
    daily = pl.DataFrame(
        {
            "day": [date(2026, 1, 1), date(2026, 2, 1)],
            "deliveries": [10.0, 30.0],
            "on_time": [9.0, 25.0],
            "gmv_in_market": [30.0, 20.0],
            "market_gmv": [600.0, 800.0],
        }
    )
    data = looking_at(frames={"daily": daily})
    found = late(data, [""])[""]
    assert (found.value, found.n) == (pytest.approx(6 / 40), 40) and found.low < 0.15 < found.high
    shares = market(data, ["2026-01", "2026-02", "2026-03"])
    assert {month: each.value for month, each in shares.items()} == {"2026-01": 0.05, "2026-02": 0.025}
    assert shares["2026-01"].low is None
