"""How units follow the price, a product at a time: a first look that refuses where prices hardly move."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, sqrt

import numpy as np
import polars as pl

from metrics.interval import student
from metrics.reason import Reason
from metrics.recovery import Data, Estimate, Recovery, refused

PRICES, SPREAD = 3, 0.03  # least number of different prices; least spread of their logs
LEAST_UNITS, LEAST_MONTHS = 20, 6
STEPS = 50  # of Newton's method


def slope(units: np.ndarray, views: np.ndarray, price: np.ndarray) -> Estimate:
    """The elasticity of units sold to the price, from a product's months: arrays of one length.

    Poisson regression of units on the log price with views as exposure; the standard error is widened by
    the dispersion (quasi-likelihood, McCullagh and Nelder 1989, ch. 9). n: units.
    """
    n = int(units.sum())
    if len(units) < LEAST_MONTHS or n < LEAST_UNITS:
        return refused(n, Reason("Too few months with views or units sold."))
    log = np.log(price) - np.log(price).mean()
    if len(np.unique(price)) < PRICES or log.std() < SPREAD:
        return refused(n, Reason("The price hardly moves."))
    x = np.column_stack([np.ones(len(log)), log])
    beta = np.array([np.log(n / views.sum()), 0.0])
    for _ in range(STEPS):
        expected = views * np.exp(x @ beta)
        step = np.linalg.solve((x * expected[:, None]).T @ x, x.T @ (units - expected))
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    expected = views * np.exp(x @ beta)
    freedom = len(units) - 2
    dispersion = max(1.0, float(((units - expected) ** 2 / expected).sum() / freedom))
    variance = dispersion * np.linalg.inv((x * expected[:, None]).T @ x)[1, 1]
    if not isfinite(variance):
        return refused(n, Reason("The price hardly moves."))
    half = student(freedom) * sqrt(variance)
    return Estimate(float(beta[1]), float(beta[1] - half), float(beta[1] + half), n)


def months(data: Data) -> pl.DataFrame:
    """By product and month of the shop's own visits: views, units, price paid (median, without coupons).

    A month without a sale has the price of the month before, else of the month after.
    """
    events = data.scan("events")
    views = (
        events.filter(pl.col("event").cast(pl.String) == "view")
        .group_by("product_id", month=data.day("happened_at").dt.truncate("1mo"))
        .agg(views=pl.len())
    )
    seen = events.select("order_id").drop_nulls().unique()
    lines = data.scan("order_lines").join(data.orders().select("order_id", "coupon_id", "day"), on="order_id")
    paid = pl.col("unit_price") - pl.col("discount") / pl.col("units")
    sold = (
        lines.join(seen, on="order_id", how="semi")
        .group_by("product_id", month=pl.col("day").dt.truncate("1mo"))
        .agg(
            units=pl.col("units").sum(),
            price=paid.filter(pl.col("coupon_id").is_null()).median().round(2),
        )
    )
    known = pl.col("price").forward_fill().backward_fill().over("product_id", order_by="month")
    return (
        views.join(sold, on=["product_id", "month"], how="left")
        .with_columns(pl.col("units").fill_null(0), price=known)
        .drop_nulls("price")
        .sort("product_id", "month")
        .collect()
    )


def slopes(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    """By product."""
    found = {}
    for (product,), rows in months(data).group_by("product_id"):
        if product in of:
            columns = (rows[name].cast(pl.Float64).to_numpy() for name in ("units", "views", "price"))
            found[str(product)] = slope(*columns)
    return found


slope_recovery = Recovery(
    "price_slope",
    "Units by price, a product at a time",
    "Monthly units per view on the median price paid. Naive: promotions bring other people and other weeks, "
    "a year has few prices, and what one product teaches of another is not used.",
    "elasticity",
    "own",
    slopes,
    of=".+",
    kind="naive",
    null="steady",
)
