"""Large columns: quantiles beside NumPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.large import apart, quantiles


@given(
    st.lists(st.integers(-1000, 10**12), min_size=1, max_size=40),
    st.lists(st.floats(0, 1), min_size=1, max_size=4),
    st.sampled_from([np.int64, np.float64]),
)
def test_quantiles_are_those_of_numpy(values, shares, kind):
    column = np.array(values, kind)
    expected = np.quantile(column, shares)
    assert quantiles(column.copy(), shares) == pytest.approx(expected.tolist(), rel=1e-9, abs=1e-6)


def test_of_nothing_nothing():
    assert quantiles(np.empty(0)) == [None, None]
    assert apart(np.empty(0, np.uint32)).dtype == np.uint32


def test_a_copy_apart_is_its_own():
    values = np.arange(5, dtype=np.uint32)
    copied = apart(values[1:4])
    values[:] = 0
    assert copied.tolist() == [1, 2, 3] and copied.dtype == np.uint32
