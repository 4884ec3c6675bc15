"""What another price would bring: units, revenue and profit a week, within the prices that were seen.

Units follow the price by the elasticity e: units(p) = units today × (p ÷ today's price)^e. Revenue is what
buyers keep paying of the price (promotions and coupons as before), profit is revenue less the cost of goods.
All of them rise with e on one side of today's price and fall on the other, so the ends of e's interval give
the ends of theirs. How many units are sold today is taken as it is: its own chance is not in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from metrics.metric import BadQuestion

POINTS = 21  # of a curve
SMALL = 0.01  # a price that moves less is the same


@dataclass(frozen=True)
class Product:
    """price: today's, before reductions. kept: share of it that is paid. lowest, highest: seen in the window.

    units: a week. elasticity: value, low, high. cost: None where it is not known.
    """

    price: float
    lowest: float
    highest: float
    units: float
    kept: float
    cost: float | None
    elasticity: tuple[float, float, float]


def simulated(product: Product, price: float) -> dict[str, float | None]:
    """units, revenue, profit a week at that price and each one's `_more` than today, with _low and _high.

    Raises BadQuestion outside the prices that were seen: what nobody was asked, nobody can tell.
    """
    if not product.lowest * (1 - 1e-9) <= price <= product.highest * (1 + 1e-9):
        raise BadQuestion(
            f"The price {price:.2f} lies outside of what was seen, {product.lowest:.2f} to "
            f"{product.highest:.2f}: choose one within."
        )
    ratio = price / product.price
    values = {"units": [product.units * ratio**e for e in product.elasticity]}
    values["revenue"] = [units * price * product.kept for units in values["units"]]
    now = {"units": product.units, "revenue": product.units * product.price * product.kept}
    if product.cost is not None:
        unit = price * product.kept - product.cost
        values["profit"] = [units * unit for units in values["units"]]
        now["profit"] = product.units * (product.price * product.kept - product.cost)
    found: dict[str, float | None] = {}
    for name in ("units", "revenue", "profit"):
        for more in ("", "_more"):
            ends = [None] * 3 if name not in values else [
                each - (now[name] if more else 0.0) for each in values[name]
            ]  # fmt: skip
            value, one, other = ends
            found[f"{name}{more}"] = value
            found[f"{name}{more}_low"] = None if one is None or other is None else min(one, other)
            found[f"{name}{more}_high"] = None if one is None or other is None else max(one, other)
    return found


COLUMNS = [f"{name}{more}{end}" for name in ("units", "revenue", "profit") for more in ("", "_more")
           for end in ("", "_low", "_high")]  # fmt: skip
CURVE = {"product": pl.String, "point": pl.Int64, **dict.fromkeys(("price", *COLUMNS), pl.Float64)}


def curve(name: str, product: Product) -> list[dict]:
    """Rows of CURVE: prices from the lowest to the highest seen, today's among them."""
    below = round(
        (POINTS - 1) * (product.price - product.lowest) / max(product.highest - product.lowest, 1e-9)
    )
    below = min(
        max(below, int(product.price > product.lowest)), POINTS - 1 - (product.highest > product.price)
    )
    prices = np.concatenate([
        np.linspace(product.lowest, product.price, below + 1),
        np.linspace(product.price, product.highest, POINTS - below),
    ])  # fmt: skip
    prices = np.unique(np.round(prices, 2).clip(product.lowest, product.highest))
    return [
        {"product": name, "point": place, "price": float(price), **simulated(product, float(price))}
        for place, price in enumerate(prices)
    ]


def best(product: Product, rows: list[dict]) -> Mapping | None:
    """The price of most expected profit, where it moves by a percent at least; None where none does."""
    known = [row for row in rows if row["profit"] is not None]
    if not known:
        return None
    found = max(known, key=lambda row: (row["profit"], -abs(row["price"] - product.price)))
    return found if abs(found["price"] / product.price - 1) >= SMALL and found["profit_more"] > 0 else None
