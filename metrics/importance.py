"""How the variance that several columns explain of another is dealt out among them, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.shapley import MOST, shapley

DRAWS = 499  # permutations and resamples
SEED = 7
ROOM = 4_000_000  # numbers at once
ALIKE = 1e-8  # smallest eigenvalue of the correlations, below which a column is made of the others


@dataclass(frozen=True)
class Shares:
    """By column: share with its 95 % bootstrap interval (percentiles); they add up to 1."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Importance:
    """r2: what all explain together. p: of a permutation test that they explain anything.

    johnson: relative weights. shapley: mean increments over all orders; None of more than 10 columns.
    """

    r2: float
    p: float
    johnson: Shares
    shapley: Shares | None


def relative_weights(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Share of the explained variance of y (n) by each column of x (n × k); they add up to 1.

    Johnson (2000), "A heuristic method for estimating the relative weight of predictor variables": the
    columns are replaced by their nearest orthogonal ones, whose squared weights are dealt out again.
    """
    return johnson(correlations(x, y))


def correlations(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Of the columns of x and, as the last one, y."""
    return np.asarray(np.corrcoef(np.column_stack([x, y]), rowvar=False))


def johnson(both: np.ndarray) -> np.ndarray:
    """relative_weights of (… × k+1 × k+1) correlations."""
    within, with_y = both[..., :-1, :-1], both[..., :-1, -1:]
    values, vectors = np.linalg.eigh(within)
    root = np.sqrt(np.maximum(values, 0))[..., None, :]
    loading = (vectors * root) @ np.swapaxes(vectors, -1, -2)
    raw = (loading**2 @ np.linalg.solve(loading, with_y) ** 2)[..., 0]
    return np.asarray(raw / raw.sum(axis=-1, keepdims=True))


def chance(x: np.ndarray, y: np.ndarray, draws: np.random.Generator) -> float:
    """How often shuffled answers are explained as well as the real ones: the p of a permutation test."""
    basis = np.linalg.qr(x - x.mean(axis=0))[0]
    centred = y - y.mean()
    explained = ((basis.T @ centred) ** 2).sum()
    far = 0
    for size in _parts(len(y)):
        shuffled = draws.permuted(np.tile(centred, (size, 1)), axis=1)
        far += int((((shuffled @ basis) ** 2).sum(axis=1) >= explained).sum())
    return (1 + far) / (DRAWS + 1)


def alike(within: np.ndarray) -> np.ndarray:
    """Whether a column does not vary, or is made of the others, so that nothing can be dealt out.

    within: (… × k × k) correlations, NaN of what does not vary.
    """
    known = np.isfinite(within).all(axis=(-1, -2))
    safe = np.where(known[..., None, None], within, np.eye(within.shape[-1]))
    return ~known | (np.linalg.eigvalsh(safe).min(axis=-1) < ALIKE)


def resampled(x: np.ndarray, y: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    """Correlations (… × k+1 × k+1) of resamples, as of `correlations`; those that deal out nothing are left
    out. A resample is how often each row is drawn, so its sums are products of matrices."""
    z = np.column_stack([x, y])
    z = (z - z.mean(axis=0)) / z.std(axis=0)
    n, k = z.shape
    one, two = np.triu_indices(k)
    products = np.column_stack([z, z[:, one] * z[:, two]])
    sums = np.vstack([draws.multinomial(n, np.full(n, 1 / n), size) @ products for size in _parts(n)]) / n
    mean, square = sums[:, :k], np.empty((len(sums), k, k))
    square[:, one, two] = square[:, two, one] = sums[:, k:]
    cover = square - mean[:, :, None] * mean[:, None, :]
    spread = np.sqrt(np.maximum(np.diagonal(cover, axis1=1, axis2=2), 0))
    spread[spread < ALIKE] = np.nan
    found = cover / (spread[:, :, None] * spread[:, None, :])
    return found[~alike(found[:, :-1, :-1]) & np.isfinite(found).all(axis=(1, 2))]


def importance(x: np.ndarray, y: np.ndarray) -> Importance:
    """x: n × k, k > 1, whose correlations are not alike; y: n, which varies. The same draws each time."""
    draws = np.random.default_rng(SEED)
    p, again, own = chance(x, y, draws), resampled(x, y, draws), correlations(x, y)
    weights = np.linalg.solve(own[:-1, :-1], own[:-1, -1])
    dealt = None
    if x.shape[1] <= MOST:
        dealt = _shares(*(each / each.sum(axis=-1, keepdims=True) for each in (shapley(own), shapley(again))))
    return Importance(float(weights @ own[:-1, -1]), p, _shares(johnson(own), johnson(again)), dealt)


def _shares(value: np.ndarray, again: np.ndarray) -> Shares:
    low, high = np.quantile(again, (0.025, 0.975), axis=0)
    return Shares(value, low, high)


def _parts(n: int) -> list[int]:
    """The draws in parts whose rows of n numbers fit into memory."""
    size = max(1, min(DRAWS, ROOM // n))
    return [min(size, DRAWS - start) for start in range(0, DRAWS, size)]
