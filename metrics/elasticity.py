"""Elasticity: by how many percent units fall when a price rises by one; and when the data cannot tell."""

from __future__ import annotations

from datetime import date
from math import sqrt
from statistics import NormalDist

import numpy as np
import polars as pl

from metrics import elasticity_gate as gate
from metrics.analysis import Analysis, Verdict
from metrics.elasticity_cross import cross
from metrics.elasticity_tables import CATEGORIES, PRODUCTS, Elasticity, empty
from metrics.period import Period
from metrics.price_beside import beside
from metrics.price_fit import Fit, fit
from metrics.price_panel import Panel, panel
from metrics.price_pool import Pooled, pool
from metrics.promotion_cells import zone
from metrics.reason import Frames, Reason
from metrics.turns_plan import FRESH

Z = NormalDist().inv_cdf(0.975)


def elasticity(
    frames: Frames,
    order_lines: pl.LazyFrame | None,
    products: pl.LazyFrame | None,
    promotions: pl.LazyFrame | None,
    promotion_products: pl.LazyFrame | None,
    coupons: pl.LazyFrame | None,
    inventory: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    weeks: int = 104,
    least_prices: int = 3,
    least_weeks: int = 12,
) -> Elasticity:
    """Own-price elasticity of each product, category and all, from `weeks` weeks to the period's last day.

    Units a week of a product (not cancelled, by order date) follow the log of its price before reductions,
    with effects of products and weeks, and the depth of promotions apart; days without stock or not on sale
    count nothing: see price_fit.py. What a product cannot tell, its category does: price_pool.py. The errors
    are of the dispersion of units, or of the clusters by product where these are wider.

    Identified is a product with `least_prices` different prices, `least_weeks` weeks on sale, and a price
    that moved beyond weeks and promotions by 1 % (standard deviation); a category with such a product.
    `together`, of all prices of a category or the shop moved at once, cannot be read from prices that move
    one by one: between nothing and all of what is bought in the same orders goes with them. It is the mean
    elasticity × (1 + λ × the share bought beside others), λ anywhere between 0 and 1, and its interval is
    as wide as that. Whether buyers turn to other products of the category instead is not in it.
    """
    if order_lines is None:
        return empty((Reason("needs the table {table}: import it", table="order_lines"),))
    last = min(period.end, as_of)
    data = panel(
        frames, order_lines, products, promotions, promotion_products, coupons, inventory,
        last=last, weeks=weeks,
    )  # fmt: skip
    if data is None or not data.units.any() or data.shape[1] < 2:
        return empty((Reason("there is no whole week of sales before the end of these days"),))
    known = sorted(set(data.category))
    category = np.array([known.index(each) for each in data.category])
    shared = [data.depth] if data.depth[data.offered > 0].any() else []
    fitted = fit(data.units, data.offered, data.price, shared, category)
    why = gate.reasons(data, fitted, least_prices, least_weeks)
    identified = np.array([each is None for each in why])
    pooled = _pooled(data, fitted, category)
    rows = _products(data, fitted, pooled, why)
    share, of_all = beside(order_lines, data.span, zone(frames))
    kinds = _categories(data, pooled, known, category, identified, share)
    pairs, many = cross(data, fitted, identified)
    reasons = {name: each for name, each in zip(data.products, why, strict=True) if each}
    reasons |= {row["category"]: NO_PRODUCT for row in kinds.to_dicts() if not row["identified"]}
    tests = gate.tests(frames, data, rows, fitted.dispersion)
    found = int(identified.sum())
    values: dict[str, float | None] = {}
    if found:
        values = {"clustered": _clustered(fitted, category, data), **_ends("elasticity", *pooled.total)}
        values |= _ends("together", *_together(*pooled.total, of_all))
    warnings = [NO_STOCK] if inventory is None else []
    warnings += [NO_PROMOTIONS] if promotions is None else []
    return Elasticity(
        len(data.products), found, rows, kinds, pairs, tests, many, data.span.start, data.span.end,
        dispersion=fitted.dispersion, why=reasons, warnings=tuple(warnings),
        verdict=_verdict(found, why, tests), **values,
    )  # fmt: skip


NO_STOCK = Reason(
    "without the table {table}, days without stock count as days without a sale", table="inventory"
)
NO_PROMOTIONS = Reason(
    "without the table {table}, promotions are not told apart from other weeks", table="promotions"
)
NO_PRODUCT = Reason("no price of it moved in a way that could tell")


