"""An HTML report in a browser without a network: alone, interactive, dark, on a phone, on paper."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from charts.theme import theme
from reports.html import html
from reports.shop import opened
from tests.reports.conftest import told
from tests.stories.shop import build, more, orders


@pytest.fixture(scope="module", params=["en", "zh"])
def report(request, tmp_path_factory):
    store = tmp_path_factory.mktemp("printed")
    build(store, orders(), more())
    made = told(opened(str(store)), "board", request.param)
    path = store / "report.html"
    path.write_bytes(html(made))
    return made, path


@contextmanager
def reading(
    browser: Browser, path: Path, wide: int = 1440, scheme: str = "light"
) -> Iterator[tuple[Page, list[str]]]:
    """The file in a new tab that has no network, and what was asked of others or went wrong."""
    context = browser.new_context(
        viewport={"width": wide, "height": 900},
        color_scheme=scheme,
        offline=True,  # type: ignore[arg-type]
    )
    page, wrong = context.new_page(), list[str]()
    page.on("request", lambda one: None if re.match(r"(file|data|blob):", one.url) else wrong.append(one.url))
    page.on("pageerror", lambda problem: wrong.append(str(problem)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page.goto(path.as_uri())
    page.locator(".chart .main-svg").first.wait_for()
    try:
        yield page, wrong
    finally:
        context.close()


def test_it_stands_alone_and_its_charts_answer(browser, report):
    made, path = report
    with reading(browser, path) as (page, wrong):
        charts = page.locator(".chart")
        assert charts.count() == page.locator(".chart:has(.main-svg)").count() > 3
        first = charts.first
        first.scroll_into_view_if_needed()
        box = first.bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6)
        page.locator(".hoverlayer text").first.wait_for()
        titles = page.locator("h2").all_inner_texts()
        assert titles == [chapter.title for chapter in made.chapters]
        assert page.locator("nav a").all_inner_texts() == titles
        assert wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_readers_light_or_dark(browser, report, scheme):
    own = theme(scheme == "dark")
    with reading(browser, report[1], scheme=scheme) as (page, wrong):
        ground, ink = page.evaluate(
            "['background-color', 'color'].map(name => getComputedStyle(document.body).getPropertyValue(name))"
        )
        assert (hexed(ground), hexed(ink)) == (own.page.upper(), own.text.upper())
        line = page.locator(".chart .js-line").last.evaluate("line => getComputedStyle(line).stroke")
        assert hexed(line) in map(str.upper, (own.primary, *own.categorical, own.muted))
        assert wrong == []


def hexed(color: str) -> str:
    return "#" + "".join(f"{int(part):02X}" for part in re.findall(r"\d+", color)[:3])


@pytest.mark.parametrize("wide", [360, 390, 768])
def test_a_narrow_page_needs_no_scrolling_sideways(browser, report, wide):
    with reading(browser, report[1], wide) as (page, wrong):
        assert page.evaluate("document.documentElement.scrollWidth") <= wide
        outside = page.evaluate(
            """wide => [...document.querySelectorAll('main *')].filter(each => !each.closest('.scroll')
            && each.getBoundingClientRect().right > wide + 1).map(each => each.outerHTML.slice(0, 90))""",
            wide,
        )
        assert outside == [] and wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_prints_in_light_colours_with_whole_charts(browser, report, scheme):
    made, path = report
    with reading(browser, path, scheme=scheme) as (page, wrong):
        file = page.pdf(format="A4", print_background=True)
        pages = [each.extract_text() for each in PdfReader(io.BytesIO(file)).pages]
        text = tight("".join(pages))
        places = [text.index(tight(chapter.title)) for chapter in made.chapters[1:]]
        assert all(place >= 0 for place in places) and min(len(tight(each)) for each in pages) > 60
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        cards = page.evaluate(
            """[...document.querySelectorAll('.chart')].map(each =>
            [each.querySelector('.main-svg').getBoundingClientRect().right,
             each.closest('.card').getBoundingClientRect().right])"""
        )
        assert all(chart <= card for chart, card in cards)
        assert hexed(page.evaluate("getComputedStyle(document.body).color")) == theme(False).text.upper()
        assert wrong == []


def tight(text: str) -> str:
    return re.sub(r"\s", "", text)
