"""The rows that were not loaded: why, from where, to filter and to download."""

from __future__ import annotations

import polars as pl
import streamlit as st

from language import numbers, say
from loaders import tables
from stories.blocks import Column, Table
from ui import card, data, grid
from ui.screen import Screen

SHOWN = 1000


def panel(screen: Screen) -> None:
    """A browser over the quarantine. What may identify a person is shown on request only."""
    key, lang = screen.key, screen.lang
    counts = data.quarantined(key)
    with st.container(key="card-quarantine"):
        st.html(card.title(say("Quarantine", lang), say("Rows that broke a rule and were not loaded.", lang)))
        if not counts:
            st.html(card.empty(say("Every row was good: nothing is in quarantine.", lang)))
            return
        with st.container(horizontal=True, vertical_alignment="bottom", key="quarantine-tools"):
            table = st.selectbox(
                say("Table", lang),
                [None, *sorted({table for table, _ in counts})],
                format_func=lambda name: (
                    say("All", lang) if name is None else name or say("(no table)", lang)
                ),
                key="quarantine_table",
            )
            rule = st.selectbox(
                say("Rule", lang),
                [None, *sorted({rule for found, rule in counts if table in (None, found)})],
                format_func=lambda name: name or say("All", lang),
                key="quarantine_rule",
            )
            persons = st.toggle(say("Show personal data", lang), key="quarantine_persons")
        rows = _rows(key, table, rule, persons)
        total = sum(
            n for (found, broken), n in counts.items() if table in (None, found) and rule in (None, broken)
        )
        columns = (
            Column("table", say("Table", lang)),
            Column("rule", say("Rule", lang)),
            Column("column", say("Column", lang)),
            Column("found", say("Found", lang)),
            Column("reason", say("Reason", lang), width="large"),
            Column("source", say("Source", lang)),
            Column("line", say("Line", lang), "integer"),
            *([Column("raw", say("As found", lang), width="large")] if persons else []),
        )
        shown = rows.head(SHOWN).collect()
        note = say(
            "The first {shown} of {total} rows.",
            lang,
            shown=numbers.integer(len(shown), lang),
            total=numbers.integer(total, lang),
        )
        grid.table(Table(shown, columns, note=note, name="quarantine"), screen, rows.collect)


def _rows(key: data.Key, table: str | None, rule: str | None, persons: bool) -> pl.LazyFrame:
    rows = data.store(key).quarantine()
    if table is not None:
        rows = rows.filter(pl.col("table") == table)
    if rule is not None:
        rows = rows.filter(pl.col("rule") == rule)
    if persons:
        return rows
    named = [
        (pl.col("table") == name) & (pl.col("column") == column)
        for name, schema in tables.TABLES.items()
        for column in schema.column_names()
        if tables.facts(name, column)["person"]
    ]
    hidden = pl.when(pl.any_horizontal(named)).then(pl.lit("•••")).otherwise(pl.col("found"))
    return rows.with_columns(found=hidden).drop("raw")
