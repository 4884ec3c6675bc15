"""Retention by hand, beside a slow count of every member, ClickHouse, and SciPy's survival."""

from __future__ import annotations

import warnings
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf, logrank
from statsmodels.duration.survfunc import survdiff

from metrics.cohort import CohortRules
from metrics.entrants import absent, entered
from metrics.metric import BadQuestion
from metrics.period import Period
from metrics.retention import PRESETS, retention
from metrics.survival import by_day, kaplan_meier, log_rank, medians
from tests.metrics.logs import START, log, logs, serve

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
END = date(2026, 6, 30)
DAY = 86_400

# Who first comes on 1 May (Friday): 1 is back next day and a week later, 2 never, 3 after 12 hours only,
# 4 came in April already; on 8 May: 5 is back on 15 May, 6 is back 6 days and 23 hours later.
TWELVE = [
    *((1, at * DAY, "visit", "Mobile") for at in (0, 1, 7)),
    (2, 0, "visit", "Mobile"),
    (3, 0, "visit", "Mobile"), (3, DAY // 2, "cart", "Mobile"),
    (4, -DAY, "visit", "Mobile"), (4, DAY, "visit", "Mobile"),
    (5, 7 * DAY, "visit", "Desktop"), (5, 14 * DAY, "cart", "Desktop"),
    (6, 7 * DAY + 3600, "visit", "Desktop"), (6, 14 * DAY, "visit", "Desktop"),
]  # fmt: skip


def ask(rows, zone="UTC", **settings):
    asked = {
        "period": MAY,
        "as_of": END,
        "every": "day",
        "periods": 8,
        "min_group": 1,
        "money": False,
        **settings,
    }
    return retention(serve(log(rows, zone)), None, None, None, None, None, None, **asked)


def shares(found, cohort=None) -> dict[int, tuple[int, int]]:
    """period → returned, n of a cohort."""
    rows = found.cells.filter(pl.col("cohort").eq_missing(pl.lit(cohort)))
    return {row["period"]: (row["returned"], row["n"]) for row in rows.to_dicts()}


def test_days_by_hand():
    found = ask(TWELVE)
    assert found.n == 5  # the fourth came before
    first, second = shares(found, "2026-05-01"), shares(found, "2026-05-08")
    assert [first[k] for k in (0, 1, 2, 7)] == [(3, 3), (1, 3), (0, 3), (1, 3)]
    assert [second[k] for k in (0, 6, 7, 8)] == [(2, 2), (0, 2), (2, 2), (0, 2)]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"mode": "on_or_after"}, {1: (1, 3), 7: (1, 3), 8: (0, 3)}),
        ({"mode": "within"}, {1: (1, 3), 6: (1, 3), 7: (1, 3)}),
        ({"mode": "every"}, {1: (1, 3), 2: (0, 3)}),
        ({"return_event": "cart"}, {0: (1, 3), 1: (0, 3)}),
        ({"return_event": "visit[device=Desktop]"}, {0: (0, 3), 1: (0, 3)}),
        ({"every": "week", "clock": "hours"}, {0: (3, 3), 1: (1, 3)}),
    ],
)  # fmt: skip
def test_options_by_hand(settings, expected):
    label = "2026-04-27" if settings.get("every") == "week" else "2026-05-01"
    found = shares(ask(TWELVE, **settings), label)
    assert {k: found[k] for k in expected} == expected


def test_windows_of_24_hours_are_no_calendar_days():
    # 6 comes at 1:00 and is back at 0:00 a week later: on the seventh day, but within seven times 24 hours.
    assert shares(ask(TWELVE, clock="calendar"), "2026-05-08")[7] == (2, 2)
    assert shares(ask(TWELVE, clock="hours"), "2026-05-08")[7] == (1, 2)
    assert shares(ask(TWELVE, clock="hours"), "2026-05-08")[6] == (1, 2)


