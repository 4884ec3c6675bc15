"""Rows upon rows of any number: the last ones wait in memory, those before on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import polars as pl

FLUSH = 1_000_000  # rows that wait in memory
SHARE = 5_000_000  # rows taken up again at once


class Pile:
    """Rows of one schema, kept in the order in which they were added."""

    def __init__(self, folder: Path, schema: dict) -> None:
        self.folder, self.schema, self.rows = folder, pl.Schema(schema), 0
        self._top: list[pl.DataFrame] = []

    def add(self, rows: pl.DataFrame) -> None:
        self._top.append(rows.select(self.schema.names()))
        self.rows += len(rows)
        if sum(map(len, self._top)) >= FLUSH:
            self.folder.mkdir(parents=True, exist_ok=True)
            pl.concat(self._top).write_parquet(
                self.folder / f"{self.rows:012d}.parquet", compression="lz4", statistics=False
            )
            self._top.clear()

    def scan(self) -> pl.LazyFrame:
        files = sorted(self.folder.glob("*.parquet"))
        below = [pl.scan_parquet(files)] if files else []
        return pl.concat([pl.LazyFrame(schema=self.schema), *below, *(rows.lazy() for rows in self._top)])

    def shares(self, by: str) -> Iterator[tuple[pl.DataFrame, pl.Expr]]:
        """All rows, as many at once as fit in memory, and what they have in common.

        by: a column of 64-bit hashes; rows with the same one come together.
        """
        count = self.rows // SHARE + 1
        for share in range(count):
            common = pl.col(by) % count == share
            yield self.scan().filter(common).collect(), common

    def clear(self) -> None:
        self.rows = 0
        self._top.clear()
        rmtree(self.folder, ignore_errors=True)
