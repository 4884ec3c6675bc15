"""Every metric gives the same answer on every engine."""

from __future__ import annotations

from random import Random

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import REGISTRY, Metric
from metrics.metric import BadQuestion
from metrics.reason import SOURCES
from tests.metrics import oracles
from tests.metrics.conftest import Constructor

TABLES = sorted({metric.table for metric in REGISTRY.values()})
IDS = ("customer", "nth", "merchant")  # what is counted by being different; nothing of it is null, not 0


def of(table: str) -> list[Metric]:
    return [metric for metric in REGISTRY.values() if metric.table == table]


def cases(frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """One frame with the rows of each case; its columns are those of all of them."""
    named = [frame.with_columns(case=pl.lit(name)) for name, frame in frames.items()]
    return pl.concat(named, how="diagonal_relaxed")


def by_case(native, metrics: list[Metric]) -> dict[str, dict[str, float | None]]:
    """All metrics for all cases, in one pass of the engine."""
    exprs = [metric.value.cast(nw.Float64).alias(metric.name) for metric in metrics]
    found = nw.from_native(native).lazy().group_by("case").agg(*exprs).collect("polars").to_native()
    return {row["case"]: row for row in found.to_dicts()}


def nothing(column: str, values) -> list:
    return [None if column in IDS else 0 for _ in values]


@pytest.mark.parametrize("table", TABLES)
def test_worked_examples_shuffled_rows_and_zero_denominators(constructor: Constructor, table: str):
    metrics, frames = of(table), {}
    for metric in metrics:
        example = pl.DataFrame(metric.example)
        zeros = {column: nothing(column, values) for column, values in metric.example.items()}
        frames[f"example {metric.name}"] = example
        frames[f"shuffled {metric.name}"] = example.sample(fraction=1, shuffle=True, seed=len(metric.name))
        frames[f"nulls follow {metric.name}"] = pl.concat([example, example.clear(2)])
        frames[f"zeros {metric.name}"] = pl.DataFrame(zeros, schema=example.schema)
        frames[f"nulls {metric.name}"] = example.clear(2)
    found = by_case(constructor(cases(frames)), metrics)
    for metric in metrics:
        for case in ("example", "shuffled", "nulls follow"):
            assert found[f"{case} {metric.name}"][metric.name] == pytest.approx(metric.answer), (case, metric)
        for case in ("zeros", "nulls"):
            assert found[f"{case} {metric.name}"][metric.name] == (None if metric.how == "ratio" else 0)


@pytest.mark.parametrize("table", TABLES)
def test_no_rows(constructor: Constructor, table: str):
    metrics = of(table)
    empty = constructor(oracles.tables(0)[table].clear())
    exprs = [metric.value.cast(nw.Float64).alias(metric.name) for metric in metrics]
    found = nw.from_native(empty).lazy().select(*exprs).collect("polars").to_native().row(0, named=True)
    assert found == {metric.name: None if metric.how == "ratio" else 0 for metric in metrics}


@pytest.mark.parametrize("table", TABLES)
def test_equals_the_slow_oracle_whole_and_by_group(constructor: Constructor, table: str):
    rows, metrics = oracles.tables(5)[table], of(table)
    frames = {"whole": rows} | {
        f"{name}": part for (name,), part in rows.group_by("channel") if name is not None
    }
    found = by_case(constructor(cases(frames)), metrics)
    for case, part in frames.items():
        for metric in metrics:
            wanted = oracles.ORACLES[metric.name](part.to_dicts())
            assert found[case][metric.name] == pytest.approx(wanted), (case, metric.name)


@pytest.mark.parametrize("table", TABLES)
def test_one_metric_alone_and_a_missing_column(constructor: Constructor, table: str):
    rows = oracles.tables(5)[table]
    native = constructor(rows)
    assert of(table)[0].on(native) == pytest.approx(oracles.ORACLES[of(table)[0].name](rows.to_dicts()))
    for metric in of(table):
        for column in metric.columns:
            renamed = nw.from_native(native).rename({column: f"{column}s_"}).to_native()
            with pytest.raises(BadQuestion) as problem:
                metric.on(renamed)
            assert f"{metric.name} needs the columns {', '.join(metric.columns)}" in str(problem.value)
            assert "found day, channel" in str(problem.value)
            assert f"Did you mean {column}s_?" in str(problem.value)


@pytest.mark.parametrize("metric", REGISTRY.values(), ids=lambda metric: metric.name)
def test_declaration_is_whole(metric: Metric):
    assert metric.unit in ("money", "percent", "ratio", "integer", "number", "score")
    assert metric.better in ("higher", "lower", "none")
    assert metric.columns == tuple(metric.example), "the example holds what is needed and nothing else"
    assert set(metric.columns) <= set(SOURCES[metric.table]), "SOURCES names the table each column is from"
    assert set(metric.optional) <= set(metric.columns)
    for words in (metric.label, metric.meaning, metric.formula):
        assert words and words == words.strip() and "  " not in words
    assert metric.meaning.endswith(".") and not set("*/") & set(metric.formula)
    assert metric.on(pl.DataFrame(metric.example)) == pytest.approx(metric.answer)


def test_registry_is_what_the_modules_declare():
    for name, metric in REGISTRY.items():
        assert metric.name == name
    wanted = """gmv net_revenue orders units average_order_value items_per_order buyers new_buyers repeat_rate
        gross_margin margin_rate discount_rate return_rate refund_value visitors sessions conversion_rate
        cart_abandonment_rate ad_spend cac roas on_time_rate tickets_per_order csat nps active_merchants
        market_share stock_out_rate"""
    assert set(wanted.split()) <= set(REGISTRY)


# Groups that share nothing: no zero weights and no customer in two of them.
amounts = st.integers(1, 10_000)


@st.composite
def groups(draw, metric: Metric) -> dict[str, pl.DataFrame]:
    found = {}
    for number in range(draw(st.integers(1, 4))):
        size = draw(st.integers(1, 5))
        columns = {}
        for column in metric.columns:
            values = draw(st.lists(amounts, min_size=size, max_size=size))
            if column in ("customer", "merchant"):
                values = [number * 100_000 + value % 3 for value in values]
            columns[column] = values
        found[str(number)] = pl.DataFrame(columns)
    return found


@pytest.mark.parametrize("metric", REGISTRY.values(), ids=lambda metric: metric.name)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_sums_add_up_and_ratios_lie_between_their_groups(metric: Metric, data: st.DataObject):
    parts = data.draw(groups(metric))
    values = [metric.on(part) for part in parts.values()]
    whole = metric.on(pl.concat(parts.values()))
    assert whole is not None and None not in values
    if metric.how == "ratio":
        edge = 1e-9 * max(abs(value) for value in values)
        assert min(values) - edge <= whole <= max(values) + edge
    else:
        assert whole == pytest.approx(sum(values))


@pytest.mark.parametrize(
    "metric", [m for m in REGISTRY.values() if m.how == "distinct"], ids=lambda m: m.name
)
def test_distinct_counts_of_overlapping_groups_are_at_most_their_sum(metric: Metric):
    random = Random(3)
    parts = [
        pl.DataFrame({column: [random.randrange(9) for _ in range(6)] for column in metric.columns})
        for _ in range(3)
    ]
    values, whole = [metric.on(part) for part in parts], metric.on(pl.concat(parts))
    assert max(values) <= whole < sum(values)
