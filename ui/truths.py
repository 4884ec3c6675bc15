"""The truths of the sample shop on the screen: how methods do, topic by topic, and what was planted."""

from __future__ import annotations

import streamlit as st

from language import say
from stories import truths
from ui import choose, data
from ui.screen import Screen
from ui.show import show
from ui.tell import tell


def panel(screen: Screen) -> None:
    """The link keeps the topic and the measure. A shop whose truths nobody knows gets an explanation."""
    known, lang = data.truths(screen.key) if screen.opened else None, screen.lang
    if not known:
        show(truths.nothing(lang), screen)
        return
    topics = {each: say(truths.TOPICS.get(each, each), lang) for each in truths.topics(known)}
    with st.container(horizontal=True, key="choices"):
        topic = choose.one("topic", say("Topic", lang), topics)
        measures = {each: truths.measured(each, lang) for each in truths.measures(known, topic)}
        measure = choose.one("measure", say("What was planted", lang), measures)
    with st.spinner(say("Running every method on this shop …", lang)):
        rows = data.recovered(screen.key)
    named, currency = data.plan_names(screen.key), screen.shop.currency
    tell(
        screen,
        f"truths-{topic}-{measure}",
        lambda: truths.page(known, rows, topic, measure, named, lang, currency),
    )
