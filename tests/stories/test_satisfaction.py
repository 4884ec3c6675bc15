"""The stories of satisfaction and its drivers on the sample shop: claims hold, nothing is pooled, empty states."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from metrics.period import Period
from stories import drivers, satisfaction
from stories.blocks import Chart, Finding, Kpi, Table, Warning
from stories.recompute import recompute
from stories.report import flat
from tests.stories.shop import ask

SPRING = Period(date(2026, 4, 2), date(2026, 6, 30))


@pytest.fixture(scope="module")
def asked(sample):
    return sample.ask(SPRING, "previous", {})


def claims(blocks):
    found = []
    for block in flat(blocks):
        if isinstance(block, Finding):
            found += block.claims
        if isinstance(block, Kpi):
            found += [block.claim, *block.beside]
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_claim_of_satisfaction_holds(asked, lang):
    told = satisfaction.satisfaction(satisfaction.gather(asked), lang)
    found = claims(told)
    assert len(found) > 30
    for claim in found:
        again = recompute(claim, lambda period, how, where, basis: replace(asked, period=period))
        assert again == pytest.approx(claim.value), claim


def test_cards_are_of_online_answers_and_pooling_is_said(asked):
    told = satisfaction.satisfaction(satisfaction.gather(asked), "en")
    cards = [block for block in told if isinstance(block, Kpi)]
    assert [card.label for card in cards] == ["NPS, online", "CSAT, online", "CES, online"]
    said = [block.text for block in told if isinstance(block, Finding)]
    assert said[0].startswith("Weighted to all customers, NPS is **+") and "design effect" in said[0]
    assert any(text.startswith("By phone against online: NPS differs by +") for text in said)
    pooled = satisfaction.satisfaction(satisfaction.gather(asked, settings={"mode": "pooled"}), "en")
    assert next(block for block in pooled if isinstance(block, Kpi)).label == "NPS, all ways together"
    assert "Ways of asking are pooled" in pooled[-1].text


def test_the_late_are_surely_worse_and_what_is_at_risk_is_ranked(asked):
    told = list(flat(satisfaction.satisfaction(satisfaction.gather(asked), "en")))
    tables = {block.name: block.frame for block in told if isinstance(block, Table)}
    late = tables["satisfaction_groups"].filter(pl.col("of") == "arrived late").row(0, named=True)
    assert late["by"] == "Delivery" and late["sure"] == "surely worse"
    assert tables["at_risk"]["issue"][0] == "Would not recommend (0 to 6)"
    risks = tables["at_risk"]["at_risk"].drop_nulls().to_list()
    assert risks == sorted(risks, reverse=True)
    margins = tables["weighting"]
    assert (margins["base"] - margins["weighted"]).abs().max() < 1e-6
    trends = [block for block in told if isinstance(block, Chart) and block.kind == "line"]
    assert [len(chart.table) for chart in trends] == [12, 12, 12]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("outcome", ["csat", "nps"])
def test_every_claim_of_drivers_holds(asked, outcome, lang):
    told = drivers.drivers(drivers.gather(asked, settings={"outcome": outcome}), lang)
    found = claims(told)
    assert len(found) >= 8
    for claim in found:
        again = recompute(claim, lambda period, how, where, basis: replace(asked, period=period))
        assert again == pytest.approx(claim.value), claim


def test_drivers_are_ranked_on_a_map(sample):
    year = sample.ask(Period(date(2025, 7, 1), date(2026, 6, 30)), "none", {})
    told = list(flat(drivers.drivers(drivers.gather(year), "en")))
    table = next(block for block in told if isinstance(block, Table)).frame
    assert table["driver"].to_list()[:2] == ["quality", "delivery"]
    assert dict(table.select("driver", "priority").rows())["quality"] == "Keep up"
    chart = next(block for block in told if isinstance(block, Chart) and block.kind == "scatter")
    assert chart.lines == (pytest.approx(0.2), pytest.approx(chart.table["good"].mean()))
    assert "association, not a cause" in next(block for block in told if isinstance(block, Finding)).text


def test_noise_is_said_to_be_noise(asked):
    """Ratings that were dealt out anew go with nothing: no importance, no map, no priorities."""
    shuffled = pl.col("score").shuffle(seed=3).over("measure", "question")
    scan = asked.tables
    noise = replace(asked, results=None, tables=lambda name: (
        scan(name).sort("answer_id").with_columns(shuffled) if name == "surveys" else scan(name)))  # fmt: skip
    told = list(flat(drivers.drivers(drivers.gather(noise), "en")))
    (finding,) = [block for block in told if isinstance(block, Finding)]
    assert finding.text.startswith("**No driver stands out.**") and finding.action
    assert not [block for block in told if isinstance(block, Chart)]
    (table,) = [block for block in told if isinstance(block, Table)]
    assert "importance" not in table.frame.columns


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_empty_states(asked, bare, lang):
    filtered = replace(asked, where={"channel": ["Direct"]})
    before = replace(asked, period=Period(date(2024, 1, 1), date(2024, 1, 31)))
    for each in (filtered, before, ask(bare)):
        told = satisfaction.satisfaction(satisfaction.gather(each), lang)
        assert len(told) == 2 and isinstance(told[1], Warning) and told[1].text[-1] in ".。"
        told = drivers.drivers(drivers.gather(each), lang)
        assert len(told) == 2 and isinstance(told[1], Warning) and told[1].text[-1] in ".。"
