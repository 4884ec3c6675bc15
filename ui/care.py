"""The care list on the screen: the first rows, and all of them as a file."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import streamlit as st

from stories.asked import Asked
from stories.care import care_list
from ui import grid
from ui.screen import Screen

SHOWN = 200


def panel(screen: Screen, asked: Asked, customers: pl.Series, title: str) -> None:
    """customers: codes of those behind a number."""
    found = care_list(asked, customers, title, screen.lang)
    with st.container(key=screen.name("card")):
        grid.table(replace(found, frame=found.frame.head(SHOWN)), screen, lambda: found.frame)
