"""Choices of a page beside the shared dates and filters. The link keeps each under its name."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st


def one(what: str, label: str, options: Mapping[str, str], default: str | None = None) -> str:
    """One of the options (value → words), the first unless `default` names another."""
    asked = st.query_params.get(what)
    st.session_state[what] = asked if asked in options else (default or next(iter(options)))
    st.selectbox(
        label,
        list(options),
        format_func=options.__getitem__,
        key=what,
        on_change=_picked,
        args=(what, default),
    )
    return st.session_state[what]


def several(
    what: str, label: str, options: Mapping[str, str], default: tuple[str, ...] = (), **more
) -> tuple[str, ...]:
    """Some of the options, in the order chosen; more: what st.multiselect takes."""
    asked = st.query_params.get_all(what) if what in st.query_params else list(default)
    st.session_state[what] = [each for each in asked if each in options]
    st.multiselect(
        label,
        list(options),
        format_func=options.__getitem__,
        key=what,
        on_change=_picked,
        args=(what,),
        **more,
    )
    return tuple(st.session_state[what])


def chosen(what: str, value: str) -> None:
    """Chooses a value from elsewhere, such as a click into a chart."""
    st.query_params[what] = value


def _picked(what: str, default: str | None = None) -> None:
    value = st.session_state[what]
    st.query_params[what] = value if isinstance(value, str) else (value or [""])
