"""The compiled passes of retention: when each customer enters a cohort, and in which periods they return.

A period of a member is either a number of calendar units (days, weeks, months of the shop), whose beginnings
are `edges`, or a width in microseconds from the member's own origin. Offsets count from the member's first
period, which is 0. All times are microseconds since 1970 in UTC.
"""

from __future__ import annotations

import numpy as np
from numba import njit

KEPT = 64  # offsets that are kept one by one, a bit each; beyond them only the last is known
NEVER = -1


@njit(cache=True, nogil=True)
def first_entries(bounds, low, high, codes, row):
    """row: (G,) the first row of each group that satisfies condition 0; NEVER where none does."""
    for g in range(low, high):
        for i in range(bounds[g], bounds[g + 1]):
            if codes[i] & np.uint64(1):
                row[g] = i
                break


@njit(cache=True, nogil=True)
def each_entry(bounds, low, high, times, codes, edges, slots, row, last):
    """Counts, into slots[g + 1], the calendar units between the first and the last edge in which a group
    satisfies condition 0. With `row` of some length it fills instead, from slots[g] on, the first and the
    last such row of each of these units.
    """
    fill = len(row) > 0
    for g in range(low, high):
        unit, seen, count = 0, NEVER, 0
        for i in range(bounds[g], bounds[g + 1]):
            if not codes[i] & np.uint64(1) or times[i] < edges[0]:
                continue
            if times[i] >= edges[-1]:
                break
            while times[i] >= edges[unit + 1]:
                unit += 1
            if unit != seen:
                seen = unit
                if fill:
                    row[slots[g] + count] = i
                count += 1
            if fill:
                last[slots[g] + count - 1] = i
        if not fill:
            slots[g + 1] = count


@njit(cache=True, nogil=True)
def follow(
    work, low, high, bounds, times, codes, edges, group, row, last, start, origin, unit, size, width, grain,
    now, back, soonest, latest,
):  # fmt: skip
    """Fills of each member e, of group[e], who enters at start[e]: back, whose bit k says that condition 1
    was satisfied in period k, and the first and last such period after period 0 (NEVER where none).

    row: the member's row of entry; events before start[e] do not count, those at the same time do. last:
    their last row that enters the same cohort: each entering row between begins periods of its own, which
    matters for all but calendar periods. width: 0 for calendar periods, which are `size` units from
    unit[e]. grain: to which origins are rounded down.
    """
    one = np.uint64(1)
    for e in range(low, high):
        at, zero, base = row[e], origin[e], unit[e]
        while at > bounds[group[e]] and times[at - 1] >= start[e]:
            at -= 1
        current = row[e]
        while current >= 0:
            u = base
            for i in range(at, bounds[group[e] + 1]):
                if times[i] >= now:
                    break
                if times[i] < start[e] or not codes[i] & np.uint64(2):
                    continue
                if width > 0:
                    k = (times[i] - zero) // width
                else:
                    while times[i] >= edges[u + 1]:
                        u += 1
                    k = (u - base) // size
                if k < KEPT:
                    back[e] |= one << np.uint64(k)
                if k > 0:
                    if soonest[e] < 0 or k < soonest[e]:
                        soonest[e] = k
                    if k > latest[e]:
                        latest[e] = k
            current += 1
            while current <= last[e] and not codes[current] & one:
                current += 1
            if current > last[e] or (width == 0 and size == 1):
                break
            at = current
            if width > 0:
                zero = times[current] // grain * grain
            else:
                while times[current] >= edges[base + 1]:
                    base += 1


@njit(cache=True, nogil=True)
def first_return(work, low, high, bounds, times, codes, group, row, after, now, ended):
    """ended: (M,) when condition 1 is first satisfied at or after after[e]; NEVER where not before now."""
    for e in range(low, high):
        for i in range(row[e], bounds[group[e] + 1]):
            if times[i] >= now:
                break
            if times[i] >= after[e] and codes[i] & np.uint64(2):
                ended[e] = times[i]
                break


@njit(cache=True, nogil=True)
def first_silence(work, low, high, bounds, times, codes, group, row, start, silence, now, ended):
    """ended: (M,) when condition 1 has first not been satisfied for so long; NEVER where not before now."""
    for e in range(low, high):
        heard = start[e]
        for i in range(row[e], bounds[group[e] + 1]):
            if times[i] >= now or times[i] - heard >= silence:
                break
            if codes[i] & np.uint64(2) and times[i] > heard:
                heard = times[i]
        if now - heard >= silence:
            ended[e] = heard + silence


@njit(cache=True, nogil=True)
def tally(cohort, over, begun, back, soonest, latest, mode, n, returned, began, partly):
    """(C, K) by cohort and period: n members whose period is over, those of them that returned; began: that
    have begun it, and partly: those of them that returned. mode: 0 on, 1 on_or_after, 2 within, 3 every.
    """
    periods = n.shape[1]
    for e in range(len(cohort)):
        kept = True  # returned in each period so far
        for k in range(min(begun[e], periods)):
            there = back[e] >> np.uint64(k) & np.uint64(1) == 1
            if k > 0:
                kept = kept and there
            if mode == 0 or (k == 0 and mode != 1):
                fits = there
            elif mode == 1:
                fits = latest[e] >= k or (k == 0 and there)
            elif mode == 2:
                fits = 0 < soonest[e] <= k
            else:
                fits = kept
            began[cohort[e], k] += 1
            partly[cohort[e], k] += fits
            if k < over[e]:
                n[cohort[e], k] += 1
                returned[cohort[e], k] += fits
