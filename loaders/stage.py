"""Where the rows of an import wait, on disk, until every source has been read.

Each source is settled by itself first: exact duplicates, keys given twice, made-up line ids. What
that needs of a row is a few numbers (`index`), which wait on disk as well where they are many, so that
sources may be of any size.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl

from loaders import tables
from loaders.loader import LINE, Batch
from loaders.pile import Pile
from loaders.validate import ROW, validate

ID, SOURCE, DERIVED, KEY = "_id", "_source", "_derived", "_key"
HIDDEN = {SOURCE: pl.UInt32, LINE: pl.UInt32, DERIVED: pl.Boolean}
INDEX = {KEY: pl.UInt64, ID: pl.UInt32, **HIDDEN, "_updated": pl.Int64}
OPEN = {**INDEX, "_raw": pl.UInt64, "_group": pl.UInt64, "_made": pl.Boolean}  # of a source being read
FLUSH = 250_000  # rows
UNDATED = "undated"
_STRIDE = 0x9E3779B97F4A7C15  # spreads the position in a key hash


@dataclass
class Count:
    """What became of a source's rows for one table; rows = loaded + quarantined + duplicates."""

    rows: int = 0
    made: int = 0  # rows derived from others, not counted in rows
    duplicates: int = 0
    quarantined: Counter[str] = field(default_factory=Counter)

    @property
    def loaded(self) -> int:
        return self.rows - self.duplicates - sum(self.quarantined.values())


