"""Themes' page: all themes, and the one that the link names or a click into the chart chooses."""

from __future__ import annotations

from language import say
from stories.theme_words import label
from stories.themes import gather, themes
from ui import choose, data
from ui.screen import Screen
from ui.tell import tell


def panel(screen: Screen) -> None:
    asked = data.asked(screen.key, screen.view)
    every = gather(asked)
    chosen = ""
    if every.found is not None:
        options = {row["theme"]: label(row, screen.lang) for row in every.found.result.themes.to_dicts()}
        chosen = choose.one("theme", say("Theme that is looked into", screen.lang), options, every.chosen)
    found = gather(asked, chosen=chosen)
    tell(screen, "themes", lambda: themes(found, screen.lang), (chosen,))