def test_what_is_not_reached_is_null_and_what_is_not_over_is_marked():
    found = ask(TWELVE, as_of=date(2026, 5, 10), every="week", periods=3)
    rows = {(row["cohort"], row["period"]): row for row in found.cells.to_dicts()}
    assert rows["2026-05-04", 1]["share"] is None and rows["2026-05-04", 1]["returned"] in (None, 0)
    now = ask(TWELVE, as_of=date(2026, 5, 12), every="week", periods=3)
    rows = {(row["cohort"], row["period"]): row for row in now.cells.to_dicts()}
    assert rows["2026-05-04", 1]["partial"] and not rows["2026-04-27", 1]["partial"]
    average = now.average.filter(period=1).row(0, named=True)
    assert average["n"] == 3  # only those for whom the week is over


def test_cohorts_by_what_was_seen_at_the_first_event():
    found = ask(TWELVE, cohort="device", every="week")
    assert dict(found.cells.filter(period=0).select("cohort", "size").iter_rows()) == {
        "Mobile": 3,
        "Desktop": 2,
    }


def people_of(**columns):
    """What the store has beside the log: accounts, and the codes of their customers."""
    accounts = pl.DataFrame({"customer_id": [f"C{n}" for n in range(1, 7)], **columns}).lazy()
    codes = pl.LazyFrame({"customer": pl.Series(range(1, 7), dtype=pl.Int32)}).with_columns(
        customer_id=pl.format("C{}", "customer")
    )
    log_of = serve(log(TWELVE))
    return accounts, lambda name, **asked: codes if name == "people" else log_of(name, **asked)


def of_accounts(accounts, frames, **settings):
    return retention(
        frames, None, accounts, None, None, None, None, period=MAY, as_of=END, every="day", periods=8,
        min_group=1, money=False, **settings,
    )  # fmt: skip


def test_cohorts_by_signup():
    """The fourth opened the account on 2 May, a day after it came; the sixth never did, the seventh never came."""
    opened = [START + timedelta(days=d) if d is not None else None for d in (0, 0, 0, 1, 7, None)]
    accounts, frames = people_of(signed_up_at=pl.Series(opened, dtype=pl.Datetime("us", "UTC")))
    found = of_accounts(accounts, frames, cohort="signup")
    assert found.n == 5
    assert shares(found, "2026-05-01")[1] == (1, 3) and shares(found, "2026-05-01")[7] == (1, 3)
    assert shares(found, "2026-05-02")[1] == (0, 1) and shares(found, "2026-05-08")[7] == (1, 1)


def test_cohorts_by_a_column_of_customers():
    accounts, frames = people_of(tier=["Gold", "Gold", None, "Gold", "Silver", "Silver"])
    found = of_accounts(accounts, frames, cohort="tier")
    assert shares(found, "Gold")[1] == (1, 2) and shares(found, "Silver")[7] == (2, 2)
    assert shares(found, None)[1] == (0, 1), "of the third no tier is known"
    with pytest.raises(BadQuestion, match="There are: first, signup, channel, region, device, tier"):
        of_accounts(accounts, frames, cohort="teir")


def test_who_is_behind_a_cell():
    asked = {"period": MAY, "as_of": END, "where": {}, "of": "visits", "rules": CohortRules(every="day")}
    found = entered(serve(log(TWELVE)), None, None, None, **asked)
    assert absent(found, "on", "2026-05-01", 1).to_list() == [2, 3]
    assert absent(found, "on", "2026-05-01", 1, came=True).to_list() == [1]
    assert absent(found, "within", "2026-05-08", 7).to_list() == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"periods": 0, "at": 0}, "Between 1 and 60 periods"),
        ({"at": 9}, "from 0 to 8"),
        ({"return_event": "buy"}, "There is no event buy. There are: any, cart"),
        ({"cohort": "colour"}, "There are no cohorts by colour"),
        ({"cohort": "signup"}, "need the table customers"),
        ({"curve": "lapse", "silence_days": 0.0}, "Silence is longer than 0 days"),
        ({"entry": "each", "cohort": "device"}, "enter each period's cohort anew"),
    ],
)
def test_what_cannot_be_asked(settings, message):
    with pytest.raises(BadQuestion, match=message):
        ask(TWELVE, **settings)


