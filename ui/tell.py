"""A story on a page, and pages made of several parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from language import say
from stories.blocks import Block, Heading
from ui import data, detail, export
from ui.screen import Screen
from ui.show import show

Part = tuple[str, Callable[[Screen], None]]


def tell(screen: Screen, story: str, make: Callable[[], list[Block]], settings: tuple = (),
         controls: Mapping[str, Callable[[], None]] = {}) -> None:  # fmt: skip
    """Shows the blocks of a story, kept for all readers of the same view; its cards open their details.

    settings: what the story depends on beside the view. controls: what draws the widgets under a heading of
    the story, by its text.
    """
    screen.kept = (screen.opened and screen.key, story, screen.chosen, screen.lang, *settings)
    with st.spinner(say("Computing …", screen.lang)):
        found = data.blocks(screen.kept, make)
    screen.opens = detail.open_metric if screen.chosen else None
    if screen.opened:
        export.menu(screen, story, found)
    begun = 0
    for place, block in enumerate(found, 1):
        if isinstance(block, Heading) and block.text in controls:
            show(found[begun:place], screen)
            controls[block.text]()
            begun = place
    show(found[begun:], screen)
    screen.kept = ()  # what a page shows beside is no part of the story
    if screen.chosen:
        detail.details(screen, found)


def parts(screen: Screen, known: Mapping[str, Part]) -> None:
    """Lets the reader choose one part of a page, and draws only that; the link keeps the choice."""
    asked = st.query_params.get("part")
    st.session_state["part"] = asked if asked in known else next(iter(known))
    st.segmented_control(
        say("Part of the page", screen.lang),
        list(known),
        format_func=lambda name: known[name][0],
        key="part",
        required=True,
        label_visibility="collapsed",
        on_change=_chosen,
    )
    known[st.session_state["part"]][1](screen)


def _chosen() -> None:
    st.query_params["part"] = st.session_state["part"]
