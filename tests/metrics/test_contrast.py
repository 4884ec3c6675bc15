"""Arms compared: by hand, beside scipy and statsmodels, under no effect, and however often one looks."""

from __future__ import annotations

from math import sqrt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import chisquare, ttest_ind
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import (
    power_proportions_2indep,
    proportions_ztest,
    samplesize_proportions_2indep_onetail,
)

from metrics.contrast import adjusted, linear, means, shares
from metrics.difference import holm
from metrics.metric import BadQuestion
from metrics.power import (
    detectable_mean,
    detectable_share,
    power_of_means,
    power_of_shares,
    size_of_means,
    size_of_shares,
)
from metrics.readout import read, sample_ratio
from metrics.sequential import factor, p_value, tuned


def test_shares_are_those_of_statsmodels():
    found = shares(60, 1000, 40, 1000)
    assert found.effect == pytest.approx(0.02) and found.relative == pytest.approx(0.5)
    assert found.p == pytest.approx(proportions_ztest([60, 40], [1000, 1000])[1])
    assert found.error == pytest.approx(sqrt(0.06 * 0.94 / 1000 + 0.04 * 0.96 / 1000))
    assert found.low < 0.02 < found.high


def test_means_are_those_of_welch():
    rng = np.random.default_rng(1)
    one, two = rng.gamma(2, 5, 70), rng.gamma(2, 4, 45)
    theirs = ttest_ind(one, two, equal_var=False)
    ours = means(one, two)
    assert ours.p == pytest.approx(theirs.pvalue)
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs.confidence_interval()))
    assert means(one[:1], two) is None


def test_means_without_any_scatter():
    same = means(np.ones(5), np.ones(4))
    assert (same.effect, same.low, same.high, same.p, same.relative) == (0.0, 0.0, 0.0, 1.0, 0.0)
    assert means(np.full(5, 2.0), np.ones(4)).p == 0.0
    assert means(np.ones(5), np.zeros(4)).relative is None


def test_a_ratio_by_hand_and_beside_a_bootstrap():
    # 10 + 20 + 0 + 30 spent in 1 + 1 + 0 + 2 orders: 15 an order.
    value, orders = np.array([10.0, 20, 0, 30]), np.array([1.0, 1, 0, 2])
    found = linear(value, orders)
    assert found.mean() == pytest.approx(15)
    assert found == pytest.approx([15 - 5, 15 + 5, 15, 15])
    assert linear(value, orders * 0) is None
    rng = np.random.default_rng(2)
    orders = rng.poisson(1.3, 400).astype(float)
    value = orders * rng.gamma(3, 10, 400)
    draws = rng.integers(0, 400, (3000, 400))
    spread = (value[draws].sum(axis=1) / orders[draws].sum(axis=1)).std()
    assert np.std(linear(value, orders), ddof=1) / 20 == pytest.approx(spread, rel=0.05)


def test_what_was_known_before_is_taken_away():
    # y = 2 x + arm exactly: all of the scatter goes, the effect of 3 stays, though the arms differed before.
    before = [np.array([1.0, 2, 3]), np.array([2.0, 3, 7])]
    after = [2 * before[0], 2 * before[1] + 3]
    kept, gone = adjusted(after, before)
    assert kept[1].mean() - kept[0].mean() == pytest.approx(3)
    assert gone == pytest.approx(1)
    assert adjusted(after, [np.ones(3), np.ones(3)]) == (after, 0.0)


def test_the_variance_gone_is_the_square_of_the_correlation():
    rng = np.random.default_rng(5)
    x = rng.normal(size=20_000)
    y = 0.6 * x + 0.8 * rng.normal(size=20_000)
    assert adjusted([y], [x])[1] == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2)


@settings(max_examples=30)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_is_that_of_statsmodels(chances):
    assert holm(chances) == pytest.approx(multipletests(chances, method="holm")[1])


def test_the_sample_ratio_is_chi_square():
    assert sample_ratio([520, 480], [0.5, 0.5]) == pytest.approx(chisquare([520, 480]).pvalue)
    planned = np.array([0.1, 0.6, 0.3])
    assert sample_ratio([90, 640, 270], planned) == pytest.approx(
        chisquare([90, 640, 270], planned * 1000).pvalue
    )
    assert sample_ratio([0, 0], [0.5, 0.5]) is None


