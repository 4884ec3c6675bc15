"""Drops of the funnel: by hand, on the sample shop's planted fault, and on real-looking clicks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from metrics.definitions import OURS, definitions, explaining
from metrics.drops import drops
from metrics.funnel import PRESETS, funnel
from metrics.metric import BadQuestion
from metrics.period import Period
from tests.metrics.logs import START, log, serve
from tests.metrics.test_attempts import DAY, MAY, THREE


def shop(days, broken):
    """60 days from May on: each 12 of Mobile and of Desktop look, half of them put into the cart; on the
    broken days nobody of Mobile does.
    """
    rows = []
    for day in range(days):
        for n in range(24):
            device, who = ("Mobile" if n % 2 else "Desktop"), day * 100 + n
            carts = n < 12 and not (day in broken and device == "Mobile")
            for second, event in enumerate(("visit", "view", *(["cart"] * carts))):
                rows.append((who, day * DAY + who + second, event, device, who))
    return serve(log(rows))


def test_two_days_without_carts_on_mobile():
    period = Period(date(2026, 6, 1), date(2026, 6, 29))
    found = drops(shop(60, {40, 41}), period=period, as_of=period.end, steps=THREE)
    assert found.n == 60 * 24 and found.warnings == ()
    (row,) = found.drops.to_dicts()
    assert (row["by"], row["segment"], row["step"], row["label"]) == ("device", "Mobile", 3, "cart")
    assert (row["start"], row["end"]) == (date(2026, 6, 10), date(2026, 6, 11))
    assert (row["n"], row["rate"], row["usual_n"], row["usual_rate"]) == (24, 0.0, 58 * 12, 0.5)
    assert row["orders_lost"] == pytest.approx(12) and row["low"] < -0.5 < row["high"] < 0
    assert row["orders_low"] == pytest.approx(-24 * row["high"]) and row["p"] == 0.001
    before = Period(date(2026, 5, 5), date(2026, 5, 31))
    assert drops(shop(60, {40, 41}), period=before, as_of=period.end, steps=THREE).drops.is_empty()


def test_a_few_days_are_not_enough_to_know_what_is_usual():
    found = drops(shop(20, {10, 11}), period=MAY, as_of=date(2026, 5, 20), steps=THREE)
    assert found.drops.is_empty() and "too few days" in found.warnings[0]
    assert drops(serve(log([])), period=MAY, as_of=MAY.end).n == 0


def apart(customer, *events):
    return [(customer, START + timedelta(seconds=at), event) for at, event in events]


ROWS = [
    *apart(1, (0, "visit"), (9, "view"), (20, "cart")),
    *apart(2, (0, "visit"), (9, "view"), (3 * DAY, "cart")),
    *apart(3, (0, "visit"), (9, "view"), (9 * DAY, "cart")),
    *apart(4, (0, "visit"), (9, "view"), (20 * DAY, "cart")),
    *apart(5, (30 * DAY, "visit"), (30 * DAY + 9, "view"), (32 * DAY, "cart")),
    *apart(6, (1, "view"), (2, "visit"), (9, "cart")),
]


def test_six_customers_under_six_definitions():
    found = definitions(serve(log(ROWS)), period=MAY, as_of=date(2026, 6, 30), steps=THREE)
    told = {row["definition"]: row for row in found.definitions.to_dicts()}
    assert found.n == 6 and list(told) == [OURS, *PRESETS]
    assert {name: row["through"] for name, row in told.items()} == {
        "plumbline": 3, "clickhouse": 2, "mixpanel": 4, "amplitude": 1, "ga4": 4, "posthog": 3,
    }  # fmt: skip
    assert {name: (row["more"], row["fewer"]) for name, row in told.items()} == {
        "plumbline": (0, 0), "clickhouse": (0, 1), "mixpanel": (1, 0), "amplitude": (0, 2), "ga4": (2, 1),
        "posthog": (1, 1),
    }  # fmt: skip
    for name in PRESETS:
        alone = funnel(serve(log(ROWS)), None, period=MAY, as_of=date(2026, 6, 30), steps=THREE, preset=name)
        assert (told[name]["n"], told[name]["through"]) == (alone.n, alone.steps["n"][2])
        assert told[name]["share"] == alone.steps["of_first"][2]


def test_the_customers_that_make_the_difference():
    asked = {"period": MAY, "as_of": date(2026, 6, 30), "steps": THREE}
    explained = {name: explaining(serve(log(ROWS)), name, **asked).to_list() for name in PRESETS}
    assert explained == {
        "clickhouse": [5], "mixpanel": [6], "amplitude": [2, 5], "ga4": [3, 4, 5], "posthog": [3, 5],
    }  # fmt: skip
    few = serve(log([(n, 0, "visit", "Mobile") for n in range(3)]))
    with pytest.raises(BadQuestion, match="fewer than 5 people"):
        definitions(few, where={"device": ["Mobile"]}, **asked)
