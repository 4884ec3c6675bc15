import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.interval import student, wilson


# Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3.
@pytest.mark.parametrize(
    ("part", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_published_intervals(part: int, n: int, low: float, high: float):
    assert wilson(part, n) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10**7), st.data())
def test_holds_the_share_and_mirrors(n: int, data: st.DataObject):
    part = data.draw(st.integers(0, n))
    low, high = wilson(part, n)
    assert 0 <= low <= part / n <= high <= 1
    assert wilson(n - part, n) == pytest.approx((1 - high, 1 - low))
    wider = wilson(part, n, level=0.99)
    assert wider[0] <= low and high <= wider[1]


def test_what_is_no_share_has_none():
    assert wilson(0, 0) is None and wilson(3, 2) is None and wilson(-1, 2) is None


# Tables of Student's t, two-sided 95 %.
@pytest.mark.parametrize(
    ("freedom", "t"), [(1, 12.7062), (4, 2.7764), (5, 2.5706), (10, 2.2281), (27, 2.0518), (1e9, 1.95996)]
)
def test_published_quantiles_of_t(freedom: float, t: float):
    assert student(freedom) == pytest.approx(t, abs=1e-4)


def test_too_little_freedom_says_nothing():
    assert student(0) == float("inf") and student(10, level=0.99) == pytest.approx(3.1693, abs=1e-3)
