"""The funnel's story: its numbers are those of the data, each can be computed again, nothing is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from metrics.rules import Rules
from reports.claims import shows
from stories.blocks import Chart, Finding, Kpi, Row, Table, Text, Warning
from stories.funnel import funnel, gather
from stories.lost import who
from stories.recompute import recompute
from stories.report import flat
from tests.stories.shop import ask, build, more, orders
from tests.stories.visits import visits


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    return build(tmp_path_factory.mktemp("funnel"), orders(), more(), visits())


def texts(blocks) -> str:
    return "\n".join(b.text for b in flat(blocks) if isinstance(b, Finding | Text | Warning))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_number_is_computed_again_and_shown_as_it_is(seen, lang):
    blocks = list(flat(funnel(gather(ask(seen)), lang)))
    claims = [replace(b.claim, printed=b.value) for b in blocks if isinstance(b, Kpi)]
    claims += [claim for b in blocks if isinstance(b, Finding) for claim in b.claims]

    def again(period, comparison, where, basis):
        return ask(seen, period=period, comparison=comparison, where=where, basis=basis)

    assert len(claims) > 10
    for claim in claims:
        assert claim.value is not None and claim.value == recompute(claim, again)
        assert shows(claim.printed, claim.value, lang), claim


def test_forty_visitors_by_hand(seen):
    blocks = funnel(gather(ask(seen)), "en")
    told = texts(blocks)
    assert "Of 40 who began with visit, **35.0%** came to purchase (95% interval 22.1% to 50.5%)." in told
    assert "The narrowest step is **checkout**: 53.8% of those before it take it" in told  # 14 of 26
    assert "**Desktop** comes through more often than the others: 60.0%, a difference of +50.0 pp" in told
    cards = {b.metric: b.value for b in flat(blocks) if isinstance(b, Kpi)}
    assert cards["funnel_began"] == "40" and cards["funnel_through"] == "14"
    assert cards["funnel_conversion"] == "35.0%"
    charts = [b for b in flat(blocks) if isinstance(b, Chart)]
    assert [chart.kind for chart in charts] == ["funnel", "interval"]
    assert charts[0].table["n"].to_list() == [40, 40, 26, 14, 14]
    names = {b.name for b in flat(blocks) if isinstance(b, Table)}
    assert names == {"funnel_steps", "funnel_segments", "funnel_definitions"}


def test_other_rules_are_told_and_have_no_six_definitions(seen):
    steps = ("visit", "cart[device=Mobile|Desktop]", "purchase")
    chosen = {"steps": steps, "count": "totals", "preset": "mixpanel", "hold": ("device",)}
    blocks = funnel(gather(ask(seen), (), chosen), "en")
    told = texts(blocks)
    assert "These are the rules of Mixpanel." in told and "Every attempt counts" in told
    assert "Events within 2 seconds count as at once." in told
    assert "The same throughout an attempt: device." in told
    (first, *_) = [b for b in flat(blocks) if isinstance(b, Chart)]
    assert first.table["step"].to_list() == ["visit", "cart (device: Mobile, Desktop)", "purchase"]
    assert not [b for b in flat(blocks) if isinstance(b, Table) and b.name == "funnel_definitions"]


@pytest.mark.parametrize(
    ("where", "settings", "told"),
    [
        ({"device": ["Tablet"]}, {}, "Nobody began on these days"),
        ({}, {"steps": ("visit", "view[colour=red]")}, "Events have no column colour"),
        ({"category": ["Home"]}, {}, "Visits are not recorded by Category: that filter is left out here."),
    ],
)
def test_what_cannot_be_shown_says_why(seen, where, settings, told):
    blocks = funnel(gather(ask(seen, where=where), (), settings), "en")
    assert told in texts(blocks)
    assert funnel(gather(ask(seen, where=where), (), settings), "zh")


def test_without_events_it_says_what_to_import(tmp_path):
    blocks = funnel(gather(ask(build(tmp_path, orders()))), "en")
    assert texts(blocks) == "needs the table events: import it"


def test_who_is_lost_after_the_view(seen):
    found = who(ask(seen), Rules(("visit", "view", "cart", "purchase")), 2, "en")
    told = texts(found)
    assert "**14** of 40 came to view and no further." in told  # 10 of Mobile, 4 of Desktop
    (table,) = [b for b in found if isinstance(b, Table)]
    rows = {row["segment"]: row for row in table.frame.filter(by="Device").to_dicts()}
    assert (rows["Mobile"]["n"], rows["Mobile"]["lost"], rows["Desktop"]["lost"]) == (20, 10, 4)
    assert rows["Mobile"]["apart"] == "+30.0 pp"
    assert all(isinstance(b, Finding | Table | Row) for b in found)
