"""The summary of a report: what moved, the plan, the largest worry, and what may be chance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stories import sure
from stories.attention import attention
from stories.changes import what_changed
from stories.gather import CARDS, gather
from stories.plan import judged, on_plan
from stories.recompute import recompute
from stories.summary import summary
from tests.stories.shop import ask


@pytest.fixture(scope="module")
def data(whole):
    return gather(ask(whole))


def told(data, lang="en"):
    return summary(data, what_changed(data, lang), attention(data, lang), lang)


def test_it_tells_the_change_the_plan_and_the_largest_worry(data):
    found = told(data)
    assert 3 <= len(found) <= 6
    assert found[0].text.startswith("Net revenue rose by **$270.00** (+22.5%) to **$1,470**.")
    assert found[1].text == "Targets met: **1 of 2**. Missed: net revenue $1,470 (target $3,000)."
    assert found[1].tone == "neutral"
    assert found[2].text.startswith(
        "**Orders** rose from 120 to **150** (+25.0%). 95% interval of the change: "
    )
    assert any("out of stock" in each.text for each in found)
    assert not any(each.text in found[0].text for each in found[1:])


def test_every_number_of_it_can_be_computed_again(data, whole):
    def again(period, comparison, where, basis):
        return ask(whole, period=period, comparison=comparison, where=where, basis=basis)

    for finding in [*told(data), *attention(data, "en")]:
        for claim in finding.claims:
            assert recompute(claim, again) == pytest.approx(claim.value), (finding.text, claim.source)
            assert claim.printed and claim.printed in finding.text + finding.effect, claim


def test_a_change_that_every_day_agrees_on_has_an_interval_of_one_point(data):
    assert data.intervals["orders"] == (30.0, 30.0)
    assert sure.is_sure(data.intervals["orders"])
    assert data.groups["channel"].intervals["Email"] == pytest.approx((600.0, 600.0))
    assert not sure.is_sure((-1.0, 2.0)) and not sure.is_sure(None)


def test_distinct_counts_and_ratios_of_other_bases_have_no_interval_by_days(data):
    assert {"buyers", "roas", "margin_rate"}.isdisjoint(data.intervals)


def test_the_ends_of_a_count_are_whole():
    assert sure.ends_of("orders", (-29.6, 288.2), "en", "USD") == ("−30", "+288")
    assert sure.ends_of("conversion_rate", (-0.0041, 0.0068), "en", "USD") == ("−0.4 pp", "+0.7 pp")


def test_without_targets_there_is_no_word_of_a_plan(bare):
    data = gather(ask(bare))
    assert on_plan(data, "en") is None and judged(ask(bare)) == {}
    assert not any("Targets" in each.text for each in told(data))


def test_what_may_be_chance_is_told_in_one_sentence(data):
    shaky = dict.fromkeys(("orders", "average_order_value", "return_rate"), (-1.0, 2.0))
    found = told(replace(data, intervals={**data.intervals, **shaky}))
    (one,) = [each for each in found if each.text.startswith("Within what days differ anyway")]
    assert "orders 120 → 150 (−1 to +2)" in one.text and "average order value $10.00 → $10.00" in one.text
    assert one.tone == "neutral" and len(found) <= 6


def test_the_plan_is_what_the_cards_say(data, whole):
    assert {name: each.met for name, each in judged(ask(whole)).items()} == {
        name: data.plan[name].met for name in CARDS
    }
