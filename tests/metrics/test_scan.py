"""The scan statistic: by hand, beside a slow search, and as often wrong as it says."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.scan import Daily, Worst, chance, worst

counts = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: (max(pair), min(pair))),
    min_size=3,
    max_size=25,
)


def daily(pairs) -> Daily:
    return Daily(np.array([n for n, _ in pairs]), np.array([x for _, x in pairs]))


def likelihood(x, n):
    share = x / n if n else 0
    return (x * log(share) if x else 0) + ((n - x) * log(1 - share) if n > x else 0)


def slow(pairs, first, longest):
    total_n, total_x = sum(n for n, _ in pairs), sum(x for _, x in pairs)
    best = 0.0
    for start in range(first, len(pairs)):
        for end in range(start + 1, min(start + longest, len(pairs)) + 1):
            n, x = sum(n for n, _ in pairs[start:end]), sum(x for _, x in pairs[start:end])
            if x * (total_n - n) < (total_x - x) * n:
                score = likelihood(x, n) + likelihood(total_x - x, total_n - n) - likelihood(total_x, total_n)
                best = max(best, score)
    return best


def test_two_bad_days_by_hand():
    pairs = [(10, 5)] * 4 + [(10, 0), (10, 1)] + [(10, 5)] * 4
    found = worst(daily(pairs), 0, 5)
    assert (found.start, found.end) == (4, 6)
    expected = log(0.05) + 19 * log(0.95) + 80 * log(0.5) - 41 * log(0.41) - 59 * log(0.59)
    assert found.score == pytest.approx(expected)
    later = worst(daily(pairs), 5, 5)
    assert (later.start, later.end) == (5, 6)  # the search begins on the sixth day
    assert chance(daily(pairs), 0, 5, found) < 0.01
    none = worst(daily([(10, 5)] * 5), 0, 3)
    assert none == Worst(0, 0, 0.0) and chance(daily([(10, 5)] * 5), 0, 3, none) == 1.0


def test_days_that_differ_anyway_raise_no_alarm():
    wild = [(40, 32), (40, 8)] * 20
    assert chance(daily(wild), 20, 1, worst(daily(wild), 20, 1)) == 1.0
    calm = [(40, 20)] * 40
    calm[30] = (40, 8)
    assert chance(daily(calm), 20, 1, worst(daily(calm), 20, 1)) < 0.01


@given(counts, st.integers(0, 2), st.integers(1, 9))
def test_equals_the_slow_search(pairs, first, longest):
    found = worst(daily(pairs), first, longest)
    assert found.score == pytest.approx(slow(pairs, first, longest), abs=1e-9)
    if found.score:
        assert first <= found.start < found.end <= min(len(pairs), found.start + longest)


def test_noise_is_called_a_drop_as_often_as_it_says():
    random, alarms = np.random.default_rng(7), 0
    for _ in range(200):
        # Days differ more than by chance: a weekend converts worse.
        share = np.where(np.arange(70) % 7 < 2, 0.4, 0.5)
        n = random.poisson(20, 70)
        found = Daily(n, random.binomial(n, share))
        alarms += chance(found, 14, 14, worst(found, 14, 14)) <= 0.05
    assert alarms <= 19  # of 200 at 5 %: the chance of more than 19 is 1 in 1,000


def test_a_fault_is_found():
    random, found = np.random.default_rng(3), 0
    for _ in range(40):
        n = random.poisson(12, 120)
        share = np.where((np.arange(120) >= 80) & (np.arange(120) < 84), 0.15, 0.55)
        there = Daily(n, random.binomial(n, share))
        days = worst(there, 56, 14)
        found += chance(there, 56, 14, days) <= 0.01 and days.start < 84 and days.end > 80
    assert found >= 38
