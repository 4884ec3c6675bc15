"""Parcels as rows to count: when they were promised, when they came, and what they carried."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from metrics.business_hours import midnight
from metrics.order_scope import Where, lines_of, placed
from metrics.promotion_cells import local

NONE: dict[str, Any] = {
    "carrier": pl.String,
    "region": pl.String,
    "cost": pl.Float64,
    **dict.fromkeys(("shipped_at", "promised_at", "delivered_at"), pl.Datetime("us", "UTC")),
}
DAY = 86_400


def rows(
    shipments: pl.LazyFrame,
    orders: pl.LazyFrame | None,
    order_lines: pl.LazyFrame | None,
    products: pl.LazyFrame | None,
    where: Where,
    as_of: date,
    timezone: str,
) -> pl.DataFrame:
    """A row a parcel that arrived, or is on the way of an order that was not cancelled: shipment_id,
    order_id, customer_id, person, carrier, region, category (of the order's dearest product), ordered_at,
    promised_at, delivered_at (null after as_of), sent (day handed over, else promised), came (day of
    arrival), due (day promised); days (arrival less promise, in days; negative is early), lead (from order
    to arrival). late: null without a promise; of what has not come by as_of, whether it is past its promise.
    """
    end = midnight(as_of + timedelta(days=1), timezone)
    known = shipments.collect_schema()
    found = shipments.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in NONE.items() if name not in known
    ).select("shipment_id", "order_id", *NONE)
    found = found.with_columns(
        delivered_at=pl.when(pl.col("delivered_at") < end).then("delivered_at"),
        late=pl.coalesce(pl.col("delivered_at"), pl.lit(end)) > pl.col("promised_at"),
    )
    if orders is None:
        found = found.filter(not where).with_columns(
            ordered_at=pl.lit(None, pl.Datetime("us", "UTC")), customer_id=pl.lit(None, pl.String),
            person=pl.col("order_id"),
        )  # fmt: skip
    else:
        of = placed(orders, where, timezone).select(
            "order_id", "ordered_at", "customer_id", "person", "void", of_order="region"
        )
        found = found.join(of, on="order_id", how="inner" if set(where) - {"category"} else "left")
        arrived, stands = pl.col("delivered_at").is_not_null(), ~pl.col("void").fill_null(False)
        begun = pl.coalesce("shipped_at", "ordered_at") < end
        found = found.filter(arrived | stands, begun.fill_null(True)).with_columns(
            region=pl.coalesce("region", "of_order"), person=pl.coalesce("person", "order_id")
        )
    if order_lines is None:
        found = found.filter("category" not in where).with_columns(category=pl.lit(None, pl.String))
    else:
        dearest = pl.col("category").sort_by("revenue", "product_id", descending=[True, False]).first()
        main = lines_of(order_lines, products, where).group_by("order_id").agg(dearest)
        found = found.join(main, on="order_id", how="inner" if "category" in where else "left")
    return found.with_columns(
        sent=local("shipped_at", timezone), came=local("delivered_at", timezone),
        due=local("promised_at", timezone), days=_days("promised_at"), lead=_days("ordered_at"),
    ).with_columns(sent=pl.coalesce("sent", "due")).sort("delivered_at", "shipment_id").collect()  # fmt: skip


def sellers(
    parcels: pl.DataFrame, order_lines: pl.LazyFrame | None, products: pl.LazyFrame | None, where: Where
) -> pl.DataFrame:
    """The parcels with their `seller`, a row for each seller in the order."""
    if order_lines is None:
        return parcels.with_columns(seller=pl.lit(None, pl.String))
    of = lines_of(order_lines, products, where).select("order_id", "seller").unique().collect()
    return parcels.join(of, on="order_id", how="left").sort("shipment_id", "seller")


def _days(since: str) -> pl.Expr:
    return (pl.col("delivered_at") - pl.col(since)).dt.total_seconds() / DAY
