"""A few dirty rows of each kind that the importer's checks find, beside the good rows.

Every dirty row is a copy of a good one under a key of its own with one thing wrong, so the good rows
stay whole and still add up. Only `backwards` spoils rows in place: parcels shipped after they arrived.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from sample_data.draws import Draws

SHARE = 0.0004  # of rows, for each kind
FUTURE = datetime(2046, 6, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Dirt:
    """kind: the rule that finds it. spoil: what is wrong. key: the column whose copies get a new value."""

    table: str
    kind: str
    key: str
    spoil: Callable[[], list[pl.Expr]] = list


DIRT = (
    Dirt("order_lines", "missing", "line_id", lambda: [pl.lit(None, pl.String).alias("product_id")]),
    Dirt("order_lines", "min", "line_id", lambda: [(-pl.col("units")).alias("units")]),
    Dirt("order_lines", "nan", "line_id", lambda: [pl.lit(float("nan")).alias("unit_price")]),
    Dirt("order_lines", "orphan", "line_id", lambda: [(pl.lit("X") + pl.col("order_id")).alias("order_id")]),
    Dirt(
        "orders", "future", "order_id", lambda: [pl.lit(FUTURE, pl.Datetime("us", "UTC")).alias("ordered_at")]
    ),
    Dirt("orders", "duplicate", ""),
    Dirt("events", "missing", "session_id", lambda: [pl.lit(None, pl.String).alias("customer_id")]),
    Dirt(
        "events",
        "future",
        "session_id",
        lambda: [pl.lit(FUTURE, pl.Datetime("us", "UTC")).alias("happened_at")],
    ),
    Dirt("events", "duplicate", ""),
    Dirt("payments", "min", "payment_id", lambda: [(-pl.col("amount")).alias("amount")]),
    Dirt("surveys", "choices", "answer_id", lambda: [pl.lit("pigeon").alias("method")]),
    Dirt("reviews", "max", "review_id", lambda: [pl.lit(50.0).alias("score")]),
    Dirt("shipments", "backwards", ""),
)


def soil(draws: Draws, table: str, frame: pl.DataFrame, month: int) -> pl.DataFrame:
    """The rows with the dirty ones of this table and month after them."""
    extra = []
    for number, dirt in enumerate(DIRT):
        if dirt.table != table or not len(frame):
            continue
        count = max(1, round(SHARE * len(frame)))
        rows = draws.whole("dirty row", len(frame), month, number, range(count))
        if dirt.kind == "backwards":
            frame = _backwards(frame, rows.tolist())
            continue
        copies = frame[rows].unique(maintain_order=True)
        if dirt.key:
            named = pl.col(dirt.key) + f"-{dirt.kind}"
            copies = copies.with_columns(named).with_columns(dirt.spoil())
        extra.append(copies)
    return pl.concat([frame, *extra])


def _backwards(frame: pl.DataFrame, rows: list[int]) -> pl.DataFrame:
    """Parcels handed to the carrier a day after they arrived."""
    wrong = pl.int_range(pl.len()).is_in(rows) & pl.col("delivered_at").is_not_null()
    shipped = pl.col("delivered_at") + pl.duration(days=1)
    return frame.with_columns(pl.when(wrong).then(shipped).otherwise("shipped_at").alias("shipped_at"))
