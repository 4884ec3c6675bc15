"""Issues of customers: what was not as it should be, with an order or by what was answered about it."""

from __future__ import annotations

import polars as pl

from metrics.period import Period
from metrics.survey_answers import answers
from metrics.survey_base import Base

LOW = 0.25  # of a scale from 0 to 1: the two worst of five boxes
STRATA = ("month", "orders")

Event = tuple[str, str | None, pl.DataFrame, bool]  # issue, driver, rows (customer_id, day, …, has), sampled


def of_orders(known: Base, shipments: pl.LazyFrame | None, tickets: pl.LazyFrame | None) -> list[Event]:
    """Late parcels and complaints, of every order that was sent, or arrived."""
    rows = known.rows.with_columns(month=pl.col("placed").dt.truncate("1mo"))
    found: list[Event] = []
    columns = ("customer_id", "day", *STRATA)
    if shipments is not None:
        sent = rows.filter(pl.col("parcel") != "none")
        found.append(("late parcel", None, sent.select(*columns, has=pl.col("parcel") == "late"), False))
    if tickets is not None:
        kind = pl.col("kind").str.to_lowercase().str.contains("complain").fill_null(False)
        about = tickets.filter(kind).select("order_id").drop_nulls().unique().collect()["order_id"]
        if len(about):
            has = pl.col("order_id").is_in(about.implode())
            found.append(("complaint", None, rows.select(*columns, has=has), False))
    return found


def of_answers(surveys: pl.LazyFrame | None, known: Base, year: Period, timezone: str) -> list[Event]:
    """Detractors and low ratings, of those who answered about an order."""
    if surveys is None:
        return []
    rows = answers(surveys, year, timezone).rows.join(
        known.rows.select("order_id", "orders", "placed", of="customer_id"), on="order_id"
    )
    rows = rows.with_columns(customer_id="of", month=pl.col("placed").dt.truncate("1mo"))
    columns = ("customer_id", "day", *STRATA)
    found: list[Event] = []
    said = rows.filter(measure="nps")
    if len(said):
        found.append(("detractor", None, said.select(*columns, has=pl.col("worth") < 0), True))
    rated = rows.filter(pl.col("driver").is_not_null())
    for driver in rated["driver"].unique().sort():
        part = rated.filter(driver=driver).select(*columns, has=pl.col("good") <= LOW)
        found.append(("low rating", driver, part, True))
    return found
