"""Lets the reader choose another product, and opens who counts by its rules or by ours alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import polars as pl
import streamlit as st

from language import say
from metrics.funnel import Preset
from stories.asked import Asked
from stories.blocks import Heading
from stories.funnel_words import PRODUCTS
from ui import card, care, choose
from ui.screen import Screen
from ui.show import show

PRODUCT = "rules_beside"  # the product, in the link


def panel(screen: Screen, asked: Asked, differing: Callable[[Preset], pl.Series]) -> None:
    """differing: of a product, the codes of the customers who count by one of the two rules alone."""
    lang = screen.lang
    show([Heading(say("Who makes the difference", lang), level=2)], screen)
    others = {each: label for each, label in PRODUCTS.items() if each != "plumbline"}
    product = choose.one(PRODUCT, say("Between our rules and those of", lang), {"": "–", **others})
    if product:
        title = say("By our rules or those of {product} alone", lang, product=others[product])
        opened = st.dialog(card.plain(title), width="large", position="right", on_dismiss=_close)
        opened(_inside)(screen, asked, differing, cast(Preset, product))


def _close() -> None:
    st.query_params.pop(PRODUCT, None)


def _inside(screen: Screen, asked: Asked, differing: Callable[[Preset], pl.Series], product: Preset) -> None:
    care.panel(screen, asked, differing(product), say("Customers who make the difference", screen.lang))
