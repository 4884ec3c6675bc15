"""The Overview of a shop made by hand: numbers, sentences, order, and what is said where data is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl
import pytest

from charts.chart import Chart
from charts.draw import figure
from metrics.period import Period
from stories.asked import Shop
from stories.blocks import Block, Finding, Heading, Kpi, Row, Source, Table, Warning
from stories.gather import CARDS, gather
from stories.overview import overview
from tests.stories.shop import APRIL, LAST, MAY, ask


@dataclass
class Failed:
    table: str = "orders"
    rule: str = "orphan"
    severity: str = "bad"
    count: int = 7
    of: int = 100
    detail: str = ""
    values: dict = field(default_factory=dict)


def flat(blocks: list[Block]) -> list[Block]:
    return [inner for block in blocks for inner in (block.blocks if isinstance(block, Row) else [block])]


def of(kind: type, blocks: list[Block]) -> list:
    return [block for block in flat(blocks) if isinstance(block, kind)]


def told(blocks: list[Block]) -> list[str]:
    return [f"{finding.text} | {finding.action}" for finding in of(Finding, blocks)]


@pytest.fixture(scope="module")
def shown(whole) -> list[Block]:
    return overview(gather(ask(whole), [Failed()]), "en")


def card(blocks: list[Block], metric: str) -> Kpi:
    return next(block for block in of(Kpi, blocks) if block.metric == metric)


def test_cards_are_all_there_in_their_order(shown):
    assert [block.metric for block in of(Kpi, shown)] == list(CARDS)


def test_net_revenue_has_value_change_target_and_trend(shown):
    found = card(shown, "net_revenue")
    assert (found.value, found.change, found.compared) == ("$1,470", "+22.5%", "was $1,200")
    assert (found.direction, found.tone) == ("up", "good")
    assert found.target == "49.0% of target $3,000"
    assert found.attainment == pytest.approx(0.49)
    assert len(found.trend) == 30 and found.trend[-1] == 50.0
    assert found.claim.value == pytest.approx(1470) and found.claim.start == "2026-05-01"
    assert "revenue before returns − refunds" in found.definition


def test_a_rate_changes_in_points_and_lower_may_be_better(shown):
    found = card(shown, "return_rate")
    assert (found.value, found.change) == ("2.0%", "")  # in April nothing came back, which is not known as 0
    margin = card(shown, "margin_rate")
    assert (margin.value, margin.change, margin.direction) == ("40.0%", "0.0 pp", "flat")
    assert margin.tone == "neutral"


def test_a_card_without_its_table_says_what_to_import(shown):
    assert card(shown, "conversion_rate").missing == "needs the table events: import it"
    assert card(shown, "nps").missing == "needs the table surveys: import it"
    assert card(shown, "nps").value == "–"


def test_what_changed_names_amount_segments_and_drivers(shown):
    text = of(Finding, shown)[0].text
    assert text.startswith(
        "Net revenue rose by **$270.00** (+22.5%) to **$1,470**. "
        "**Email** added the most: $600.00. **Direct** lost the most: $330.00."
    )
    assert "Strongest drivers: " in text


def test_the_drivers_add_up_to_the_change(shown):
    drivers = next(chart for chart in of(Chart, shown) if chart.title == "Why net revenue changed")
    assert drivers.table["effect"].sum() == pytest.approx(270)


def test_attention_is_sorted_and_each_line_has_a_number_and_an_action(shown):
    worries = told(shown)[1:]
    assert worries[0].startswith("**1 of 2 products** are out of stock; they made 8")
    assert worries[0].endswith("Order again first: Oak lamp.")
    assert worries[1].startswith("**Net revenue**: $1,470, below the target of $3,000. | ")
    assert any(text.startswith("**Snail Post** delivered 15 of 30 parcels late (50.0%).") for text in worries)
    assert any(
        text.startswith("Still open: **Checkout slow** (Outage), since 20 May 2026.") for text in worries
    )
    assert any(text.startswith("**Data checks failed: 1**, in orders.") for text in worries)
    assert any(text.startswith("**Direct** lost $330.00 of net revenue (−55.0%).") for text in worries)
    assert not any("**Orders**" in text for text in worries)  # its target was reached
    assert all(re.search(r"\d", text) and not text.endswith("| ") for text in worries)


def test_tables_have_share_change_and_trend(shown):
    channels = next(table for table in of(Table, shown) if table.title == "Channels")
    assert channels.frame["segment"].to_list() == ["Email", "Direct"]
    assert channels.frame["share"].to_list() == pytest.approx([1200 / 1470, 270 / 1470])
    assert channels.frame["change"].to_list() == pytest.approx([1.0, -0.55])
    assert channels.frame["trend"][0].to_list() == [40.0] * 30
    assert "cac" not in channels.frame.columns
    assert "Conversion rate: needs the table events: import it." in channels.note


def test_the_trend_has_comparison_average_and_marks(shown):
    trend = next(chart for chart in of(Chart, shown) if chart.title == "Net revenue")
    assert [mark.label for mark in trend.marks] == ["May Day", "Spring sale", "Checkout slow"]
    assert [mark.kind for mark in trend.marks] == ["holiday", "promotion", "incident"]
    assert trend.table["average"][0] == pytest.approx((6 * 40 + 40) / 7)  # reaches back into April
    assert trend.table["before_day"][0] == APRIL.start
    assert trend.labels == ["By day", "7-day average", "Previous period"]


def test_the_source_says_how_far_and_how_fresh(shown):
    text = of(Source, shown)[0].text
    assert text.startswith("Data to 30 May 2026. Last import 31 May 2026, 06:30 (UTC).")
    assert "Returns count on the day of their order" in text


def test_every_chart_can_be_drawn_and_has_words_for_those_who_cannot_see_it(shown):
    for chart in of(Chart, shown):
        assert chart.alt
        figure(chart)


def test_the_whole_page_is_chinese_in_chinese(whole):
    blocks = overview(gather(ask(whole), [Failed()]), "zh")
    texts = [
        *(card.label for card in of(Kpi, blocks)),
        *(finding.text for finding in of(Finding, blocks)),
        *(finding.action for finding in of(Finding, blocks)),
        *(column.label for table in of(Table, blocks) for column in table.columns),
        *(chart.title for chart in of(Chart, blocks)),
        *(heading.text for heading in of(Heading, blocks)),
    ]
    assert all(re.search("[\u4e00-\u9fff]", text) for text in texts if text), texts
    assert card(blocks, "net_revenue").target == "完成目标US$3,000的49.0%"
    assert card(blocks, "conversion_rate").missing == "需要数据表 events：请导入"


def test_with_orders_only_nothing_breaks_and_everything_missing_is_named(bare):
    blocks = overview(gather(ask(bare)), "en")
    missing = {block.metric: block.missing for block in of(Kpi, blocks) if block.missing}
    assert set(missing) == {"conversion_rate", "cac", "roas", "return_rate", "on_time_rate", "nps"}
    assert all(reason.startswith("needs the table ") for reason in missing.values())
    assert card(blocks, "net_revenue").value == "$1,500"
    assert not any("out of stock" in text or "parcels" in text for text in told(blocks))


def test_days_without_data_say_so(whole):
    long_ago = Period(date(2020, 1, 1), date(2020, 1, 30))
    blocks = overview(gather(ask(whole, period=long_ago)), "en")
    assert [type(block) for block in blocks] == [Heading, Warning, Source]
    assert blocks[1].text.startswith("Nothing to show: ")


def test_a_filter_that_leaves_nothing_says_so(whole):
    blocks = overview(gather(ask(whole, where={"channel": ["Telepathy"]})), "en")
    assert [type(block) for block in blocks] == [Heading, Warning, Source]


def test_filters_apply_to_every_number(whole):
    blocks = overview(gather(ask(whole, where={"channel": ["Email"]})), "en")
    found = card(blocks, "net_revenue")
    assert (found.value, found.change, found.target) == ("$1,200", "+100.0%", "")
    assert found.claim.where == {"channel": ["Email"]}
    assert not any("Snail" in text or "out of stock" in text for text in told(blocks))


def test_without_a_comparison_there_is_no_change(whole):
    blocks = overview(gather(ask(whole, comparison="none")), "en")
    assert {block.change for block in of(Kpi, blocks)} == {""}
    charts = {chart.title: chart.missing for chart in of(Chart, blocks)}
    assert charts["Why net revenue changed"] == "Choose a comparison to see this."
    assert "change" not in next(table for table in of(Table, blocks)).frame.columns


def test_a_comparison_before_the_data_says_what_would_help(whole):
    blocks = overview(gather(ask(whole, comparison="year")), "en")
    charts = {chart.title: chart.missing for chart in of(Chart, blocks)}
    assert charts["Channels that moved most"].startswith(
        "There are no orders from 1 May 2025 to 30 May 2025."
    )


def test_a_comparison_that_begins_before_the_data_is_marked(whole):
    blocks = overview(gather(ask(whole, period=Period(date(2026, 4, 20), LAST))), "en")
    assert of(Warning, blocks)[0].text.startswith("The data begins on 1 Apr 2026")


def test_a_period_that_is_not_over_compares_with_as_many_days(whole):
    period = Period(date(2026, 5, 21), date(2026, 6, 19))
    data = gather(ask(whole, period=period))
    assert data.asked.elapsed.days == 10 and data.asked.against.days == 10
    blocks = overview(data, "en")
    assert blocks[0].note.endswith("(10 of 30 days so far)")
    assert len(data.daily) == 10


def test_by_refund_date_the_refund_moves(whole):
    first_weeks = Period(MAY.start, date(2026, 5, 15))
    by_order, by_refund = (
        card(overview(gather(ask(whole, period=first_weeks, basis=basis)), "en"), "net_revenue").value
        for basis in ("order", "refund")
    )
    assert (by_order, by_refund) == ("$720.00", "$750.00")


def test_a_quiet_shop_is_told_to_be_quiet(bare):
    days = Period(LAST - timedelta(days=4), LAST)
    blocks = overview(gather(ask(bare, period=days, comparison=days.previous())), "en")
    assert told(blocks)[-1].startswith("Nothing stands out")


def test_the_import_time_is_left_out_where_unknown(whole):
    blocks = overview(gather(ask(whole, shop=Shop(LAST, sample=True))), "en")
    assert "Last import" not in of(Source, blocks)[0].text
    assert "This is the sample shop" in of(Source, blocks)[0].text


def test_frames_of_tables_hold_only_the_shown_columns(shown):
    for table in of(Table, shown):
        assert table.frame.columns == [column.name for column in table.columns]
        assert isinstance(table.frame, pl.DataFrame)
