"""Delivery by hand, a planted bad fortnight, and lateness within strata beside statsmodels."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from metrics.delivery import delivered
from metrics.period import Period
from metrics.within import within
from tests.metrics.service_rows import frames, table

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
LAST = date(2026, 5, 31)


def parcel(number: int, promised="5-10", came="5-09", **more) -> dict:
    own = {
        "shipment_id": f"S{number}",
        "order_id": f"O{number}",
        "promised_at": promised,
        "delivered_at": came,
    }
    return own | {"carrier": "Swift", "region": "Kent", "shipped_at": "5-05"} | more


def ask(parcels, reviews=None, orders=None, **more):
    made = orders or [
        {"order_id": each["order_id"], "customer_id": f"C{each['order_id']}", "ordered_at": "5-04"}
        for each in parcels
    ]
    stars = table("reviews", reviews) if reviews else None
    asked = {"period": MAY, "as_of": LAST, **more}
    return delivered(frames(), table("shipments", parcels), table("orders", made), None, None, stars, **asked)


def test_by_hand():
    parcels = [
        *(parcel(k) for k in range(6)),  # a day early
        parcel(6, came="5-10"), parcel(7, came="5-10 12:01"), parcel(8, came="5-13 18:00"),
        parcel(9, came=None), parcel(10, promised="6-05", came=None), parcel(11, promised=None),
        parcel(12, came="6-02"), parcel(13, came="4-30"),
    ]  # fmt: skip
    found = ask(parcels)
    row = found.groups.row(0, named=True)
    assert (found.n, found.late, found.unpromised) == (9, 2, 1)  # exactly when promised is on time
    assert (found.on_the_way, found.overdue) == (3, 2)  # S12 came after the last day
    assert (row["part"], row["overdue"]) == (7, 2) and row["share"] == pytest.approx(7 / 9)
    assert row["lead"] == 5.0 and row["late_days"] == pytest.approx(1 / 1440)
    days = {each["days"]: each["n"] for each in found.days.iter_rows(named=True)}
    assert days == {-1: 6, 0: 1, 1: 1, 4: 1}


def test_a_bad_fortnight_is_found_and_a_good_carrier_is_not_blamed():
    rng = np.random.default_rng(4)
    parcels, first = [], date(2026, 3, 10)
    for k in range(1200):
        day, slow = first + timedelta(days=k % 80), k % 2 == 0
        bad = slow and date(2026, 5, 4) <= day <= date(2026, 5, 17)
        late = rng.random() < (0.5 if bad else 0.05)
        due = day + timedelta(days=4)
        came = due + timedelta(days=1 if late else -1)
        parcels.append(
            parcel(k, f"{due.month}-{due.day}", f"{came.month}-{came.day}", carrier="Snail" if slow else "Swift",
                   shipped_at=f"{day.month}-{day.day}")
        )  # fmt: skip
    (row,) = ask(parcels).spells.iter_rows(named=True)
    assert row["carrier"] == "Snail"
    assert (
        abs((row["start"] - date(2026, 5, 4)).days) <= 2 and abs((row["end"] - date(2026, 5, 17)).days) <= 2
    )
    assert row["extra_low"] > 0 and row["extra_low"] < 0.45 * row["n"] < row["extra_high"] + 5
    assert ask([each for each in parcels if each["carrier"] == "Swift"]).spells.is_empty()


def test_carriers_are_compared_within_regions():
    """Far away is late more often, whoever carries: the carrier that serves it is not to blame."""
    parcels = [
        parcel(k, came="5-11" if k % (2 if far else 10) == 0 else "5-09", region="Far" if far else "Near",
               carrier="B" if (far and k % 4 < 2) or (not far and k < 40) else "A")
        for far in (True, False) for k in range(400 * far, 400 * far + 400)
    ]  # fmt: skip
    rows = {each["of"]: each for each in ask(parcels).groups.filter(by="carrier").iter_rows(named=True)}
    assert rows["B"]["share"] < rows["A"]["share"] - 0.1
    assert abs(rows["B"]["difference"]) < 0.02 and rows["B"]["q"] > 0.5


def test_lateness_and_stars_within_strata():
    rng = np.random.default_rng(8)
    parcels, reviews = [], []
    for k in range(600):
        far = k % 2 == 0
        late = bool(rng.random() < (0.4 if far else 0.1))
        parcels.append(parcel(k, came="5-12" if late else "5-09", region="Far" if far else "Near"))
        score = float(np.clip(np.round(4.4 - 0.6 * far - 1.0 * late + rng.normal(0, 0.6)), 1, 5))
        reviews.append({"review_id": f"V{k}", "order_id": f"O{k}", "reviewed_at": "5-20", "score": score})
    (row,) = ask(parcels, reviews).effects.filter(outcome="review").iter_rows(named=True)
    data = pl.DataFrame({"late": [each["delivered_at"] == "5-12" for each in parcels],
                         "score": [each["score"] for each in reviews],
                         "region": [each["region"] for each in parcels]})  # fmt: skip
    fit = smf.ols("score ~ late + C(region)", data.cast({"late": pl.Int64}).to_pandas()).fit()
    assert row["effect"] == pytest.approx(fit.params["late"])
    assert row["raw"] < row["effect"] < 0  # far is late and displeased anyway
    assert row["effect_low"] < -1.0 < row["effect_high"]
    assert row["late_n"] + row["on_time_n"] == 600


def test_stars_are_those_of_reviews_written_in_the_period():
    reviews = [
        {"review_id": f"V{k}", "order_id": f"O{k}", "reviewed_at": day, "score": score}
        for k, (day, score) in enumerate(
            [("5-20", 5.0), ("5-21", 2.0), ("5-31 23:00", 5.0), ("4-30", 1.0), ("6-01", 1.0)]
        )
    ]
    parcels = [parcel(k, region="Far" if k == 1 else "Near") for k in range(6)]
    found = ask(parcels, reviews)
    half = stats.t.ppf(0.975, 2) * np.sqrt(3.0) / np.sqrt(3)  # of 5, 2 and 5: mean 4, variance 3
    assert (found.reviews, found.stars) == (3, 4.0)
    assert (found.stars_low, found.stars_high) == pytest.approx((4 - half, 4 + half))
    orders = [{"order_id": f"O{k}", "customer_id": f"C{k}", "ordered_at": "5-04",
               "region": "Far" if k == 1 else "Near"} for k in range(6)]  # fmt: skip
    near = ask(parcels, reviews, orders, where={"region": ["Near"]})
    assert (near.reviews, near.stars) == (2, 5.0)


def test_within_equals_clustered_least_squares():
    rng = np.random.default_rng(1)
    n = 300
    rows = pl.DataFrame(
        {
            "x": rng.normal(size=n),
            "z": rng.normal(size=n),
            "g": rng.integers(0, 8, n),
            "who": rng.integers(0, 90, n),
        }
    ).with_columns(y=2 * pl.col("x") + pl.col("z") + pl.col("g") + pl.Series(rng.normal(size=n)))
    slope, half = within(rows, "y", ("x", "z"), ("g",), "who")
    frame = rows.to_pandas()
    fit = smf.ols("y ~ x + z + C(g)", frame).fit(
        cov_type="cluster", cov_kwds={"groups": frame["who"], "df_correction": True}, use_t=True
    )
    assert slope == pytest.approx(fit.params["x"])
    # statsmodels also multiplies the variance by (n − 1) ÷ (n − k) of CR1's second factor.
    low, high = fit.conf_int().loc["x"]
    k = 10
    assert half * np.sqrt((n - 1) / (n - k)) == pytest.approx((high - low) / 2, rel=1e-6)
    assert within(rows.with_columns(x=pl.lit(1.0)), "y", ("x",), ("g",), "who") is None


def test_too_few_late_ones_say_nothing():
    reviews = [
        {"review_id": f"V{k}", "order_id": f"O{k}", "reviewed_at": "5-20", "score": 5.0} for k in range(30)
    ]
    found = ask([parcel(k, came="5-12" if k < 3 else "5-09") for k in range(30)], reviews)
    for row in found.effects.iter_rows(named=True):
        assert row["effect"] is None and row["late_n"] == 3


def test_says_what_is_missing():
    refused = delivered(frames(), None, None, None, None, None, period=MAY, as_of=LAST)
    assert refused.warnings == ("needs the table shipments: import it",)
    assert ask([parcel(k, promised=None) for k in range(9)]).warnings[0].startswith("no parcel of these days")
    assert ask([parcel(0)]).n == 0
    assert ask([parcel(k) for k in range(9)], where={"region": ["Mars"]}).n == 0
