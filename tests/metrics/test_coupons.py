"""Coupons by hand, beside Welch's test of SciPy, and the words where the data cannot answer."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest
from scipy.stats import ttest_ind

from metrics.coupons import given
from metrics.period import Period

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
LATE = date(2026, 12, 31)
WITH, WITHOUT = [f"w{i}" for i in range(8)], [f"o{i}" for i in range(8)]


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


def ask(bought: dict[str, list[datetime]], used=(), seen=(), **more):
    """Everybody signed up in April and has bought nothing before; an order is worth 50 and costs 30."""
    people = [*WITH, *WITHOUT]
    orders = [(f"{who}-{i}", who, when) for who, times in bought.items() for i, when in enumerate(times)]
    codes = pl.LazyFrame({"customer": list(range(len(people))), "customer_id": people})

    def frames(name, where=None, by=(), basis="order"):
        return codes if name == "people" else pl.LazyFrame(schema={"happened_at": pl.Datetime("us", "UTC")})

    coupons = pl.LazyFrame(
        {
            "coupon_id": WITH, "customer_id": WITH, "kind": "Threshold-off", "threshold": 45.0,
            "value_off": 6.0, "percent_off": None, "issued_at": at(5, 3),
            "seen_at": [at(5, 4) if who in seen else None for who in WITH],
            "redeemed_at": [at(5, 9) if who in used else None for who in WITH],
            "order_id": [f"{who}-0" if who in used else None for who in WITH],
        },
        schema_overrides={"percent_off": pl.Float64, "seen_at": pl.Datetime("us", "UTC"),
                          "redeemed_at": pl.Datetime("us", "UTC"), "order_id": pl.String},
    )  # fmt: skip
    customers = pl.LazyFrame({"customer_id": people, "signed_up_at": at(4, 2), "tier": "Gold"})
    schema = {"order_id": pl.String, "customer_id": pl.String, "ordered_at": pl.Datetime("us", "UTC")}
    made = pl.LazyFrame(orders, schema=schema, orient="row").with_columns(
        status=pl.lit("paid"), cancelled_at=pl.lit(None, pl.Datetime("us", "UTC"))
    )
    lines = made.select(
        "order_id", product_id=pl.lit("tea"), units=1, unit_price=50.0, discount=0.0, unit_cost=30.0
    )
    asked = {"period": MAY, "as_of": LATE, **more}
    return given(frames, coupons, customers, made, lines, None, None, **asked)


def test_by_hand():
    # Six of eight with one buy from May to August, two of eight without; September is too late to count.
    bought = {who: [at(5, 9)] for who in WITH[:5]} | {WITH[5]: [at(8, 31)], WITH[6]: [at(9, 1)]}
    bought |= {who: [at(5, 20)] for who in WITHOUT[:2]}
    found = ask(bought, used=WITH[:4], seen=WITH[:6])
    row = found.rows.filter(by="kind").row(0, named=True)
    assert (row["issued"], row["seen"], row["redeemed"], row["off"]) == (8, 6, 4, 24)
    assert row["orders"] == pytest.approx(8 * (6 / 8 - 2 / 8))
    assert row["margin"] == pytest.approx(20 * row["orders"])
    assert row["anyway"] == pytest.approx(0)  # four orders more by four coupons
    assert set(found.rows["of"]) == {"Threshold-off", "6", "45", "Gold"}


def test_who_buys_anyway_costs_what_the_coupon_takes_off():
    bought = {who: [at(5, 9)] for who in [*WITH[:4], *WITHOUT[:4]]}
    row = ask(bought, used=WITH[:4]).rows.row(0, named=True)
    assert (row["orders"], row["anyway"], row["wasted"]) == (0, 1, 24)
    assert row["call"] == "inconclusive"


def test_the_interval_of_one_stratum_is_welchs():
    rng = np.random.default_rng(5)
    counts = rng.poisson(2, 16)
    bought = {who: [at(5, 9)] * int(n) for who, n in zip([*WITH, *WITHOUT], counts, strict=True)}
    row = ask(bought).rows.row(0, named=True)
    peer = ttest_ind(counts[:8], counts[8:], equal_var=False).confidence_interval(0.95)
    assert row["orders_per_coupon"] == pytest.approx(counts[:8].mean() - counts[8:].mean())
    assert (row["orders_per_coupon_low"], row["orders_per_coupon_high"]) == pytest.approx(
        (peer.low, peer.high)
    )


def test_says_why_there_is_no_answer():
    none = ask({}, period=Period(date(2026, 8, 1), date(2026, 8, 31)))
    assert none.n == 0 and none.verdict is not None and not none.verdict.identified
    early = ask({}, as_of=date(2026, 6, 1))
    assert "coupons of the last months can still bring orders" in early.warnings
    assert any("no experiment" in each for each in early.warnings)
