"""The form of one improvement: new, handed over by a link, or known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from language import name, say
from loaders.records import keep, new_key
from metrics.improvement_record import (
    KIND,
    OF_ANSWER,
    OF_SHOP,
    QUESTION,
    STATUSES,
    Improvement,
    measurable,
    read,
)  # fmt: skip
from metrics.metric import BadQuestion
from stories import improvement_words
from stories.asked import Asked
from stories.improvement_words import COMPARED, measure, unit
from ui import card, data
from ui.screen import Screen

FIELDS = (
    "finding", "action", "owner", "metric", "column", "values", "compare", "due", "status", "done", "since",
    "expected",
)  # fmt: skip
OF = "improvement_of"  # in the session: which one the widgets hold
PROBLEM = "improvement_problem"


def form(screen: Screen, asked: Asked, known: Improvement | None) -> None:
    """known: the one that is changed; None for a new one, which a link may have begun."""
    lang = screen.lang
    questions = _questions(asked)
    _fill(known, [*measurable(), *(f"{QUESTION}{each}" for each in questions)])
    with st.container(key="card-improvement"):
        st.html(card.title(say("Change an improvement", lang) if known else say("Add an improvement", lang)))
        st.text_area(say("What was found", lang), key=_key("finding"), max_chars=500, height=80)
        st.text_area(say("What is done about it", lang), key=_key("action"), max_chars=500, height=80)
        with st.grid(3, min_column_width=220, key="improvement-fields"):
            _fields(screen, asked, questions)
        _end(known, lang)


def _fields(screen: Screen, asked: Asked, questions: Sequence[str]) -> None:
    lang = screen.lang
    st.text_input(say("Owner", lang), key=_key("owner"), max_chars=80)
    st.date_input(say("Due on", lang), value=None, key=_key("due"))
    st.selectbox(
        say("Status", lang),
        STATUSES,
        key=_key("status"),
        format_func=lambda each: say(improvement_words.STATUSES[each], lang),
    )
    metrics = [*measurable(), *(f"{QUESTION}{each}" for each in questions)]
    st.selectbox(
        say("Measured by", lang), metrics, key=_key("metric"), format_func=lambda each: measure(each, lang)
    )
    columns = _columns(screen, asked, st.session_state[_key("metric")])
    if st.session_state[_key("column")] not in columns:
        st.session_state[_key("column")] = ""
    st.selectbox(
        say("Measured where", lang), ["", *columns], key=_key("column"),
        format_func=lambda each: improvement_words.column(each, lang) if each else say("Everywhere", lang),
    )  # fmt: skip
    column = st.session_state[_key("column")]
    values = columns.get(column, [])
    st.session_state[_key("values")] = [each for each in st.session_state[_key("values")] if each in values]
    st.multiselect(
        say("Values", lang), values, key=_key("values"), format_func=lambda each: name(each, lang),
        disabled=not column, placeholder=say("Choose", lang),
    )  # fmt: skip
    st.selectbox(
        say("Compared", lang), list(COMPARED), key=_key("compare"),
        format_func=lambda each: say(COMPARED[each], lang),
    )  # fmt: skip
    points = unit(st.session_state[_key("metric")]) == "percent"
    label = say("Expected effect (percentage points)", lang) if points else say("Expected effect", lang)
    st.number_input(label, value=None, key=_key("expected"))
    st.date_input(
        say("Problem since", lang), value=None, key=_key("since"),
        help=say("Where it was not always so: only weeks from this day on are compared with.", lang),
    )  # fmt: skip
    st.date_input(say("Done on", lang), value=None, key=_key("done"))


def _end(known: Improvement | None, lang: str) -> None:
    if problem := st.session_state.get(PROBLEM):
        st.error(card.plain(say(problem, lang)), icon=":material/error:")
    with st.container(horizontal=True):
        st.button(
            say("Save", lang), type="primary", key="improvement_save", on_click=_save,
            args=(known.key if known else None,),
        )  # fmt: skip
        st.button(say("Cancel", lang), key="improvement_cancel", on_click=_close)


def _key(field: str) -> str:
    return f"improvement_{field}"


def _fill(known: Improvement | None, metrics: Sequence[str]) -> None:
    """Sets the widgets once for each improvement that is opened; after that they are the reader's."""
    handed = {each: st.query_params.get(each, "") for each in ("finding", "metric")}
    of = known.key if known else f"new {handed}"
    state = st.session_state
    if state.get(OF) == of and all(_key(field) in state for field in FIELDS):
        return
    state[OF], state[PROBLEM] = of, ""
    column, values = next(iter(known.where.items())) if known and known.where else ("", ())
    metric = known.metric if known else handed["metric"]
    expected = known.expected if known else None
    found = {
        "finding": known.finding if known else handed["finding"], "action": known.action if known else "",
        "owner": known.owner if known else "", "metric": metric if metric in metrics else metrics[0],
        "column": column, "values": list(values), "compare": known.compare if known else "trend",
        "status": known.status if known else "open", "due": known.due if known else None,
        "done": known.done if known else None, "since": known.since if known else None,
        "expected": expected * 100 if expected is not None and unit(metric) == "percent" else expected,
    }  # fmt: skip
    for field, value in found.items():
        state[_key(field)] = value


def forget() -> None:
    """The widgets are filled anew when the form opens next."""
    st.session_state.pop(OF, None)


def _close() -> None:
    forget()
    for each in ("edit", "finding", "metric"):
        st.query_params.pop(each, None)


def _save(key: str | None) -> None:
    state = st.session_state
    given: dict[str, Any] = {field: state[_key(field)] for field in FIELDS}
    column, values = given.pop("column"), given.pop("values")
    if column and values:
        given["where"] = {column: values}
    if given["expected"] is not None and unit(given["metric"]) == "percent":
        given["expected"] /= 100
    try:
        made = read(key or new_key(), given)
    except BadQuestion as problem:
        state[PROBLEM] = str(problem)
        return
    keep(data.path(), KIND, made.key, made.record())
    _close()
    st.query_params["improvement"] = made.key


def _questions(asked: Asked) -> list[str]:
    """Questions of surveys that are answered on a scale."""
    surveys = asked.tables("surveys")
    if surveys is None:
        return []
    rows = surveys.filter(pl.col("score").is_not_null(), pl.col("scale_max").is_not_null())
    return rows.select(pl.col("question").drop_nulls().unique().sort()).collect()["question"].to_list()


def _columns(screen: Screen, asked: Asked, metric: str) -> dict[str, list[str]]:
    """Columns, and their values, by which what is measured can be filtered."""
    if not metric.startswith(QUESTION):
        return {column: values for column, values in data.options(screen.key).items() if column in OF_SHOP}
    surveys = asked.tables("surveys")
    assert surveys is not None
    return {
        column: surveys.select(pl.col(column).drop_nulls().unique().sort()).collect()[column].to_list()
        for column in OF_ANSWER
    }
