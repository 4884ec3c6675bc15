"""Paths by hand, beside a slow walk of every visit, and transitions as DuckDB counts them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.interval import wilson
from metrics.metric import BadQuestion
from metrics.paths import followers, paths
from metrics.period import Period
from tests.metrics.logs import log, logs, serve

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
SIGN = " → "


def walk(who, visit, *events):
    return [(who, at, event, None, visit) for at, event in enumerate(events)]


TWELVE = [
    *walk(1, 1, "visit", "view", "view", "cart", "purchase", "like"),
    *walk(2, 2, "visit", "view", "cart"),
    *walk(3, 3, "visit", "view"),
    *walk(4, 4, "purchase"),
]


def ask(rows, **settings):
    return paths(serve(log(rows)), **{"period": MAY, "as_of": MAY.end, "min_group": 1, **settings})


def listed(found) -> dict[str, tuple[int, int]]:
    return {row["path"]: (row["n"], row["through"]) for row in found.paths.to_dicts()}


def test_twelve_events_by_hand():
    found = ask(TWELVE)
    assert (found.n, found.through) == (4, 2)
    assert listed(found) == {"visit → view → cart": (2, 1), "visit → view": (1, 0)}
    row = found.paths.row(0, named=True)
    assert (row["share"], row["rate"], row["low"], row["high"]) == (0.5, 0.5, *wilson(1, 2))
    moves = {(row["from"], row["to"]): row for row in found.transitions.to_dicts()}
    assert moves["visit", "view"]["n"] == 3 and moves["visit", "view"]["share"] == 1.0
    assert moves["view", "cart"]["share"] == 2 / 3 and moves["view", None]["n"] == 1
    assert moves[None, "visit"]["n"] == 3 and moves[None, "purchase"]["n"] == 1
    assert moves["visit", "view"]["seconds"] == 1.0
    assert ("view", "view") not in moves


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"collapse": False}, {"visit → view → view → cart": (1, 1), "visit → view → cart": (1, 0), "visit → view": (1, 0)}),
        ({"depth": 2}, {"visit → view": (3, 1)}),
        ({"start": "cart"}, {"cart": (2, 1)}),
        ({"goal": "cart"}, {"visit → view": (3, 2), "purchase": (1, 0)}),
        ({"goal": "like"}, {"visit → view → cart → purchase": (1, 1), "visit → view → cart": (1, 0), "visit → view": (1, 0), "purchase": (1, 0)}),
    ],
)  # fmt: skip
def test_options_by_hand(settings, expected):
    assert listed(ask(TWELVE, **settings)) == expected


def test_whole_customers_and_separate_visits():
    rows = [*walk(1, 1, "visit", "view"), (1, 90, "visit", None, 2), (1, 95, "purchase", None, 2)]
    assert listed(ask(rows)) == {"visit → view": (1, 0), "visit": (1, 1)}
    assert listed(ask(rows, within="customer")) == {"visit → view → visit": (1, 1)}


def test_links_keep_the_flow_and_rare_nodes_are_together():
    found = ask(TWELVE).links.to_dicts()
    told = {(row["depth"], row["source"], row["target"]): row["n"] for row in found}
    assert told == {
        (1, "visit", "view"): 3, (2, "view", "cart"): 2, (2, "view", None): 1, (3, "cart", "purchase"): 1,
        (3, "cart", None): 1,
    }  # fmt: skip


def test_paths_that_convert_surely_more_often():
    rows = []
    for who in range(400):
        likes = who % 2
        buys = who % 10 < (6 if likes else 1)
        rows += walk(who, who, "visit", *(["like"] * likes), "cart", *(["purchase"] * buys))
    found = ask(rows, min_group=5).differences.to_dicts()
    told = {row["path"]: row for row in found}
    assert set(told) == {"visit → like → cart", "visit → cart"}
    liked = told["visit → like → cart"]
    assert liked["difference"] > 0.3 and liked["low"] > 0 and liked["q"] < 1e-6
    assert liked["difference"] == pytest.approx(liked["rate"] - liked["rest"])


def test_who_took_a_path_and_went_no_further():
    gone = followers(serve(log(TWELVE)), "visit → view → cart", period=MAY)
    assert gone.to_list() == [2]


def test_more_than_thirty_kinds_and_few_people():
    names = [f"e{k:02}" for k in range(40)]
    frame = pl.DataFrame(
        [(who, name) for who, count in enumerate(range(40, 0, -1)) for name in names[:count]],
        schema={"customer": pl.Int32, "event": pl.Enum(names)}, orient="row",
    )  # fmt: skip
    zone = pl.Datetime("us", "UTC")
    frame = frame.with_columns(
        happened_at=(pl.lit(date(2026, 5, 2)).cast(zone) + pl.duration(seconds=pl.int_range(pl.len()))),
        session=pl.col("customer").cast(pl.Int64), device=pl.lit(None, pl.Enum([])),
    )  # fmt: skip
    found = paths(serve(frame), period=MAY, as_of=MAY.end, goal="e39", min_group=1)
    assert "other" in found.transitions["to"].to_list() and found.warnings
    few = paths(serve(frame), period=MAY, as_of=MAY.end, goal="e39", depth=12, min_group=50)
    assert few.paths.is_empty() and few.n == 40


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"depth": 0}, "told apart by 1 to 12 steps"),
        ({"goal": "buy"}, "There is no event buy. There are: any, cart"),
        ({"where": {"device": ["Mobile"]}, "min_group": 5}, "fewer than 5 people"),
    ],
)
def test_what_cannot_be_asked(settings, message):
    rows = [*TWELVE, (9, 0, "visit", "Mobile", 9)]
    with pytest.raises(BadQuestion, match=message):
        ask(rows, **settings)


def test_nobody():
    found = ask([])
    assert (found.n, found.through) == (0, 0) and found.paths.is_empty() and found.links.is_empty()


def test_a_rare_goal_and_a_rare_beginning_are_kinds_of_their_own():
    names = [f"e{k:02}" for k in range(40)]
    rows = [(who, name) for who in range(1, 9) for name in names[:29]]
    rows += [(9, "e35"), (10, "e35"), (10, "e39"), (11, "e39"), (11, "e00")]
    frame = pl.DataFrame(rows, schema={"customer": pl.Int32, "event": pl.Enum(names)}, orient="row")
    frame = frame.with_columns(
        happened_at=pl.lit(date(2026, 5, 2)).cast(pl.Datetime("us", "UTC"))
        + pl.duration(seconds=pl.int_range(pl.len())),
        session=pl.col("customer").cast(pl.Int64),
    )
    of = {"period": MAY, "as_of": MAY.end, "min_group": 1}
    assert paths(serve(frame), goal="e39", **of).through == 2
    begun = paths(serve(frame), start="e39", goal="e00", **of)
    assert (begun.n, begun.through, listed(begun)) == (2, 1, {"e39": (2, 1)})


def test_from_an_event_to_the_next_such_event():
    rows = [*walk(1, 1, "visit", "purchase", "view", "purchase"), *walk(2, 2, "purchase", "like")]
    found = ask(rows, start="purchase", goal="purchase")
    assert listed(found) == {"purchase → view": (1, 1), "purchase → like": (1, 0)}
    assert {row[1:3] for row in found.links.rows()} == {
        ("purchase", "view"), ("view", "purchase"), ("purchase", "like"), ("like", None),
    }  # fmt: skip


def test_a_visit_counts_on_the_day_it_begins_and_is_followed_to_its_end():
    day = 86_400
    rows = [(1, 31 * day - 30, "visit", None, 1), (1, 31 * day + 30, "purchase", None, 1)]
    rows += [(2, -30, "visit", None, 2), (2, 30, "cart", None, 2)]
    assert listed(ask(rows)) == {"visit": (1, 1)}
    # Customers have no beginning: of them the events of the period count.
    assert listed(ask(rows, within="customer")) == {"visit": (1, 0), "cart": (1, 0)}


def test_a_day_of_23_hours_in_the_shops_zone():
    # On 29 March 2026 clocks in Berlin go from 2 to 3: the day ends at 22:00 in UTC.
    rows = [
        (who, datetime(2026, 3, 29, hour, 30, tzinfo=UTC), "visit", None, who)
        for who, hour in ((1, 21), (2, 22))
    ]
    of = {"period": Period(date(2026, 3, 29), date(2026, 3, 29)), "as_of": MAY.end, "min_group": 1}
    for within in ("session", "customer"):
        assert paths(serve(log(rows, "Europe/Berlin")), within=within, **of).n == 1


def test_rows_without_an_event_are_no_steps():
    rows = [(1, 0, "visit", None, 1), (1, 5, None, None, 1), (1, 9, "cart", None, 1)]
    (move,) = (row for row in ask(rows).transitions.to_dicts() if row["from"] and row["to"])
    assert (move["from"], move["to"], move["n"], move["seconds"]) == ("visit", "cart", 1, 9.0)


def test_few_people_are_told_nowhere():
    rows = [
        each
        for who in range(1, 40)
        for each in walk(who, who, "visit", "view", "cart"[: who % 2 * 4] or "like")
    ]
    rows += walk(90, 90, "visit", "view", "checkout")
    for visit in range(91, 99):
        rows += walk(90, visit, "checkout", "like")  # many visits of one customer
    found = ask(rows, min_group=5)
    assert "checkout" not in str(found.transitions.rows()) + str(found.links.rows()) + str(found.paths.rows())
    assert found.n == 48
    # What the one did is not what is left of a step's total either.
    after = found.transitions.filter(pl.col("from") == "view")
    assert after["share"].sum() < 1 and len(after) == 1


def slow(frame, within, start, goal, depth, collapse):
    """path → (n, through), and all groups, by walking each one."""
    counts, through = Counter(), Counter()
    groups = {}
    for row in frame.to_dicts():
        groups.setdefault(row["session"] if within == "session" else row["customer"], []).append(row["event"])
    for events in groups.values():
        events = [each for each in events if each is not None]
        events = events[events.index(start) :] if start in events else [] if start != "any" else events
        reached = goal in events
        steps = events[: events.index(goal)] if reached else events
        kept = [each for k, each in enumerate(steps) if not (collapse and k and steps[k - 1] == each)]
        if kept:
            counts[SIGN.join(kept[:depth])] += 1
            through[SIGN.join(kept[:depth])] += reached
    return {path: (n, through[path]) for path, n in counts.items()}


@given(
    logs(names=("visit", "view", "cart", "purchase", None), people=5, most=40),
    st.sampled_from(["session", "customer"]), st.sampled_from(["any", "view"]), st.integers(1, 5), st.booleans(),
)  # fmt: skip
def test_equals_the_slow_walk(rows, within, start, depth, collapse):
    rows = [(who, at, event, device, who * 10 + visit) for who, at, event, device, visit in rows]
    frame = log(rows)
    if within == "session":
        frame = frame.sort("customer", "session", "happened_at", maintain_order=True)
    found = paths(
        serve(log(rows)), period=MAY, as_of=MAY.end, within=within, start=start, depth=depth, collapse=collapse,
        min_group=1, top=1000,
    )  # fmt: skip
    assert listed(found) == slow(frame, within, start, "purchase", depth, collapse)
    for who in frame["customer"].unique().sort():
        mine = frame.filter(pl.col("customer") == who)
        for path, (n, through) in slow(mine, within, start, "purchase", depth, collapse).items():
            gone = followers(
                serve(log(rows)), path, period=MAY, within=within, start=start, depth=depth, collapse=collapse
            )
            assert (who in gone) == (n > through)
    moves = found.transitions
    for step in moves["from"].drop_nulls().unique():
        assert moves.filter(pl.col("from") == step)["share"].sum() == pytest.approx(1)
    into = found.links.drop_nulls("target").group_by("depth", "target").agg(pl.col("n").sum())
    out = found.links.group_by("depth", "source").agg(pl.col("n").sum())
    for deep, source, n in out.filter(pl.col("depth") > 1).iter_rows():
        assert into.filter(depth=deep - 1, target=source)["n"].sum() == n


@given(logs(names=("visit", "view", "cart", "like", None), people=4, most=30))
def test_transitions_are_those_of_duckdb(rows):
    rows = [(who, at, event, device, who * 10 + visit) for who, at, event, device, visit in rows]
    events = log(rows).select("customer", "session", "event", "happened_at").with_row_index("place")  # noqa: F841
    told = duckdb.sql("""
        with ordered as (
            select session, event::varchar event, epoch(happened_at) as second,
                lag(event::varchar) over w as before, lag(epoch(happened_at)) over w as earlier
            from events where event is not null window w as (partition by session order by happened_at, place)
        ) select before, event, count(*), median(second - earlier) from ordered
        where before is not null group by all
    """).fetchall()
    found = ask(
        rows, collapse=False, goal="purchase" if any(row[2] == "purchase" for row in rows) else "cart"
    )
    mine = {
        (row["from"], row["to"]): (row["n"], row["seconds"])
        for row in found.transitions.to_dicts()
        if row["from"] and row["to"]
    }
    assert mine == {(a, b): (n, pytest.approx(s)) for a, b, n, s in told}
