"""Every clock, period, mode and kind of entry beside a slow count that follows each member in plain Python."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.period import DAY, Period, bucket
from metrics.retention import retention
from tests.metrics.logs import log, logs, serve

# The clocks of London are put forward on 29 March and back on 25 October 2026.
SPANS = {
    "spring": (Period(date(2026, 3, 20), date(2026, 4, 12)), datetime(2026, 3, 20, tzinfo=ZoneInfo("UTC"))),
    "autumn": (Period(date(2026, 10, 16), date(2026, 11, 8)), datetime(2026, 10, 16, tzinfo=ZoneInfo("UTC"))),
}
LONG = {"day": 1, "week": 7, "month": 30}
PERIODS = 5


def after(start: datetime, moment: datetime, rules: dict) -> int:
    """The period of a member who entered at `start` in which a moment lies."""
    every, clock = rules["every"], rules["clock"]
    if clock == "calendar":
        at, to = (bucket(each.date(), every, rules["week_start"]).start for each in (start, moment))
        if every == "month":
            return (to.year - at.year) * 12 + to.month - at.month
        return (to - at).days // LONG[every]
    if clock == "rounded" and every != "day":
        return (moment.date() - start.date()).days // LONG[every]
    # Python subtracts times of one zone by the wall; in UTC they are hours that pass.
    start, moment = (each.astimezone(ZoneInfo("UTC")) for each in (start, moment))
    if clock == "rounded":
        start = start.replace(minute=0, second=0, microsecond=0)
    return (moment - start) // timedelta(days=LONG[every])


def ends(start: datetime, k: int, rules: dict) -> tuple[datetime, datetime]:
    """When the period k of a member begins and ends."""
    every, zone = rules["every"], start.tzinfo
    if rules["clock"] == "calendar":
        part = bucket(start.date(), every, rules["week_start"])
        for _ in range(k):
            part = bucket(part.end + DAY, every, rules["week_start"])
        days = part.start, part.end + DAY
    elif rules["clock"] == "rounded" and every != "day":
        days = tuple(start.date() + (k + more) * LONG[every] * DAY for more in (0, 1))
    else:
        start = start.astimezone(ZoneInfo("UTC"))
        if rules["clock"] == "rounded":
            start = start.replace(minute=0, second=0, microsecond=0)
        return tuple(start + (k + more) * timedelta(days=LONG[every]) for more in (0, 1))
    return tuple(datetime.combine(day, time(), zone) for day in days)


def fits(back: set[int], k: int, mode: str) -> bool:
    if mode == "on_or_after":
        return any(each >= k for each in back)
    if mode == "on" or k == 0:
        return k in back
    return any(0 < each <= k for each in back) if mode == "within" else set(range(1, k + 1)) <= back


def slow(frame: pl.DataFrame, period: Period, as_of: date, rules: dict) -> dict:
    """(cohort, period) → (n, returned) of those for whom it is over."""
    zone = ZoneInfo(frame.schema["happened_at"].time_zone)
    now = datetime.combine(as_of + DAY, time(), zone)
    people: dict[int, list] = {}
    for who, moment, event in frame.select("customer", "happened_at", "event").iter_rows():
        people.setdefault(who, []).append((moment.astimezone(zone), str(event)))
    found: dict = {}
    for events in people.values():
        starts = [moment for moment, event in events if rules["first_event"] in ("any", event)]
        starts = starts[:1] if rules["entry"] == "first" else starts
        cohorts: dict[str, list] = {}
        for start in starts:
            if period.start <= start.date() <= period.end and start < now:
                label = str(bucket(start.date(), rules["every"], rules["week_start"]).start)
                cohorts.setdefault(label, []).append(start)
        for label, mine in cohorts.items():
            back = {
                after(start, moment, rules)
                for start in mine
                for moment, event in events
                if start <= moment < now and rules["return_event"] in ("any", event)
            }
            for k in range(PERIODS + 1):
                n, returned = found.get((label, k), (0, 0))
                if ends(mine[-1], k, rules)[1] <= now:
                    found[label, k] = (n + 1, returned + fits(back, k, rules["mode"]))
    return found


@settings(max_examples=300)
@given(
    logs(people=5, most=30),
    st.sampled_from(sorted(SPANS)),
    st.integers(0, 9),
    st.sampled_from([timedelta(hours=5, minutes=31), timedelta(hours=17, minutes=31)]),
    st.fixed_dictionaries(
        {
            "every": st.sampled_from(["day", "week", "month"]),
            "clock": st.sampled_from(["calendar", "hours", "rounded"]),
            "entry": st.sampled_from(["first", "each"]),
            "mode": st.sampled_from(["on", "on_or_after", "within", "every"]),
            "week_start": st.sampled_from(["monday", "sunday"]),
            "first_event": st.sampled_from(["any", "visit"]),
            "return_event": st.sampled_from(["any", "cart"]),
        }
    ),
)
def test_equals_the_slow_count_under_every_rule(rows, season, wait, step, rules):
    period, begin = SPANS[season]
    spread = [(who, begin + at * step, *rest) for who, at, *rest in rows]
    frame = log(spread, "Europe/London")
    as_of = period.end + wait * 5 * DAY - 20 * DAY
    found = retention(
        serve(frame), None, None, None, None, None, None,
        period=period, as_of=as_of, periods=PERIODS, min_group=1, money=False, curve="none", **rules,
    )  # fmt: skip
    expected = {place: told for place, told in slow(frame, period, as_of, rules).items() if told[0]}
    average: dict[int, tuple[int, int]] = {}
    for (_, k), (n, returned) in expected.items():
        average[k] = (average.get(k, (0, 0))[0] + n, average.get(k, (0, 0))[1] + returned)
    told = dict(
        found.average.filter(pl.col("n") > 0).select("period", pl.concat_list("n", "returned")).iter_rows()
    )
    assert {k: tuple(each) for k, each in told.items()} == average
    for row in found.cells.to_dicts():
        if (row["cohort"], row["period"]) in expected:
            assert (row["n"], row["returned"]) == expected[row["cohort"], row["period"]], row


def test_each_start_of_a_day_begins_windows_of_its_own():
    # Ten o'clock two days later is 49 hours after nine o'clock and 41 after five in the afternoon.
    period, begin = SPANS["spring"]
    at = {"visit": (9, 17), "cart": (58,)}
    rows = [(1, begin + timedelta(hours=hour), event) for event, hours in at.items() for hour in hours]
    asked = {"period": period, "as_of": period.end, "every": "day", "periods": 3, "min_group": 1}
    asked |= {"first_event": "visit", "return_event": "cart", "curve": "none", "money": False}
    for clock, returned in {"hours": [0, 1, 1, 0], "calendar": [0, 0, 1, 0]}.items():
        found = retention(serve(log(rows)), *[None] * 6, entry="each", clock=clock, **asked)
        assert found.cells["returned"].to_list() == returned
    once = retention(serve(log(rows)), *[None] * 6, entry="first", clock="hours", **asked)
    assert once.cells["returned"].to_list() == [0, 0, 1, 0]
