"""What the tests of the loaders share: small files, and a delivery read to the end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from loaders.folder import LOADER
from loaders.loader import LINE, PROBLEM, Delivery

DATA = Path(__file__).parents[2] / "../shared/data"


def opened(source: Path, **options: str) -> Delivery:
    return LOADER.open(str(source), options)


def read(delivery: Delivery, *, derived: bool | None = None) -> dict[str, pl.DataFrame]:
    """Table → all rows that its batches carry, "" for rows that no table takes. `raw` stays out."""
    found: dict[str, list[pl.DataFrame]] = {}
    for source in delivery.sources:
        for batch in source.read():
            assert batch.raw.height == batch.frame.height
            assert {LINE, PROBLEM} <= set(batch.frame.columns)
            if derived is None or batch.derived == derived:
                found.setdefault(batch.table, []).append(batch.frame)
    return {table: pl.concat(frames, how="diagonal_relaxed") for table, frames in found.items()}


def put(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def problems(frame: pl.DataFrame) -> dict[int, str]:
    """Line → problem."""
    bad = frame.filter(pl.col(PROBLEM).is_not_null()).sort(LINE)
    return dict(zip(bad[LINE], bad[PROBLEM], strict=True))


ORDERS = "order_id,ordered_at,customer_id\n1,2024-01-05 10:00,A\n2,2024-01-06 11:30,B\n"
LINES = "order_id,product_id,units,unit_price\n1,P1,2,9.50\n2,P2,1,20\n"
