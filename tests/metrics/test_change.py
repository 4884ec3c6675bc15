"""The parts of a change add up to the cent, and each part is what it claims to be."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from math import log
from random import Random

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from metrics.change import change
from metrics.divisia import FACTORS, effects, levels, log_mean
from metrics.period import Period
from tests.metrics import oracles
from tests.metrics.conftest import Constructor
from tests.metrics.shop import frames_of

BEFORE = Period(date(2026, 1, 1), date(2026, 1, 15))
NOW = Period(date(2026, 1, 16), date(2026, 1, 30))


def sums(sessions=100, orders=10, units=20, gross=500.0, revenue=450.0, net=400.0) -> dict[str, float]:
    names = ("sessions", "orders", "units", "gross", "revenue", "net")
    return dict(zip(names, map(float, (sessions, orders, units, gross, revenue, net)), strict=True))


NOTHING = sums(0, 0, 0, 0, 0, 0)


@st.composite
def quantities(draw) -> dict[str, float]:
    """Whatever a period may hold: no visits, no orders, everything given away, more refunds than sales."""
    sessions, orders = draw(st.integers(0, 1000)), draw(st.integers(0, 50))
    if orders == 0:
        refunds = draw(st.sampled_from([0.0, 12.34]))
        return sums(sessions, 0, 0, 0, 0, -refunds)
    units = draw(st.integers(orders, 200))
    gross = draw(st.sampled_from([0.0, 0.01])) or round(units * draw(st.floats(0.01, 900)), 2)
    revenue = round(gross * draw(st.sampled_from([0.0, 0.5, 0.93, 1.0])), 2)
    refunds = round(revenue * draw(st.sampled_from([0.0, 0.1, 1.0, 1.7])), 2)
    return sums(sessions, orders, units, gross, revenue, revenue - refunds)


pairs_of_segments = st.lists(st.tuples(quantities(), quantities()), min_size=1, max_size=5)


@given(pairs_of_segments)
@example([(NOTHING, NOTHING)])
@example([(NOTHING, sums()), (sums(), NOTHING)])
def test_parts_add_up_to_the_cent_in_every_segment(pairs: list):
    for (before, after), parts in zip(pairs, effects(pairs), strict=True):
        assert set(parts) == set(FACTORS)
        assert abs(sum(parts.values()) - (after["net"] - before["net"])) < 0.005


@given(pairs_of_segments)
def test_turning_time_around_turns_every_part_around(pairs: list):
    back = [(after, before) for before, after in pairs]
    for parts, turned in zip(effects(pairs), effects(back), strict=True):
        for factor in FACTORS:
            assert turned[factor] == pytest.approx(-parts[factor], abs=1e-6)


@given(pairs_of_segments, st.randoms())
def test_the_order_of_segments_does_not_matter(pairs: list, random: Random):
    order = random.sample(range(len(pairs)), len(pairs))
    straight, mixed = effects(pairs), effects([pairs[place] for place in order])
    for place, parts in zip(order, mixed, strict=True):
        assert parts == pytest.approx(straight[place], abs=1e-9)


def test_equals_the_formula_written_out():
    pairs = [
        (sums(), sums(150, 12, 30, 700, 600, 580)),
        (sums(300, 9, 9, 90, 80, 75), sums(200, 8, 9, 99, 77, 70)),
    ]
    totals = [sum(pair[side]["sessions"] for pair in pairs) for side in (0, 1)]
    for pair, found in zip(pairs, effects(pairs), strict=True):
        factors = []
        for side, each in enumerate(pair):
            steps = [each[name] for name in ("sessions", "orders", "units", "gross", "revenue", "net")]
            ratios = [b / a for a, b in pairwise(steps)]
            factors.append([totals[side], each["sessions"] / totals[side], *ratios])
        new, old = pair[1]["net"], pair[0]["net"]
        weight = (new - old) / log(new / old)
        wanted = [weight * log(b / a) for a, b in zip(*factors, strict=True)]
        names = ("visits", "mix", "conversion", "items", "price", "discount", "returns")
        assert [found[name] for name in names] == pytest.approx(wanted)
        assert found["orders"] == 0


@pytest.mark.parametrize(
    ("factor", "after"),
    [
        ("visits", sums(200, 20, 40, 1000, 900, 800)),
        ("conversion", sums(100, 20, 40, 1000, 900, 800)),
        ("items", sums(100, 10, 40, 1000, 900, 800)),
        ("price", sums(100, 10, 20, 1000, 900, 800)),
        ("discount", sums(100, 10, 20, 500, 225, 200)),
        ("returns", sums(100, 10, 20, 500, 450, 200)),
    ],
)
def test_one_factor_that_moved_alone_takes_it_all(factor: str, after: dict):
    parts = effects([(sums(), after)])[0]
    assert parts.pop(factor) == pytest.approx(after["net"] - 400)
    assert list(parts.values()) == pytest.approx([0] * 7, abs=1e-9)


def test_mix_is_what_shifts_between_segments():
    dear, cheap = sums(100, 10, 10, 1000, 1000, 1000), sums(100, 10, 10, 100, 100, 100)

    def times(each: dict, by: float) -> dict:
        return {name: value * by for name, value in each.items()}

    parts = effects([(dear, times(dear, 1.5)), (cheap, times(cheap, 0.5))])
    assert sum(each["mix"] for each in parts) == pytest.approx(500 - 50)
    assert all(each["visits"] == pytest.approx(0) == each["price"] for each in parts)


@pytest.mark.parametrize(
    ("before", "after", "factor"),
    [
        (NOTHING, sums(), "mix"),  # a segment that is new, beside one that was there
        (sums(orders=0, units=0, gross=0, revenue=0, net=0), sums(), "conversion"),
        (sums(), sums(orders=0, units=0, gross=0, revenue=0, net=0), "conversion"),
    ],
)
def test_zeros_go_to_the_factor_that_is_zero(before: dict, after: dict, factor: str):
    parts = effects([(before, after), (sums(), sums())])[0]
    assert parts.pop(factor) == after["net"] - before["net"] and not any(parts.values())


def test_a_first_visit_ever_is_growth_of_visits():
    assert effects([(NOTHING, sums())])[0]["visits"] == 400


def test_what_refunds_eat_up_is_a_difference_in_money():
    parts = effects([(sums(), sums(100, 10, 20, 500, 450, -50))])[0]
    assert parts["returns"] == pytest.approx(-450) and sum(parts.values()) == pytest.approx(-450)
    given = effects([(sums(), sums(100, 10, 20, 500, 0, 0))])[0]
    assert given["discount"] == pytest.approx(-450) and given["returns"] == pytest.approx(50)
    late = effects([(sums(0, 0, 0, 0, 0, -50), sums())])[0]
    assert late["returns"] == pytest.approx(0) and late["visits"] == pytest.approx(450)


def test_offline_segments_start_with_orders():
    pairs = [(sums(0), sums(0, 20, 40, 1000, 900, 800)), (sums(), sums())]
    offline, online = effects(pairs)
    assert offline["orders"] == pytest.approx(400)
    assert offline["visits"] == offline["conversion"] == 0 and not any(online.values())
    assert levels(pairs)["orders"] == [10, 20] and levels(pairs)["visits"] == [100, 100]
    assert "conversion" not in levels(pairs[:1]) and "mix" not in levels(pairs[:1])


@given(st.floats(1e-6, 1e12), st.floats(1e-6, 1e12))
def test_the_log_mean_lies_between_the_geometric_and_the_arithmetic_mean(a: float, b: float):
    low, high = (a * b) ** 0.5, (a + b) / 2
    assert low * (1 - 1e-9) <= log_mean(a, b) <= high * (1 + 1e-9)
    assert log_mean(a, b) == pytest.approx(log_mean(b, a))


@pytest.mark.parametrize("by", ["channel", "region", None])
def test_a_shop_adds_up_on_every_engine(constructor: Constructor, by: str | None):
    tables = oracles.tables(8)
    found = change(frames_of(tables, constructor), period=NOW, by=by)
    for total, period in ((found.before, BEFORE), (found.after, NOW)):
        rows = tables["daily"].filter(pl.col("day").is_between(period.start, period.end)).to_dicts()
        assert total == pytest.approx(oracles.ORACLES["net_revenue"](rows))
    assert (found.period, found.against) == (NOW, BEFORE)
    assert found.effects["effect"].sum() == pytest.approx(found.after - found.before, abs=0.005)
    for row in found.segments.to_dicts():
        assert sum(row[factor] for factor in FACTORS) == pytest.approx(row["change"], abs=0.005)
    assert found.segments["change"].sum() == pytest.approx(found.after - found.before)
    segments = {"channel": {"web", "app", None}, "region": {"north", "south"}, None: {None}}
    assert set(found.segments["segment"]) == segments[by], "rows of other measures make no segment"
    assert any("different people" in warning for warning in found.warnings)


def test_visits_that_are_not_recorded_by_the_segments_are_left_out():
    found = change(frames_of(oracles.tables(8)), period=NOW, by="category")
    assert {"visits", "conversion"}.isdisjoint(found.effects["factor"].to_list())
    assert found.effects["effect"].sum() == pytest.approx(found.after - found.before, abs=0.005)
    assert any("visits are not recorded" in warning for warning in found.warnings)


def test_a_filter_and_a_period_that_is_not_over():
    tables = oracles.tables(8)
    where, last = {"channel": ["web"]}, NOW.start + timedelta(4)
    found = change(frames_of(tables), period=NOW, as_of=last, where=where, by=None)
    assert found.period == Period(NOW.start, last) and found.against.days == 5
    rows = tables["daily"].filter(pl.col("day").is_between(NOW.start, last), pl.col("channel") == "web")
    assert found.after == pytest.approx(oracles.ORACLES["net_revenue"](rows.to_dicts()))


def test_a_period_without_data_is_refused_and_one_that_lacks_days_is_pointed_out():
    frames = frames_of(oracles.tables(8))
    found = change(frames, period=NOW, against="year")
    assert (found.before, found.after, found.n, len(found.effects), len(found.segments)) == (
        None,
        None,
        0,
        0,
        0,
    )
    assert found.verdict.reasons == ("there are no orders from 2025-01-16 to 2025-01-30",)
    assert not found.verdict.identified and found.verdict.needed
    early = change(frames, period=NOW, against=Period(date(2025, 12, 1), BEFORE.end))
    assert early.verdict.identified and any("the data begin on 2026-01-0" in each for each in early.warnings)
    empty = change(frames_of({"daily": oracles.tables(8)["daily"].clear()}), period=NOW)
    assert not empty.verdict.identified and len(empty.verdict.reasons) == 2


def test_without_returns_none_are_subtracted_and_it_says_so():
    tables = oracles.tables(8)
    tables["daily"] = tables["daily"].with_columns(refunds=pl.lit(None, pl.Float64))
    found = change(frames_of(tables), period=NOW)
    assert "needs the table returns: import it" in found.warnings
    assert found.effects.filter(factor="returns")["effect"].item() == 0


def test_orders_that_count_in_several_segments_are_pointed_out():
    tables = oracles.tables(8)
    served = frames_of(tables)

    def frames(table, by=(), **ask):  # the store counts an order in each category
        rows = served(table, by=by, **ask)
        return rows.with_columns(orders=pl.col("orders") * 2) if by else rows

    found = change(frames, period=NOW, by="category")
    assert "an order counts in each category it contains" in found.warnings
    assert found.n == change(served, period=NOW, by="category").n
