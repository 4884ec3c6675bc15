"""What slow answers cost: beside statsmodels, and a planted loss in simulated shops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
import statsmodels.formula.api as smf

from metrics.waits import later_orders

FIRST = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
SCHEMA = {
    "customer_id": pl.String,
    **dict.fromkeys(("opened_at", "first_response_at"), pl.Datetime("us", "UTC")),
}


def made(rng, n: int, lost: float, guests: int = 0):
    """Tickets in ten weeks; each later order is missed with probability `lost` × log(1 + hours)."""
    tickets, bought = [], []
    for k in range(n):
        opened = FIRST + timedelta(days=int(rng.integers(0, 70)), hours=10)
        hours = float(rng.exponential(0.3 if rng.random() < 0.5 else 8))
        who = None if k < guests else f"C{k}"
        tickets.append((who, opened, opened + timedelta(hours=hours)))
        for step in range(int(rng.integers(0, 4))):
            bought.append((who, opened - timedelta(days=step + 1)))
        for step in range(3):
            if rng.random() > lost * np.log1p(hours):
                bought.append((who, opened + timedelta(days=step + 1)))
    frame = pl.DataFrame(tickets, schema=SCHEMA, orient="row")
    frame = frame.with_columns(week=pl.col("opened_at").dt.date().dt.truncate("1w"))
    orders = {"customer_id": pl.String, "ordered_at": pl.Datetime("us", "UTC")}
    return frame, pl.DataFrame(bought, schema=orders, orient="row").drop_nulls()


def test_equals_least_squares_of_statsmodels():
    tickets, bought = made(np.random.default_rng(3), 300, 0.1, guests=40)
    found = later_orders(tickets, bought)
    rows = []
    for who, opened, answered, week in tickets.drop_nulls().iter_rows():
        own = bought.filter(customer_id=who)["ordered_at"]
        wait = np.log1p((answered - opened) // timedelta(seconds=1) / 3600)
        rows.append((int((own > opened).sum()), wait, int((own <= opened).sum()), str(week), who))
    frame = pl.DataFrame(rows, schema=["after", "wait", "before", "week", "who"], orient="row").to_pandas()
    slope = smf.ols("after ~ wait + before + C(week)", frame).fit().params["wait"]
    assert found.value == pytest.approx(slope * frame["wait"].sum() / 300)  # guests lose nothing that is seen
    assert found.n == 300 and found.low < found.value < found.high


def test_a_planted_loss_is_held():
    rng = np.random.default_rng(9)
    inside, errors = 0, []
    for _ in range(40):
        tickets, bought = made(rng, 250, 0.12)
        hours = (tickets["first_response_at"] - tickets["opened_at"]).dt.total_seconds() / 3600
        planted = -3 * 0.12 * float(np.log1p(hours.to_numpy()).mean())
        found = later_orders(tickets, bought)
        inside += found.low <= planted <= found.high
        errors.append(found.value - planted)
    assert inside >= 34
    assert abs(np.mean(errors)) < 3 * np.std(errors) / np.sqrt(40)


def test_where_waits_are_anybodys_few_intervals_tell_a_loss():
    rng = np.random.default_rng(4)
    alarms = 0
    for _ in range(40):
        tickets, bought = made(rng, 250, 0.12)
        waits = (tickets["first_response_at"] - tickets["opened_at"]).shuffle(int(rng.integers(1 << 30)))
        found = later_orders(tickets.with_columns(first_response_at=pl.col("opened_at") + waits), bought)
        assert found.low < found.high
        alarms += not found.low <= 0 <= found.high
    assert alarms <= 5


def test_too_few_say_nothing():
    assert later_orders(*made(np.random.default_rng(1), 90, 0.1)).value is None
