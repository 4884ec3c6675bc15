"""The improvement plan's page: the plan, one of it in detail, and adding, changing and removing."""

from __future__ import annotations

import json
from collections import Counter

import streamlit as st

from language import numbers, say
from loaders.records import keep
from metrics.improvement_record import KIND, Improvement, marked_done
from metrics.metric import BadQuestion
from stories.improvement import gather, improvements
from ui import choose, data, improvement_form, welcome
from ui.screen import Screen
from ui.tell import tell

CHOSEN = "improvement"  # in the link
HANDED = ("finding", "metric", "edit")  # by a link from what was found


def panel(screen: Screen) -> None:
    """The link keeps the improvement that is looked into, and may bring a finding and a metric to plan."""
    if not screen.opened:
        welcome.panel(screen)
        return
    asked = data.asked(screen.key, data.whole(screen.key))
    plan = gather(asked, chosen=st.query_params.get(CHOSEN, ""))
    known = {item.improvement.key: item.improvement for item in plan.items}
    edited = st.query_params.get("edit") or ("new" if any(each in st.query_params for each in HANDED) else "")
    _bar(screen, known, next(iter(plan.chosen), ""))
    if edited:
        improvement_form.form(screen, asked, known.get(edited))
    kept = json.dumps(dict(asked.records(KIND)), sort_keys=True, ensure_ascii=False)
    tell(screen, "improvements", lambda: improvements(plan, screen.lang), (kept, plan.chosen))


def _bar(screen: Screen, known: dict[str, Improvement], chosen: str) -> None:
    lang = screen.lang
    with st.container(horizontal=True, vertical_alignment="bottom", key="improvement-bar"):
        if known:
            options = {"": "–", **_named(known)}
            choose.one(CHOSEN, say("Improvement that is looked into", lang), options)
        st.button(
            say("Add an improvement", lang), icon=":material/add:", type="primary", key="improvement_add",
            on_click=_edit, args=("new",),
        )  # fmt: skip
        if chosen:
            _one(screen, known[chosen])


def _named(known: dict[str, Improvement]) -> dict[str, str]:
    """Key → finding; of equal findings with the action and the key, as a choice goes by its words."""
    often = Counter(each.finding for each in known.values())
    return {
        key: each.finding if often[each.finding] == 1 else f"{each.finding} · {each.action} · {key}"
        for key, each in known.items()
    }


def _one(screen: Screen, one: Improvement) -> None:
    """What can be done with the one that is looked into."""
    lang = screen.lang
    st.button(
        say("Edit", lang), icon=":material/edit:", key="improvement_edit", on_click=_edit, args=(one.key,)
    )
    if one.status in ("open", "in progress"):
        with st.popover(say("Mark as done", lang), icon=":material/check:", key="improvement_finish"):
            last = data.shop(screen.key).last
            st.date_input(say("Done on", lang), value=last, key="improvement_day", required=True)
            st.button(
                say("It is done", lang),
                key="improvement_finished",
                type="primary",
                on_click=_done,
                args=(one,),
            )
    with st.popover(say("Delete", lang), icon=":material/delete:", key="improvement_forget"):
        st.markdown(say("Delete this improvement for all who open the shop?", lang))
        st.button(
            say("Delete it", lang),
            key="improvement_delete",
            type="primary",
            on_click=_delete,
            args=(one.key,),
        )


def _edit(key: str) -> None:
    improvement_form.forget()
    for each in HANDED:
        st.query_params.pop(each, None)
    st.query_params["edit"] = key


def _done(one: Improvement) -> None:
    try:
        finished = marked_done(one, st.session_state["improvement_day"])
    except BadQuestion as problem:
        st.toast(say(str(problem), st.session_state["lang"]), icon=":material/error:", duration="long")
        return
    keep(data.path(), KIND, one.key, finished.record())
    st.toast(say("Done on {day}", st.session_state["lang"], day=_day(finished)), icon=":material/check:")


def _day(one: Improvement) -> str:
    return numbers.day(one.done, st.session_state["lang"])


def _delete(key: str) -> None:
    keep(data.path(), KIND, key, None)
    st.query_params.pop(CHOSEN, None)
