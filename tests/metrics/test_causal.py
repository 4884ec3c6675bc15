"""Designs by hand, beside statsmodels, beside published results, and how often their intervals are right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.datasets import nile

from metrics.causal import call
from metrics.did import did
from metrics.interrupted import interrupted
from metrics.metric import BadQuestion
from metrics.synthetic import synthetic

DATA = Path(__file__).parent / "data"


def panel(rows, start):
    """rows: unit → outcomes; units in capitals are treated from `start`."""
    found = [(u, t, y, u.isupper() and t >= start) for u, ys in rows.items() for t, y in enumerate(ys)]
    return pl.DataFrame(found, schema=["unit", "time", "y", "treated"], orient="row")


def smoking():
    wide = pl.read_csv(DATA / "california_prop99.csv")
    long = wide.unpivot(index="Year", variable_name="unit", value_name="y").rename({"Year": "time"})
    return long.with_columns(treated=(pl.col("unit") == "California") & (pl.col("time") >= 1989))


def test_calls_by_hand():
    assert call(1, 3) == call(-3, -1) == call(1, 3, "more") == call(-3, -1, "less") == "supported"
    assert call(-1, 3) == call(-1, 3, "more") == call(None, 3) == "inconclusive"
    assert call(-3, -1, "more") == call(1, 2, "more", 5) == call(-1, 1, "either", 2) == "not supported"


@given(st.floats(-9, 9), st.floats(0, 9), st.floats(0, 4))
def test_a_wider_interval_never_says_more(low, width, least):
    for side in ("more", "less", "either"):
        narrow, wide = call(low, low + width, side, least), call(low - 1, low + width + 1, side, least)
        assert wide in ("inconclusive", narrow)


def test_did_by_hand():
    found = did(panel({"A": [10, 12, 20], "b": [5, 7, 9], "c": [1, 3, 5]}, 2))
    assert found.effect == pytest.approx(6) and found.path["effect"][2] == pytest.approx(6)
    assert found.path["expected"].to_list() == pytest.approx([10, 12, 14])
    assert found.verdict.call == "inconclusive" and "too few for clustered errors" in found.verdict.reasons[0]


def test_did_equals_statsmodels_with_dummies():
    rng = np.random.default_rng(1)
    rows = {name: rng.normal(size=8) for name in "ABCDEfghijklm"}
    long = panel(rows, 5).sample(fraction=0.9, seed=1)  # with gaps
    found = did(long)
    dummies = long.select("unit", time=pl.col("time").cast(pl.String)).to_dummies(drop_first=True)
    x = np.column_stack([long["treated"], dummies.to_numpy(), np.ones(len(long))]).astype(float)
    groups = long["unit"].rank("dense").to_numpy()
    theirs = sm.OLS(long["y"].to_numpy(), x).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    assert found.effect == pytest.approx(theirs.params[0])
    assert (found.low, found.high) == pytest.approx(tuple(theirs.conf_int()[0])) and found.p == pytest.approx(
        theirs.pvalues[0]
    )
    plain, ols = did(long, errors="plain"), sm.OLS(long["y"].to_numpy(), x).fit()
    assert (plain.low, plain.high) == pytest.approx(tuple(ols.conf_int()[0]))


def test_mastering_metrics_banks():
    """Angrist and Pischke (2015), Mastering 'Metrics, ch. 5: 19 from two years, 20.5 (10.7) from six."""
    wide = pl.read_csv(DATA / "banks.csv")
    rows = {"SIX": wide["bib6"].to_list(), "eight": wide["bib8"].to_list()}
    two = {name: values[1:3] for name, values in rows.items()}
    four = did(panel(two, 1), errors="plain")  # two units at two times leave no degree of freedom
    assert four.effect == pytest.approx(19) and (four.low, four.p) == (None, None)
    six = did(panel(rows, 2), errors="plain", effects="groups")
    assert round(six.effect, 1) == 20.5
    assert (six.high - six.low) / 2 / 2.306 == pytest.approx(10.7, abs=0.05)  # t with 12 − 4 degrees


