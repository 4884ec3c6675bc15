"""A new version while it is made: what comes from the old one, what is written anew."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from loaders import tables
from loaders.digest import Digest
from loaders.keys import HIDDEN, SOURCE
from loaders.stage import Stage
from loaders.version import Version

FORMAT: Any = {"compression": "zstd", "compression_level": 1, "row_group_size": 200_000}


@dataclass
class Merging:
    """What every table's merge needs. gone: sources delivered anew; rank: their place by name."""

    old: Version | None
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

    def write(self, table: str, part: str, pieces: Iterable[pl.DataFrame]) -> None:
        """Writes a part, piece by piece in its order, and notes its rows, time range and digest."""
        target, time, digest = self.room / table / f"{part}.parquet", tables.time(table), Digest()
        rows, times = 0, []
        written: list[Path] = []
        for piece in pieces:
            if not len(piece):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            written.append(target.with_suffix(f".{len(written)}"))
            piece.write_parquet(written[-1], **FORMAT)
            digest.add(piece.drop(*HIDDEN, strict=False))
            rows += len(piece)
            times += [piece[time].min(), piece[time].max()] if time else []
        if not written:
            return
        if len(written) == 1:
            written[0].rename(target)
        else:
            pl.scan_parquet(written).sink_parquet(target, **FORMAT)
            for each in written:
                each.unlink()
        known = [each for each in times if each is not None]
        self.files[f"{table}/{part}.parquet"] = {
            "rows": rows,
            "start": str(min(known, default="")),
            "end": str(max(known, default="")),
            "digest": digest.text(),
        }
