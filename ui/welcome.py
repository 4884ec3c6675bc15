"""The first page of a new app: there is no data yet, so it says how to get some."""

from __future__ import annotations

import subprocess
import sys

import streamlit as st

from language import say
from stories.blocks import Heading
from ui import card, data, imports
from ui.screen import Screen


def panel(screen: Screen) -> None:
    """Offers the sample shop and an import."""
    lang = screen.lang
    where = say("There is no data in {path} yet.", lang, path=str(data.path()))
    st.html(card.heading(Heading(say("Welcome to Plumbline", lang), where)))
    with st.container(key="card-sample"):
        st.html(
            card.title(
                say("Look around in the sample shop", lang),
                say(
                    "A made-up shop with a year of orders, visits and returns. It takes about 20 seconds.",
                    lang,
                ),
            )
        )
        if st.button(
            say("Build the sample shop", lang), type="primary", icon=":material/storefront:", key="sample"
        ):
            _build(lang)
    imports.panel(screen)


def _build(lang: str) -> None:
    with st.status(say("Building the sample shop …", lang)) as shown:
        command = [sys.executable, "cli.py", "sample", "--store", str(data.path().resolve())]
        done = subprocess.run(command, cwd=data.ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            shown.update(label=say("The sample shop could not be built.", lang), state="error", expanded=True)
            st.code(done.stderr.strip()[-2000:], language=None)
            return
    st.rerun()
