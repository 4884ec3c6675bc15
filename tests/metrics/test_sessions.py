"""Sessions by hand, beside a slow cut of every log, and as DuckDB cuts them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from metrics.interval import wilson
from metrics.metric import BadQuestion
from metrics.period import Period
from metrics.sessions import cut, sessions
from tests.metrics.logs import log, logs, serve

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
MINUTE, DAY = 60, 86_400

# Twelve events of three customers; the source calls all of the second's one session.
TWELVE = [
    (1, 0, "visit", "Mobile", 1), (1, 5, "view", "Mobile", 1), (1, 31 * MINUTE, "cart", "Desktop", 2),
    (1, 61 * MINUTE, "view", "Desktop", 2), (1, 61 * MINUTE, "like", "Desktop", 2),
    (2, 0, "visit", "Mobile", 3), (2, 40 * MINUTE, "view", "Mobile", 3), (2, 80 * MINUTE, "cart", "Mobile", 3),
    (3, DAY - 60, "visit", None, 4), (3, DAY + 60, "view", None, 4), (3, 2 * DAY, "visit", None, 5),
    (3, 31 * DAY, "visit", None, 6),
]  # fmt: skip


def ask(rows, **settings):
    return sessions(serve(log(rows)), **{"period": MAY, "as_of": MAY.end, "min_group": 1, **settings})


def cuts(rows, silence=None) -> dict[int, tuple]:
    """customer → what the cut counts of their sessions, and the seconds of those of two events or more."""
    found = cut(serve(log(rows)), MAY, {}, silence, ("customer",))
    return {
        int(name): (
            *found.tallies[place, :4].tolist(),
            sorted(found.seconds[found.places[0] == place].tolist()),
        )
        for place, name in enumerate(found.names)
        if name is not None and found.tallies[place, 0]
    }


def counted(told) -> dict[int, tuple]:
    """The same of sessions told one by one: customer, seconds, events."""
    found = {}
    for who in {who for who, *_ in told}:
        events = [count for each, _, count in told if each == who]
        seconds = sorted(long for each, long, count in told if each == who and count > 1)
        squares = sum(count**2 for count in events)
        found[who] = (len(events), events.count(1), sum(events), squares, seconds)
    return found


def test_twelve_events_as_the_source_cuts_them():
    told = [(1, 5, 2), (1, 1800, 3), (2, 4800, 3), (3, 0, 1), (3, 120, 2)]
    assert cuts(TWELVE) == counted(told)
    found = ask(TWELVE)
    assert (found.n, found.measured, found.seconds) == (5, 4, (120 + 1800) / 2)
    assert (found.one_event, found.one_event_low, found.one_event_high) == (0.2, *wilson(1, 5))
    assert found.seconds_mean == pytest.approx((5 + 1800 + 4800 + 120) / 4)
    sure = ttest_1samp([5, 1800, 4800, 120], 0).confidence_interval()
    assert (found.seconds_low, found.seconds_high) == pytest.approx(tuple(sure))
    sure = ttest_1samp([2, 3, 3, 1, 2], 0).confidence_interval()
    assert (found.events, found.events_low, found.events_high) == pytest.approx((2.2, *sure))
    assert found.lengths["n"].to_list() == [1, 0, 1, 0, 0, 1, 1]
    assert "one event has no known length" in found.warnings[0]


@pytest.mark.parametrize(
    ("silence", "expected"),
    [
        # 30 minutes on the second are no silence of more than 30.
        (30, [(1, 5, 2), (1, 1800, 3), (2, 0, 1), (2, 0, 1), (2, 0, 1), (3, 0, 1), (3, 120, 2)]),
        (29, [(1, 0, 1), (1, 0, 2), (1, 5, 2), (2, 0, 1), (2, 0, 1), (2, 0, 1), (3, 0, 1), (3, 120, 2)]),
        (60, [(1, 3660, 5), (2, 4800, 3), (3, 0, 1), (3, 120, 2)]),
        (0.5, [(1, 0, 1), (1, 0, 2), (1, 5, 2), *[(2, 0, 1)] * 3, *[(3, 0, 1)] * 3]),
    ],
)
def test_another_silence_cuts_anew(silence, expected):
    assert cuts(TWELVE, silence) == counted(expected)


def test_a_session_counts_on_the_day_it_begins():
    rows = [(1, -60, "visit", None, 1), (1, 60, "view", None, 1), (2, 31 * DAY - 60, "visit", None, 2)]
    rows += [(2, 31 * DAY + 60, "view", None, 2)]
    assert cuts(rows) == cuts(rows, 30) == counted([(2, 120, 2)])


def test_a_day_of_25_hours_in_the_shops_zone():
    # On 25 October 2026 clocks in Berlin go from 3 to 2: the day lasts from 22:00 to 23:00 in UTC.
    rows = [
        (who, datetime(2026, 10, 25, hour, 30, tzinfo=UTC), "visit", None, who)
        for who, hour in ((1, 22), (2, 23))
    ]
    day = Period(date(2026, 10, 25), date(2026, 10, 25))
    assert sessions(serve(log(rows, "Europe/Berlin")), period=day, as_of=day.end).n == 1


def test_segments_are_those_of_the_first_event():
    found = ask(TWELVE, by=("device",)).segments
    told = {row["segment"]: (row["n"], row["share"], row["measured"]) for row in found.to_dicts()}
    assert told == {"Mobile": (2, 0.4, 2), None: (2, 0.4, 1), "Desktop": (1, 0.2, 1)}
    assert ask(TWELVE, by=("device",), min_group=5).segments.is_empty()


def test_nobody_and_what_cannot_be_asked():
    found = ask([])
    assert (found.n, found.seconds, found.events) == (0, None, None) and found.segments.is_empty()
    assert ask([], silence_minutes=5).n == 0
    with pytest.raises(BadQuestion, match="longer than 0 minutes; found 0"):
        ask(TWELVE, silence_minutes=0)
    with pytest.raises(BadQuestion, match="fewer than 5 people"):
        ask(TWELVE, where={"device": ["Mobile"]}, min_group=5)


def slow(frame, silence):
    found = []
    for who in sorted(set(frame["customer"])):
        events = [row["happened_at"] for row in frame.to_dicts() if row["customer"] == who]
        runs = [[events[0]]]
        for at in events[1:]:
            if (at - runs[-1][-1]).total_seconds() > silence:
                runs.append([])
            runs[-1].append(at)
        found += [(who, (run[-1] - run[0]).total_seconds(), len(run)) for run in runs]
    return found


@given(logs(names=("visit", "view", None), people=4, most=30), st.integers(1, 12))
def test_equals_the_slow_cut_and_duckdb(rows, seconds):
    frame = log(rows)
    mine = cuts(rows, seconds / 60)
    assert mine == counted(slow(frame, seconds))
    events = frame.select("customer", "happened_at")  # noqa: F841
    told = duckdb.sql(f"""
        with marked as (
            select *, coalesce(epoch(happened_at) - lag(epoch(happened_at)) over w > {seconds}, true)::int as new
            from events window w as (partition by customer order by happened_at)
        ), numbered as (
            select *, sum(new) over (partition by customer order by happened_at range unbounded preceding) as nth
            from marked
        ) select customer, max(epoch(happened_at)) - min(epoch(happened_at)), count(*) from numbered group by customer, nth
    """).fetchall()
    assert counted(told) == mine


@given(logs(people=4, most=30))
def test_the_sources_sessions_are_those_of_duckdb(rows):
    rows = [(who, at, event, device, who * 10 + visit) for who, at, event, device, visit in rows]
    events = log(rows).select("customer", "session", "happened_at")  # noqa: F841
    told = duckdb.sql("""
        select customer, max(epoch(happened_at)) - min(epoch(happened_at)), count(*) from events
        group by customer, session
    """).fetchall()
    assert cuts(rows) == counted(told)
