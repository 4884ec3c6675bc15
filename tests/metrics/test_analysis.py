"""An analysis is found in its module, reads its settings from words and answers in plain values."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl
import pytest

import metrics
from metrics.analysis import ANALYSES, Analysis, Verdict, analysis
from metrics.change import change
from metrics.metric import BadQuestion, Metric
from metrics.period import Period
from metrics.setting import read
from tests.metrics import oracles
from tests.metrics.shop import frames_of

PERIOD, AS_OF = Period(date(2026, 1, 16), date(2026, 1, 30)), date(2026, 2, 9)


@dataclass(frozen=True)
class Counted:
    n: int
    steps: pl.DataFrame
    warnings: tuple[str, ...] = ()
    verdict: Verdict | None = None
    since: date | None = None


def counted(
    events: pl.LazyFrame, frames, *, period: Period, window: int = 7, order: Literal["any", "strict"] = "any"
) -> Counted:
    rows = events.collect()
    steps = pl.DataFrame({"step": ["a"], "day": [period.start], "customers": [len(rows) * window]})
    return Counted(
        len(rows), steps, ("few rows",), Verdict(False, ("no variation",), ("a test",)), period.end
    )


COUNTED = Analysis("counted", "How many?", counted)


def run(**asked):
    tables = {"events": pl.LazyFrame({"customer": [1, 2, 3]})}
    return COUNTED.run(frames_of({}), tables.__getitem__, **{"period": PERIOD, "as_of": AS_OF, **asked})


def test_what_it_needs_is_read_from_its_function():
    assert COUNTED.tables == ("events",)
    assert {name: setting.default for name, setting in COUNTED.settings.items()} == {
        "window": 7,
        "order": "any",
    }
    assert analysis("change").tables == () and list(analysis("change").settings) == ["against", "by", "basis"]


def test_the_answer_is_plain():
    found = run(typed={"window": "2"})
    assert found == {
        "analysis": "counted",
        "settings": {"window": 2, "order": "any"},
        "as_of": "2026-02-09",
        "n": 3,
        "tables": {
            "summary": [{"since": "2026-01-30"}],
            "steps": [{"step": "a", "day": "2026-01-16", "customers": 6}],
        },
        "warnings": ["few rows"],
        "verdict": {"identified": False, "reasons": ["no variation"], "needed": ["a test"], "call": ""},
    }
    assert json.loads(json.dumps(found)) == found


def test_change_is_found_and_answers_as_its_function_does():
    assert ANALYSES["change"].function is change
    frames = frames_of(oracles.tables(8))
    typed = {"by": "region", "against": "2026-01-01..2026-01-10"}
    found = analysis("change").run(frames, {}.__getitem__, period=PERIOD, as_of=AS_OF, typed=typed)
    direct = change(frames, period=PERIOD, by="region", against=Period(date(2026, 1, 1), date(2026, 1, 10)))
    # Engines add up in any order, so the last digit may differ.
    for row, wanted in zip(found["tables"]["segments"], direct.segments.to_dicts(), strict=True):
        assert row.pop("segment") == wanted.pop("segment") and row == pytest.approx(wanted)
    assert found["tables"]["summary"][0]["against"] == "2026-01-01..2026-01-10"
    assert found["settings"] == {"against": "2026-01-01..2026-01-10", "by": "region", "basis": "order"}
    assert found["n"] == direct.n and found["verdict"]["identified"] and json.dumps(found)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"typed": {"windw": "3"}},
            "counted has no setting windw. It has: window, order. Did you mean window?",
        ),
        ({"typed": {"window": "a week"}}, "window is a whole number; found 'a week'."),
        ({"typed": {"order": "strct"}}, "order is any or strict; found 'strct'. Did you mean strict?"),
        ({"where": {"channel": ["web"]}}, "counted takes no filter; leave out channel."),
    ],
)
def test_bad_questions_say_what_to_do(asked: dict, message: str):
    with pytest.raises(BadQuestion) as problem:
        run(**asked)
    assert str(problem.value) == message


def test_an_unknown_analysis_names_those_there_are():
    with pytest.raises(BadQuestion, match=r"no analysis 'chang'\. Known: .*change.* Did you mean change\?"):
        analysis("chang")


@pytest.mark.parametrize(
    ("word", "kind", "value"),
    [
        ("web", str, "web"),
        ("-3", int, -3),
        ("0.5", float, 0.5),
        ("Yes", bool, True),
        ("0", bool, False),
        ("2026-01-31", date, date(2026, 1, 31)),
        ("2026-01-16..2026-01-30", Period, PERIOD),
        ("none", int | None, None),
        ("4", int | None, 4),
        ("a, b,", tuple[str, ...], ("a", "b")),
        ("1,2", tuple[int, ...], (1, 2)),
        ("year", Literal["previous", "year"] | Period, "year"),
        ("2026-01-16..2026-01-30", Literal["previous", "year"] | Period, PERIOD),
    ],
)
def test_settings_are_read_by_their_kind(word: str, kind, value):
    assert read("setting", word, kind) == value


@pytest.mark.parametrize(
    ("word", "kind", "wanted"),
    [
        ("1.5", int, "a whole number"),
        ("nan", float, "a number"),
        ("inf", float, "a number"),
        ("maybe", bool, "yes or no"),
        ("31.1.2026", date, "a day such as 2026-01-31"),
        ("2026-01-31", Period, "a period such as 2026-01-01..2026-01-31"),
        ("2026-02-01..2026-01-01", Period, "ends on or after its first day"),
        ("x", int | None, "a whole number"),
        ("x", Literal["a", "b"] | Period, "a or b; found 'x'. Or: setting is a period"),
    ],
)
def test_words_that_cannot_be_read_say_how_they_are_written(word: str, kind, wanted: str):
    with pytest.raises(BadQuestion) as problem:
        read("setting", word, kind)
    assert wanted in str(problem.value)


DECLARED = """
from narwhals import col
from metrics.metric import Metric, ratio

