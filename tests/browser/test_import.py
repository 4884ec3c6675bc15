"""From an empty server to a shop: the first page, an upload, and what readers see after it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import serving, visiting

ORDERS = "order_id,ordered_at,customer_id,channel\n" + "".join(
    f"o{i},2026-03-{1 + i % 28:02}T10:00:00Z,c{i % 7},{'Email' if i % 2 else 'Social'}\n" for i in range(56)
)
LINES = "order_id,product_id,units,unit_price,discount\n" + "".join(
    f"o{i},p{i % 3},2,12.50,5\n" for i in range(56)
)
BAD = "o1,p9,0,1.00,0\no2,p9,x,1.00,0\n"


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    folder = tmp_path_factory.mktemp("empty")
    with serving(folder / "store", folder / "log") as running:
        yield running


def upload(visit, files):
    visit.page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "text/csv", "buffer": text.encode()} for name, text in files.items()]
    )
    start = visit.page.locator(".st-key-import_start button")
    expect(start).to_be_enabled()
    visit.settle()
    start.click()


def test_a_new_app_becomes_a_shop_by_an_upload(browser, empty):
    with visiting(browser, empty) as visit:
        visit.open("")
        expect(visit.page.locator("h1")).to_have_text("Welcome to Plumbline")
        expect(visit.page.get_by_role("button", name="Build the sample shop")).to_be_visible()
        upload(visit, {"orders.csv": ORDERS, "order_lines.csv": LINES + BAD})
        expect(visit.page.locator("h1")).to_have_text("Overview")
        visit.settle()
        card = visit.page.locator(".pl-kpi[data-metric=net_revenue] .pl-value")
        expect(card).to_have_text("$1,120")  # 56 × (2 × 12.50 − 5)
        missing = visit.page.locator(".pl-kpi[data-metric=on_time_rate] .pl-missing")
        expect(missing).to_contain_text("needs the table shipments: import it")
        shown = visit.page
        expect(shown.get_by_role("link", name="Truths")).to_be_hidden()

        shown.get_by_role("link", name="Tables and imports").click()
        visit.settle()
        visit.open("data?part=quarantine")
        expect(shown.get_by_text("The first 2 of 2 rows.")).to_be_visible()


def test_a_second_import_is_seen_without_a_restart(browser, empty):
    with visiting(browser, empty) as visit:
        visit.open("data?part=import")
        upload(visit, {"orders.csv": ORDERS, "order_lines.csv": LINES.replace("12.50", "22.50")})
        expect(visit.page.get_by_text("is current")).to_be_visible()
        visit.open("")
        expect(visit.page.locator(".pl-kpi[data-metric=net_revenue] .pl-value")).to_have_text("$2,240")
        visit.open("data?part=versions")
        visit.page.locator(".st-key-versions_restore button").click()
        expect(visit.page.get_by_text("Version 1 is current.")).to_be_visible()
        visit.open("")
        expect(visit.page.locator(".pl-kpi[data-metric=net_revenue] .pl-value")).to_have_text("$1,120")


def test_what_cannot_be_read_is_told_in_one_sentence(browser, empty):
    with visiting(browser, empty) as visit:
        visit.open("data?part=import")
        upload(visit, {"orders.csv": "order_id,ordred_at\n1,2\n"})
        expect(visit.page.locator("[data-testid=stAlert]")).to_contain_text("ordered_at")
