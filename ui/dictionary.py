"""The dictionary on the screen: a search over the metrics and what is found."""

from __future__ import annotations

import streamlit as st

from language import say
from stories.dictionary import dictionary
from ui.screen import Screen
from ui.tell import tell


def panel(screen: Screen) -> None:
    """The link keeps what is searched for."""
    if "search" not in st.session_state:
        st.session_state["search"] = st.query_params.get("search", "")
    place = st.container()
    words = st.session_state["search"].strip()
    with place:
        st.text_input(
            say("Search", screen.lang),
            placeholder=say("Name, meaning or formula", screen.lang),
            key="search",
            icon=":material/search:",
            label_visibility="collapsed",
        )
    if words:
        st.query_params["search"] = words
    else:
        st.query_params.pop("search", None)
    tell(screen, f"dictionary {words}", lambda: dictionary(screen.lang, words))
