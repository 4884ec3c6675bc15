"""What surrounds every page: navigation, language, filters, how fresh and how good the data is."""

from __future__ import annotations

import gc
from functools import lru_cache
from pathlib import Path

import streamlit as st

from language import LANGUAGES, phrase, say
from ui import ahead, data, filters, look, status, welcome
from ui.screen import Screen

STATIC = Path(__file__).parent / "static"
PAGES = Path(__file__).parents[1] / "pages"
# Section → pages: the file's name, which is its address, the title, the icon.
SECTIONS = {
    "": [("overview", phrase("Overview"), "dashboard")],
    phrase("Behaviour"): [
        ("traffic", phrase("Traffic"), "monitoring"),
        ("funnel", phrase("Funnel"), "filter_alt"),
        ("retention", phrase("Retention"), "repeat"),
        ("paths", phrase("Paths"), "route"),
    ],
    phrase("Pricing and promotions"): [
        ("pricing", phrase("Pricing"), "price_change"),
        ("promotions", phrase("Promotions"), "sell"),
        ("coupons", phrase("Coupons"), "confirmation_number"),
        ("experiments", phrase("Experiments"), "science"),
    ],
    phrase("Service and satisfaction"): [
        ("satisfaction", phrase("Satisfaction"), "sentiment_satisfied"),
        ("drivers", phrase("Drivers"), "key_visualizer"),
        ("themes", phrase("Themes"), "forum"),
        ("service", phrase("Service"), "support_agent"),
        ("returns_delivery", phrase("Returns and delivery"), "local_shipping"),
        ("improvement", phrase("Improvement plan"), "task_alt"),
    ],
    phrase("Data"): [
        ("data", phrase("Tables and imports"), "database"),
        ("dictionary", phrase("Dictionary"), "menu_book"),
        ("runs", phrase("Report runs"), "schedule_send"),
        ("truths", phrase("Truths"), "verified"),
    ],
}


def run() -> None:
    """Draws the frame and the page that the address names."""
    lang = language()
    st.set_page_config(
        page_title="Plumbline",
        page_icon=str(STATIC / "icon.svg"),
        layout="wide",
        menu_items={"about": "Plumbline"},
    )
    look.style()
    logo = "logo-dark.svg" if _dark() else "logo-light.svg"
    st.logo(str(STATIC / logo), icon_image=str(STATIC / "icon.svg"), size="large")
    sections = _pages(lang)
    page = st.navigation(sections, position="sidebar", expanded=True)
    with st.sidebar.container(key="foot"):
        _switch(lang)
    st.session_state["pages"] = {
        each.url_path or "overview": each for pages in sections.values() for each in pages
    }
    page.run()
    _settle()
    ahead.passes()


def _pages(lang: str) -> dict[str, list]:
    sample = (key := data.key()) and data.truths(key)
    return {
        say(section, lang) if section else "": [
            st.Page(
                PAGES / f"{name}.py",
                title=say(title, lang),
                icon=f":material/{icon}:",
                url_path=name,
                default=name == "overview",
                visibility="hidden" if name == "truths" and not sample else "visible",
            )
            for name, title, icon in pages
        ]
        for section, pages in SECTIONS.items()
    }


def screen(page: str, with_filters: bool = False) -> Screen:
    """Opens a page: checks that the frame let it through, and draws what all pages share.

    with_filters: the page looks at the shop through the shared dates and filters, so it needs a store.
    """
    if "pages" not in st.session_state:
        st.error("This page was opened without its frame. Start the app with `streamlit run app.py`.")
        st.stop()
    lang, key = st.session_state["lang"], data.key()
    opened = Screen(page, lang, _dark(), (key, data.store(key)) if key else None)
    if with_filters and not key:
        welcome.panel(opened)
        st.stop()
    with st.container(key="top", horizontal=True, vertical_alignment="top"):
        opened.head = st.container(key="head", gap=None)
        if with_filters:
            opened.chosen = filters.bar(opened)
        opened.corner = st.container(key="corner", width="content")
    if key:
        status.line(opened)
    return opened


def _dark() -> bool:
    return st.context.theme.type == "dark"


def language() -> str:
    """The language of the link, else the one chosen before, else the browser's."""
    state = st.session_state
    asked = st.query_params.get("lang")
    if asked in LANGUAGES:
        state["lang"] = state["lang_chosen"] = asked
    elif "lang_chosen" in state:
        st.query_params["lang"] = state["lang_chosen"]  # another page was opened, which clears the link
    elif "lang" not in state:
        browser = (st.context.locale or "en").lower()
        state["lang"] = "zh" if browser.startswith("zh") else "en"
    return state["lang"]


def _switch(lang: str) -> None:
    st.session_state["language"] = lang
    st.segmented_control(
        say("Language", lang),
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key="language",
        required=True,
        label_visibility="collapsed",
        on_change=_switched,
    )


def _switched() -> None:
    st.query_params["lang"] = st.session_state["language"]


@lru_cache(maxsize=1)
def _settle() -> None:
    """Once, after the first run: moves what was made so far out of the garbage collector's sight.

    Streamlit collects fully after each run: 65-75 ms with our libraries loaded, 1 ms after this.
    """
    gc.collect()
    gc.freeze()
