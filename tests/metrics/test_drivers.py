"""Importance of drivers: equal to published figures, beside slow counts, found where planted, refused where not."""

from __future__ import annotations

from itertools import permutations
from math import factorial
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.drivers import drivers
from metrics.importance import alike, correlations, importance, relative_weights
from metrics.shapley import explained, shapley
from tests.metrics.answers import JUNE, frames, surveys

DATA = Path(__file__).parent / "data"


def published(name: str, outcome: str) -> tuple[np.ndarray, np.ndarray]:
    table = pl.read_csv(DATA / name)
    return table.drop(outcome).to_numpy().astype(float), table[outcome].to_numpy().astype(float)


def test_relative_weights_are_those_of_rwa():
    """R's rwa, https://martinctc.github.io/rwa/articles/regression-methods.html: mpg by cyl, disp, hp, wt."""
    x, y = published("mtcars.csv", "mpg")
    raw = np.array([0.2096904, 0.1883043, 0.1799590, 0.2706812])
    assert relative_weights(x, y) == pytest.approx(raw / raw.sum(), abs=1e-6)
    assert 100 * relative_weights(x, y) == pytest.approx([24.70914, 22.18908, 21.20570, 31.89607], abs=1e-4)
    assert explained(correlations(x, y))[-1] == pytest.approx(raw.sum(), abs=1e-6)


def test_shapley_is_the_lmg_of_relaimpo():
    """Grömping (2006), "Relative importance for linear regression in R: the package relaimpo", the data swiss."""
    x, y = published("swiss.csv", "Fertility")
    assert shapley(correlations(x, y)) == pytest.approx(
        [0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592], abs=1e-8
    )


