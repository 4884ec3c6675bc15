"""Paths' page: from where to where the link says, and who took a path without coming to the goal."""

from __future__ import annotations

from typing import Any

import streamlit as st

from language import name, say
from stories.answered import of_events
from stories.behind import took
from stories.blocks import Heading
from stories.paths import PathsData, gather, paths, step_path
from ui import card, care, choose, data
from ui.screen import Screen
from ui.show import show
from ui.tell import tell

TAKEN = "path"  # in the link


def panel(screen: Screen) -> None:
    settings = _settings(screen)
    found = gather(data.asked(screen.key, screen.view), (), settings)
    tell(screen, "paths", lambda: paths(found, screen.lang), tuple(sorted(settings.items())))
    if found.found is not None and len(found.found.result.paths):
        _took(screen, found)


def _settings(screen: Screen) -> dict[str, Any]:
    lang, names = screen.lang, data.events(screen.key)
    events = {each: name(each, lang) for each in names}
    if not events:
        return {}
    usual = "purchase" if "purchase" in events else names[-1]
    with st.grid(4, min_column_width=200, key="rules"):
        start = choose.one("start", say("From", lang), {"any": say("The beginning", lang), **events})
        goal = choose.one("goal", say("Leading to", lang), events, usual)
        within = choose.one(
            "within",
            say("Within", lang),
            {"session": say("A visit", lang), "customer": say("A customer", lang)},
        )
        depth = choose.one(
            "depth", say("Steps told apart", lang), {str(k): str(k) for k in range(2, 13)}, "6"
        )
    return {"start": start, "goal": goal, "within": within, "depth": int(depth)}


def _took(screen: Screen, found: PathsData) -> None:
    """Lets the reader choose a path, and opens who took it and did not come to the goal."""
    lang = screen.lang
    assert found.found
    options = {each: step_path(each, lang) for each in found.found.result.paths["path"]}
    show([Heading(say("Who took a path and went no further", lang), level=2)], screen)
    path = choose.one(TAKEN, say("Path", lang), {"": "–", **options})
    if path:
        opened = st.dialog(card.plain(options[path]), width="large", position="right", on_dismiss=_close)
        opened(_list)(screen, found, path)


def _close() -> None:
    st.query_params.pop(TAKEN, None)


def _list(screen: Screen, found: PathsData, path: str) -> None:
    asked = of_events(found.asked, "en")[0]
    care.panel(screen, asked, took(asked, found.settings, path), say("Customers to look after", screen.lang))
