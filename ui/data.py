"""The store, and what is computed from it, kept between runs.

Caches live here only. Each is bounded and keyed by names: the store's path and version, the view, the
language. An import or a restore makes another version, so the next run sees it without a restart.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from charts import draw
from charts.chart import Chart
from loaders import quality
from loaders.store import Store, current, folder
from metrics.period import Period
from metrics.recovery import RECOVERIES, Data
from metrics.recovery import recovered as planted_and_recovered
from reports import shop as reported
from reports.ledger import Ledger
from reports.shop import Opened
from stories.asked import Asked, Shop
from stories.blocks import Block
from stories.data import Loaded
from ui.screen import Key, Screen
from ui.view import DIMENSIONS, View

ROOT = Path(__file__).parents[1]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def path() -> Path:
    """Where the store is: PLUMBLINE_STORE, or `store` beside app.py."""
    return Path(os.environ.get("PLUMBLINE_STORE") or ROOT / "store")


def key() -> Key | None:
    """Names the store's current version; None where there is no store."""
    version = current(path())
    if not version:
        return None
    return str(path()), version, (folder(path(), version) / "manifest.json").stat().st_mtime_ns


@st.cache_resource(ttl=DAY, max_entries=4, show_spinner=False)
def store(key: Key) -> Store:
    return Store(key[0], key[1])


@st.cache_resource(ttl=DAY, max_entries=4, show_spinner=False)
def opened(key: Key) -> Opened:
    """The store as stories and reports ask it, with its daily frames in memory."""
    return Opened(store(key), *days(key))


def whole(key: Key) -> View:
    """All days, for pages that have no dates of their own."""
    return View(*days(key), range="custom", compare="none")


def runs() -> list[dict]:
    """The ledger of scheduled reports, read anew each time: deliveries do not change the store."""
    return Ledger(path() / "reports").lines()


def shop(key: Key) -> Shop:
    """What stories need to know about the shop."""
    return opened(key).shop


def asked(key: Key, view: View) -> Asked:
    """The view as a question to the store."""
    return opened(key).ask(view.period, view.compared, dict(view.where), view.basis)


@st.cache_data(ttl=DAY, max_entries=8, show_spinner=False)
def days(key: Key) -> tuple[date, date]:
    """First and last day of the data."""
    return store(key).days()


@st.cache_data(ttl=DAY, max_entries=8, show_spinner=False)
def options(key: Key) -> dict[str, list[str]]:
    """Dimension → its values in the data, for the filters; dimensions without any are left out."""
    cube = store(key).frame("daily", by=DIMENSIONS)
    found = {name: cube.select(pl.col(name).drop_nulls().unique().sort()) for name in DIMENSIONS}
    values = {name: frame.collect()[name].to_list() for name, frame in found.items()}
    return {name: kept for name, kept in values.items() if kept}


@st.cache_data(ttl=DAY, max_entries=8, show_spinner=False)
def events(key: Key) -> list[str]:
    """Names of the events that there are, the most frequent first."""
    if "events" not in store(key).tables:
        return []
    counts = store(key).frame("log").group_by("event").len().sort("len", "event", descending=[True, False])
    return counts.select(pl.col("event").cast(pl.String)).drop_nulls().collect()["event"].to_list()


@st.cache_data(ttl=DAY, max_entries=8, show_spinner=False)
def checks(key: Key) -> list[quality.Check]:
    return quality.check(store(key))


@st.cache_data(ttl=DAY, max_entries=8, show_spinner=False)
def loaded(key: Key) -> list[Loaded]:
    """Every table of the schema, with what the store has of it."""
    return reported.loaded(store(key))


@st.cache_data(ttl=DAY, max_entries=8, show_spinner=False)
def quarantined(key: Key) -> dict[tuple[str, str], int]:
    """(table, rule) → rows in quarantine."""
    counts = store(key).quarantine().group_by("table", "rule").len().collect()
    return {(table, rule): rows for table, rule, rows in counts.sort("table", "rule").iter_rows()}


@st.cache_resource(ttl=HOUR, max_entries=512, show_spinner=False)
def blocks(kept: tuple, _make: Callable[[], list[Block]]) -> list[Block]:
    """What `_make` returns; nobody may change it. `kept` names it: store, story, settings, language."""
    return _make()


@st.cache_resource(ttl=HOUR, max_entries=64, show_spinner=False)
def once(kept: tuple, _start: Callable[[], object]) -> object:
    """What `_start` returns, started again only when the blocks of an hour ago are gone."""
    return _start()


def figure(screen: Screen, name: str, chart: Chart) -> go.Figure:
    """A chart drawn once while its story is kept; `name` says which chart in it."""
    own = screen.lang, screen.shop.currency
    kept = screen.kept
    return _figure(kept, name, screen.dark, *own, chart) if kept else draw.figure(chart, screen.dark, *own)


@st.cache_resource(ttl=HOUR, max_entries=1024, show_spinner=False)
def _figure(kept: tuple, name: str, dark: bool, lang: str, currency: str, _chart: Chart) -> go.Figure:
    return draw.figure(_chart, dark, lang, currency)


def put(screen: Screen, name: str, make: Callable[[], None]) -> None:
    """Shows a table or chart; where it is part of a story that is kept, only the first time: then Streamlit
    repeats what it sent. Nothing that a reader can set may be drawn so.
    """
    if screen.kept:
        _put(screen.kept, name, screen.dark, make)
    else:
        make()


@st.cache_data(ttl=HOUR, max_entries=1024, show_spinner=False)
def _put(kept: tuple, name: str, dark: bool, _make: Callable[[], None]) -> None:
    _make()


@st.cache_resource(ttl=DAY, max_entries=4, show_spinner=False)
def truths(key: Key) -> dict[str, Any] | None:
    """What is known to be true of a sample shop, which nobody may change; None of a real one."""
    return store(key).truths()


@st.cache_resource(ttl=DAY, max_entries=4, show_spinner=False)
def recovered(key: Key) -> pl.DataFrame:
    """What every method makes of the sample shop, beside what was planted. It takes a second or two."""
    known, there = truths(key), store(key)
    looked_at = Data(
        opened(key).frames, there.scan, Period(*days(key)), there.manifest.timezone, there.tables
    )
    return planted_and_recovered(known["truths"] if known else [], looked_at, RECOVERIES.values())


@st.cache_data(ttl=DAY, max_entries=8, show_spinner=False)
def plan_names(key: Key) -> dict[str, str]:
    """Id of a promotion or campaign → its name."""
    there, found = store(key), dict[str, str]()
    for table, id in (("promotions", "promotion_id"), ("campaigns", "campaign_id")):
        if table in there.tables:
            found |= dict(there.scan(table).select(id, "name").drop_nulls().collect().iter_rows())
    return found
