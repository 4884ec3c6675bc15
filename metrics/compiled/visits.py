"""The compiled pass of sessions: where each ends, how many events it has and how long it lasts.

No branch depends on a single event: what may turn out not to count is written in any case, into a place that
the next one takes. Branches guessed wrongly would be most of the time otherwise.
"""

from __future__ import annotations

import numpy as np
from numba import njit

ONE = np.uint64(1)  # an unsigned place is not looked at for being negative
BLOCK = 1024  # groups that are cut and then counted, while the processor still holds them


@njit(cache=True, nogil=True)
def walk_sessions(
    bounds, times, customer, quiet, first, last, codes, offsets, tallies, seconds, places
):  # fmt: skip
    """Sessions that begin at first ≤ time < last: groups, cut where a silence is longer than `quiet`.

    codes: (D, N) the segment of each event by each dimension, from 0; offsets: (D,) where the dimension's own
    lie among all S segments, of which place 0 is everything. Fills of each segment tallies (S, 5): sessions,
    those of one event, events and their squares, and people. Of each session of two events or more seconds
    (its microseconds) and places (D, …) of its segments, with room for one more. Returns how many these are.
    """
    measured, groups, dimensions = 0, len(bounds) - 1, len(codes)
    fresh = np.zeros(1, np.int64)
    seen = np.zeros((dimensions, len(tallies) + 1), np.int64)
    cuts = np.empty(64 * BLOCK, np.int64)
    for low in range(0, groups, BLOCK):
        high = min(low + BLOCK, groups)
        if bounds[high] - bounds[low] >= len(cuts):
            cuts = np.empty(2 * (bounds[high] - bounds[low]), np.int64)
        block = cuts[: _cut(bounds, times, customer, quiet, low, high, cuts) + 1]
        for d in range(dimensions):
            where = places[d, measured:]
            _segments(block, times, first, last, codes[d], offsets[d], tallies, seen[d], where)
        measured += _everything(block, times, first, last, tallies[0], seconds[measured:], fresh)
    return measured


@njit(cache=True, nogil=True)
def _cut(bounds, times, customer, quiet, low, high, cuts):
    """cuts: twice the first row of each session of the groups low … high − 1, plus 1 where its group is the
    first of a customer; after the last session twice the row after it. Returns how many sessions there are.
    """
    n = np.uint64(0)
    for g in range(low, high):
        begin, end = np.uint64(bounds[g]), np.uint64(bounds[g + 1])
        cuts[n] = 2 * bounds[g] + (g == 0 or customer[g] != customer[g - 1])
        n += ONE
        before = times[begin]
        for row in range(begin + ONE, end):
            now = times[row]
            cuts[n] = np.int64(row) << 1
            n += np.uint64(now - before > quiet)
            before = now
    cuts[n] = 2 * bounds[high]
    return np.int64(n)


@njit(cache=True, nogil=True)
def _everything(cuts, times, first, last, tally, seconds, fresh):
    """Adds the sessions to tally (5,) and their seconds. fresh: (1,) whether the customer is yet to count.
    Returns how many have two events or more.
    """
    measured, n, events, squares, people = np.uint64(0), 0, np.int64(0), np.int64(0), 0
    new = fresh[0]
    for session in range(np.uint64(len(cuts) - 1)):
        row, end = np.uint64(cuts[session]) >> ONE, np.uint64(cuts[session + ONE]) >> ONE
        start, own = times[row], np.int64(end - row)
        new |= cuts[session] & 1
        if start < first or start >= last:
            continue
        n += 1
        events += own
        squares += own * own
        people += new
        new = 0
        seconds[measured] = times[end - ONE] - start
        measured += np.uint64(own > 1)
    fresh[0] = new
    found = np.int64(measured)
    for k, each in enumerate((n, n - found, events, squares, people)):
        tally[k] += each
    return found


@njit(cache=True, nogil=True)
def _segments(cuts, times, first, last, code, offset, tallies, seen, places):
    """The same by one dimension. seen: (S + 1,) of each segment the number of the customer counted last, and
    the number of the customer that comes next.
    """
    measured, who = 0, seen[-1]
    for session in range(len(cuts) - 1):
        who += cuts[session] & 1
        row, end = cuts[session] >> 1, cuts[session + 1] >> 1
        if times[row] < first or times[row] >= last:
            continue
        s, events = offset + code[row], end - row
        tallies[s, 0] += 1
        tallies[s, 1] += events == 1
        tallies[s, 2] += events
        tallies[s, 3] += events * events
        tallies[s, 4] += seen[s] != who
        seen[s] = who
        places[measured] = s
        measured += events > 1
    seen[-1] = who


@njit(cache=True, nogil=True)
def lengths_of(seconds, edges):
    """(B,) how many are at least as long as each of the edges (B,) and shorter than the next."""
    found = np.zeros(len(edges), np.int64)
    for each in seconds:
        longer = 0
        for k in range(1, len(edges)):
            longer += each >= edges[k]
        found[longer] += 1
    return found
