"""The compiled passes of paths: each group's first steps as one number, and what is counted of them.

A group is a visit or a customer. A walk is a group that counts, as one number: bit 0, whether it is the first
of its customer; bit 1, whether it came to the goal; above them its first steps, the first lowest, each as its
kind + 1 in five bits. A customer's groups follow one another, so that `people` counts each customer once by
remembering the last one seen.
"""

from __future__ import annotations

import numpy as np
from numba import njit

BITS = 5  # of a step: 31 kinds of events, and 0 for none
FLAGS = 2  # bits below the steps
NOBODY = -1


@njit(cache=True, nogil=True)
def pack(
    bounds, times, codes, kinds, customer, goal, begin, depth, collapse, first, last, walked, people
):  # fmt: skip
    """Fills walked (G,) with the walks, of the first `depth` steps, and people with their customers: (G,), or
    (0,) where nobody asks for them. Returns how many there are. A group counts that begins between `first`
    and `last` and has a step or came to the goal. Steps end before the goal, so that a path does not hold its
    own outcome; the event at which a path begins is no goal yet.

    kinds: (T,) the kind of each code, below 31; −1 of codes that are no step. begin: the kind from whose
    first event on a path is followed; −1 from the beginning. collapse: repeats in a row are one step.
    """
    n, counted = 0, NOBODY
    for g in range(len(bounds) - 1):
        count, before, on, through = 0, -1, begin < 0, False
        path = np.uint64(0)
        if not first <= times[bounds[g]] < last:
            continue
        for i in range(bounds[g], bounds[g + 1]):
            kind = kinds[codes[i]]
            if kind < 0:
                continue
            if not on:
                if kind != begin:
                    continue
                on = True
            elif kind == goal:
                through = True
                break
            if collapse and kind == before:
                continue
            before = kind
            if count < depth:
                path |= np.uint64(kind + 1) << np.uint64(BITS * count)
                count += 1
        if count or through:
            fresh = customer[g] != counted
            counted = customer[g]
            walked[n] = path << np.uint64(FLAGS) | np.uint64(through) << np.uint64(1) | np.uint64(fresh)
            if len(people):
                people[n] = customer[g]
            n += 1
    return n


@njit(cache=True, nogil=True)
def moves(bounds, times, codes, kinds, collapse, first, last, customer, counts, people, seen):
    """counts: (K + 1, K + 1) how often a kind was followed by another; the last row is the beginning of a
    group and the last column its end. people: of how many customers; seen: as large, NOBODY everywhere.
    """
    outside = counts.shape[0] - 1
    for g in range(len(bounds) - 1):
        if not first <= times[bounds[g]] < last:
            continue
        before, who = outside, customer[g]
        for i in range(bounds[g], bounds[g + 1]):
            kind = kinds[codes[i]]
            if kind < 0 or (collapse and kind == before):
                continue
            counts[before, kind] += 1
            if seen[before, kind] != who:
                seen[before, kind] = who
                people[before, kind] += 1
            before = kind
        if before != outside:
            counts[before, outside] += 1
            if seen[before, outside] != who:
                seen[before, outside] = who
                people[before, outside] += 1


@njit(cache=True, nogil=True)
def gaps(bounds, times, codes, kinds, collapse, first, last, place, found):
    """found: (M,) microseconds between two steps in a row; those from a kind to another lie together, from
    place[from, to] on, which moves on as they are filled.
    """
    for g in range(len(bounds) - 1):
        if not first <= times[bounds[g]] < last:
            continue
        before, at = -1, np.int64(0)
        for i in range(bounds[g], bounds[g + 1]):
            kind = kinds[codes[i]]
            if kind < 0:
                continue
            if before >= 0 and not (collapse and kind == before):
                found[place[before, kind]] = times[i] - at
                place[before, kind] += 1
            before, at = kind, times[i]


@njit(cache=True, nogil=True)
def tally(walked):
    """Steps, and n, through and people, of the paths with a step, in no order: a table with open places."""
    size = 1 << 10
    keys = np.zeros(size, np.uint64)  # a path has a step, so that 0 is an open place
    counts = np.zeros((size, 3), np.int64)
    seen = np.full(size, NOBODY, np.int64)
    used, who = 0, 0
    for each in walked:
        path = np.uint64(each) >> np.uint64(FLAGS)
        who += each & 1
        if path == 0:
            continue
        if 2 * used > size:
            old, numbers, last = keys, counts, seen
            size *= 4
            keys, counts = np.zeros(size, np.uint64), np.zeros((size, 3), np.int64)
            seen = np.full(size, NOBODY, np.int64)
            for i in range(len(old)):
                if old[i]:
                    to = _place(keys, old[i])
                    keys[to], seen[to] = old[i], last[i]
                    counts[to] = numbers[i]
        at = _place(keys, path)
        if keys[at] == 0:
            keys[at] = path
            used += 1
        counts[at, 0] += 1
        counts[at, 1] += each >> 1 & 1
        if seen[at] != who:
            seen[at] = who
            counts[at, 2] += 1
    kept = np.flatnonzero(keys)
    return keys[kept], counts[kept]


@njit(cache=True, nogil=True)
def _place(keys, key):
    """Where a key is, or the open place for it; multiplied by 2 ** 64 ÷ the golden ratio (Knuth, TAOCP 3)."""
    mask = np.uint64(len(keys) - 1)
    mixed = key * np.uint64(0x9E3779B97F4A7C15)
    at = (mixed ^ (mixed >> np.uint64(32))) & mask
    while keys[at] and keys[at] != key:
        at = (at + np.uint64(1)) & mask
    return at


@njit(cache=True, nogil=True)
def flow(walked, nodes, counts, people, seen):
    """counts: (D, N, N + 2) of each depth how often a node was followed by one of the next depth, by the goal
    (place N) or by nothing (N + 1). nodes: (D + 1, K + 1) the node of each kind + 1 at each depth.
    """
    depths, size = counts.shape[0], counts.shape[1]
    who = 0
    for each in walked:
        path, through = np.uint64(each) >> np.uint64(FLAGS), each >> 1 & 1
        who += each & 1
        for k in range(depths):
            here = path >> np.uint64(BITS * k) & np.uint64(31)
            if here == 0:
                break
            then = path >> np.uint64(BITS * (k + 1)) & np.uint64(31)
            to = nodes[k + 1, then] if then else size if through else size + 1
            source = nodes[k, here]
            counts[k, source, to] += 1
            if seen[k, source, to] != who:
                seen[k, source, to] = who
                people[k, source, to] += 1
