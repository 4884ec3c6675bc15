"""The questions of behaviour.py in SQL."""

from __future__ import annotations

WEEK = 604_800  # seconds
MERGE_TREE = """
    create table log (
        customer Int32, session Int64, event LowCardinality(String), device LowCardinality(String),
        second UInt32
    ) engine = MergeTree order by (customer, second) as
    select customer, session, event, device, toUInt32(second) from file('{file}', Parquet)
"""


def clickhouse(steps: tuple[str, ...]) -> str:
    conditions = ", ".join(f"event = '{step}'" for step in steps)
    counts = ", ".join(f"countIf(level >= {k})" for k in range(1, len(steps) + 1))
    return f"""
        select {counts} from (
            select customer, windowFunnel({WEEK})(second, {conditions}) as level from log group by customer
        ) settings optimize_aggregation_in_order = 1, max_threads = 2
    """


def duckdb(steps: tuple[str, ...]) -> str:
    """The running maximum of the beginnings that reached each step."""
    order = "partition by customer order by second, place rows unbounded preceding"
    places = " ".join(f"when '{step}' then {k}" for k, step in enumerate(steps))
    names = ", ".join(f"'{step}'" for step in steps)
    query = f"select customer, second, case event {places} end as place from log where event in ({names})"
    start = "case when place = 0 then second end"
    for k in range(len(steps)):
        query = f"select *, max({start}) over ({order}) as r{k} from ({query})"
        start = f"case when place = {k + 1} and second - r{k} <= {WEEK} then r{k} end"
    furthest = ", ".join(f"max(r{k}) as r{k}" for k in range(len(steps)))
    counts = ", ".join(f"count(r{k})" for k in range(len(steps)))
    return f"select {counts} from (select customer, {furthest} from ({query}) group by customer)"
