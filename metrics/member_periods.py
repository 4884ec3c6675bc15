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
class Ticks:
    """How periods of members are counted. edges: (U + 1,) beginnings of calendar units. coarse: the unit in
    which each step of 2 ** COARSE µs from the first edge on begins; it ends in this one or the next. size:
    units in a period. width: of a window, 0 where periods are units. grain: to which origins are rounded
    down. now: the end of the data.
    """

    edges: np.ndarray
    coarse: np.ndarray
    size: int
    width: int
    grain: int
    now: int

    def begin(
        self, start: np.ndarray, late: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Of members who enter at `start` (µs): unit of the entry, origin where their windows begin, and how
        many of their periods are over and have begun.

        late: when each last entered the same cohort; a period is over when that of this entry is.
        """
        if self.width:
            origin = start // self.grain * self.grain
            over = (self.now - late // self.grain * self.grain) // self.width
            return np.zeros(len(start), np.int32), origin, over, (self.now - 1 - origin) // self.width + 1
        unit = (np.searchsorted(self.edges, start, "right") - 1).astype(np.int32)
        behind = unit if late is start else np.searchsorted(self.edges, late, "right") - 1
        whole = int(np.searchsorted(self.edges, self.now, "right")) - 1
        part = int(np.searchsorted(self.edges, self.now)) - 1
        return unit, start, (whole - behind) // self.size, (part - unit) // self.size + 1


def ticks(clock: Clock, every: Every, week_start: WeekStart, zone: str, period: Period, as_of: date) -> Ticks:
    """Of members who enter in the period and are followed to the end of `as_of`."""
    by_day = clock == "rounded" and every != "day"
    span = Period(period.start, max(period.end, as_of) + DAY)
    edges = beginnings(span, zone, "day" if by_day else every, week_start)
    from metrics.compiled.retention import COARSE

    width = 0 if clock == "calendar" or by_day else DAYS[every] * 24 * HOUR
    grain = HOUR if clock == "rounded" else 1
    coarse = np.searchsorted(edges, np.arange(edges[0], edges[-1], 1 << COARSE), "right") - 1
    return Ticks(edges, coarse, DAYS[every] if by_day else 1, width, grain, instant(as_of + DAY, zone))


def beginnings(period: Period, zone: str, every: Every, week_start: WeekStart = "monday") -> np.ndarray:
    """Beginnings of the calendar units that a period touches, and the end of the last."""
    parts = buckets(period, every, week_start)
    return np.array([instant(part.start, zone) for part in parts] + [instant(parts[-1].end + DAY, zone)])