class Stage:
    """Takes batches, source by source; then serves each table's rows by month.

    index(table): a row for each staged row that still counts: `_key` (hash), `_id`, `_source`,
        `_line`, `_derived`, `_updated`.
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder, self.now = folder, now
        self.counts: dict[int, dict[str, Count]] = defaultdict(lambda: defaultdict(Count))
        self.bad: dict[int, list[pl.DataFrame]] = defaultdict(list)
        self._buffer: dict[str, list[pl.DataFrame]] = defaultdict(list)
        self._files: Counter[str] = Counter()
        self._next: Counter[str] = Counter()
        self._open: dict[str, Pile] = {}  # index of the source being read
        self._index: dict[str, Pile] = {}
        self._dropped: dict[str, list[pl.DataFrame]] = defaultdict(list)
        self._position: dict[str, list[pl.DataFrame]] = defaultdict(list)

    def add(self, source: int, batch: Batch) -> None:
        """Checks a batch and stages its good rows."""
        if batch.table == "":
            lost = batch.frame.with_columns(rule=pl.lit("not_taken"), column=pl.lit(""), found=pl.lit(""))
            self._quarantine(source, "", lost.rename({"_problem": "reason"}).with_row_index(ROW), batch)
            self.counts[source][""].rows += len(lost)
            return
        good, bad = validate(batch.table, batch.frame, self.now)
        count = self.counts[source][batch.table]
        if batch.derived:
            good = good.unique(tables.key(batch.table), keep="first", maintain_order=True)
            count.made += len(good)
        else:
            count.rows += len(batch.frame)
            if len(bad):
                self._quarantine(source, batch.table, bad, batch)
        if len(good):
            rows = good.drop(ROW).with_columns(
                pl.lit(source, pl.UInt32).alias(SOURCE), pl.lit(batch.derived).alias(DERIVED)
            )
            self.put(batch.table, rows, batch.raw[good[ROW]] if tables.key(batch.table) else None)

    def put(self, table: str, rows: pl.DataFrame, raw: pl.DataFrame | None = None) -> None:
        """Stages good rows that carry the hidden columns. raw: each row as it was found."""
        first = self._next[table]
        self._next[table] += len(rows)
        number = pl.int_range(first, first + len(rows), dtype=pl.UInt32).alias(ID)
        rows = rows.select(*tables.dtypes(table), *HIDDEN, number)
        if table == "order_lines":  # dated by their orders, see merge.date_lines
            rows = rows.with_columns(pl.lit(None, pl.Datetime("us", "UTC")).alias("ordered_at"))
        if tables.key(table):
            if table not in self._open:
                self._open[table] = Pile(self.folder / "open" / table, OPEN)
            self._open[table].add(_index(table, rows, raw))
        self._buffer[table].append(rows)
        if sum(map(len, self._buffer[table])) >= FLUSH:
            self._flush(table)

    def finish(self, source: int) -> None:
        """Settles a source: its exact duplicates and repeated keys are dropped, by reason."""
        for table, pile in self._open.items():
            for index, _ in pile.shares(by="_group"):
                self._settle(source, table, index)
            pile.clear()
        self._open.clear()

    def _settle(self, source: int, table: str, index: pl.DataFrame) -> None:
        index, repeats = _repeats(index)
        if "line_id" in tables.key(table):
            index = self._placed(table, index)
        best, again = settle(index, pl.when(DERIVED).then(-pl.col(LINE).cast(pl.Int64)).otherwise(LINE))
        dropped = pl.concat(
            [
                repeats.select(ID, DERIVED, rule=pl.lit("duplicate")),
                again.select(ID, DERIVED, rule=pl.lit("duplicate_key")),
            ]
        )
        counted = dropped.filter(~pl.col(DERIVED))
        count = self.counts[source][table]
        count.duplicates += len(counted.filter(rule="duplicate"))
        count.quarantined.update({"duplicate_key": len(counted.filter(rule="duplicate_key"))})
        self._dropped[table].append(dropped)
        self.index(table).add(best)

    def _placed(self, table: str, index: pl.DataFrame) -> pl.DataFrame:
        """Counts the like products of an order whose lines have no ids: their keys take the position."""
        shared = (pl.col("_made") & pl.struct(KEY, "_made").is_duplicated()).alias("_shared")
        marked = index.with_columns(shared)
        position = pl.int_range(1, pl.len() + 1, dtype=pl.UInt64).over(KEY)
        several = marked.filter("_shared").with_columns(_position=position)
        self._position[table].append(several.filter(pl.col("_position") > 1).select(ID, "_position"))
        single = marked.filter(~pl.col("_shared")).with_columns(_position=pl.col("_made").cast(pl.UInt64))
        stride = pl.col("_position") * pl.lit(_STRIDE, pl.UInt64)
        return pl.concat([single, several]).with_columns(pl.col(KEY) + stride).drop("_shared", "_position")

    def touched(self, table: str) -> bool:
        return self._next[table] > 0

    def index(self, table: str) -> Pile:
        if table not in self._index:
            self._index[table] = Pile(self.folder / "index" / table, INDEX)
        return self._index[table]

    def months(self, table: str) -> list[str]:
        """The parts of a table that have staged rows."""
        self._flush(table)
        return sorted(path.name for path in (self.folder / table).glob("*"))

    def files(self, table: str, month: str) -> list[Path]:
        return sorted((self.folder / table / month).glob("*.parquet"))

    def rows(self, table: str, month: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows of a part that count, with `_id`, and those dropped, with `rule`."""
        files = self.files(table, month)
        if not files:
            nothing = pl.DataFrame(schema=pl.Schema({**tables.dtypes(table), **HIDDEN, "rule": pl.String}))
            return nothing, nothing
        rows = pl.read_parquet(files)
        if self._position[table]:
            rows = rows.join(pl.concat(self._position[table]), on=ID, how="left")
            made = pl.format("{}/{}", "product_id", pl.col("_position").fill_null(1))
            rows = rows.with_columns(pl.coalesce("line_id", made).alias("line_id")).drop("_position")
        if not self._dropped[table]:
            return rows, rows.clear().with_columns(rule=pl.lit(""))
        dropped = pl.concat(self._dropped[table])
        lost = rows.join(dropped.filter(~pl.col(DERIVED)).select(ID, "rule"), on=ID)
        return rows.join(dropped, on=ID, how="anti"), lost

    def _flush(self, table: str) -> None:
        buffer = self._buffer.pop(table, [])
        if not buffer:
            return
        self._files[table] += 1
        self.file(table, pl.concat(buffer), f"{self._files[table]:06d}")

    def file(self, table: str, rows: pl.DataFrame, name: str) -> None:
        """Writes staged rows by month."""
        for (month,), part in rows.group_by(month_of(table), maintain_order=True):
            folder = self.folder / table / str(month)
            folder.mkdir(parents=True, exist_ok=True)
            part.write_parquet(folder / f"{name}.parquet", compression="lz4")

    def _quarantine(self, source: int, table: str, bad: pl.DataFrame, batch: Batch) -> None:
        rows = batch.raw[bad[ROW]]
        self.bad[source].append(
            bad.select("rule", "column", "found", "reason").with_columns(
                table=pl.lit(table), line=batch.frame[LINE][bad[ROW]], raw=as_json(rows)
            )
        )
        counts = bad["rule"].value_counts().iter_rows()
        self.counts[source][table].quarantined.update(dict(counts))


