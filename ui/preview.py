"""The first rows of a table, without what may identify a person unless that is asked for."""

from __future__ import annotations

import polars as pl
import streamlit as st

from language import say
from loaders import tables
from stories.blocks import Column, Kind, Table
from ui import card, grid
from ui.screen import Screen

SHOWN = 100
KINDS: dict[str, Kind] = {"money": "money", "count": "integer", "fraction": "percent"}


def panel(screen: Screen) -> None:
    """Shows rows of the table that the reader picks."""
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


def _kind(table: str, column: str, kind: pl.DataType) -> Kind:
    if kind == pl.Datetime:
        return "time"
    if kind == pl.Date:
        return "date"
    if not kind.is_numeric():
        return "text"
    return KINDS.get(tables.facts(table, column)["unit"], "number")
