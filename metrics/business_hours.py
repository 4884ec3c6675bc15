"""A clock that runs only while service is open: working days, opening hours, holidays, time zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Literal

import numpy as np
import polars as pl

from metrics.metric import BadQuestion

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)
DAY_MINUTES = 24 * 60
HOUR_US = 3_600_000_000


@dataclass(frozen=True)
class Hours:
    """When service is open. opens, closes: wall time of the shop, "08:00" and "22:00"; closes may be "24:00",
    or lie before opens, which is the next day. Hours belong to the day on which they begin: they count where
    that is one of `workdays` (mon … sun) and no holiday. Raises BadQuestion for times that are none.
    """

    timezone: str
    opens: str = "08:00"
    closes: str = "22:00"
    workdays: Sequence[Weekday] = WEEK
    holidays: Sequence[date] = ()

    def __post_init__(self) -> None:
        if self._span[1] == self._span[0] or not self.workdays:
            raise BadQuestion("Service needs a working day and opening hours that last.")

    @cached_property
    def _span(self) -> tuple[int, int]:
        """Minutes of the day when it opens, and when it closes, beyond 1440 on the next day."""
        opens, closes = _minutes("opens", self.opens), _minutes("closes", self.closes)
        return opens, closes + (DAY_MINUTES if closes < opens else 0)

    @property
    def day(self) -> float:
        """Hours of a working day."""
        return (self._span[1] - self._span[0]) / 60

    def clock(self, first: date, last: date) -> Clock:
        """A clock that is right for all instants of these days of the shop."""
        opens, closes = self._span
        every = [first + timedelta(days=k) for k in range(-1, (last - first).days + 2)]
        off = set(self.holidays)
        days = [day for day in every if WEEK[day.weekday()] in self.workdays and day not in off]
        begin = _instants(days, opens, self.timezone, 1)
        end = _instants(days, closes - 1, self.timezone, -1) + 60_000_000
        # Where the clock goes back, one day's end may lie behind the next one's begin.
        end[:-1] = np.minimum(end[:-1], begin[1:])
        return Clock(begin, np.maximum(end, begin))


@dataclass(frozen=True)
class Clock:
    """begin, end: (D,) microseconds since 1970 of each span of opening, in order, without overlap."""

    begin: np.ndarray
    end: np.ndarray

    def read(self, instants: np.ndarray) -> np.ndarray:
        """(N,) opening hours gone by at each instant (µs since 1970), counted from the first span."""
        if not len(self.begin):
            return np.zeros(len(instants))
        length = self.end - self.begin
        before = np.concatenate([[0], np.cumsum(length)[:-1]])
        place = np.searchsorted(self.begin, instants, side="right") - 1
        inside = np.clip(instants - self.begin[place], 0, length[place])
        return np.where(place < 0, 0, before[place] + inside) / HOUR_US

    def between(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """(N,) opening hours from start to end, both µs since 1970; negative where end is before."""
        return self.read(end) - self.read(start)


def midnight(day: date, timezone: str) -> datetime:
    """The instant at which a day of the shop begins."""
    at = int(_instants([day], 0, timezone, 1)[0])
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)


def _minutes(name: str, written: str) -> int:
    hour, _, minute = written.partition(":")
    if hour.isdigit() and minute.isdigit() and len(minute) == 2:
        found = int(hour) * 60 + int(minute)
        if int(minute) < 60 and found <= DAY_MINUTES - (name == "opens"):
            return found
    raise BadQuestion(f"{name} is a time of day such as 09:30; found {written!r}.")


def _instants(days: Sequence[date], minutes: int, timezone: str, step: int) -> np.ndarray:
    """Microseconds since 1970 at which the wall clock first (step 1), or last (step −1), shows so many
    minutes of each day. A time that it jumps over is the nearest one in the direction of the step.
    """
    wall = pl.Series(days, dtype=pl.Date).cast(pl.Datetime("us")) + timedelta(minutes=minutes)
    which: Literal["earliest", "latest"] = "earliest" if step > 0 else "latest"

    def instants(walls: pl.Series) -> pl.Series:
        return walls.dt.replace_time_zone(timezone, ambiguous=which, non_existent="null")

    found = instants(wall)
    while found.null_count():  # only the days of a jump
        wall = wall.to_frame("wall").select(
            pl.when(found.is_null()).then(pl.col("wall") + step * MINUTE).otherwise("wall")
        )["wall"]
        found = instants(wall)
    return found.dt.epoch("us").to_numpy().copy()