def test_presets_follow_their_products():
    rows = [
        *((1, at * DAY, "visit") for at in (0, 1, 2)),
        (2, DAY + 20 * 3600, "visit"),
        (2, 2 * DAY + 60, "visit"),
    ]
    told = {name: ask(rows, preset=name, periods=2) for name in PRESETS}
    # Day by day anew: customer 1 is in the cohorts of three days. Once: only in that of the first.
    assert {name: found.cells.filter(period=0)["size"].sum() for name, found in told.items()} == {
        "clickhouse": 5, "mixpanel": 2, "amplitude": 5, "ga4": 2, "posthog": 5,
    }  # fmt: skip
    # Customer 2 is back on the next calendar day, but within the first 24 hours.
    later = {name: shares(found, "2026-05-02").get(1) for name, found in told.items()}
    assert later == {
        "clickhouse": (2, 2), "mixpanel": (0, 1), "amplitude": (1, 2), "ga4": (1, 1), "posthog": (2, 2),
    }  # fmt: skip


def slow(rows, zone, periods, back):
    """cohort day → period → returned, by following every customer through the days of the time zone."""
    days: dict[int, list] = {}
    for who, at, event in log(rows, zone).select("customer", "happened_at", "event").iter_rows():
        days.setdefault(who, []).append((at.date(), str(event)))
    found: dict[str, dict[int, int]] = {}
    for events in days.values():
        first = min(day for day, _ in events)
        if not MAY.start <= first <= MAY.end:
            continue
        mine = found.setdefault(str(first), dict.fromkeys(range(periods + 1), 0))
        for k in range(periods + 1):
            mine[k] += any(
                day == first + timedelta(days=k) and back in ("any", event) for day, event in events
            )
    return found


@given(
    logs(people=8, most=60),
    st.sampled_from(["UTC", "Asia/Singapore", "Europe/London"]),
    st.sampled_from(["any", "cart"]),
)
def test_equals_the_slow_count(rows, zone, back):
    spread = [(who, at * 4 * 3600, *rest) for who, at, *rest in rows]
    found = ask(spread, zone, return_event=back, periods=5)
    told = {
        label: {k: v[0] for k, v in shares(found, label).items()} for label in found.cells["cohort"].unique()
    }
    assert told == slow(spread, zone, 5, back)
    for cells in (shares(ask(spread, zone, mode=mode), label) for mode in ("within",) for label in told):
        returned = [cells[k][0] for k in range(1, 9)]
        assert returned == sorted(returned)  # more and more come back


def test_the_same_as_clickhouse():
    chdb = pytest.importorskip("chdb", reason="chDB, ClickHouse in a process, is not installed")
    random = np.random.default_rng(5)
    rows = [
        (int(who), int(day) * DAY + 60, "visit")
        for who, day in zip(random.integers(1, 400, 3000), random.integers(0, 30, 3000), strict=True)
    ]
    found = ask(rows, preset="clickhouse", periods=3)
    frame = log(rows).select("customer", day=pl.col("happened_at").dt.date().cast(pl.String))
    values = ",".join(f"({who},'{day}')" for who, day in frame.iter_rows())
    for day in (date(2026, 5, 4), date(2026, 5, 20)):
        conditions = ", ".join(f"day = '{day + timedelta(days=k)}'" for k in range(4))
        query = f"""
            select sum(r[1]), sum(r[2]), sum(r[3]), sum(r[4]) from (
                select retention({conditions}) r from values('customer UInt32, day String', {values}) group by customer
            )
        """
        expected = [int(each) for each in str(chdb.query(query, "CSV")).split(",")]
        mine = shares(found, str(day))
        assert [mine[k][0] for k in range(4)] == expected and expected[1] > 0


