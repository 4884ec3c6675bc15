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
    rows, pairs = [], 0
    category = np.array(panel.category)
    z95 = student(1e6)
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
        for j, k in zip(*np.nonzero(information > fitted.dispersion / READABLE**2), strict=True):
            if mine[j] == moving[k]:
                continue
            value, error = score[j, k] / information[j, k], sqrt(fitted.dispersion / information[j, k])
            p = erfc(abs(value) / error / sqrt(2))
            rows.append((panel.products[mine[j]], panel.products[moving[k]], name, value,
                         value - z95 * error, value + z95 * error, p))  # fmt: skip
    rows.sort(key=lambda row: (row[-1], row[:2]))
    told, least = [], 1.0
    for place in range(len(rows), 0, -1):
        row = rows[place - 1]
        least = min(least, row[-1] * len(rows) / place)
        call = "unclear" if least > FALSE else "substitutes" if row[3] > 0 else "complements"
        told.append((*row[:-1], least, call))
    return pl.DataFrame(told[::-1], CROSS, orient="row"), pairs
