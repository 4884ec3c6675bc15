"""What is remembered of each row that has a key, so as to tell which of those with the same one counts."""

from __future__ import annotations

import polars as pl

from loaders import tables
from loaders.loader import LINE

ID, SOURCE, DERIVED, KEY = "_id", "_source", "_derived", "_key"
HIDDEN = {SOURCE: pl.UInt32, LINE: pl.UInt32, DERIVED: pl.Boolean}
INDEX = {KEY: pl.UInt64, ID: pl.UInt32, **HIDDEN, "_updated": pl.Int64}
OPEN = {**INDEX, "_raw": pl.UInt64, "_group": pl.UInt64, "_made": pl.Boolean}  # of a source being read
_STRIDE = 0x9E3779B97F4A7C15  # spreads the position in a key hash


def key_hash(table: str, rows: pl.DataFrame) -> pl.Series:
    """A 64-bit hash of each row's key. Made line ids, `product/2`, count the position apart."""
    columns = tables.key(table)
    if "line_id" not in columns:
        return rows.select(columns).hash_rows()
    parts = pl.col("line_id").str.extract_groups(r"^(?s)(?<base>.*)/(?<position>\d{1,9})$")
    split = rows.select(columns[0], "line_id", parts.alias("parts")).unnest("parts")
    base = split.select(columns[0], pl.coalesce("base", "line_id")).hash_rows()
    position = split["position"].cast(pl.UInt64).fill_null(0)
    return base + position * pl.Series([_STRIDE], dtype=pl.UInt64)


def index_of(table: str, rows: pl.DataFrame, raw: pl.DataFrame | None) -> pl.DataFrame:
    """As OPEN. `_group`: alike for all rows of one key, also where line ids are still to be made."""
    first = tables.key(table)[0]
    updated = pl.col("updated_at") if "updated_at" in rows.columns else pl.lit(None)
    index = rows.select(ID, SOURCE, LINE, DERIVED, updated.cast(pl.Int64).alias("_updated"))
    index = index.with_columns(
        pl.lit(0, pl.UInt64).alias("_raw") if raw is None else raw.hash_rows().alias("_raw"),
        rows.select(first).hash_rows().alias("_group"),
    )
    if "line_id" not in tables.key(table):
        return index.with_columns(key_hash(table, rows).alias(KEY), _made=pl.lit(False))
    made = rows["line_id"].is_null()
    named = rows.select(first, pl.coalesce("line_id", "product_id").alias("line_id"))
    key = pl.when(made).then(named.hash_rows()).otherwise(key_hash(table, named))
    return index.with_columns(key.alias(KEY), _made=made)


def settle(index: pl.DataFrame, last: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row a key, and the others. A row given as such beats a derived one, then the one that its
    source changed last, then the one with the highest `last`."""
    shared = index[KEY].is_duplicated()
    if not shared.any():
        return index, index.clear()
    rivals = index.filter(shared).with_row_index("_place")
    order = [~pl.col(DERIVED), pl.col("_updated"), last]
    winners = rivals.sort(order, nulls_last=False, maintain_order=True).unique(KEY, keep="last")
    others = rivals.join(winners, on="_place", how="anti").drop("_place")
    return pl.concat([index.filter(~shared), winners.drop("_place")]), others


def repeats(index: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Splits off the rows whose like, as found, stands on an earlier line of the source."""
    maybe = index["_raw"].is_duplicated() & (index["_raw"] != 0) & ~index[DERIVED]
    if not maybe.any():
        return index, index.clear()
    repeats = index.filter(maybe).filter(pl.col(LINE) > pl.col(LINE).min().over("_raw"))
    return index.join(repeats, on=ID, how="anti", maintain_order="left"), repeats


def placed(index: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Counts the like products of an order whose lines have no ids: their keys take the position.

    Also returns `_id`, `_position` of those from the second on.
    """
    shared = (pl.col("_made") & pl.struct(KEY, "_made").is_duplicated()).alias("_shared")
    marked = index.with_columns(shared)
    position = pl.int_range(1, pl.len() + 1, dtype=pl.UInt64).over(KEY)
    several = marked.filter("_shared").with_columns(_position=position)
    single = marked.filter(~pl.col("_shared")).with_columns(_position=pl.col("_made").cast(pl.UInt64))
    stride = pl.col("_position") * pl.lit(_STRIDE, pl.UInt64)
    moved = pl.concat([single, several]).with_columns(pl.col(KEY) + stride).drop("_shared", "_position")
    return moved, several.filter(pl.col("_position") > 1).select(ID, "_position")
