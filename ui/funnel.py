"""The funnel's page: the story of the steps that the link names, and who is lost where."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from language import say
from metrics.analysis import ANALYSES
from metrics.definitions import explaining
from metrics.funnel import DEFAULT, Preset
from metrics.metric import BadQuestion
from metrics.setting import read
from metrics.steps import steps
from stories.answered import of_events
from stories.behind import lost
from stories.blocks import Heading
from stories.funnel import FunnelData, funnel, gather
from stories.funnel_words import rules_of, step_name
from stories.lost import who
from ui import card, care, choose, data, differing
from ui.funnel_builder import builder
from ui.funnel_rules import OURS
from ui.screen import Screen
from ui.show import show
from ui.tell import tell

AT = "at"  # the step after which people are lost, in the link


def panel(screen: Screen) -> None:
    settings, wrong = _settings()
    for problem in wrong:
        st.toast(say(problem, screen.lang), icon=":material/link_off:", duration="long")
    builder(screen, settings.get("steps", DEFAULT), data.events(screen.key))
    found = gather(data.asked(screen.key, screen.view), (), settings)
    screen.clicks["steps"] = partial(_clicked, len(settings.get("steps", DEFAULT)))
    tell(screen, "funnel", lambda: funnel(found, screen.lang), tuple(sorted(settings.items())))
    if found.found is not None and found.found.result.n:
        _lost(screen, found)
        if found.same is not None:
            _differing(screen, found)


def _settings() -> tuple[dict[str, Any], list[str]]:
    """The analysis' settings that the link has, and what of it makes no sense."""
    own, found, wrong = ANALYSES["funnel"].settings, {}, []
    for name in OURS:
        values = [each for each in st.query_params.get_all(name) if each]
        if not values:
            continue
        try:
            found[name] = read(name, ",".join(values), own[name].annotation)
            if name in ("steps", "exclude"):
                steps(found[name], least=2 if name == "steps" else 0)
        except BadQuestion as problem:
            found.pop(name, None)
            wrong.append(str(problem))
    return found, wrong


def _clicked(steps: int, point: dict) -> None:
    choose.chosen(AT, str(min(int(point["point_index"]) + 1, steps - 1)))


def _lost(screen: Screen, found: FunnelData) -> None:
    """Lets the reader choose a step, and opens beside the page who came to it and no further."""
    lang = screen.lang
    assert found.found
    labels = found.found.result.steps["label"].to_list()[:-1]
    names = {str(k): step_name(label, lang) for k, label in enumerate(labels, 1)}
    show([Heading(say("Who is lost", lang), level=2)], screen)
    at = choose.one(AT, say("After this step; a click on its bar does the same", lang), {"": "–", **names})
    if at:
        title = say("Lost after {step}", lang, step=names[at])
        opened = st.dialog(card.plain(title), width="large", position="right", on_dismiss=_close)
        opened(_inside)(screen, found, int(at), title)


def _close() -> None:
    st.query_params.pop(AT, None)


def _inside(screen: Screen, found: FunnelData, at: int, title: str) -> None:
    asked = of_events(found.asked, "en")[0]
    assert found.found
    rules = rules_of(found.settings, tuple(found.found.result.steps["label"]))
    show(who(asked, rules, at, screen.lang), screen)
    care.panel(screen, asked, lost(asked, found.settings, at), say("Customers to look after", screen.lang))


def _differing(screen: Screen, found: FunnelData) -> None:
    asked = of_events(found.asked, "en")[0]

    def alone(product: Preset) -> pl.Series:
        return explaining(
            asked.frames, product, period=asked.elapsed, as_of=asked.shop.last, where=asked.where,
            steps=tuple(found.settings.get("steps", DEFAULT)),
        )  # fmt: skip

    differing.panel(screen, asked, alone)
