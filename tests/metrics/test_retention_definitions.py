"""Returns under six definitions: by hand, and the same as `retention` says under each of them."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings

from metrics.cohort import CohortRules
from metrics.definitions import OURS
from metrics.metric import BadQuestion
from metrics.period import Period
from metrics.retention import PRESETS, retention
from metrics.retention_definitions import explaining, retention_definitions
from tests.metrics.logs import log, logs, serve

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
END = date(2026, 6, 30)
HOUR, DAY = 3600, 86_400

# 1 and 2 May 2026 are a Friday and a Saturday, 3 May is a Sunday. Period 1 is the day, or the week, after.
ROWS = [
    # 1: from 23:00 to 00:30 of the next day: another calendar day, not 24 hours later.
    (1, 23 * HOUR, "visit"), (1, 24 * HOUR + 1800, "visit"),
    # 2: new in April; of May's days it is in two cohorts where customers enter anew.
    (2, -DAY, "visit"), (2, 0, "visit"), (2, DAY, "visit"),
    # 3: from Saturday to Sunday: the next week where weeks begin on Sunday.
    (3, DAY, "visit"), (3, 2 * DAY, "visit"),
    # 4: never again.
    (4, 0, "visit"),
]  # fmt: skip
NONE = (None, None, None)


def ask(rows=ROWS, **settings):
    asked = {"period": MAY, "as_of": END, "every": "day", "min_group": 1, **settings}
    return retention_definitions(serve(log(rows)), *NONE, **asked)


def test_four_customers_by_day():
    found = ask()
    told = {row["definition"]: row for row in found.definitions.to_dicts()}
    assert found.n == 4 and list(told) == [OURS, *PRESETS]
    # Ours: 1, 3 and 4 are new, 1 and 3 are back on the next day. Anew: 1, 2 and 3 enter twice, 2 is back too.
    assert {name: (row["returned"], row["n"]) for name, row in told.items()} == {
        "plumbline": (2, 3), "clickhouse": (3, 7), "mixpanel": (1, 3), "amplitude": (2, 7), "ga4": (2, 3),
        "posthog": (3, 7),
    }  # fmt: skip
    assert {name: (row["more"], row["fewer"]) for name, row in told.items()} == {
        "plumbline": (0, 0), "clickhouse": (1, 0), "mixpanel": (0, 1), "amplitude": (1, 1), "ga4": (0, 0),
        "posthog": (1, 0),
    }  # fmt: skip
    assert {name: (row["entered_more"], row["entered_fewer"]) for name, row in told.items()} == {
        name: (PRESETS.get(name, {}).get("entry") == "each", 0) for name in told
    }


def test_weeks_that_begin_on_sunday():
    told = {row["definition"]: row for row in ask(every="week").definitions.to_dicts()}
    assert (told[OURS]["returned"], told["ga4"]["returned"]) == (0, 1)
    assert (told["ga4"]["more"], told["ga4"]["week_start"]) == (1, "sunday")


def test_the_customers_that_make_the_difference():
    rules, asked = CohortRules(every="day", periods=1), {"period": MAY, "as_of": END}
    codes = {
        name: explaining(serve(log(ROWS)), *NONE, name, rules=rules, **asked).to_list() for name in PRESETS
    }
    assert codes == {"clickhouse": [2], "mixpanel": [1], "amplitude": [1, 2], "ga4": [], "posthog": [2]}


def test_nobody_and_few():
    found = ask([])
    assert found.n == 0 and found.definitions["share"].null_count() == 1 + len(PRESETS)
    with pytest.raises(BadQuestion, match="fewer than 5 people"):
        ask([(1, 0, "visit", "Mobile")], where={"device": ["Mobile"]}, min_group=5)


@given(logs(people=5, most=20, ties=False))
@settings(max_examples=15, deadline=None)
def test_each_definition_is_the_average_of_its_retention(rows):
    spread = [(who, at // 4, *rest) for who, at, *rest in rows]
    for row in ask(spread).definitions.to_dicts():
        preset = None if row["definition"] == OURS else row["definition"]
        whole = retention(
            serve(log(spread)), *NONE, None, None, None, period=MAY, as_of=END, every="day", periods=1,
            money=False, curve="none", preset=preset, min_group=1,
        )  # fmt: skip
        average = whole.average.filter(pl.col("period") == 1).select("returned", "n").rows()
        assert [(row["returned"], row["n"])] == (average or [(0, 0)])
