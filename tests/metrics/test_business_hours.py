"""The business-hours clock beside a count of minutes, one after the other, over changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from metrics.business_hours import WEEK, Hours, midnight
from metrics.metric import BadQuestion

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
# Days on which the clock changes: Europe, America, midnight in Brazil, half an hour on Lord Howe; a day left
# out in Samoa; none in Singapore.
ZONES = {
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "America/Sao_Paulo": (date(2017, 10, 15), date(2018, 2, 17)),
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "Pacific/Apia": (date(2011, 12, 30),),
    "Asia/Singapore": (date(2026, 2, 17),),
}


def us(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def hours(clock, start: datetime, end: datetime) -> float:
    return float(clock.between(np.array([us(start)]), np.array([us(end)]))[0])


def naive(start: datetime, end: datetime, open_: Hours) -> float:
    """Minutes from start to end, one by one. A day's hours are open from the first minute whose wall time is
    not before opening to the last whose wall time is before closing.
    """
    zone, (opens, closes) = ZoneInfo(open_.timezone), open_._span
    first, last = start - 3 * DAY, end + 3 * DAY
    minutes = [first + k * MINUTE for k in range(int((last - first) / MINUTE))]
    walls = [minute.astimezone(zone).replace(tzinfo=None) for minute in minutes]
    counted: set[datetime] = set()
    day = walls[0].date()
    while day <= walls[-1].date():
        if WEEK[day.weekday()] in open_.workdays and day not in open_.holidays:
            begin = datetime.combine(day, datetime.min.time()) + opens * MINUTE
            stop = begin + (closes - opens) * MINUTE
            inside = [k for k, wall in enumerate(walls) if begin <= wall < stop]
            if inside:
                counted |= set(minutes[inside[0] : inside[-1] + 1])
        day += DAY
    return sum(start <= minute < end for minute in counted) / 60


CASES = [(zone, day) for zone, days in ZONES.items() for day in days]


@settings(max_examples=40)
@given(
    where=st.sampled_from(CASES),
    opens=st.integers(0, 23 * 4),
    length=st.integers(1, 24 * 4 - 1),
    begins=st.integers(-36 * 12, 36 * 12),
    lasts=st.integers(0, 48 * 12),
    workdays=st.sets(st.sampled_from(WEEK), min_size=1),
    holiday=st.booleans(),
)
@example(("America/Havana", date(2026, 11, 1)), 2, 95, -400, 500, set(WEEK), False)
@example(("Europe/Berlin", date(2026, 3, 29)), 10, 3, -400, 500, set(WEEK), False)
@example(("Europe/Berlin", date(2026, 10, 25)), 9, 1, -100, 100, set(WEEK), False)
def test_equals_a_count_of_minutes(where, opens, length, begins, lasts, workdays, holiday):
    zone, change = where
    at = [f"{m // 60:02d}:{m % 60:02d}" for m in (opens * 15, (opens + length) * 15 % 1440)]
    open_ = Hours(zone, *at, tuple(workdays), (change,) if holiday else ())
    noon = datetime(change.year, change.month, change.day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    start = noon + begins * 5 * MINUTE
    end = start + lasts * 5 * MINUTE
    clock = open_.clock(change - 4 * DAY, change + 6 * DAY)
    assert hours(clock, start, end) == pytest.approx(naive(start, end, open_))


def test_by_hand():
    """Opened on Friday at 17:00, answered on Monday at 10:30, of Mon–Fri 9–18: an hour and one and a half."""
    week = WEEK[:5]
    zone = ZoneInfo("Europe/Berlin")
    open_ = Hours("Europe/Berlin", "09:00", "18:00", week)
    clock = open_.clock(date(2026, 3, 27), date(2026, 3, 30))
    friday, monday = datetime(2026, 3, 27, 17, tzinfo=zone), datetime(2026, 3, 30, 10, 30, tzinfo=zone)
    assert (open_.day, hours(clock, friday, monday)) == (9.0, 2.5)
    assert hours(clock, monday, friday) == -2.5
    closed = Hours("Europe/Berlin", "09:00", "18:00", week, (date(2026, 3, 30),))
    assert hours(closed.clock(date(2026, 3, 27), date(2026, 3, 30)), friday, monday) == 1.0


def test_days_of_23_and_25_hours():
    for day, long in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        clock = Hours("Europe/Berlin", "00:00", "24:00").clock(day, day)
        begin, end = (midnight(day + k * DAY, "Europe/Berlin") for k in (0, 1))
        assert hours(clock, begin, end) == long


@pytest.mark.parametrize(
    "wrong", [{"opens": "9"}, {"closes": "24:01"}, {"opens": "09:00", "closes": "09:00"}, {"workdays": ()}]
)
def test_refuses_hours_that_are_none(wrong):
    with pytest.raises(BadQuestion):
        Hours("UTC", **wrong)
