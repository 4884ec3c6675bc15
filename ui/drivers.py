"""The page Drivers: of satisfaction with the order, or of recommending the shop, as the link says."""

from __future__ import annotations

from language import say
from stories.drivers import drivers, gather
from stories.satisfaction_words import MEASURES
from ui import choose, data
from ui.screen import Screen
from ui.tell import tell


def panel(screen: Screen) -> None:
    options = {each: say(MEASURES[each], screen.lang) for each in ("csat", "nps")}
    outcome = choose.one("outcome", say("Drivers of", screen.lang), options)
    found = gather(data.asked(screen.key, screen.view), settings={"outcome": outcome})
    tell(screen, "drivers", lambda: drivers(found, screen.lang), (outcome,))
