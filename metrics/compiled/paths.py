"""The compiled pass of paths: each group's first steps as one number, and who came to the goal."""

from __future__ import annotations

import numpy as np
from numba import njit

BITS = 5  # of a step: 31 kinds of events, and 0 for none


@njit(cache=True, nogil=True)
def pack(bounds, codes, kinds, goal, begin, depth, collapse, packed, length, through):
    """packed: (G,) the first `depth` steps of each group, the first in the lowest bits, as kind + 1; length:
    (G,) how many; through: (G,) whether it came to the goal. Steps end before the goal, so that a path does
    not hold its own outcome.

    kinds: (T,) the kind of each code, below 31; −1 of codes that are no step. begin: the kind from whose
    first event on a path is followed; −1 from the beginning. collapse: repeats in a row are one step.
    """
    for g in range(len(bounds) - 1):
        count, last, on = 0, -1, begin < 0
        path = np.uint64(0)
        for i in range(bounds[g], bounds[g + 1]):
            kind = kinds[codes[i]]
            if kind < 0:
                continue
            if not on:
                if kind != begin:
                    continue
                on = True
            if kind == goal:
                through[g] = True
                break
            if collapse and kind == last:
                continue
            last = kind
            if count < depth:
                path |= np.uint64(kind + 1) << np.uint64(BITS * count)
                count += 1
        packed[g], length[g] = path, count


@njit(cache=True, nogil=True)
def moves(bounds, codes, kinds, collapse, counts):
    """counts: (K + 1, K + 1) how often a kind was followed by another; the last row is the beginning of a
    group and the last column its end.
    """
    outside = counts.shape[0] - 1
    for g in range(len(bounds) - 1):
        last = -1
        for i in range(bounds[g], bounds[g + 1]):
            kind = kinds[codes[i]]
            if kind < 0 or (collapse and kind == last):
                continue
            counts[last if last >= 0 else outside, kind] += 1
            last = kind
        if last >= 0:
            counts[last, outside] += 1
