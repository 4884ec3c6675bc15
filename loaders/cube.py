"""The frames made once, at import: the daily cube, sales, sessions, the log, people.

Every measure adds up over rows. A measure fills only the dimensions that it is recorded by; its rows
are null on the others. `daily` has no categories; `cube` has, and there `orders` counts the orders
that contain the category. Returns are counted twice, on the day of the order (`…_order`) and on that
of the refund (`…_refund`); readers choose one (serve.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from loaders.groups import groups, market
from loaders.log import write_log
from loaders.sessions import write_sessions
from loaders.shop import DIMENSIONS, Shop
from loaders.version import Manifest

SALES = ("gmv", "discount", "cancelled", "revenue", "units", "sold_costed", "sold_cost")
BACK = ("refunds", "units_returned", "back_costed", "back_cost")
BASES = ("order", "refund")
MEASURES = (
    *SALES,
    *(f"{measure}_{basis}" for measure in BACK for basis in BASES),
    *("orders", "new_buyers"),
    *("sessions", "bounced_sessions", "cart_sessions", "buying_sessions", "buying_cart_sessions"),
    *("ad_spend", "impressions", "clicks", "deliveries", "on_time", "tickets"),
    *("csat_answers", "csat_good", "nps_answers", "nps_promoters", "nps_detractors"),
    *("reviews", "review_stars", "market_gmv", "gmv_in_market", "stock_days", "stock_out_days"),
)


def write(folder: Path, manifest: Manifest) -> None:
    """Writes `prepared/` of a version whose tables are in place."""
    shop, target = Shop(folder, manifest.timezone), folder / "prepared"
    target.mkdir()
    shop.people.write_parquet(target / "people.parquet")
    keys = ("order", "customer", "nth", *DIMENSIONS, "merchant")
    coarse = tuple(name for name in DIMENSIONS if name != "category")
    parts = []
    counted: dict[str, list[pl.DataFrame]] = {"cube": [], "daily": []}
    with pq.ParquetWriter(target / "sales.parquet", SALES_SCHEMA.to_frame().to_arrow().schema) as writer:
        for lines in shop.lines():
            parts.append(add_up(lines, DIMENSIONS, SALES))
            kept = lines.filter(~pl.col("void")).rename({"merchant_id": "merchant"})
            sold = add_up(kept, keys, ("revenue", "units")).sort("day", "order")
            sold = sold.select(pl.col(name).cast(dtype) for name, dtype in SALES_SCHEMA.items())
            writer.write_table(sold.to_arrow(), row_group_size=200_000)
            for name, dimensions in {"cube": DIMENSIONS, "daily": coarse}.items():
                counted[name].append(orders(sold, dimensions))
    facts = [*([add_up(pl.concat(parts), DIMENSIONS, SALES)] if parts else [])]
    facts += returns(shop.returns(), DIMENSIONS)
    facts += groups(shop)
    facts += [write_sessions(shop, target / "sessions.parquet")]
    write_log(shop, target / "log")
    facts += market(shop, facts[0] if parts else None)
    for name, dimensions in {"cube": DIMENSIONS, "daily": coarse}.items():
        frames = [add_up(fact, dimensions, measures_of(fact)) for fact in [*facts, *counted[name]]]
        whole = add_up(pl.concat([empty(), *frames], how="diagonal_relaxed"), dimensions, MEASURES)
        rows = pl.concat([empty(), whole], how="diagonal_relaxed").sort(DIMENSIONS)
        rows.write_parquet(target / f"{name}.parquet", row_group_size=100_000)


SALES_SCHEMA = pl.Schema(
    {
        "order": pl.UInt32,
        "customer": pl.Int32,
        "nth": pl.UInt32,
        "day": pl.Date,
        **dict.fromkeys((*DIMENSIONS[1:], "merchant"), pl.String),
        "revenue": pl.Float64,
        "units": pl.Int64,
    }
)


def empty() -> pl.DataFrame:
    """No rows of the cube: every dimension and measure is there, whatever was imported."""
    dimensions = {"day": pl.Date, **dict.fromkeys(DIMENSIONS[1:], pl.String)}
    return pl.DataFrame(schema=pl.Schema({**dimensions, **dict.fromkeys(MEASURES, pl.Float64)}))


def measures_of(fact: pl.DataFrame) -> list[str]:
    return [name for name in fact.columns if name in MEASURES]


def add_up(rows: pl.DataFrame, by: Sequence[str], measures: Sequence[str]) -> pl.DataFrame:
    """Sums over groups; a measure that is nowhere recorded in a group stays null, not 0."""
    keys = [name for name in by if name in rows.columns]
    return rows.group_by(keys).agg(sums(measures))


def sums(measures: Sequence[str]) -> list[pl.Expr]:
    return [pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in measures]


def returns(rows: pl.DataFrame, dimensions: Sequence[str]) -> list[pl.DataFrame]:
    """Returned measures on the day of the order and on the day of the refund."""
    found = []
    for basis in BASES:
        named = rows.rename({f"day_{basis}": "day"}).rename({name: f"{name}_{basis}" for name in BACK})
        found.append(add_up(named, dimensions, [f"{name}_{basis}" for name in BACK]))
    return found


def orders(sold: pl.DataFrame, dimensions: Sequence[str]) -> pl.DataFrame:
    """Orders and first orders of known customers, counted once in each group."""
    firsts = pl.when(pl.col("nth") == 1).then("order")
    return sold.group_by(dimensions).agg(
        orders=pl.col("order").n_unique(), new_buyers=firsts.drop_nulls().n_unique()
    )
