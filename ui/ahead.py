"""What readers are likely to ask for next, made before they ask: other periods, and compiled passes."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache, partial

from stories.blocks import Block
from ui import data, view
from ui.screen import Screen
from ui.view import View

REST = 1.0  # seconds; the view that was asked for is drawn first
WORKER = ThreadPoolExecutor(1, "ahead")


def compute(screen: Screen, story: str, make: Callable[[View], list[Block]]) -> None:
    """Tells a story for the other periods of the bar too, one after the other, beside the app.

    Only without filters: those are the views that all readers share, so this is done once a store
    version, comparison and language. make: the story of a view; it must not draw anything.
    """
    now, lang = screen.view, screen.lang
    if now.where or now.compare == "custom":
        return
    last = data.days(screen.key)[1]
    views = []
    for name in view.ROLLING:
        start, end = view.days(name, last)
        views.append(replace(now, range=name, start=start, end=end))

    def work() -> None:
        for each in views:
            time.sleep(REST / len(views))
            data.blocks((screen.key, story, each, lang), partial(make, each))

    data.once((screen.key, story, now.compare, now.basis, lang), lambda: WORKER.submit(work))


@lru_cache(maxsize=1)
def passes() -> None:
    """Once a process: compiles the passes over events, or reads them from disk."""

    def work() -> None:
        from metrics.compiled.ahead import compile_ahead

        time.sleep(REST)
        compile_ahead()

    WORKER.submit(work)
