"""Themes' page: all themes, and the one that the link names; from it an improvement can be planned."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from language import numbers, say
from metrics.improvement_record import QUESTION
from stories.answered import Answered
from stories.theme_words import gap, label
from stories.themes import gather, themes
from ui import choose, data
from ui.screen import Screen
from ui.tell import tell


def panel(screen: Screen) -> None:
    asked = data.asked(screen.key, screen.view)
    every = gather(asked)
    chosen = ""
    if every.found is not None:
        rows = {row["theme"]: row for row in every.found.result.themes.to_dicts()}
        options = {key: label(row, screen.lang) for key, row in rows.items()}
        with st.container(horizontal=True, vertical_alignment="bottom", key="theme-bar"):
            chosen = choose.one("theme", say("Theme that is looked into", screen.lang), options, every.chosen)
            _plan(screen, every.found, rows[chosen])
    found = gather(asked, chosen=chosen)
    tell(screen, "themes", lambda: themes(found, screen.lang), (chosen,))


def _plan(screen: Screen, found: Answered, row: Mapping) -> None:
    """Hands the theme over to the improvement plan, measured by the rating of its driver."""
    lang = screen.lang
    told = say(
        "{theme}: {share} of {n} comments", lang, theme=label(row, lang),
        share=numbers.percent(row["share"], lang), n=numbers.integer(found.result.n, lang),
    )  # fmt: skip
    if row["gap"] is not None:
        told = say("{finding}, {gap} points against the rest", lang, finding=told, gap=gap(row["gap"], lang))
    metric = f"{QUESTION}{row['driver']}" if row["driver"] else "csat"
    if st.button(say("Plan an improvement", lang), icon=":material/task_alt:", key="theme_plan"):
        page = st.session_state["pages"]["improvement"]
        st.switch_page(page, query_params={"finding": told, "metric": metric})
