"""Those whom answers stand for: orders that arrived, with what is known of all of them, asked or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import polars as pl

from metrics.earned import standing
from metrics.period import Period
from metrics.promotion_cells import local

AGES = (25, 35, 45, 55)
MARGINS = ("parcel", "returned", "service", "orders", "segment", "region", "channel", "age")


@dataclass(frozen=True)
class Base:
    """rows: one row an order of a known customer that arrived by the end of the period (or, where orders are
        not known to arrive, was placed): order_id, customer_id, day (of arrival) and, as far as the tables
        go, categories: parcel (on time, late, none), returned, service (whether it was asked for), orders
        (first, 2 to 3, 4 and more: with this one), segment (tier), region, channel, age.
    margins: names of the categories that there are.
    """

    rows: pl.DataFrame
    margins: tuple[str, ...]


def base(
    orders: pl.LazyFrame | None,
    customers: pl.LazyFrame | None,
    shipments: pl.LazyFrame | None,
    returns: pl.LazyFrame | None,
    tickets: pl.LazyFrame | None,
    period: Period,
    timezone: str,
) -> Base | None:
    """All that could be asked until the end of the period; None without orders of known customers."""
    if orders is None:
        return None
    nth = pl.int_range(1, pl.len() + 1).over("customer_id")
    rows = (
        standing(orders)
        .sort("ordered_at", "order_id")
        .select(
            "order_id", "customer_id", "region", "channel",
            placed=local("ordered_at", timezone),
            orders=pl.when(nth == 1).then(pl.lit("first")).when(nth <= 3).then(pl.lit("2 to 3"))
            .otherwise(pl.lit("4 and more")),
        )
    )  # fmt: skip
    rows = rows.with_columns(day="placed")
    if shipments is not None:
        # Where a channel sends parcels, an order without one has not arrived; a shop's counter sends none.
        sends = pl.col("parcel").is_not_null().mean().over("channel") > 0.5
        rows = rows.join(_parcels(shipments, timezone), on="order_id", how="left").with_columns(
            day=pl.coalesce("arrived", pl.when(pl.col("parcel").is_null() & ~sends).then("placed")),
            parcel=pl.col("parcel").fill_null("none"),
        )
    for name, table, yes, no in (
        ("returned", returns, "returned", "kept"),
        ("service", tickets, "asked", "not asked"),
    ):
        if table is not None:
            those = table.select("order_id").drop_nulls().unique().with_columns(pl.lit(yes).alias(name))
            rows = rows.join(those, on="order_id", how="left").with_columns(pl.col(name).fill_null(no))
    if customers is not None:
        rows = rows.join(_people(customers, period.end), on="customer_id", how="left")
    found = rows.filter(pl.col("day") <= period.end).sort("day", "order_id").collect()
    if found.is_empty():
        return None
    return Base(
        found, tuple(name for name in MARGINS if name in found.columns and found[name].n_unique() > 1)
    )


def _parcels(shipments: pl.LazyFrame, timezone: str) -> pl.LazyFrame:
    """By order: when its last parcel arrived (null: not all did), and whether one was late."""
    arrived, promised = pl.col("delivered_at"), pl.col("promised_at")
    return shipments.group_by("order_id").agg(
        arrived=pl.when(arrived.is_not_null().all()).then(local("delivered_at", timezone).max()),
        parcel=pl.when((arrived > promised).any()).then(pl.lit("late")).otherwise(pl.lit("on time")),
    )


def _people(customers: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    age = as_of.year - pl.col("birth_year")
    names = [f"under {AGES[0]}", *(f"{low} to {high - 1}" for low, high in pairwise(AGES))]
    below = [pl.when(age < end).then(pl.lit(name)) for name, end in zip(names, AGES, strict=True)]
    oldest = pl.when(age >= AGES[-1]).then(pl.lit(f"{AGES[-1]} and over"))
    return customers.select("customer_id", segment="tier", age=pl.coalesce(*below, oldest))
