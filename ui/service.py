"""Service's page: what is promised, and when service is open, beside the shared dates and filters."""

from __future__ import annotations

from typing import Any

import streamlit as st

from language import phrase, say
from stories.service import gather, service
from ui import choose, data
from ui.screen import Screen
from ui.tell import tell

RESPOND = {"1": 1.0, "2": 2.0, "4": 4.0, "8": 8.0, "24": 24.0}  # business hours
RESOLVE = {"1": 1.0, "2": 2.0, "3": 3.0, "5": 5.0, "10": 10.0}  # business days
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OPEN: dict[str, tuple[str, dict[str, Any]]] = {
    "daily": (phrase("daily, 8:00 to 22:00"), {}),
    "office": (
        phrase("Monday to Friday, 9:00 to 18:00"),
        {"opens": "09:00", "closes": "18:00", "workdays": WEEKDAYS},
    ),
    "always": (phrase("day and night"), {"opens": "00:00", "closes": "24:00"}),
}


def panel(screen: Screen) -> None:
    lang = screen.lang
    with st.container(horizontal=True):
        open_ = choose.one(
            "open", say("Service is open", lang), {k: say(text, lang) for k, (text, _) in OPEN.items()}
        )
        respond = choose.one(
            "respond", say("First answer promised within", lang),
            {k: say("{n} business hours", lang, n=k) for k in RESPOND}, "4",
        )  # fmt: skip
        resolve = choose.one(
            "resolve", say("Solution promised within", lang),
            {k: say("{n} business days", lang, n=k) for k in RESOLVE}, "2",
        )  # fmt: skip
    settings = OPEN[open_][1] | {"respond_within": RESPOND[respond], "resolve_within": RESOLVE[resolve]}
    found = gather(data.asked(screen.key, screen.view), settings=settings)
    tell(screen, "service", lambda: service(found, lang), (open_, respond, resolve))
