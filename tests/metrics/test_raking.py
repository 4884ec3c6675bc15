"""Raking by hand, by its laws, and beside calibration solved by another way."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from metrics.raking import fit, rake
from metrics.survey_scores import design_effect


def test_by_hand():
    sample = pl.DataFrame({"parcel": ["late", "on time", "on time", "on time"]})
    base = pl.DataFrame({"parcel": ["late", "on time"]})
    made = rake(sample, base, ["parcel"])
    assert made.met and made.weights == pytest.approx([2, 2 / 3, 2 / 3, 2 / 3])
    # 4 · (4 + 3 · 4/9) ÷ 4²
    assert design_effect(made.weights) == pytest.approx(4 / 3)


def test_a_table_whose_fit_is_known():
    """Margins that are independent: the fitted 2 × 2 table keeps the odds ratio of what was answered, 4."""
    sample = pl.DataFrame({"a": ["x"] * 6 + ["y"] * 9, "b": ["p"] * 4 + ["q"] * 2 + ["p"] * 3 + ["q"] * 6})
    base = pl.DataFrame({"a": ["x", "y"], "b": ["p", "q"]})
    made = rake(sample, base, ["a", "b"])
    cells = sample.with_columns(w=made.weights).group_by("a", "b").agg(pl.col("w").sum()).sort("a", "b")["w"]
    xp, xq, yp, yq = cells.to_list()
    assert xp * yq / (xq * yp) == pytest.approx(4)
    assert [xp + xq, xp + yp] == pytest.approx([7.5, 7.5])
    assert xp == pytest.approx(5)  # √4 ÷ (1 + √4) of the half


def test_nobody_stands_for_those_of_whom_none_answered():
    sample = pl.DataFrame({"region": ["North", "North", "South"]})
    base = pl.DataFrame({"region": ["North", "South", "East", "East"]})
    made = rake(sample, base, ["region"])
    assert made.dropped == (("region", "East"),)
    assert made.weights == pytest.approx([0.75, 0.75, 1.5])


def test_margins_that_contradict_each_other_are_told():
    sample = pl.DataFrame({"a": ["x", "y"], "b": ["x", "y"]})
    base = pl.DataFrame({"a": ["x", "x", "y"], "b": ["x", "y", "y"]})
    assert not rake(sample, base, ["a", "b"]).met


@st.composite
def tables(draw):
    """Codes of 20 to 60 rows in two or three margins, every cell filled so that a solution exists."""
    sizes = draw(st.lists(st.integers(2, 4), min_size=2, max_size=3))
    cells = np.array(np.meshgrid(*(np.arange(size) for size in sizes))).reshape(len(sizes), -1).T
    more = draw(st.lists(st.integers(0, len(cells) - 1), max_size=30))
    rows = np.vstack([cells, cells[more]]) if more else cells
    targets = [
        np.array(draw(st.lists(st.integers(1, 9), min_size=size, max_size=size)), float) for size in sizes
    ]
    return [column.copy() for column in rows.T], [target / target.sum() for target in targets], len(rows)


@given(tables())
def test_laws(table):
    codes, targets, n = table
    weights, _, met = fit(codes, targets, n)
    assert met and (weights > 0).all() and weights.mean() == pytest.approx(1)
    for code, target in zip(codes, targets, strict=True):
        assert np.bincount(code, weights) / n == pytest.approx(target, abs=1e-8)
    assert design_effect(weights) >= 1 - 1e-12
    held = [np.bincount(code) / n for code in codes]  # already as it should be: nothing changes
    assert fit(codes, held, n)[0] == pytest.approx(np.ones(n))


def test_equals_calibration_by_its_dual():
    """Raking is calibration with the multiplicative distance: Deville & Särndal (1992). Solved by Newton's dual."""
    rng = np.random.default_rng(2)
    codes = [rng.integers(0, 3, 200), rng.integers(0, 2, 200), rng.integers(0, 4, 200)]
    targets = [np.array([0.5, 0.3, 0.2]), np.array([0.35, 0.65]), np.array([0.1, 0.2, 0.3, 0.4])]
    x = np.column_stack([np.eye(len(t))[c] for c, t in zip(codes, targets, strict=True)])
    total = 200 * np.concatenate(targets)
    dual = minimize(lambda b: np.exp(x @ b).sum() - b @ total, np.zeros(9), jac=lambda b: x.T @ np.exp(x @ b) - total,
                    method="BFGS", options={"gtol": 1e-7})  # fmt: skip
    assert fit(codes, targets, 200)[0] == pytest.approx(np.exp(x @ dual.x), rel=1e-5)
