"""Makes a table of a new version out of the old version's and the staged rows.

The result depends on the sources alone, not on the order in which they came: where two sources give
the same key, the row wins that is given as such (not derived from another table's rows), then the
one with the later `updated_at`, then the one of the source whose name sorts later (numbers in names
count as numbers). Rows that lose are kept in superseded/ and come back when the winner's source
is corrected. Parts that nothing touches are linked, not copied.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from loaders import tables
from loaders.loader import LINE
from loaders.stage import (
    HIDDEN,
    ID,
    INDEX,
    KEY,
    SOURCE,
    UNDATED,
    Stage,
    as_json,
    key_hash,
    month_of,
    settle,
)
from loaders.store import Store

BLOCK = 500_000  # rows that a digest takes in at once
REPEATS = {"duplicate": "same as an earlier row", "duplicate_key": "another row has the same key"}


@dataclass
class Merging:
    """What every table's merge needs. gone: sources delivered anew; rank: their place by name."""

    old: Store | None
    stage: Stage
    room: Path
    gone: list[int]
    rank: pl.DataFrame  # _source, _rank
    files: dict[str, dict] = field(default_factory=dict)  # of the new version
    moved: set[Path] = field(default_factory=set)  # old files whose rows were staged again
    linked: dict[str, list[Path]] = field(default_factory=dict)  # old files taken over, by table

    @cached_property
    def order_times(self) -> pl.DataFrame:
        """order_id, ordered_at of the new version's orders, once they are merged."""
        files = sorted((self.room / "orders").glob("*.parquet"))
        columns: Any = {"order_id": pl.String, "ordered_at": pl.Datetime("us", "UTC")}
        return (
            pl.read_parquet(files, columns=[*columns]) if files else pl.DataFrame(schema=pl.Schema(columns))
        )

    def parts(self, table: str) -> dict[str, Path]:
        """The old version's files of a table, by month."""
        if self.old is None:
            return {}
        found = sorted((self.old.folder / table).glob("*.parquet"))
        return {path.stem: path for path in found if path not in self.moved}

    def alive(self) -> pl.Expr:
        return ~pl.col(SOURCE).is_in(self.gone)

    def link(self, path: Path) -> None:
        """Takes a file of the old version over."""
        assert self.old is not None
        name = path.relative_to(self.old.folder)
        target = self.room / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, target)
        self.linked.setdefault(path.parent.name, []).append(path)
        if str(name) in self.old.manifest.files:
            self.files[str(name)] = self.old.manifest.files[str(name)]

    def write(self, table: str, part: str, rows: pl.DataFrame) -> None:
        """Writes a part and notes its rows, time range and digest."""
        if not len(rows):
            return
        target = self.room / table / f"{part}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        rows.write_parquet(target, compression="zstd", compression_level=1, row_group_size=200_000)
        time = tables.time(table)
        first, last = (str(rows[time].min() or ""), str(rows[time].max() or "")) if time else ("", "")
        self.files[f"{table}/{part}.parquet"] = {
            "rows": len(rows),
            "start": first,
            "end": last,
            "digest": digest(rows.drop(*HIDDEN, strict=False)),
        }


def digest(rows: pl.DataFrame) -> str:
    """sha256 of the rows' values, the same wherever and however the rows were made."""
    sha = hashlib.sha256()
    for column in rows.with_columns(pl.col(pl.Enum).cast(pl.String)).iter_columns():
        sha.update(f"{column.name} {column.dtype}".encode())
        sha.update(column.is_null().to_numpy().tobytes())
        for start in range(0, len(column), BLOCK):
            part = column[start : start + BLOCK]
            if column.dtype == pl.String:
                between = "\0" if start else ""
                sha.update((between + part.fill_null("").str.join("\0").item()).encode())
            else:
                sha.update(part.to_physical().cast(pl.Float64).fill_null(0).to_numpy().tobytes())
    return sha.hexdigest()[:32]


def merge(table: str, work: Merging) -> None:
    """Writes a keyed table's parts and superseded rows into the new version."""
    parts, spare = work.parts(table), _spare(table, work)
    new = work.stage.index(table)
    changed = {part for part, path in parts.items() if work.gone and _has(path, work.gone)}
    if not new.rows and not changed:
        for path in parts.values():
            work.link(path)
        _write_superseded(table, [spare], work)
        return
    won, lost = [], []
    for fresh, common in new.shares(by=KEY):
        aside = spare.filter(common)
        before = _old_index(table, parts, pl.concat([fresh[KEY], aside[KEY]]), work)
        rivals = pl.concat([before, fresh.with_columns(part=pl.lit("")), _part_of(aside, "spare")])
        winners, losers = settle(rivals.join(work.rank, on=SOURCE, how="left"), pl.col("_rank"))
        won.append(winners.filter(part="spare").select(KEY, SOURCE))
        lost.append(losers.filter(pl.col("part") != "spare").select(KEY, SOURCE))
        changed |= set(losers["part"]) - {"", "spare"}
    revived = spare.join(pl.concat(won), on=[KEY, SOURCE], how="semi").with_columns(month_of(table))
    gone = pl.concat(lost)
    changed |= set(revived["month"]) | set(work.stage.months(table))
    beaten = [spare.join(revived, on=[KEY, SOURCE], how="anti")]
    for part in sorted(set(parts) | changed):
        if part not in changed:
            work.link(parts[part])
            continue
        rows, dropped = work.stage.rows(table, part)
        _list_dropped(table, dropped, work.stage)
        pieces = [revived.filter(month=part), rows]
        if part in parts:
            pieces.append(pl.read_parquet(parts[part]).filter(work.alive()))
        rows = _together(table, pieces)
        if len(gone):
            rows = rows.with_columns(key_hash(table, rows).alias(KEY))
            beaten.append(rows.join(gone, on=[KEY, SOURCE], how="semi"))
            rows = rows.join(gone, on=[KEY, SOURCE], how="anti")
        work.write(table, part, _ordered(table, rows))
    _write_superseded(table, beaten, work)


