"""The log: what sequence questions read of the events, as Arrow files that are mapped, not decoded.

A row an event, in the order of `events` (customer, time): customer (code), session (of the whole log, by
its first row), happened_at (in the shop's time zone), event, channel, region, device.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from loaders.sessions import runs
from loaders.shop import OF_ORDER, Shop

BATCH = 1_000_000  # rows of a record batch; as many as a file of events, which holds whole customers


def write_log(shop: Shop, target: Path) -> None:
    """Writes the folder `target`: a file for each file of events."""
    target.mkdir()
    kinds, row = _kinds(shop), 0
    for number, file in enumerate(shop.files("events")):
        events = runs(pl.scan_parquet(file)).with_row_index("row", row)
        found = events.select(
            "customer",
            pl.col("row").min().over("customer", "session_id", "run").cast(pl.Int64).alias("session"),
            pl.col("happened_at").dt.convert_time_zone(shop.timezone),
            "event",
            *(pl.col(name).cast(kind) for name, kind in kinds.items()),
        ).collect()
        found.write_ipc(target / f"{number:04}.arrow", compression="uncompressed", record_batch_size=BATCH)
        row += len(found)


def _kinds(shop: Shop) -> dict[str, pl.Enum]:
    """The dimensions' values, as one enumeration for all files."""
    every = shop.scan("events")
    return {
        name: pl.Enum(every.select(pl.col(name).drop_nulls().unique().sort()).collect()[name])
        for name in OF_ORDER
    }
