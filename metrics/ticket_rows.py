"""Tickets as rows to count: what they concern, and how long each step took by the business-hours clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from metrics.business_hours import Clock, Hours, midnight
from metrics.promotion_cells import local

NONE: dict[str, Any] = {
    **dict.fromkeys(("customer_id", "order_id", "product_id", "kind", "channel", "agent"), pl.String),
    **dict.fromkeys(("first_response_at", "resolved_at", "reopened_at"), pl.Datetime("us", "UTC")),
    "score": pl.Float64,
}


def rows(
    tickets: pl.LazyFrame,
    orders: pl.LazyFrame | None,
    products: pl.LazyFrame | None,
    where: Mapping[str, Sequence[str | None]],
    hours: Hours,
    as_of: date,
) -> pl.DataFrame:
    """A row a ticket opened up to as_of: day (opened), customer_id, person (customer, else order, else
    ticket), order_id, product_id, category, seller, kind, channel, agent, score, opened_at, first_at (the
    first answer; the end where none is recorded before it), resolved_at, reopened_at; what is later is null.
    `response` (from opening to the first answer), `resolution` (to the end), `solving` (between both),
    `again` (from the end to being opened again): business hours up to as_of at most, null where the step has
    not begun or went backwards; `…_done`: whether it is over.

    where: channel, region, device of the order, category of the product; tickets without one do not fit.
    """
    end = midnight(as_of + timedelta(days=1), hours.timezone)
    known = tickets.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in NONE.items() if name not in tickets.collect_schema()
    )
    found = known.select("ticket_id", "opened_at", *NONE).filter(pl.col("opened_at") < end)
    found = _concerning(found, orders, products, where)
    past = [
        pl.when(pl.col(name) < end).then(name).alias(name)
        for name in ("first_response_at", "resolved_at", "reopened_at")
    ]
    made = found.with_columns(past).with_columns(
        day=local("opened_at", hours.timezone),
        person=pl.coalesce("customer_id", "order_id", "ticket_id"),
        first_at=pl.min_horizontal("first_response_at", "resolved_at"),
    )
    table = made.sort("opened_at", "ticket_id").collect()
    return table if table.is_empty() else _timed(table, hours, as_of)


def _concerning(
    tickets: pl.LazyFrame,
    orders: pl.LazyFrame | None,
    products: pl.LazyFrame | None,
    where: Mapping[str, Sequence[str | None]],
) -> pl.LazyFrame:
    """With category and seller of the product, and only what fits `where`."""
    none = pl.lit(None, pl.String)
    if products is None:
        tickets = tickets.with_columns(category=none, seller=none)
    else:
        of = products.select("product_id", "category", seller="merchant_id").unique("product_id")
        tickets = tickets.join(of, on="product_id", how="left")
    of_order = {name: list(values) for name, values in where.items() if name != "category"}
    if "category" in where:
        tickets = tickets.filter(pl.col("category").is_in(list(where["category"])))
    if of_order:
        if orders is None:
            return tickets.filter(False)
        fits = [pl.col(name).is_in(values) for name, values in of_order.items()]
        tickets = tickets.join(orders.filter(*fits).select("order_id"), on="order_id", how="semi")
    return tickets


def _timed(table: pl.DataFrame, hours: Hours, as_of: date) -> pl.DataFrame:
    first: date = table["day"].min()  # type: ignore[assignment]
    clock = hours.clock(first, as_of)
    end = pl.lit(midnight(as_of + timedelta(days=1), hours.timezone))
    spans = {
        "response": ("opened_at", "first_at"),
        "resolution": ("opened_at", "resolved_at"),
        "solving": ("first_at", "resolved_at"),
        "again": ("resolved_at", "reopened_at"),
    }
    return table.with_columns(
        *(
            each
            for name, (start, stop) in spans.items()
            for each in _span(table, clock, name, start, stop, end)
        )
    )


def _span(
    table: pl.DataFrame, clock: Clock, name: str, start: str, stop: str, end: pl.Expr
) -> tuple[pl.Series, pl.Series]:
    instants = table.select(
        start=pl.col(start).dt.epoch("us"), stop=pl.coalesce(stop, end).dt.epoch("us"), begun=start
    )
    begun = instants["begun"].is_not_null() & (instants["stop"] >= instants["start"]).fill_null(False)
    gone = pl.Series(
        name, clock.between(*(instants[each].fill_null(0).to_numpy() for each in ("start", "stop")))
    )
    kept = pl.select(pl.when(begun).then(gone).alias(name)).to_series()
    return kept, (table[stop].is_not_null() & begun).alias(f"{name}_done")
