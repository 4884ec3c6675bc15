"""Why a number is missing, found out from the data: the table, the dimension or the days are not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import narwhals as nw

from metrics.period import Period

Frames = Callable[..., Any]  # (table, where={}, by=(), basis="order") → a frame that Narwhals knows
Where = Mapping[str, Sequence[str | None]]

# Which table, or which column of one, a measure comes from. A measure not named here names itself.
SOURCES = {
    "daily": {
        **dict.fromkeys(("gmv", "discount", "cancelled", "revenue", "units"), "order_lines"),
        **dict.fromkeys(("costed_revenue", "cost"), "order_lines.unit_cost"),
        "orders": "orders",
        "new_buyers": "orders.customer_id",
        **dict.fromkeys(("refunds", "units_returned"), "returns"),
        **dict.fromkeys(("sessions", "bounced_sessions", "cart_sessions"), "events"),
        **dict.fromkeys(("buying_sessions", "buying_cart_sessions"), "events"),
        **dict.fromkeys(("ad_spend", "clicks", "impressions"), "spend"),
        **dict.fromkeys(("deliveries", "on_time"), "shipments"),
        "tickets": "tickets",
        **dict.fromkeys(("csat_answers", "csat_good", "nps_answers"), "surveys"),
        **dict.fromkeys(("nps_promoters", "nps_detractors"), "surveys"),
        **dict.fromkeys(("reviews", "review_stars"), "reviews"),
        **dict.fromkeys(("market_gmv", "gmv_in_market"), "market"),
        **dict.fromkeys(("stock_days", "stock_out_days"), "inventory"),
    },
    "sales": {
        **dict.fromkeys(("customer", "nth"), "orders.customer_id"),
        "merchant": "order_lines.merchant_id",
        **dict.fromkeys(("revenue", "units"), "order_lines"),
    },
    "sessions": dict.fromkeys(("customer", "seconds", "pages"), "events"),
}


class Reason(str):
    """An English sentence that still knows its pattern and facts, so that it can be said in any language."""

    sentence: str
    facts: dict[str, object]

    def __new__(cls, sentence: str, **facts: object) -> Reason:
        reason = super().__new__(cls, sentence.format(**facts))
        reason.sentence, reason.facts = sentence, facts
        return reason


def needs(table: str, column: str) -> Reason:
    """What to import so that a measure of a prepared frame is there."""
    source = SOURCES.get(table, {}).get(column, f"{table}.{column}")
    if "." in source:
        source, column = source.split(".")
        return Reason(
            "needs the column {column} in the table {table}: import it", column=column, table=source
        )
    return Reason("needs the table {table}: import it", table=source)


def why_empty(
    table: str, column: str, frames: Frames, period: Period, dimensions: Sequence[str], basis: str
) -> Reason | None:
    """Why a column of a prepared frame holds nothing on those days and by those dimensions.

    None where nothing happened: it is recorded by those dimensions and on those days, so that its sum
    is truly 0.
    """
    recorded = span(frames(table, basis=basis), column)
    if recorded is None:
        return needs(table, column)
    measure = words(column)
    for dimension in dimensions:
        if span(frames(table, by=(dimension,), basis=basis), column, dimension) is None:
            return Reason(
                "{measure} is not recorded by {dimension}", measure=measure, dimension=words(dimension)
            )
    if not period.overlaps(recorded):
        start, end = recorded.start, recorded.end
        return Reason(
            "{measure} is recorded from {start} to {end} only", measure=measure, start=start, end=end
        )
    return None


def span(frame: Any, column: str, dimension: str | None = None) -> Period | None:
    """First and last day on which the column holds something (where the dimension does too), or None."""
    rows = nw.from_native(frame).lazy()
    there = [column] if dimension is None else [column, dimension]
    if not set(there) <= set(rows.collect_schema().names()):
        return None
    rows = rows.filter(*(~nw.col(name).is_null() for name in there))
    found = rows.select(start=nw.col("day").min(), end=nw.col("day").max()).collect("polars").row(0)
    return None if found[0] is None else Period(*found)


def words(column: str) -> str:
    """A column's name as words: ad_spend → ad spend."""
    return column.replace("_", " ")
