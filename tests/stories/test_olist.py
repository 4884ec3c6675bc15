"""Olist's sample end to end: imported by the ready mapping, its published figures told, and in the report.

Skipped where the data is absent: its licence is not that of this project, so it is not here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from scipy import stats

from language import numbers
from loaders.importing import import_delivery
from loaders.loader import choose
from metrics.period import Period
from reports.shop import opened
from stories.blocks import Finding, Kpi, Warning
from stories.named import named_report
from stories.recompute import recompute
from stories.report import flat
from stories.returns_delivery import gather, returns_delivery

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "olist_sample"
pytestmark = pytest.mark.skipif(
    not FOLDER.exists(), reason="needs Olist's sample in ../shared/data/olist_sample"
)


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    folder = tmp_path_factory.mktemp("olist")
    loader, _ = choose(str(FOLDER), {})
    import_delivery(folder, loader.open(str(FOLDER), {}), loader=loader.name, now=datetime.now(UTC))
    return opened(folder)


@pytest.fixture(scope="module")
def asked(there):
    """Every day: parcels come and reviews are written weeks after the last order."""
    return there.ask(Period(there.first, date(2018, 12, 31)), "none", {})


@pytest.fixture(scope="module")
def data(asked):
    return gather(asked)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_published_figures_are_told(data, lang):
    text = "\n".join(b.text for b in flat(returns_delivery(data, lang)) if isinstance(b, Finding))
    assert "**8.07%**" in text and "4,858" in text
    assert "**4.119**" in text and "4,988" in text
    cards = {b.metric: b.claim.value for b in flat(returns_delivery(data, lang)) if isinstance(b, Kpi)}
    assert round(1 - cards["delivery_on_time"], 4) == 0.0807


def test_lateness_goes_with_stars_by_a_count_of_its_own(data):
    """Orders, reviews and days read from the files, apart from the app's own way; what never came is late."""
    table = {
        name: pl.read_csv(FOLDER / f"olist_{name}_dataset.csv", infer_schema=False)
        for name in ("orders", "order_reviews")
    }
    moment = pl.col("order_delivered_customer_date", "order_estimated_delivery_date").str.to_datetime(
        "%m/%d/%Y %H:%M"
    )
    came, promised = pl.col("order_delivered_customer_date"), pl.col("order_estimated_delivery_date")
    orders = table["orders"].with_columns(moment).drop_nulls("order_delivered_carrier_date")
    orders = orders.filter(came.is_not_null() | (pl.col("order_status") != "canceled"))
    orders = orders.with_columns(late=came.fill_null(pl.datetime(2018, 12, 31)) > promised)
    stars = table["order_reviews"].group_by("order_id").agg(pl.col("review_score").cast(pl.Float64).mean())
    known = orders.join(stars, on="order_id")
    late, fine = (known.filter(late=side)["review_score"] for side in (True, False))
    row = data.found["delivery"].result.effects.filter(outcome="review").row(0, named=True)
    assert (row["late_n"], row["on_time_n"]) == (len(late), len(fine))
    peer = stats.ttest_ind(late, fine, equal_var=False)
    assert row["raw"] == pytest.approx(late.mean() - fine.mean())
    assert (row["raw_low"], row["raw_high"]) == pytest.approx(tuple(peer.confidence_interval(0.95)))
    assert row["effect_high"] < -1  # within region and week too
    said = "\n".join(b.text for b in flat(returns_delivery(data, "en")) if isinstance(b, Finding))
    assert f"**{numbers.difference(row['effect'], 'number', 'en')}** stars" in said
    assert "This is an association, not proof of an effect." in said


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_has_them_and_every_number_holds(there, asked, lang):
    """A shop without tickets, carriers and returns: each is said, and the rest is there."""
    named = named_report("service")
    made = named.report(asked, named.gather(asked, ()), there.facts(), lang)
    text = "\n".join(block.text for block in made.blocks() if isinstance(block, Finding))
    assert "**8.07%**" in text and "**4.119**" in text
    warnings = [block.text for block in made.blocks() if isinstance(block, Warning)]
    assert any("tickets" in each for each in warnings) and any("returns" in each for each in warnings)
    assert len(made.claims()) > 20
    for claim in made.claims():
        again = recompute(claim, there.ask)
        assert again == pytest.approx(claim.value), claim
