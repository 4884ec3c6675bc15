"""Improvements: records, and the effect of one beside interrupted() and did(), in weeks around its day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from loaders.tables import dtypes
from metrics.did import did
from metrics.improvement import measured
from metrics.improvement_record import changed, marked_done, measurable, read
from metrics.improvement_weeks import days_of, week_of
from metrics.interrupted import interrupted
from metrics.metric import BadQuestion
from metrics.period import DAY

DONE = date(2026, 3, 2)
FIRST, LAST = DONE - 7 * 30 * DAY, DONE + 7 * 10 * DAY
DAYS = [FIRST + i * DAY for i in range((LAST - FIRST).days + 1)]
GOOD = {"finding": "Late parcels in April", "metric": "on_time_rate", "action": "Second carrier"}


def parcels(rate, n=40, region="North") -> pl.DataFrame:
    """rate: day → share on time."""
    rows = [(day, region, n, round(n * rate(day)), n * 3.0) for day in DAYS]
    return pl.DataFrame(
        rows, ("day", "region", "deliveries", "on_time", "revenue"), orient="row"
    ).with_columns(tickets="deliveries", orders="deliveries", refunds=pl.lit(1.0), gmv="revenue")


def shop(*frames_: pl.DataFrame):
    every = pl.concat(frames_)

    def frames(name, where=None, by=(), basis="order"):
        if name == "log":
            return pl.LazyFrame(schema={"happened_at": pl.Datetime("us", "UTC")})
        rows = every
        for column, values in (where or {}).items():
            rows = rows.filter(pl.col(column).is_in(list(values)))
        return rows.lazy()

    return frames


def ask(frames, surveys=None, as_of=LAST, done=DONE, metric="on_time_rate", **more):
    return measured(frames, surveys, as_of=as_of, done=done, metric=metric, **more)


def noise(seed=1, spread=0.03):
    random_ = np.random.default_rng(seed)
    found = {day: random_.normal(0, spread) for day in DAYS}
    return found.__getitem__


def weekly(frame: pl.DataFrame, done=DONE) -> pl.DataFrame:
    """By hand: sums of the seven days before and after, the day itself left out."""
    rows = []
    for k in range(-30, 10):
        start = done + timedelta(days=7 * k + (1 if k >= 0 else 0))
        part = frame.filter(pl.col("day").is_between(start, start + timedelta(days=6)))
        if part["day"].n_unique() == 7:
            rows.append((float(k), part["on_time"].sum() / part["deliveries"].sum()))
    return pl.DataFrame(rows, {"time": pl.Float64, "y": pl.Float64}, orient="row")


def test_a_week_never_holds_the_day_on_which_it_was_done():
    assert [days_of(k, DONE).start - DONE for k in (-2, -1, 0, 1)] == [-14 * DAY, -7 * DAY, DAY, 8 * DAY]
    found = pl.DataFrame({"day": DAYS}).with_columns(week=week_of(pl.col("day"), DONE))
    for day, week in found.iter_rows():
        assert (week is None) == (day == DONE)
        assert week is None or day in days_of(week, DONE)


def test_it_is_the_interrupted_series_of_its_weeks():
    shaken = noise()
    frame = parcels(lambda day: 0.8 + 0.1 * (day > DONE) + shaken(day))
    found, peer = ask(shop(frame)), interrupted(weekly(frame), start=0.0, season=1, side="more")
    assert (found.effect, found.low, found.high) == pytest.approx((peer.effect, peer.low, peer.high))
    assert (found.weeks_before, found.weeks_after, found.n) == (30, 10, 40)
    assert found.verdict.call == "supported" and found.low > 0 and found.low < 0.1 < found.high
    assert found.after - found.expected == pytest.approx(found.effect)
    assert found.path["start"][0] == FIRST and found.path.filter("after")["start"][0] == DONE + DAY
    inside = found.path.filter(~pl.col("after"))
    assert (inside["low"] < inside["expected"]).all() and (inside["expected"] < inside["high"]).all()


def test_less_is_better_where_the_metric_says_so():
    shaken = noise(4, 0.5)
    frame = parcels(lambda _: 0.9).with_columns(
        tickets=pl.Series([20 - 8 * (day > DONE) + shaken(day) for day in DAYS]), orders=pl.lit(100.0)
    )
    found = ask(shop(frame), metric="tickets_per_order")
    assert found.verdict.call == "supported" and found.high < 0
    back = frame.with_columns(tickets=pl.Series([20 + 8 * (day > DONE) + shaken(day) for day in DAYS]))
    assert ask(shop(back), metric="tickets_per_order").verdict.call == "not supported"


def test_what_was_expected_can_be_ruled_out():
    shaken = noise(7)
    frame = parcels(lambda day: 0.8 + shaken(day), n=400)
    assert ask(shop(frame)).verdict.call == "inconclusive"
    assert ask(shop(frame), expected=0.15).verdict.call == "not supported"
    assert ask(shop(frame), expected=0.001).verdict.call == "inconclusive"


def test_too_early_is_null_with_the_day_when_it_can_be_read():
    frame = shop(parcels(lambda _: 0.8))
    early = ask(frame, as_of=DONE + 27 * DAY)
    assert early.effect is None and early.readable_on == DONE + 28 * DAY
    assert early.verdict.reasons == (f"it can be read from {DONE + 28 * DAY} on",)
    assert ask(frame, as_of=early.readable_on).effect is not None
    # Returns count on the day of the order and come in later: a month more.
    assert ask(frame, metric="net_revenue", as_of=DONE + 57 * DAY).effect is None
    future = ask(frame, done=LAST + 9 * DAY)
    assert future.effect is None and future.readable_on == LAST + 37 * DAY


def test_a_bad_spell_before_is_no_success():
    shaken = noise(3)
    frame = shop(parcels(lambda day: 0.9 - 0.3 * (-28 <= (day - DONE).days < 0) + shaken(day)))
    found = ask(frame)
    assert found.effect is not None and found.verdict.call == "inconclusive" and not found.verdict.identified
    assert "come by itself" in found.verdict.reasons[0] and "since when" in found.verdict.needed[0]
    since = ask(frame, since=DONE - 28 * DAY)
    assert (
        since.weeks_before == 4
        and since.verdict.call == "supported"
        and since.effect == pytest.approx(0.3, abs=0.03)
    )


def test_against_others_a_shock_to_all_is_no_effect():
    shock = [noise(k) for k in range(12)]

    def rate(k, effect):
        return lambda day: 0.6 + 0.2 * (day > DONE) + effect * (day > DONE) + shock[k](day)

    frames = [parcels(rate(k, 0.1 if k < 2 else 0.0), region=f"R{k}") for k in range(12)]
    where = {"region": ["R0", "R1"]}
    own, others = ask(shop(*frames), where=where), ask(shop(*frames), where=where, compare="others")
    assert own.effect == pytest.approx(0.3, abs=0.05)  # the shock counts as its own
    assert others.effect == pytest.approx(0.1, abs=0.02) and others.verdict.call == "supported"
    rows = [
        (f"R{k}", week, y, k < 2 and week >= 0)
        for k, frame in enumerate(frames)
        for week, y in weekly(frame).iter_rows()
    ]
    peer = did(pl.DataFrame(rows, ("unit", "time", "y", "treated"), orient="row"), side="more")
    assert (others.effect, others.low, others.high) == pytest.approx((peer.effect, peer.low, peer.high))
    few = ask(
        shop(*frames[1:5]), where={"region": ["R1"]}, compare="others"
    )  # too few units: its own trend, less theirs
    assert few.effect == pytest.approx(0.1, abs=0.03) and few.verdict.call == "supported"


def test_a_sum_is_compared_with_others_on_its_own_scale():
    small = parcels(lambda _: 0.9, n=10, region="A")
    large = [parcels(lambda _: 0.9, n=1000, region=f"B{k}") for k in range(3)]
    double = [each.with_columns(gmv=pl.col("gmv") * (1 + (pl.col("day") > DONE))) for each in [small, *large]]
    found = ask(shop(*double), metric="gmv", where={"region": ["A"]}, compare="others")
    assert found.effect == pytest.approx(0, abs=1e-6)


def test_a_question_is_read_by_one_way_of_asking():
    rows = []
    for i, day in enumerate(DAYS):
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        for k in range(3):
            good = 4 if day > DONE and k else 3 + (i + k) % 2
            rows.append({
                "answer_id": f"{i}-{k}", "measure": "driver", "question": "delivery", "asked_at": at, "answered_at": at,
                "method": "phone" if k == 2 and day > DONE else "online", "score": 5.0 if k == 2 else float(good),
                "scale_min": 1.0, "scale_max": 5.0, "better": "higher",
            })  # fmt: skip
    surveys = pl.DataFrame(rows, schema=dtypes("surveys"), orient="row").lazy()
    found = ask(shop(parcels(lambda _: 0.9)), surveys, metric="question:delivery")
    assert found.effect is not None and "by the way online" in found.warnings[0]
    assert found.before == pytest.approx(100 * ((2.5 + 2.5) / 4 + 1) / 3, abs=3)
    with pytest.raises(BadQuestion, match="measured by survey, method, language, not by region"):
        ask(shop(parcels(lambda _: 0.9)), surveys, metric="question:delivery", where={"region": ["North"]})
    assert (
        "needs the table surveys" in ask(shop(parcels(lambda _: 0.9)), metric="question:delivery").warnings[0]
    )


def test_what_cannot_be_read_says_why():
    frame = shop(parcels(lambda _: 0.8))
    assert "too few weeks before" in ask(frame, done=FIRST + 40 * DAY).verdict.reasons[0]
    gap = parcels(lambda _: 0.8).filter(~pl.col("day").is_between(DONE + 8 * DAY, DONE + 14 * DAY))
    assert "nothing is recorded" in ask(shop(gap)).verdict.reasons[0]
    later = parcels(lambda _: 0.8).filter(~pl.col("day").is_between(DONE + 43 * DAY, DONE + 49 * DAY))
    assert ask(shop(later)).weeks_after == 6  # to the first gap
    with pytest.raises(BadQuestion, match="Say on which day"):
        ask(frame, done=None)
    with pytest.raises(BadQuestion, match="daily metric; buyers is of"):
        ask(frame, metric="buyers")
    with pytest.raises(BadQuestion, match="say in one column where"):
        ask(frame, compare="others")


def test_the_interval_holds_the_truth_and_a_planted_change_is_found():
    held = found_ = alarms = 0
    rounds = 80
    for seed in range(rounds):
        shaken = noise(seed, 0.06)
        one = ask(shop(parcels(lambda day, s=shaken: 0.7 + 0.08 * (day > DONE) + s(day), n=1000)))
        none = ask(shop(parcels(lambda day, s=shaken: 0.7 + s(day), n=1000)))
        held += one.low <= 0.08 <= one.high
        found_ += one.verdict.call == "supported"
        alarms += none.verdict.call in ("supported", "not supported")
    assert held / rounds >= 0.88 and found_ / rounds >= 0.8 and alarms / rounds <= 0.12


def test_a_record_goes_out_and_comes_back():
    full = GOOD | {"owner": "Logistics", "due": "2026-05-01", "since": "2026-02-01", "done": "2026-04-20",
                   "expected": "0.05", "where": {"region": ["Malaysia"]}, "compare": "others"}  # fmt: skip
    made = read("k", full)
    assert (made.status, made.expected, made.due) == ("done", 0.05, date(2026, 5, 1))
    assert read("k", made.record()) == made
    assert "owner" not in read("k", GOOD).record() and read("k", GOOD).status == "open"
    again = changed(made, {"status": "open", "done": None})
    assert again.status == "open" and again.done is None and again.owner == "Logistics"
    assert marked_done(again, date(2026, 4, 1)).status == "done"


def test_overdue_is_only_what_is_not_finished():
    due = read("k", GOOD | {"due": "2026-05-01"})
    assert due.is_overdue(date(2026, 5, 2)) and not due.is_overdue(date(2026, 5, 1))
    assert not marked_done(due, date(2026, 6, 1)).is_overdue(date(2026, 7, 1))


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (GOOD | {"finding": " "}, "needs its finding"),
        (GOOD | {"action": ""}, "needs its action"),
        (GOOD | {"metric": "on_time"}, "Did you mean on_time_rate"),
        (GOOD | {"metric": "buyers"}, "measured by a daily metric"),
        (GOOD | {"due": "1 May"}, "due is a day such as"),
        (GOOD | {"expected": "much"}, "expected is a number"),
        (GOOD | {"expected": "inf"}, "expected is a number"),
        (GOOD | {"status": "finished"}, "status is open or in progress or done or dropped"),
        (GOOD | {"status": "done"}, "needs the day on which it was done"),
        (GOOD | {"status": "open", "done": "2026-05-01"}, "has the status done or dropped"),
        (GOOD | {"since": "2026-05-02", "done": "2026-05-01"}, "cannot be done before"),
        (GOOD | {"compare": "others"}, "say in one column where"),
        (GOOD | {"where": {"planet": ["Mars"]}}, "on_time_rate is measured by channel, region.*not by planet"),
        (
            GOOD | {"metric": "question:delivery", "where": {"region": ["Kent"]}},
            "measured by survey, method, language, not by region",
        ),
        (GOOD | {"onwer": "Li"}, "has no onwer.*Did you mean owner"),
        (GOOD | {"finding": "x" * 501}, "at most 500 letters"),
    ],
)  # fmt: skip
def test_a_wrong_record_says_what_would_be_right(facts, message):
    with pytest.raises(BadQuestion, match=message):
        read("k", facts)


def test_what_can_be_measured_is_daily():
    assert {"nps", "csat", "on_time_rate", "return_rate", "tickets_per_order"} <= set(measurable())
    assert "buyers" not in measurable()


def test_few_persons_and_what_is_not_recorded_there_give_no_weeks():
    n = 2
    answers = parcels(lambda _: 0.8).with_columns(
        nps_answers=pl.when(pl.col("region") == "North").then(n),
        nps_promoters=pl.lit(1),
        nps_detractors=pl.lit(0),
    )
    whole = shop(answers, answers.with_columns(region=pl.lit("South"), nps_answers=pl.lit(None, pl.Int32)))
    assert ask(whole, metric="nps").effect == pytest.approx(0, abs=1e-9)
    north = ask(whole, metric="nps", where={"region": ["North"]})
    assert north.effect is not None  # fourteen answers a week
    assert ask(whole, metric="nps", where={"region": ["South"]}).effect is None
    few = shop(answers.with_columns(nps_answers=pl.when(pl.col("day").dt.weekday() < 5).then(1)))
    assert ask(few, metric="nps").effect is not None
    assert "nothing is recorded" in ask(few, metric="nps", where={"region": ["North"]}).verdict.reasons[0]
