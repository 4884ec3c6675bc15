"""How periods are counted for each member of a cohort, and how many of them are over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from metrics.attempts import instant
from metrics.eventlog import MICROSECOND
from metrics.period import DAY, Every, Period, WeekStart, buckets

Clock = Literal["calendar", "hours", "rounded"]
HOUR = 3600 * MICROSECOND
DAYS = {"day": 1, "week": 7, "month": 30}  # of a period of 24-hour windows


@dataclass(frozen=True)
class Periods:
    """How periods of members are counted. edges: (U + 1,) beginnings of calendar units. unit: (M,) that of
    the entry. size: units in a period. origin: (M,) where windows begin. width: of a window, 0 where
    periods are units. grain: to which origins are rounded down.
    """

    edges: np.ndarray
    unit: np.ndarray
    size: int
    origin: np.ndarray
    width: int
    grain: int

    def of(self, member: np.ndarray, times: np.ndarray) -> np.ndarray:
        """The period in which each time lies for a member (by its place)."""
        if self.width:
            return (times - self.origin[member]) // self.width
        unit = np.searchsorted(self.edges, times, "right") - 1
        return (unit - self.unit[member]) // self.size


def periods_of(
    clock: Clock,
    every: Every,
    week_start: WeekStart,
    zone: str,
    period: Period,
    as_of: date,
    start: np.ndarray,
    late: np.ndarray,
) -> tuple[Periods, np.ndarray, np.ndarray]:
    """Of members who enter at `start` (µs) in the period: how their periods are counted, and how many of each
    member's are over and have begun at the end of `as_of`.

    late: when each last entered the same cohort; a period is over when that of this entry is.
    """
    now = instant(as_of + DAY, zone)
    by_day = clock == "rounded" and every != "day"
    size = DAYS[every] if by_day else 1
    span = Period(period.start, max(period.end, as_of) + DAY)
    edges = beginnings(span, zone, "day" if by_day else every, week_start)
    grain = HOUR if clock == "rounded" else 1
    if clock == "calendar" or by_day:
        unit, behind = (np.searchsorted(edges, each, "right") - 1 for each in (start, late))
        whole, part = np.searchsorted(edges, now, "right") - 1, np.searchsorted(edges, now) - 1
        found = Periods(edges, unit, size, start, 0, grain)
        return found, (whole - behind) // size, (part - unit) // size + 1
    width = DAYS[every] * 24 * HOUR
    origin = start // grain * grain
    found = Periods(edges, np.zeros(len(start), np.int64), 1, origin, width, grain)
    return found, (now - late // grain * grain) // width, (now - 1 - origin) // width + 1


def beginnings(period: Period, zone: str, every: Every, week_start: WeekStart = "monday") -> np.ndarray:
    """Beginnings of the calendar units that a period touches, and the end of the last."""
    parts = buckets(period, every, week_start)
    return np.array([instant(part.start, zone) for part in parts] + [instant(parts[-1].end + DAY, zone)])
