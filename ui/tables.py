"""The tables of the store, the first rows of one, and the data-quality report."""

from __future__ import annotations

import inspect

import polars as pl
import streamlit as st

from language import say
from loaders import tables
from stories import data as stories
from stories.blocks import Column, Kind, Table
from stories.data import Described
from ui import card, data, grid
from ui.screen import Screen
from ui.show import show
from ui.tell import tell

SHOWN = 100
KINDS: dict[str, Kind] = {"money": "money", "count": "integer", "fraction": "percent"}


def panel(screen: Screen) -> None:
    """Which tables there are, and rows of the one that the reader picks."""
    found, shop = data.loaded(screen.key), data.shop(screen.key)
    tell(screen, "tables", lambda: stories.tables(found, shop, screen.lang))
    _rows(screen)


def quality(screen: Screen) -> None:
    """The data-quality report."""
    tell(screen, "quality", lambda: stories.quality(data.checks(screen.key), screen.lang))


def _rows(screen: Screen) -> None:
    """Rows without what may identify a person, unless that is asked for."""
    lang, store = screen.lang, screen.store
    with st.container(key="card-preview"):
        st.html(card.title(say("Look into a table", lang)))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            table = st.selectbox(say("Table", lang), store.tables, key="preview_table")
            persons = st.toggle(say("Show personal data", lang), key="preview_persons")
        known = tables.TABLES[table].columns()
        hidden = [name for name in known if tables.facts(table, name)["person"] and not persons]
        rows = store.scan(table).head(SHOWN).collect()
        kept = [name for name in rows.columns if name in known and name not in hidden]
        columns = [Column(name, name, _kind(table, name, rows.schema[name])) for name in kept]
        notes = [say("The first {n} rows.", lang, n=len(rows))]
        if hidden:
            notes.append(say("Hidden: {columns}.", lang, columns=", ".join(hidden)))
        grid.table(Table(rows.select(kept), columns, note=" ".join(notes), name=table), screen)
    described = [
        Described(
            name,
            str(column.dtype),
            facts["unit"],
            column.description or "",
            not column.nullable,
            facts["person"],
        )
        for name, column in known.items()
        for facts in [tables.facts(table, name)]
    ]
    meaning = inspect.getdoc(tables.TABLES[table]) or ""
    show([stories.described(table, meaning, described, lang)], screen)


def _kind(table: str, column: str, kind: pl.DataType) -> Kind:
    if kind == pl.Datetime:
        return "time"
    if kind == pl.Date:
        return "date"
    if not kind.is_numeric():
        return "text"
    return KINDS.get(tables.facts(table, column)["unit"], "number")
