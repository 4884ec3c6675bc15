"""One version of the store: what is in its folder."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from loaders import tables
from loaders.loader import BadInput
from loaders.mapped import mapped

QUARANTINE = {
    "table": pl.String,
    "rule": pl.String,
    "column": pl.String,
    "found": pl.String,
    "reason": pl.String,
    "source": pl.String,
    "line": pl.UInt32,
    "raw": pl.String,
}


@dataclass(frozen=True)
class Manifest:
    """What a version holds.

    sources: name → id, digest, loader, imported_at, rows and what became of them.
    files: path in the version → rows, digest of the content.
    tables: name → rows, start, end, digest, quarantined {rule: rows}, duplicates, superseded, waiting.
    """

    version: int = 0
    created_at: str = ""
    timezone: str = "UTC"
    currency: str = "USD"
    week_start: str = "monday"
    sources: dict[str, dict] = field(default_factory=dict)
    files: dict[str, dict] = field(default_factory=dict)
    tables: dict[str, dict] = field(default_factory=dict)

    @property
    def sample(self) -> bool:
        """Whether anything in the store is of the sample shop."""
        return any(source["loader"] == "sample" for source in self.sources.values())


class Version:
    """A version's folder with what its manifest says of it; a draft, too, before it is published."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest

    @property
    def version(self) -> int:
        return self.manifest.version

    @property
    def tables(self) -> list[str]:
        """Names of the tables that have rows."""
        return [name for name in tables.TABLES if self.manifest.tables.get(name, {}).get("rows")]

    def scan(self, table: str) -> pl.LazyFrame:
        """A table's rows: our columns, `_source` and `_line`.

        `events` has the code `customer` (see `people`) in place of `customer_id`.
        Raises BadInput where the table was not imported.
        """
        if table not in tables.TABLES:
            raise BadInput(f"There is no table {table!r}. Known: {', '.join(tables.TABLES)}.")
        if table not in self.tables:
            raise BadInput(f"needs the table {table}: import it")
        return pl.scan_parquet(self.folder / table / "*.parquet", glob=True)

    def prepared(self, name: str) -> pl.LazyFrame:
        """A frame made at import: daily, cube, sales, sessions, log, people."""
        if name == "log":
            return self._log()
        return pl.scan_parquet(self.folder / "prepared" / f"{name}.parquet")

    def _log(self) -> pl.LazyFrame:
        if self._mapped is not None:
            return self._mapped.lazy()
        if "events" in self.tables:
            raise BadInput(f"Version {self.version} is of an older Plumbline: import its sources again.")
        names = dict.fromkeys(("event", "channel", "region", "device"), pl.Enum([]))
        time = pl.Datetime("us", self.manifest.timezone)
        return pl.LazyFrame(schema={"customer": pl.Int32, "session": pl.Int64, "happened_at": time, **names})

    def days(self) -> tuple[date, date]:
        """First and last day with orders, or in a shop without any, with visits. Raises BadInput."""
        for name in ("sales", "sessions"):
            found = self.prepared(name).select(first=pl.col("day").min(), last=pl.col("day").max())
            first, last = found.collect().row(0)
            if first is not None:
                return first, last
        raise BadInput(
            "The store has neither orders nor events, so there is no first and last day: import one of them."
        )

    @cached_property
    def _mapped(self) -> pl.DataFrame | None:
        files = sorted((self.folder / "prepared" / "log").glob("*.arrow"))
        return mapped(files) if files else None

    def truths(self) -> dict[str, Any] | None:
        """What is known to be true of a sample shop, see sample_data/truths.py; None of a real one.

        generator, size, seed, null, people (looked at) of (all), definitions [topic, measure, unit,
        meaning], truths [topic, measure, of, value, error].
        """
        file = self.folder / "truths.json"
        return json.loads(file.read_text()) if file.exists() else None

    def quarantine(self) -> pl.LazyFrame:
        """Bad rows: table, rule, column, found, reason, source, line, raw (as found, JSON)."""
        files = sorted((self.folder / "quarantine").glob("*.parquet"))
        if not files:
            return pl.LazyFrame(schema=QUARANTINE)
        return pl.scan_parquet(files)


def read_manifest(version_folder: Path) -> Manifest:
    return Manifest(**json.loads((version_folder / "manifest.json").read_text()))
