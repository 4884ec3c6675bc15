"""Every metric once more, slowly: plain Python over rows as dicts. None stands for null."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl

Rows = list[dict[str, Any]]


def total(rows: Rows, column: str) -> float:
    return sum(row[column] for row in rows if row[column] is not None)


def divided(a: float, b: float) -> float | None:
    return a / b if b else None


def different(rows: Rows, column: str) -> int:
    return len({row[column] for row in rows if row[column] is not None})


def summed(column: str) -> Callable[[Rows], float]:
    return lambda rows: total(rows, column)


def per(part: str, whole: str) -> Callable[[Rows], float | None]:
    return lambda rows: divided(total(rows, part), total(rows, whole))


def returning(rows: Rows) -> float | None:
    known = {row["customer"] for row in rows if row["customer"] is not None}
    again = {customer for customer in known if any(r["customer"] == customer and r["nth"] >= 2 for r in rows)}
    return divided(len(again), len(known))


ORACLES: dict[str, Callable[[Rows], float | None]] = {
    "gmv": summed("gmv"),
    "revenue": summed("revenue"),
    "net_revenue": lambda rows: total(rows, "revenue") - total(rows, "refunds"),
    "orders": summed("orders"),
    "units": summed("units"),
    "average_order_value": per("revenue", "orders"),
    "items_per_order": per("units", "orders"),
    "gross_margin": lambda rows: total(rows, "costed_revenue") - total(rows, "cost"),
    "margin_rate": lambda rows: divided(
        total(rows, "costed_revenue") - total(rows, "cost"), total(rows, "costed_revenue")
    ),
    "discount_rate": per("discount", "gmv"),
    "return_rate": per("units_returned", "units"),
    "refund_value": summed("refunds"),
    "buyers": lambda rows: different(rows, "customer"),
    "new_buyers": summed("new_buyers"),
    "repeat_rate": returning,
    "visitors": lambda rows: different(rows, "customer"),
    "sessions": summed("sessions"),
    "conversion_rate": per("buying_sessions", "sessions"),
    "cart_abandonment_rate": lambda rows: divided(
        total(rows, "cart_sessions") - total(rows, "buying_cart_sessions"), total(rows, "cart_sessions")
    ),
    "bounce_rate": per("bounced_sessions", "sessions"),
    "ad_spend": summed("ad_spend"),
    "cac": per("ad_spend", "new_buyers"),
    "roas": per("revenue", "ad_spend"),
    "on_time_rate": per("on_time", "deliveries"),
    "tickets_per_order": per("tickets", "orders"),
    "csat": per("csat_good", "csat_answers"),
    "nps": lambda rows: divided(
        100 * (total(rows, "nps_promoters") - total(rows, "nps_detractors")), total(rows, "nps_answers")
    ),
    "review_score": per("review_stars", "reviews"),
    "market_share": per("gmv_in_market", "market_gmv"),
    "active_merchants": lambda rows: different(rows, "merchant"),
    "stock_out_rate": per("stock_out_days", "stock_days"),
}

DIMENSIONS = ("channel", "category", "region", "device")
MONEY = ("gmv", "discount", "cancelled", "revenue", "refunds", "costed_revenue", "cost")
SOLD = (*MONEY, "units", "units_returned", "orders", "new_buyers")
VISITS = ("sessions", "bounced_sessions", "cart_sessions", "buying_sessions", "buying_cart_sessions")
FLOATS = (*MONEY, "ad_spend", "review_stars", "market_gmv", "gmv_in_market")
# group of measures → the dimensions it is recorded by
GROUPS: dict[tuple[str, ...], tuple[str, ...]] = {
    SOLD: DIMENSIONS,
    VISITS: ("channel", "region", "device"),
    ("ad_spend", "clicks", "impressions"): ("channel",),
    ("deliveries", "on_time"): ("region",),
    ("tickets",): (),
    ("csat_answers", "csat_good", "nps_answers", "nps_promoters", "nps_detractors"): (),
    ("reviews", "review_stars"): ("category",),
    ("market_gmv", "gmv_in_market"): ("category",),
    ("stock_days", "stock_out_days"): ("category",),
}
VALUES = {
    "channel": ("web", "app", None),
    "category": ("shoes", "hats"),
    "region": ("north", "south"),
    "device": ("phone",),
}
START = date(2026, 1, 1)


def daily(random: Random, days: int = 40, rows: int = 300) -> pl.DataFrame:
    """Rows as the store's `daily` has them: each fills one group of measures and its dimensions."""
    found = []
    for _ in range(rows):
        measures, dimensions = random.choice(list(GROUPS.items()))
        row: dict[str, Any] = {"day": START + timedelta(random.randrange(days))}
        row |= {name: random.choice(VALUES[name]) for name in dimensions}
        for name in measures:
            row[name] = round(random.uniform(0, 99), 2) if name in FLOATS else random.randrange(9)
        found.append(row)
    kinds = {name: pl.Float64 if name in FLOATS else pl.Int64 for group in GROUPS for name in group}
    schema = {"day": pl.Date, **dict.fromkeys(DIMENSIONS, pl.String), **kinds}
    return pl.DataFrame(found, schema=schema)


def sales(random: Random, days: int = 40, rows: int = 150) -> pl.DataFrame:
    found = []
    for order in range(rows):
        customer = random.choice((None, *range(30)))
        found.append(
            {
                "day": START + timedelta(random.randrange(days)),
                **{name: random.choice(VALUES[name]) for name in DIMENSIONS},
                "order": order,
                "customer": customer,
                "nth": None if customer is None else random.randint(1, 3),
                "merchant": random.choice((None, "m1", "m2", "m3")),
            }
        )
    schema = {"day": pl.Date, **dict.fromkeys(DIMENSIONS, pl.String), "order": pl.Int64}
    return pl.DataFrame(
        found, schema={**schema, "customer": pl.Int64, "nth": pl.Int64, "merchant": pl.String}
    )


def sessions(random: Random, days: int = 40, rows: int = 150) -> pl.DataFrame:
    found = [
        {
            "day": START + timedelta(random.randrange(days)),
            **{name: random.choice(VALUES[name]) for name in DIMENSIONS if name != "category"},
            "customer": random.randrange(60),
        }
        for _ in range(rows)
    ]
    schema = {"day": pl.Date, **dict.fromkeys(DIMENSIONS, pl.String), "customer": pl.Int64}
    return pl.DataFrame(found, schema=schema)


def tables(seed: int) -> dict[str, pl.DataFrame]:
    """A small shop's prepared frames."""
    random = Random(seed)
    return {"daily": daily(random), "sales": sales(random), "sessions": sessions(random)}
