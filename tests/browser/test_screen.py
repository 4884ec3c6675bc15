"""The app in a real browser: every page, both languages, light and dark, wide and on a phone."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import visiting

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PAGES = ("", "data", "dictionary", "runs", "truths")
PARTS = tuple(f"data?part={part}" for part in ("quality", "quarantine", "import", "versions"))
HEADINGS = {"en": "Overview", "zh": "总览"}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_page_opens(browser, server, size, scheme, lang):
    locale = {"en": "en-US", "zh": "zh-CN"}[lang]
    with visiting(browser, server, viewport=size, color_scheme=scheme, locale=locale) as visit:
        parts = PARTS if (scheme, lang) == (("light", "en") if size is WIDE else ("dark", "zh")) else ()
        for path in PAGES + parts:
            visit.open(path)
            assert visit.page.locator("h1").count() == 1, path
            assert visit.page.locator("[data-testid=stException]").count() == 0, path
            wide = visit.page.evaluate(
                "[...document.querySelectorAll('html, [data-testid=stMain]')]"
                ".map(box => box.scrollWidth - box.clientWidth)"
            )
            assert max(wide) <= 1, f"{path} scrolls sideways by {wide}"
        outside = [url for url in visit.asked if not url.startswith((server.url, "data:", "blob:"))]
        assert outside == []


def test_a_sample_store_leads_to_its_truths(browser, server):
    with visiting(browser, server) as visit:
        visit.open("")
        visit.page.get_by_role("link", name="Truths").click()
        expect(visit.page.locator("h1")).to_have_text("Truths")
        visit.page.wait_for_selector(".js-plotly-plot .main-svg", timeout=60_000)
        chosen = visit.page.locator(".st-key-topic input")
        before = chosen.input_value()
        chosen.click()
        visit.page.get_by_role("option").nth(3).click()
        expect(visit.page).to_have_url(re.compile("topic="))
        visit.settle()
        again = chosen.input_value()
        assert again != before
        visit.page.reload()
        visit.settle()
        assert chosen.input_value() == again


def test_words_follow_the_browser_and_the_link(browser, server):
    with visiting(browser, server, locale="zh-CN") as visit:
        visit.open("")
        expect(visit.page.locator("h1")).to_have_text(HEADINGS["zh"])
        visit.open("?lang=en")
        expect(visit.page.locator("h1")).to_have_text(HEADINGS["en"])


def test_the_language_switch_keeps_the_view(browser, server):
    with visiting(browser, server) as visit:
        visit.open("?range=30d&channel=E-mail")
        before = visit.page.locator(".pl-kpi").first.get_attribute("data-metric")
        visit.page.get_by_role("button", name="简体中文").or_(
            visit.page.get_by_role("radio", name="简体中文")
        ).click()
        expect(visit.page.locator("h1")).to_have_text(HEADINGS["zh"])
        visit.settle()
        assert parameters(visit) == {"range": ["30d"], "channel": ["E-mail"], "lang": ["zh"]}
        assert visit.page.locator(".pl-kpi").first.get_attribute("data-metric") == before


def parameters(visit) -> dict[str, list[str]]:
    return parse_qs(urlsplit(visit.page.url).query)


def figures(visit) -> list[str]:
    return visit.page.locator(".pl-value").all_inner_texts()


def test_filters_are_in_the_link_and_the_link_reproduces_the_view(browser, server):
    with visiting(browser, server) as visit:
        visit.open("")
        whole = figures(visit)
        visit.page.get_by_text("30d", exact=True).click()
        expect(visit.page).to_have_url(re.compile("range=30d"))
        visit.settle()
        visit.page.get_by_role("button", name="Filters").click()
        visit.page.locator(".st-key-where_channel input").click()
        visit.page.get_by_role("option", name="E-mail").click()
        expect(visit.page).to_have_url(re.compile("channel=E-mail"))
        visit.settle()
        visit.page.keyboard.press("Escape")
        chosen, link = figures(visit), visit.page.url
    assert chosen != whole
    with visiting(browser, server) as other:
        other.open(link.removeprefix(f"{server.url}/"))
        assert figures(other) == chosen
        assert other.page.url == link


def test_another_page_and_back_keeps_the_view(browser, server):
    with visiting(browser, server) as visit:
        visit.open("?range=180d&basis=refund")
        before = figures(visit)
        visit.page.get_by_role("link", name="Dictionary").click()
        expect(visit.page).to_have_url(re.compile("/dictionary"))
        visit.settle()
        visit.page.get_by_role("link", name="Overview").click()
        expect(visit.page).to_have_url(re.compile("range=180d"))
        visit.settle()
        assert figures(visit) == before
        assert parameters(visit) == {"range": ["180d"], "basis": ["refund"]}


def test_a_link_that_makes_no_sense_says_so(browser, server):
    with visiting(browser, server) as visit:
        visit.open("?range=soon&region=Mars&compare=7&from=x&metric=none")
        expect(visit.page.get_by_text("region=Mars")).to_be_visible()
        assert parameters(visit) == {}


def test_reset_brings_everything_back(browser, server):
    with visiting(browser, server) as visit:
        visit.open("?range=7d&compare=none&basis=refund")
        visit.page.get_by_role("button", name="Filters").click()
        visit.settle()
        visit.page.get_by_role("button", name="Reset").click()
        visit.page.wait_for_function("() => !location.search")
        visit.settle()


def test_a_key_figure_opens_its_details_by_keyboard(browser, server):
    with visiting(browser, server) as visit:
        visit.open("")
        label = visit.page.locator(".pl-label").first.inner_text()
        value = visit.page.locator(".pl-value").first.inner_text()
        visit.page.get_by_role("button", name=re.compile(f"^{re.escape(label)}:")).focus()
        visit.page.keyboard.press("Enter")
        dialog = visit.page.get_by_role("dialog")
        expect(dialog).to_contain_text(label)
        visit.settle()
        expect(dialog).to_contain_text(value)
        expect(dialog).to_contain_text("Formula")
        assert dialog.locator("[data-testid=stPlotlyChart]").count() == 1
        assert dialog.locator(".pl-bars > li").count() >= 2
        assert parameters(visit)["metric"]
        visit.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        visit.page.wait_for_function("() => !location.search")


@pytest.mark.parametrize("width", [1440, 800, 390])
def test_each_card_lies_under_its_button(browser, server, width):
    with visiting(browser, server, viewport={"width": width, "height": 900}) as visit:
        visit.open("")
        boxes = visit.page.evaluate(
            """() => ['.pl-kpis > .pl-kpi', '[class*="st-key-opens-"] button'].map(which =>
                 [...document.querySelectorAll(which)].map(each => { const { x, y, width, height } =
                   each.getBoundingClientRect(); return [x, y, width, height].map(Math.round) }))"""
        )
        assert len(boxes[0]) == 12 and boxes[0] == boxes[1]


def test_bars_are_as_long_as_their_values_and_grow_from_one_zero(browser, server):
    with visiting(browser, server) as visit:
        visit.open("")
        for places in visit.page.evaluate(
            """() => [...document.querySelectorAll('.pl-bars')].map(list =>
                 [...list.querySelectorAll('li')].map(row => { const bar = row.querySelector('i').getBoundingClientRect();
                   return [row.className, Math.round(bar.left), Math.round(bar.right)] }))"""
        ):
            zeros = [left if tone == "pl-good" else right for tone, left, right in places]
            assert max(zeros) - min(zeros) <= 2
            assert max(right - left for _, left, right in places) > 60


def test_a_link_can_open_the_details(browser, server):
    with visiting(browser, server) as visit:
        visit.open("?metric=orders")
        expect(visit.page.get_by_role("dialog")).to_contain_text("Orders")


def test_charts_can_be_read_aloud(browser, server):
    with visiting(browser, server) as visit:
        visit.open("")
        charts = visit.page.locator("[data-testid=stPlotlyChart], .pl-bars")
        assert charts.count() == 4
        for i in range(charts.count()):
            named = charts.nth(i).locator("xpath=ancestor-or-self::*[@aria-label]").last
            assert len(named.get_attribute("aria-label")) > 5


def test_a_table_is_downloaded_as_csv(browser, server, tmp_path):
    with visiting(browser, server) as visit:
        visit.open("data?part=quarantine")
        visit.page.locator("[class*=st-key-get-quarantine] button").first.click()
        with visit.page.expect_download() as download:
            visit.page.get_by_role("button", name="CSV", exact=True).click()
        download.value.save_as(tmp_path / "rows.csv")
        rows = pl.read_csv(tmp_path / "rows.csv")
        assert len(rows) > 0 and "raw" not in rows.columns and "rule" in rows.columns
