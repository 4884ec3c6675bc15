"""Promotions' page: all that began on the chosen days, and the truth card of the one that the link names."""

from __future__ import annotations

from language import say
from metrics.experiment import experiment
from stories.blocks import Heading
from stories.promotions import gather, promotions
from ui import choose, data, keeping
from ui.screen import Screen
from ui.show import show
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
    if found.found is not None:
        _test(screen, found.found.result.tests.filter(promotion=chosen)["plan"].to_list())


def _test(screen: Screen, plans: list[str]) -> None:
    """Lets the reader save the test that would tell."""
    if plans:
        title = say("The test that would tell", screen.lang)
        about = say(
            "Some customers go without the offer next time; the page Experiments reads it out.", screen.lang
        )
        show([Heading(title, about, 2)], screen)
        keeping.form(screen, experiment(plans[0]), "promotion")
