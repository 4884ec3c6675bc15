"""The compiled pass of funnels that count attempts: a customer may begin again when an attempt has ended.

An attempt begins at an event of the first step while none is running, takes the next event of the next
step, and ends when it is through, when its window is over, or at an exclusion. This is re-entry as
Mixpanel's totals have it by default; unlike the counting of customers, an attempt never changes the event
that it began with.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from metrics.compiled.funnel import condition, in_order


@njit(cache=True, nogil=True)
def walk_totals(
    bounds,
    slots,
    times,
    codes,
    table,
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
    """slots: (G + 1,) group g fills the attempts slots[g] … slots[g + 1] of level (S,), chosen (S, K) and
    entry (S,); the rest as in walk_ordered.
    """
    steps, exclusions = len(optional), len(excluded)
    order, clock = np.empty(64, np.int64), np.empty(64, np.int64)
    one = np.uint64(1)
    for g in range(len(bounds) - 1):
        begin, end = bounds[g], bounds[g + 1]
        if end - begin > len(order):
            order, clock = np.empty(2 * (end - begin), np.int64), np.empty(2 * (end - begin), np.int64)
        in_order(times, codes, table, begin, end, grace, steps, order, clock)
        slot, step, began = slots[g], -1, np.int64(0)
        for at in range(end - begin):
            row, time = order[at], clock[at]
            code = condition(codes, table, row)
            if code == 0 and not strict:
                continue
            if step >= 0:
                over = time - began > window
                for x in range(exclusions):
                    if code >> np.uint64(steps + x) & one and excluded[x, 0] <= step < excluded[x, 1]:
                        over = True
                k = step + 1
                while not over and not code >> np.uint64(k) & one:
                    if not optional[k]:
                        k = steps
                        break
                    k += 1
                if not over and k < steps:
                    chosen[slot, k], level[slot], step = row, k + 1, k
                    if k == steps - 1:
                        slot, step = slot + 1, -1
                    continue
                if over or strict:
                    slot, step = slot + 1, -1
            if step < 0 and code & one and first <= times[row] < last:
                chosen[slot, 0], level[slot], entry[slot] = row, 1, times[row]
                step, began = 0, time
