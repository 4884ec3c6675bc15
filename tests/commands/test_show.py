"""Aligned tables, JSON and the progress bar."""

import io
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from commands.show import Bar, document, markdown, table, wide
from loaders.loader import Progress


def test_table_aligns_by_what_a_terminal_shows():
    shown = table(("name", "n", ""), [("渠道", "1", "a"), ("mail", "1,234", "")], "<><")
    assert shown.splitlines() == [
        "name      n",
        "────  ─────  ─",
        "渠道      1  a",
        "mail  1,234",
    ]


def test_table_without_rows_is_its_headings():
    assert table(("a", "bc"), [], "<>").splitlines() == ["a  bc", "─  ──"]


def test_headings_are_said_in_the_language():
    assert table(("metric",), [], "<", "zh").splitlines()[0] == "指标"


def test_chinese_is_twice_as_wide():
    assert [wide("ab"), wide("中文"), wide("a，b")] == [2, 4, 4]


def test_markdown_keeps_bars_in_cells():
    assert markdown(("a", "b"), [("x|y", "z")]) == "| a | b |\n| --- | --- |\n| x\\|y | z |"


@dataclass
class Pair:
    a: int
    b: str


def test_document_is_plain_json():
    facts = {
        "day": date(2026, 1, 31),
        "at": datetime(2026, 1, 31, 12, tzinfo=UTC),
        "took": timedelta(minutes=2),
        "pair": Pair(1, "中"),
        "unknown": None,
    }
    text = document(facts)
    assert json.loads(text) == {
        "day": "2026-01-31",
        "at": "2026-01-31T12:00:00+00:00",
        "took": 120.0,
        "pair": {"a": 1, "b": "中"},
        "unknown": None,
    }
    assert "中" in text


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_document_has_no_nan(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        document({"value": number})


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_bar_shows_share_rate_and_time_left(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    out, clock = Terminal(), Clock()
    bar = Bar(out, clock)
    clock.now = 10
    bar(Progress("reading orders.csv", done=250, size=1000, rows=50_000))
    line = out.getvalue()
    assert line.startswith("\r")
    assert " 25%" in line and "reading orders.csv" in line
    assert "50,000 rows, 5,000 a second" in line
    assert "0:30 left" in line
    assert line.count("█") == 6 and line.count("░") == 18
    bar.close()
    assert out.getvalue().endswith("\r\x1b[K")


def test_bar_stays_on_one_line(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    out, clock = Terminal(), Clock()
    bar = Bar(out, clock)
    clock.now = 1
    bar(Progress("reading " + "a" * 100, done=1, size=10, rows=1000))
    assert len(out.getvalue().removeprefix("\r\x1b[K")) == 39


def test_bar_draws_at_most_ten_times_a_second():
    out, clock = Terminal(), Clock()
    bar = Bar(out, clock)
    for step in range(1000):
        clock.now = step / 1000
        bar(Progress("reading", step, 1000))
    assert 8 <= out.getvalue().count("\r") <= 10


def test_bar_in_a_log_prints_a_line_every_ten_seconds():
    out, clock = io.StringIO(), Clock()
    bar = Bar(out, clock)
    for step in range(31):
        clock.now = step
        bar(Progress(f"step {step}"))
    bar.close()
    assert out.getvalue().splitlines() == ["step 10", "step 20", "step 30"]


def test_bar_without_a_known_size_promises_nothing():
    out, clock = Terminal(), Clock()
    bar = Bar(out, clock)
    clock.now = 1
    bar(Progress("reading", rows=10))
    assert "%" not in out.getvalue() and "left" not in out.getvalue()
