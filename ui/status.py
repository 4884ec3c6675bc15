"""How fresh and how good the data is, in one line under a page's heading."""

from __future__ import annotations

import streamlit as st

from language import numbers, say
from ui import card, data
from ui.screen import Screen


def line(screen: Screen) -> None:
    """Draws the last day of the data, whether it is the sample shop, and how many checks failed."""
    lang = screen.lang
    failed = sum(check.severity == "bad" and check.count > 0 for check in data.checks(screen.key))
    labels = [say("Data to {day}", lang, day=numbers.day(data.days(screen.key)[1], lang))]
    if screen.shop.sample:
        labels.append(say("Sample shop", lang))
    with st.container(horizontal=True, key="status", gap="xsmall", vertical_alignment="center"):
        st.html(card.badges([("neutral", label) for label in labels]), width="content")
        if not failed:
            st.html(card.badges([("good", say("Data checks passed", lang))]), width="content")
        elif screen.page == "data":
            st.html(card.badges([("bad", _failed(failed, lang))]), width="content")
        else:
            st.page_link(
                st.session_state["pages"]["data"], label=_failed(failed, lang), icon=":material/error:"
            )


def _failed(n: int, lang: str) -> str:
    return say("1 data check failed", lang) if n == 1 else say("{n} data checks failed", lang, n=n)
