"""Pricing's story on the sample shop: every claim holds, what is recommended, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from metrics.elasticity_tables import TESTS
from metrics.period import Period
from stories import pricing
from stories.blocks import Finding, Table, Warning
from stories.price_simulator import TITLE, nearest, options, prices, start
from stories.recompute import recompute
from stories.report import flat
from tests.stories.shop import ask

QUARTER = Period(date(2026, 4, 2), date(2026, 6, 30))


@pytest.fixture(scope="module")
def asked(sample):
    """A quarter of the small sample shop; whatever is asked twice is computed once."""
    return sample.ask(QUARTER, "previous", {})


@pytest.fixture(scope="module")
def data(asked):
    return pricing.gather(asked)


def told(data, lang="en"):
    return list(flat(pricing.pricing(data, lang)))


def table(data, name):
    return next(block for block in told(data) if isinstance(block, Table) and block.name == name)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_claim_holds(asked, data, lang):
    found = [c for block in told(data, lang) if isinstance(block, Finding) for c in block.claims]
    assert len(found) > 20
    for claim in found:
        again = recompute(claim, lambda period, how, where, basis: replace(asked, period=period))
        assert again == pytest.approx(claim.value), claim


def test_what_is_recommended_is_sure_and_not_against_the_rule(data):
    result = data.found.result
    rows = table(data, "price_moves").frame
    first = result.products.filter("sure", ~result.products["against"]).sort("profit_more", descending=True)
    assert result.moves == len(first) > 3
    assert rows["name"].head(len(first)).to_list() == first["name"].to_list()
    assert set(rows["verdict"].head(len(first))) == {"Move it"}
    findings = " ".join(block.text for block in told(data) if isinstance(block, Finding))
    assert all(name in findings for name in first["name"].head(3))
    assert first["name"][4] not in findings
    assert (result.products.filter("sure")["profit_more_low"] > 0).all()


def test_the_simulator_starts_at_the_best_price_and_stays_within_what_was_seen(data):
    found = data.found
    assert data.product == next(iter(options(found)))
    for product in list(options(found))[:20]:
        row = found.result.products.filter(product=product).row(0, named=True)
        known = prices(found, product)
        assert row["lowest"] <= known[0] and known[-1] <= row["highest"] and row["price"] in known
        assert known[nearest(found, product, None)] == start(found, product)


def test_a_price_that_was_never_seen_is_not_simulated(asked, data):
    far = pricing.gather(asked, product=data.product, price=9999.0)
    (warning,) = [block for block in told(far) if isinstance(block, Warning)]
    assert "$9,999.00 lies outside" in warning.text
    known = prices(data.found, data.product)
    assert f" at ${known[-1]:,.2f} instead of" in " ".join(
        b.text for b in told(far) if isinstance(b, Finding)
    )


def test_todays_price_changes_nothing(asked, data):
    now = data.found.result.products.filter(product=data.product)["price"].item()
    same = pricing.gather(asked, product=data.product, price=now)
    assert f"${now:,.2f} is today's price." in [b.text for b in told(same) if isinstance(b, Finding)]


def test_the_test_that_is_told_is_the_cheapest_that_would_do(data):
    """Where none is sharp enough, the sharpest."""

    def told_of(*rows):
        tests = pl.DataFrame(
            [(name, 9, 12, 0.15, slope, risk, "") for name, slope, risk in rows], TESTS, orient="row"
        )
        result = replace(data.found.result, tests=tests)
        return pricing.findings(replace(data.found, result=result), "en")[-1].action

    assert told_of(("Home", 0.9, 80.0), ("Pets", 1.0, 50.0), ("Toys", 1.1, 9.0)).startswith("Test Pets")
    assert "with a margin of $50.00 at risk" in told_of(("Home", 0.9, 80.0), ("Pets", 1.0, 50.0))
    assert told_of(("Home", 6.0, 1.0), ("Pets", 2.0, 50.0)).startswith("Test Pets")
    assert "at risk" not in told_of(("Home", 0.9, None))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_empty_states(asked, bare, lang):
    filtered = pricing.gather(replace(asked, where={"channel": ["Direct"]}))
    assert [type(block) for block in told(filtered, lang)[1:]] == [Warning]
    early = pricing.gather(replace(asked, period=Period(date(2020, 1, 1), date(2020, 1, 31))))
    assert [type(block) for block in told(early, lang)[1:]] == [Warning]
    quiet = pricing.gather(ask(bare))  # two products whose prices never moved, no rivals, no promotions
    blocks = told(quiet, lang)
    assert not quiet.product and len(blocks) > 8
    assert len(pricing.brief(quiet, lang)) >= 1
    assert not [block for block in blocks if getattr(block, "text", "") == TITLE]


def test_without_rivals_and_without_costs(asked):
    def tables(name):
        return None if name == "competitor_prices" else asked.tables(name)

    none = pricing.gather(replace(asked, tables=tables, results=None))
    blocks = told(none)
    assert "needs the table competitor_prices" in " ".join(getattr(b, "text", "") for b in blocks).lower()
    assert not [b for b in blocks if isinstance(b, Table) and b.name == "price_index"]
    assert none.found.result.moves > 3

    def costless(name):
        found = asked.tables(name)
        return found.drop("unit_cost", strict=False) if name in ("order_lines", "products") else found

    bare = replace(asked, tables=costless, results=None)
    first = pricing.gather(bare)
    none = pricing.gather(bare, product=first.product, price=prices(first.found, first.product)[0])
    texts = " ".join(b.text for b in told(none) if isinstance(b, Finding))
    assert "import unit costs" in texts and "revenue a week" in texts


def test_on_paper_tables_are_short(data):
    blocks = list(flat(pricing.REPORT.blocks(data, "en")))
    sizes = {block.name: block.frame.shape for block in blocks if isinstance(block, Table)}
    assert sizes["pricing"] == (30, 10) and sizes["price_moves"][0] <= 30
    assert 3 <= len(pricing.brief(data, "en")) <= 6
