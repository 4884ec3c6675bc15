"""The versions of the store: each import made one; any that is kept can be made current again."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import streamlit as st

from language import numbers, say
from loaders.loader import BadInput
from loaders.store import restore, versions
from stories.blocks import Column, Table
from ui import card, data, grid
from ui.screen import Screen


def panel(screen: Screen) -> None:
    """Lists the versions, and restores one."""
    lang = screen.lang
    now, kept = screen.store.version, versions(data.path())
    rows = [
        {
            "version": manifest.version,
            "current": "✓" if manifest.version == now else "",
            "made": datetime.fromisoformat(manifest.created_at),
            "sources": len(manifest.sources),
            "rows": sum(facts["rows"] for facts in manifest.tables.values()),
            "loaders": ", ".join(sorted({source["loader"] for source in manifest.sources.values()})),
        }
        for manifest in kept
    ]
    columns = (
        Column("version", say("Version", lang), "integer"),
        Column("current", say("Current", lang)),
        Column("made", say("Made at", lang), "time"),
        Column("sources", say("Sources", lang), "integer"),
        Column("rows", say("Rows", lang), "integer"),
        Column("loaders", say("Loaders", lang)),
    )
    with st.container(key="card-versions"):
        note = say("Each import made one. Restoring one takes no data away: the others stay.", lang)
        table = Table(pl.DataFrame(rows), columns, say("Versions of the data", lang), note, name="versions")
        grid.table(table, screen)
        others = [manifest.version for manifest in kept if manifest.version != now]
        if not others:
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = st.selectbox(say("Version", lang), others, key="versions_chosen", width=160)
            if st.button(say("Restore", lang), icon=":material/history:", key="versions_restore"):
                try:
                    restore(data.path(), chosen)
                except BadInput as problem:
                    st.error(card.plain(say(str(problem), lang)))
                else:
                    st.toast(say("Version {n} is current.", lang, n=numbers.integer(chosen, lang)))
                    st.rerun()