return_rate_of_orders = Metric(
    name="{name}", label="Returned units for each order", meaning="Units sent back for each order.",
    formula="units returned ÷ orders", unit="number", better="lower", table="daily",
    value=ratio(col("units_returned").sum(), col("orders").sum()),
    example={{"units_returned": [1, 0], "orders": [4, 6]}}, answer=0.1,
)
"""


@pytest.mark.parametrize("name", ["returned_per_order", "return_rate"])
def test_a_metric_registers_by_being_declared_in_a_file_and_names_are_unique(name: str, tmp_path: Path):
    folder = tmp_path / "metrics"
    folder.mkdir()
    for file in Path(metrics.__file__).parent.glob("*.py"):
        (folder / file.name).write_text(file.read_text())
    (folder / "afters.py").write_text(DECLARED.format(name=name))
    code = "from metrics.metric import REGISTRY; print(sorted(REGISTRY))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    if name == "return_rate":
        assert done.returncode == 1 and "Two metric declarations are called return_rate" in done.stderr
    else:
        assert "'returned_per_order'" in done.stdout and "'gmv'" in done.stdout


def test_a_module_imported_first_still_finds_the_whole_registry():
    code = "import metrics.service, metrics as m; print(len(m.REGISTRY), *m.ANALYSES)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == str(len(metrics.REGISTRY)) and "change" in done.stdout.split()


def test_importing_metrics_is_light():
    heavy = {
        "scipy",
        "sklearn",
        "statsmodels",
        "statsforecast",
        "mlxtend",
        "numba",
        "streamlit",
        "duckdb",
        "pandas",
    }
    code = "import metrics, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy.isdisjoint(name.partition(".")[0] for name in done.stdout.split())


def test_metrics_declared_here_do_not_register():
    declared = Metric("x", "X", "X.", "x", "number", "none", "daily", metrics.REGISTRY["gmv"].value, {}, None)
    assert declared.name not in metrics.REGISTRY
