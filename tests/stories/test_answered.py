"""Numbers of analyses: cited, computed again, and told from what events cannot answer."""

import json
from dataclasses import asdict

import polars as pl
import pytest

from metrics.attempts import attempts
from metrics.funnel import ended
from metrics.rules import Rules
from stories.answered import answer, of_events
from stories.blocks import Claim
from stories.care import care_list
from stories.recompute import recompute
from tests.stories.shop import LAST, MAY, ask, build, more, orders
from tests.stories.visits import visits

STEPS = ("visit", "cart", "purchase")


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    return build(tmp_path_factory.mktemp("seen"), orders(), more(), visits())


def test_a_number_of_an_analysis_is_computed_again_from_its_claim(seen):
    found = answer(ask(seen), "funnel", steps=STEPS, by="device", window_days=3.0)
    told = [
        found.claim("35 %", "steps", "of_first", step=3),
        found.claim("20", "segments", "n", segment="Mobile"),
        found.claim("40", "summary", "n"),
    ]
    assert [each.value for each in told] == [14 / 40, 20, 40]

    def again(period, comparison, where, basis):
        return ask(seen, period=period, comparison=comparison, where=where, basis=basis)

    for claim in told:
        kept = Claim(**json.loads(json.dumps(asdict(claim))))  # as it is embedded in a file
        assert recompute(kept, again) == claim.value
        assert recompute(Claim(**{**vars(kept), "where": {"device": ["Tablet"]}}), again) != claim.value


def test_a_row_that_is_not_there_has_no_number(seen):
    found = answer(ask(seen), "funnel", steps=STEPS, by="device")
    assert found.value("segments", "n", segment="Tablet") is None
    assert found.value("segments", "n", segment=None) is None


def test_results_are_remembered_where_there_is_a_memory(seen):
    asked, times = ask(seen), []

    def results(*asking):
        times.append(asking)
        return "the result"

    kept = ask(seen, where={"device": ["Mobile"]}, results=results)
    assert answer(kept, "funnel", steps=STEPS).result == "the result"
    assert times == [("funnel", MAY, (("device", ("Mobile",)),), (("steps", "visit,cart,purchase"),))]
    assert asked.results is None


def test_filters_that_events_do_not_have_are_left_out_and_told(seen):
    asked, told = of_events(ask(seen, where={"category": ["Home"], "device": ["Mobile"]}), "en")
    assert asked.where == {"device": ["Mobile"]} and "Category" in told[0].text
    assert of_events(asked, "en") == (asked, [])


def test_a_care_list_has_only_those_who_agreed(seen):
    found = attempts(seen.frame, None, Rules(STEPS), MAY, LAST)
    table = care_list(ask(seen), ended(found, 1), "Lost after the visit", "en")
    # Without a cart: V10 … V19 and V36 … V39. Those who agreed: every fourth from V1.
    expected = {"V13", "V17", "V37"}
    assert table.missing and "Fewer than 5" in table.missing  # three point at people
    everybody = care_list(ask(seen), found["customer"], "All", "en")
    assert not everybody.missing and expected < set(everybody.frame["customer_id"])
    assert set(everybody.frame["customer_id"]) == {f"V{n}" for n in range(1, 40, 4)}
    assert "10 of 40" in everybody.note and "tier" in everybody.frame.columns


def test_without_accounts_there_is_no_care_list(tmp_path):
    bare = build(tmp_path, orders(), {"events": visits()["events"]})
    table = care_list(ask(bare), pl.Series([0, 1, 2, 3, 4, 5]), "All", "en")
    assert "needs the table customers" in table.missing
