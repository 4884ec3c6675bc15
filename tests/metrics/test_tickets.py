"""Service by hand, Kaplan–Meier beside statsmodels, and a spell of slow answers that was planted."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from metrics.metric import BadQuestion
from metrics.period import Period
from metrics.survival import waited
from metrics.tickets import service, service_analysis
from tests.metrics.service_rows import frames, table

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
LAST = date(2026, 5, 31)


def ticket(number: int, opened: str, first=None, resolved=None, **more) -> dict:
    own = {"ticket_id": f"T{number}", "customer_id": f"C{number}", "opened_at": opened}
    return own | {"first_response_at": first, "resolved_at": resolved} | more


def ask(tickets, orders=None, lines=None, **more):
    asked = {"period": MAY, "as_of": LAST, **more}
    return service(frames(), table("tickets", tickets), orders, lines, None, **asked)


# Open from 8 to 22 each day. T1 waits an hour, T2 over night two hours of opening, T3 six; T4 to T6 are open.
TICKETS = [
    ticket(1, "5-04 09:00", "5-04 10:00", "5-04 12:00", kind="return", channel="chat", score=5.0),
    ticket(2, "5-04 21:00", "5-05 09:00", "5-05 21:00", kind="return", channel="chat", score=2.0,
           reopened_at="5-07 09:00"),
    ticket(3, "5-05 10:00", "5-05 16:00", "5-09 16:00", kind="repair", channel="phone", customer_id="C1"),
    ticket(4, "5-06 10:00", "5-06 12:00", kind="complaint", channel="phone"),
    ticket(5, "5-31 21:30", kind="complaint", channel="phone"),
    ticket(6, "5-29 09:00", kind="return", channel="chat"),
    ticket(7, "6-01 09:00", kind="return", channel="chat"),
]  # fmt: skip


def test_by_hand():
    found = ask(TICKETS)
    row = found.groups.row(0, named=True)
    assert (found.n, found.conversations, found.customers, found.open) == (6, 7, 5, 3)
    assert (row["response_done"], row["response_open"]) == (4, 2)
    # T5 is open for half an hour and so not yet due; T6 is past its four hours and so missed.
    assert [row[f"response_{name}"] for name in ("met", "missed", "pending")] == [3, 2, 1]
    assert row["response_share"] == pytest.approx(3 / 5)
    # At risk at 1: 5 of 6 (T5 left after half an hour), so S falls to 4/5, at 2 to 2/5.
    assert (row["response_median"], row["response_p90"]) == (2.0, None)
    # Two working days are 28 hours: T3 took 6 + 3·14 + 8 = 56.
    assert [row[f"resolution_{name}"] for name in ("met", "missed", "pending")] == [2, 3, 1]
    assert (row["resolved"], row["reopened"]) == (3, 1) and row["reopen_share"] == pytest.approx(1 / 3)
    assert (row["scored"], row["score"], row["content"]) == (2, 3.5, 0.5)


def test_stages_add_up_to_all_that_customers_waited():
    found = ask(TICKETS)
    all_ = found.stages.filter(by="")
    hours = dict(all_.select("stage", "hours").iter_rows())
    # First answers: 1 + 2 + 6 + 2, and open so far 0.5 and 13 + 14 + 14; solving: 2 + 12 + 56 and 10 + 25·14.
    assert hours == {"response": 11 + 0.5 + 41, "solving": 2 + 12 + 56 + 360, "again": 1 + 14 + 1}
    assert all_["of_hours"].sum() == pytest.approx(1)


def test_the_backlog_is_what_was_opened_less_what_was_resolved():
    found = ask(TICKETS)
    rows = {row["day"].day: row for row in found.backlog.iter_rows(named=True)}
    assert [rows[day]["open"] for day in (3, 4, 5, 6, 9, 29, 31)] == [0, 1, 1, 2, 1, 2, 3]
    assert (rows[4]["opened"], rows[4]["resolved"], rows[4]["unanswered"]) == (2, 1, 1)
    ages = {row["from_days"]: (row["open"], row["unanswered"]) for row in found.ageing.iter_rows(named=True)}
    assert (ages[0], ages[1], ages[14]) == ((1, 1), (1, 1), (1, 0))
    assert found.ageing["reopened"].sum() == 1 and found.ageing["open"].sum() == found.open


def test_a_past_period_knows_nothing_of_what_came_later():
    found = ask(TICKETS, period=Period(date(2026, 5, 1), date(2026, 5, 5)), min_group=1)
    assert (found.n, found.open) == (3, 1)  # T3 was still open on that day, whenever it was resolved
    assert found.groups.row(0, named=True)["resolution_done"] == 3


def test_contact_rate_counts_orders_once():
    orders = table(
        "orders", [{"order_id": f"O{k}", "ordered_at": "5-02", "customer_id": f"C{k}"} for k in range(8)]
    )
    lines = table("order_lines", [
        {"order_id": f"O{k}", "line_id": p, "product_id": p, "units": 1, "category": c}
        for k in range(8) for p, c in (("tea", "Food"), ("cup", "Home"))
    ])  # fmt: skip
    tickets = [
        ticket(k, "5-04", order_id=f"O{order}", product_id=product)
        for k, (order, product) in enumerate([(0, "tea"), (0, "tea"), (1, "cup"), (2, None), (3, "tea")])
    ]
    found = ask(tickets, orders, lines)
    row = found.contacts.filter(by="").row(0, named=True)
    assert (row["n"], row["part"], row["tickets"], row["per_order"]) == (8, 4, 5, 5 / 8)
    by = {
        row["of"]: (row["part"], row["n"])
        for row in found.contacts.filter(by="product_id").iter_rows(named=True)
    }
    assert by == {"tea": (3, 8), "cup": (2, 8)}  # the one about no product is about both


def test_groups_of_few_persons_are_left_out_with_what_would_reveal_them():
    tickets = [ticket(k, "5-04", agent="Ann" if k < 7 else "Bo" if k < 13 else "Cy") for k in range(15)]
    found = ask(tickets)
    assert found.groups.filter(by="agent")["of"].to_list() == ["Ann"]
    assert found.small.rows() == [("agent", 2, 8)]


def test_scores_and_stages_of_few_are_not_shown():
    """Ann's six customers gave 5, 5, 5, 5, 5 and 4, of Bo's six only four gave any."""
    tickets = [
        ticket(k, "5-04 09:00", "5-04 10:00", "5-04 11:00", agent="Ann" if k < 6 else "Bo", kind="return",
               score=4.0 if k == 5 else None if k > 9 else 5.0, reopened_at="5-05 09:00" if k < 3 else None)
        for k in range(12)
    ]  # fmt: skip
    found = ask(tickets)
    rows = {each["of"]: each for each in found.groups.filter(by="agent").iter_rows(named=True)}
    ann, bo = rows["Ann"], rows["Bo"]
    half = stats.t.ppf(0.975, 5) * np.std([5] * 5 + [4], ddof=1) / np.sqrt(6)
    assert (ann["score"], ann["score_low"]) == pytest.approx((29 / 6, 29 / 6 - half))
    assert ann["score_high"] == 5.0  # no mean lies beyond the scale
    assert (bo["scored"], bo["score"], bo["content"]) == (4, None, None)
    assert found.stages.filter(by="kind")["stage"].to_list() == ["response", "solving"]
    assert "again" in found.stages.filter(by="")["stage"].to_list()


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_waits_equal_statsmodels(share):
    rng = np.random.default_rng(11)
    for n in (70, 200):
        times = np.round(rng.exponential(5, n), 1) + 0.1
        seen = np.round(rng.exponential(30, n), 1) + 0.1
        ended, waits = np.append(times <= seen, [False] * 3), np.append(np.minimum(times, seen), [60.0] * 3)
        (ours,) = waited(waits, ended, (share,))
        with np.errstate(all="ignore"):
            peer = SurvfuncRight(waits, ended.astype(int))
            ends = peer.quantile_ci(share, method="cloglog")
        assert ours[0] == pytest.approx(peer.quantile(share))
        assert [np.inf if end is None else end for end in ours[1:]] == pytest.approx(ends)


def test_the_interval_of_a_median_holds_it():
    """300 samples of exponential waits, a third of them censored: about 95 % of intervals hold ln 2."""
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(300):
        times, seen = rng.exponential(1, 80), rng.exponential(2, 80)
        ((_, low, high),) = waited(np.minimum(times, seen), times <= seen, (0.5,))
        inside += low <= np.log(2) <= high
    assert 0.92 <= inside / 300 <= 0.98


def test_finds_the_days_on_which_answers_were_slow():
    rng = np.random.default_rng(2)
    rows = []
    for k in range(600):
        day = date(2026, 3, 15) + timedelta(days=k % 78)
        slow = date(2026, 5, 10) <= day <= date(2026, 5, 20)
        minutes = int(rng.exponential(30) * (4 if slow else 1)) + 1
        opened = f"{day.month}-{day.day} 12:00"
        rows.append(ticket(k, opened, f"{day.month}-{day.day} {12 + minutes // 60}:{minutes % 60:02d}"))
    (row,) = ask(rows).slow.iter_rows(named=True)
    assert (
        abs((row["start"] - date(2026, 5, 10)).days) <= 1 and abs((row["end"] - date(2026, 5, 20)).days) <= 1
    )
    assert row["median"] > 2 * row["usual_median"] and row["extra_low"] > 0
    fine = [each for each in rows if not "5-10 12:00" <= each["opened_at"] <= "5-20 12:00"]
    assert ask(fine).slow.is_empty()


def test_says_what_is_missing():
    nothing = ask(TICKETS, period=Period(date(2026, 1, 1), date(2026, 1, 31)))
    assert nothing.n == 0 and nothing.verdict is not None and not nothing.verdict.identified
    lacking = service(frames(), None, None, None, None, period=MAY, as_of=LAST)
    assert lacking.warnings == ("needs the table tickets: import it",)
    odd = ask([*TICKETS, ticket(8, "5-10 12:00", "5-09 12:00", "5-08 12:00")])
    assert any("end before they begin" in each for each in odd.warnings)
    with pytest.raises(BadQuestion):
        ask(TICKETS, opens="8 o'clock")
    answered = service_analysis.run(
        frames(), {"tickets": table("tickets", TICKETS)}.get, period=MAY, as_of=LAST,
        typed={"workdays": "mon,tue", "holidays": "2026-05-04", "respond_within": "2"},
    )  # fmt: skip
    assert "NaN" not in json.dumps(answered, allow_nan=True) and "Infinity" not in json.dumps(answered)


def test_filters_are_those_of_the_order_and_product():
    orders = table("orders", [
        {"order_id": f"O{k}", "ordered_at": "5-02", "customer_id": f"C{k}", "channel": "Direct" if k < 6 else "Social"}
        for k in range(9)
    ])  # fmt: skip
    tickets = [ticket(k, "5-04", order_id=f"O{k}") for k in range(9)]
    found = ask(tickets, orders, where={"channel": ["Direct"]})
    assert (found.n, found.contacts["n"][0]) == (6, 6)
    assert ask(tickets, orders, where={"category": ["Home"]}).n == 0


def test_an_empty_table_is_no_traceback():
    assert ask([]).n == 0 and isinstance(ask([]).groups, pl.DataFrame)
