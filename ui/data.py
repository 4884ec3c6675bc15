"""The store, and what is computed from it, kept between runs.

Caches live here only. Each is bounded and keyed by names: the store's path and version, the view, the
language. An import or a restore makes another version, so the next run sees it without a restart.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from charts import draw
from charts.chart import Chart
from loaders import quality
from loaders.store import Store, current, folder
from stories.asked import Asked, Shop
from stories.blocks import Block
from ui.screen import Key
from ui.view import DIMENSIONS, View

ROOT = Path(__file__).parents[1]


def path() -> Path:
    """Where the store is: PLUMBLINE_STORE, or `store` beside app.py."""
    return Path(os.environ.get("PLUMBLINE_STORE") or ROOT / "store")


def key() -> Key | None:
    """Names the store's current version; None where there is no store."""
    version = current(path())
    if not version:
        return None
    return str(path()), version, (folder(path(), version) / "manifest.json").stat().st_mtime_ns


@st.cache_resource(ttl="1d", max_entries=4, show_spinner=False)
def store(key: Key) -> Store:
    return Store(key[0], key[1])


def asked(key: Key, view: View) -> Asked:
    """The view as a question to the store."""
    shop, manifest = store(key), store(key).manifest

    def tables(name: str) -> pl.LazyFrame | None:
        return shop.scan(name) if name in shop.tables else None

    about = Shop(
        last=days(key)[1],
        currency=manifest.currency,
        timezone=manifest.timezone,
        week_start="sunday" if manifest.week_start == "sunday" else "monday",
        imported_at=datetime.fromisoformat(manifest.created_at),
        sample=manifest.sample,
    )
    where = dict(view.where)
    return Asked(shop.frame, tables, about, view.period, view.compared, where, view.basis)


@st.cache_data(ttl="1d", max_entries=8, show_spinner=False)
def days(key: Key) -> tuple[date, date]:
    """First and last day with orders."""
    found = store(key).frame("sales").select(first=pl.col("day").min(), last=pl.col("day").max()).collect()
    return found.item(0, "first"), found.item(0, "last")


@st.cache_data(ttl="1d", max_entries=8, show_spinner=False)
def options(key: Key) -> dict[str, list[str]]:
    """Dimension → its values in the data, for the filters; dimensions without any are left out."""
    cube = store(key).frame("daily", by=DIMENSIONS)
    found = {name: cube.select(pl.col(name).drop_nulls().unique().sort()) for name in DIMENSIONS}
    values = {name: frame.collect()[name].to_list() for name, frame in found.items()}
    return {name: kept for name, kept in values.items() if kept}


@st.cache_data(ttl="1d", max_entries=8, show_spinner=False)
def checks(key: Key) -> list[quality.Check]:
    return quality.check(store(key))


@st.cache_data(ttl="1d", max_entries=8, show_spinner=False)
def quarantined(key: Key) -> dict[tuple[str, str], int]:
    """(table, rule) → rows in quarantine."""
    counts = store(key).quarantine().group_by("table", "rule").len().collect()
    return {(table, rule): rows for table, rule, rows in counts.sort("table", "rule").iter_rows()}


@st.cache_resource(ttl="1h", max_entries=256, show_spinner=False)
def blocks(kept: tuple, _make: Callable[[], list[Block]]) -> list[Block]:
    """What `_make` returns; nobody may change it. `kept` names it: the store's key, the story, its settings."""
    return _make()


@st.cache_resource(ttl="1h", max_entries=1024, show_spinner=False)
def figure(kept: tuple, name: str, dark: bool, lang: str, currency: str, _chart: Chart) -> go.Figure:
    """A chart drawn once. `kept` says which story, `name` which chart in it."""
    return draw.figure(_chart, dark, lang, currency)