def test_did_refuses_what_it_cannot_compare():
    early = panel({"A": [1, 2, 3], "b": [1, 2, 4]}, 1)
    later = panel({"C": [1, 2, 3]}, 2)
    assert "different times" in did(pl.concat([early, later])).verdict.reasons[0]
    assert "nobody to compare" in did(early.filter(unit="A")).verdict.reasons[0]
    assert "no time after" in did(early.filter(unit="b")).verdict.reasons[0]
    assert did(early.clear()).effect is None
    with pytest.raises(BadQuestion, match="Missing: y"):
        did(early.drop("y"))
    diverging = {name: np.arange(10.0) * (3 if name.isupper() else 1) for name in "ABCDEfghijkl"}
    diverging = {name: y + np.random.default_rng(ord(name)).normal(size=10) for name, y in diverging.items()}
    found = did(panel(diverging, 7))
    assert found.trend_p < 0.001 and "different ways" in found.verdict.reasons[0]


def test_synthetic_by_hand():
    rows = {"T": [3, 4, 5, 6, 20], "a": [2, 4, 4, 8, 10], "b": [4, 4, 6, 4, 10]}
    found = synthetic(panel(rows, 4), unit="T", start=4)
    assert dict(found.weights.iter_rows()) == pytest.approx({"a": 0.5, "b": 0.5}, abs=1e-6)
    assert found.effect == pytest.approx(10) and found.before == pytest.approx(0, abs=1e-6)
    assert "too few to tell chance" in found.verdict.reasons[0]
    higher = {name: [y + 100 * (name == "T") for y in ys] for name, ys in rows.items()}
    assert synthetic(panel(higher, 4), unit="T", start=4, demeaned=True).effect == pytest.approx(10)
    assert synthetic(panel(higher, 4), unit="T", start=4).verdict.reasons[0].startswith("before it began")


def test_california():
    """Abadie, Diamond and Hainmueller (2010): about −26 packs in 2000, −19 to −20 on average; among states
    that fitted at most five times as badly nobody fell as far. Arkhangelsky et al. (2021), table 1: −27.3
    by difference-in-differences, −19.6 by synthetic control, −11.1 without the means.
    """
    found = synthetic(smoking(), unit="California", start=1989, side="less")
    assert found.effect == pytest.approx(-19.6, abs=0.15)
    assert found.path.filter(time=2000)["effect"][0] == pytest.approx(-26, abs=1)
    assert {"Utah", "Montana", "Nevada", "Connecticut", "Colorado"} <= set(found.weights["of"])
    assert found.weights["weight"].sum() == pytest.approx(1, abs=0.01)
    alike = found.placebos.filter(pl.col("before") <= 5**0.5 * found.before, kind="unit")
    assert len(alike) >= 19 and alike["effect"].min() > found.effect
    demeaned = synthetic(smoking(), unit="California", start=1989, demeaned=True)
    assert demeaned.effect == pytest.approx(-11.1, abs=0.05)
    assert did(smoking()).effect == pytest.approx(-27.3, abs=0.05)
    # With the outcomes alone two states have a larger ratio; with the paper's other predictors none has.
    assert found.p == pytest.approx(3 / 39) and len(found.placebos.filter(kind="time")) == 6


def test_synthetic_needs_a_whole_panel():
    with pytest.raises(BadQuestion, match="gaps"):
        synthetic(smoking()[:-1], unit="California", start=1989)
    with pytest.raises(BadQuestion, match="Atlantis"):
        synthetic(smoking(), unit="Atlantis", start=1989)
    assert "no time after" in synthetic(smoking(), unit="California", start=2009).verdict.reasons[0]


def series(y):
    return pl.DataFrame({"time": np.arange(len(y)), "y": y})