def as_json(rows: pl.DataFrame) -> pl.Series:
    """Each row as one JSON text."""
    if not rows.width:
        return pl.Series("raw", ["{}"] * len(rows), dtype=pl.String)
    return rows.select(pl.struct(pl.all()).struct.json_encode().alias("raw")).to_series()


def month_of(table: str) -> pl.Expr:
    """The part of its table that a row is filed in: "2026-05", "undated" or "all"."""
    column = None if table == "events" else tables.time(table)
    if column is None:
        return pl.lit("all").alias("month")
    return pl.col(column).dt.strftime("%Y-%m").fill_null(UNDATED).alias("month")


def key_hash(table: str, rows: pl.DataFrame) -> pl.Series:
    """A 64-bit hash of each row's key. Made line ids, `product/2`, count the position apart."""
    columns = tables.key(table)
    if "line_id" not in columns:
        return rows.select(columns).hash_rows()
    parts = pl.col("line_id").str.extract_groups(r"^(?s)(?<base>.*)/(?<position>\d{1,9})$")
    split = rows.select(columns[0], "line_id", parts.alias("parts")).unnest("parts")
    base = split.select(columns[0], pl.coalesce("base", "line_id")).hash_rows()
    position = split["position"].cast(pl.UInt64).fill_null(0)
    return base + position * pl.Series([_STRIDE], dtype=pl.UInt64)


def _index(table: str, rows: pl.DataFrame, raw: pl.DataFrame | None) -> pl.DataFrame:
    """As OPEN. `_group`: alike for all rows of one key, also where line ids are still to be made."""
    first = tables.key(table)[0]
    updated = pl.col("updated_at") if "updated_at" in rows.columns else pl.lit(None)
    index = rows.select(ID, SOURCE, LINE, DERIVED, updated.cast(pl.Int64).alias("_updated"))
    index = index.with_columns(
        pl.lit(0, pl.UInt64).alias("_raw") if raw is None else raw.hash_rows().alias("_raw"),
        rows.select(first).hash_rows().alias("_group"),
    )
    if "line_id" not in tables.key(table):
        return index.with_columns(key_hash(table, rows).alias(KEY), _made=pl.lit(False))
    made = rows["line_id"].is_null()
    named = rows.select(first, pl.coalesce("line_id", "product_id").alias("line_id"))
    key = pl.when(made).then(named.hash_rows()).otherwise(key_hash(table, named))
    return index.with_columns(key.alias(KEY), _made=made)


def settle(index: pl.DataFrame, last: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row a key, and the others. A row given as such beats a derived one, then the one that its
    source changed last, then the one with the highest `last`."""
    shared = index[KEY].is_duplicated()
    if not shared.any():
        return index, index.clear()
    rivals = index.filter(shared).with_row_index("_place")
    order = [~pl.col(DERIVED), pl.col("_updated"), last]
    winners = rivals.sort(order, nulls_last=False, maintain_order=True).unique(KEY, keep="last")
    others = rivals.join(winners, on="_place", how="anti").drop("_place")
    return pl.concat([index.filter(~shared), winners.drop("_place")]), others


def _repeats(index: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Splits off the rows whose like, as found, stands on an earlier line of the source."""
    maybe = index["_raw"].is_duplicated() & (index["_raw"] != 0) & ~index[DERIVED]
    if not maybe.any():
        return index, index.clear()
    repeats = index.filter(maybe).filter(pl.col(LINE) > pl.col(LINE).min().over("_raw"))
    return index.join(repeats, on=ID, how="anti", maintain_order="left"), repeats
