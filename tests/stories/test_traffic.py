"""The traffic's story: its numbers are those of the data, and each can be computed again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.claims import shows
from stories.blocks import Finding, Kpi, Table, Text, Warning
from stories.recompute import recompute
from stories.report import flat
from stories.traffic import gather, traffic
from tests.stories.shop import ask, build, more, orders
from tests.stories.visits import visits


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    return build(tmp_path_factory.mktemp("traffic"), orders(), more(), visits())


def texts(blocks) -> str:
    return "\n".join(b.text for b in flat(blocks) if isinstance(b, Finding | Text | Warning))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_number_is_computed_again_and_shown_as_it_is(seen, lang):
    blocks = list(flat(traffic(gather(ask(seen)), lang)))
    claims = [replace(b.claim, printed=b.value) for b in blocks if isinstance(b, Kpi)]
    claims += [claim for b in blocks if isinstance(b, Finding) for claim in b.claims]

    def again(period, comparison, where, basis):
        return ask(seen, period=period, comparison=comparison, where=where, basis=basis)

    assert len(claims) > 8
    for claim in claims:
        assert claim.value is not None and claim.value == recompute(claim, again)
        assert shows(claim.printed, claim.value, lang), claim


def test_forty_visits_by_hand(seen):
    blocks = traffic(gather(ask(seen)), "en")
    cards = {b.metric: b.value for b in flat(blocks) if isinstance(b, Kpi)}
    assert cards == {
        "traffic_visits": "40", "traffic_visitors": "40", "traffic_bounce": "0.0%", "traffic_pages": "2.00",
    }  # fmt: skip
    told = texts(blocks)
    assert "**100.0%** of 40 visitors were never seen before" in told
    tables = {b.name: b for b in flat(blocks) if isinstance(b, Table)}
    rows = {row["segment"]: row for row in tables["traffic_segments"].frame.to_dicts()}
    assert (rows["Mobile"]["n"], rows["Mobile"]["bought"], rows["Desktop"]["bought"]) == (20, 0.1, 0.6)
    assert tables["traffic_surges"].missing == "there are too few days to know what is usual"
    assert tables["traffic_pages"].missing == "needs the column page in the table events: import it"


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ({"device": ["Tablet"]}, "Nobody visited on these days"),
        ({"category": ["Home"]}, "Visits are not recorded by Category"),
    ],
)
def test_what_cannot_be_shown_says_why(seen, where, told):
    blocks = traffic(gather(ask(seen, where=where)), "en")
    assert told in texts(blocks)


def test_without_events_it_says_what_to_import(tmp_path):
    blocks = traffic(gather(ask(build(tmp_path, orders()))), "en")
    assert texts(blocks) == "needs the table events: import it"


def test_lengths_of_visits_wherever_they_end(seen):
    told = texts(traffic(gather(ask(seen)), "en"))
    assert "half last longer than" in told
    asked = ask(seen)
    cut = {each: gather(asked, (), each).sessions.result for each in (None, 0.01, 600.0)}
    assert cut[None].n == 40 and cut[0.01].n > cut[None].n >= cut[600.0].n
    heads = [b.note for b in traffic(gather(asked, (), 60.0), "zh") if hasattr(b, "note")]
    assert any("静默 60 分钟后访问结束" in note for note in heads)
