"""Tables of a few tickets, orders and parcels, written short."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import polars as pl

from loaders.tables import TABLES


def at(text: str | None) -> datetime | None:
    """ "5-03 14:30" of 2026, in UTC; without a time, noon."""
    if text is None:
        return None
    day, _, clock = text.partition(" ")
    month, number = day.split("-")
    hour, minute = (clock or "12:00").split(":")
    return datetime(2026, int(month), int(number), int(hour), int(minute), tzinfo=UTC)


def table(name: str, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    """A table of the store: columns that are not given are null, texts of instants are read by `at`."""
    schema = {column: kind.dtype for column, kind in TABLES[name].columns().items()}
    read = [
        {
            column: at(value)
            if isinstance(value, str) and schema[column] == pl.Datetime("us", "UTC")
            else value
            for column, value in row.items()
        }
        for row in rows
    ]
    return pl.DataFrame(read, schema=schema).lazy()


def frames(timezone: str = "UTC") -> Callable[..., pl.LazyFrame]:
    """Serves the log alone, which has the shop's time zone."""
    return lambda name, **_: pl.LazyFrame(schema={"happened_at": pl.Datetime("us", timezone)})
