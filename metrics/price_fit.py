"""Poisson pseudo-likelihood of units by week with product and week effects.

    E[units] = offered × exp(product + week + β_category × log price + γ × depth of promotions)

Santos Silva and Tenreyro (2006), The log of gravity: the coefficient of the log price is the elasticity, as
in a log–log regression, but weeks without a sale count (a log drops them, and with them the weeks of high
prices), and the estimate holds whatever the variance is. Both kinds of effects are partialled out exactly, by
weighted least squares within each step (Correia, Guimarães and Zylkin 2020, Fast Poisson estimation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CLOSE = 1e-11  # relative gain of the likelihood at which it ends


@dataclass(frozen=True)
class Fit:
    """value, information, scores (by product: errors are clustered by it): of the coefficients, a category's
    elasticity each, then those of the shared columns.

    Of each product: how much its price moved, Σ expected units × (log price)², raw about its mean and left
    beyond week effects and shared columns (the information of its own slope), and its score by what is left;
    0 where it was left out for want of units. dispersion: Pearson's, at least 1. expected: products × weeks.
    """

    value: np.ndarray
    information: np.ndarray
    scores: np.ndarray
    score: np.ndarray
    left: np.ndarray
    raw: np.ndarray
    dispersion: float
    expected: np.ndarray

    def clustered(self) -> np.ndarray:
        """Covariance clustered by product (Liang and Zeger 1986), times G ÷ (G − 1)."""
        groups = max(int(self.scores.any(axis=1).sum()), 2)
        bread = np.linalg.pinv(self.information)
        return bread @ (self.scores.T @ self.scores) @ bread * groups / (groups - 1)


class Effects:
    """Product and week effects under given weights (products × weeks)."""

    def __init__(self, weight: np.ndarray) -> None:
        self.weight, self.total = weight, weight.sum(axis=1)
        matrix = np.diag(weight.sum(axis=0)) - weight.T @ (weight / self.total[:, None])
        # Only differences between weeks are known: a constant makes the matrix regular and changes nothing.
        self.inverse = np.linalg.inv(matrix + np.trace(matrix) / len(matrix) ** 2 + 1e-12)

    def centred(self, column: np.ndarray) -> np.ndarray:
        return column - ((self.weight * column).sum(axis=1) / self.total)[:, None]

    def without(self, column: np.ndarray) -> np.ndarray:
        """A column less what product and week effects explain of it."""
        centred = self.centred(column)
        week = self.inverse @ (self.weight * centred).sum(axis=0)
        return centred - week + (self.weight @ week / self.total)[:, None]


class Design:
    """The columns: the price, apart for each category, then the shared ones; under given effects."""

    def __init__(self, effects: Effects, price: np.ndarray, shared: list[np.ndarray], inside: np.ndarray):
        """inside: (categories × products) which belong to which."""
        self.price, self.shared, self.inside = price, shared, inside
        self.effects = effects
        self.pull = effects.weight * effects.centred(price)
        pulls = [effects.weight * effects.centred(each) for each in shared]
        own = inside @ (self.pull * price).sum(axis=1)
        rows = [inside @ self.pull, *(each.sum(axis=0)[None] for each in pulls)]
        self.by_week = np.concatenate(rows)
        joint = [inside @ (self.pull * each).sum(axis=1) for each in shared]
        both = [[(pull * other).sum() for other in shared] for pull in pulls]
        plain = np.diag(np.concatenate([own, np.zeros(len(shared))]))
        for i, each in enumerate(joint, len(own)):
            plain[: len(own), i] = plain[i, : len(own)] = each
            plain[i, len(own) :] = both[i - len(own)]
        self.information = plain - self.by_week @ effects.inverse @ self.by_week.T

    def score(self, weighted: np.ndarray) -> np.ndarray:
        """Σ of the columns × an array of products × weeks."""
        own = self.inside @ (self.price * weighted).sum(axis=1)
        return np.concatenate([own, [(each * weighted).sum() for each in self.shared]])

    def times(self, step: np.ndarray) -> np.ndarray:
        """The columns × their coefficients."""
        own = (step[: len(self.inside)] @ self.inside)[:, None] * self.price
        return own + sum(
            (each * by for each, by in zip(self.shared, step[len(self.inside) :], strict=True)),
            start=np.zeros_like(self.price),
        )

    def scores(self, residual: np.ndarray) -> np.ndarray:
        """(products × columns) what each product adds to the score, the week effects partialled out."""
        own = self.inside.T * (self.price * residual).sum(axis=1)[:, None]
        rest = [(each * residual).sum(axis=1)[:, None] for each in self.shared]
        return np.concatenate([own, *rest], axis=1) - residual @ (self.effects.inverse @ self.by_week.T)

    def free(self) -> np.ndarray:
        """The price of all products less what the effects and the shared columns explain of it."""
        found = self.effects.without(self.price)
        if self.shared:
            rest = np.array([self.effects.without(each).ravel() for each in self.shared])
            weighted = rest * self.effects.weight.ravel()
            known = np.linalg.pinv(weighted @ rest.T, rcond=1e-10, hermitian=True)
            found = found - (known @ (weighted @ found.ravel()) @ rest).reshape(found.shape)
        return found


def fit(
    units: np.ndarray, offered: np.ndarray, price: np.ndarray, shared: list[np.ndarray], category: np.ndarray
) -> Fit:
    """Arrays of products × weeks. category: by product, its code from 0. shared: further columns.

    Cells that were not offered count nothing; products and weeks without any units are left out, for their
    effects would be −∞.
    """
    rows, weeks = np.flatnonzero(units.sum(axis=1) > 0), np.flatnonzero(units.sum(axis=0) > 0)
    at, whole = np.ix_(rows, weeks), units.shape
    units, offered = units[at], offered[at]
    there = offered > 0
    price, *shared = [np.where(there, each[at], 0.0) for each in (price, *shared)]
    inside = (category[rows] == np.arange(int(category.max()) + 1)[:, None]).astype(float)
    start = np.log(units.sum(axis=1) / offered.sum(axis=1))
    predictor = np.where(there, start[:, None], 0.0)
    value, before = np.zeros(len(inside) + len(shared)), -np.inf
    while True:
        expected = offered * np.exp(predictor)
        likelihood = float((units * predictor - expected).sum())
        effects = Effects(expected)
        design = Design(effects, price, shared, inside)
        if not likelihood - before > CLOSE * (1 + abs(likelihood)):  # a NaN ends it, too
            break
        before = likelihood
        rest = np.divide(units - expected, expected, out=np.zeros_like(units), where=there)
        score = design.score(expected * effects.without(rest))
        step = np.linalg.pinv(design.information, rcond=1e-10, hermitian=True) @ score
        slope = design.times(step)
        moved = rest - effects.without(rest - slope)
        predictor = predictor + np.where(there, np.clip(moved, -3, 3), 0.0)
        value = value + step
    residual, free = units - expected, design.free()
    found = {
        "scores": design.scores(residual),
        "score": (free * residual).sum(axis=1),
        "raw": np.maximum((design.pull * price).sum(axis=1), 0.0),
        "left": (expected * free**2).sum(axis=1),
    }
    every = {name: np.zeros((whole[0], *values.shape[1:])) for name, values in found.items()}
    for name, values in found.items():
        every[name][rows] = values
    spread = np.zeros(whole)
    spread[at] = expected
    freedom = int(there.sum()) - sum(units.shape) + 1 - len(value)
    chi = float((residual**2 / np.where(there, expected, 1.0)).sum())
    dispersion = max(1.0, chi / max(freedom, 1))
    return Fit(value, design.information, dispersion=dispersion, expected=spread, **every)
