"""The compiled passes of retention: when each customer enters a cohort, and in which periods they return.

A period of a member is either a number of calendar units (days, weeks, months of the shop), whose beginnings
are `edges`, or a width in microseconds from the member's own origin. Offsets count from the member's first
period, which is 0. All times are microseconds since 1970 in UTC.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from metrics.compiled.funnel import condition

KEPT = 64  # offsets that are kept one by one, a bit each; beyond them only the last is known
NEVER = -1
COARSE = 36  # bits of a step of `coarse`, about 19 hours: shorter than any day


@njit(cache=True, nogil=True)
def first_entries(bounds, codes, table, row):
    """row: (G,) the first row of each group that satisfies condition 0; NEVER where none does."""
    for g in range(len(bounds) - 1):
        for i in range(bounds[g], bounds[g + 1]):
            if condition(codes, table, i) & np.uint64(1):
                row[g] = i
                break


@njit(cache=True, nogil=True)
def each_entry(bounds, times, codes, table, edges, slots, row, last):
    """Counts, into slots[g + 1], the calendar units between the first and the last edge in which a group
    satisfies condition 0. With `row` of some length it fills instead, from slots[g] on, the first and the
    last such row of each of these units.
    """
    fill = len(row) > 0
    for g in range(len(bounds) - 1):
        unit, seen, count = 0, NEVER, 0
        for i in range(bounds[g], bounds[g + 1]):
            if not condition(codes, table, i) & np.uint64(1) or times[i] < edges[0]:
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
    bounds, times, codes, table, edges, coarse, group, row, last, start, origin, unit, size, width, grain,
    now, back, latest,
):  # fmt: skip
    """Fills of each member e, of group[e], who enters at start[e]: back, whose bit k says that condition 1
    was satisfied in period k, and latest, the last such period (NEVER where none).

    row: the member's row of entry, NEVER without events; events before start[e] do not count, those at the
    same time do. last: their last row that enters the same cohort: each entering row between begins periods
    of its own, which matters for all but calendar periods. width: 0 for calendar periods, which are `size`
    units from unit[e]. grain: to which origins are rounded down. coarse: see Ticks.
    """
    one = np.uint64(1)
    for e in range(len(group)):
        if row[e] < 0:
            continue
        at, zero, base, end, begin = row[e], origin[e], np.int64(unit[e]), bounds[group[e] + 1], start[e]
        while at > bounds[group[e]] and times[at - 1] >= begin:
            at -= 1
        current, bits, furthest = row[e], np.uint64(0), NEVER
        while current >= 0:
            for i in range(np.uint64(at), np.uint64(end)):  # not looked at for being negative
                time = times[i]
                if time >= now:
                    break
                if time < begin or not condition(codes, table, i) & np.uint64(2):
                    continue
                if width > 0:
                    k = (time - zero) // width
                else:
                    u = np.uint64(coarse[np.uint64((time - edges[0]) >> COARSE)])
                    u += np.uint64(time >= edges[u + one])
                    k = np.int64(u) - base if size == 1 else (np.int64(u) - base) // size
                bits |= one << np.uint64(k) if k < KEPT else np.uint64(0)
                furthest = max(furthest, k)
            current += 1
            while current <= last[e] and not condition(codes, table, current) & one:
                current += 1
            if current > last[e] or (width == 0 and size == 1):
                break
            at = current
            if width > 0:
                zero = times[current] // grain * grain
            else:
                while times[current] >= edges[base + 1]:
                    base += 1
        back[e], latest[e] = bits, furthest


@njit(cache=True, nogil=True)
def first_return(bounds, times, codes, table, group, row, after, now, ended):
    """ended: (M,) when condition 1 is first satisfied at or after after[e]; NEVER where not before now."""
    for e in range(len(group)):
        if row[e] < 0:
            continue
        for i in range(row[e], bounds[group[e] + 1]):
            if times[i] >= now:
                break
            if times[i] >= after[e] and condition(codes, table, i) & np.uint64(2):
                ended[e] = times[i]
                break


@njit(cache=True, nogil=True)
def first_silence(bounds, times, codes, table, group, row, start, silence, now, ended):
    """ended: (M,) when condition 1 has first not been satisfied for so long; NEVER where not before now."""
    for e in range(len(group)):
        if row[e] < 0:
            continue
        heard = start[e]
        for i in range(row[e], bounds[group[e] + 1]):
            if times[i] >= now or times[i] - heard >= silence:
                break
            if condition(codes, table, i) & np.uint64(2) and times[i] > heard:
                heard = times[i]
        if now - heard >= silence:
            ended[e] = heard + silence


@njit(cache=True, nogil=True)
def tally(cohort, over, begun, back, latest, mode, n, returned, began, partly):
    """(C, K) by cohort and period: n members whose period is over, those of them that returned; began: that
    have begun it, and partly: those of them that returned. mode: 0 on, 1 on_or_after, 2 within, 3 every.
    cohort: of each member, −1 of those that do not count.
    """
    cohorts, periods = n.shape
    ends, begins = np.zeros((cohorts, periods + 1), np.int64), np.zeros((cohorts, periods + 1), np.int64)
    for e in range(len(cohort)):
        c, bits = cohort[e], back[e]
        if c < 0:
            continue
        done, running = min(max(over[e], 0), periods), min(max(begun[e], 0), periods)
        ends[c, done] += 1
        begins[c, running] += 1
        kept, came = True, False  # returned in each period so far, in one of them
        for k in range(running):
            there = bits >> np.uint64(k) & np.uint64(1) == 1
            if k > 0:
                kept, came = kept and there, came or there
            if mode == 0 or (k == 0 and mode != 1):
                fits = there
            elif mode == 1:
                fits = latest[e] >= k
            elif mode == 2:
                fits = came
            else:
                fits = kept
            if k < done:
                returned[c, k] += fits
            else:
                partly[c, k] += fits
    for c in range(cohorts):
        more, running = 0, 0
        for k in range(periods - 1, -1, -1):
            more += ends[c, k + 1]
            running += begins[c, k + 1]
            n[c, k], began[c, k] = more, running
    partly += returned
