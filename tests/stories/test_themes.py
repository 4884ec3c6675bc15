"""The story of themes on the sample shop: claims hold, the bad fortnight is told, nobody is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from metrics.period import Period
from stories import themes
from stories.blocks import Chart, Finding, Table, Warning
from stories.recompute import recompute
from stories.report import flat
from tests.stories.shop import ask

SPRING = Period(date(2026, 3, 25), date(2026, 5, 19))


@pytest.fixture(scope="module")
def asked(sample):
    return sample.ask(SPRING, "previous", {})


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_claim_holds(asked, lang):
    told = themes.themes(themes.gather(asked), lang)
    found = [claim for block in flat(told) if isinstance(block, Finding) for claim in block.claims]
    assert len(found) > 20
    for claim in found:
        again = recompute(claim, lambda period, how, where, basis: replace(asked, period=period))
        assert again == pytest.approx(claim.value), claim


def test_it_opens_with_what_costs_most_and_tells_the_bad_week(asked):
    data = themes.gather(asked)
    told = themes.themes(data, "en")
    first, *rest = [block for block in told if isinstance(block, Finding)]
    assert first.text.startswith("**Delivery, rated low**") and first.tone == "bad"
    assert any("rose in the week of 29 Apr – 5 May 2026" in each.text and each.tone == "bad" for each in rest)
    assert data.chosen == "delivery low"
    (trend,) = [block for block in told if isinstance(block, Chart) and block.kind == "line"]
    assert trend.unit == "percent" and any("Straits Courier" in mark.label for mark in trend.marks)


def test_the_chosen_theme_is_quoted_in_both_languages(asked):
    data = themes.gather(asked, chosen="service low")
    (quotes,) = [b for b in themes.themes(data, "zh") if isinstance(b, Table) and b.name == "theme_examples"]
    assert set(quotes.frame["lang"]) == {"英文", "中文"}
    assert "customer" not in quotes.frame.columns
    assert themes.gather(asked, chosen="nonsense").chosen == "delivery low"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_empty_states_speak(bare, asked, lang):
    for data in (themes.gather(ask(bare)), themes.gather(replace(asked, where={"region": ("Singapore",)}))):
        _, warning = themes.themes(data, lang)
        assert isinstance(warning, Warning) and warning.text and data.found is None
