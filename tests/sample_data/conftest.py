"""The small shop, made once: as delivered (`delivered`) and without its planted dirt (`shop`)."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

import sample_data
from loaders import tables
from loaders.loader import LINE
from loaders.validate import ROW, validate
from sample_data.days import END
from sample_data.dirt import MARK
from sample_data.world import SHOP

NOW = datetime(END.year, END.month, END.day, 23, 59, 59, tzinfo=UTC)


@pytest.fixture(scope="session")
def delivered() -> dict[str, pl.DataFrame]:
    """Table → all rows of every batch of the small shop."""
    frames: dict[str, list[pl.DataFrame]] = {}
    for source in sample_data.delivery("small", 7).sources:
        for batch in source.read():
            frames.setdefault(batch.table, []).append(batch.frame)
    return {table: pl.concat(parts, how="diagonal_relaxed") for table, parts in frames.items()}


@pytest.fixture(scope="session")
def refused(delivered) -> dict[str, pl.DataFrame]:
    """Table → rule, column, found and reason of the rows that the importer refuses."""
    return {table: validate(table, frame, NOW)[1] for table, frame in delivered.items()}


@pytest.fixture(scope="session")
def shop(delivered) -> dict[str, pl.DataFrame]:
    """Table → the good rows, typed, each once, planted copies left out. `day` is that of the shop."""
    found = {}
    for table, frame in delivered.items():
        good = validate(table, frame, NOW)[0].drop(LINE, ROW).unique(maintain_order=True)
        keys = [name for name in [*tables.key(table), "session_id"] if name in good.columns]
        marked = [pl.col(name).str.contains(MARK) for name in keys if good[name].dtype == pl.String]
        good = good.filter(~pl.any_horizontal(*marked).fill_null(False)) if marked else good
        time = "shipped_at" if table == "shipments" else tables.time(table)
        if time and time not in ("day", "month"):
            good = good.with_columns(day=pl.col(time).dt.convert_time_zone(SHOP["timezone"]).dt.date())
        found[table] = good
    return found


@pytest.fixture(scope="session")
def sold(shop) -> pl.DataFrame:
    """Lines of the orders that stand, with the order's columns and `net`."""
    orders = shop["orders"].filter(pl.col("cancelled_at").is_null()).drop("ordered_at", "day")
    lines = shop["order_lines"].join(orders, on="order_id")
    return lines.with_columns(net=pl.col("units") * pl.col("unit_price") - pl.col("discount"))


@pytest.fixture(scope="session")
def sessions(shop) -> pl.DataFrame:
    """One row a session: day, channel, device, and whether it had a cart, a checkout and a purchase."""
    events = shop["events"].sort("happened_at")
    has = {name: (pl.col("event") == name).any() for name in ("visit", "cart", "checkout", "purchase")}
    return events.group_by("session_id").agg(
        pl.col("day", "channel", "device", "customer_id").first(), events=pl.len(), **has
    )
