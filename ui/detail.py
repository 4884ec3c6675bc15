"""What is behind a key figure: its trend, its breakdown, its definition. Opens beside the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from language import say
from stories import kpi
from stories.blocks import Block, Kpi
from ui import card, data
from ui.screen import Screen
from ui.show import show

PARAMETER = "metric"


def open_metric(metric: str) -> None:
    """Asks for the details of a metric; the link says so too."""
    st.query_params[PARAMETER] = metric


def _close() -> None:
    st.query_params.pop(PARAMETER, None)


def details(screen: Screen, found: Sequence[Block]) -> None:
    """Opens the details that the link asks for, of a metric that has a card among the blocks."""
    asked = st.query_params.get(PARAMETER)
    chosen = next((block for block in found if isinstance(block, Kpi) and block.metric == asked), None)
    if chosen is None:
        _close()
        return
    opened = st.dialog(card.plain(chosen.label), width="medium", position="right", on_dismiss=_close)
    opened(_inside)(screen, chosen)


def _inside(screen: Screen, chosen: Kpi) -> None:
    metric, lang, asked = chosen.metric, screen.lang, data.asked(screen.key, screen.view)
    below = Screen("detail", lang, screen.dark, screen.opened, screen.chosen)

    def tell(part: str, make: Callable[[], list[Block]]) -> None:
        below.kept = (screen.key, part, metric, screen.chosen, lang)
        show(data.blocks(below.kept, make), below)

    st.html(card.kpi(chosen))
    tell("about", lambda: kpi.about(asked, metric, lang))
    tell("trend", lambda: [kpi.trend(asked, metric, lang)])
    options = list(data.options(screen.key))
    if options:
        by = st.segmented_control(
            say("Break down by", lang),
            options,
            format_func=lambda name: kpi.dimension(name, lang),
            key="detail_by",
            default=options[0],
            required=True,
        )
        tell(f"by {by}", lambda: kpi.split(asked, metric, by, lang))
