"""The style sheet: what Streamlit's theme has no setting for. Colours come from .streamlit/config.toml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from string import Template

import streamlit as st

ROLES = {
    "card": "backgroundColor",
    "page": "secondaryBackgroundColor",
    "text": "textColor",
    "muted": "grayTextColor",
    "border": "borderColor",
    "primary": "primaryColor",
    "good": "greenTextColor",
    "good_fill": "greenColor",
    "good_tint": "greenBackgroundColor",
    "bad": "redTextColor",
    "bad_fill": "redColor",
    "bad_tint": "redBackgroundColor",
    "warn": "orangeTextColor",
    "warn_tint": "orangeBackgroundColor",
    "neutral_tint": "grayBackgroundColor",
    "primary_tint": "blueBackgroundColor",
}


def style() -> None:
    """Puts the style sheet into the page. Dialogs lie outside .stApp, so the theme is told to all of it."""
    scheme = st.context.theme.type or "light dark"
    st.html(f"<style>:root {{ color-scheme: {scheme}; }} {_sheet()}</style>")


@lru_cache(maxsize=1)
def _sheet() -> str:
    colours = {
        role: f"light-dark({st.get_option(f'theme.light.{name}')}, {st.get_option(f'theme.dark.{name}')})"
        for role, name in ROLES.items()
    }
    return Template((Path(__file__).parent / "look.css").read_text()).substitute(colours)
