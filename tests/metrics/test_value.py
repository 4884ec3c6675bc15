"""Values over a period, whole and by group, against the oracles; and why there is no value."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import polars as pl
import pytest

from metrics import REGISTRY
from metrics.interval import wilson
from metrics.metric import BadQuestion
from metrics.period import Period, week
from metrics.value import values
from tests.metrics import oracles
from tests.metrics.conftest import Constructor
from tests.metrics.shop import frames_of

NAMES = list(REGISTRY)
PERIOD = Period(date(2026, 1, 6), date(2026, 1, 30))
# by which dimension each group of measures is not recorded
UNRECORDED = {
    "category": {"ad_spend", "sessions", "on_time", "tickets", "csat_answers", "nps_answers"},
    "region": {"ad_spend", "tickets", "csat_answers", "nps_answers", "reviews", "market_gmv", "stock_days"},
}


def rows_of(tables: dict[str, pl.DataFrame], metric: str, period: Period = PERIOD) -> list[dict]:
    frame = tables[REGISTRY[metric].table]
    return frame.filter(pl.col("day").is_between(period.start, period.end)).to_dicts()


def test_some_metrics_of_each_frame_on_every_engine(constructor: Constructor):
    names = ["net_revenue", "ad_spend", "visitors", "nps", "repeat_rate", "roas", "tickets_per_order"]
    compare_with_oracles(names, constructor, seed=11)


@pytest.mark.parametrize("seed", range(3))
def test_whole_and_grouped_values_are_those_of_the_oracles(seed: int):
    assert compare_with_oracles(NAMES, pl.DataFrame.lazy, seed) > 30


def compare_with_oracles(names: list[str], constructor: Constructor, seed: int) -> int:
    tables = oracles.tables(seed)
    found = values(names, frames_of(tables, constructor), PERIOD, by=["channel"], min_group=0)
    assert [value.metric for value in found] == names
    grouped = 0
    for value in found:
        oracle, rows = oracles.ORACLES[value.metric], rows_of(tables, value.metric)
        assert (value.start, value.end, value.unit) == (*_days(PERIOD), REGISTRY[value.metric].unit)
        if value.reason:
            assert value.value is None and value.groups == [] and "is not recorded by channel" in value.reason
            continue
        assert value.value == pytest.approx(oracle(rows)), value.metric
        for group in value.groups:
            part = [row for row in rows if row["channel"] == group["channel"]]
            assert group["value"] == pytest.approx(oracle(part)), (value.metric, group)
            grouped += 1
    return grouped


def _days(period: Period) -> tuple[date, date]:
    return period.start, period.end


@pytest.mark.parametrize("seed", range(5))
def test_filters_and_several_columns_and_time(seed: int):
    tables = oracles.tables(seed)
    where = {"channel": ["web", None], "region": ["north"]}
    names = ["net_revenue", "average_order_value", "buyers", "active_merchants", "visitors"]
    found = values(
        names, frames_of(tables), PERIOD, by=["device", "week"], where=where, week_start="sunday", min_group=0
    )
    for value in found:
        oracle = oracles.ORACLES[value.metric]
        rows = [
            row
            for row in rows_of(tables, value.metric)
            if row["channel"] in ("web", None) and row["region"] == "north"
        ]
        assert value.value == pytest.approx(oracle(rows))
        assert value.groups
        for group in value.groups:
            part = [
                row
                for row in rows
                if row["device"] == group["device"] and week(row["day"], "sunday").start == group["week"]
            ]
            assert group["value"] == pytest.approx(oracle(part)), (value.metric, group)
        weeks = [group["week"] for group in value.groups]
        assert weeks == sorted(weeks)


def test_n_is_what_the_value_rests_on():
    tables = oracles.tables(1)
    found = {value.metric: value for value in values(NAMES, frames_of(tables), PERIOD)}
    daily, sales = rows_of(tables, "gmv"), rows_of(tables, "buyers")
    assert found["gmv"].n == found["margin_rate"].n == found["roas"].n == oracles.total(daily, "orders")
    assert found["return_rate"].n == oracles.total(daily, "units")
    assert found["conversion_rate"].n == oracles.total(daily, "sessions")
    assert found["nps"].n == oracles.total(daily, "nps_answers")
    assert found["cac"].n == oracles.total(daily, "new_buyers")
    assert found["market_share"].n == sum(row["market_gmv"] is not None for row in daily)
    assert found["repeat_rate"].n == found["buyers"].n == found["buyers"].value
    assert found["buyers"].n == oracles.different(sales, "customer")


def test_shares_of_counts_carry_an_interval_and_no_other_metric_does():
    tables = oracles.tables(1)
    found = values(NAMES, frames_of(tables), PERIOD)
    with_interval = {value.metric for value in found if value.low is not None}
    shares = "return_rate repeat_rate conversion_rate cart_abandonment_rate bounce_rate on_time_rate csat"
    # In these made-up counts a part can exceed its whole; where it does not, the interval is there.
    sound = {v.metric for v in found if v.metric in [*shares.split(), "stock_out_rate"] and 0 <= v.value <= 1}
    assert with_interval == sound and len(sound) >= 3
    for value in found:
        if value.low is not None:
            assert (value.low, value.high) == wilson(value.value * value.n, value.n)


@pytest.mark.parametrize("dimension", UNRECORDED)
def test_a_dimension_that_a_measure_is_not_recorded_by_gives_the_reason(dimension: str):
    tables = oracles.tables(2)
    some = oracles.VALUES[dimension][0]
    asks = ({"by": [dimension]}, {"where": {dimension: [some]}})
    for ask in asks:
        for value in values(NAMES, frames_of(tables), PERIOD, **ask):
            missing = set(REGISTRY[value.metric].columns) & UNRECORDED[dimension]
            if missing:
                assert value.value is None and value.n == 0 and value.groups == []
                assert str(value.reason).endswith(f"is not recorded by {dimension}")
            elif value.metric == "visitors" and dimension == "category":
                assert value.reason == "customer is not recorded by category"
    by_category = values(["roas"], frames_of(tables), PERIOD, by=["category"])[0]
    assert by_category.reason == "ad spend is not recorded by category"
    assert by_category.reason.facts == {"measure": "ad spend", "dimension": "category"}


def test_a_table_that_was_not_imported_is_named():
    tables = oracles.tables(2)
    tables["daily"] = tables["daily"].with_columns(
        pl.lit(None, pl.Int64).alias(name)
        for name in ("deliveries", "on_time", "refunds", "units_returned", "cost")
    )
    names = ["on_time_rate", "return_rate", "gross_margin", "net_revenue", "orders"]
    late, back, margin, net, orders = values(names, frames_of(tables), PERIOD)
    assert late.reason == "needs the table shipments: import it" and late.value is None
    assert back.reason == "needs the table returns: import it"
    assert margin.reason == "needs the column unit_cost in the table order_lines: import it"
    rows = rows_of(tables, "net_revenue")
    assert net.value == pytest.approx(oracles.total(rows, "revenue")) and net.reason is None
    assert net.note == "needs the table returns: import it"
    assert orders.value is not None and orders.reason is None and orders.note is None


def test_days_without_data_give_no_zero():
    tables = oracles.tables(2)
    first, last = tables["daily"]["day"].min(), tables["daily"]["day"].max()
    later = Period(last + timedelta(20), last + timedelta(30))
    for value in values(["orders", "net_revenue", "return_rate", "buyers"], frames_of(tables), later):
        assert value.value is None and value.n == 0 and "is recorded from 2026-01-0" in value.reason
    assert first < last


def test_nothing_happened_is_zero_and_a_ratio_of_nothing_is_null():
    tables = oracles.tables(2)
    quiet = Period(date(2026, 1, 12), date(2026, 1, 12))
    tables = {name: frame.filter(pl.col("day") != quiet.start) for name, frame in tables.items()}
    orders, buyers, value = values(["orders", "buyers", "average_order_value"], frames_of(tables), quiet)
    assert (orders.value, orders.n, orders.reason) == (0, 0, None)
    assert (buyers.value, buyers.reason) == (0, None)
    assert (value.value, value.reason) == (None, "nothing to divide by on these days")


def test_small_groups_of_people_are_hidden_with_what_would_reveal_them():
    day = PERIOD.start
    regions = ["north"] * 2 + ["south"] * 6 + ["east"] * 9
    people = pl.DataFrame({"day": [day] * 17, "region": regions, "customer": range(17), "nth": [1] * 17})
    ask = frames_of({"sales": people})
    buyers, repeat = values(["buyers", "repeat_rate"], ask, PERIOD, by=["region"])
    assert buyers.value == 17
    shown = {group["region"]: group["value"] for group in buyers.groups}
    assert shown == {"east": 9, "south": None, "north": None}
    hidden = next(group for group in repeat.groups if group["region"] == "north")
    reason = "hidden: it would point at fewer than 5 people"
    assert hidden == {"region": "north", "value": None, "n": 0, "reason": reason}
    alone = values(["buyers"], ask, PERIOD, where={"region": ["north"]})[0]
    assert (alone.value, alone.n, alone.reason) == (None, 0, reason)
    assert values(["buyers"], ask, PERIOD, where={"region": ["south"]})[0].value == 6
    nobody = values(["buyers"], ask, PERIOD, where={"region": ["west"]})[0]
    assert (nobody.value, nobody.reason) == (0, None)
    by_day = values(["buyers"], frames_of({"sales": people.head(2)}), PERIOD, by=["day"])[0]
    assert by_day.groups == [{"day": day, "value": 2, "n": 2}]
    everyone = values(["buyers"], ask, PERIOD, by=["region"], min_group=1)[0]
    assert [group["value"] for group in everyone.groups] == [9, 6, 2]


def test_groups_of_other_metrics_are_not_hidden_however_small():
    tables = oracles.tables(2)
    found = values(["orders"], frames_of(tables), PERIOD, by=["channel", "region", "day"])[0]
    assert any(group["n"] < 5 for group in found.groups)
    assert None not in [group["value"] for group in found.groups]


def test_a_question_that_cannot_be_asked_says_what_is_near():
    frames = frames_of(oracles.tables(2))
    with pytest.raises(BadQuestion, match=r"There is no metric 'net_revenu'\. Did you mean net_revenue\?"):
        values(["net_revenu"], frames, PERIOD)
    with pytest.raises(BadQuestion, match=r"no column chanel to group by.* Did you mean channel\?"):
        values(["orders"], frames, PERIOD, by=["chanel"])
    assert values([], frames, PERIOD) == []


def test_order_of_names_and_rows_does_not_matter():
    tables = oracles.tables(4)
    shuffled = {name: frame.sample(fraction=1, shuffle=True, seed=1) for name, frame in tables.items()}
    names = Random(1).sample(NAMES, len(NAMES))
    straight = {value.metric: value.value for value in values(NAMES, frames_of(tables), PERIOD)}
    other = {value.metric: value.value for value in values(names, frames_of(shuffled), PERIOD)}
    assert list(other) == names and other == pytest.approx(straight)
