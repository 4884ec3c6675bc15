"""The Export menu: what is on the screen comes out as a file, with its filters and in its language."""

from __future__ import annotations

import io
import json
import re

import pytest
from pptx import Presentation
from pypdf import PdfReader

from reports.reading import embedded
from tests.browser.conftest import visiting


@pytest.fixture
def visit(browser, server):
    with visiting(browser, server) as visit:
        yield visit


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_comes_out_as_pdf(visit, tmp_path, lang):
    visit.open(f"?lang={lang}&range=30d&channel=E-mail" if lang == "en" else "?lang=zh&range=30d")
    shown = visit.page.locator("[data-metric=net_revenue] .pl-value").first.inner_text()
    path = saved(visit, tmp_path, "PDF")
    reader = PdfReader(path)
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages))
    assert re.sub(r"\s", "", shown) in text
    assert ("Channel:E-mail" in text) == (lang == "en")
    claims = json.loads(reader.attachments["plumbline-claims.json"][0])
    assert claims["lang"] == lang and len(claims["claims"]) > 10


def test_the_data_page_comes_out_as_a_deck(visit, tmp_path):
    visit.open("data?lang=en")
    path = saved(visit, tmp_path, "PowerPoint")
    deck = Presentation(io.BytesIO(path.read_bytes()))
    assert deck.slides[0].shapes.title.text_frame.text == "Tables and imports"
    assert embedded(path)[1] == "pptx"


def saved(visit, tmp_path, kind: str):
    """Opens the menu, makes a file of that kind, saves it."""
    page = visit.page
    page.locator(".st-key-corner button").first.click()
    page.get_by_role("radio", name=kind, exact=True).click()
    visit.settle()
    page.locator("[class*='_make'] button").click()
    link = page.locator("[class*='_save'] button")
    link.wait_for(timeout=30_000)
    with page.expect_download() as waiting:
        link.click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path
