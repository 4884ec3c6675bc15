"""A clickstream with planted stories, imported as it is: each is told by a finding of a page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from cli import main
from loaders.store import Store
from metrics.period import Period
from stories import funnel, retention, traffic
from stories.blocks import Finding
from stories.report import flat
from tests.stories.shop import ask

CLICKS = Path(__file__).parents[3] / "shared" / "data" / "ecom_clickstream"
MAPPING = """
[shop]
timezone = "UTC"

[[events]]
[events.columns]
customer_id = "user_id"
session_id = "session_id"
happened_at = "timestamp"
device = "platform"
channel = "acquisition_channel"
[events.columns.event]
from = "event"
map = { product_view = "view" }
"""
WHOLE = Period(date(2024, 1, 1), date(2024, 6, 29))
STEPS = ("view", "cart", "shipping_details", "payment_details", "purchase")


@pytest.fixture(scope="module")
def clicks(tmp_path_factory) -> Store:
    if not CLICKS.exists():
        pytest.skip("the clicks of ecom_clickstream are not on this machine")
    room = tmp_path_factory.mktemp("clicks")
    (room / "clicks.toml").write_text(MAPPING)
    options = ["--option", f"mapping={room / 'clicks.toml'}", "--store", str(room / "store")]
    assert main(["import", str(CLICKS), *options]) == 0
    return Store(room / "store")


def told(blocks) -> list[str]:
    return [block.text for block in flat(blocks) if isinstance(block, Finding)]


def test_everything_is_loaded_but_exact_duplicates(clicks):
    rows = pl.read_csv(CLICKS / "ecom.csv.gz")
    assert len(rows) == 31_106
    assert clicks.manifest.tables["events"]["rows"] == len(rows.unique())


def test_the_bug_at_the_checkout_of_mobile_is_the_first_finding_of_the_funnel(clicks):
    """Planted on mobile from 13 April to 9 May: a page with the bug comes in place of the payment."""
    asked = ask(clicks, period=WHOLE)
    first = told(funnel.funnel(funnel.gather(asked, settings={"steps": STEPS}), "en"))[0]
    assert first.startswith("On **mobile** only 0.0% went on from shipping_details to **payment_details** on")


def test_days_of_failing_payments_and_of_the_bug_are_findings_of_the_traffic(clicks):
    found = told(traffic.traffic(traffic.gather(ask(clicks, period=WHOLE)), "en"))
    assert found[0].startswith(
        "**payment_error** came in **15.2%** of visits on 19 May – 8 Jun 2024, usually in 0.0%"
    )
    assert found[1].startswith("**support_chat** came in")
    assert found[2].startswith(
        "**checkout_bug** came in **3.7%** of visits on 13 Apr – 9 May 2024, usually in 0.0%"
    )


def test_the_spike_is_a_finding_of_the_traffic(clicks):
    """No channel or device had more visits than chance on any days; what rose is the share that buys."""
    found = told(traffic.traffic(traffic.gather(ask(clicks, period=WHOLE)), "en"))
    assert found[3].startswith("**purchase** came in **19.4%** of visits on 7–29 Jun 2024, usually in 11.3%")


def test_later_cohorts_come_back_more(clicks):
    found = told(retention.retention(retention.gather(ask(clicks, period=WHOLE)), "en"))
    (drift,) = [text for text in found if "Later cohorts" in text]
    assert "at another rate than earlier ones: 88.6%, before 78.7%" in drift
