"""The interval of a change between two periods, beside SciPy and beside what it promises."""

from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from metrics.spread import change_interval

VALUES = st.integers(-(10**6), 10**6).map(lambda cents: cents / 100)
DAYS = st.lists(st.tuples(VALUES, st.floats(0.5, 100)), min_size=3, max_size=40)


def test_a_sum_by_hand():
    # Means 2 and 1, variances 1 and 0 over three days: 3 − … the error of the sum is 3 × sqrt(1/3).
    now, before = [(1, 1), (2, 1), (3, 1)], [(1, 1), (1, 1), (1, 1)]
    half = 4.302653 * 3**0.5  # t with 2 degrees of freedom
    assert change_interval(now, before, adds_up=True) == pytest.approx((3 - half, 3 + half), rel=1e-6)


def test_a_ratio_by_hand():
    # 10 of 100, 20 of 100, 30 of 100 against three days of 20 of 100: no change.
    now, before = [(0.1, 100), (0.2, 100), (0.3, 100)], [(0.2, 100)] * 3
    error = (3 / 2 * (10**2 + 10**2) / 300**2) ** 0.5
    low, high = change_interval(now, before, adds_up=False)
    assert (low, high) == pytest.approx((-4.302653 * error, 4.302653 * error), rel=1e-6)


@given(DAYS, DAYS)
def test_a_sum_of_as_many_days_is_welch_times_the_days(now, before):
    n = min(len(now), len(before))
    now, before = now[:n], before[:n]
    a, b = [value for value, _ in now], [value for value, _ in before]
    assume(len(set(a)) > 1 and len(set(b)) > 1)
    welch = ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    found = change_interval(now, before, adds_up=True)
    assert found == pytest.approx((n * welch.low, n * welch.high), rel=1e-6, abs=1e-6)


@given(DAYS, DAYS, st.floats(0.01, 100))
def test_the_unit_and_the_order_of_days_do_not_matter(now, before, scale):
    for adds_up in (True, False):
        low, high = change_interval(now, before, adds_up)
        scaled = change_interval(
            [(value * scale, weight) for value, weight in reversed(now)],
            [(value * scale, weight) for value, weight in before],
            adds_up,
        )
        assert scaled == pytest.approx((low * scale, high * scale), rel=1e-6, abs=1e-3)


@given(DAYS, DAYS)
def test_turning_the_periods_round_turns_the_interval_round(now, before):
    for adds_up in (True, False):
        low, high = change_interval(now, before, adds_up)
        assert change_interval(before, now, adds_up) == pytest.approx((-high, -low), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("adds_up", [True, False])
def test_the_interval_holds_the_truth_as_often_as_it_says(adds_up):
    random, times, held = Random(7), 3000, 0
    for _ in range(times):
        sides = []
        for truth in (0.12, 0.10):
            weights = [random.uniform(50, 150) for _ in range(28)]
            sides.append([(truth + random.gauss(0, 0.3) / weight**0.5, weight) for weight in weights])
        low, high = change_interval(*sides, adds_up=adds_up)
        held += low <= (28 if adds_up else 1) * 0.02 <= high
    assert 0.94 <= held / times <= 0.96


def test_fewer_than_three_days_say_nothing():
    three = [(1.0, 1.0)] * 3
    assert change_interval(three[:2], three, adds_up=True) is None
    assert change_interval(three, [(0.0, 0.0)] * 3, adds_up=False) is None
    assert change_interval(three, three, adds_up=True) == (0.0, 0.0)
