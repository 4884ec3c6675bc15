"""The compiled pass of plain funnels: steps in order, none optional, no exclusions, no event of two steps.

It finds what walk_ordered (compiled/funnel.py) finds, without a branch that depends on the event: a step
writes its start in any case, and an event of no step into places that nobody reads. Mispredicted branches
are nearly all of what the general pass costs.
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
    # Place k + 1: the latest beginning that reached step k; place 0: the event's own time, if it may begin.
    began = np.empty(steps + 3, np.int64)
    tied, left = np.empty(len(bounds) - 1, np.int64), 0
    for g in range(len(bounds) - 1):
        began[:] = LONG_AGO
        reach, done, origin, before, same = 0, 0, np.int64(0), np.int64(LONG_AGO), False
        for i in range(bounds[g], bounds[g + 1]):
            row = np.uint64(i)  # an unsigned place is not looked at for being negative
            time, step = times[row], step_of[codes[row]]
            same |= time == before
            before = time
            began[0] = time if (first <= time) & (time < last) else LONG_AGO
            fits = time - began[step] <= window
            began[step + one] = began[step] if fits else began[step + one]
            if fits & (np.int64(step) >= reach):
                reach, done, origin = int(step) + 1, i, began[step]
        if same:
            tied[left] = g
            left += 1
        elif reach:
            level[g], entry[g] = reach, began[1]
            at, taken = done, 0
            while times[at] != origin:
                at -= 1
            for i in range(at, done + 1):
                if step_of[codes[i]] == taken:
                    chosen[g, taken] = i
                    taken += 1
    return tied[:left]