def rows(*arms, **more) -> pl.DataFrame:
    made = [
        pl.DataFrame({"arm": [name] * len(value), "value": np.asarray(value, float)}) for name, value in arms
    ]
    return pl.concat(made).with_columns(**{name: pl.Series(value) for name, value in more.items()})


def test_a_broken_sample_ratio_is_not_read():
    both = rows(("control", [0, 1] * 500), ("new", [1, 1] * 400))
    found = read(both, {"control": 0.5, "new": 0.5}, kind="share")
    assert found.balance_p < 0.001 and found.effects.is_empty() and found.segments.is_empty()
    assert str(found.refused).startswith("the arms are not as large as planned")
    assert found.balance["expected"].to_list() == [900, 900]
    assert read(both, {"control": 5, "new": 4}, kind="share").refused is None


def test_few_units_and_strange_rows_are_refused():
    few = rows(("control", [0, 1] * 10), ("new", [1] * 20))
    assert "fewer than 30 units" in str(read(few, {"control": 1, "new": 1}, kind="share").refused)
    nothing = rows(("control", [0] * 40), ("new", [0] * 40), denominator=[0.0] * 80)
    assert read(nothing, {"control": 1, "new": 1}, kind="ratio").refused is not None
    with pytest.raises(BadQuestion, match="Missing: denominator"):
        read(few, {"control": 1, "new": 1}, kind="ratio")


def test_three_arms_are_corrected():
    rng = np.random.default_rng(4)
    made = rows(*((name, rng.normal(mean, 1, 400)) for name, mean in (("a", 5), ("b", 5.16), ("c", 6))))
    found = read(made, {"a": 1, "b": 1, "c": 1}, kind="mean", wanted=0.05).effects
    assert found["p_holm"].to_list() == pytest.approx(holm(found["p"].to_list()))
    alone = read(made.filter(pl.col("arm") != "c"), {"a": 1, "b": 1}, kind="mean").effects.row(0, named=True)
    both = found.row(0, named=True)
    assert both["low"] < alone["low"] and both["high"] > alone["high"]  # Bonferroni
    assert found["call"][1] == "supported"


@pytest.mark.parametrize(
    ("lift", "wanted", "call"),
    [(0.5, 0.05, "supported"), (0.0, 0.1, "not supported"), (0.0, 0.001, "inconclusive")],
)
def test_calls(lift, wanted, call):
    rng = np.random.default_rng(8)
    before = rng.gamma(2, 2, 4000)
    value = before + rng.normal(6, 1, 4000)
    value[2000:] += lift
    made = rows(("control", value[:2000]), ("new", value[2000:]), before=before)
    row = read(made, {"control": 1, "new": 1}, kind="mean", wanted=wanted).effects.row(0, named=True)
    assert row["call"] == call
    assert row["reduction"] > 0.8 and row["high"] - row["low"] < row["plain_high"] - row["plain_low"]


def test_segments_are_read_apart_and_small_ones_left_out():
    rng = np.random.default_rng(9)
    segment = np.where(np.arange(1000) % 500 < 20, "rare", np.where(np.arange(1000) % 2, "old", "young"))
    value = rng.normal(10, 1, 1000) + (np.arange(1000) >= 500) * (segment == "young")
    made = rows(("control", value[:500]), ("new", value[500:]), segment=segment)
    found = read(made, {"control": 1, "new": 1}, kind="mean").segments
    assert found["of"].to_list() == ["old", "young"]
    assert found["effect"].to_list() == pytest.approx([0, 1], abs=0.2)
    assert (found["p_holm"] >= found["p"]).all()


def test_no_effect_is_seldom_called_one():
    """A/A with skewed values, CUPED and three arms: at most 5 % of 400 plus two standard errors."""
    rng, wrong, covered = np.random.default_rng(12), 0, 0
    for _ in range(400):
        before = rng.gamma(0.5, 4, 360)
        value = before * rng.gamma(2, 0.5, 360)
        made = rows(*((name, value[k::3]) for k, name in enumerate("abc")), before=np.concatenate([before[k::3] for k in range(3)]))  # fmt: skip
        found = read(made, dict.fromkeys("abc", 1.0), kind="mean").effects
        wrong += (found["p_holm"] < 0.05).any()
        covered += ((found["low"] <= 0) & (found["high"] >= 0)).all()
    assert wrong <= 28 and covered >= 372


