"""Accessibility by axe-core: WCAG 2 A and AA, contrast included. What is Streamlit's own is named here."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.browser.conftest import visiting

AXE = Path(importlib.util.find_spec("axe_playwright_python").origin).parent / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
# Streamlit puts the headings of sections into its list of pages as if they were pages.
WHERE = {"exclude": [['[data-testid="stSidebarNavItems"]']]}
PAGES = ("", "?metric=net_revenue", "data", "data?part=import", "dictionary", "runs", "truths")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_breaks_a_rule(browser, server, scheme):
    broken = {}
    with visiting(browser, server, color_scheme=scheme, reduced_motion="reduce") as visit:
        for path in PAGES:
            visit.open(path)
            visit.page.evaluate(AXE.read_text())
            found = visit.page.evaluate("([where, rules]) => axe.run(where, rules)", [WHERE, RULES])
            for rule in found["violations"]:
                broken[path, rule["id"]] = [node["target"] for node in rule["nodes"]]
    assert broken == {}


def test_the_keyboard_reaches_what_matters_and_shows_where_it_is(browser, server):
    with visiting(browser, server) as visit:
        visit.open("")
        reached = set()
        for _ in range(40):
            visit.page.keyboard.press("Tab")
            reached.add(
                visit.page.evaluate(
                    """() => document.activeElement.closest('[class*="st-key-"]')
                             ?.className.match(/st-key-([\\w-]+)/)[1]"""
                )
            )
            outline = visit.page.evaluate(
                """() => { const card = document.activeElement.closest('[class*="st-key-opens-"] button');
                           return card ? getComputedStyle(card).outlineStyle : 'solid' }"""
            )
            assert outline == "solid"
    assert {"range", "open-net_revenue", "open-orders"} <= reached
