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
from loaders.keys import DERIVED, HIDDEN, ID, INDEX, OPEN, SOURCE, index_of, placed, repeats, settle
from loaders.loader import LINE, Batch
from loaders.pile import Pile
from loaders.validate import ROW, validate

FLUSH = 250_000  # rows
UNDATED = "undated"


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
            self._open[table].add(index_of(table, rows, raw))
        self._buffer[table].append(rows)
        if sum(map(len, self._buffer[table])) >= FLUSH:
            self._flush(table)

    def finish(self, source: int) -> None:
        """Settles a source: its exact duplicates and repeated keys are dropped, by reason."""
        for table, pile in self._open.items():
            for share, _ in pile.shares(by="_group"):
                self._settle(source, table, share)
            pile.clear()
        self._open.clear()

    def _settle(self, source: int, table: str, index: pl.DataFrame) -> None:
        index, same = repeats(index)
        if "line_id" in tables.key(table):
            index, positions = placed(index)
            self._position[table].append(positions)
        best, again = settle(index, pl.when(DERIVED).then(-pl.col(LINE).cast(pl.Int64)).otherwise(LINE))
        dropped = pl.concat(
            [
                same.select(ID, DERIVED, rule=pl.lit("duplicate")),
                again.select(ID, DERIVED, rule=pl.lit("duplicate_key")),
            ]
        )
        counted = dropped.filter(~pl.col(DERIVED))
        count = self.counts[source][table]
        count.duplicates += len(counted.filter(rule="duplicate"))
        count.quarantined.update({"duplicate_key": len(counted.filter(rule="duplicate_key"))})
        self._dropped[table].append(dropped)
        self.index(table).add(best)

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

    def rows(self, table: str, month: str, within: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows of a part that count, with `_id`, and those dropped, with `rule`; of those `within`."""
        files = self.files(table, month)
        if not files:
            nothing = pl.DataFrame(schema=pl.Schema({**tables.dtypes(table), **HIDDEN, "rule": pl.String}))
            return nothing, nothing
        rows = pl.scan_parquet(files).filter(within).collect()
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


def as_given(table: str, rows: pl.DataFrame) -> pl.Series:
    """Each staged row as one JSON text, of the columns that it has; the first is always there."""
    names = [name for name in tables.dtypes(table) if (table, name) != ("order_lines", "ordered_at")]
    return as_json(rows.select(names)).str.replace_all(r',"\w+":null', "")


def month_of(table: str) -> pl.Expr:
    """The part of its table that a row is filed in: "2026-05", "undated" or "all"."""
    column = None if table == "events" else tables.time(table)
    if column is None:
        return pl.lit("all").alias("month")
    return pl.col(column).dt.strftime("%Y-%m").fill_null(UNDATED).alias("month")
