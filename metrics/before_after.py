"""What a promotion sold more than the four weeks before it: the read-out that many shops use, and its errors.

It knows no season, no other promotion and nothing of purchases brought forward. A promotion that lies in a
high season looks good here even if nobody reacts to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import sqrt

import polars as pl

from metrics.interval import student
from metrics.period import DAY, Period
from metrics.reason import Reason
from metrics.recovery import Data, Estimate, Recovery, refused

BEFORE = 28  # days: whole weeks, so that no weekday counts more than another


def lift(daily: pl.DataFrame, during: Period) -> Estimate:
    """Units in a period beyond what the days before it make likely.

    daily: day, units; days without a row sold nothing. n: units in the period. With m and s the mean and
    the standard deviation of the B days before, the D days would have sold D m ± t s √(D + D² ÷ B): the
    prediction interval for a sum of D more days (Hahn and Meeker 1991, "Statistical Intervals", ch. 4).
    """
    units = dict(daily.select("day", "units").iter_rows())
    before = [float(units.get(during.start - (i + 1) * DAY, 0)) for i in range(BEFORE)]
    sold = float(sum(units.get(during.start + timedelta(days=i), 0) for i in range(during.days)))
    mean = sum(before) / BEFORE
    spread = sqrt(sum((each - mean) ** 2 for each in before) / (BEFORE - 1))
    half = student(BEFORE - 1) * spread * sqrt(during.days + during.days**2 / BEFORE)
    value = sold - during.days * mean
    return Estimate(value, value - half, value + half, round(sold))


def promotions(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    """By promotion, of the products that take part, whoever bought them wherever."""
    plans = data.scan("promotions").with_columns(first=data.day("starts_at"), last=data.day("ends_at"))
    member = data.scan("promotion_products").select("promotion_id", "product_id")
    sold = (
        data.scan("order_lines")
        .join(data.orders().select("order_id", "day"), on="order_id")
        .group_by("product_id", "day")
        .agg(pl.col("units").sum())
        .collect()
    )
    products = {id: set(rows["product_id"]) for (id,), rows in member.collect().group_by("promotion_id")}
    found = {}
    for id, first, last in plans.select("promotion_id", "first", "last").collect().iter_rows():
        if id not in of:
            continue
        if first - BEFORE * DAY < data.period.start:
            found[id] = refused(0, Reason("The four weeks before it are not in the data."))
            continue
        mine = sold.filter(pl.col("product_id").is_in(products[id])) if id in products else sold
        daily = mine.group_by("day").agg(pl.col("units").sum())
        found[id] = lift(daily, Period(first, last))
    return found


naive_lift = Recovery(
    "before_after",
    "Promotion: before and after",
    "Units of its products while it lasts, less as many days of the four weeks before. Naive: the season, "
    "other promotions and visits that would have come anyway all count as its effect.",
    "promotion",
    "lift_units",
    promotions,
    of=".+",
    kind="naive",
    null="inert",
)
