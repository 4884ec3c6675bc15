"""Prices day by day, from the days on which something was sold: when did each price change?

Between a sale at the old price and one at the new nobody knows the day of the change: it is censored in an
interval. How likely each day of the calendar is, is learnt from all changes of the shop together (Turnbull
1976, The empirical distribution function with arbitrarily grouped, censored and truncated data): shops change
prices on days of their own. Within its interval the price is the expected one, so that what is not known of
it does not bend the slope (Berkson 1950, Are there two regressions?). To leave the old price in place until
the next sale would count the weeks without a sale to the wrong price, the more so the dearer it became.
"""

from __future__ import annotations

import numpy as np
import polars as pl

STEPS, CLOSE = 200, 1e-6  # of the self-consistency; change of the shares at which it ends


def calendar(first: np.ndarray, last: np.ndarray, days: int) -> np.ndarray:
    """Share of all changes by day. first, last: of each change, the days between which it lies, both in."""
    share = np.full(days, 1 / days)
    for _ in range(STEPS):
        until = np.concatenate([[0.0], np.cumsum(share)])
        weight = 1 / np.maximum(until[last + 1] - until[first], 1e-300)
        change = np.bincount(first, weight, days + 1) - np.bincount(last + 1, weight, days + 1)
        found = np.maximum(share * np.cumsum(change)[:days], 0.0)
        found /= found.sum()
        if np.abs(found - share).max() < CLOSE:
            return found
        share = found
    return share


def paths(sales: pl.DataFrame, products: int, days: int) -> tuple[np.ndarray, np.ndarray]:
    """(products × days) expected log price, nan where nothing was ever sold; and whether it is certain.

    sales: product (code), day (number from 0 to days − 1), price; one row a product and day.
    """
    rows = sales.sort("product", "day").with_columns(
        old=pl.col("price").shift().over("product"), seen=pl.col("day").shift().over("product")
    )
    found, sure = np.full((products, days), np.nan), np.ones((products, days), bool)
    start = rows.filter(pl.col("old").is_null())
    found[start["product"].to_numpy()] = np.log(start["price"].to_numpy())[:, None]
    moved = rows.filter(pl.col("price") != pl.col("old"))
    if moved.is_empty():
        return found, sure
    first, last = (moved["seen"] + 1).to_numpy(), moved["day"].to_numpy()
    until = np.cumsum(calendar(first, last, days))
    old, new = np.log(moved["old"].to_numpy()), np.log(moved["price"].to_numpy())
    for i, (product, low, high) in enumerate(
        zip(moved["product"], first.tolist(), last.tolist(), strict=True)
    ):
        inside = until[low : high + 1] - (until[low - 1] if low else 0.0)
        share = inside / inside[-1] if inside[-1] > 0 else np.linspace(0, 1, high - low + 2)[1:]
        found[product, low : high + 1] = old[i] + (new[i] - old[i]) * share
        found[product, high + 1 :] = new[i]
        sure[product, low : high + 1] = (share < 0.001) | (share > 0.999)
    return found, sure
