"""A `frames` callable over frames in memory, as the store's: filters rows and knows no more than that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import narwhals as nw
import polars as pl


def frames_of(
    tables: Mapping[str, pl.DataFrame], constructor: Callable[[pl.DataFrame], Any] = pl.DataFrame.lazy
) -> Callable[..., Any]:
    native = {name: constructor(frame) for name, frame in tables.items()}

    def frames(
        table: str,
        where: Mapping[str, Sequence[str | None]] = {},
        by: Sequence[str] = (),
        basis: str = "order",
    ) -> Any:
        rows = nw.from_native(native[table])
        for column, kept in where.items():
            fits = nw.col(column).is_in([value for value in kept if value is not None])
            rows = rows.filter(fits | nw.col(column).is_null() if None in kept else fits)
        return rows.to_native()

    return frames
