"""A few dirty rows of each kind that the importer's checks find, beside the good rows.

A dirty row is a copy of a good one, under a key of its own, with one thing wrong; so the good rows
stay whole and still add up. Only `sequence` spoils rows in place: parcels shipped after they arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl

from sample_data.draws import Draws

LAST_MONTH = 11
FUTURE, UNSET = datetime(2046, 6, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)
MARK = "-dirty-"  # in the key of a copy


@dataclass(frozen=True)
class Dirt:
    """rule: what finds it. share: of the table's rows. wrong: the spoiled columns. key: the copy's own."""

    table: str
    rule: str
    share: float
    key: str
    wrong: dict[str, pl.Expr]


def _instant(value: datetime) -> pl.Expr:
    return pl.lit(value, pl.Datetime("us", "UTC"))


_CENTS = {"unit_price": pl.col("unit_price") / 100, "discount": pl.lit(0.0)}  # taken for dollars
DIRT = (
    Dirt("order_lines", "missing", 0.0005, "line_id", {"product_id": pl.lit(None, pl.String)}),
    Dirt("order_lines", "min", 0.0005, "line_id", {"units": -pl.col("units")}),
    Dirt("order_lines", "nan", 0.0003, "line_id", {"unit_price": pl.lit(float("nan"))}),
    Dirt("order_lines", "orphan", 0.0004, "line_id", {"order_id": "X" + pl.col("order_id").str.slice(1)}),
    Dirt("order_lines", "slip", 0.0003, "line_id", _CENTS),
    Dirt("orders", "future", 0.0004, "order_id", {"ordered_at": _instant(FUTURE)}),
    Dirt("orders", "duplicate", 0.001, "", {}),
    Dirt("events", "missing", 0.0004, "session_id", {"customer_id": pl.lit(None, pl.String)}),
    Dirt("events", "past", 0.0002, "session_id", {"happened_at": _instant(UNSET)}),
    Dirt("events", "future", 0.0002, "session_id", {"happened_at": _instant(FUTURE)}),
    Dirt("events", "duplicate", 0.001, "", {}),
    Dirt("payments", "min", 0.0004, "payment_id", {"amount": -pl.col("amount")}),
    Dirt("returns", "too_many", 0.002, "return_id", {"refund_value": pl.lit(0.0)}),
    Dirt("reviews", "max", 0.003, "review_id", {"score": pl.lit(50.0)}),
    Dirt("surveys", "choices", 0.0004, "answer_id", {"method": pl.lit("carrier pigeon")}),
    Dirt("spend", "nan", 0.001, "campaign_id", {"spend": pl.lit(float("nan"))}),
    Dirt("shipments", "sequence", 0.002, "", {"shipped_at": pl.col("delivered_at") + pl.duration(days=1)}),
)  # fmt: skip


def soil(draws: Draws, table: str, frame: pl.DataFrame, month: int, block: int) -> pl.DataFrame:
    """The rows of a table, month and block of people, with the dirty ones after them.

    Each kind is there at least once: in the last month, where chance gave it none.
    """
    extra = []
    for number, dirt in enumerate(DIRT):
        if dirt.table != table or not len(frame):
            continue
        count = int(draws.poisson("dirt", np.array([dirt.share * len(frame)]), month, number, block)[0])
        if month == LAST_MONTH and block == 0:
            count = max(count, 1)
        rows = np.unique(draws.whole("dirty row", len(frame), month, number, block, np.arange(count)))
        if dirt.rule == "sequence":
            frame = _spoil(frame, rows, dirt)
            continue
        copies = frame[rows]
        if dirt.key:
            own = pl.col(dirt.key).fill_null("") + f"{MARK}{dirt.rule}"
            copies = copies.with_columns(own).with_columns(**dirt.wrong)
        extra.append(copies)
    return pl.concat([frame, *extra])


def _spoil(frame: pl.DataFrame, rows: np.ndarray, dirt: Dirt) -> pl.DataFrame:
    """Spoils rows in place, where what is wrong can be said of them."""
    here = np.zeros(len(frame), bool)
    here[rows] = True
    return frame.with_columns(
        pl.when(pl.Series(here) & wrong.is_not_null()).then(wrong).otherwise(name).alias(name)
        for name, wrong in dirt.wrong.items()
    )
