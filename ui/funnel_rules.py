"""The rules of a funnel, and funnels saved under a name. All of it is the link."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from language import say
from loaders.records import keep, records
from metrics.rules import DIMENSIONS
from stories.funnel_words import PRODUCTS, window
from stories.kpi import dimension
from ui import choose, data

OURS = (
    "steps", "order", "window_days", "optional", "exclude", "hold", "count", "grace_seconds", "by", "touch",
    "preset",
)  # fmt: skip
WINDOWS = ("0.5", "1", "3", "7", "14", "30", "90", "none")


def rules(lang: str) -> None:
    """Everything but the steps."""
    with st.grid(4, min_column_width=200, key="rules"):
        choose.one(
            "preset",
            say("Rules of", lang),
            {"": PRODUCTS["plumbline"], **{each: PRODUCTS[each] for each in PRODUCTS if each != "plumbline"}},
        )
        choose.one(
            "order",
            say("Order of the steps", lang),
            {
                "ordered": say("In order", lang),
                "strict": say("Nothing between", lang),
                "any": say("Any", lang),
            },
        )
        choose.one(
            "window_days",
            say("Time for all steps", lang),
            {each: window(None if each == "none" else float(each), lang) for each in WINDOWS},
            "7",
        )
        choose.one(
            "count",
            say("Counted are", lang),
            {
                "customers": say("Customers", lang),
                "sessions": say("Visits", lang),
                "totals": say("Attempts", lang),
            },
        )
        dimensions = {each: dimension(each, lang) for each in DIMENSIONS}
        choose.one("by", say("Compare", lang), {**dimensions, "none": say("None", lang)}, "device")
        choose.one(
            "touch",
            say("Value of the segment", lang),
            {"first": say("At the first step", lang), "step": say("At each step", lang)},
        )
        choose.several(
            "hold", say("The same throughout", lang), {**dimensions, "session": say("Visit", lang)}
        )
        choose.one(
            "grace_seconds",
            say("Counts as at once", lang),
            {"0": say("Same instant", lang), "2": say("Within 2 seconds", lang)},
        )


def saved_funnels(lang: str) -> None:
    """Opens, keeps and forgets funnels under a name."""
    known = records(data.path(), "funnel")
    with st.popover(say("Saved", lang), icon=":material/bookmark:", key="saved"):
        for each, link in known.items():
            with st.container(horizontal=True, vertical_alignment="center"):
                st.button(each, key=f"saved_open_{each}", type="tertiary", on_click=_open, args=(link,))
                st.button(
                    say("Forget", lang), icon=":material/delete:", key=f"saved_forget_{each}",
                    type="tertiary", on_click=keep, args=(data.path(), "funnel", each, None),
                )  # fmt: skip
        if not known:
            st.caption(
                say("Nothing is saved yet. The address of this page is a link to this funnel, too.", lang)
            )
        st.text_input(say("Name", lang), key="saved_name", max_chars=60)
        st.button(say("Save this funnel", lang), key="saved_save", on_click=_keep, type="primary")


def _keep() -> None:
    title = st.session_state["saved_name"].strip()
    if title:
        link = {each: st.query_params.get_all(each) for each in OURS if each in st.query_params}
        keep(data.path(), "funnel", title, link)


def _open(link: Mapping[str, list[str]]) -> None:
    for each in OURS:
        if each in link:
            st.query_params[each] = link[each]
        elif each in st.query_params:
            del st.query_params[each]
