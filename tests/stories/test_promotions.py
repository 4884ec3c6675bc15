"""Stories of promotions and coupons on the sample shop: cards add up, every claim holds, and empty states."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cli import main
from metrics.metric import BadQuestion
from metrics.period import Period
from stories import campaign, coupons, promotion_words, promotions
from stories.blocks import Finding, Heading, Table, Warning
from stories.promotion_card import waterfall
from stories.recompute import recompute
from stories.report import flat
from tests.stories.shop import ask

HALF = Period(date(2026, 1, 1), date(2026, 6, 30))


@pytest.fixture(scope="module")
def asked(sample):
    """Half a year of the small sample shop."""
    return sample.ask(HALF, "previous", {})


def claims(blocks):
    return [claim for block in flat(blocks) if isinstance(block, Finding) for claim in block.claims]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_claim_holds(asked, lang):
    data = promotions.gather(asked, chosen="spring")
    told = promotions.promotions(data, lang) + coupons.coupons(coupons.gather(asked), lang)
    found = claims(told)
    assert len(found) > 15
    for claim in found:
        again = recompute(claim, lambda period, how, where, basis: replace(asked, period=period))
        assert again == pytest.approx(claim.value), claim


def test_the_waterfall_ends_at_what_it_earned(asked):
    found = promotions.gather(asked, chosen="spring").found
    row = found.result.promotions.filter(promotion="spring").row(0, named=True)
    table = waterfall(found, row, "en").table
    steps, last = table[:-1], table[-1]
    assert steps["amount"].sum() == pytest.approx(last["amount"][0], abs=0.01 * len(steps))
    for i in range(1, len(steps)):
        assert steps["begins"][i] == pytest.approx(steps["begins"][i - 1] + steps["amount"][i - 1])


def test_all_promotions_of_the_days_are_in_the_calendar(asked):
    told = promotions.promotions(promotions.gather(asked), "en")
    (table,) = [block for block in told if isinstance(block, Table) and block.name == "promotions"]
    assert len(table.frame) == 9 and "Spring sale" in table.frame["name"].to_list()
    assert all(why.endswith(".") for why in table.frame["why"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_empty_states(asked, lang):
    quiet = replace(asked, period=Period(date(2025, 7, 1), date(2025, 7, 5)))
    filtered = replace(asked, where={"channel": ["Direct"]})
    for told in (
        promotions.promotions(promotions.gather(quiet), lang),
        promotions.promotions(promotions.gather(filtered), lang),
        coupons.coupons(coupons.gather(filtered), lang),
        campaign.campaign(campaign.collect(quiet), lang),
    ):
        assert [type(block) for block in told[1:]] == [Warning]


def test_the_report_is_of_one_promotion_that_can_be_read(asked):
    data = campaign.collect(asked)
    row = data.found.result.promotions.filter(promotion=data.chosen).row(0, named=True)
    assert row["lift"] is not None
    assert 3 <= len(campaign.brief(data, "en")) <= 6


def test_a_bare_shop_says_what_to_import(bare):
    asked = ask(bare)
    (warning,) = promotions.promotions(promotions.gather(asked), "en")[1:]
    assert "promotions" in warning.text
    (warning,) = coupons.coupons(coupons.gather(asked), "en")[1:]
    assert "coupons" in warning.text


def test_a_report_of_one_promotion(asked, capsys, tmp_path, sample):
    data = campaign.collect(asked, promotion="spring")
    assert data.chosen == "spring"
    assert any(isinstance(b, Heading) and b.text == "Spring sale" for b in campaign.campaign(data, "en"))
    with pytest.raises(BadQuestion, match="Did you mean spring"):
        campaign.collect(asked, promotion="sprig")
    board = ["report", "board", "--promotion", "spring", "--store", str(sample.store.path)]
    assert main([*board, "--out", str(tmp_path)]) == 2
    assert "of no single promotion" in capsys.readouterr().err


def test_what_a_service_request_costs_is_said(asked):
    for settings, said in (({}, "counted at $0.00"), ({"ticket_cost": 4.5}, "counted at $4.50")):
        assert said in promotion_words.method(promotions.gather(asked, settings=settings).found, "en")
