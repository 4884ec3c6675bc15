"""Bias, error, coverage and verdicts of hand-made estimates."""

from __future__ import annotations

import polars as pl
import pytest

from metrics.interval import student, wilson
from metrics.judge import MANY, errors, verdicts
from metrics.recovery import Recovery


def rows(*found: tuple) -> pl.DataFrame:
    """name, of, planted, value, low, high, refused, seed, world."""
    columns = ["name", "of", "planted", "value", "low", "high", "refused", "seed", "world"]
    frame = pl.DataFrame(list(found), schema={name: MANY[name] for name in columns}, orient="row")
    return frame.with_columns(n=pl.lit(1, pl.Int64)).select(list(MANY))


def test_errors_are_means_over_seeds():
    found = errors(
        rows(
            *(
                ("m", "", 10.0, 10.0 + error, 9.0 + error, 11.0 + error, "", seed, "")
                for seed, error in ERRORS
            ),
            ("m", "", 10.0, None, None, None, "too few", 5, ""),
            ("m", "", 0.0, 5.0, 4.0, 6.0, "", 1, "inert"),
        )
    ).row(0, named=True)
    assert (found["name"], found["of"], found["seeds"], found["asked"], found["answered"]) == (
        "m",
        "",
        5,
        5,
        4,
    )
    assert (found["planted"], found["recovered"], found["bias"]) == (10.0, 10.5, 0.5)
    assert found["rmse"] == pytest.approx(1.5**0.5)
    spread = (sum((error - 0.5) ** 2 for _, error in ERRORS) / 3) ** 0.5
    assert found["bias_error"] == pytest.approx(student(3) * spread / 2)
    assert (found["intervals"], found["coverage"]) == (4, 0.75)
    assert (found["coverage_low"], found["coverage_high"]) == wilson(3, 4)


ERRORS = ((1, 0.0), (2, 1.0), (3, -1.0), (4, 2.0))


def test_what_is_said_of_the_same_chance_is_taken_off():
    """Chance of 7 in both worlds, and a method that finds 1 of 10 too little."""
    pairs = [("m", "a", 10.0, 9.0 + chance, None, None, "", seed, "") for seed, chance in CHANCE]
    pairs += [("m", "a", -2.0, -2.0 + chance, None, None, "", seed, "inert") for seed, chance in CHANCE]
    alone = ("m", "a", 10.0, 90.0, None, None, "", 9, "")  # its twin refused
    found = errors(rows(*pairs, alone, ("m", "a", 0.0, None, None, None, "why", 9, "inert")))
    assert found["twin_bias"].item() == pytest.approx(-1.0)
    assert found["twin_bias_error"].item() == pytest.approx(0.0)
    assert found["bias_error"].item() > 10


CHANCE = ((1, 7.0), (2, -7.0), (3, 0.0), (4, 7.0))


def test_few_subjects_are_told_apart_and_many_together():
    few = [("few", of, 1.0, value, None, None, "", 1, "") for of, value in (("a", 0.5), ("b", 1.5))]
    many = [("many", str(i), 1.0, 1.5, None, None, "", 1, "") for i in range(9)]
    found = errors(rows(*few, *many))
    assert found.select("name", "of", "asked", "bias", "bias_error", "coverage").rows() == [
        ("few", "a", 1, -0.5, None, None),
        ("few", "b", 1, 0.5, None, None),
        ("many", "", 9, 0.5, None, None),
    ]


def test_a_method_that_always_refuses_has_no_error():
    found = errors(rows(("m", "", 1.0, None, None, None, "why", 1, ""))).row(0, named=True)
    assert (found["answered"], found["bias"], found["rmse"], found["coverage"]) == (0, None, None, None)


@pytest.mark.parametrize(
    ("planted", "value", "low", "high", "refused", "world", "outcome"),
    [
        (5.0, 4.0, 1.0, 7.0, "", "", "right"),
        (-5.0, -4.0, -7.0, -1.0, "", "", "right"),
        (5.0, 1.0, -1.0, 3.0, "", "", "missed"),
        (5.0, -4.0, -7.0, -1.0, "", "", "wrong"),
        (-5.0, 4.0, 1.0, 7.0, "", "", "wrong"),
        (0.0, 4.0, 1.0, 7.0, "", "", "wrong"),
        (0.0, 1.0, -1.0, 3.0, "", "", "right"),
        (5.0, None, None, None, "prices stand still", "", "refused"),
        (5.0, 4.0, 1.0, 7.0, "", "steady", "wrong"),  # whatever is planted, nothing is to be found here
        (5.0, 1.0, -1.0, 3.0, "", "steady", "right"),
        (5.0, None, None, None, "prices stand still", "steady", "refused"),
    ],
)
def test_verdicts(planted, value, low, high, refused, world, outcome):
    known = {"m": Recovery("m", "M", "", "elasticity", "own", lambda *_: {}, null="steady")}
    found = verdicts(rows(("m", "", planted, value, low, high, refused, 1, world)), known).row(0, named=True)
    assert (found["name"], found["world"], found["asked"], found[outcome]) == ("m", world, 1, 1)
    assert sum(found[each] for each in ("right", "missed", "wrong", "refused")) == 1
    assert (found["alarms_low"], found["alarms_high"]) == wilson(int(outcome == "wrong"), 1)


def test_methods_that_claim_no_effect_and_other_worlds_get_no_verdict():
    known = {
        "m": Recovery("m", "M", "", "elasticity", "own", lambda *_: {}, null="steady"),
        "plain": Recovery("plain", "P", "", "funnel", "conversion", lambda *_: {}),
    }
    both = rows(("m", "", 1.0, 1.0, 0.5, 2.0, "", 1, "noise"), ("plain", "", 1.0, 1.0, 0.5, 2.0, "", 1, ""))
    assert verdicts(both, known).is_empty()
