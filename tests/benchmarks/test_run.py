"""The benchmarks run, on a small amount of data, and their results become a page."""

import sys
from types import ModuleType

import pytest

from benchmarks import import_rows, run


def test_every_benchmark_says_what_it_measures_and_can_measure():
    import importlib

    assert "import_rows" in run.names()
    for name in run.names():
        module = importlib.import_module(f"benchmarks.{name}")
        assert module.__doc__ and callable(module.measure), name


def test_names_are_chosen_by_words():
    assert run.names(["import"]) == ["import_rows"]
    assert run.names(["nothing has this name"]) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(12_345_678, "12,345,678"), (1234.5, "1,234"), (0.12345, "0.123"), ("text", "text"), (7, "7")],
)
def test_numbers_are_shown_short(value, text):
    assert run.shown(value) == text


def test_a_section_is_written_anew_and_the_others_stay(monkeypatch):
    example = ModuleType("benchmarks.example", "What it is.")
    rows = [{"way": "one", "seconds": 2.0}, {"way": "two", "seconds": 1.0, "times the peer": 0.5}]
    example.measure = lambda: rows
    monkeypatch.setitem(sys.modules, "benchmarks.example", example)
    monkeypatch.setattr(run, "names", lambda: ["example", "screen"])
    monkeypatch.setattr(run, "machine", lambda: "2 cores")
    found = run.run("example")
    old = "# Benchmarks\n\nWords.\n\n## example\n\nOld.\n\n## gone\n\nOld.\n\n## screen\n\nKept.\n\n| a |\n"
    assert run.document({"example": found}, old) == "\n".join(
        [
            run.HEAD,
            "",
            "## example",
            "",
            "What it is.",
            "",
            "Measured 2 cores.",
            "",
            "| way | seconds | times the peer |",
            "| --- | --- | --- |",
            "| one | 2 |  |",
            "| two | 1 | 0.5 |",
            "",
            "## screen",
            "",
            "Kept.",
            "",
            "| a |",
            "",
        ]
    )


def test_an_import_is_measured_beside_its_peer():
    peer, ours = import_rows.measure(rows=5000)
    assert peer["rows"] == ours["rows"] == 12_000
    assert ours["times the peer"] == pytest.approx(ours["seconds"] / peer["seconds"])
    for row in (peer, ours):
        assert row["rows a second"] == pytest.approx(12_000 / row["seconds"])
        assert 20 < row["peak MB"] < import_rows.LIMIT


def test_a_failing_command_ends_the_benchmark():
    with pytest.raises(SystemExit, match="exit code 2"):
        import_rows.spent(["sh", "-c", "exit 2"])