waits = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=40)


@given(waits)
def test_survival_is_that_of_scipy(pairs):
    days, ended = np.array([d for d, _ in pairs]), np.array([e for _, e in pairs])
    mine = kaplan_meier(None, by_day(days, ended))
    if not ended.any():
        assert set(mine["share"]) == {1.0}
        return
    peer = ecdf(CensoredData.right_censored(days, ~ended)).sf
    for day, share in mine.select("day", "share").iter_rows():
        assert share == pytest.approx(float(peer.evaluate(day)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where it is undefined it is null here
        interval = peer.confidence_interval(method="log-log")
    for day, low, high, share in mine.select("day", "low", "high", "share").iter_rows():
        if 0 < share < 1 and low is not None:
            assert low == pytest.approx(float(interval.low.evaluate(day)))
            assert high == pytest.approx(float(interval.high.evaluate(day)))


@given(waits, waits)
def test_the_log_rank_test_is_that_of_scipy(one, two):
    groups = [(np.array([d for d, _ in each]), np.array([e for _, e in each])) for each in (one, two)]
    found = log_rank([by_day(*each) for each in groups])
    if found is None or not all(ended.any() for _, ended in groups):
        return
    peer = logrank(*(CensoredData.right_censored(days, ~ended) for days, ended in groups))
    assert found[0] == pytest.approx(peer.statistic**2) and found[2] == pytest.approx(peer.pvalue)


@given(waits, waits, waits)
@settings(max_examples=40)
def test_the_log_rank_test_of_three_groups_is_that_of_statsmodels(one, two, three):
    groups = [(np.array([d for d, _ in each]), np.array([e for _, e in each])) for each in (one, two, three)]
    found = log_rank([by_day(*each) for each in groups])
    if found is None:
        return
    days, ended = (np.concatenate([each[part] for each in groups]) for part in (0, 1))
    group = np.repeat(range(3), [len(days) for days, _ in groups])
    statistic, p = survdiff(days, ended.astype(int), group)
    assert found == (pytest.approx(statistic), 2, pytest.approx(p))


def test_a_median_by_hand():
    # 1, 2, 3 days until it ended; the fourth was last seen on day 2.
    counts = by_day(np.array([1, 2, 3, 2]), np.array([True, True, True, False]))
    curve = kaplan_meier("all", counts)
    assert dict(curve.select("day", "share").iter_rows()) == {0: 1.0, 1: 0.75, 2: 0.5, 3: 0.0}
    assert medians(curve, 4)[:2] == (3, 2)


def test_time_to_come_back_and_to_fall_silent():
    back = ask(TWELVE).medians.filter(pl.col("segment").is_null()).row(0, named=True)
    assert (back["n"], back["ended"]) == (5, 3)  # 1, 5 and 6; 3 was back on the same day only
    quiet = ask(TWELVE, curve="lapse", silence_days=10.0, as_of=date(2026, 5, 16)).medians
    assert quiet.filter(pl.col("segment").is_null())["ended"].item() == 2  # 2 and 3; the others are not yet


def test_a_drift_between_early_and_late_cohorts():
    rows = [(900, -60 * DAY, "visit")]  # so that the data does not begin with the cohorts
    for who in range(400):
        day, late = who % 20, who % 20 >= 10
        rows.append((who, day * DAY, "visit"))
        if (who // 20) % 10 < (2 if late else 6):
            rows.append((who, (day + 1) * DAY, "visit"))
    found = ask(rows, min_group=5)
    assert found.drift == pytest.approx(0.2 - 0.6) and found.drift_high < 0 and found.trend_p < 1e-6
    assert found.log_rank_p < 1e-6 and START.date() == MAY.start
    assert [row["share"] for row in found.halves.to_dicts()] == pytest.approx([0.6, 0.2])


def test_nobody():
    found = ask([])
    assert found.n == 0 and found.cells.is_empty() and "needs the table events" in found.warnings[0]
