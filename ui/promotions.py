"""Promotions' page: all that began on the chosen days, and the truth card of the one that the link names."""

from __future__ import annotations

from language import say
from stories.promotions import gather, promotions
from ui import choose, data
from ui.screen import Screen
from ui.tell import tell


def panel(screen: Screen) -> None:
    asked = data.asked(screen.key, screen.view)
    every = gather(asked)
    chosen = ""
    if every.found is not None:
        rows = every.found.result.promotions.select("promotion", "name").to_dicts()
        options = {row["promotion"]: row["name"] for row in rows}
        readable = every.found.result.promotions.drop_nulls("lift")["promotion"].to_list()
        first = readable[-1] if readable else rows[-1]["promotion"]
        chosen = choose.one("promotion", say("Promotion that is looked into", screen.lang), options, first)
    found = gather(asked, chosen=chosen)
    tell(screen, "promotions", lambda: promotions(found, screen.lang), (chosen,))
