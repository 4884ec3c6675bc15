"""The paths' story, and the report of all stories of behaviour: each number can be computed again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.claims import shows
from stories import behaviour
from stories.blocks import Chart, Finding, Heading, Kpi, Table, Text, Warning
from stories.paths import gather, paths
from stories.recompute import recompute
from stories.report import flat
from tests.stories.shop import ask, build, more, orders
from tests.stories.visits import visits


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    return build(tmp_path_factory.mktemp("paths"), orders(), more(), visits())


def check(blocks, store, lang, least):
    claims = [replace(b.claim, printed=b.value) for b in blocks if isinstance(b, Kpi)]
    claims += [claim for b in blocks if isinstance(b, Finding) for claim in b.claims]

    def again(period, comparison, where, basis):
        return ask(store, period=period, comparison=comparison, where=where, basis=basis)

    assert len(claims) >= least
    for claim in claims:
        assert claim.value is not None and claim.value == recompute(claim, again)
        assert shows(claim.printed, claim.value, lang), claim


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_number_is_computed_again_and_shown_as_it_is(seen, lang):
    check(list(flat(paths(gather(ask(seen)), lang))), seen, lang, 7)


def test_forty_visits_by_hand(seen):
    blocks = list(flat(paths(gather(ask(seen)), "en")))
    told = "\n".join(b.text for b in blocks if isinstance(b, Finding | Text))
    assert "**14** of 40 visits came to purchase." in told
    assert "The most frequent way is **visit → view → checkout" not in told
    # 14 visits go over the cart and the checkout, and all of them buy; 12 end in the cart, 14 before it.
    assert "After **visit → view → cart → checkout** 100.0% come to purchase: +100.0 pp to all others" in told
    tables = {b.name: b for b in blocks if isinstance(b, Table)}
    assert tables["paths"].frame["n"].to_list() == [14, 14, 12]
    assert [b.kind for b in blocks if isinstance(b, Chart)] == ["flow", "heat"]


def test_customers_are_not_called_visits(seen):
    blocks = list(flat(paths(gather(ask(seen), (), {"within": "customer"}), "en")))
    told = "\n".join(b.text for b in blocks if isinstance(b, Finding | Text))
    assert "**14** of 40 customers came to purchase." in told and "visits came" not in told
    heads = {column.label for b in blocks if isinstance(b, Table) for column in b.columns}
    assert "Customers" in heads and "Visits" not in heads


def test_nobody_and_no_events(seen, tmp_path):
    for asked, told in (
        (ask(seen, where={"device": ["Tablet"]}), "Nobody took a step"),
        (ask(build(tmp_path, orders())), "needs the table events: import it"),
    ):
        found = [b for b in paths(gather(asked), "en") if isinstance(b, Warning)]
        assert told in found[-1].text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_of_behaviour_has_every_story(seen, lang):
    gathered = behaviour.collect(ask(seen))
    blocks = list(flat(behaviour.behaviour(gathered, lang)))
    titles = [b.text for b in blocks if isinstance(b, Heading) and b.level == 2]
    assert len([b for b in blocks if isinstance(b, Heading) and b.level == 1]) == 1
    assert {"en": ["Traffic", "Funnel", "Retention", "Paths"], "zh": ["流量", "漏斗", "留存", "路径"]}[
        lang
    ] == [
        title
        for title in titles
        if title in ("Traffic", "Funnel", "Retention", "Paths", "流量", "漏斗", "留存", "路径")
    ]
    assert 3 <= len(behaviour.brief(gathered, lang)) <= 6
    check(blocks, seen, lang, 25)
