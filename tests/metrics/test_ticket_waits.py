"""What waiting costs: beside statsmodels, by a planted cost, and nothing of too few requests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
import statsmodels.formula.api as smf

from metrics.ticket_waits import AT_ONCE, orders_by_wait

MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def shop(
    n: int, cost: float, seed: int = 3, guests: int = 0
) -> tuple[pl.DataFrame, pl.DataFrame, np.ndarray]:
    """n requests of a customer each, `cost` later orders lost for each unit of log wait; and those orders."""
    rng = np.random.default_rng(seed)
    wait = rng.exponential(3, n)
    after = rng.poisson(np.clip(2 - cost * np.log1p(wait), 0, None))
    opened = [MAY + timedelta(hours=int(k)) for k in range(n)]
    tickets = pl.DataFrame(
        {
            "customer_id": [None if k < guests else f"C{k}" for k in range(n)], "opened_at": opened,
            "kind": ["return", "repair"] * (n // 2), "month": "May", "wait": wait,
        },
        schema_overrides={"opened_at": pl.Datetime("us", "UTC")},
    )  # fmt: skip
    rows = [(f"C{k}", opened[k] + timedelta(days=1 + j)) for k in range(n) for j in range(after[k])]
    rows += [(f"C{k}", opened[k] - timedelta(days=2)) for k in range(0, n, 3)]
    schema = {"customer_id": pl.String, "ordered_at": pl.Datetime("us", "UTC")}
    return tickets, pl.DataFrame(rows, schema=schema, orient="row"), after


def test_equals_statsmodels():
    tickets, bought, after = shop(300, 0.2)
    frame = tickets.select("wait", "kind").with_columns(
        after=pl.Series(after), before=pl.Series([1.0 if k % 3 == 0 else 0.0 for k in range(300)])
    )
    frame = frame.with_columns(slow=(1 + pl.col("wait")).log() - np.log1p(AT_ONCE))
    slope = smf.ols("after ~ slow + before + C(kind)", frame.to_pandas()).fit().params["slow"]
    found = orders_by_wait(tickets, bought)
    assert found.value == pytest.approx(slope * frame["slow"].mean()) and found.n == 300


def test_guests_count_with_no_effect():
    """A third of those who ask are not known: of all requests the cost is that of the others' share."""
    tickets, bought, _ = shop(300, 0.2, guests=100)
    all_, known = orders_by_wait(tickets, bought), orders_by_wait(tickets.drop_nulls("customer_id"), bought)
    assert all_.value == pytest.approx(known.value * 2 / 3) and (all_.n, known.n) == (300, 200)


def test_finds_a_planted_cost_and_none_where_there_is_none():
    inside, alarms = 0, 0
    for seed in range(60):
        tickets, bought, _ = shop(200, 0.3, seed)
        truth = -0.3 * float((tickets["wait"].log1p() - np.log1p(AT_ONCE)).mean())
        found = orders_by_wait(tickets, bought)
        inside += found.low <= truth <= found.high
        none = orders_by_wait(*shop(200, 0.0, seed)[:2])
        alarms += not none.low <= 0 <= none.high
    assert inside >= 53 and alarms <= 7


def test_too_few_say_nothing():
    assert orders_by_wait(*shop(40, 0.3)[:2]).value is None
    tickets, bought, _ = shop(100, 0.3)
    same = orders_by_wait(tickets.with_columns(wait=pl.lit(1.0)), bought)
    assert same.value is None and same.n == 100
