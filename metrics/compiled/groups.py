"""The compiled pass over sorted customers: where the rows of each begin."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def bounds_of(customer):
    """(G + 1,) the first row of each customer, and the number of all rows. customer: (N,) sorted."""
    rows, groups = len(customer), np.uint64(min(len(customer), 1))
    for row in range(1, rows):
        groups += np.uint64(customer[row] != customer[row - 1])
    found = np.empty(groups + np.uint64(1), np.int64)
    found[0], groups = 0, np.uint64(min(rows, 1))
    for row in range(1, rows):  # each place is written until the next customer takes the one after it
        found[groups] = row
        groups += np.uint64(customer[row] != customer[row - 1])
    found[groups] = rows
    return found
