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

import numpy as np
from numba import njit

NEVER = np.iinfo(np.int64).min


@njit(cache=True, nogil=True)
def condition(codes, table, row):
    """The conditions that hold for a row, as bits; without a table its code is these."""
    return table[codes[row]] if len(table) else np.uint64(codes[row])


def spans_of(table: np.ndarray, steps: int) -> np.ndarray:
    """(T, 2) for each code the last and the first of the steps that it may stand for; −1, 0 without any."""
    found = np.full((len(table), 2), (-1, 0), np.int64)
    for code, bits in enumerate(table.tolist()):
        held = [k for k in range(steps) if bits >> k & 1]
        if held:
            found[code] = held[-1], held[0]
    return found


@njit(cache=True, nogil=True)
def times_of(chosen, times, began, at):
    """at: (K, A) of the attempts `began`: when each step was taken; NEVER where it was not."""
    for a in range(len(began)):
        for k in range(chosen.shape[1]):
            row = chosen[began[a], k]
            at[k, a] = times[row] if row >= 0 else NEVER


@njit(cache=True, nogil=True)
def _lowest(code, steps):
    """Place of the first step that an event satisfies; those that satisfy none come last."""
    for k in range(steps):
        if code >> np.uint64(k) & np.uint64(1):
            return k
    return steps


@njit(cache=True, nogil=True)
def in_order(times, codes, table, start, end, grace, steps, order, clock):
    """Fills `order` with the rows of a group: by time; those within `grace` of the first of them by step.
    Fills `clock` with their times, where those within `grace` have the time of their first.
    """
    i = start
    while i < end:
        j = i + 1
        order[i - start], clock[i - start] = i, times[i]
        while j < end and times[j] - times[i] <= grace:
            place, own = j, _lowest(condition(codes, table, j), steps)
            at = j - start
            while at > i - start and _lowest(condition(codes, table, order[at - 1]), steps) > own:
                order[at] = order[at - 1]
                at -= 1
            order[at] = place
            clock[j - start] = times[i]
            j += 1
        i = j


@njit(cache=True, nogil=True)
def walk_ordered(
    groups,
    bounds,
    times,
    codes,
    table,
    spans,
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
    """groups: those that are walked. level: (G,) the furthest step, from 1; 0 without an attempt.
    chosen: (G, K) the row taken for each step, −1 where none. entry: (G,) time of the last beginning.
    excluded: (X, 2) from which step to which an exclusion counts; its bit comes after those of the steps.
    spans: see spans_of.
    """
    steps, exclusions = len(optional), len(excluded)
    start = np.empty(steps, np.int64)  # place of the event with which the latest attempt at this step began
    began = np.empty(steps, np.int64)  # and its time
    alive = np.zeros(steps, np.bool_)
    chain = np.empty((steps, steps), np.int64)
    order, clock = np.empty(64, np.int64), np.empty(64, np.int64)
    one = np.uint64(1)
    for g in groups:
        begin, end = bounds[g], bounds[g + 1]
        ties = False
        for i in range(begin + 1, end):
            if times[i] - times[i - 1] <= grace:
                ties = True
                break
        if ties:
            if end - begin > len(order):
                order, clock = np.empty(2 * (end - begin), np.int64), np.empty(2 * (end - begin), np.int64)
            in_order(times, codes, table, begin, end, grace, steps, order, clock)
        alive[:] = False
        reach = -1  # the furthest step of all attempts of this group
        for at in range(begin, end):
            row = order[at - begin] if ties else at
            code, time = condition(codes, table, row), clock[at - begin] if ties else times[row]
            if code == 0 and not strict:
                continue
            for x in range(exclusions):
                if code >> np.uint64(steps + x) & one:
                    _end(alive, start, excluded[x, 0], excluded[x, 1])
            top, bottom = steps - 1, 0
            if len(table) and not strict:
                top, bottom = spans[codes[row], 0], spans[codes[row], 1]
            # From the last step to the first, so that no event is taken for two steps of an attempt.
            for k in range(top, bottom - 1, -1):
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
def _first_of_each(codes, table, begin, end, steps, rows):
    """Fills `rows` with the first row of each step that lies between two rows, by time."""
    count, taken = 0, np.uint64(0)
    for row in range(begin, end + 1):
        for k in range(steps):
            bit = np.uint64(1) << np.uint64(k)
            if condition(codes, table, row) & bit and not taken & bit:
                taken |= bit
                rows[count] = row
                count += 1


@njit(cache=True, nogil=True)
def walk_any(bounds, times, codes, table, steps, exclusions, window, first, last, level, chosen, entry):
    """The same for steps in any order: level counts different steps within one window; `chosen` has their
    rows by time. The attempt begins at its first event; any exclusion ends it.
    """
    seen = np.empty(steps, np.int64)  # row of the latest event of each step, −1 where none
    one = np.uint64(1)
    for g in range(len(bounds) - 1):
        seen[:] = -1
        reach = 0
        for row in range(bounds[g], bounds[g + 1]):
            code, time = condition(codes, table, row), times[row]
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
                _first_of_each(codes, table, begin, row, steps, chosen[g])
        level[g] = reach
