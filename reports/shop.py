"""A store as stories ask it: frames, tables, and what is known of the data."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property, lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from loaders import quality
from loaders.records import records
from loaders.store import Store
from loaders.tables import TABLES
from metrics.period import Period
from metrics.reason import Frames
from reports.remembered import Remembered
from stories.answered import run
from stories.asked import Asked, How, Results, Shop, Where
from stories.data import Loaded
from stories.named import Named
from stories.report import Facts

FEW = 10_000  # rows of tables that stay in memory
RESULTS = 32  # of analyses


@dataclass(frozen=True)
class Opened:
    """A store with its first and last day of orders."""

    store: Store
    first: date
    last: date

    @cached_property
    def frames(self) -> Frames:
        return Remembered(self.store)

    @cached_property
    def results(self) -> Results:
        """Results of analyses, remembered: claims compute again what the story has asked for."""
        there = Asked(self.frames, self.table, self.shop, Period(self.first, self.last))

        @lru_cache(maxsize=RESULTS)
        def result(name: str, period: Period, where: Where, words: tuple[tuple[str, str], ...]) -> Any:
            return run(there, name, period, where, words)

        return result

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What rests on the store alone, made once; see Asked.once."""
        return {}

    @property
    def shop(self) -> Shop:
        manifest = self.store.manifest
        return Shop(
            self.last, manifest.currency, manifest.timezone,
            "sunday" if manifest.week_start == "sunday" else "monday",
            datetime.fromisoformat(manifest.created_at), manifest.sample,
        )  # fmt: skip

    def table(self, name: str) -> pl.LazyFrame | None:
        if name not in self.store.tables:
            return None
        few = self.store.manifest.tables[name]["rows"] <= FEW
        return self._in_memory(name) if few else self.store.scan(name)

    @cached_property
    def _in_memory(self) -> Callable[[str], pl.LazyFrame]:
        return cache(lambda name: self.store.scan(name).collect().lazy())

    def ask(
        self, period: Period, comparison: How, where: Mapping[str, Sequence[str]], basis: str = "order"
    ) -> Asked:
        """A question to the store."""
        return Asked(
            self.frames, self.table, self.shop, period, comparison, where,
            "refund" if basis == "refund" else "order", self.results, self.kept,
            partial(records, self.store.path),
        )  # fmt: skip

    def facts(self) -> Facts:
        manifest = self.store.manifest
        counts = self.store.quarantine().group_by("table", "rule").len().collect().sort("table", "rule")
        refused = {(table, rule): rows for table, rule, rows in counts.iter_rows()}
        return Facts(loaded(self.store), quality.check(self.store), refused, manifest.version)


def opened(path: str, version: int | None = None) -> Opened:
    """Raises BadInput where there is no store, or neither orders nor events in it."""
    store = Store(path, version)
    return Opened(store, *store.days())


def usual(named: Named, there: Opened) -> tuple[Period, How]:
    """The days and comparison of a report where none are asked for."""
    return named.days(there.first, there.last, there.shop.week_start)


def loaded(store: Store) -> list[Loaded]:
    """Every table of the schema, with what the store has of it."""
    manifest, found = store.manifest, []
    for name, schema in TABLES.items():
        facts = manifest.tables.get(name, {"rows": 0})
        start, end = (_local(facts.get(at, ""), manifest.timezone) for at in ("start", "end"))
        bad = sum(facts.get("quarantined", {}).values())
        meaning = inspect.getdoc(schema) or ""
        found.append(Loaded(name, meaning, facts["rows"], bad, facts.get("duplicates", 0), start, end))
    return found


def _local(time: str, timezone: str) -> datetime | None:
    """A time of the manifest, an instant or a day, as the shop's clock shows it."""
    if not time:
        return None
    found = datetime.fromisoformat(time)
    return found.astimezone(ZoneInfo(timezone)) if found.tzinfo else found
