"""Bars as HTML: from zero to the left or right, as long as their values, every word escaped."""

import re

import polars as pl

from charts.chart import Chart
from ui.bars import bars


def drawn(values, tones=None, names=None):
    table = pl.DataFrame(
        {
            "name": names or [f"n{i}" for i in range(len(values))],
            "value": values,
            "tone": tones or ["good"] * len(values),
        },
        schema={"name": pl.String, "value": pl.Float64, "tone": pl.String},
    )
    chart = Chart("bar", table, "name", "value", "tone" if tones else None, unit="money", alt="What <moved>")
    return bars(chart, "en", "USD")


def places(html):
    return [(float(left), float(wide)) for left, wide in re.findall(r"left:([\d.]+)%;width:([\d.]+)%", html)]


def test_bars_start_at_zero_and_share_a_scale():
    html = drawn([30.0, 10.0, -10.0], ["good", "good", "bad"])
    assert places(html) == [(25.0, 75.0), (25.0, 25.0), (0.0, 25.0)]
    assert "--zero:25.00%" in html and "$30" in html and "−$10" in html
    assert html.count('class="pl-good"') == 2 and html.count('class="pl-bad"') == 1


def test_bars_of_one_sign_need_no_zero_line():
    html = drawn([4.0, 1.0])
    assert places(html) == [(0.0, 100.0), (0.0, 25.0)]
    assert "data-signed" not in html and html.count('class="pl-plain"') == 2


def test_what_is_not_known_or_nothing_has_no_length():
    assert places(drawn([None, 2.0])) == [(0.0, 100.0)]
    assert places(drawn([0.0, 0.0])) == [(0.0, 0.0), (0.0, 0.0)]
    assert "<li" not in drawn([])


def test_names_are_escaped_and_the_list_has_a_name():
    html = drawn([1.0], names=["<img src=x>\"'"])
    assert "<img" not in html and 'aria-label="What &lt;moved&gt;"' in html


def test_a_waterfall_begins_each_bar_where_the_one_above_ends():
    table = pl.DataFrame({"step": ["a", "b", "left"], "value": [40.0, -30.0, 10.0], "from": [0.0, 40.0, 0.0]})
    html = bars(Chart("bar", table, "step", "value", low="from", unit="money"), "en", "USD")
    assert places(html) == [(0.0, 100.0), (25.0, 75.0), (0.0, 25.0)]
