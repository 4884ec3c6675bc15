"""The compiled pass of plain funnels: steps in order, none optional, no exclusions, no event of two steps.

It finds what walk_ordered (compiled/funnel.py) finds, without a branch that depends on the event, and without
asking whether a beginning still is in its window before it is handed on: mispredicted branches and that
comparison, for which the next event would have to wait, are nearly all of what the general pass costs.
Handing on is safe: beginnings of a step never fall, so one that is over takes the place of one that was over
before, and whatever is over is found to be so where an attempt's furthest step is counted.
"""

from __future__ import annotations

import numpy as np
from numba import njit

LONG_AGO = -(2**62)  # farther than any window


def alone(table: np.ndarray, steps: int) -> np.ndarray | None:
    """(T,) the step of each code, `steps` + 1 of those of none; None where a code stands for several."""
    found = np.full(len(table), steps + 1, np.uint64)
    for code, bits in enumerate(table.tolist()):
        if bits.bit_count() > 1 or bits >> steps:
            return None
        if bits:
            found[code] = bits.bit_length() - 1
    return found if len(table) else None


@njit(cache=True, nogil=True)
def walk_plain(bounds, times, codes, step_of, window, first, last, level, chosen, entry):
    """level, chosen, entry as walk_ordered fills them. Returns the groups left out, in which events have the
    same time.
    """
    steps, one = chosen.shape[1], np.uint64(1)
    # Place k + 1: the latest beginning that reached step k; place 0: the beginning of an event of step 0.
    began = np.empty(steps + 3, np.int64)
    tied, left = np.empty(len(bounds) - 1, np.int64), 0
    for g in range(len(bounds) - 1):
        began[:] = LONG_AGO
        reach, done, origin = np.int64(0), np.int64(0), np.int64(0)
        before, same = np.int64(LONG_AGO), False
        for row in range(np.uint64(bounds[g]), np.uint64(bounds[g + 1])):
            time, step = times[row], step_of[codes[row]]
            same |= time == before
            before = time
            began[0] = time if (first <= time) & (time < last) else began[1]
            start = began[step]
            began[step + one] = start
            further = -np.int64((time - start <= window) & (np.int64(step) >= reach))  # all bits, or none
            reach += further & (np.int64(step) + 1 - reach)
            done += further & (np.int64(row) - done)
            origin += further & (start - origin)
        if same:
            tied[left] = g
            left += 1
        elif reach:
            level[g], entry[g] = reach, began[1]
            at, taken = done, np.uint64(0)
            while times[at] != origin:
                at -= 1
            for row in range(np.uint64(at), np.uint64(done + 1)):
                chosen[np.uint64(g), taken] = row  # until the step's own event comes
                taken += np.uint64(step_of[codes[row]] == taken)
    return tied[:left]