def _pooled(data: Panel, fitted: Fit, category: np.ndarray) -> Pooled:
    """Each product's own estimate, one step of Newton's method from its category's, pooled."""
    moves = fitted.left > 1e-6 * np.maximum(fitted.expected.sum(axis=1), 1e-9)
    if not moves.any():
        nothing = np.full(len(category), np.nan)
        kinds = nothing[: int(category.max()) + 1]
        return Pooled((nothing, nothing), (kinds, kinds), (np.nan, np.nan))
    left = np.where(moves, fitted.left, 1.0)
    clusters = float((fitted.score[moves] ** 2).sum() / left[moves].sum())
    spread = max(fitted.dispersion, clusters)
    own = fitted.value[category] + np.where(moves, fitted.score / left, 0.0)
    return pool(own, np.where(moves, np.sqrt(spread / left), np.inf), category, data.units.sum(axis=1))


def _ends(name: str, value: float, variance: float) -> dict[str, float | None]:
    half = Z * sqrt(variance)
    return {name: float(value), f"{name}_low": float(value - half), f"{name}_high": float(value + half)}


def _together(value: float, variance: float, share: float) -> tuple[float, float]:
    """Mean and variance of value × (1 + λ × share), λ uniform between 0 and 1."""
    factor = 1 + share / 2
    return value * factor, variance * factor**2 + (value**2 + variance) * share**2 / 12


def call(low: float, high: float) -> str:
    return "elastic" if high < -1 else "inelastic" if low > -1 else "unclear"


def _products(data: Panel, fitted: Fit, pooled: Pooled, why: list[Reason | None]) -> pl.DataFrame:
    total = np.maximum(fitted.expected.sum(axis=1), 1e-9)
    rows = []
    for i, name in enumerate(data.products):
        there = data.offered[i] > 0
        asked = np.exp(data.price[i][there]) if there.any() else np.array([np.nan])
        ends = _ends("elasticity", pooled.product[0][i], pooled.product[1][i])
        low, high = (float(ends[end] or 0) for end in ("elasticity_low", "elasticity_high"))
        if why[i] is not None:
            ends = dict.fromkeys(ends)
        rows.append({
            "product": name, "category": data.category[i], "prices": int(data.prices[i]),
            "weeks": int(there.sum()), "units": float(data.units[i].sum()),
            "now": float(data.units[i, -FRESH :].sum() / min(FRESH, data.shape[1])),
            **{each: None if np.isnan(value) else float(value) for each, value in
               (("price", np.round(asked[-1], 2)), ("lowest", np.round(asked.min(), 2)),
                ("highest", np.round(asked.max(), 2)))},
            "moved": float(sqrt(fitted.left[i] / total[i])), **ends,
            "call": "" if why[i] else call(low, high), "reason": why[i],
        })  # fmt: skip
    return pl.DataFrame(rows, PRODUCTS)


def _categories(
    data: Panel, pooled: Pooled, known: list[str], category: np.ndarray, identified: np.ndarray,
    share: dict[str, float],
) -> pl.DataFrame:  # fmt: skip
    rows = []
    for code, name in enumerate(known):
        mine = category == code
        value, variance = pooled.category[0][code], pooled.category[1][code]
        row: dict = {
            "category": name, "products": int(mine.sum()), "identified": int(identified[mine].sum()),
            "units": float(data.units[mine].sum()), "call": "", "reason": NO_PRODUCT,
        }  # fmt: skip
        if row["identified"]:
            row |= _ends("elasticity", value, variance)
            row |= _ends("together", *_together(value, variance, share.get(name, 0.0)))
            row |= {"call": call(row["elasticity_low"], row["elasticity_high"]), "reason": None}
        rows.append({each: row.get(each) for each in CATEGORIES})
    return pl.DataFrame(rows, CATEGORIES)


def _clustered(fitted: Fit, category: np.ndarray, data: Panel) -> float:
    """Standard error of the categories' mean by units, from the clusters alone."""
    kinds = int(category.max()) + 1
    units = np.bincount(category, data.units.sum(axis=1), kinds)
    weight = np.zeros(len(fitted.value))
    weight[:kinds] = units / units.sum()
    return sqrt(max(float(weight @ fitted.clustered() @ weight), 0.0))


def _verdict(found: int, why: list[Reason | None], tests: pl.DataFrame) -> Verdict:
    needed = tuple(
        Reason(
            "{category}: ask {step} % less, today's price and {step} % more for {weeks} weeks, turn by turn, "
            "for its {many} best sellers; a difference of {detectable} in elasticity would be found",
            category=row["category"], step=round(100 * row["step"]), weeks=row["weeks"], many=row["many"],
            detectable=f"{row['detectable']:.1f}",
        )
        for row in tests.to_dicts()
    )  # fmt: skip
    told = Reason("the prices of {found} of {n} products moved enough to tell", found=found, n=len(why))
    return Verdict(found > 0, (told,), needed)


elasticity_analysis = Analysis("elasticity", "How do units follow the price?", elasticity)
