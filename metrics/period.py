"""Periods: days from a first to a last one, what they are compared with, weeks, months, fiscal years.

No clock is read: the last day that has data is always an argument.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import narwhals as nw

from metrics.metric import BadQuestion

WeekStart = Literal["monday", "sunday"]
Every = Literal["day", "week", "month"]
DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Period:
    """Calendar days of the shop from `start` to `end`, both of them in it."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise BadQuestion(f"A period ends on or after its first day; found {self.start} to {self.end}.")

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def previous(self) -> Period:
        """The days just before, as many of them."""
        return Period(self.start - self.days * DAY, self.start - DAY)

    def year_before(self) -> Period:
        """The same dates a year before; 29 February becomes the 28th."""
        return Period(_year_before(self.start), _year_before(self.end))

    def is_partial(self, last: date | None) -> bool:
        """Whether it goes on after `last`, the last day that has data."""
        return last is not None and last < self.end

    def elapsed(self, last: date | None) -> Period:
        """The part that has data: up to `last`. A period that lies wholly after it stays whole."""
        return Period(self.start, last) if last is not None and self.start <= last < self.end else self

    def overlaps(self, other: Period | None) -> bool:
        return other is not None and self.start <= other.end and other.start <= self.end

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


def compare(
    period: Period, how: Literal["previous", "year", "none"] | Period = "previous", last: date | None = None
) -> Period | None:
    """The period to compare with, or None.

    how: "previous" (as many days just before), "year" (the same dates a year before), "none", or a
    chosen period. last: the last day that has data; where `period` is not over by then, the answer is
    the part of the comparison that is as long as what has elapsed, counted from its first day. Compare
    it with `period.elapsed(last)`, and mark both where `period.is_partial(last)`.
    """
    if how == "none":
        return None
    if isinstance(how, Period):
        other = how
    elif how in ("previous", "year"):
        other = period.previous() if how == "previous" else period.year_before()
    else:
        raise BadQuestion(f"A comparison is previous, year, none or a period; found {how!r}.")
    if not period.is_partial(last):
        return other
    gone = period.elapsed(last).days
    return Period(other.start, min(other.end, other.start + (gone - 1) * DAY))


def week(day: date, week_start: WeekStart = "monday") -> Period:
    """The week that `day` lies in."""
    start = day - ((day.weekday() + (week_start == "sunday")) % 7) * DAY
    return Period(start, start + 6 * DAY)


def month(day: date) -> Period:
    """The calendar month that `day` lies in."""
    return Period(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def quarter(day: date, fiscal_start: int = 1) -> Period:
    """The quarter that `day` lies in, of a year that starts with the month `fiscal_start`."""
    return _months(day, fiscal_start, 3)


def year(day: date, fiscal_start: int = 1) -> Period:
    """The year that `day` lies in, of years that start with the month `fiscal_start` (1 to 12)."""
    return _months(day, fiscal_start, 12)


def bucket(day: date, every: Every, week_start: WeekStart = "monday") -> Period:
    """The day, week or month that `day` lies in."""
    if every == "day":
        return Period(day, day)
    return week(day, week_start) if every == "week" else month(day)


def buckets(period: Period, every: Every, week_start: WeekStart = "monday") -> list[Period]:
    """The whole days, weeks or months that a period touches, in order."""
    found = [bucket(period.start, every, week_start)]
    while found[-1].end < period.end:
        found.append(bucket(found[-1].end + DAY, every, week_start))
    return found


def bucket_start(every: str, week_start: WeekStart = "monday") -> nw.Expr:
    """First day of the day, week or month of the column `day`."""
    day = nw.col("day")
    if every == "day":
        return day
    if every == "month":
        return day.dt.truncate("1mo").cast(nw.Date)
    if every != "week":
        raise BadQuestion(f"Time is cut by day, week or month; found {every!r}.")
    # Narwhals cannot cut weeks: go back as many days as the weekday says. Sunday is 7, but 0 on Spark.
    weekday, first = day.dt.weekday() % 7, 0 if week_start == "sunday" else 1
    starts = {number: day.dt.offset_by(f"-{(number - first) % 7}d").cast(nw.Date) for number in range(7)}
    return nw.coalesce(*(nw.when(weekday == number).then(start) for number, start in starts.items()))


def _months(day: date, first_month: int, length: int) -> Period:
    if first_month not in range(1, 13):
        raise BadQuestion(f"A year starts with a month from 1 to 12; found {first_month}.")
    months = day.year * 12 + day.month - 1  # months since the year 0
    start = months - (months - (first_month - 1)) % length
    last = start + length - 1
    return Period(date(start // 12, start % 12 + 1, 1), month(date(last // 12, last % 12 + 1, 1)).end)


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
