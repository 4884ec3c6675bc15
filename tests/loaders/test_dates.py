"""Dates in the styles that exports use."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders import dates


def dmy() -> str:
    return "dmy"


def never() -> str:
    raise AssertionError("the order was asked for and is not needed")


STYLES = {
    "%Y-%m-%d %H:%M:%S": never,
    "%Y-%m-%dT%H:%M:%S": never,
    "%Y/%m/%d %H:%M:%S": never,
    "%Y.%m.%d %H:%M:%S": never,
    "%Y年%m月%d日 %H:%M:%S": never,
    "%Y%m%d%H%M%S": never,
    "%Y%m%dT%H%M%S": never,
    "%d/%m/%Y %H:%M:%S": dmy,
    "%d.%m.%Y %H:%M:%S": dmy,
    "%d-%m-%Y %I:%M:%S %p": dmy,
    "%m/%d/%Y %I:%M:%S %p": lambda: "mdy",
    "%d %b %Y %H:%M:%S": never,
    "%d-%b-%Y %H:%M:%S": never,
    "%B %d, %Y %H:%M:%S": never,
    "%a, %d %b %Y %H:%M:%S": never,
    "%Y-%m-%d %H:%M:%SZ": never,
    "%Y-%m-%dT%H:%M:%S+00:00": never,
    "%Y-%m-%d %H:%M:%S UTC": never,
    "%a, %d %b %Y %H:%M:%S +0000": never,
}
moments = st.datetimes(datetime(1970, 1, 2), datetime(2099, 12, 31)).map(
    lambda one: one.replace(microsecond=0, fold=0)
)


@given(st.lists(moments, min_size=1, max_size=20), st.sampled_from(sorted(STYLES)))
def test_a_moment_written_in_any_style_is_read_back(written, style):
    text = pl.Series([one.strftime(style) for one in written])
    found, problem = dates.instants(text, "UTC", STYLES[style])
    assert found.to_list() == [one.replace(tzinfo=UTC) for one in written]
    assert problem.null_count() == len(written)


@given(st.lists(moments, min_size=1, max_size=20), st.sampled_from([1, 1_000, 1_000_000]))
def test_epochs_are_told_apart_by_their_length(written, scale):
    since = [int(one.replace(tzinfo=UTC).timestamp()) for one in written]
    text = pl.Series([str(one * scale) for one in since if one >= 10**9], dtype=pl.String)
    found, _ = dates.instants(text, "UTC", never)
    assert found.to_list() == [datetime.fromtimestamp(one, UTC) for one in since if one >= 10**9]


@given(st.lists(st.dates(date(1960, 1, 1), date(2100, 1, 1)), min_size=1))
def test_excel_counts_days_since_the_end_of_1899(written):
    serial = pl.Series([str((one - date(1899, 12, 30)).days) for one in written])
    assert dates.days(serial, "UTC", never)[0].to_list() == written


@given(st.lists(moments, min_size=1, max_size=20), st.sampled_from(["Asia/Shanghai", "America/Lima"]))
def test_a_time_without_a_zone_is_the_shops(written, zone):
    text = pl.Series([str(one) for one in written])
    found, problem = dates.instants(text, zone, never)
    expected = [one.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for one in written]
    lost = [reason for reason in problem if reason]
    assert [one for one in found if one] == expected or lost


def test_clock_changes():
    text = pl.Series(["2021-10-31 01:30", "2021-03-28 01:30", "2021-03-28 03:00"])
    found, problem = dates.instants(text, "Europe/London", never)
    assert found.to_list() == [
        datetime(2021, 10, 31, 0, 30, tzinfo=UTC),
        None,
        datetime(2021, 3, 28, 2, tzinfo=UTC),
    ]
    assert problem[1] == 'no such time in Europe/London, the clocks went forward: "2021-03-28 01:30"'


def test_a_day_that_begins_at_one_begins():
    found, problem = dates.instants(pl.Series(["2017-10-15"]), "America/Sao_Paulo", never)
    assert found[0] == datetime(2017, 10, 15, 3, tzinfo=UTC)
    assert problem[0] is None


def test_a_day_out_of_an_instant_is_the_shops_day():
    found, _ = dates.days(pl.Series(["2024-06-01T23:30:00Z", "2024-06-01 23:30"]), "Europe/London", never)
    assert found.to_list() == [date(2024, 6, 2), date(2024, 6, 1)]


@pytest.mark.parametrize(
    "text", ["31/31/2020", "2020-02-30", "yesterday", "25:00", "2020-01-01 25:00", "0020-01-01"]
)
def test_what_is_no_date_has_a_reason(text):
    found, problem = dates.instants(pl.Series([text]), "UTC", dmy)
    assert found[0] is None
    assert problem[0] == f'not a date: "{text}"'


def test_typed_columns():
    whole = datetime(2024, 5, 4, 10)
    for values in (
        pl.Series([whole]),
        pl.Series([whole.replace(tzinfo=UTC)]).dt.convert_time_zone("Asia/Tokyo"),
        pl.Series([int(whole.replace(tzinfo=UTC).timestamp() * 1_000)]),
        pl.Series([45416 + 10 / 24]),
    ):
        found, _ = dates.instants(values, "UTC", never)
        assert abs(found[0] - whole.replace(tzinfo=UTC)) < timedelta(milliseconds=2), values
    assert dates.days(pl.Series([date(2024, 5, 4)]), "UTC", never)[0][0] == date(2024, 5, 4)
