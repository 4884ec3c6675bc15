"""The dictionary has every metric, in both languages, and finds them."""

from __future__ import annotations

import pytest

from metrics.metric import REGISTRY
from stories.blocks import Heading, Text, Warning
from stories.dictionary import dictionary, entry


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_metric_is_explained(lang):
    blocks = dictionary(lang)
    assert len([block for block in blocks if isinstance(block, Text)]) == len(REGISTRY)
    names = [block.note for block in blocks[1:] if isinstance(block, Heading)]
    assert sorted(names) == sorted(REGISTRY) and names[0] == "net_revenue"


def test_an_entry_has_formula_example_and_uses():
    told = entry(REGISTRY["return_rate"], "en")
    assert "**Formula:** units returned ÷ units sold" in told
    assert "**Example:** " in told and "→ " in told
    assert "**Better:** lower" in told
    assert "a card of the Overview" in told and "the table of categories" in told


def test_the_example_shows_the_declared_answer():
    assert "→ 4.00×" in entry(REGISTRY["roas"], "en")
    assert "方向" not in entry(REGISTRY["ad_spend"], "zh")  # neither more nor less is better


def test_search_reads_names_and_meanings_in_the_readers_language():
    assert any(block.note == "nps" for block in dictionary("zh", "净推荐") if isinstance(block, Heading))
    assert any(block.note == "nps" for block in dictionary("en", "PROMOTER") if isinstance(block, Heading))
    (_, warning) = dictionary("en", "zzz")
    assert isinstance(warning, Warning) and "“zzz”" in warning.text
