"""What is behind a card, on a shop made by hand."""

from __future__ import annotations

from datetime import date

import pytest

from charts.draw import figure
from metrics.metric import REGISTRY
from metrics.period import Period
from stories import kpi
from tests.stories.shop import LAST, ask


def test_the_trend_has_each_day_and_the_comparison(whole):
    chart = kpi.trend(ask(whole), "net_revenue", "en")
    assert chart.table["value"].sum() == pytest.approx(1470)
    assert chart.table["before"].sum() == pytest.approx(1200)
    assert chart.table["before_day"][0] == date(2026, 4, 1)
    assert chart.note == "By day"
    figure(chart, lang="zh")


def test_a_long_trend_is_by_month(whole):
    chart = kpi.trend(ask(whole, period=Period(date(2025, 10, 1), LAST)), "orders", "en")
    assert chart.note == "By whole months"
    assert chart.table["day"].to_list()[-1] == date(2026, 4, 1)  # May has one day to go
    assert chart.table["value"].to_list()[-1] == 120
    assert chart.compare is None  # nothing is known of the 242 days before


def test_a_middling_trend_is_by_whole_weeks(whole):
    chart = kpi.trend(ask(whole, period=Period(date(2026, 4, 1), LAST)), "orders", "en")
    assert chart.table["day"][0] == date(2026, 4, 6)  # the first Monday
    assert set(chart.table["value"].to_list()[4:]) == {35.0} and chart.table["value"][0] == 28.0


def test_a_metric_without_its_table_says_so(whole):
    assert kpi.trend(ask(whole), "conversion_rate", "en").missing == "needs the table events: import it"
    (chart,) = kpi.split(ask(whole), "conversion_rate", "channel", "en")
    assert chart.missing == "needs the table events: import it"


def test_a_sum_is_split_with_shares_and_changes(whole):
    chart, table = kpi.split(ask(whole), "net_revenue", "channel", "en")
    assert chart.table["label"].to_list() == ["Email", "Direct"]
    assert table.frame["share"].to_list() == pytest.approx([1200 / 1470, 270 / 1470])
    assert table.frame["change"].to_list() == pytest.approx([1.0, -0.55])
    assert [column.label for column in table.columns][:2] == ["Channel", "Net revenue"]


def test_a_rate_is_split_with_changes_in_points(whole):
    _, table = kpi.split(ask(whole), "margin_rate", "category", "en")
    assert "share" not in table.frame.columns
    labels = {column.name: (column.label, column.kind) for column in table.columns}
    assert labels["change"] == ("Change in points", "number")
    assert table.frame["change"].to_list() == pytest.approx([0.0, 0.0])


def test_about_tells_formula_full_value_n_interval_and_day(whole):
    (text,) = kpi.about(ask(whole), "return_rate", "en")
    assert "**Formula:** units returned ÷ units sold" in text.text
    assert "**Value in full:** 2.00%" in text.text
    assert "**Rests on:** 150 " in text.text
    assert "**95% interval:** 0.7% to 5.7% (Wilson)" in text.text  # Wilson for 3 of 150
    assert "**As of:** 30 May 2026" in text.text


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("metric", REGISTRY)
def test_every_metric_opens_in_both_languages(whole, metric, lang):
    asked = ask(whole)
    assert kpi.about(asked, metric, lang) and kpi.trend(asked, metric, lang).title
    for by in kpi.DIMENSIONS:
        assert kpi.split(asked, metric, by, lang)