def slow(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Increments of R² averaged over every order, each R² by least squares."""

    def r2(columns: tuple[int, ...]) -> float:
        basis = np.column_stack([np.ones(len(y)), x[:, columns]])
        rest = y - basis @ np.linalg.lstsq(basis, y, rcond=None)[0]
        return 1 - rest @ rest / ((y - y.mean()) @ (y - y.mean()))

    found = np.zeros(x.shape[1])
    for order in permutations(range(x.shape[1])):
        for place, column in enumerate(order):
            found[column] += r2(order[: place + 1]) - r2(order[:place])
    return found / factorial(x.shape[1])


@given(st.integers(0, 10_000), st.integers(2, 4))
def test_shapley_is_the_slow_count(seed, k):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(30, k)) @ rng.normal(size=(k, k))
    y = x @ rng.normal(size=k) + rng.normal(size=30)
    if alike(np.corrcoef(x, rowvar=False)):
        return
    found = shapley(correlations(x, y))
    assert found == pytest.approx(slow(x, y), abs=1e-7)
    assert (found > -1e-9).all()
    assert relative_weights(x, y).sum() == pytest.approx(1) and (relative_weights(x, y) >= 0).all()
    swap = np.arange(k)[::-1]
    assert relative_weights(x[:, swap], y) == pytest.approx(relative_weights(x, y)[swap], abs=1e-9)


def test_relative_weights_of_uncorrelated_columns_are_their_squared_correlations():
    x = np.array([[a, b] for a in (-1, 1) for b in (-1, 1)] * 3, dtype=float)
    assert relative_weights(x, x @ [2.0, 1.0]) == pytest.approx([0.8, 0.2])
    together = np.column_stack([x[:, 0], x[:, 0] + 0.01 * x[:, 1]])  # nearly the same column shares alike
    assert relative_weights(together, x[:, 0]) == pytest.approx([0.5, 0.5], abs=0.01)


def rated(
    ratings: np.ndarray, said: np.ndarray, names=("delivery", "price", "quality"), **more
) -> list[dict]:
    rows = []
    for i, (row, satisfied) in enumerate(zip(ratings, said, strict=True)):
        mine = {"order_id": f"O{i}", "customer_id": f"C{i}", **more}
        rows.append(mine | {"measure": "csat", "score": float(np.clip(round(satisfied), 1, 5))})
        rows += [
            mine | {"measure": "driver", "question": name, "score": float(each)}
            for name, each in zip(names, row, strict=True)
        ]
    return rows


def ask(rows, **settings):
    return drivers(frames, surveys(rows), period=JUNE, as_of=JUNE.end, **settings)


def planted(n=400, weights=(0.7, 0.35, 0.0), seed=2):
    rng = np.random.default_rng(seed)
    ratings = rng.integers(1, 6, (n, 3)).astype(float)
    return ratings, 3 + (ratings - 3) @ np.array(weights) + rng.normal(0, 0.5, n)


def test_drivers_are_found_where_there_are_any():
    found = ask(rated(*planted()))
    table = {row["driver"]: row for row in found.drivers.to_dicts()}
    assert (
        found.n == 400
        and found.verdict.identified
        and found.stands == 1
        and found.equal == pytest.approx(1 / 3)
    )
    assert found.drivers["driver"].to_list() == ["delivery", "price", "quality"]
    assert table["delivery"]["importance_low"] > table["price"]["importance_high"]
    assert (table["delivery"]["place"], table["quality"]["place"]) == ("above", "below")
    assert found.drivers["importance"].sum() == pytest.approx(1)
    assert found.drivers["shapley"].sum() == pytest.approx(1)


def test_priorities_are_the_quadrants_of_importance_and_performance():
    ratings, _ = planted()
    ratings[:, 0] = np.minimum(ratings[:, 0], 4)  # delivery: important and weak
    ratings[:300, 0] = np.minimum(ratings[:300, 0], 3)
    ratings[:, 2] = np.maximum(ratings[:, 2], 4)  # quality: strong and beside the point
    rng = np.random.default_rng(9)
    said = 3 + (ratings[:, 0] - 3) + 0.2 * (ratings[:, 1] - 3) + rng.normal(0, 0.3, 400)
    table = {row["driver"]: row for row in ask(rated(ratings, said)).drivers.to_dicts()}
    assert (table["delivery"]["priority"], table["delivery"]["sure"]) == ("fix first", True)
    assert (table["quality"]["priority"], table["quality"]["sure"]) == ("enough", True)
    assert table["price"]["priority"] == "later"


def test_kinder_ways_of_asking_make_no_driver():
    """By phone all is rated better and the outcome too; within each way nothing goes with anything."""
    rng = np.random.default_rng(3)
    rows = []
    for mode, usual in (("online", 2), ("phone", 4)):
        ratings = usual + rng.integers(-1, 2, (100, 3)).astype(float)
        each = rated(ratings, usual + rng.integers(-1, 2, 100).astype(float), method=mode)
        rows += [row | {"customer_id": f"{mode}{row['customer_id']}"} for row in each]
    found = ask(rows)
    assert found.p > 0.05 and not found.verdict.identified
    assert (
        found.drivers["importance"].null_count() == 3 and found.drivers["n"].to_list() == [100] * 3
    )  # online alone


def test_noise_has_no_driver_nineteen_times_of_twenty():
    rng = np.random.default_rng(5)
    alarms = 0
    for _ in range(200):
        found = importance(rng.integers(1, 6, (60, 3)).astype(float), rng.normal(0, 1, 60))
        alarms += found.p <= 0.05 and bool((found.johnson.low > 1 / 3).any())
    assert alarms <= 10


def test_the_chance_of_a_false_explanation_is_as_stated():
    rng = np.random.default_rng(6)
    alarms = sum(importance(rng.normal(size=(50, 2)), rng.normal(size=50)).p <= 0.05 for _ in range(100))
    assert 1 <= alarms <= 11  # 5 of 100 are expected; more than 11 has a chance of 1 in 250


def test_bootstrap_intervals_hold_the_share():
    """Two uncorrelated drivers of weights 2 and 1: shares 0.8 and 0.2."""
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(60):
        x = rng.normal(size=(150, 2))
        found = importance(x, x @ [2.0, 1.0] + rng.normal(0, 2, 150)).johnson
        held += found.low[0] <= 0.8 <= found.high[0]
    assert held >= 51  # 57 are expected


def test_says_why_there_is_no_answer():
    ratings, said = planted(30)
    few = ask(rated(ratings, said))
    assert few.n == 30 and few.warnings == ("30 people answered everything; it takes 50",)
    assert not few.verdict.identified
    assert drivers(frames, None, period=JUNE, as_of=JUNE.end).warnings == (
        "needs the table surveys: import it",
    )
    one = ask([row for row in rated(*planted(80)) if row.get("question") in (None, "price")])
    assert one.warnings == ("needs ratings of at least two drivers: answers with the measure driver",)
    ratings, said = planted(80)
    ratings[:, 1] = ratings[:, 0]
    assert ask(rated(ratings, said)).warnings == ("answers do not vary, or some ratings repeat others",)
    assert ask(rated(ratings, said), outcome="nps").n == 0
