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
    table: str, empty: Mapping[str, Sequence[str]], frames: Frames, period: Period, basis: str
) -> dict[str, Reason]:
    """Why columns of a prepared frame hold nothing on those days and by those dimensions.

    empty: column → the dimensions in question. A column that is recorded by them and on those days, so
    that nothing happened and its sum is truly 0, is not in the answer.
    """
    if not empty:
        return {}
    recorded = spans(frames, table, list(empty), basis=basis)
    dimensions = dict.fromkeys(name for names in empty.values() for name in names)
    by = {name: spans(frames, table, list(empty), name, basis) for name in dimensions}
    return {
        column: reason
        for column, names in empty.items()
        if (
            reason := _why(
                table,
                column,
                recorded.get(column),
                [name for name in names if column not in by[name]],
                period,
            )
        )
    }


def _why(
    table: str, column: str, recorded: Period | None, unrecorded: Sequence[str], period: Period
) -> Reason | None:
    if recorded is None:
        return needs(table, column)
    measure = words(column)
    if unrecorded:
        return Reason(
            "{measure} is not recorded by {dimension}", measure=measure, dimension=words(unrecorded[0])
        )
    if not period.overlaps(recorded):
        start, end = recorded.start, recorded.end
        return Reason(
            "{measure} is recorded from {start} to {end} only", measure=measure, start=start, end=end
        )
    return None


def spans(
    frames: Frames, table: str, columns: Sequence[str], dimension: str | None = None, basis: str = "order"
) -> dict[str, Period]:
    """Column → first and last day on which it holds something (where the dimension does too).

    A column that never does is not in the answer. Frames that never change may remember the answers: they
    have a method `spans(table, dimension, basis)` for all columns.
    """
    if remembered := getattr(frames, "spans", None):
        known = remembered(table, dimension, basis)
        return {name: known[name] for name in columns if name in known}
    by = (dimension,) if dimension else ()
    return recorded(frames(table, by=by, basis=basis), columns, dimension)


def recorded(frame: Any, columns: Sequence[str], dimension: str | None = None) -> dict[str, Period]:
    """spans() of one prepared frame."""
    rows = nw.from_native(frame).lazy()
    known = rows.collect_schema().names()
    if dimension is not None:
        if dimension not in known:
            return {}
        rows = rows.filter(~nw.col(dimension).is_null())
    days = {name: nw.when(~nw.col(name).is_null()).then(nw.col("day")) for name in columns if name in known}
    starts = [day.min().alias(f"start {name}") for name, day in days.items()]
    ends = [day.max().alias(f"end {name}") for name, day in days.items()]
    found = rows.select(*starts, *ends).collect("polars").to_native().row(0, named=True) if days else {}
    return {
        name: Period(found[f"start {name}"], found[f"end {name}"]) for name in days if found[f"start {name}"]
    }


def words(column: str) -> str:
    """A column's name as words: ad_spend → ad spend."""
    return column.replace("_", " ")
