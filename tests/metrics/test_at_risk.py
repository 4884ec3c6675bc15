"""Money that goes with issues: by hand, ranked, silent where nothing goes with anything, refused where few."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import sqrt

import numpy as np
import polars as pl
import pytest

from metrics.at_risk import at_risk
from metrics.interval import student
from metrics.period import Period
from tests.metrics.answers import surveys, table

FIRST = datetime(2026, 1, 5, 12, tzinfo=UTC)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
SPRING = Period(date(2026, 1, 1), date(2026, 3, 31))


def ask(
    money: dict[str, list[float]],
    late: set[str] = frozenset(),
    rows=None,
    complaints=(),
    period=SPRING,
    old=frozenset(),
    **settings,
):
    """money: customer → margins of later orders, two weeks apart, after a first one that arrived in January."""
    orders, lines, parcels = [], [], []
    for customer, later in money.items():
        if customer in old:
            before = FIRST - timedelta(days=20)
            orders.append(
                {"order_id": f"{customer}-a", "customer_id": customer, "ordered_at": before, "channel": "Web"}
            )
        for i, margin in enumerate([10.0, *later]):
            name = f"{customer}-{i}"
            at = FIRST + timedelta(days=14 * i)
            orders.append({"order_id": name, "customer_id": customer, "ordered_at": at, "channel": "Web"})
            lines.append(
                {
                    "order_id": name,
                    "line_id": "1",
                    "product_id": "P",
                    "ordered_at": at,
                    "units": 1,
                    "unit_price": margin + 5,
                    "unit_cost": 5.0,
                }
            )
            if i == 0:
                due = at + timedelta(days=2)
                parcels.append({"shipment_id": name, "order_id": name, "promised_at": due,
                                "delivered_at": due + timedelta(hours=5 if customer in late else -5)})  # fmt: skip

    def frames(name, where=None, by=(), basis="order"):
        if name == "people":
            return pl.LazyFrame(
                {"customer": range(len(money)), "customer_id": list(money)},
                schema_overrides={"customer": pl.Int32},
            )
        return pl.LazyFrame(schema={"happened_at": pl.Datetime("us", "UTC")})

    asked = [{"order_id": f"{c}-0", "customer_id": c, "asked_at": FIRST + timedelta(days=3),
              "answered_at": FIRST + timedelta(days=3)} | row for c, row in rows or []]  # fmt: skip
    tickets = [
        {"ticket_id": c, "order_id": f"{c}-0", "kind": "Complaint", "opened_at": FIRST} for c in complaints
    ]
    return at_risk(
        frames, surveys(asked) if rows else None, table("orders", orders), table("order_lines", lines), None,
        table("shipments", parcels), None, table("tickets", tickets) if complaints else None,
        period=period, as_of=YEAR.end, **settings,
    )  # fmt: skip


def bought(n=40) -> dict[str, list[float]]:
    """Half of them (L…) come back with 2 and 4 in turns, the others (T…) with 10 and 14."""
    late = {f"L{i:02d}": [2.0 + 2 * (i % 2)] for i in range(n)}
    return late | {f"T{i:02d}": [10.0 + 4 * (i % 2)] for i in range(n)}


def test_by_hand():
    money = bought()
    found = ask(money, {name for name in money if name.startswith("L")})
    assert (found.n, found.measure, found.days, found.warnings) == (80, "margin", 90, ())
    row = found.issues.row(0, named=True)
    assert (row["issue"], row["asked"], row["affected"], row["reach"]) == ("late parcel", 80, 40, 40)
    assert row["difference"] == pytest.approx(3 - 12)
    spread = 40 / 39 * np.array([1.0, 4.0]) / 40
    freedom = spread.sum() ** 2 / (spread**2 / 39).sum()
    half = student(freedom) * sqrt(spread.sum())
    assert row["difference_high"] - row["difference"] == pytest.approx(half)
    assert row["at_risk"] == pytest.approx(360)
    assert (row["at_risk_low"], row["at_risk_high"]) == pytest.approx((360 - 40 * half, 360 + 40 * half))


def test_only_money_of_the_days_after_counts():
    money = bought()
    late = {name for name in money if name.startswith("L")}
    assert ask(money, late, days=5).issues["difference"][0] == 0  # the next order comes after 14 days
    none = ask(money, late, days=360)  # nobody could be followed so long
    assert none.issues["difference"][0] is None
    assert none.issues["reason"][0] == "fewer than 30 customers with it could be followed for 360 days"
    assert none.why["late parcel"] == none.issues["reason"][0]


def test_answers_reach_the_customers_who_were_not_asked():
    """A quarter of those asked are detractors and bring 9 less: a quarter of all customers."""
    money = bought(120)
    rows = [(f"L{i:02d}", {"score": 3.0}) for i in range(40)] + [
        (f"T{i:02d}", {"score": 10.0}) for i in range(120)
    ]
    found = ask(money, rows=rows)
    row = next(row for row in found.issues.to_dicts() if row["issue"] == "detractor")
    assert (row["asked"], row["affected"], row["customers"], row["reach"]) == (160, 40, 240, 60)
    assert row["at_risk"] == pytest.approx(9 * 60)
    error = 1.959964 * 240 * sqrt(0.25 * 0.75 / 160)
    half = row["difference_high"] - row["difference"]
    assert row["at_risk_high"] - row["at_risk"] == pytest.approx(
        sqrt((60 * half) ** 2 + (9 * error) ** 2), rel=1e-5
    )
    assert found.warnings == ("answers of all ways of asking are taken together here",)


def test_the_costliest_comes_first_and_few_are_not_told():
    money = bought(60)
    rows = [
        (c, {"measure": "driver", "question": "price", "score": 1.0 if c.startswith("L") else 5.0})
        for c in money
    ]
    found = ask(money, {f"L{i:02d}" for i in range(35)}, rows, complaints=[f"L{i:02d}" for i in range(4)])
    told = found.issues.select("issue", "of", "affected").rows()
    assert told[:2] == [("low rating", "price", 60), ("late parcel", None, 35)]
    assert ("complaint", None, None) in told  # 4 customers


def test_those_who_had_bought_more_are_not_compared_with_new_ones():
    """The late are often new, and the new buy less anyway: 4.5 a head against 7.5, but alike within their kind."""
    new = {f"{kind}N{i:03d}": [] for kind, n in (("L", 40), ("T", 40)) for i in range(n)}
    old = {f"{kind}O{i:03d}": [9.0] for kind, n in (("L", 40), ("T", 200)) for i in range(n)}
    money = new | old
    late = {name for name in money if name.startswith("L")}
    assert ask(money, late).issues["difference"][0] == pytest.approx(4.5 - 7.5)
    row = ask(money, late, old=set(old)).issues.row(0, named=True)
    assert (row["difference"], row["compared"], row["others"]) == (pytest.approx(0), 80, 240)


def test_what_goes_with_nothing_is_seldom_called():
    rng = np.random.default_rng(7)
    called = 0
    for _ in range(40):
        money = {f"C{i:03d}": [float(m)] for i, m in enumerate(rng.gamma(2, 5, 90))}
        row = ask(money, {f"C{i:03d}" for i in range(30)}).issues.row(0, named=True)
        called += row["at_risk_low"] > 0 or row["at_risk_high"] < 0
    assert called <= 6  # 2 of 40 are expected


def test_says_why_there_is_no_answer():
    nobody = at_risk(None, None, None, None, None, None, None, None, period=YEAR, as_of=YEAR.end)
    assert nobody.n == 0 and nobody.warnings == ("needs the table orders: import it",)
    later = ask(bought(), period=Period(date(2025, 1, 1), date(2025, 2, 1)))
    assert later.warnings == ("nobody who is known has ordered until these days",)
