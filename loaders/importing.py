"""Imports a delivery into a store: check, stage, merge, cube, publish.

Reads what is new (a source by its name and digest), leaves the rest linked, and makes one new version.
Until the last step readers see the version before; a kill at any moment leaves it current.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from shutil import rmtree

import polars as pl

from loaders import cube, quality, store, tables
from loaders.events import merge_events
from loaders.keys import SOURCE
from loaders.loader import BadInput, Delivery, Progress, Source
from loaders.merge import date_lines, merge
from loaders.merging import Merging
from loaders.settings import settings_of
from loaders.stage import Count, Stage
from loaders.store import Store
from loaders.strangers import strangers
from loaders.version import QUARANTINE, Manifest, Version


@dataclass(frozen=True)
class Report:
    """What an import did.

    sources: name → "new", "corrected" or "unchanged". counts: table → what became of its rows.
    superseded: table → rows of the new version that a row of another source replaces.
    """

    version: int
    sources: dict[str, str]
    counts: dict[str, Count]
    superseded: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return any(state != "unchanged" for state in self.sources.values())


def import_delivery(
    path: str | Path,
    delivery: Delivery,
    *,
    loader: str,
    now: datetime,
    progress: Callable[[Progress], None] | None = None,
    shop: Mapping[str, str] | None = None,
) -> Report:
    """Imports what is new in a delivery. `shop` overrides the delivery's timezone, currency, week_start.

    Raises BadInput where nothing can be read, another import is running, or the shop's settings
    differ from those of the store.
    """
    path, tell = Path(path), progress or (lambda _: None)
    if not delivery.sources:
        raise BadInput("There is nothing to import: the source has no files or tables that a loader takes.")
    with store.writing(path):
        number = store.current(path)
        old = Store(path, number) if number else None
        notes = list(delivery.notes)
        if old and old.manifest.sample != (loader == "sample"):
            if loader == "sample":
                raise BadInput(
                    f"The store {path} holds a real shop. Build the sample in another: --store DIR."
                )
            notes.append(f"The sample shop makes way; it stays as version {old.version}, to be restored.")
            old = None
        settings = settings_of(old, {**delivery.shop, **(shop or {})})
        before = old.manifest.sources if old else {}
        states = {source.name: _state(source, before) for source in delivery.sources}
        fresh = [source for source in delivery.sources if states[source.name] != "unchanged"]
        if not fresh and old and all(getattr(old.manifest, key) == settings[key] for key in settings):
            return Report(old.version, states, {}, notes=notes)
        with store.draft(path) as room:
            stage = Stage(room / "stage", now)
            first = max((source["id"] for source in before.values()), default=0) + 1
            ids = {source.name: first + place for place, source in enumerate(fresh)}
            _read(fresh, ids, stage, tell)
            sources = {name: known for name, known in before.items() if name not in ids}
            gone = [known["id"] for name, known in before.items() if name in ids]
            entries = {
                source.name: {
                    "id": ids[source.name],
                    "digest": source.digest,
                    "loader": loader,
                    "imported_at": now.isoformat(timespec="seconds"),
                }
                for source in fresh
            }
            sources |= entries
            work = Merging(old, stage, room, gone, _rank(sources))
            for table in tables.TABLES:
                tell(Progress(f"sorting {table}"))
                if table == "events":
                    merge_events(work)
                else:
                    if table == "order_lines":
                        date_lines(work)
                    merge(table, work)
            _quarantine(work, sources, before)
            for name in entries:
                entries[name]["tables"] = _summary(stage.counts[ids[name]])
            corrected = {name: number for name, number in ids.items() if states[name] == "corrected"}
            notes += strangers(work, corrected, before)
            rmtree(stage.folder, ignore_errors=True)
            tell(Progress("daily cube"))
            version = store.next_version(path)
            manifest = Manifest(
                version=version,
                created_at=now.isoformat(timespec="seconds"),
                **settings,
                sources=sources,
                files=work.files,
                tables=_tables(work, sources),
            )
            if not any(facts["rows"] for facts in manifest.tables.values()):
                why = "; ".join([*notes, *_reasons(stage)])
                raise BadInput(f"There is no good row in the source, so nothing was imported: {why}.")
            cube.write(room, manifest)
            tell(Progress("checks"))
            quality.write(Version(room, manifest))
            if delivery.beside:
                delivery.beside(room, tell)
            store.publish(path, room, manifest)
        counts = _add_up(stage, ids.values())
        return Report(version, states, counts, _superseded(manifest), notes)


def _state(source: Source, before: Mapping[str, dict]) -> str:
    if source.name not in before:
        return "new"
    return "unchanged" if before[source.name]["digest"] == source.digest else "corrected"


def _read(
    fresh: list[Source], ids: Mapping[str, int], stage: Stage, tell: Callable[[Progress], None]
) -> None:
    size = sum(source.size for source in fresh)
    done = rows = 0
    for source in fresh:
        tell(Progress(f"reading {source.name}", done, size, rows))
        for batch in source.read():
            stage.add(ids[source.name], batch)
            rows += 0 if batch.derived else len(batch.frame)
            tell(Progress(f"reading {source.name}", done, size, rows))
        stage.finish(ids[source.name])
        done += source.size


def _rank(sources: Mapping[str, dict]) -> pl.DataFrame:
    ids = [sources[name]["id"] for name in sorted(sources, key=_by_number)]
    return pl.DataFrame(
        {SOURCE: ids, "_rank": range(len(ids))}, schema={SOURCE: pl.UInt32, "_rank": pl.Int64}
    )


def _by_number(name: str) -> list[tuple[bool, str]]:
    return [(not part.isdigit(), part.zfill(20)) for part in re.split(r"(\d+)", name)]


def _quarantine(work: Merging, sources: Mapping[str, dict], before: Mapping[str, dict]) -> None:
    names = {known["id"]: name for name, known in sources.items()}
    (work.room / "quarantine").mkdir()
    for number, parts in work.stage.bad.items():
        rows = pl.concat([part.select(*(name for name in QUARANTINE if name != "source")) for part in parts])
        rows = rows.with_columns(source=pl.lit(names[number])).select(*QUARANTINE).sort("line", "table")
        rows.write_parquet(work.room / "quarantine" / f"{number}.parquet")
    if work.old is None:
        return
    for path in sorted((work.old.folder / "quarantine").glob("*.parquet")):
        if int(path.stem) in names and not (work.room / "quarantine" / path.name).exists():
            work.link(path)


def _summary(counts: Mapping[str, Count]) -> dict[str, dict]:
    return {
        table: {
            "rows": count.rows,
            "made": count.made,
            "duplicates": count.duplicates,
            "quarantined": {rule: rows for rule, rows in sorted(count.quarantined.items()) if rows},
        }
        for table, count in sorted(counts.items())
    }


def _tables(work: Merging, sources: Mapping[str, dict]) -> dict[str, dict]:
    facts: dict[str, dict] = {}
    for table in ["", *tables.TABLES]:
        files = {name: each for name, each in work.files.items() if table and name.startswith(f"{table}/")}
        given = [source["tables"][table] for source in sources.values() if table in source["tables"]]
        quarantined: Counter[str] = Counter()
        for each in given:
            quarantined.update(each["quarantined"])
        superseded = work.room / "superseded" / f"{table}.parquet"
        together = "".join(each["digest"] for _, each in sorted(files.items()))
        facts[table] = {
            "rows": sum(each["rows"] for each in files.values()),
            "start": min((each["start"] for each in files.values() if each["start"]), default=""),
            "end": max((each["end"] for each in files.values()), default=""),
            "digest": hashlib.sha256(together.encode()).hexdigest()[:32],
            "delivered": sum(each["rows"] for each in given),
            "quarantined": dict(quarantined),
            "duplicates": sum(each["duplicates"] for each in given),
            "superseded": pl.scan_parquet(superseded).select(pl.len()).collect().item()
            if superseded.exists()
            else 0,
            "undated": files.get(f"{table}/undated.parquet", {}).get("rows", 0),
        }
    return {table: each for table, each in facts.items() if each["rows"] or each["delivered"]}


def _superseded(manifest: Manifest) -> dict[str, int]:
    return {table: facts["superseded"] for table, facts in manifest.tables.items() if facts["superseded"]}


def _add_up(stage: Stage, ids) -> dict[str, Count]:
    total: dict[str, Count] = {}
    for number in ids:
        for table, count in stage.counts[number].items():
            sum_ = total.setdefault(table, Count())
            sum_.rows += count.rows
            sum_.made += count.made
            sum_.duplicates += count.duplicates
            sum_.quarantined.update(count.quarantined)
    return total


def _reasons(stage: Stage) -> list[str]:
    """The first reason for which a row was refused, if any was."""
    return [reason for parts in stage.bad.values() for part in parts for reason in part["reason"].head(1)][:1]
