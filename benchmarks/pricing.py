"""Elasticities of 5,000 products of 50 categories over 104 weeks.

Ours is the whole analysis: from the days' sales and the lines' prices to each product's and category's
elasticity with its interval, pooled, and what cannot be told with the test that would. The goal is 10 s.
Beside it statsmodels' Poisson regression with dummies of products and weeks: the categories' elasticities
alone, of a table that is ready. Of all products its table of 5,102 dummies would take 21 GB, so it gets the
first 200, and so does ours, the regression alone. They must agree, else it stops. Once, after a warm-up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from datetime import time as time_of_day
from functools import partial

import numpy as np
import polars as pl
import statsmodels.api as sm

from metrics.elasticity import elasticity
from metrics.elasticity_tables import Elasticity
from metrics.period import Period
from metrics.price_fit import fit

PRODUCTS, EACH, WEEKS, FEW = 5_000, 100, 104, 200
START = date(2024, 1, 1)
DAYS = 7 * WEEKS
SPAN = Period(START, START + timedelta(days=DAYS - 1))


def measure() -> Iterator[dict[str, float | int | str]]:
    units, price = _shop()
    _question(units[:FEW], price[:FEW])()
    ask = _question(units, price)
    begun, busy = time.perf_counter(), time.process_time()
    found = ask()
    whole, busy = time.perf_counter() - begun, time.process_time() - busy
    yield {
        "products": PRODUCTS, "weeks": WEEKS, "told": found.identified, "whole analysis (s)": whole,
        "its processor time (s)": busy,
    }  # fmt: skip
    weekly = units[:FEW].reshape(FEW, WEEKS, 7).sum(axis=2).astype(float)
    log, category = np.log(price[:FEW]), np.arange(FEW) // EACH
    begun = time.perf_counter()
    ours = fit(weekly, np.ones(weekly.shape), log, [], category)
    seconds = time.perf_counter() - begun
    peer, theirs = _peer(weekly, log, category)
    if not np.allclose(ours.value, peer, atol=1e-6):
        raise SystemExit(f"Ours finds {ours.value}, statsmodels {peer}.")
    yield {
        "products": FEW, "weeks": WEEKS, "regression (s)": seconds, "statsmodels (s)": theirs,
        "times statsmodels": theirs / seconds,
    }  # fmt: skip


def _shop() -> tuple[np.ndarray, np.ndarray]:
    """Units by product and day, price by product and week, which moves by 5 % in a tenth of the weeks."""
    rng = np.random.default_rng(1)
    moves = np.where(rng.random((PRODUCTS, WEEKS)) < 0.1, rng.choice([-0.05, 0.05], (PRODUCTS, WEEKS)), 0.0)
    price = np.round(20 * np.exp(rng.normal(0, 0.5, PRODUCTS)[:, None] + np.cumsum(moves, axis=1)), 1)
    season = 1 + 0.3 * np.sin(np.arange(WEEKS) / 52 * 2 * np.pi)
    level = rng.gamma(2, 0.3, PRODUCTS)[:, None] * (price / price[:, :1]) ** -2 * season
    return rng.poisson(np.repeat(level, 7, axis=1)), price


def _question(units: np.ndarray, price: np.ndarray) -> Callable[[], Elasticity]:
    product, day = np.nonzero(units)
    sold = pl.DataFrame(
        {
            "product_id": product, "units": units[product, day], "unit_price": price[product, day // 7],
            "day": pl.Series(day).cast(pl.Int32) + (START - date(1970, 1, 1)).days,
        }
    ).with_columns(
        pl.col("product_id").cast(pl.String), pl.col("day").cast(pl.Date), pl.col("units").cast(pl.Float64),
        category=(pl.Series(product) // EACH).cast(pl.String),
    )  # fmt: skip
    daily = sold.with_columns(
        net_revenue=pl.col("units") * pl.col("unit_price"), costed_revenue=pl.lit(0.0), cost=pl.lit(0.0),
        refunds=pl.lit(0.0), channel=pl.lit(None, pl.String), region=pl.lit(None, pl.String),
    )  # fmt: skip
    noon = time_of_day(12)
    lines = sold.with_row_index("order_id").with_columns(
        ordered_at=pl.col("day").dt.combine(noon).dt.replace_time_zone("UTC"), discount=pl.lit(0.0)
    )

    def frames(name, where=None, by=(), basis="order"):
        if name == "log":
            return pl.LazyFrame(schema={"happened_at": pl.Datetime("us", "UTC")})
        return daily.lazy()

    tables = (lines.lazy(), None, None, None, None, None)
    return partial(elasticity, frames, *tables, period=SPAN, as_of=SPAN.end, weeks=WEEKS)


def _peer(units: np.ndarray, price: np.ndarray, category: np.ndarray) -> tuple[np.ndarray, float]:
    """The categories' elasticities, and the seconds of the regression alone."""
    product, week = (each.ravel() for each in np.indices(units.shape))
    own = price.ravel()[:, None] * (category[product][:, None] == np.unique(category))
    x = np.column_stack([own, np.eye(len(units))[product], np.eye(units.shape[1])[week][:, 1:]])
    begun = time.perf_counter()
    found = sm.GLM(units.ravel(), x, family=sm.families.Poisson()).fit(tol=1e-10)
    return found.params[: own.shape[1]], time.perf_counter() - begun
