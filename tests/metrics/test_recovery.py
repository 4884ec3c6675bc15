"""Recoveries are found in their modules, point at truths that there are, and are put beside them."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest

from metrics.analysis import Verdict
from metrics.metric import BadQuestion
from metrics.period import Period
from metrics.recovery import RECOVERIES, ROWS, Data, Estimate, Recovery, chosen, recovered
from sample_data.run import NULLS
from sample_data.truth import DEFINITIONS
from tests.metrics.shop import frames_of

DATA = Data(frames_of({}), {}.__getitem__, Period(date(2026, 1, 1), date(2026, 1, 31)), "UTC")


def test_every_recovery_is_judged_by_a_truth_and_knows_its_null_world():
    assert len(RECOVERIES) > 10
    for name, each in RECOVERIES.items():
        assert each.name == name
        assert (each.topic, each.measure) in DEFINITIONS, name
        assert each.null in ("", *NULLS), name
        assert re.compile(each.of)


def test_every_null_world_has_a_method_that_must_find_nothing_in_it():
    assert {each.null for each in RECOVERIES.values()} == {"", *NULLS}


def truth(of: str, value: float | None, measure: str = "nps") -> dict:
    return {"topic": "satisfaction", "measure": measure, "of": of, "value": value}


def test_planted_stands_beside_recovered():
    asked: list[list[str]] = []

    def estimate(data: Data, of):
        asked.append(list(of))
        no = Verdict(False, ("too few answers",))
        return {
            "a": Estimate(2.0, 1.0, 3.0, 10),
            "b": Estimate(None, None, None, 4, no),
            "z": Estimate(1, 0, 2, 1),
        }

    method = Recovery("m", "M", "how", "satisfaction", "nps", estimate, of="[ab]|none|unsaid")
    told: list[str] = []
    truths = [truth("a", 2.5), truth("b", 1.0), truth("none", None), truth("unsaid", 1.0), truth("x", 1.0)]
    rows = recovered([*truths, truth("a", 9.0, "weight")], DATA, [method], told.append)
    assert asked == [["a", "b", "unsaid"]] and told == ["M"]
    assert rows.rows() == [
        ("m", "a", 2.5, 2.0, 1.0, 3.0, 10, ""),
        ("m", "b", 1.0, None, None, None, 4, "too few answers"),
    ]


def test_a_method_without_truths_is_not_run():
    method = Recovery("m", "M", "how", "market", "share", lambda *_: pytest.fail("it was run"))
    rows = recovered([truth("", 1.0)], DATA, [method])
    assert rows.is_empty() and rows.schema == pl.Schema(ROWS)


def test_methods_are_chosen_by_name():
    assert chosen([]) == list(RECOVERIES.values())
    assert [each.name for each in chosen(["nps_online", "late_share"])] == ["nps_online", "late_share"]
    with pytest.raises(BadQuestion, match="Did you mean late_share"):
        chosen(["late_shar"])
