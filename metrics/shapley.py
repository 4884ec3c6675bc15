"""What each column explains of another, averaged over all orders in which the columns could enter."""

from __future__ import annotations

from math import factorial

import numpy as np

MOST = 10  # columns: there are 2 ** columns regressions


def explained(correlations: np.ndarray) -> np.ndarray:
    """R² of the last variable on each set of the k others; sets are numbered by bits, 0 is none.

    correlations: (… × k+1 × k+1), any number of matrices at once. Returns (… × 2^k).
    """
    k = correlations.shape[-1] - 1
    found = np.zeros((*correlations.shape[:-2], 2**k))
    for number in range(1, 2**k):
        those = [i for i in range(k) if number >> i & 1]
        within = correlations[..., those, :][..., those]
        with_y = correlations[..., those, -1]
        weights = np.linalg.solve(within, with_y[..., None])[..., 0]
        found[..., number] = (weights * with_y).sum(axis=-1)
    return found


def shapley(correlations: np.ndarray) -> np.ndarray:
    """By column, its mean increment of R² over all orders of entry; they add up to R² of all.

    Lindeman, Merenda & Gold (1980), Introduction to Bivariate and Multivariate Analysis, p. 119 ("LMG"), the
    Shapley value of R². Returns (… × k) of matrices as in `explained`.
    """
    k = correlations.shape[-1] - 1
    r2 = explained(correlations)
    found = np.zeros((*correlations.shape[:-2], k))
    for number in range(2**k):
        size = number.bit_count()
        for i in range(k):
            if not number >> i & 1:
                weight = factorial(size) * factorial(k - size - 1) / factorial(k)
                found[..., i] += weight * (r2[..., number | 1 << i] - r2[..., number])
    return found
