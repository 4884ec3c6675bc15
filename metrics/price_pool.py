"""Partial pooling: what a product's own weeks cannot tell, its category tells, and all categories together.

    estimate_j ~ N(θ_j, error_j²)     a product's own
    θ_j ~ N(β_c, τ²)                  products of a category
    β_c ~ N(β, σ²)                    categories

With τ known, the estimate of a product is B × its own + (1 − B) × its category's, B = τ² ÷ (τ² + error²)
(Morris 1983, Parametric empirical Bayes inference, formula 1.8): a product of which little is known shrinks
towards its category, not towards 0. τ and σ are not known: they are integrated over by their likelihood (the
hierarchical normal model, Gelman et al. 2013, Bayesian Data Analysis, ch. 5.4) with half-normal priors
(Gelman 2006, Prior distributions for variance parameters), so intervals hold their uncertainty, too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

POINTS = 24  # of the grid of each spread
PRODUCTS, CATEGORIES = (
    0.3,
    0.2,
)  # scales of the priors: products of a category, and categories, lie so far apart


@dataclass(frozen=True)
class Pooled:
    """Mean and variance: of products, of categories (their products weighted by units), of all."""

    product: tuple[np.ndarray, np.ndarray]
    category: tuple[np.ndarray, np.ndarray]
    total: tuple[float, float]


def pool(estimate: np.ndarray, error: np.ndarray, category: np.ndarray, weight: np.ndarray) -> Pooled:
    """Arrays by product. error: its standard error, infinite where its own weeks tell nothing.

    category: code from 0. weight: units, at least one product of each category above 0.
    """
    kinds = int(category.max()) + 1
    inside = np.zeros((kinds, len(category)))
    inside[category, np.arange(len(category))] = 1.0
    of_kind = inside @ weight
    share = weight / of_kind[category]
    whole = of_kind / of_kind.sum()
    known = np.isfinite(error)
    value, variance = np.where(known, estimate, 0.0), np.where(known, error, 1.0) ** 2
    means, spreads, logs = list[tuple](), list[tuple](), list[float]()
    steps = (np.arange(POINTS) + 0.5) / POINTS * 3
    for tau in steps * PRODUCTS:
        precision = np.where(known, 1 / (variance + tau**2), 0.0)
        total = inside @ precision
        has = total > 0
        mean = np.divide(inside @ (precision * value), total, out=np.zeros(kinds), where=has)
        fits = np.log(precision[known]).sum() - (precision * (value - mean[category]) ** 2).sum()
        fits = fits - np.log(total[has]).sum() - (tau / PRODUCTS) ** 2
        own = np.where(known, tau**2 / (tau**2 + variance), 0.0)
        kept = tau**2 * (1 - own)
        for sigma in steps * CATEGORIES:
            wide = np.where(has, 1 / (sigma**2 + np.divide(1, total, out=np.ones(kinds), where=has)), 0.0)
            centre, spread = float(wide @ mean / wide.sum()), float(1 / wide.sum())
            logs.append(0.5 * float(fits + np.log(wide[has]).sum() - wide @ (mean - centre) ** 2
                                    + np.log(spread) - (sigma / CATEGORIES) ** 2))  # fmt: skip
            own_kind = np.where(has, sigma**2 * wide, 0.0)
            beta = own_kind * mean + (1 - own_kind) * centre
            alone = sigma**2 * (1 - own_kind)
            beta_variance = alone + (1 - own_kind) ** 2 * spread
            product = own * value + (1 - own) * beta[category]
            loose = inside @ (share * (1 - own))
            inner = inside @ (share**2 * kept)
            kind = inside @ (share * product)
            sure = float(whole @ (loose * (1 - own_kind))) ** 2 * spread
            means.append((product, kind, float(whole @ kind)))
            spreads.append((
                kept + (1 - own) ** 2 * beta_variance[category], inner + loose**2 * beta_variance,
                float(whole**2 @ (inner + loose**2 * alone)) + sure,
            ))  # fmt: skip
    chance = np.exp(np.array(logs) - max(logs))
    chance /= chance.sum()

    def mixed(i: int) -> tuple[np.ndarray, np.ndarray]:
        values = np.array([each[i] for each in means])
        middle = chance @ values
        return middle, chance @ np.array([each[i] for each in spreads]) + chance @ (values - middle) ** 2

    total_mean, total_variance = mixed(2)
    return Pooled(mixed(0), mixed(1), (float(total_mean), float(total_variance)))
