"""Figures of every kind: own template, own colours, round ticks, the reader's language, no NaN in labels."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import plotly.io
import polars as pl
import pytest

from charts.chart import Chart, Mark
from charts.draw import KINDS, figure
from charts.sheet import nice
from charts.theme import theme

FIRST = date(2026, 4, 2)
DAYS = [FIRST + timedelta(days=i) for i in range(90)]
DAILY = pl.DataFrame({"day": DAYS, "value": [150_000.0 + 700 * i for i in range(90)]}).with_columns(
    average=pl.col("value").rolling_mean(7),
    before=pl.col("value") * 0.8,
    before_day=pl.col("day") - pl.duration(days=90),
)
PARTS = pl.DataFrame({"name": ["Home & <b>kitchen</b>", "Toys"], "value": [300.0, 100.0]})
GROUPS = pl.DataFrame(
    {"day": DAYS[:3] * 2, "value": [1.0, 2.0, 3.0, 1.1, None, 3.1], "group": ["a"] * 3 + ["b"] * 3}
)
CELLS = pl.DataFrame({"x": ["1", "2"] * 2, "y": ["Jan", "Jan", "Feb", "Feb"], "rate": [0.4, 0.2, 0.3, None]})
FOUND = pl.DataFrame(
    {
        "name": ["Home & <b>kitchen</b>", "Toys", "Pets"],
        "value": [2.0, 5.0, 3.0],
        "low": [1.0, 4.0, None],
        "high": [3.0, 6.0, None],
        "true": [2.5, 7.0, 3.0],
        "tone": ["good", "bad", "neutral"],
    }
)
TREND = Chart(
    "area",
    DAILY,
    "day",
    "value",
    compare="before",
    compare_x="before_day",
    smooth="average",
    unit="money",
    labels=["Daily", "Average", "Before"],
)
LINKS = pl.DataFrame(
    {"depth": [1, 1], "source": ["visit", "visit"], "target": ["view", None], "n": [60, 40]},
    schema={"depth": pl.Int64, "source": pl.String, "target": pl.String, "n": pl.Int64},
)
CHARTS = {
    "area": TREND,
    "line": Chart("line", GROUPS, "day", "value", "group"),
    "column": Chart("column", PARTS, "name", "value", unit="money"),
    "stack": Chart("stack", GROUPS, "day", "value", "group"),
    "bar": Chart("bar", PARTS, "name", "value", unit="money"),
    "funnel": Chart("funnel", PARTS, "name", "value", unit="integer"),
    "donut": Chart("donut", PARTS, "name", "value", unit="money"),
    "heat": Chart("heat", CELLS, "x", "y", "rate", unit="percent"),
    "flow": Chart("flow", LINKS, "source", "n", unit="integer"),
    "scatter": Chart("scatter", GROUPS.drop_nulls(), "value", "value", "group"),
    "interval": Chart(
        "interval",
        FOUND,
        "name",
        "value",
        "tone",
        compare="true",
        low="low",
        high="high",
        labels=["found", "true"],
    ),
}


def test_every_kind_is_tried():
    assert set(CHARTS) == set(KINDS)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("kind", CHARTS)
def test_every_kind_draws_with_our_own_template(kind, dark, lang, monkeypatch):
    monkeypatch.setattr(plotly.io.templates, "default", "ggplot2")  # as Streamlit does with its own
    drawn = figure(CHARTS[kind], dark, lang)
    assert drawn.layout.template.layout.font.color == theme(dark).text
    assert list(drawn.layout.template.layout.colorway) == list(theme(dark).categorical)
    assert drawn.layout.height > 50
    assert "NaN" not in "".join(_texts(drawn)) and "nan" not in "".join(_texts(drawn))


@pytest.mark.parametrize("kind", CHARTS)
def test_every_colour_is_of_the_theme(kind):
    own = theme(dark=False)
    known = {own.card, own.text, own.muted, own.border, own.primary, own.good, own.bad, own.warn}
    known |= {*own.categorical, *own.sequential, *own.diverging, "#FFFFFF", "#131A2B"}
    drawn = figure(CHARTS[kind]).to_plotly_json()
    found = set(_colors([drawn["data"], drawn["layout"].get("shapes", [])]))
    assert found and {color for color in found if color.startswith("#")} <= known


@pytest.mark.parametrize("kind", CHARTS)
def test_no_rows_give_an_empty_figure(kind):
    chart = CHARTS[kind]
    empty = replace(chart, table=chart.table.clear())
    assert figure(empty).layout.height > 0


def test_only_unknown_values_give_an_axis_from_nothing():
    table = DAILY.with_columns(value=pl.lit(None, dtype=pl.Float64))
    drawn = figure(Chart("line", table, "day", "value", unit="money"))
    assert drawn.layout.yaxis.range == (0, 1)


def test_axes_speak_the_readers_language():
    english, chinese = (figure(TREND, lang=lang, currency="CNY") for lang in ("en", "zh"))
    assert list(english.layout.yaxis.ticktext) == ["0", "CN¥50K", "CN¥100K", "CN¥150K", "CN¥200K", "CN¥250K"]
    assert list(chinese.layout.yaxis.ticktext) == ["0", "¥5万", "¥10万", "¥15万", "¥20万", "¥25万"]
    assert english.layout.xaxis.ticktext[0].endswith("Apr")
    assert chinese.layout.xaxis.ticktext[0].startswith("4月")
    assert len(english.layout.xaxis.ticktext) <= 5


def test_a_trend_shows_comparison_average_and_days_in_this_order():
    drawn = figure(TREND)
    assert [trace.name for trace in drawn.data] == ["Before", "Daily", "Average"]
    assert drawn.data[0].line.dash == "dot"
    assert drawn.data[0].customdata[0] == "$120,000.00 (2 Jan 2026)"
    assert drawn.data[2].line.width > drawn.data[1].line.width
    assert drawn.layout.showlegend is None  # the colours are named in text
    assert "Average" in drawn.layout.annotations[-1].text


def test_gaps_stay_open():
    drawn = figure(CHARTS["line"])
    assert [trace.connectgaps for trace in drawn.data] == [False, False]
    assert drawn.data[1].customdata[1] == "–"


def test_the_unfinished_part_is_marked():
    chart = Chart("line", DAILY, "day", "value", partial_from=DAYS[-3])
    assert any(note.text == "not over yet" for note in figure(chart).layout.annotations)
    assert any(note.text == "尚未结束" for note in figure(chart, lang="zh").layout.annotations)


def test_money_starts_at_zero_and_rates_need_not():
    rates = DAILY.select("day", value=pl.col("value") / 1e6)
    assert figure(Chart("line", rates, "day", "value", unit="percent")).layout.yaxis.range[0] > 0
    assert figure(Chart("line", DAILY, "day", "value", unit="money")).layout.yaxis.range[0] == 0


def test_bars_below_and_above_zero_have_their_tone_and_tell_their_value():
    table = pl.DataFrame({"name": ["a", "b"], "value": [20.0, -10.0], "tone": ["good", "bad"]})
    drawn = figure(Chart("bar", table, "name", "value", "tone", unit="money"))
    assert list(drawn.data[0].marker.color) == [theme(False).good, theme(False).bad]
    assert [note.text for note in drawn.layout.annotations] == ["$20.00", "−$10.00"]
    assert drawn.layout.xaxis.range == (-10, 20)


def test_markup_in_names_is_shown_as_written():
    assert figure(CHARTS["bar"]).layout.yaxis.ticktext[0].startswith("Home &amp; &lt;b&gt;")


def test_a_funnel_tells_the_rate_between_steps():
    drawn = figure(CHARTS["funnel"])
    assert [note.text for note in drawn.layout.annotations] == ["300", "100", "↓ 33.3%"]


def test_a_heat_map_leaves_unknown_cells_empty():
    drawn = figure(CHARTS["heat"])
    assert len(drawn.layout.annotations) == 3
    assert drawn.data[0].hoverongaps is False


def test_intervals_have_a_line_where_they_have_ends_and_a_mark_beside():
    drawn = figure(CHARTS["interval"])
    lines, marks, dots = drawn.data[:-2], drawn.data[-2], drawn.data[-1]
    assert [list(line.x) for line in lines] == [[1, 3], [4, 6]]
    assert [list(line.y) for line in lines] == [[0, 0], [1, 1]]
    assert list(marks.x) == [2.5, 7.0, 3.0] and list(marks.customdata) == ["2.50", "7.00", "3.00"]
    assert list(dots.customdata) == ["2.00 (1.00 – 3.00)", "5.00 (4.00 – 6.00)", "3.00"]
    own = theme(False)
    assert list(dots.marker.color) == [own.good, own.bad, own.primary]
    assert list(dots.marker.symbol) == ["circle", "circle-open", "circle"]  # not by colour alone
    (legend,) = drawn.layout.annotations
    assert "found" in legend.text and "true" in legend.text
    assert drawn.layout.xaxis.range[0] <= 1 and drawn.layout.xaxis.range[1] >= 7


def test_small_intervals_tell_the_digits_that_matter():
    small = FOUND.with_columns(pl.col("value", "low", "high", "true") / 1000)
    dots = figure(replace(CHARTS["interval"], table=small)).data[-1]
    assert dots.customdata[0] == "0.0020 (0.0010 – 0.0030)"


def test_intervals_need_their_ends():
    with pytest.raises(AssertionError, match="their ends"):
        figure(replace(CHARTS["interval"], low=None))


def test_names_at_line_ends_do_not_touch():
    drawn = figure(CHARTS["line"])
    low, high = drawn.layout.yaxis.range
    places = sorted(note.y for note in drawn.layout.annotations)
    assert (places[1] - places[0]) / (high - low) * 250 >= 14


def test_marks_lie_above_the_plot_and_tell_their_dates():
    chart = Chart("line", DAILY, "day", "value", marks=[Mark(DAYS[9], "Sale", DAYS[11], "promotion")])
    drawn = figure(chart)
    name = next(note for note in drawn.layout.annotations if note.text == "Sale")
    assert name.y > 1
    assert drawn.data[-1].customdata[0] == "Sale · 11–13 Apr 2026"


def test_a_strange_kind_and_a_missing_column_are_told():
    with pytest.raises(ValueError, match=r"no chart kind 'pie'\. Known: line"):
        figure(Chart("pie", PARTS, "name", "value"))
    with pytest.raises(ValueError, match=r"needs the columns worth; its table has name, value"):
        figure(Chart("bar", PARTS, "name", "worth"))


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 243, [0, 50, 100, 150, 200, 250]),
        (-3, 7, [-4, -2, 0, 2, 4, 6, 8]),
        (0.031, 0.037, [0.03, 0.032, 0.034, 0.036, 0.038]),
        (0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (float("inf"), float("-inf"), [0, 1]),
    ],
)
def test_ticks_are_round_and_enclose_the_values(low, high, ticks):
    assert nice(low, high) == pytest.approx(ticks)


def _texts(drawn) -> list[str]:
    layout = drawn.layout
    texts = [*(layout.xaxis.ticktext or ()), *(layout.yaxis.ticktext or ())]
    texts += [note.text for note in layout.annotations]
    for trace in drawn.data:
        texts += [str(text) for text in (trace.customdata if trace.customdata is not None else ())]
    return texts


def _colors(part) -> list[str]:
    if isinstance(part, dict):
        return [color for key, value in part.items() for color in _colors(value)]
    if isinstance(part, (list, tuple)):
        return [color for value in part for color in _colors(value)]
    return [part] if isinstance(part, str) and part.startswith(("#", "rgba")) else []


def test_a_band_lies_behind_its_line_and_leaves_out_what_is_not_known():
    rows = pl.DataFrame(
        {"day": ["0", "1", "2"] * 2, "y": [1.0, 0.8, 0.5] * 2, "of": ["a"] * 3 + ["b"] * 3,
         "low": [None, 0.7, 0.4] * 2, "high": [None, 0.9, 0.6] * 2}
    )  # fmt: skip
    drawn = figure(Chart("line", rows, "day", "y", "of", low="low", high="high", unit="percent"))
    bands, lines = drawn.data[:2], drawn.data[2:]
    assert [list(band.y) for band in bands] == [[0.7, 0.4, 0.6, 0.9]] * 2
    assert list(bands[0].x) == ["1", "2", "2", "1"] and bands[0].fill == "toself"
    assert [line.name for line in lines] == ["a", "b"]
