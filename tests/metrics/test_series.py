from datetime import date, timedelta
from random import Random

import polars as pl
import pytest

from metrics.period import Period, buckets
from metrics.series import series
from tests.metrics import oracles
from tests.metrics.conftest import Constructor
from tests.metrics.shop import frames_of

PERIOD = Period(date(2026, 1, 6), date(2026, 2, 20))
NAMES = ["net_revenue", "average_order_value", "buyers", "visitors"]


@pytest.mark.parametrize("every", ["day", "week", "month"])
def test_each_bucket_is_that_of_the_oracle(constructor: Constructor, every: str):
    tables = oracles.tables(3)
    found = series(NAMES, frames_of(tables, constructor), PERIOD, every=every, week_start="sunday")
    parts = buckets(PERIOD, every, "sunday")
    assert found["day"].to_list() == [part.start for part in parts]
    assert found.columns == ["day", "partial", *NAMES]
    last = tables["daily"].filter(pl.col("orders").is_not_null())["day"].max()
    for name in NAMES:
        table = tables["daily" if name in ("net_revenue", "average_order_value") else name_table(name)]
        for part, value in zip(parts, found[name], strict=True):
            start, end = max(part.start, PERIOD.start), min(part.end, PERIOD.end)
            rows = table.filter(pl.col("day").is_between(start, end)).to_dicts()
            if part.start > last + timedelta(3):
                assert value is None
            elif part.end <= last - timedelta(3):
                assert value == pytest.approx(oracles.ORACLES[name](rows)), (name, part)


def name_table(name: str) -> str:
    return "sales" if name == "buyers" else "sessions"


def test_gaps_are_zero_inside_what_is_recorded_and_null_outside():
    days = [date(2026, 1, 2), date(2026, 1, 4)]
    daily = oracles.daily(Random(1)).clear()
    rows = pl.DataFrame({"day": days, "orders": [3, 2], "revenue": [30.0, 50.0]})
    late = pl.DataFrame({"day": [date(2026, 1, 6)], "tickets": [1]})
    daily = pl.concat([daily, rows, late], how="diagonal_relaxed")
    period = Period(date(2026, 1, 1), date(2026, 1, 7))
    names = ["orders", "average_order_value", "ad_spend", "tickets_per_order", "net_revenue"]
    found = series(names, frames_of({"daily": daily}), period)
    assert found["orders"].to_list() == [None, 3, 0, 2, None, None, None]
    assert found["average_order_value"].to_list() == [None, 10, None, 25, None, None, None]
    assert found["ad_spend"].null_count() == 7, "never imported"
    assert found["tickets_per_order"].null_count() == 7
    assert found["net_revenue"].to_list() == [None, 30, 0, 50, None, None, None], "refunds are optional"
    assert found["partial"].to_list() == [False] * 4 + [True] * 3, "orders end on the fourth"


def test_partial_buckets_are_marked():
    tables = oracles.tables(3)
    period = Period(date(2026, 1, 7), date(2026, 1, 27))  # Wednesday to Tuesday
    weekly = series(["orders"], frames_of(tables), period, every="week", last=date(2026, 1, 24))
    assert weekly["day"].to_list() == [date(2026, 1, day) for day in (5, 12, 19, 26)]
    assert weekly["partial"].to_list() == [True, False, True, True]
    assert series(["orders"], frames_of(tables), period, last=date(2026, 1, 26))["partial"].sum() == 1


def test_a_filter_by_what_is_not_recorded_gives_nulls_and_small_groups_are_hidden():
    tables = oracles.tables(3)
    period = Period(date(2026, 1, 6), date(2026, 1, 26))
    hats = series(["ad_spend", "gmv"], frames_of(tables), period, where={"category": ["hats"]})
    assert hats["ad_spend"].null_count() == len(hats) and hats["gmv"].null_count() < len(hats)
    ask = {"where": {"category": ["hats"]}, "every": "week", "week_start": "sunday"}
    few = series(["buyers"], frames_of(tables), period, min_group=10, **ask)["buyers"].to_list()
    everyone = series(["buyers"], frames_of(tables), period, min_group=1, **ask)["buyers"].to_list()
    assert few == [None if value < 10 else value for value in everyone]
    assert None in few and few != [None] * len(few)
