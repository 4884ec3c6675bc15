"""Cross elasticities of pairs within a category: who sells more when another gets dearer."""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np
import polars as pl

from metrics.elasticity_tables import CROSS
from metrics.interval import student
from metrics.price_fit import Fit
from metrics.price_panel import Panel

READABLE = 1.0  # standard error of a pair that says anything
FALSE = 0.05  # share of false ones among the pairs that are told


def cross(panel: Panel, fitted: Fit, known: np.ndarray) -> tuple[pl.DataFrame, int]:
    """The pairs whose error is at most READABLE, and how many pairs there are at all.

    One step of Newton's method from no influence: Σ residual of one × log price of the other, by its
    information (Rao 1948). known: by product, whether its price moved in a way that identifies.
    """
    pairs, parts = 0, [pl.DataFrame(schema=PAIR)]
    category, names = np.array(panel.category), np.array(panel.products, object)
    for name in sorted(set(panel.category)):
        mine = np.flatnonzero((category == name) & (fitted.expected.sum(axis=1) > 0))
        pairs += len(mine) * (len(mine) - 1)
        moving = mine[known[mine]]
        if not len(moving):
            continue
        weight, residual = fitted.expected[mine], panel.units[mine] - fitted.expected[mine]
        there = panel.offered[moving] > 0
        mean = np.where(there, panel.price[moving], 0.0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
        price = np.where(there, panel.price[moving] - mean[:, None], 0.0)
        score = residual @ price.T - (weight @ price.T) * (residual.sum(axis=1) / weight.sum(axis=1))[:, None]
        information = weight @ (price**2).T - (weight @ price.T) ** 2 / weight.sum(axis=1)[:, None]
        j, k = np.nonzero(
            (information > fitted.dispersion / READABLE**2) & (mine[:, None] != moving[None, :])
        )
        found = score[j, k] / information[j, k], np.sqrt(fitted.dispersion / information[j, k])
        columns = names[mine[j]].tolist(), names[moving[k]].tolist(), [name] * len(j), *found
        parts.append(pl.DataFrame(dict(zip(PAIR, columns, strict=True)), PAIR))
    return _told(pl.concat(parts)), pairs


PAIR = {
    "product": pl.String,
    "by": pl.String,
    "category": pl.String,
    "elasticity": pl.Float64,
    "error": pl.Float64,
}


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    """The pairs as CROSS, the surest first."""
    value, half = pl.col("elasticity"), student(1e6) * pl.col("error")
    p = [erfc(z / sqrt(2)) for z in rows["elasticity"].abs() / rows["error"]]
    ordered = rows.with_columns(p=pl.Series(p, dtype=pl.Float64)).sort("p", "product", "by")
    place = pl.int_range(1, pl.len() + 1)
    least = (pl.col("p") * pl.len() / place).clip(upper_bound=1.0).reverse().cum_min().reverse()
    call = pl.when(pl.col("q") > FALSE).then(pl.lit("unclear")).when(value > 0).then(pl.lit("substitutes"))
    return (
        ordered.with_columns(q=least, elasticity_low=value - half, elasticity_high=value + half)
        .with_columns(call=call.otherwise(pl.lit("complements")))
        .select(pl.col(name).cast(kind) for name, kind in CROSS.items())
    )
