"""The compiled pass of sessions: where each ends, how many events it has and how long it lasts."""

from __future__ import annotations

from numba import njit


@njit(cache=True, nogil=True)
def walk_sessions(
    bounds, times, customer, quiet, first, last, codes, offsets, edges, tallies, people, seen, lengths,
    seconds, places,
):  # fmt: skip
    """Sessions that begin at first ≤ time < last: groups, cut where a silence is longer than `quiet`.

    codes: (D, N) the segment of each event by each dimension, from 0; offsets: (D,) where the dimension's own
    lie among all S segments, of which place 0 is everything. Fills of each segment tallies (S, 4): sessions,
    those of one event, events and their squares, and people (S,); seen: (S,) the customer last counted.
    lengths: (B,) measured sessions by edges (B,) of their microseconds. Of each measured session seconds (its
    microseconds) and places (D, …) of its segments. Returns how many are measured.
    """
    measured, dimensions = 0, codes.shape[0]
    n, alone, total, squares, persons = 0, 0, 0, 0, 0
    counted = -1  # the customer last counted
    for g in range(len(bounds) - 1):
        begin, end, who = bounds[g], bounds[g + 1], customer[g]
        while begin < end:
            start, close = times[begin], times[begin]
            at = begin + 1
            while at < end and times[at] - close <= quiet:
                close = times[at]
                at += 1
            events, row = at - begin, begin
            begin = at
            if start < first or start >= last:
                continue
            n += 1
            alone += events == 1
            total += events
            squares += events * events
            persons += who != counted
            counted = who
            for d in range(dimensions):
                s = offsets[d] + codes[d, row]
                tallies[s, 0] += 1
                tallies[s, 1] += events == 1
                tallies[s, 2] += events
                tallies[s, 3] += events * events
                if seen[s] != who:
                    seen[s] = who
                    people[s] += 1
            if events > 1:
                seconds[measured] = close - start
                for d in range(dimensions):
                    places[d, measured] = offsets[d] + codes[d, row]
                longer = 0
                for edge in edges[1:]:
                    longer += close - start >= edge
                lengths[longer] += 1
                measured += 1
    tallies[0, 0], tallies[0, 1], tallies[0, 2], tallies[0, 3] = n, alone, total, squares
    people[0] = persons
    return measured