def test_tuned_solves_its_equation():
    x = tuned(0.05)
    assert x == pytest.approx(brentq(lambda each: each - np.log(1 + each) + 2 * np.log(0.05), 1, 50))
    # Narrowest at the planned end among mixtures: nearby ones reach further there.
    for other in (0.8 * x, 1.25 * x):
        assert sqrt((1 + 1 / other) * np.log((1 + other) / 0.05**2)) > factor(1.0)


@given(st.floats(0.01, 5), st.floats(0.001, 0.5))
def test_always_valid_is_wider_and_its_p_agrees(progress, level):
    reach = factor(progress, level)
    assert reach > 1.96 or level > 0.05
    assert p_value(reach, 1.0, progress, level) == pytest.approx(min(level, 1.0))


def test_looking_every_day_is_wrong_without_it_and_right_with_it():
    """Means of 100 days of fresh units, looked at each day: 600 tests in which nothing happens."""
    rng, days = np.random.default_rng(20), 100
    path = np.cumsum(rng.normal(size=(600, days)), axis=1) / np.sqrt(np.arange(1, days + 1))
    reach = np.array([factor((k + 1) / days) for k in range(days)])
    always, naive = (np.abs(path) > reach).any(axis=1).mean(), (np.abs(path) > 1.96).any(axis=1).mean()
    assert always <= 0.05 and naive > 0.3


def test_looking_every_day_at_the_same_customers():
    """Customers differ for good, so that days hang together: 300 tests, looked at each of 20 days."""
    rng, wrong, days = np.random.default_rng(21), 0, 20
    for _ in range(300):
        rate = rng.gamma(0.7, 0.2, 400)
        seen = np.cumsum(rng.poisson(rate[:, None], (400, days)), axis=1)
        one, two = seen[:200], seen[200:]
        error = np.sqrt(one.var(axis=0, ddof=1) / 200 + two.var(axis=0, ddof=1) / 200)
        z = np.abs(one.mean(axis=0) - two.mean(axis=0)) / np.maximum(error, 1e-9)
        wrong += (z > [factor((k + 1) / days) for k in range(days)]).any()
    assert wrong <= 15


def test_sizes_are_those_of_statsmodels():
    ratio, power = 1.5, 0.9
    ours = size_of_means(0.2, 1.0, ratio=ratio, power=power)
    theirs = NormalIndPower().solve_power(0.2, alpha=0.05, power=power, ratio=ratio)
    assert ours == pytest.approx(theirs, abs=1)
    ours = size_of_shares(0.05, 0.06, ratio=ratio, power=power)
    theirs = samplesize_proportions_2indep_onetail(-0.01, 0.06, power, ratio, 0.05, 0, "two-sided")
    assert ours == pytest.approx(theirs, abs=1)
    assert power_of_means(0.2, sqrt(1 / 300 + 1 / 400)) == pytest.approx(
        NormalIndPower().power(0.2, 300, 0.05, ratio=4 / 3)
    )
    assert power_of_shares(0.05, 0.07, 900, 1200) == pytest.approx(
        power_proportions_2indep(-0.02, 0.07, 900, 4 / 3, return_results=False), abs=1e-6
    )


def test_sizes_by_hand_and_where_there_are_none():
    # (1.96 + 0.8416)² × 2 × 10² ÷ 1² = 1,569.8
    assert size_of_means(1, 10) == 1570
    assert (
        size_of_means(0, 10) is None and size_of_shares(0.5, 0.5) is None and size_of_shares(0.9, 1.2) is None
    )
    assert detectable_share(0.5, 4, 4) is None and detectable_mean(1, 0, 5) is None


@given(st.floats(0.01, 0.6), st.integers(200, 5000), st.integers(200, 5000))
def test_what_is_detectable_is_found_with_the_power_asked_for(base, control, treated):
    found = detectable_share(base, control, treated)
    assert found is not None
    assert power_of_shares(base, base + found, control, treated) == pytest.approx(0.8, abs=1e-6)
    mean = detectable_mean(2.0, control, treated)
    assert power_of_means(mean, 2 * sqrt(1 / control + 1 / treated)) == pytest.approx(0.8, abs=1e-4)
