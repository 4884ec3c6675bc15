"""What readers are likely to ask for next, made before they ask: other periods, and compiled passes."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache, partial
from threading import Thread

from stories.blocks import Block
from ui import data, view
from ui.screen import Screen
from ui.view import View

REST = 0.2  # seconds between two of them; the view that was asked for is drawn first
WORKER = ThreadPoolExecutor(1, "ahead")


def compute(screen: Screen, story: str, make: Callable[[View], list[Block]]) -> None:
    """Tells a story for every period of the bar, of the whole shop and then of each channel, beside the app.

    Those are the views that all readers share, so this is done once a store version, comparison and
    language. make: the story of a view; it must not draw anything.
    """
    now, lang = screen.view, screen.lang
    if now.compare == "custom":
        return
    last = data.days(screen.key)[1]
    channels = data.options(screen.key).get("channel", [])
    views = [
        replace(now, range=name, start=start, end=end, where=where)
        for where in ((), *((("channel", (channel,)),) for channel in channels))
        for name in view.ROLLING
        for start, end in (view.days(name, last),)
    ]

    def work() -> None:
        for each in views:
            time.sleep(REST)
            data.blocks((screen.key, story, each, lang), partial(make, each))

    data.once((screen.key, story, now.compare, now.basis, lang), lambda: WORKER.submit(work))


@lru_cache(maxsize=1)
def passes() -> None:
    """Once a process: compiles the passes over events, or reads them from disk."""

    def work() -> None:
        from metrics.compiled.ahead import compile_ahead

        time.sleep(REST)
        compile_ahead()

    Thread(target=work, name="passes", daemon=True).start()  # not behind the views
