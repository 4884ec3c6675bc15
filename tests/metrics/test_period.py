from datetime import date, timedelta
from itertools import pairwise

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.metric import BadQuestion
from metrics.period import (
    Period,
    bucket,
    bucket_start,
    buckets,
    compare,
    month,
    quarter,
    week,
    year,
)
from tests.metrics.conftest import Constructor

days = st.dates(date(1999, 1, 1), date(2101, 1, 1))
periods = st.builds(lambda start, length: Period(start, start + timedelta(length)), days, st.integers(0, 800))


def test_a_period_counts_both_ends_and_cannot_end_before_it_starts():
    assert Period(date(2026, 2, 1), date(2026, 2, 28)).days == 28
    assert date(2026, 2, 28) in Period(date(2026, 2, 1), date(2026, 2, 28))
    assert date(2026, 3, 1) not in Period(date(2026, 2, 1), date(2026, 2, 28))
    with pytest.raises(BadQuestion, match="ends on or after its first day; found 2026-02-02 to 2026-02-01"):
        Period(date(2026, 2, 2), date(2026, 2, 1))


@given(periods)
def test_the_previous_period_touches_it_and_is_as_long(period: Period):
    previous = period.previous()
    assert previous.days == period.days and previous.end + timedelta(1) == period.start


def test_the_year_before_has_the_same_dates():
    assert Period(date(2026, 4, 2), date(2026, 6, 30)).year_before() == Period(
        date(2025, 4, 2), date(2025, 6, 30)
    )
    assert Period(date(2024, 2, 1), date(2024, 2, 29)).year_before() == Period(
        date(2023, 2, 1), date(2023, 2, 28)
    )


def test_what_a_whole_period_is_compared_with():
    june = Period(date(2026, 6, 1), date(2026, 6, 30))
    chosen = Period(date(2026, 1, 1), date(2026, 1, 10))
    assert compare(june) == Period(date(2026, 5, 2), date(2026, 5, 31))
    assert compare(june, "year") == Period(date(2025, 6, 1), date(2025, 6, 30))
    assert compare(june, chosen) == chosen
    assert compare(june, "none") is None
    assert compare(june, "previous", last=june.end) == june.previous(), "a period that is over is not cut"
    with pytest.raises(BadQuestion, match="previous, year, none or a period; found 'prevous'"):
        compare(june, "prevous")


def test_a_period_that_is_not_over_is_compared_with_an_equally_long_part():
    june, last = Period(date(2026, 6, 1), date(2026, 6, 30)), date(2026, 6, 10)
    assert june.is_partial(last) and june.elapsed(last) == Period(date(2026, 6, 1), last)
    assert compare(june, "previous", last) == Period(date(2026, 5, 2), date(2026, 5, 11))
    assert compare(june, "year", last) == Period(date(2025, 6, 1), date(2025, 6, 10))
    short = Period(date(2026, 1, 1), date(2026, 1, 4))
    assert compare(june, short, last) == short
    assert not june.is_partial(None) and june.elapsed(None) == june
    assert june.elapsed(date(2026, 5, 1)) == june, "nothing of it has elapsed: it is asked about as it is"


@given(periods, st.integers(-5, 900))
def test_partial_periods_are_as_long_as_what_has_elapsed(period: Period, after: int):
    last = period.start + timedelta(after)
    other = compare(period, "previous", last)
    assert other.start == period.previous().start
    assert other.days == (period.elapsed(last).days if last >= period.start else period.days)


def test_weeks_months_quarters_and_fiscal_years():
    day = date(2026, 8, 19)  # a Wednesday
    assert week(day) == Period(date(2026, 8, 17), date(2026, 8, 23))
    assert week(day, "sunday") == Period(date(2026, 8, 16), date(2026, 8, 22))
    assert week(date(2026, 8, 16), "sunday").start == date(2026, 8, 16)
    assert month(date(2024, 2, 10)) == Period(date(2024, 2, 1), date(2024, 2, 29))
    assert month(date(2026, 12, 31)) == Period(date(2026, 12, 1), date(2026, 12, 31))
    assert quarter(day) == Period(date(2026, 7, 1), date(2026, 9, 30))
    assert quarter(day, fiscal_start=2) == Period(date(2026, 8, 1), date(2026, 10, 31))
    assert year(day) == Period(date(2026, 1, 1), date(2026, 12, 31))
    assert year(day, fiscal_start=4) == Period(date(2026, 4, 1), date(2027, 3, 31))
    assert year(date(2026, 1, 5), fiscal_start=4) == Period(date(2025, 4, 1), date(2026, 3, 31))
    with pytest.raises(BadQuestion, match="month from 1 to 12; found 13"):
        year(day, fiscal_start=13)


@given(days, st.integers(1, 12))
def test_fiscal_years_and_quarters_hold_their_day_and_tile_time(day: date, first: int):
    for part in (year(day, first), quarter(day, first)):
        assert day in part and part.start.day == 1 and (part.start.month - first) % 3 == 0
    assert year(year(day, first).end + timedelta(1), first).previous().end == year(day, first).end
    assert year(day, first).start.month == first


@pytest.mark.parametrize("every", ["day", "week", "month"])
@given(periods)
def test_buckets_tile_the_period(every: str, period: Period):
    parts = buckets(period, every)
    assert period.start in parts[0] and period.end in parts[-1]
    assert all(a.end + timedelta(1) == b.start for a, b in pairwise(parts))


@pytest.mark.parametrize("week_start", ["monday", "sunday"])
def test_engines_cut_time_as_python_does(constructor: Constructor, week_start: str):
    rows = pl.DataFrame({"day": [date(2023, 12, 20) + timedelta(number) for number in range(80)]})
    cuts = {f"{every}_": bucket_start(every, week_start) for every in ("day", "week", "month")}
    found = nw.from_native(constructor(rows)).lazy().with_columns(**cuts).collect("polars").to_native()
    for row in found.to_dicts():
        for every in ("day", "week", "month"):
            assert row[f"{every}_"] == bucket(row["day"], every, week_start).start


def test_there_is_no_other_cut():
    with pytest.raises(BadQuestion, match="by day, week or month; found 'hour'"):
        bucket_start("hour")
