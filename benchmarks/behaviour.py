"""Questions about sequences on a log of visits nobody made: 20 events a customer, eight kinds, 90 days.

Ours reads the log as a store keeps it (Arrow files, mapped) and gives the whole answer of the analysis, with
intervals and times. Beside it in the same run, with two threads each and the answer's counts alone:
ClickHouse (chDB) on a MergeTree table ordered by customer and time, aggregating in order; DuckDB on its own
table in the same order; Polars on the same Arrow files. All warm: the median of three runs after one; of
what takes over five seconds a single run. The counts must agree, else it stops.

`times the fastest` is the fastest peer's time over ours. PLUMBLINE_BENCHMARK_EVENTS names the sizes.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import chdb.session
import duckdb
import polars as pl
import pyarrow as pa

from benchmarks import behaviour_sql as sql
from benchmarks.logs import DAYS, START, write_log
from metrics.funnel import funnel
from metrics.funnel_anywhere import reached
from metrics.period import DAY, Period

SIZES = [int(each) for each in os.environ.get("PLUMBLINE_BENCHMARK_EVENTS", "1000000 20000000").split()]
LONG = 5.0  # seconds
FOUR = ("visit", "view", "cart", "purchase")
EIGHT = ("visit", "search", "view", "like", "question", "cart", "checkout", "purchase")
SPAN = Period(START.date(), START.date() + (DAYS - 1) * DAY)
WEEK = 604_800
Counts = list[int]


def measure() -> Iterator[dict[str, float | int | str]]:
    """A row a size and question."""
    for size in SIZES:
        with TemporaryDirectory() as folder:
            yield from _measure(size, Path(folder))


def _measure(size: int, folder: Path) -> Iterator[dict[str, float | int | str]]:
    (folder / "log").mkdir()
    files = write_log(folder / "log", size)
    mapped = pl.from_arrow(
        pa.concat_tables(pa.ipc.open_file(pa.memory_map(str(f))).read_all() for f in files)
    )
    assert isinstance(mapped, pl.DataFrame)
    parquet = folder / "log.parquet"
    plain = mapped.select(
        "customer",
        "session",
        pl.col("event", "device").cast(pl.String),
        at=pl.col("happened_at").dt.epoch("s"),
    )
    plain.write_parquet(parquet)
    house = chdb.session.Session(str(folder / "clickhouse"))
    house.query(sql.MERGE_TREE.format(file=parquet))
    duck = duckdb.connect(str(folder / "duck.db"), config={"threads": 2, "memory_limit": "8GB"})
    duck.execute(f"create table log as select * from '{parquet}' order by customer, at")
    parquet.unlink()
    for question, ours, clickhouse, in_duckdb, polars in _questions(mapped.lazy()):
        rows: dict[str, float] = {}
        answers: dict[str, Counts] = {}
        for name, ask in (
            ("ours", ours),
            ("ClickHouse", lambda: _numbers(str(house.query(clickhouse, "CSV")))),
            ("DuckDB", lambda: [int(each) for row in duck.execute(in_duckdb).fetchall() for each in row]),
            ("Polars", polars),
        ):
            rows[name], answers[name] = _timed(ask)
        assert len({tuple(each) for each in answers.values()}) == 1, (question, answers)
        peers = {name: seconds for name, seconds in rows.items() if name != "ours"}
        fastest = min(peers, key=peers.__getitem__)
        yield {
            "events": size,
            "question": question,
            "ours ms": rows["ours"] * 1000,
            **{f"{name} ms": seconds * 1000 for name, seconds in peers.items()},
            "fastest peer": fastest,
            "times the fastest": peers[fastest] / rows["ours"],
            "peak MB, all of them": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }


def _questions(
    log: pl.LazyFrame,
) -> Iterator[tuple[str, Callable[[], Counts], str, str, Callable[[], Counts]]]:
    """The question, ours, ClickHouse's, DuckDB's, and that of Polars."""

    def frames(name: str, **_: Any) -> pl.LazyFrame:
        return log

    def steps(names: tuple[str, ...], **settings: Any) -> Counts:
        found = funnel(frames, None, period=SPAN, as_of=date(2027, 1, 1), steps=names, **settings)
        if not settings:
            return found.steps["n"].to_list()
        rows = found.segments.sort("segment").select(f"step {k}" for k in range(1, len(names) + 1))
        return [each for row in rows.iter_rows() for each in row]

    def everywhere(rows: pl.LazyFrame, names: tuple[str, ...]) -> Counts:
        with_time = rows.with_columns(time=pl.col("happened_at").dt.epoch("s"))
        first = int(START.timestamp())
        return reached(with_time, names, window=WEEK, first=first, last=first + DAYS * 86_400)["n"].to_list()

    for names, title in ((FOUR, "funnel of 4 steps"), (EIGHT, "funnel of 8 steps")):
        yield (
            title, lambda names=names: steps(names), sql.clickhouse_funnel(names), sql.duckdb_funnel(names),
            lambda names=names: everywhere(log, names),
        )  # fmt: skip


def _timed(ask: Callable[[], Counts]) -> tuple[float, Counts]:
    seconds, answer = [], []
    for _ in range(4):
        began = time.perf_counter()
        answer = ask()
        seconds.append(time.perf_counter() - began)
        if seconds[0] > LONG:
            return seconds[0], answer
    return median(seconds[1:]), answer


def _numbers(csv: str) -> Counts:
    return [int(each) for line in csv.splitlines() for each in line.split(",")]