def test_interrupted_by_hand():
    week = np.tile([0, 0, 0, 0, 0, 5, 5], 10)
    y = 10 + 0.5 * np.arange(70) + week + 4.0 * (np.arange(70) >= 56)
    found = interrupted(series(y), start=56)
    assert found.effect == pytest.approx(4) and found.verdict.call == "supported"
    assert found.before == pytest.approx(0, abs=1e-9)
    assert interrupted(series(y), start=7).effect is None
    assert "no time after" in interrupted(series(y), start=99).verdict.reasons[0]
    with pytest.raises(BadQuestion, match="every time"):
        interrupted(series(y).filter(pl.col("time") != 3), start=56)


def test_interrupted_equals_statsmodels():
    rng = np.random.default_rng(3)
    y = 20 + rng.normal(size=84)
    found = interrupted(series(y), start=80)
    x = np.column_stack(
        [np.ones(80), *[(np.arange(80) % 7 == k) for k in range(1, 7)], np.arange(80)]
    ).astype(float)
    fit = sm.OLS(y[:80], x).fit()
    new = np.column_stack(
        [np.ones(4), *[(np.arange(80, 84) % 7 == k) for k in range(1, 7)], np.arange(80, 84)]
    )
    assert found.effect == pytest.approx((y[80:] - fit.predict(new)).mean())
    assert found.path["expected"][:80].to_numpy() == pytest.approx(fit.fittedvalues)


def test_the_nile():
    """Cobb (1978), The problem of the Nile, the data of statsmodels.datasets.nile: from 1899 on, 850 instead of
    1,098 a year. The seven decades after are compared with the 28 years before.
    """
    flow = nile.load_pandas().data
    rows = pl.DataFrame({"time": flow["year"].to_numpy().astype(int), "y": flow["volume"].to_numpy()})
    found = interrupted(rows, start=1899, season=1, trend=False, side="less")
    assert found.path["expected"].to_list() == pytest.approx([1097.75] * 100)
    assert found.effect == pytest.approx(849.97 - 1097.75, abs=0.01)
    assert found.verdict.call == "supported" and found.low < -247.8 < found.high < 0
    quiet = interrupted(rows.filter(pl.col("time") < 1899), start=1885, season=1, trend=False, side="less")
    assert quiet.verdict.call == "inconclusive"


def test_intervals_hold_the_truth_about_95_times_in_100():
    rng = np.random.default_rng(7)
    inside = {"did": 0, "interrupted": 0, "synthetic": 0}
    runs = 200
    for _ in range(runs):
        shock = np.cumsum(rng.normal(size=(20, 10)) * 0.3, axis=1) + rng.normal(size=(20, 10))
        long = panel(
            {
                chr(65 + i) if i < 8 else chr(97 + i): shock[i] + i + 2 * (i < 8) * (np.arange(10) >= 6)
                for i in range(20)
            },
            6,
        )
        found = did(long)
        inside["did"] += found.low <= 2 <= found.high
        noise = rng.normal(size=91)
        y = 30 + np.tile(rng.normal(size=7), 13) + noise + 0.3 * np.roll(noise, 1) + 2 * (np.arange(91) >= 77)
        found = interrupted(series(y), start=77)
        inside["interrupted"] += found.low <= 2 <= found.high
    for _ in range(60):
        factor = np.cumsum(rng.normal(size=25))
        rows = {f"u{i}": 50 + rng.uniform(0.5, 1.5) * factor + rng.normal(size=25) for i in range(25)}
        rows = {name: y + 3 * (name == "u0") * (np.arange(25) >= 20) for name, y in rows.items()}
        found = synthetic(panel(rows, 20), unit="u0", start=20)
        inside["synthetic"] += found.low <= 3 <= found.high
    assert 0.9 <= inside["did"] / runs <= 0.99 and 0.9 <= inside["interrupted"] / runs <= 0.99
    assert inside["synthetic"] >= 52
