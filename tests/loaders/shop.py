"""Small deliveries made by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from loaders.importing import Report, import_delivery
from loaders.loader import Batch, Delivery, Source

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def batch(table: str, rows: Sequence[dict], derived: bool = False, first: int = 2) -> Batch:
    frame = pl.DataFrame(list(rows), infer_schema_length=None, strict=False)
    marks = frame.with_columns(
        pl.int_range(first, first + len(rows), dtype=pl.UInt32).alias("_line"),
        pl.lit(None, pl.String).alias("_problem"),
    )
    return Batch(table, marks, frame, derived)


def source(
    name: str, content: dict[str, Sequence[dict]], derived: Sequence[str] = (), size: int = 2
) -> Source:
    """content: table → rows; read in batches of `size` rows."""
    digest = hashlib.sha256(json.dumps([content, derived], default=str, sort_keys=True).encode()).hexdigest()

    def read():
        for table, rows in content.items():
            for start in range(0, len(rows), size):
                yield batch(table, rows[start : start + size], table in derived, 2 + start)

    return Source(name, digest, read, sum(map(len, content.values())))


def import_(path: Path, *sources: Source, loader: str = "test", **shop: str) -> Report:
    return import_delivery(path, Delivery(list(sources), shop), loader=loader, now=NOW)


def order(number: str, when: str = "2026-05-04T10:00", **more) -> dict:
    return {"order_id": number, "ordered_at": at(when), **more}


def line(order_id: str, product: str = "P1", units: float = 1, price: float = 10.0, **more) -> dict:
    return {"order_id": order_id, "product_id": product, "units": units, "unit_price": price, **more}


def event(customer: str, when: str, name: str = "view", **more) -> dict:
    return {"customer_id": customer, "happened_at": at(when), "event": name, **more}
