"""Scores of questionnaires: by hand, by coverage of their intervals, weighted, compared, and where they refuse."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import sqrt
from statistics import NormalDist

import numpy as np
import polars as pl
import pytest

from metrics.interval import student, wilson
from metrics.metric import BadQuestion
from metrics.period import Period
from metrics.satisfaction import satisfaction
from metrics.survey_answers import answers
from metrics.survey_compare import against, corrected, score, turned
from metrics.survey_scores import Score, average, boxes, promoters
from tests.metrics.answers import JUNE, NOON, frames, surveys, table

Z = NormalDist().inv_cdf(0.975)


def ask(rows, orders=None, shipments=None, customers=None, period=JUNE, **settings):
    return satisfaction(
        frames,
        surveys(rows),
        orders,
        customers,
        shipments,
        None,
        None,
        period=period,
        as_of=period.end,
        **settings,
    )


def test_the_promoter_score_by_hand():
    found = promoters(np.array([1, 1, 1, 1, 0, 0, -1, -1]))
    p, d, n = 4.75 / 11, 2.75 / 11, 11
    half = 100 * Z * sqrt((p + d - (p - d) ** 2) / n)
    assert found.value == pytest.approx(25)
    assert (found.low, found.high) == pytest.approx((200 / 11 - half, 200 / 11 + half))


def test_weights_count_and_widen():
    worth, weights = np.array([1.0, -1.0, 0.0, 1.0]), np.array([2, 2 / 3, 2 / 3, 2 / 3])
    found = promoters(worth, weights)
    assert found.value == pytest.approx(100 * (2 + 2 / 3 - 2 / 3) / 4)
    assert found.design == pytest.approx(4 / 3)
    plain = promoters(np.array([1.0, -1.0, 1.0]))  # as wide as 3 answers of these shares would be
    assert found.n == 4 and found.high - found.low > 0.9 * (plain.high - plain.low)
    share = boxes(np.array([1.0, 0, 0, 0]), weights)
    assert share.value == pytest.approx(0.5) and (share.low, share.high) == pytest.approx(wilson(1.5, 3))
    mean = average(np.array([4.0, 1, 1, 1]), weights)
    assert mean.value == pytest.approx(2.5)
    half = student(2) * sqrt(2.25 * 3 / 2 / 3)  # the weighted spread is 2.25, of 3 answers
    assert (mean.low, mean.high) == pytest.approx((2.5 - half, 2.5 + half))


def test_all_of_one_mind_are_not_certain():
    found = promoters(np.ones(6))
    assert found.value == 100 and found.low < 90 and found.high == pytest.approx(100, abs=5)


@pytest.mark.parametrize(
    ("up", "down", "n"), [(0.5, 0.2, 30), (0.85, 0.05, 40), (0.35, 0.35, 15), (0.6, 0.1, 200)]
)
def test_the_interval_holds_the_truth(up, down, n):
    rng = np.random.default_rng(5)
    draws = rng.multinomial(n, [up, 1 - up - down, down], 1500)
    held = 0
    for a, b, c in draws:
        found = promoters(np.repeat([1.0, 0.0, -1.0], [a, b, c]))
        held += found.low <= 100 * (up - down) <= found.high
    assert 0.93 <= held / 1500 <= 0.98


def test_weighted_intervals_hold_the_truth():
    """A third of the customers answer thrice as often and are less content: weighting finds the base again."""
    rng = np.random.default_rng(8)
    truth, held, naive = 100 * (0.5 / 3 + 0.75 * 2 / 3 - (0.5 / 3 + 0.25 * 2 / 3)), 0, 0
    for _ in range(400):
        angry = rng.random(150) < 0.6
        worth = np.where(rng.random(150) < np.where(angry, 0.5, 0.75), 1.0, -1.0)
        share = angry.mean()
        found = promoters(worth, np.where(angry, 1 / 3 / share, 2 / 3 / (1 - share)))
        held += found.low <= truth <= found.high
        plain = promoters(worth)
        naive += plain.low <= truth <= plain.high
    assert held / 400 >= 0.93 > naive / 400


def test_modes_are_told_apart_and_the_headline_is_online():
    rows = [{"score": s} for s in (10, 9, 9, 6, 7, 8)] + [{"score": s, "method": "phone"} for s in (10,) * 6]
    rows += [{"score": None, "answered_at": None}] * 4
    found = ask(rows)
    assert found.mode == "online" and found.n == 12
    assert found.scores.select("measure", "mode", "n", "value").rows() == [
        ("nps", "online", 6, pytest.approx(100 / 3))
    ]
    by = {row["mode"]: row for row in found.modes.to_dicts()}
    assert by["phone"]["value"] == 100 and by["phone"]["change"] == pytest.approx(200 / 3)
    assert by["online"]["change"] is None
    response = {row["mode"]: row for row in found.response.to_dicts()}
    assert (response["online"]["asked"], response["online"]["answered"]) == (10, 6)
    assert response["online"]["value"] == pytest.approx(0.6) and response["online"]["low"] == pytest.approx(
        wilson(6, 10)[0]
    )
    assert response["phone"]["value"] is None  # nobody is recorded who did not answer
    pooled = ask(rows, mode="pooled")
    assert pooled.scores["n"].to_list() == [12]
    assert pooled.warnings[0] == "ways of asking are pooled: people are kinder to a voice or a face"


def test_scales_and_directions():
    rows = [{"measure": "csat", "score": s, "scale_min": 1, "scale_max": 7} for s in (7, 6, 5, 1, 2, 3)]
    rows += [{"measure": "csat", "score": 4.0}]  # on another scale than most
    rows += [{"measure": "ces", "score": s} for s in (1, 2, 5, 4, 3)]
    rows += [{"measure": "nps", "score": s, "scale_max": 5} for s in (5, 4)]
    found = ask(rows)
    told = {row["measure"]: row for row in found.scores.to_dicts()}
    assert told["csat"]["n"] == 6 and told["csat"]["value"] == pytest.approx(2 / 6)
    assert told["ces"]["value"] == pytest.approx(3)
    assert "nps" not in told
    assert set(found.warnings) >= {
        "1 answers to CSAT are not on its usual scale and are left out",
        "2 answers to NPS are not on its usual scale and are left out",
        "no direction is declared for CES: see the setting effort",
    }


def test_little_is_good_where_the_table_says_so():
    rows = [{"measure": "csat", "score": s, "better": "lower"} for s in (1, 1, 2, 5, 4)]
    assert ask(rows).scores["value"].to_list() == pytest.approx([3 / 5])


def test_the_direction_of_effort_is_a_setting():
    rows = [{"measure": "ces", "score": s} for s in (1, 2, 5, 4, 3)]
    down, up = (
        answers(surveys(rows), JUNE, "UTC", effort).rows["good"].to_list() for effort in ("lower", "higher")
    )
    assert down == [1, 0.75, 0, 0.25, 0.5] and up == [1 - each for each in down]
    said = [row | {"better": "higher"} for row in rows]
    assert answers(surveys(said), JUNE, "UTC", "lower").rows["good"].to_list() == up  # the table knows better


def test_a_reversed_scale_is_noticed():
    rng = np.random.default_rng(1)
    happy = rng.normal(size=80)
    rows = []
    for i, each in enumerate(happy):
        mine = {"order_id": f"O{i}", "customer_id": f"C{i}"}
        rows += [mine | {"measure": "nps", "score": float(np.clip(round(7 + 2 * each), 0, 10))},
                 mine | {"measure": "csat", "score": float(np.clip(round(3 + each), 1, 5))},
                 mine | {"measure": "driver", "question": "quality", "score": float(np.clip(round(3 - each), 1, 5))}]  # fmt: skip
    read = answers(surveys(rows), JUNE, "UTC").rows
    assert turned(read) == ["the scale of quality seems reversed: it goes against the other answers"]
    right = [row | {"better": "lower"} if row["measure"] == "driver" else row for row in rows]
    assert turned(answers(surveys(right), JUNE, "UTC").rows) == []
    two = read.filter(pl.col("measure") != "nps")
    assert turned(two) == [
        "answers to csat and quality contradict each other: one of their scales seems reversed"
    ]
    assert turned(read.head(60)) == []  # too few


def test_the_change_of_a_score_by_hand():
    now, before = Score(50.0, 40.0, 60.0, 100), Score(30.0, 20.0, 40.0, 100)
    found = against(now, before)
    error = sqrt(2) * 10 / Z
    assert found["change"] == 20 and found["change_high"] - found["change_low"] == pytest.approx(
        2 * Z * error
    )
    assert found["p"] == pytest.approx(2 * (1 - NormalDist().cdf(20 / error)))
    rows = [{"p": 0.01, "q": None}, {"p": 0.04, "q": None}, {"p": None, "q": None}]
    corrected(rows)
    assert [row["q"] for row in rows] == [pytest.approx(0.02), pytest.approx(0.04), None]


def test_the_trend_is_tested_against_the_point_before():
    rows = []
    for month, good in ((3, 0.8), (4, 0.8), (5, 0.2)):
        rows += [{"measure": "csat", "score": 5.0 if i < 50 * good else 2.0, "answered_at": datetime(2026, month, 9, tzinfo=UTC),
                  "asked_at": datetime(2026, month, 9, tzinfo=UTC)} for i in range(50)]  # fmt: skip
    rows += [{"measure": "csat", "score": 5.0}] * 3  # June: fewer than 5
    points = ask(rows, period=Period(date(2026, 5, 1), date(2026, 6, 30))).trend
    assert points["value"].to_list() == pytest.approx([0.8, 0.8, 0.2, None])
    assert points["q"].to_list() == [None, 1.0, pytest.approx(0, abs=1e-6), None]
    assert points["start"].to_list()[0] == date(2026, 3, 9)


def test_a_trend_of_chance_alone_is_seldom_called():
    rng = np.random.default_rng(4)
    called = 0
    for _ in range(60):
        points = [score("nps", pl.DataFrame({"worth": rng.choice([-1.0, 0.0, 1.0], 60)})) for _ in range(6)]
        rows = [against(now, before) for before, now in pairwise(points)]
        corrected(rows)
        called += any(row["q"] <= 0.05 for row in rows)
    assert called <= 7


def shop(n=120, late=0.2):
    """Orders of customers of their own that arrived on 9 June; a share came late."""
    placed = NOON - timedelta(days=5)
    orders = [{"order_id": f"O{i}", "customer_id": f"C{i}", "ordered_at": placed, "channel": "Web", "region": "North"}
              for i in range(n)]  # fmt: skip
    parcels = [{"shipment_id": f"S{i}", "order_id": f"O{i}", "promised_at": NOON - timedelta(days=1),
                "delivered_at": NOON - timedelta(hours=12 if i < late * n else 30)} for i in range(n)]  # fmt: skip
    return table("orders", orders), table("shipments", parcels)


def test_answers_are_weighted_to_the_base():
    """Half of 60 who answer had a late parcel, a fifth of the base did; the late are detractors."""
    orders, shipments = shop(150)
    late = [{"order_id": f"O{i}", "customer_id": f"C{i}", "score": 3.0} for i in range(30)]
    rest = [{"order_id": f"O{i}", "customer_id": f"C{i}", "score": 10.0} for i in range(100, 130)]
    found = ask(late + rest, orders, shipments)
    row = found.scores.row(0, named=True)
    assert row["value"] == 0 and row["weighted"] == pytest.approx(60)
    assert row["design"] == pytest.approx(60 * (30 * 0.4**2 + 30 * 1.6**2) / 60**2)
    margins = {each["of"]: each for each in found.weighting.to_dicts()}
    assert margins["late"] == {"margin": "parcel", "of": "late", "base": pytest.approx(0.2), "answers": 0.5,
                               "weighted": pytest.approx(0.2)}  # fmt: skip
    groups = {each["of"]: each for each in found.segments.to_dicts()}
    assert (
        groups["late"]["value"] == -100 and groups["late"]["change"] == -200 and groups["late"]["q"] < 0.001
    )


def test_answers_without_an_order_are_of_their_customers_last_one():
    orders, shipments = shop(150)
    rows = [
        {"order_id": None, "customer_id": f"C{i}", "score": 3.0 if i < 30 else 10.0}
        for i in (*range(30), *range(100, 130))
    ]
    row = ask(rows, orders, shipments).scores.row(0, named=True)
    assert row["value"] == 0 and row["weighted"] == pytest.approx(60)
    lost = ask([*rows, {"order_id": None, "customer_id": "nobody", "score": 10.0}], orders, shipments)
    assert lost.warnings == ("1 answers to NPS belong to no known order and are not weighted",)


def test_effort_is_weighted_to_those_who_asked_for_service():
    """Of 150 orders 80 had a request; 30 of these came late and took more effort, and half of the answers are theirs."""
    orders, shipments = shop(150)
    tickets = table(
        "tickets", [{"ticket_id": f"T{i}", "order_id": f"O{i}", "opened_at": NOON} for i in range(80)]
    )
    rows = [{"measure": "ces", "order_id": f"O{i}", "customer_id": f"C{i}", "ticket_id": f"T{i}", "score": 4.0 if i < 30 else 2.0}
            for i in range(60)]  # fmt: skip
    found = satisfaction(
        frames, surveys(rows), orders, None, shipments, None, tickets, period=JUNE, as_of=JUNE.end
    )
    row = found.scores.row(0, named=True)
    assert row["value"] == pytest.approx(3)
    assert row["weighted"] == pytest.approx(4 * 30 / 80 + 2 * 50 / 80)


def test_the_margins_are_a_setting():
    orders, shipments = shop(150)
    people = table(
        "customers", [{"customer_id": f"C{i}", "tier": "Gold" if i % 2 else "Silver"} for i in range(150)]
    )
    rows = [{"order_id": f"O{i}", "customer_id": f"C{i}", "score": 3.0 if i % 2 else 10.0} for i in range(90)]
    both, one = (ask(rows, orders, shipments, people, margins=by) for by in ((), ("segment",)))
    assert set(both.weighting["margin"]) == {"parcel", "segment"} and set(one.weighting["margin"]) == {
        "segment"
    }
    with pytest.raises(BadQuestion, match=r"no margin weather\. Known: parcel, returned"):
        ask(rows, orders, shipments, people, margins=("weather",))


def test_few_answers_or_unknown_orders_are_not_weighted():
    orders, shipments = shop()
    few = ask([{"score": 10.0}] * 20, orders, shipments)
    assert few.scores["weighted"][0] is None and few.warnings == (
        "NPS is not weighted: fewer than 50 answers belong to known orders",
    )
    bare = ask([{"score": 10.0}] * 60)
    assert bare.warnings == ("the customer base is not known: import orders with customers",)
    same = ask([{"score": 10.0}] * 60, orders)
    assert same.warnings == ("NPS is not weighted: nothing is known by which those who answered differ",)


def test_says_why_there_is_no_answer():
    none = satisfaction(frames, None, None, None, None, None, None, period=JUNE, as_of=JUNE.end)
    assert none.n == 0 and none.warnings == ("needs the table surveys: import it",)
    later = ask([{"score": 10.0}], period=Period(date(2027, 1, 1), date(2027, 1, 31)))
    assert later.n == 0 and later.warnings == ("nobody answered on these days",)
    alone = ask([{"score": 10.0}] * 4)
    assert alone.scores["value"].to_list() == [None] and alone.scores["n"].to_list() == [4]
