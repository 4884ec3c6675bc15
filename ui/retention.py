"""Retention's page: cohorts as the link names them, and who is behind a cell."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from language import name, say
from metrics.cohort import CohortRules
from metrics.retention import Preset
from metrics.retention_definitions import explaining
from metrics.rules import DIMENSIONS
from stories.answered import of_events
from stories.behind import not_back
from stories.blocks import Heading
from stories.funnel_words import PRODUCTS
from stories.retention import RetentionData, gather, retention
from stories.retention_words import PERIODS, TRAITS, after, cohort
from ui import card, care, choose, data, differing
from ui.screen import Screen
from ui.show import show
from ui.tell import tell


def panel(screen: Screen) -> None:
    settings = _settings(screen)
    found = gather(data.asked(screen.key, screen.view), (), settings)
    if found.found is not None:
        screen.clicks["cohorts"] = partial(_clicked, _cohorts(found))
    tell(screen, "retention", lambda: retention(found, screen.lang), tuple(sorted(settings.items())))
    if found.found is not None and found.found.result.n:
        _absent(screen, found)
        if found.same is not None:
            _differing(screen, found)


def _cohorts(found: RetentionData) -> list[str]:
    """Labels of the cohorts shown, in their order; "" of what is not recorded."""
    assert found.found
    return [each or "" for each in found.found.result.cells["cohort"].unique(maintain_order=True)]


def _clicked(cohorts: list[str], point: dict) -> None:
    choose.chosen("of_cohort", cohorts[int(point["y"])])
    choose.chosen("in_period", str(int(point["x"]) + 1))


def _absent(screen: Screen, found: RetentionData) -> None:
    """Lets the reader choose a cohort and a period, and opens who has not come back, to look after them."""
    assert found.found
    result, lang = found.found.result, screen.lang
    every = str(result.rules["every"])
    labels = {each: cohort(each or None, every, lang) for each in _cohorts(found)}
    periods = {str(k): after(k, found.found, lang) for k in range(1, int(result.cells["period"].max()) + 1)}
    show(
        [Heading(say("Who has not come back", lang), say("A click on a cell does the same.", lang), 2)],
        screen,
    )
    with st.container(horizontal=True):
        mine = choose.one("of_cohort", say("Cohort that is looked into", lang), {"-": "–", **labels}, "-")
        period = choose.one("in_period", say("Period that is looked into", lang), periods)
    if mine != "-":
        title = say("{cohort}: not back in {period}", lang, cohort=labels[mine], period=periods[period])
        opened = st.dialog(card.plain(title), width="large", position="right", on_dismiss=_close)
        opened(_list)(screen, found, mine, int(period))


def _close() -> None:
    st.query_params.pop("of_cohort", None)


def _list(screen: Screen, found: RetentionData, mine: str, period: int) -> None:
    asked = of_events(found.asked, "en")[0]
    assert found.found
    gone = not_back(asked, found.found.result.rules, mine, period)
    care.panel(screen, asked, gone, say("Customers to look after", screen.lang))


def _differing(screen: Screen, found: RetentionData) -> None:
    asked = of_events(found.asked, "en")[0]
    assert found.found
    result = found.found.result

    def alone(product: Preset) -> pl.Series:
        return explaining(
            asked.frames, asked.tables("events"), asked.tables("customers"), asked.tables("orders"), product,
            period=asked.elapsed, as_of=asked.shop.last, where=asked.where, of=result.rules["of"],
            rules=_rules(found), at=result.at,
        )  # fmt: skip

    differing.panel(screen, asked, alone)


def _rules(found: RetentionData) -> CohortRules:
    assert found.found
    told = found.found.result.rules
    return CohortRules(**{each: told[each] for each in CohortRules.__dataclass_fields__})


def _settings(screen: Screen) -> dict[str, Any]:
    """What is not as usual of the analysis' settings."""
    lang = screen.lang
    events = {"any": say("Any event", lang)} | {each: name(each, lang) for each in data.events(screen.key)}
    found: dict[str, Any] = {}
    with (
        st.expander(say("Cohorts and rules", lang), icon=":material/tune:"),
        st.grid(4, min_column_width=200, key="rules"),
    ):
        usual = "week" if screen.view.period.days <= 92 else "month"
        found["every"] = choose.one(
            "every", say("Periods of", lang),
            {"day": say("Day", lang), "week": say("Week", lang), "month": say("Month", lang)}, usual,
        )  # fmt: skip
        by = {"first": say("First visit ever", lang), "signup": say("Account opened", lang)}
        by |= {each: name(each, lang) for each in DIMENSIONS}
        if "customers" in data.store(screen.key).tables:
            by |= {each: say(words, lang) for each, words in TRAITS.items()}
        found["cohort"] = choose.one("cohort", say("Cohorts by", lang), by)
        found["first_event"] = choose.one("first_event", say("Enters with", lang), events)
        found["return_event"] = choose.one("return_event", say("Back with", lang), events)
        found["mode"] = choose.one(
            "mode", say("Counted is", lang),
            {"on": say("In that period", lang), "on_or_after": say("Then or later", lang),
             "within": say("Then or earlier", lang), "every": say("In every period so far", lang)},
        )  # fmt: skip
        found["clock"] = choose.one(
            "clock", say("Periods are", lang),
            {each: say(words, lang) for each, words in PERIODS.items()},
        )  # fmt: skip
        found["curve"] = choose.one(
            "curve", say("Curve until", lang),
            {"return": say("They are back", lang), "lapse": say("They fall silent", lang)},
        )  # fmt: skip
        found["of"] = choose.one(
            "of", say("Of", lang), {"visits": say("Visits", lang), "orders": say("Orders", lang)}
        )  # fmt: skip
        found["preset"] = choose.one(
            "preset", say("Rules of", lang),
            {"": PRODUCTS["plumbline"], **{each: PRODUCTS[each] for each in PRODUCTS if each != "plumbline"}},
        )  # fmt: skip
    return {each: value for each, value in found.items() if value}