def _together(table: str, pieces: list[pl.DataFrame]) -> pl.DataFrame:
    schema = {**tables.dtypes(table), **HIDDEN}
    return pl.concat(
        [pl.DataFrame(schema=schema), *(piece.select(*schema) for piece in pieces if len(piece))]
    )


def _ordered(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    time = tables.time(table)
    order = [*([time] if time else []), *tables.key(table)]
    return rows.select(*tables.dtypes(table), *HIDDEN).sort(order, maintain_order=True)


def _write_superseded(table: str, pieces: list[pl.DataFrame], work: Merging) -> None:
    rows = _together(table, pieces)
    if len(rows):
        (work.room / "superseded").mkdir(exist_ok=True)
        _ordered(table, rows).write_parquet(work.room / "superseded" / f"{table}.parquet")


def _has(path: Path, sources: list[int]) -> bool:
    return bool(pl.scan_parquet(path).select(pl.col(SOURCE).is_in(sources).any()).collect().item())


def _part_of(rows: pl.DataFrame, part: str) -> pl.DataFrame:
    """The index of stored rows: as Stage.index, and the part they are in."""
    updated = pl.col("updated_at") if "updated_at" in rows.columns else pl.lit(None)
    index = rows.with_columns(pl.lit(None, pl.UInt32).alias(ID), updated.cast(pl.Int64).alias("_updated"))
    return index.select(*INDEX).with_columns(part=pl.lit(part))


def _old_index(table: str, parts: dict[str, Path], keys: pl.Series, work: Merging) -> pl.DataFrame:
    """Stored rows that have one of the keys."""
    found = [_part_of(pl.DataFrame(schema=INDEX), "")]
    columns = [name for name in tables.dtypes(table) if name in (*tables.key(table), "updated_at")]
    for part, path in parts.items():
        rows = pl.read_parquet(path, columns=[*columns, *HIDDEN])
        rows = rows.with_columns(key_hash(table, rows).alias(KEY))
        found.append(_part_of(rows.filter(work.alive() & pl.col(KEY).is_in(keys.implode())), part))
    return pl.concat(found)


def _spare(table: str, work: Merging) -> pl.DataFrame:
    """Superseded rows of sources that still count, with their key."""
    path = work.old.folder / "superseded" / f"{table}.parquet" if work.old else None
    if path is None or not path.exists():
        return pl.DataFrame(schema={**tables.dtypes(table), **HIDDEN, KEY: pl.UInt64})
    rows = pl.read_parquet(path).filter(work.alive())
    if table == "order_lines":
        rows = _dated(rows, work)
    return rows.with_columns(key_hash(table, rows).alias(KEY))


def _list_dropped(table: str, dropped: pl.DataFrame, stage: Stage) -> None:
    """Duplicates go to quarantine, so that nothing that was delivered is lost."""
    for (source,), rows in dropped.group_by(SOURCE):
        known = rows.select(
            [name for name in tables.dtypes(table) if rows[name].count() and name != "ordered_at"]
        )
        stage.bad[int(str(source))].append(
            rows.select(
                "rule",
                column=pl.lit(""),
                found=pl.lit(""),
                reason=pl.col("rule").replace_strict(REPEATS),
                table=pl.lit(table),
                line=LINE,
                raw=as_json(known),
            )
        )


def date_lines(work: Merging) -> None:
    """Gives order lines the time of their order; those of unknown orders stay undated.

    Stored lines whose order came, went or moved in time are staged again, with their whole part.
    """
    stage, table = work.stage, "order_lines"
    written = {path.name for path in (work.room / "orders").glob("*.parquet")}
    linked = {path.name for path in work.linked.get("orders", [])}
    if written != linked or len(linked) < len(work.parts("orders")):
        for path in work.parts(table).values():
            known = pl.read_parquet(path, columns=["order_id", "ordered_at"])
            if not known["ordered_at"].equals(_dated(known, work)["ordered_at"]):
                stage.put(table, pl.read_parquet(path).filter(work.alive()))
                work.moved.add(path)
        stage.finish(0)
    stage.months(table)
    for file in stage.files(table, UNDATED):
        rows = _dated(pl.read_parquet(file), work)
        file.unlink()
        stage.file(table, rows, file.stem)


def _dated(lines: pl.DataFrame, work: Merging) -> pl.DataFrame:
    return lines.drop("ordered_at").join(work.order_times, on="order_id", how="left", maintain_order="left")
