"""Saves the plan of a test, under a name and from a first day on; read out on the page Experiments."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from language import say
from loaders.loader import BadInput
from loaders.records import keep, records
from metrics.experiment import Experiment
from metrics.period import DAY
from ui import data
from ui.screen import Screen


def form(screen: Screen, plan: Experiment, key: str) -> None:
    """A row of name, first day and button. key: tells several of a page apart."""
    lang, tomorrow = screen.lang, data.days(screen.key)[1] + DAY
    try:
        known = records(data.path(), "plans")
    except BadInput as problem:
        st.error(say(str(problem), lang))
        return
    named, of = f"keep_{key}_name", f"keep_{key}_of"
    if named not in st.session_state or st.session_state.get(of) != plan.name:
        st.session_state[named] = st.session_state[of] = plan.name  # of another plan, another name
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"keep-{key}"):
        title = st.text_input(say("Name", lang), key=named, max_chars=60).strip()
        start = st.date_input(
            say("First day", lang), plan.start or tomorrow, key=f"keep_{key}_start", format="YYYY-MM-DD"
        )
        st.button(
            say("Save this test", lang), key=f"keep_{key}", type="primary", icon=":material/science:",
            disabled=not title or start is None, on_click=_keep, args=(plan, key),
        )  # fmt: skip
    if st.session_state.pop(f"kept_{key}", False):
        st.success(say("Saved. It is read out on the page Experiments when its days have data.", lang))
    elif title in known:
        st.caption(say("A test of this name is kept already: saving takes its place.", lang))


def _keep(plan: Experiment, key: str) -> None:
    title, start = st.session_state[f"keep_{key}_name"].strip(), st.session_state[f"keep_{key}_start"]
    named = replace(plan, name=title, start=start, salt=title if plan.units == "customers" else "")
    keep(data.path(), "plans", title, named.record())
    st.session_state[f"kept_{key}"] = True
