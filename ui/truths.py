"""The truths of the sample shop on the screen: all methods, then one topic with what was planted there."""

from __future__ import annotations

import streamlit as st

from language import say
from stories import recovery, truths
from ui import data, export
from ui.screen import Screen
from ui.show import show
from ui.tell import tell


def panel(screen: Screen) -> None:
    """The link keeps the topic and the measure. A shop whose truths nobody knows gets an explanation."""
    known = data.truths(screen.key) if screen.opened else None
    if not known:
        show(truths.nothing(screen.lang), screen)
        return
    with st.spinner(say("Running every method on this shop …", screen.lang)):
        rows = data.recovered(screen.key)
    lang, named = screen.lang, data.plan_names(screen.key)
    head = tell(screen, "truths", lambda: truths.overview(known, rows, lang, screen.shop.currency), False)
    topics = truths.topics(known)
    labels = {each: say(truths.TOPICS[each], lang) if each in truths.TOPICS else each for each in topics}
    topic = _chosen("topic", say("Topic", lang), labels)
    methods = tell(screen, f"truths {topic}", lambda: recovery.topic(known, rows, topic, named, lang), False)
    measures = {each: truths.measured(each, lang) for each in truths.measures(known, topic)}
    measure = _chosen("measure", say("What was planted", lang), measures)
    story = f"truths-{topic}-{measure}"
    planted = tell(screen, story, lambda: truths.planted(known, topic, measure, named, lang), False)
    export.menu(screen, story, [*head, *methods, *planted])


def _chosen(what: str, label: str, options: dict[str, str]) -> str:
    """One of the options, kept in the link."""
    asked = st.query_params.get(what)
    st.session_state[what] = asked if asked in options else next(iter(options))
    st.selectbox(
        label, list(options), format_func=options.__getitem__, key=what, on_change=_picked, args=(what,)
    )
    return st.session_state[what]


def _picked(what: str) -> None:
    st.query_params[what] = st.session_state[what]
