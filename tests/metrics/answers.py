"""Tables of surveys made by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

import polars as pl

from loaders import tables
from metrics.period import Period

JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))
NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


def surveys(rows: Iterable[dict]) -> pl.LazyFrame:
    """Each row what differs from an answer to an online survey on 10 June by a customer of its own."""
    filled = [
        {"answer_id": f"A{i}", "survey": "After delivery", "measure": "nps", "method": "online", "customer_id": f"C{i}",
         "order_id": f"O{i}", "asked_at": NOON, "answered_at": NOON} | row
        for i, row in enumerate(rows)
    ]  # fmt: skip
    return pl.LazyFrame(filled, schema=pl.Schema(tables.dtypes("surveys")))


def table(name: str, rows: Iterable[dict]) -> pl.LazyFrame:
    return pl.LazyFrame(list(rows), schema=pl.Schema(tables.dtypes(name)))


def frames(name, where=None, by=(), basis="order"):
    """Only what tells the shop's time zone."""
    return pl.LazyFrame(schema={"happened_at": pl.Datetime("us", "UTC")})
