"""The delivery: what the importer gets, the same for the same seed however it is asked for."""

import os
import subprocess
import sys
from collections import Counter
from itertools import islice

import polars as pl
import pytest

import sample_data
from loaders import tables
from loaders.loader import LINE, PROBLEM, BadInput
from sample_data import days, dirt, world
from sample_data import shop as living

DIMENSIONLESS = {("market", "region")}  # the market is not split by region


def month(number: int, seed: int = 7) -> dict[str, pl.DataFrame]:
    source = sample_data.delivery("small", seed).sources[number - 12]
    return {batch.table: batch.frame for batch in source.read()}


def test_every_table_is_filled_and_every_column_has_values(delivered):
    assert set(delivered) == set(tables.TABLES)
    empty = {
        (table, column)
        for table, frame in delivered.items()
        for column in tables.dtypes(table)
        if column not in frame.columns or frame[column].null_count() == len(frame)
    }
    assert empty == DIMENSIONLESS


def test_the_small_shop_has_the_size_that_was_asked_for(delivered):
    assert len(delivered["customers"]) == 20_000
    assert 280_000 < len(delivered["events"]) < 340_000


def test_columns_have_the_types_of_their_tables(delivered):
    for table, frame in delivered.items():
        for column, dtype in tables.dtypes(table).items():
            if column in frame.columns:
                assert frame[column].dtype == dtype or frame[column].dtype.is_numeric(), (table, column)


def test_the_same_seed_gives_the_same_rows():
    first, again = month(1), month(1)
    assert all(first[table].equals(again[table]) for table in first)


def test_another_seed_gives_other_rows_and_other_digests():
    first, other = month(0), month(0, seed=8)
    assert not first["orders"].equals(other["orders"])
    digests = [{source.digest for source in sample_data.delivery("small", seed).sources} for seed in (7, 8)]
    assert not digests[0] & digests[1]
    assert len(digests[0]) == len(sample_data.delivery().sources)


def printed(code: str, **environment: str) -> str:
    """What Python code prints in a process of its own."""
    command, env = [sys.executable, "-c", code], {**os.environ, **environment}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout


def test_a_run_has_the_same_digests_in_every_process():
    """Sets have another order in each process; text of them must not go into a digest."""
    code = (
        "import sample_data; run = sample_data.run(['double11', 'spring', 'Viral video', 'newsletter']);"
        "print([source.digest for source in sample_data.delivery('small', 7, run).sources])"
    )
    found = {printed(code, PYTHONHASHSEED=seed) for seed in ("1", "2")}
    assert len(found) == 1
    usual = str([source.digest for source in sample_data.delivery("small", 7).sources])
    assert usual not in found


def test_the_same_seed_gives_the_same_rows_on_any_number_of_cores():
    code = (
        "import sample_data, polars as pl;"
        "source = sample_data.delivery('small', 7).sources[-12];"
        "print(sum(int(b.frame.hash_rows(1).sum()) for b in source.read() if len(b.frame)))"
    )
    found = {printed(code, POLARS_MAX_THREADS=threads) for threads in ("1", "4")}
    assert len(found) == 1


def test_a_month_is_the_same_whether_the_months_before_were_read_or_not():
    sources = sample_data.delivery("small", 7).sources[-12:]
    in_order = [[batch.frame for batch in source.read()] for source in islice(sources, 3)][-1]
    alone = [batch.frame for batch in sample_data.delivery("small", 7).sources[-10].read()]
    again = [batch.frame for batch in sources[2].read()]
    assert len(in_order) == len(alone) == len(again)
    assert all(a.equals(b) and a.equals(c) for a, b, c in zip(in_order, alone, again, strict=True))


def test_the_shop_does_not_depend_on_how_many_people_are_made_at_once(monkeypatch):
    monkeypatch.setattr(dirt, "DIRT", ())
    whole = month(1)
    monkeypatch.setattr(living, "BLOCK", 7_000)
    parts: dict[str, list[pl.DataFrame]] = {}
    for batch in sample_data.delivery("small", 7).sources[-11].read():
        parts.setdefault(batch.table, []).append(batch.frame)
    for table, frame in whole.items():
        rows = pl.concat(parts[table])
        assert rows[LINE].to_list() == list(range(1, len(rows) + 1))
        columns = [name for name in frame.columns if name != LINE]
        assert rows.select(columns).sort(columns).equals(frame.select(columns).sort(columns)), table


def test_batches_carry_lines_problems_and_the_rows_as_found():
    for source in sample_data.delivery().sources[:2]:
        for batch in source.read():
            assert batch.frame[LINE].to_list() == list(range(1, len(batch.frame) + 1))
            assert batch.frame[PROBLEM].null_count() == len(batch.frame)
            assert batch.raw.equals(batch.frame.drop(LINE, PROBLEM))


def test_dirty_rows_of_each_kind_are_there_and_few(delivered, refused):
    planted = {(one.table, one.rule) for one in dirt.DIRT}
    found = Counter(
        {
            (table, str(rule)): count
            for table, bad in refused.items()
            for rule, count in bad["rule"].value_counts().iter_rows()
        }
    )
    assert set(found) == {
        pair for pair in planted if pair[1] in {"missing", "min", "max", "nan", "choices", "past", "future"}
    }
    assert all(count / len(delivered[table]) < 0.01 for (table, _), count in found.items())
    assert 0.0003 < sum(found.values()) / sum(map(len, delivered.values())) < 0.005


@pytest.mark.parametrize("table", ["orders", "events"])
def test_some_rows_come_twice(delivered, table):
    rows = delivered[table].drop(LINE, PROBLEM)
    assert 0 < len(rows) - len(rows.unique()) < 0.003 * len(rows)


def test_other_dirt_is_planted_too(delivered):
    lines, orders = delivered["order_lines"], delivered["orders"]
    assert 0 < len(lines.join(orders, on="order_id", how="anti")) < 0.005 * len(lines)
    sent = delivered["shipments"]
    assert 0 < len(sent.filter(pl.col("delivered_at") < pl.col("shipped_at"))) < 0.005 * len(sent)
    back = delivered["returns"].group_by("order_id", "product_id").agg(back=pl.col("units").sum())
    bought = (
        lines.filter(pl.col("units") > 0).group_by("order_id", "product_id").agg(sold=pl.col("units").sum())
    )
    many = back.join(bought, on=["order_id", "product_id"]).filter(pl.col("back") > pl.col("sold"))
    assert 0 < len(many) < 0.01 * len(back)


def test_nothing_good_lies_outside_the_year(shop):
    for table, frame in shop.items():
        if "day" in frame.columns and table != "customers":
            assert frame["day"].min() >= days.START, table
            assert frame["day"].max() <= days.END, table


def test_an_unknown_size_is_refused_by_name():
    with pytest.raises(BadInput, match="small, medium, large"):
        sample_data.delivery("huge")


def test_the_shop_says_its_settings():
    assert sample_data.delivery().shop == world.SHOP
