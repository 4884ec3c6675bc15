"""What goes with a late parcel: the review that follows, and later orders. Association within strata."""

from __future__ import annotations

from math import sqrt
from typing import Literal

import polars as pl

from metrics.interval import student
from metrics.lateness import LEAST, later_orders
from metrics.within import within

Stratum = Literal["region", "week", "month", "category"]
EFFECTS = {
    "outcome": pl.String,
    **dict.fromkeys(("late_n", "on_time_n"), pl.Int64),
    **dict.fromkeys(("late_mean", "on_time_mean"), pl.Float64),
    **{f"{name}{end}": pl.Float64 for name in ("raw", "effect") for end in ("", "_low", "_high")},
}


def review_effect(parcels: pl.DataFrame, reviews: pl.DataFrame, strata: tuple[Stratum, ...]) -> pl.DataFrame:
    """EFFECTS of outcome "review": mean stars of orders with a late parcel and with one on time (several
    reviews of an order are their mean; it is late where one of its parcels is); raw: their difference
    (Welch); effect: that within strata, by least squares with errors clustered by customer. null with fewer
    than LEAST of either.

    parcels: order_id, person, late, region, category, due. reviews: order_id, score.
    """
    known = (
        parcels.drop_nulls(["late", "due"])
        .sort("due")
        .group_by("order_id", maintain_order=True)
        .agg(pl.col("late").any(), pl.col("person", "region", "category", "due").first())
        .join(reviews.group_by("order_id").agg(pl.col("score").mean()), on="order_id")
        .with_columns(week=pl.col("due").dt.truncate("1w"), month=pl.col("due").dt.truncate("1mo"))
        .sort("order_id")
    )
    late, fine = (known.filter(pl.col("late") == side)["score"] for side in (True, False))
    row: dict = dict.fromkeys(EFFECTS) | {"outcome": "review", "late_n": len(late), "on_time_n": len(fine)}
    row |= {"late_mean": late.mean(), "on_time_mean": fine.mean()}
    if len(late) >= LEAST and len(fine) >= LEAST:
        row |= _around("raw", *_welch(late, fine))
        found = within(known, "score", ("late",), strata, "person") if strata else None
        row |= _around("effect", *found) if found else {}
    return pl.DataFrame([row], schema=EFFECTS)


def order_effect(parcels: pl.DataFrame, bought: pl.DataFrame) -> pl.DataFrame:
    """EFFECTS of outcome "orders": later orders for each late parcel; see lateness.later_orders.

    parcels: order_id, customer_id, late, region, due, promised_at, ordered_at. bought: see later_orders.
    """
    known = parcels.drop_nulls(["late", "due", "ordered_at"]).with_columns(
        week=pl.col("due").dt.truncate("1w")
    )
    wanted = ("customer_id", "late", "promised_at", "ordered_at", "week", "region")
    found = later_orders(known.select(wanted), bought)
    row = dict.fromkeys(EFFECTS) | {
        "outcome": "orders", "late_n": int(known["late"].sum()), "on_time_n": int((~known["late"]).sum()),
        "effect": found.value, "effect_low": found.low, "effect_high": found.high,
    }  # fmt: skip
    return pl.DataFrame([row], schema=EFFECTS)


def _welch(one: pl.Series, other: pl.Series) -> tuple[float, float]:
    """The difference of two means and half its interval (Welch 1947)."""
    parts = [float(each.var()) / len(each) for each in (one, other)]  # type: ignore[arg-type]
    spread = sum(parts)
    below = sum(part**2 / (len(each) - 1) for part, each in zip(parts, (one, other), strict=True))
    gap = float(one.mean()) - float(other.mean())  # type: ignore[arg-type]
    return gap, student(spread**2 / below if below else 1.0) * sqrt(spread)


def _around(name: str, value: float, half: float) -> dict[str, float]:
    return {name: value, f"{name}_low": value - half, f"{name}_high": value + half}
