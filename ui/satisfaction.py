"""Satisfaction's page: online answers, or those of the way of asking that the link names."""

from __future__ import annotations

from language import say
from stories.satisfaction import gather, satisfaction
from stories.satisfaction_words import way
from ui import choose, data
from ui.screen import Screen
from ui.tell import tell


def panel(screen: Screen) -> None:
    asked = data.asked(screen.key, screen.view)
    found = gather(asked)
    chosen = ""
    if found.found is not None:
        known = found.found.result.modes["mode"].drop_nulls().unique(maintain_order=True).to_list()
        if len(known) > 1:
            options = {each: way(each, screen.lang) for each in [*known, "pooled"]}
            chosen = choose.one(
                "asked", say("How people were asked", screen.lang), options, found.found.result.mode
            )
            if chosen != found.found.result.mode:
                found = gather(asked, settings={"mode": chosen})
    tell(screen, "satisfaction", lambda: satisfaction(found, screen.lang), (chosen,))
