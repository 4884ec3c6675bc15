"""Groups beside the rest: by hand, beside statsmodels' stratified table, and with nothing to find."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from metrics.against_rest import against_alike, against_rest, cochran, shares


def test_by_hand():
    rows = pl.DataFrame({"of": ["a", "b", "c"], "part": [30, 10, 0], "n": [100, 100, 0]})
    found = against_rest(rows, 40, 200)
    a, b, c = found.iter_rows(named=True)
    assert (a["share"], a["rest"]) == (0.3, 0.1) and a["difference"] == pytest.approx(0.2)
    assert a["p"] == pytest.approx(b["p"]) and a["q"] == pytest.approx(a["p"])  # two tests of the same gap
    assert c["share"] is None and c["p"] is None and c["q"] is None
    assert shares(rows)["low"].to_list() == found["low"].to_list()


def test_strata_equal_statsmodels():
    rng = np.random.default_rng(3)
    for _ in range(20):
        n, m = rng.integers(5, 60, (2, 4))
        a, b = rng.binomial(n, 0.4), rng.binomial(m, 0.25)
        tables = [np.array([[a[k], n[k] - a[k]], [b[k], m[k] - b[k]]]) for k in range(4)]
        peer = StratifiedTable([each.astype(float) for each in tables]).test_null_odds(correction=False)
        ours = cochran([tuple(map(int, (a[k], n[k], b[k], m[k]))) for k in range(4)])
        assert ours == pytest.approx(peer.pvalue)


def test_a_group_is_compared_with_its_own_kind_alone():
    """All fashion comes back half the time, all books never: a seller of fashion is no worse than others."""
    rows = pl.DataFrame(
        {
            "seller": ["s"] * 40 + ["t"] * 40 + ["t"] * 100,
            "kind": ["fashion"] * 80 + ["book"] * 100,
            "part": ([True, False] * 20) + ([True, False] * 20) + [False] * 100,
        }
    )
    counts = pl.DataFrame({"of": ["s"], "part": [20], "n": [40]})
    (row,) = against_alike(counts, rows, "seller", "kind").iter_rows(named=True)
    assert (row["difference"], row["p"], row["rest"]) == (0.0, 1.0, 0.5)
    (plain,) = against_rest(counts, 40, 180).iter_rows(named=True)
    assert plain["q"] < 0.001


def test_too_few_are_not_judged():
    assert cochran([(1, 4, 0, 400)]) is None and cochran([]) is None and cochran([(0, 0, 3, 9)]) is None


def test_of_groups_that_do_not_differ_few_are_called_different():
    rng = np.random.default_rng(9)
    alarms = 0
    for _ in range(200):
        part, n = rng.binomial(120, 0.2, 8), 120
        rows = pl.DataFrame({"of": list("abcdefgh"), "part": part, "n": n})
        alarms += (against_rest(rows, int(part.sum()), 8 * n)["q"] < 0.05).any()
    assert alarms / 200 <= 0.09
