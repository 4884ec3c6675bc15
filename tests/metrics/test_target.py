from datetime import date

import polars as pl
import pytest

from metrics.period import Period
from metrics.target import Attainment, attain
from metrics.value import Value

MONTHS = [date(2026, 4, 1), date(2026, 5, 1)]
PLAN = pl.DataFrame(
    {
        "metric": ["net_revenue"] * 2 + ["return_rate"] * 2 + ["buyers"] * 2,
        "month": MONTHS * 3,
        "target": [3000.0, 6200.0, 0.06, 0.03, 50.0, 60.0],
    }
)


def value(metric: str, number: float | None, start: date, end: date) -> Value:
    return Value(metric, number, 10, "number", start, end)


def test_a_sum_has_the_months_targets_by_days():
    found = attain(value("net_revenue", 2500.0, date(2026, 4, 16), date(2026, 5, 10)), PLAN)
    assert found.target == pytest.approx(3000 * 15 / 30 + 6200 * 10 / 31)
    assert found.attainment == pytest.approx(2500 / 3500) and found.met is False
    assert attain(value("net_revenue", 9200.0, MONTHS[0], date(2026, 5, 31)), PLAN).met is True


def test_a_ratio_has_the_mean_by_days_and_less_may_be_better():
    found = attain(value("return_rate", 0.036, MONTHS[0], date(2026, 5, 15)), PLAN)
    assert found.target == pytest.approx((0.06 * 30 + 0.03 * 15) / 45)
    assert found.attainment == pytest.approx(0.036 / 0.05) and found.met is True


def test_a_distinct_count_has_targets_for_whole_months_only():
    assert attain(value("buyers", 45, MONTHS[1], date(2026, 5, 31)), PLAN).target == 60
    for period in (Period(MONTHS[0], date(2026, 5, 31)), Period(MONTHS[1], date(2026, 5, 30))):
        found = attain(value("buyers", 45, period.start, period.end), PLAN)
        assert found == Attainment(None, reason=found.reason)
        assert found.reason == "a count of different people has targets for whole months only"


def test_without_a_target_the_reason_says_so():
    may = (date(2026, 5, 1), date(2026, 5, 31))
    assert attain(value("orders", 3, *may), PLAN).reason == "there is no target"
    june = attain(value("net_revenue", 3, may[0], date(2026, 6, 2)), PLAN)
    assert june == Attainment(None, reason=june.reason) and june.reason == "there is no target for 2026-06"
    assert (
        attain(value("net_revenue", 3, *may), PLAN, filtered=True).reason == "targets are for the whole shop"
    )


def test_without_a_value_or_with_a_target_of_nothing_there_is_no_attainment():
    may = (date(2026, 5, 1), date(2026, 5, 31))
    assert attain(value("net_revenue", None, *may), PLAN) == Attainment(6200)
    nothing = PLAN.with_columns(target=pl.lit(0.0))
    assert attain(value("net_revenue", 5, *may), nothing) == Attainment(0, None, True)
