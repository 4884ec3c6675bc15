"""Experiments' page: the saved tests as they stand, and the planner of new ones; the link keeps choices."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from language import name, numbers, phrase, say
from loaders.loader import BadInput
from loaders.records import keep, records
from metrics import planner, turns_plan
from metrics.experiment import GOALS
from metrics.turns import calendar
from stories.blocks import Heading
from stories.experiment_words import PER_CUSTOMER, SUMS, UNITS
from stories.experiments import experiments, gather
from stories.test_plans import gather as gather_plan
from stories.test_plans import proposal
from ui import choose, data, keeping, welcome
from ui.screen import Screen
from ui.show import show
from ui.tell import parts, tell

EFFECTS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
POWERS, CONTROLS, PRICES = (0.8, 0.9), (0.5, 0.2, 0.1), (-0.2, -0.1, -0.05, 0.05, 0.1)
STEPS = (0.05, 0.1, 0.15, 0.2)
STARTS = {
    "customers": (phrase("Test an offer on customers"), ":material/group:"),
    "regions": (phrase("Test advertising in regions"), ":material/map:"),
    "products": (phrase("Test a price of products"), ":material/sell:"),
}


def panel(screen: Screen) -> None:
    if not screen.opened:
        welcome.panel(screen)
        return
    lang = screen.lang
    known = {
        "tests": (say("Tests", lang), _tests),
        "plan": (say("Plan a test", lang), _plan),
    }
    parts(screen, known)


def _tests(screen: Screen) -> None:
    """What is saved; one of them in detail."""
    lang = screen.lang
    try:
        saved = records(data.path(), "plans")
    except BadInput as problem:
        show([Heading(say("Experiments", lang))], screen)
        st.error(say(str(problem), lang))
        return
    chosen = ""
    asked = data.asked(screen.key, data.whole(screen.key))
    found = gather(asked, plans=saved)
    if len(saved) > 1:
        names = {each.name: each.name for each in found.kept}
        chosen = choose.one("test", say("Test that is looked into", lang), names, found.chosen)
        found = gather(asked, plans=saved, chosen=chosen)
    written = tuple(f"{key}{record}" for key, record in saved.items())
    tell(screen, "experiments", lambda: experiments(found, lang), (chosen, *written))
    if not saved:
        _starts(lang)
    plan = next((each.plan for each in found.kept if each.name == found.chosen), None)
    if plan and plan.turn and plan.start:
        st.download_button(
            say("Calendar of prices", lang), calendar(plan).drop("paid").write_csv(), f"{plan.name}.csv",
            "text/csv", icon=":material/download:", on_click="ignore", key="test_calendar",
        )  # fmt: skip
    if found.chosen:
        st.button(
            say("Forget {name}", lang, name=found.chosen), icon=":material/delete:", type="tertiary",
            key="test_forget", on_click=partial(keep, data.path(), "plans", found.chosen, None),
        )  # fmt: skip


def _starts(lang: str) -> None:
    """Where nothing is kept: a click into the planner, by who is split."""
    with st.container(horizontal=True, key="starts"):
        for units, (label, icon) in STARTS.items():
            st.button(say(label, lang), key=f"start_{units}", icon=icon, on_click=_start, args=(units,))


def _start(units: str) -> None:
    st.query_params["part"], st.query_params["units"] = "plan", units


def _plan(screen: Screen) -> None:
    """The form, what it would need, and a button that saves it."""
    show([Heading(say("Plan a test", screen.lang))], screen)
    settings = _form(screen)
    found = gather_plan(
        data.asked(screen.key, data.whole(screen.key)), settings, _title(settings, screen.lang)
    )
    tell(screen, "test_plan", lambda: proposal(found, screen.lang), tuple(sorted(settings.items())))
    if found.plan is not None:
        keeping.form(screen, found.plan, "plan")


def _title(settings: dict[str, Any], lang: str) -> str:
    labels = PER_CUSTOMER if settings["units"] == "customers" else SUMS
    told = [say(labels[settings["goal"]], lang)]
    return " · ".join(told + [name(each, lang) for each in (settings.get("category"),) if each])


def _form(screen: Screen) -> dict[str, Any]:
    lang = screen.lang

    def share(each: float) -> str:
        return numbers.percent(each, lang, 0)

    with st.grid(4, min_column_width=200, key="rules"):
        units = choose.one(
            "units", say("Who is split", lang), {each: say(UNITS[each], lang) for each in UNITS}
        )
        turns = units == "products" and _by_turns(lang)
        labels = PER_CUSTOMER if units == "customers" else SUMS
        goals = {str(each): say(labels[each], lang) for each in GOALS[units]}  # type: ignore[index]
        goal = {"customers": "orders", "regions": "revenue", "products": "units"}[units]
        if not turns:
            goal = choose.one("goal", say("What is to change", lang), goals, goal)
        settings: dict[str, Any] = {"units": units, "goal": goal}
        if turns:
            steps = {str(each): f"±{share(each)}" for each in STEPS}
            label = say("Below and above today's price", lang)
            settings["price"] = float(choose.one("step", label, steps, "0.15"))
            label, days = (
                say("Days left out after a change", lang),
                {str(each): str(each) for each in range(4)},
            )
            settings["settle"] = int(choose.one("settle", label, days))
        elif units == "products":
            settings["design"] = "halves"
            prices = {str(each): numbers.change(each, lang, 0) for each in PRICES}
            settings["price"] = float(choose.one("price", say("New price", lang), prices, "-0.1"))
        else:
            sizes = {str(each): share(each) for each in EFFECTS}
            settings["effect"] = float(
                choose.one("effect", say("Smallest change that matters", lang), sizes, "0.05")
            )
        powers = {str(each): share(each) for each in POWERS}
        settings["power"] = float(choose.one("power", say("Chance to find it", lang), powers))
        if units == "customers":
            controls = {str(each): share(each) for each in CONTROLS}
            settings["control"] = float(choose.one("control", say("Left as they are", lang), controls))
        if units != "regions":
            own = data.options(screen.key).get("category", [])
            categories = {"": say("All", lang), **{each: name(each, lang) for each in own}}
            settings["category"] = choose.one("of", say("Category", lang), categories)
        lengths = {
            str(each): say("{n} days", lang, n=each) if each else say("As short as will do", lang)
            for each in (0, *(turns_plan if turns else planner).LENGTHS)
        }
        settings["days"] = int(choose.one("days", say("Length", lang), lengths))
    return settings


def _by_turns(lang: str) -> bool:
    designs = {"turns": say("All of them, turn by turn", lang), "halves": say("Half of them", lang)}
    return choose.one("design", say("Who gets new prices", lang), designs) == "turns"
