"""Sessions out of events: by their session id, or by 30 minutes of silence where they have none."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from loaders.shop import Shop

SILENCE = 30  # minutes
PAGES = ("visit", "view", "search")
SCHEMA = pl.Schema(
    {
        "day": pl.Date,
        "channel": pl.String,
        "region": pl.String,
        "device": pl.String,
        "customer": pl.Int32,
        "seconds": pl.Float64,
        "pages": pl.UInt32,
        "carted": pl.Boolean,
        "bought": pl.Boolean,
    }
)


def write_sessions(shop: Shop, target: Path) -> pl.DataFrame:
    """Writes one row a session and returns the cube's measures of them.

    Event files hold whole customers, so that one file after the other is read and forgotten.
    """
    counts = []
    with pq.ParquetWriter(target, SCHEMA.to_frame().to_arrow().schema) as writer:
        for file in shop.files("events"):
            found = sessions(pl.scan_parquet(file), shop)
            counts.append(measures(found))
            writer.write_table(found.to_arrow(), row_group_size=200_000)
    return pl.concat(counts) if counts else measures(SCHEMA.to_frame())


def sessions(events: pl.LazyFrame, shop: Shop) -> pl.DataFrame:
    """events: sorted by customer and time."""
    name = pl.col("event").cast(pl.String)
    return (
        runs(events.with_columns(name=name))
        .group_by("customer", "session_id", "run", maintain_order=True)
        .agg(
            pl.col("channel", "region", "device").drop_nulls().first(),
            start=pl.col("happened_at").first(),
            seconds=(pl.col("happened_at").last() - pl.col("happened_at").first()).dt.total_milliseconds()
            / 1000,
            pages=pl.col("name").is_in(PAGES).sum(),
            carted=(pl.col("name") == "cart").any(),
            bought=(pl.col("name") == "purchase").any(),
        )
        .with_columns(day=shop.day("start"))
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        .collect()
    )


def runs(events: pl.LazyFrame) -> pl.LazyFrame:
    """Adds `run`: a session is told by customer, session_id and, where that is null, its run."""
    quiet = pl.col("happened_at").diff() > pl.duration(minutes=SILENCE)
    change = (pl.col("customer") != pl.col("customer").shift()) | quiet
    run = pl.when(pl.col("session_id").is_null()).then(change.fill_null(True).cum_sum())
    return events.with_columns(run=run)


def measures(found: pl.DataFrame) -> pl.DataFrame:
    """A session with one page and nothing in the cart bounced."""
    return found.group_by("day", "channel", "region", "device").agg(
        sessions=pl.len(),
        bounced_sessions=((pl.col("pages") <= 1) & ~pl.col("carted") & ~pl.col("bought")).sum(),
        cart_sessions=pl.col("carted").sum(),
        buying_sessions=pl.col("bought").sum(),
        buying_cart_sessions=(pl.col("carted") & pl.col("bought")).sum(),
    )
