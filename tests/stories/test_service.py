"""Stories of service, returns and delivery on the sample shop: what was planted is told, and every claim holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from metrics.period import Period
from stories import returns_delivery, service
from stories.blocks import Finding, Kpi, Table, Warning
from stories.named import named_report
from stories.recompute import recompute
from stories.report import flat
from tests.stories.shop import ask

QUARTER = Period(date(2026, 4, 1), date(2026, 6, 30))


@pytest.fixture(scope="module")
def asked(sample):
    """A quarter of the small sample shop, with its carrier's bad fortnight, wrong sizes and short staff."""
    return sample.ask(QUARTER, "previous", {})


def told(asked, lang="en"):
    return [
        *flat(service.service(service.gather(asked), lang)),
        *flat(returns_delivery.returns_delivery(returns_delivery.gather(asked), lang)),
    ]


def sentences(asked, lang="en") -> str:
    return "\n".join(block.text for block in told(asked, lang) if isinstance(block, Finding))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_claim_holds(asked, lang):
    blocks = told(asked, lang)
    found = [claim for block in blocks if isinstance(block, Finding) for claim in block.claims]
    found += [c for block in blocks if isinstance(block, Kpi) for c in (block.claim, *block.beside)]
    assert len(found) > 100
    for claim in found:
        again = recompute(claim, lambda period, how, where, basis: replace(asked, period=period))
        assert again == pytest.approx(claim.value), claim


def test_what_was_planted_is_told(asked):
    text = sentences(asked)
    assert "**Straits Courier**: of the parcels handed over on **21 Apr – 5 May 2026**" in text
    assert "first answers took longer" in text and "Jun 2026**" in text
    assert "**Star Supply** surely comes back more often" in text  # sells by a wrong size table
    assert "**E-mail** answers late most often" in text
    assert "This is an association, not proof of an effect." in text


def test_the_carriers_bad_fortnight_comes_first(asked, sample):
    """Second of the findings, after the share of all: the carrier, days that are the planted ones within three
    days, and the extra late parcels with an interval that holds those counted against the planted days.
    """
    (planted,) = (
        row
        for row in sample.table("incidents").collect().to_dicts()
        if row["name"] == "Straits Courier delays"
    )
    begun, over = (planted[each].date() for each in ("starts_at", "ends_at"))
    data = returns_delivery.gather(asked)
    blocks = flat(returns_delivery.returns_delivery(data, "en"))
    second = [block for block in blocks if isinstance(block, Finding)][1]
    row = data.found["delivery"].result.spells.row(0, named=True)
    assert second.text.startswith(
        "**Straits Courier**: of the parcels handed over on **21 Apr – 5 May 2026**"
    )
    assert abs((row["start"] - begun).days) <= 3 and abs((row["end"] - over).days) <= 3
    values = {claim.settings["cell"][1]: claim.value for claim in second.claims}
    assert 0 < values["extra_low"] < values["extra"] < values["extra_high"]
    assert str(round(values["extra"])) in second.text and "95% interval" in second.text
    sent = sample.table("shipments").filter(carrier="Straits Courier").with_columns(
        day=pl.col("shipped_at").dt.convert_time_zone(asked.shop.timezone).dt.date(),
        late=pl.col("delivered_at") > pl.col("promised_at"),
    ).filter(pl.col("day") <= asked.period.end).collect()  # fmt: skip
    bad = sent.filter(pl.col("day").is_between(begun, over))
    usual = sent.filter(pl.col("day") >= date(2026, 2, 4), ~pl.col("day").is_between(begun, over))
    extra = bad["late"].sum() - len(bad) * usual["late"].mean()
    assert values["extra_low"] < extra < values["extra_high"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_has_both_pages_and_its_summary_the_worst(asked, sample, lang):
    named = named_report("service")
    made = named.report(asked, named.gather(asked, ()), sample.facts(), lang)
    chapters = {chapter.part: chapter for chapter in made.chapters}
    assert {"summary", "figures", "section", "method", "suggestions", "appendix"} <= set(chapters)
    summary = [block.text for block in chapters["summary"].blocks if isinstance(block, Finding)]
    assert len(summary) == 6 and any("Straits Courier" in text for text in summary)
    pages = {block.text for block in told(asked, lang) if isinstance(block, Finding)}
    assert pages <= {block.text for block in made.blocks() if isinstance(block, Finding)}
    own = [block for block in made.blocks() if isinstance(block, Table)]
    own = [block for block in own if block.name.startswith(("service_", "delivery_", "returns_"))]
    assert len(own) > 15 and all(len(block.frame) <= 12 and len(block.columns) <= 10 for block in own)


def test_cards_agree_with_the_metrics(asked):
    """The same numbers as on the Overview."""
    blocks = told(asked)
    cards = {block.metric: block.claim.value for block in blocks if isinstance(block, Kpi)}
    metrics = asked.values(["on_time_rate", "return_rate"], asked.elapsed)
    assert cards["delivery_on_time"] == pytest.approx(metrics["on_time_rate"].value)
    assert cards["returns_units"] == pytest.approx(metrics["return_rate"].value)


def test_contact_rates_are_listed_by_product_seller_and_region(asked):
    (block,) = (b for b in told(asked) if isinstance(b, Table) and b.name == "service_contacts")
    assert set(block.frame["by"]) == {"Product name", "Seller", "Region"}
    row = block.frame.filter(of="Singapore").row(0, named=True)
    assert row["share"] == row["part"] / row["n"] and row["difference"] == pytest.approx(
        row["share"] - row["rest"]
    )
    groups = asked.values(["orders"], asked.elapsed, by=["region"])["orders"].groups
    counted = {each["region"]: each["value"] for each in groups}
    assert row["n"] == counted["Singapore"]  # the same orders as the metric


def test_filters_reach_every_part(asked):
    mine = replace(asked, where={"region": ["Singapore"]})
    blocks = told(mine)
    cards = {block.metric: block.claim.value for block in blocks if isinstance(block, Kpi)}
    metrics = mine.values(["on_time_rate", "return_rate"], mine.elapsed)
    assert cards["delivery_on_time"] == pytest.approx(metrics["on_time_rate"].value)
    assert cards["returns_units"] == pytest.approx(metrics["return_rate"].value)
    tables = {block.name: block for block in blocks if isinstance(block, Table)}
    assert tables["delivery_region"].frame["of"].to_list() == ["Singapore"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_empty_states(asked, bare, lang):
    quiet = replace(asked, period=Period(date(2025, 7, 1), date(2025, 7, 1)))
    for each in (quiet, ask(bare)):
        blocks = service.service(service.gather(each), lang)
        assert [type(block) for block in blocks[1:]] == [Warning]
        assert sentences(each, lang) == "" or each is quiet
    warnings = [b.text for b in told(ask(bare), lang) if isinstance(b, Warning)]
    assert any("tickets" in text for text in warnings) and any("shipments" in text for text in warnings)
