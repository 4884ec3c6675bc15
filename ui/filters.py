"""The bar over a page: dates, comparison, filters. Its state is the link."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from language import name as value_name
from language import say
from stories import kpi
from ui import data, view
from ui.screen import Screen
from ui.view import View

OURS = ("range", "from", "to", "compare", "against_from", "against_to", "basis", *view.DIMENSIONS)


def bar(screen: Screen) -> View:
    """Draws the bar and returns what it says."""
    lang, key = screen.lang, screen.key
    options, (first, last) = data.options(key), data.days(key)
    now = _current(options, last, lang)
    with st.container(
        horizontal=True, key="tools", width="content", vertical_alignment="center", gap="xsmall"
    ):
        _ranges(now, last, lang)
        with st.popover(say("Dates", lang), icon=":material/calendar_month:"):
            _dates(now, first, last, lang)
        chosen = sum(len(values) for _, values in now.where) + (now.basis != "order")
        label = say("Filters · {n}", lang, n=chosen) if chosen else say("Filters", lang)
        with st.popover(label, icon=":material/filter_list:"):
            _filters(now, options, last, lang)
    return now


def _current(options: dict[str, list[str]], last: date, lang: str) -> View:
    """The view of the link, where it is new; else the one kept in this session, put back into the link."""
    asked = {name: st.query_params.get_all(name) for name in OURS if name in st.query_params}
    kept = st.session_state.get("view")
    if kept is None or (asked and asked != st.session_state.get("link")):
        kept, wrong = view.read(asked, options, last)
        if wrong:
            st.toast(
                say(
                    "The link asks for something that is not here, so it was left out: {what}",
                    lang,
                    what=", ".join(wrong),
                ),
                icon=":material/link_off:",
                duration="long",
            )
    elif kept.range != "custom":
        start, end = view.days(kept.range, last)
        kept = replace(kept, start=start, end=end)
    link = kept.link()
    _write(asked, {name: [value] if isinstance(value, str) else value for name, value in link.items()})
    st.session_state["view"] = kept
    return kept


def _write(asked: dict[str, list[str]], link: dict[str, list[str]]) -> None:
    for name in asked.keys() - link.keys():
        del st.query_params[name]
    for name, values in link.items():
        if asked.get(name) != values:
            st.query_params[name] = values
    st.session_state["link"] = link


def _ranges(now: View, last: date, lang: str) -> None:
    names = {
        "7d": say("7d", lang),
        "30d": say("30d", lang),
        "90d": say("90d", lang),
        "180d": say("180d", lang),
        "1y": say("1y", lang),
    }
    st.session_state["range"] = now.range if now.range in names else None
    st.segmented_control(
        say("Period", lang),
        list(names),
        format_func=lambda name: names[name],
        key="range",
        label_visibility="collapsed",
        on_change=_range_chosen,
        args=("range", last),
    )


def _range_chosen(widget: str, last: date) -> None:
    name = st.session_state[widget]
    if name:
        start, end = view.days(name, last)
        _set(range=name, start=start, end=end)


def _dates(now: View, first: date, last: date, lang: str) -> None:
    months = {"month": say("This month", lang), "last_month": say("Last month", lang)}
    st.session_state["months"] = now.range if now.range in months else None
    st.segmented_control(
        say("Period", lang),
        list(months),
        format_func=lambda name: months[name],
        key="months",
        on_change=_range_chosen,
        args=("months", last),
    )
    _span(say("From … to", lang), "days", (now.start, now.end), _days_chosen)
    names = {
        "previous": say("Previous period", lang),
        "year": say("Year before", lang),
        "none": say("None", lang),
        "custom": say("Chosen days", lang),
    }
    st.session_state["compare"] = now.compare
    st.radio(
        say("Compare with", lang),
        list(names),
        format_func=lambda name: names[name],
        key="compare",
        on_change=_compare_chosen,
    )
    if now.compare == "custom" and now.against:
        _span(say("Compared days", lang), "against", now.against, _against_chosen)


def _span(label: str, widget: str, value: tuple[date, date], chosen: Any) -> None:
    if len(st.session_state.get(widget, value)) == 2:  # one day: the reader is about to pick the second
        st.session_state[widget] = value
    st.date_input(label, key=widget, on_change=chosen, format="YYYY-MM-DD")


def _days_chosen() -> None:
    if len(st.session_state["days"]) == 2:
        start, end = st.session_state["days"]
        _set(range="custom", start=start, end=end)


def _compare_chosen() -> None:
    now: View = st.session_state["view"]
    length = now.end - now.start
    before = now.start - length - view.ONE_DAY
    _set(compare=st.session_state["compare"], against=now.against or (before, before + length))


def _against_chosen() -> None:
    if len(st.session_state["against"]) == 2:
        _set(against=tuple(st.session_state["against"]))


def _filters(now: View, options: dict[str, list[str]], last: date, lang: str) -> None:
    for name, values in options.items():
        st.session_state[f"where_{name}"] = list(dict(now.where).get(name, ()))
        st.multiselect(
            kpi.dimension(name, lang),
            values,
            format_func=lambda value: value_name(value, lang),
            key=f"where_{name}",
            placeholder=say("All", lang),
            on_change=_values_chosen,
            args=(name,),
        )
    bases = {"order": say("Order date", lang), "refund": say("Refund date", lang)}
    st.session_state["basis"] = now.basis
    st.segmented_control(
        say("Count returns on", lang),
        list(bases),
        format_func=lambda name: bases[name],
        key="basis",
        required=True,
        on_change=lambda: _set(basis=st.session_state["basis"]),
    )
    st.button(
        say("Reset", lang),
        icon=":material/restart_alt:",
        on_click=lambda: st.session_state.update(view=view.default(last)),
        width="stretch",
    )


def _values_chosen(name: str) -> None:
    st.session_state["view"] = view.filtered(
        st.session_state["view"], name, st.session_state[f"where_{name}"]
    )


def _set(**changes: Any) -> None:
    st.session_state["view"] = replace(st.session_state["view"], **changes)
