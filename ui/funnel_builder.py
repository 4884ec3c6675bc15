"""The builder of a funnel: its steps and rules. All of it is the link, under the names of the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from language import name, say
from metrics.metric import BadQuestion
from metrics.rules import DIMENSIONS
from metrics.steps import MOST, Filter, Step, steps
from stories.funnel_words import step_name
from stories.kpi import dimension
from ui import card, data, funnel_rules
from ui.screen import Screen

FEWEST = 2


def builder(screen: Screen, chosen: Sequence[str], events: Sequence[str]) -> None:
    """chosen: the steps of now. events: what there is."""
    lang = screen.lang
    line = " → ".join(step_name(each, lang) for each in chosen)
    with st.container(key="builder"):
        with st.container(horizontal=True, vertical_alignment="center", key="builder-head"):
            st.html(f'<div class="pl-steps">{card.rich(line)}</div>', width="stretch")
            funnel_rules.saved_funnels(lang)
        with st.expander(say("Steps and rules", lang), icon=":material/tune:"):
            _steps("steps", list(chosen), events, screen, FEWEST)
            excluded = [each for each in st.query_params.get_all("exclude") if each]
            st.caption(say("Events that end an attempt", lang))
            _steps("exclude", excluded, events, screen, 0)
            funnel_rules.rules(lang)


def _steps(what: str, written: list[str], events: Sequence[str], screen: Screen, least: int) -> None:
    """Rows of steps, or of exclusions: event, filters, order, whether it may be left out."""
    lang, found = screen.lang, steps(tuple(written), least=0)
    for k, step in enumerate(found):
        with st.container(horizontal=True, vertical_alignment="center", key=f"{what}-row-{k}"):
            st.markdown(f"{k + 1}", width=16)
            key = f"{what}_event_{k}"
            st.session_state[key] = step.event
            st.selectbox(
                say("Event", lang), list(dict.fromkeys([*events, step.event])), key=key, width=170,
                format_func=lambda each: name(each, lang), label_visibility="collapsed",
                on_change=_changed, args=(what, written, k, lambda old, new: replace(old, event=new), key),
            )  # fmt: skip
            _filters(what, written, k, step, screen)
            if what == "steps":
                _optional(written, k, lang)
            for icon, there, label in (
                ("arrow_upward", k > 0, say("Earlier", lang)),
                ("arrow_downward", k < len(found) - 1, say("Later", lang)),
            ):
                by = -1 if icon == "arrow_upward" else 1
                st.button(
                    label, icon=f":material/{icon}:", key=f"{what}_{icon}_{k}", disabled=not there,
                    type="tertiary", on_click=_moved, args=(what, written, k, by),
                )  # fmt: skip
            st.button(
                say("Remove", lang), icon=":material/close:", key=f"{what}_remove_{k}", type="tertiary",
                disabled=len(found) <= least, on_click=_put, args=(what, [*written[:k], *written[k + 1 :]]),
            )  # fmt: skip
    st.button(
        say("Add a step", lang) if what == "steps" else say("Add an event", lang), icon=":material/add:",
        key=f"{what}_add", disabled=len(found) >= MOST or not events, on_click=_put,
        args=(what, [*written, _next(found, events)]),
    )  # fmt: skip


def _next(found: Sequence[Step], events: Sequence[str]) -> str:
    """An event that is no step yet."""
    used = {step.event for step in found}
    return next((each for each in events if each not in used), events[0] if events else "visit")


def _filters(what: str, written: list[str], k: int, step: Step, screen: Screen) -> None:
    lang, own = screen.lang, data.options(screen.key)
    label = say("Filter · {n}", lang, n=len(step.filters)) if step.filters else say("Filter", lang)
    with st.popover(label, key=f"{what}_filter_{k}", type="tertiary"):
        for column in (each for each in DIMENSIONS if each in own):
            key = f"{what}_{column}_{k}"
            now = next(
                (each.values for each in step.filters if each.column == column and not each.negative), ()
            )
            st.session_state[key] = [each for each in now if each in own[column]]
            st.multiselect(
                dimension(column, lang), own[column], key=key, format_func=lambda value: name(value, lang),
                placeholder=say("All", lang), on_change=_changed,
                args=(what, written, k, _filtered(column), key),
            )  # fmt: skip
        key = f"{what}_more_{k}"
        others = [each for each in step.filters if each.column not in own or each.negative]
        st.session_state[key] = str(replace(step, event="", filters=tuple(others)))[1:-1] if others else ""
        st.text_input(
            say("Other columns", lang), key=key, placeholder="results=0;page!=home",
            on_change=_changed, args=(what, written, k, _more(own), key),
        )  # fmt: skip


def _filtered(column: str) -> Callable[[Step, Sequence[str]], Step]:
    def changed(old: Step, values: Sequence[str]) -> Step:
        kept = [each for each in old.filters if each.column != column or each.negative]
        return replace(old, filters=(*kept, *([Filter(column, tuple(values))] if values else [])))

    return changed


def _more(own: Mapping[str, Sequence[str]]) -> Callable[[Step, str], Step]:
    def changed(old: Step, text: str) -> Step:
        kept = tuple(each for each in old.filters if each.column in own and not each.negative)
        return replace(old, filters=(*kept, *steps((f"x[{text}]",))[0].filters))

    return changed


def _optional(written: list[str], k: int, lang: str) -> None:
    may = [each for each in st.query_params.get_all("optional") if each]
    inner = 0 < k < len(written) - 1
    key = f"optional_{k}"
    st.session_state[key] = inner and written[k] in may
    st.checkbox(
        say("May be left out", lang),
        key=key,
        disabled=not inner,
        on_change=_left_out,
        args=(written[k], may, key),
    )


def _left_out(step: str, may: list[str], key: str) -> None:
    _put("optional", [*may, step] if st.session_state[key] else [each for each in may if each != step])


def _changed(what: str, written: list[str], k: int, change: Callable[[Step, object], Step], key: str) -> None:
    found = steps(tuple(written), least=0)[k]
    try:
        changed = str(change(found, st.session_state[key]))
    except BadQuestion as problem:
        st.toast(say(str(problem), st.session_state["lang"]), icon=":material/error:", duration="long")
        return
    _put(what, [*written[:k], changed, *written[k + 1 :]])


def _moved(what: str, written: list[str], k: int, by: int) -> None:
    moved = list(written)
    moved[k], moved[k + by] = moved[k + by], moved[k]
    _put(what, moved)


def _put(what: str, written: list[str]) -> None:
    """Changes the link; steps that are gone are no longer optional."""
    st.query_params[what] = written
    if what == "steps":
        st.query_params["optional"] = [
            each for each in st.query_params.get_all("optional") if each in written[1:-1]
        ]
