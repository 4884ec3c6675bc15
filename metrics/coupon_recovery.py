"""How well the read-out of coupons finds what was planted in the sample shop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from metrics.coupons import given
from metrics.recovery import Data, Estimate, Recovery

TABLES = ("coupons", "customers", "orders", "order_lines", "products", "returns")


def _told(measure: str) -> Callable[[Data, Sequence[str]], Mapping[str, Estimate]]:
    def told(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
        """By kind of coupon."""
        scans = [data.scan(table) for table in TABLES]
        result = given(data.frames, *scans, period=data.period, as_of=data.period.end)  # type: ignore[arg-type]
        return {
            row["of"]: Estimate(row[measure], row[f"{measure}_low"], row[f"{measure}_high"], row["compared"])
            for row in result.rows.filter(by="kind").to_dicts()
            if row["of"] in of and row[measure] is not None
        }

    return told


HOW = (
    "What all who were given one bought in its month and the three after, less what others of the same month "
    "and orders before did. The truth is followed to the end of the year."
)
orders_recovery = Recovery(
    "coupon_more_orders",
    "Coupon: orders more",
    HOW,
    "coupon",
    "orders",
    _told("orders"),
    of=r"[^·]+",
    null="inert",
)
margin_recovery = Recovery(
    "coupon_margin",
    "Coupon: margin more",
    HOW,
    "coupon",
    "margin",
    _told("margin"),
    of=r"[^·]+",
    twin="inert",
)
