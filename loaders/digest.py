"""A digest of rows' values, the same wherever and however the rows were made and brought."""

from __future__ import annotations

import hashlib
from typing import Any

import polars as pl

BLOCK = 500_000  # rows taken in at once


class Digest:
    """sha256 over rows that come piece by piece; how they were cut does not matter."""

    def __init__(self) -> None:
        self._columns: dict[str, tuple[Any, Any]] = {}  # name and type → of nulls, of values

    def add(self, rows: pl.DataFrame) -> None:
        for column in rows.with_columns(pl.col(pl.Enum).cast(pl.String)).iter_columns():
            named = f"{column.name} {column.dtype}"
            nulls, values = self._columns.setdefault(named, (hashlib.sha256(), hashlib.sha256()))
            nulls.update(column.is_null().to_numpy())
            for start in range(0, len(column), BLOCK):
                part = column[start : start + BLOCK]
                if column.dtype == pl.String:
                    values.update((part.fill_null("").str.join("\0").item() + "\0").encode())
                else:
                    values.update(part.to_physical().cast(pl.Float64).fill_null(0).to_numpy())

    def text(self) -> str:
        whole = hashlib.sha256()
        for named, parts in self._columns.items():
            whole.update(named.encode())
            for part in parts:
                whole.update(part.digest())
        return whole.hexdigest()[:32]
