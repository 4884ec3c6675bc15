"""The Export menu: the page that is open as a file, with its filters and in its language."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from language import say
from stories.blocks import Block
from stories.named import named_reports
from stories.report import Report, report
from ui import card, data
from ui.screen import Screen

LABELS = {"pdf": "PDF", "pptx": "PowerPoint", "xlsx": "Excel", "html": "HTML"}
TYPES = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
}


def menu(screen: Screen, story: str, found: Sequence[Block]) -> None:
    """Draws the menu. A file is made when it is asked for, with its progress, and then waits to be saved."""
    lang = screen.lang
    with (
        screen.corner.container(key=f"export-{story}", width="content"),
        st.popover(say("Export", lang), icon=":material/ios_share:"),
    ):
        st.html(
            card.title(say("This page as a file", lang), say("With its dates, filters and language.", lang))
        )
        kind = st.segmented_control(
            say("Format", lang), list(LABELS), format_func=LABELS.__getitem__, key=f"export_{story}_kind",
            default="pdf", required=True,
        )  # fmt: skip
        paper = "a4"
        if kind == "pdf":
            papers = {"a4": "A4", "us-letter": "Letter"}
            paper = st.segmented_control(
                say("Paper", lang), list(papers), format_func=papers.__getitem__, key=f"export_{story}_paper",
                default="a4", required=True,
            )  # fmt: skip
        asked = (screen.key, story, screen.chosen, lang, kind, paper)
        if st.button(say("Make the file", lang), type="primary", key=f"export_{story}_make"):
            _make(screen, story, found, kind, paper, asked)
        made = st.session_state.get("exported")
        if made and made[0] == asked:
            st.download_button(
                say("Save {file}", lang, file=made[1]), made[2], made[1], TYPES[kind],
                icon=":material/download:", on_click="ignore", key=f"export_{story}_save",
            )  # fmt: skip


def _make(screen: Screen, story: str, found: Sequence[Block], kind: str, paper: str, asked: tuple) -> None:
    # What writes files takes most of a second to import, so it waits until somebody asks for one.
    from reports.claims import Differs
    from reports.export import export, name

    lang, there = screen.lang, data.opened(screen.key)
    bar = st.progress(0.1, say("Checking the numbers …", lang))
    told = _report(screen, story, found)
    checks = data.checks(screen.key)
    try:
        bar.progress(0.4, say("Writing the file …", lang))
        (file,) = export(told, [kind], there.ask, checks, there.store.manifest.created_at, paper)
    except Differs as problem:
        bar.empty()
        st.error(say("Not exported: {n} numbers differ from the store.", lang, n=len(problem.found)))
        st.code("\n".join(problem.found))
        return
    bar.progress(1.0, say("Done", lang))
    st.session_state["exported"] = (asked, name(told, kind), file.data)


def _report(screen: Screen, story: str, found: Sequence[Block]) -> Report:
    """The page's own blocks; a story with a named report has that one's summary."""
    lang, there = screen.lang, data.opened(screen.key)
    facts = there.facts()
    view = screen.chosen or data.whole(screen.key)
    asked = there.ask(view.period, view.compared, dict(view.where), view.basis)  # type: ignore[arg-type]
    named = named_reports().get(story)
    if named is None:
        return report(story, found, lang, asked, facts, st.session_state["pages"][screen.page].title)
    return report(
        story, found, lang, asked, facts, summary=named.summary(named.gather(asked, facts.checks), lang)
    )
