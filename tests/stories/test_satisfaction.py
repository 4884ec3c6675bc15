"""The stories of satisfaction and its drivers on the sample shop: claims hold, nothing is pooled, empty states."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from loaders.importing import import_delivery
from loaders.store import Store
from metrics.period import Period
from stories import drivers, satisfaction, satisfaction_report
from stories.blocks import Chart, Finding, Kpi, Table, Warning
from stories.named import last_quarter
from stories.recompute import recompute
from stories.report import flat
from tests.loaders.reading import opened as opened_folder
from tests.loaders.reading import put
from tests.loaders.shop import NOW
from tests.stories.shop import ask, build, more, orders

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


def test_a_plain_export_of_a_survey_has_its_numbers_in_the_story(tmp_path):
    """Sixty answers in May beside the hand-made shop: 40 promoters, 8 detractors, 45 of 60 content. In April
    nobody would have recommended it."""
    rows = ["Respondent ID,End Date,nps,csat,order,How do you rate? [Delivery],How do you rate? [Price]"]
    for i in range(60):
        nps, good = (9 if i < 40 else 7 if i < 52 else 3), i < 45
        rows.append(
            f"C{150 + i},2026-05-2{i % 9} 10:00,{nps},{5 if good else 3},O{150 + i},{5 if good else 2},{1 + i % 5}"
        )
    rows += [f"C{i},2026-04-1{i % 9} 10:00,2,2,O{i},2,3" for i in range(30)]
    store = build(tmp_path / "store", orders(), more()).path
    delivery = opened_folder(put(tmp_path, {"d/answers.csv": "\n".join(rows)}) / "d")
    import_delivery(store, delivery, loader="folder", now=NOW)
    told = satisfaction.satisfaction(satisfaction.gather(ask(Store(store))), "en")
    cards = {block.label: block for block in flat(told) if isinstance(block, Kpi)}
    assert cards["NPS, online"].value == "+53.3" and cards["CSAT, online"].value == "75.0%"
    assert "60 answers" in cards["NPS, online"].compared
    who = next(block for block in told if isinstance(block, Table) and block.name == "satisfaction_response")
    assert who.frame["value"].to_list() == [None] and who.note.startswith("Nobody is recorded")
    rose = next(block for block in told if isinstance(block, Finding) and "In May 2026 NPS" in block.text)
    assert "changed by **+153.3** from the month before" in rose.text and rose.tone == "good"
    chart = next(
        block for block in flat(told) if isinstance(block, Chart) and block.title.startswith("Recommendation")
    )
    assert [(mark.start, mark.label) for mark in chart.marks] == [(date(2026, 5, 1), "+153.3")]
    found = drivers.drivers(drivers.gather(ask(Store(store))), "en")
    table = next(block for block in found if isinstance(block, Table)).frame
    assert dict(table.select("driver", "good").rows())["Delivery"] == pytest.approx(0.75)
    assert table["driver"][0] == "Delivery"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_has_it_all_and_its_summary_is_short(sample, lang):
    first, last = date(2025, 7, 1), date(2026, 6, 30)
    period, how = last_quarter(first, last, "monday")
    assert (period, how) == (Period(date(2026, 4, 1), last), "previous")
    assert last_quarter(date(2026, 6, 5), last, "monday")[0] == Period(date(2026, 6, 5), last)
    data = satisfaction_report.collect(sample.ask(period, how, {}))
    told = list(flat(satisfaction_report.report(data, lang)))
    names = {block.name for block in told if isinstance(block, Table)}
    assert {"drivers", "at_risk", "satisfaction_modes", "satisfaction_response", "weighting"} <= names
    assert {block.kind for block in told if isinstance(block, Chart)} == {
        "line", "interval", "scatter", "bar",
    }  # fmt: skip
    brief = satisfaction_report.brief(data, lang)
    assert 3 <= len(brief) <= 6 and len({each.text for each in brief}) == len(brief)
    nothing = satisfaction_report.collect(sample.ask(Period(date(2024, 1, 1), date(2024, 1, 31)), how, {}))
    assert (
        len(satisfaction_report.report(nothing, lang)) == 2 and satisfaction_report.brief(nothing, lang) == []
    )
