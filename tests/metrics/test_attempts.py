"""How far each customer comes: by hand, beside a slow walk of every attempt, and beside ClickHouse."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.attempts import attempts
from metrics.metric import BadQuestion
from metrics.period import Period
from metrics.rules import Rules
from metrics.steps import exclusions, steps
from tests.metrics.logs import START, log, logs, serve

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
THREE = ("visit", "view", "cart")
DAY = 86_400


def levels(rows, period=MAY, as_of=date(2026, 6, 30), **rules) -> dict[int, int]:
    found = attempts(serve(log(rows)), None, Rules(**{"steps": THREE, **rules}), period, as_of)
    return dict(found.select("customer", "level").iter_rows())


# Twelve events of three customers: the first buys on a second way in, the second is too late, the third
# looks at something else on the way.
TWELVE = [
    (1, 0, "visit", "Mobile"), (1, 100, "like", "Mobile"), (1, 8 * DAY, "visit", "Desktop"),
    (1, 8 * DAY + 60, "view", "Desktop"), (1, 9 * DAY, "cart", "Mobile"),
    (2, 0, "visit", "Mobile"), (2, DAY, "view", "Mobile"), (2, 8 * DAY, "cart", "Mobile"),
    (3, 0, "visit", "Mobile"), (3, 60, "view", "Mobile"), (3, 120, "like", "Mobile"), (3, 180, "cart", "Mobile"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, {1: 3, 2: 2, 3: 3}),
        ({"window_days": 0.5}, {1: 2, 2: 1, 3: 3}),
        ({"window_days": 8.0}, {1: 3, 2: 3, 3: 3}),
        ({"window_days": None}, {1: 3, 2: 3, 3: 3}),
        ({"order": "strict"}, {1: 3, 2: 2, 3: 2}),
        ({"steps": ("visit", "like", "view", "cart"), "optional": ("like",)}, {1: 4, 2: 3, 3: 4}),
        ({"exclude": ("like",)}, {1: 3, 2: 2, 3: 2}),
        ({"exclude": ("like@1-2",)}, {1: 3, 2: 2, 3: 3}),
        ({"exclude": ("like[device=Desktop]",)}, {1: 3, 2: 2, 3: 3}),
        ({"hold": ("device",)}, {1: 2, 2: 2, 3: 3}),
        ({"steps": ("visit[device=Mobile]", "view", "cart")}, {1: 1, 2: 2, 3: 3}),
        ({"steps": ("visit[device!=Mobile]", "view", "cart")}, {1: 3}),
        ({"steps": ("cart", "view", "visit"), "order": "any"}, {1: 3, 2: 2, 3: 3}),
        ({"steps": ("view", "like"), "order": "any"}, {1: 1, 2: 1, 3: 2}),
    ],
)
def test_twelve_events_by_hand(rules, expected):
    found = levels(TWELVE, **rules)
    assert found == expected


def test_an_attempt_has_its_times_and_its_open_window():
    found = attempts(
        serve(log(TWELVE)), None, Rules(THREE), MAY, date(2026, 5, 10), keep=("device",), touched=(1, 3)
    )
    one = found.row(0, named=True)
    assert one["at 1"] == START + timedelta(days=8) and one["at 3"] == START + timedelta(days=9)
    assert (one["device 1"], one["device 3"]) == ("Desktop", "Mobile")
    assert found["open"].to_list() == [False, False, False]
    early = attempts(serve(log(TWELVE)), None, Rules(THREE), MAY, as_of=date(2026, 5, 6))
    assert early.filter(customer=2)["open"].item()  # began on the 1st; the window ends on the 8th


def test_the_entry_lies_in_the_dates_and_the_rest_may_follow():
    rows = [(1, -60, "visit"), (1, 30, "view"), (1, 60, "cart"), (2, 31 * DAY - 5, "visit")]
    rows += [(2, 31 * DAY + 5, "view"), (2, 31 * DAY + 10, "cart"), (3, 31 * DAY + 1, "visit")]
    assert levels(rows) == {2: 3}
    assert levels(rows, inside=True) == {2: 1}


def test_days_are_those_of_the_time_zone():
    rows = [(1, START - timedelta(hours=7), "visit"), (2, START - timedelta(hours=9), "visit")]
    frames = serve(log(rows, "Asia/Singapore"))
    found = attempts(frames, None, Rules(THREE), MAY, date(2026, 6, 30))
    assert found["customer"].to_list() == [1]


def test_the_same_second_goes_by_the_order_of_steps_and_grace_reaches_further():
    rows = [
        (1, 10, "cart"),
        (1, 10, "view"),
        (1, 10, "visit"),
        (2, 12, "visit"),
        (2, 11, "view"),
        (2, 13, "cart"),
    ]
    assert levels(rows) == {1: 3, 2: 1}
    assert levels(rows, grace_seconds=2) == {1: 3, 2: 3}


def test_an_event_is_taken_for_one_step_only():
    assert levels([(1, 0, "visit")], steps=("visit", "visit")) == {1: 1}
    assert levels([(1, 0, "visit"), (1, 1, "visit")], steps=("visit", "visit", "visit")) == {1: 2}


def test_no_events_and_nobody_of_these():
    assert levels([]) == {}
    assert levels([(1, 0, "like")]) == {}


def test_totals_count_every_attempt_of_a_customer():
    rows = [
        *((1, second, event) for second, event in ((0, "visit"), (1, "view"), (2, "cart"), (3, "visit"))),
        *((1, second, event) for second, event in ((4, "visit"), (5, "view"))),  # the visit at 3 still runs
        *((1, 8 * DAY + second, event) for second, event in ((3, "view"), (4, "visit"), (5, "cart"))),
        *((2, second, event) for second, event in ((0, "visit"), (1, "like"), (2, "visit"), (3, "view"))),
    ]
    rules = {"count": "totals", "exclude": ("like",)}
    found = attempts(serve(log(rows)), None, Rules(THREE, **rules), MAY, date(2026, 6, 30))
    assert found.select("customer", "level").rows() == [(1, 3), (1, 2), (1, 1), (2, 1), (2, 2)]
    assert found["at 1"][1] == START + timedelta(seconds=3)


def again_and_again(frame, rules: Rules):
    """Levels of all attempts of each customer, one after the other."""
    want, found = steps(rules.steps), []
    wrong = exclusions(rules.exclude, len(want))
    codes = frame.select(
        *(each.fits.fill_null(False).alias(f"s{k}") for k, each in enumerate(want)),
        *(each.fits.fill_null(False).alias(f"x{k}") for k, each in enumerate(wrong)),
        who="customer",
        time="happened_at",
    ).to_dicts()
    for who in sorted({row["who"] for row in codes}):
        mine = _sorted(
            [{**row, "at": row["time"]} for row in codes if row["who"] == who], len(want), rules.grace_seconds
        )
        running = None
        for event in mine:
            if running:
                level, start = running
                late = (event["time"] - start).total_seconds() > rules.window_days * DAY
                ended = any(
                    event[f"x{k}"]
                    and (each.between or (1, len(want)))[0] <= level < (each.between or (1, len(want)))[1]
                    for k, each in enumerate(wrong)
                )
                follow = [level]
                while str(want[follow[-1]]) in rules.optional:
                    follow.append(follow[-1] + 1)
                taken = next((k for k in follow if event[f"s{k}"]), None)
                if not (late or ended) and taken is not None:
                    running = (taken + 1, start)
                    if taken + 1 == len(want):
                        found.append((who, taken + 1))
                        running = None
                    continue
                if late or ended or rules.order == "strict":
                    found.append((who, level))
                    running = None
            if not running and event["s0"]:
                running = (1, event["time"])
        if running:
            found.append((who, running[0]))
    return found


@given(
    logs(),
    st.sampled_from([THREE, ("visit", "view", "visit"), ("visit", "like", "view", "cart")]),
    st.sampled_from(["ordered", "strict"]),
    st.sampled_from([(), ("like",), ("cart@1-2",)]),
    st.integers(1, 30),
    st.integers(0, 3),
)
def test_totals_equal_the_slow_walk(rows, want, order, exclude, window, grace):
    optional = ("like",) if "like" in want and exclude != ("like",) else ()
    rules = Rules(want, optional, exclude, (), order, "totals", window / DAY, grace)
    frame = log(rows)
    found = attempts(serve(frame), None, rules, MAY, date(2026, 6, 30))
    assert found.select("customer", "level").rows() == again_and_again(frame, rules)


def test_sessions_are_counted_one_by_one():
    rows = [
        (1, 0, "visit", None, 1),
        (1, 5, "view", None, 1),
        (1, 9, "visit", None, 2),
        (1, 11, "cart", None, 1),
    ]
    found = attempts(serve(log(rows)), None, Rules(THREE, count="sessions"), MAY, date(2026, 6, 30))
    assert sorted(found["level"]) == [1, 3]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"steps": ("visit",)}, "Between 2 and 32 steps are needed; found 1"),
        ({"steps": ("visit",) * 33}, "Between 2 and 32 steps are needed; found 33"),
        ({"steps": ("visit", "vi[ew")}, "A step is an event"),
        ({"steps": ("visit", "view[colour]")}, "column=value"),
        ({"steps": ("visit", "view[colour=red]")}, "Events have no column colour"),
        ({"optional": ("visit",)}, "can be optional: view"),
        ({"exclude": ("like@2-9",)}, "The steps are 1 to 3|the steps are 1 to 3"),
        ({"order": "any", "optional": ("view",)}, "no optional"),
        ({"window_days": 0}, "longer than 0 days"),
    ],
)
def test_what_cannot_be_asked(rules, message):
    with pytest.raises(BadQuestion, match=message):
        levels(TWELVE, **rules)


def test_thirty_two_steps():
    rows = [(1, i, "visit" if i % 2 else "view") for i in range(32)]
    assert levels(rows, steps=("view", "visit") * 16) == {1: 32}


RULES = st.builds(
    lambda names, optional, exclude, order, window, grace: Rules(
        names,
        tuple(name for name in names[1:-1] if name in optional and order != "any"),
        exclude,
        (),
        order,
        window_days=window / DAY,
        grace_seconds=grace,
    ),
    st.lists(st.sampled_from(["visit", "view", "cart", "visit[device=Mobile]"]), min_size=2, max_size=4).map(
        tuple
    ),
    st.sets(st.sampled_from(["view", "cart"])),
    st.sampled_from([(), ("like",), ("like@1-2",), ("view[device=Desktop]",)]),
    st.sampled_from(["ordered", "strict", "any"]),
    st.integers(1, 20),
    st.sampled_from([0, 0, 2]),
)


@settings(max_examples=400)
@given(logs(), RULES)
def test_every_attempt_walked_by_itself_gives_the_same(rows, rules):
    frame = log(rows)
    found = slow(frame, rules)
    one = attempts(serve(frame), None, rules, MAY, date(2026, 6, 30))
    assert {row["customer"]: row["level"] for row in one.to_dicts()} == {
        who: level for who, (level, _) in found.items()
    }
    for row in one.to_dicts():
        taken = [row[f"at {k + 1}"] for k in range(len(rules.steps))]
        assert taken == found[row["customer"]][1], row


def slow(frame, rules: Rules):
    """customer → level and the time of each step, by following every attempt to its end."""
    want, wrong = steps(rules.steps), exclusions(rules.exclude, len(rules.steps))
    codes = frame.select(
        *(each.fits.fill_null(False).alias(f"s{k}") for k, each in enumerate(want)),
        *(each.fits.fill_null(False).alias(f"x{k}") for k, each in enumerate(wrong)),
        who="customer",
        time="happened_at",
    ).to_dicts()
    answer = {}
    for who in sorted({row["who"] for row in codes}):
        events = [row for row in codes if row["who"] == who]
        events = [{**event, "at": event["time"]} for event in events]
        if rules.order != "any":
            events = _sorted(events, len(want), rules.grace_seconds)
        follow = _any if rules.order == "any" else _ordered
        tries = [follow(events, at, want, wrong, rules) for at in range(len(events))]
        tries = [each for each in tries if each]
        if tries:
            best = max(level for level, *_ in tries)
            ends = min(end for level, end, _, _ in tries if level == best)
            answer[who] = max(
                (start, times) for level, end, start, times in tries if (level, end) == (best, ends)
            )
            answer[who] = (best, answer[who][1])
    return answer


def _sorted(events, count, grace):
    runs, found = [], []
    for event in events:
        if not runs or (event["time"] - runs[-1][0]["time"]).total_seconds() > grace:
            runs.append([])
        runs[-1].append(event)
    for run in runs:
        run = [{**event, "time": run[0]["time"], "at": event["time"]} for event in run]
        found += sorted(run, key=lambda each: next((k for k in range(count) if each[f"s{k}"]), count))
    return found


def _ordered(events, at, want, wrong, rules):
    if not events[at]["s0"]:
        return None
    place, times, end = 0, [events[at]["at"]] + [None] * (len(want) - 1), at
    for later in range(at + 1, len(events)):
        event = events[later]
        gone = (event["time"] - events[at]["time"]).total_seconds()
        limits = [
            ((each.between or (1, len(want)))[0] - 1, (each.between or (1, len(want)))[1] - 1)
            for each in wrong
        ]
        if any(event[f"x{x}"] and low <= place < high for x, (low, high) in enumerate(limits)):
            break
        following = []
        for k in range(place + 1, len(want)):
            following.append(k)
            if str(want[k]) not in rules.optional:
                break
        fits = [k for k in following if event[f"s{k}"] and gone <= rules.window_days * DAY + 1e-9]
        if fits:
            place, end = max(fits), later
            times[place] = event["at"]
        elif rules.order == "strict":
            break
    return place + 1, end, at, times


def _any(events, at, want, wrong, rules):
    first = events[at]
    if not any(first[f"s{k}"] for k in range(len(want))):
        return None
    seen, times, end = set(), [], at
    for later in range(at, len(events)):
        event = events[later]
        if (event["time"] - first["time"]).total_seconds() > rules.window_days * DAY + 1e-9:
            break
        if later > at and any(event[f"x{x}"] for x in range(len(wrong))):
            break
        new = {k for k in range(len(want)) if event[f"s{k}"]} - seen
        if new:
            seen |= new
            times += [event["time"]] * len(new)
            end = later
    return len(seen), end, at, times + [None] * (len(want) - len(times))
