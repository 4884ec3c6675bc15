"""The compiled pass of funnels: one walk over the events of each group, in time.

An attempt begins at an event of the first step between `first` and `last`, and takes the first event of
the next step after it, and so on, until its window is over or an exclusion ends it. Of a group counts the
attempt that comes furthest; of several the one that is there first; of several that are there by the same
event the one that began last.

The pass keeps for each step the latest beginning that reached it: an event of step k inherits the
beginning of step k − 1 if that lies within the window. This is ClickHouse's windowFunnel, with the events
of the attempt kept beside, optional steps, and exclusions. All functions take times in microseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numba import njit

CORES = 2


def spread(walk: Callable, bounds: np.ndarray, *arguments) -> None:
    """Runs a compiled walk over all groups, on several cores: walk(bounds, from, to, *arguments)."""
    groups = len(bounds) - 1
    # Cut by events, since some groups are far longer than others.
    cuts = np.searchsorted(bounds, np.linspace(0, bounds[-1], 4 * CORES + 1)[1:-1])
    edges = [0, *np.clip(cuts, 0, groups).tolist(), groups]
    with ThreadPoolExecutor(CORES) as pool:
        for done in [
            pool.submit(walk, bounds, low, high, *arguments) for low, high in pairwise(edges) if low < high
        ]:
            done.result()


@njit(cache=True, nogil=True)
def _lowest(code, steps):
    """Place of the first step that an event satisfies; those that satisfy none come last."""
    for k in range(steps):
        if code >> np.uint64(k) & np.uint64(1):
            return k
    return steps


@njit(cache=True, nogil=True)
def in_order(times, codes, start, end, grace, steps, order, clock):
    """Fills `order` with the rows of a group: by time; those within `grace` of the first of them by step.
    Fills `clock` with their times, where those within `grace` have the time of their first.
    """
    i = start
    while i < end:
        j = i + 1
        order[i - start], clock[i - start] = i, times[i]
        while j < end and times[j] - times[i] <= grace:
            place, own = j, _lowest(codes[j], steps)
            at = j - start
            while at > i - start and _lowest(codes[order[at - 1]], steps) > own:
                order[at] = order[at - 1]
                at -= 1
            order[at] = place
            clock[j - start] = times[i]
            j += 1
        i = j


@njit(cache=True, nogil=True)
def walk_ordered(
    bounds,
    low,
    high,
    times,
    codes,
    optional,
    excluded,
    window,
    grace,
    first,
    last,
    strict,
    level,
    chosen,
    entry,
):
    """level: (G,) the furthest step, from 1; 0 without an attempt. chosen: (G, K) the row taken for each
    step, −1 where none. entry: (G,) time of the last beginning. excluded: (X, 2) from which step to which
    an exclusion counts; its bit comes after those of the steps.
    """
    steps, exclusions = len(optional), len(excluded)
    start = np.empty(steps, np.int64)  # place of the event with which the latest attempt at this step began
    began = np.empty(steps, np.int64)  # and its time
    alive = np.zeros(steps, np.bool_)
    chain = np.empty((steps, steps), np.int64)
    order, clock = np.empty(64, np.int64), np.empty(64, np.int64)
    one = np.uint64(1)
    for g in range(low, high):
        begin, end = bounds[g], bounds[g + 1]
        ties = False
        for i in range(begin + 1, end):
            if times[i] - times[i - 1] <= grace:
                ties = True
                break
        if ties:
            if end - begin > len(order):
                order, clock = np.empty(2 * (end - begin), np.int64), np.empty(2 * (end - begin), np.int64)
            in_order(times, codes, begin, end, grace, steps, order, clock)
        alive[:] = False
        reach = -1  # the furthest step of all attempts of this group
        for at in range(begin, end):
            row = order[at - begin] if ties else at
            code, time = codes[row], clock[at - begin] if ties else times[row]
            if code == 0 and not strict:
                continue
            for x in range(exclusions):
                if code >> np.uint64(steps + x) & one:
                    _end(alive, start, excluded[x, 0], excluded[x, 1])
            # From the last step to the first, so that no event is taken for two steps of an attempt.
            for k in range(steps - 1, -1, -1):
                if not code >> np.uint64(k) & one:
                    if strict:
                        alive[k] = False
                    continue
                if k == 0:
                    if first <= times[row] < last:
                        alive[0], start[0], began[0], chain[0, 0] = True, at, time, row
                        entry[g] = times[row]
                        if reach < 0:
                            reach, chosen[g, 0] = 0, row
                    elif strict:
                        alive[0] = False
                    continue
                best, before = -1, k - 1
                while before >= 0:
                    if (
                        alive[before]
                        and time - began[before] <= window
                        and (best < 0 or start[before] > start[best])
                    ):
                        best = before
                    if not optional[before]:
                        break
                    before -= 1
                if best < 0 or (alive[k] and start[best] <= start[k] and not strict):
                    if strict and best < 0:
                        alive[k] = False
                    continue
                alive[k], start[k], began[k] = True, start[best], began[best]
                for step in range(steps):
                    chain[k, step] = chain[best, step] if step <= best else -1
                chain[k, k] = row
                if k > reach:
                    reach = k
                    for step in range(steps):
                        chosen[g, step] = chain[k, step] if step <= k else -1
        level[g] = reach + 1


@njit(cache=True, nogil=True)
def _end(alive, start, low, high):
    """Ends the attempts that have reached one of the steps low … high − 1 and no later one (from 0)."""
    for k in range(high - 1, low - 1, -1):
        if not alive[k]:
            continue
        further = False
        for later in range(k + 1, len(alive)):
            further |= alive[later] and start[later] == start[k]
        if not further:
            own = start[k]
            for step in range(k + 1):
                if alive[step] and start[step] == own:
                    alive[step] = False


@njit(cache=True, nogil=True)
def _first_of_each(codes, begin, end, steps, rows):
    """Fills `rows` with the first row of each step that lies between two rows, by time."""
    count, taken = 0, np.uint64(0)
    for row in range(begin, end + 1):
        for k in range(steps):
            bit = np.uint64(1) << np.uint64(k)
            if codes[row] & bit and not taken & bit:
                taken |= bit
                rows[count] = row
                count += 1


@njit(cache=True, nogil=True)
def walk_any(bounds, low, high, times, codes, steps, exclusions, window, first, last, level, chosen, entry):
    """The same for steps in any order: level counts different steps within one window; `chosen` has their
    rows by time. The attempt begins at its first event; any exclusion ends it.
    """
    seen = np.empty(steps, np.int64)  # row of the latest event of each step, −1 where none
    one = np.uint64(1)
    for g in range(low, high):
        seen[:] = -1
        reach = 0
        for row in range(bounds[g], bounds[g + 1]):
            code, time = codes[row], times[row]
            if code == 0:
                continue
            for x in range(exclusions):
                if code >> np.uint64(steps + x) & one:
                    seen[:] = -1
            fits = False
            for k in range(steps):
                if code >> np.uint64(k) & one:
                    seen[k] = row
                    fits = True
            if not fits:
                continue
            if first <= time < last:
                entry[g] = time
            count, begin = 0, row
            for k in range(steps):
                if seen[k] >= 0 and times[seen[k]] >= first and time - times[seen[k]] <= window:
                    begin = min(begin, seen[k])
                    count += 1
            if count > reach and times[begin] < last:
                reach = count
                _first_of_each(codes, begin, row, steps, chosen[g])
        level[g] = reach
