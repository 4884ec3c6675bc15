"""The questions of behaviour.py in SQL, for ClickHouse and for DuckDB."""

from __future__ import annotations

from collections.abc import Sequence

WEEK = 604_800  # seconds
SILENCE = 1_800
TOP = 10
COHORTS, PERIODS = 3, 8  # of retention, as far as answers are compared
MERGE_TREE = """
    create table log (
        customer Int32, session Int64, event LowCardinality(String), device LowCardinality(String),
        second UInt32
    ) engine = MergeTree order by (customer, second, event) as
    select customer, session, event, device, toUInt32(second) from file('{file}', Parquet)
"""
IN_ORDER = "settings optimize_aggregation_in_order = 1, max_threads = 2"


def clickhouse_funnel(steps: Sequence[str], by: str = "") -> str:
    conditions = ", ".join(f"event = '{step}'" for step in steps)
    counts = ", ".join(f"countIf(level >= {k})" for k in range(1, len(steps) + 1))
    group, own = (f"group by {by} order by {by}", f", any({by}) as {by}") if by else ("", "")
    return f"""
        select {counts} from (
            select customer{own}, windowFunnel({WEEK})(second, {conditions}) as level
            from log group by customer
        ) {group} {IN_ORDER}
    """


def duckdb_funnel(steps: Sequence[str], by: str = "") -> str:
    """The running maximum of the beginnings that reached each step."""
    order = "partition by customer order by second, place rows unbounded preceding"
    places = " ".join(f"when '{step}' then {k}" for k, step in enumerate(steps))
    names = ", ".join(f"'{step}'" for step in steps)
    own = f", {by}" if by else ""
    query = (
        f"select customer, second{own}, case event {places} end as place from log where event in ({names})"
    )
    start = "case when place = 0 then second end"
    for k in range(len(steps)):
        query = f"select *, max({start}) over ({order}) as r{k} from ({query})"
        start = f"case when place = {k + 1} and second - r{k} <= {WEEK} then r{k} end"
    furthest = ", ".join(f"max(r{k}) as r{k}" for k in range(len(steps)))
    counts = ", ".join(f"count(r{k})" for k in range(len(steps)))
    if by:
        furthest += f", any_value({by}) as {by}"
    group = f"group by {by} order by {by}" if by else ""
    return f"select {counts} from (select customer, {furthest} from ({query}) group by customer) {group}"


def clickhouse_retention(monday: int) -> str:
    """Weeks since that Monday in which a customer was there; the first is that of the cohort."""
    return f"""
        select returned from (
            select weeks[1] as cohort, arrayJoin(weeks) - cohort as period, count() as returned from (
                select arraySort(groupUniqArray(toInt32(intDiv(second - {monday}, {WEEK})))) as weeks
                from log group by customer
            ) group by cohort, period
        ) where cohort < {COHORTS} and period <= {PERIODS} order by cohort, period {IN_ORDER}
    """


def duckdb_retention(monday: int) -> str:
    return f"""
        with seen as (select distinct customer, (second - {monday}) // {WEEK} as week from log),
        began as (select *, min(week) over (partition by customer) as cohort from seen)
        select count(*) from began where cohort < {COHORTS} and week - cohort <= {PERIODS}
        group by cohort, week - cohort order by cohort, week - cohort
    """


def clickhouse_sessions() -> str:
    """How many, those of several events, their seconds in all, ten times their median and P90."""
    return f"""
        select count(), countIf(long), sumIf(seconds, long),
            round(10 * quantileExactInclusiveIf(0.5)(seconds, long)),
            round(10 * quantileExactInclusiveIf(0.9)(seconds, long))
        from (
            select visit[-1] - visit[1] as seconds, length(visit) > 1 as long from (
                select arrayJoin(
                    arraySplit((at, gap) -> gap > {SILENCE}, times, arrayDifference(times))
                ) as visit
                from (select arraySort(groupArray(second)) as times from log group by customer)
            )
        ) {IN_ORDER}
    """


def duckdb_sessions() -> str:
    return f"""
        with gaps as (
            select customer, second, second - lag(second) over (partition by customer order by second) as gap
            from log
        ),
        marked as (
            select customer, second,
                count(*) filter (gap is null or gap > {SILENCE})
                    over (partition by customer order by second rows unbounded preceding) as visit
            from gaps
        ),
        visits as (
            select max(second) - min(second) as seconds, count(*) > 1 as long
            from marked group by customer, visit
        )
        select count(*), count(*) filter (long), sum(seconds) filter (long),
            round(10 * quantile_cont(seconds, 0.5) filter (long)),
            round(10 * quantile_cont(seconds, 0.9) filter (long))
        from visits
    """


def clickhouse_paths(goal: str, depth: int) -> str:
    """How many visits took each of the most frequent paths: steps before the goal, each once in a row."""
    return f"""
        select count() as n from (
            select groupArray(event) as events, indexOf(events, '{goal}') as goal,
                if(goal > 0, arraySlice(events, 1, goal - 1), events) as steps,
                arraySlice(arrayCompact(steps), 1, {depth}) as path
            from log group by customer, session
        ) where notEmpty(path) group by path order by n desc limit {TOP} {IN_ORDER}
    """


def duckdb_paths(goal: str, depth: int) -> str:
    return f"""
        with marked as (
            select session, event, second,
                lag(event) over visit as before, count(*) filter (event = '{goal}') over visit as goals
            from log window visit as (partition by session order by second, event rows unbounded preceding)
        ),
        steps as (
            select session, event, row_number() over (partition by session order by second, event) as place
            from marked where goals = 0 and before is distinct from event
        ),
        ways as (
            select string_agg(event, '>' order by place) as way
            from steps where place <= {depth} group by session
        )
        select count(*) as n from ways group by way order by n desc limit {TOP}
    """
