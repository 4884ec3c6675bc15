"""The store, and what is computed from it, kept between runs.

Caches live here only. Each is bounded and keyed by names: the store's path and version, the view, the
language. An import or a restore makes another version, so the next run sees it without a restart.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from charts import draw
from charts.chart import Chart
from loaders import quality
from loaders.serve import TIMES, by_day
from loaders.store import Store, current, folder
from metrics.period import Period
from metrics.reason import Frames
from metrics.recovery import RECOVERIES, Data
from metrics.recovery import recovered as planted_and_recovered
from reports import shop as reported
from reports.ledger import Ledger
from reports.shop import Opened
from stories.asked import Asked, Shop
from stories.blocks import Block
from stories.data import Loaded
from ui.screen import Key
from ui.view import DIMENSIONS, View

ROOT = Path(__file__).parents[1]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = ("channel",)


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
    """The store as reports ask it."""
    return Opened(store(key), *days(key))


def whole(key: Key) -> View:
    """All days, for pages that have no dates of their own."""
    return View(*days(key), range="custom", compare="none")


def runs() -> list[dict]:
    """The ledger of scheduled reports, read anew each time: deliveries do not change the store."""
    return Ledger(path() / "reports").lines()


def shop(key: Key) -> Shop:
    """What stories need to know about the shop."""
    manifest = store(key).manifest
    return Shop(
        last=days(key)[1],
        currency=manifest.currency,
        timezone=manifest.timezone,
        week_start="sunday" if manifest.week_start == "sunday" else "monday",
        imported_at=datetime.fromisoformat(manifest.created_at),
        sample=manifest.sample,
    )


def asked(key: Key, view: View) -> Asked:
    """The view as a question to the store."""
    there = store(key)

    def tables(name: str) -> pl.LazyFrame | None:
        return there.scan(name) if name in there.tables else None

    where = dict(view.where)
    return Asked(_frames(key), tables, shop(key), view.period, view.compared, where, view.basis)


def _frames(key: Key) -> Frames:
    """The store's frames, `daily` added up and from memory: a story asks for it some forty times."""
    there, seen = store(key), {}

    def frame(
        name: str,
        where: Mapping[str, Sequence[str]] = MappingProxyType({}),
        by: Sequence[str] = (),
        basis: str = "order",
    ) -> pl.LazyFrame:
        if name != "daily" or not {*where, *by} <= {*DIMENSIONS, *TIMES}:
            return there.frame(name, where, by, basis)
        asked = (tuple((column, tuple(values)) for column, values in where.items()), tuple(by), basis)
        if asked not in seen:
            seen[asked] = _daily(key, *asked)
        return seen[asked]

    return frame


@st.cache_resource(ttl=HOUR, max_entries=128, show_spinner=False)
def _daily(key: Key, where: tuple, by: tuple[str, ...], basis: str) -> pl.LazyFrame:
    """`daily` by day and `by`. The whole is added up from the channels, which are asked for anyway."""
    rows = store(key).frame("daily", dict(where), by, basis) if by else _daily(key, where, FIRST, basis)
    return by_day(rows, by).lazy()


@st.cache_data(ttl=DAY, max_entries=8, show_spinner=False)
def days(key: Key) -> tuple[date, date]:
    """First and last day with orders."""
    found = store(key).frame("sales").select(first=pl.col("day").min(), last=pl.col("day").max()).collect()
    return found.item(0, "first"), found.item(0, "last")


@st.cache_data(ttl=DAY, max_entries=8, show_spinner=False)
def options(key: Key) -> dict[str, list[str]]:
    """Dimension → its values in the data, for the filters; dimensions without any are left out."""
    cube = store(key).frame("daily", by=DIMENSIONS)
    found = {name: cube.select(pl.col(name).drop_nulls().unique().sort()) for name in DIMENSIONS}
    values = {name: frame.collect()[name].to_list() for name, frame in found.items()}
    return {name: kept for name, kept in values.items() if kept}


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


@st.cache_resource(ttl=HOUR, max_entries=256, show_spinner=False)
def blocks(kept: tuple, _make: Callable[[], list[Block]]) -> list[Block]:
    """What `_make` returns; nobody may change it. `kept` names it: store, story, settings, language."""
    return _make()


@st.cache_resource(ttl=HOUR, max_entries=64, show_spinner=False)
def once(kept: tuple, _start: Callable[[], object]) -> object:
    """What `_start` returns, started again only when the blocks of an hour ago are gone."""
    return _start()


@st.cache_resource(ttl=HOUR, max_entries=1024, show_spinner=False)
def figure(kept: tuple, name: str, dark: bool, lang: str, currency: str, _chart: Chart) -> go.Figure:
    """A chart drawn once. `kept` says which story, `name` which chart in it."""
    return draw.figure(_chart, dark, lang, currency)


@st.cache_resource(ttl=DAY, max_entries=4, show_spinner=False)
def truths(key: Key) -> dict[str, Any] | None:
    """What is known to be true of a sample shop, which nobody may change; None of a real one."""
    return store(key).truths()


@st.cache_resource(ttl=DAY, max_entries=4, show_spinner=False)
def recovered(key: Key) -> pl.DataFrame:
    """What every method makes of the sample shop, beside what was planted. It takes a second or two."""
    known, there = truths(key), store(key)
    looked_at = Data(_frames(key), there.scan, Period(*days(key)), there.manifest.timezone)
    return planted_and_recovered(known["truths"] if known else [], looked_at, RECOVERIES.values())


@st.cache_data(ttl=DAY, max_entries=8, show_spinner=False)
def plan_names(key: Key) -> dict[str, str]:
    """Id of a promotion or campaign → its name."""
    there, found = store(key), dict[str, str]()
    for table, id in (("promotions", "promotion_id"), ("campaigns", "campaign_id")):
        if table in there.tables:
            found |= dict(there.scan(table).select(id, "name").drop_nulls().collect().iter_rows())
    return found
