"""The Funnel page in a browser: to the planted fault, through the builder, to the customers behind a bar."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import visiting

BARS = ".js-plotly-plot .bars .point path"


def test_the_checkout_fault_is_one_click_away(browser, server):
    with visiting(browser, server) as visit:
        visit.open("")
        visit.page.get_by_role("link", name="Funnel").click()
        finding = visit.page.locator("ul.pl-findings li").first
        expect(finding).to_contain_text("On Mobile only", timeout=60_000)
        told = finding.inner_text()
        found = re.search(
            r"to purchase on 12–14 May 2026.*about (\d+) orders lost \(95% interval (\d+) to (\d+)\)", told
        )
        assert found, told
        lost, low, high = map(int, found.groups())
        assert 0 < low <= lost <= high


def test_a_click_on_a_bar_opens_who_is_lost(browser, server):
    with visiting(browser, server) as visit:
        visit.open("funnel")
        visit.page.locator(BARS).nth(3).click(force=True)
        dialog = visit.page.get_by_role("dialog")
        expect(dialog).to_contain_text("came to checkout and no further", timeout=30_000)
        expect(dialog).to_contain_text("Customers to look after")
        expect(visit.page).to_have_url(re.compile("at=4"))
        visit.page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()


def test_steps_are_added_filtered_saved_and_shared(browser, server):
    with visiting(browser, server) as visit:
        shown = visit.page
        visit.open("funnel?steps=visit&steps=cart&steps=purchase")
        steps = shown.locator(".pl-steps")
        expect(steps).to_have_text("visit → cart → purchase")
        shown.get_by_text("Steps and rules").click()
        shown.locator(".st-key-steps_add button").click()
        expect(steps).to_have_text("visit → cart → purchase → view")
        visit.settle()
        shown.locator(".st-key-steps_arrow_upward_3 button").click()
        expect(steps).to_have_text("visit → cart → view → purchase")
        visit.settle()
        shown.locator(".st-key-optional_2 label").click()
        expect(shown).to_have_url(re.compile("optional=view"))
        visit.settle()
        shown.get_by_role("button", name="Saved").click()
        shown.get_by_label("Name").fill("Carts")
        shown.get_by_label("Name").press("Enter")
        visit.settle()
        shown.get_by_role("button", name="Save this funnel").click()
        visit.settle()
        shared = shown.url
    with visiting(browser, server, locale="zh-CN") as other:
        other.page.goto(shared)
        other.settle()
        expect(other.page.locator(".pl-steps")).to_have_text("访问 → 加购 → 浏览商品 → 购买")
        other.open("funnel")
        other.page.get_by_role("button", name="已保存").click()
        other.page.get_by_role("button", name="Carts").first.click()
        expect(other.page.locator(".pl-steps")).to_have_text("访问 → 加购 → 浏览商品 → 购买")


def test_a_link_with_a_step_that_cannot_be_read_shows_the_usual_funnel(browser, server):
    with visiting(browser, server) as visit:
        visit.open("funnel?steps=visit&steps=vi[ew")
        expect(visit.page.locator("[data-testid=stToast]")).to_contain_text("A step is an event")
        expect(visit.page.locator(".pl-steps")).to_have_text("visit → view → cart → checkout → purchase")


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_on_a_phone_nothing_is_wider_than_the_screen(browser, server, locale):
    with visiting(browser, server, locale=locale, viewport={"width": 390, "height": 844}) as visit:
        visit.open("funnel")
        wide = visit.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390
