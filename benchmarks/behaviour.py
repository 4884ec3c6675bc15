"""Questions about sequences on a log of visits nobody made: 20 events a customer, eight kinds, 90 days.

Ours reads the log as a store keeps it (Arrow files, mapped) and gives the whole answer of the analysis, with
intervals and times, in a process of its own whose peak memory is measured. Beside it in the same run, with
two threads each and the answer's counts alone: ClickHouse (chDB) on a MergeTree table ordered by customer
and time, aggregating in order; DuckDB on its own table in the same order; Polars on the same Arrow files.
All warm: the median of three runs after one; of what takes over five seconds a single run. The counts must
agree, else it stops.

`times the fastest` is the fastest peer's time over ours. PLUMBLINE_BENCHMARK_EVENTS names the sizes.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import chdb.session
import duckdb
import polars as pl
import pyarrow as pa

from benchmarks.peers import sql
from benchmarks.peers.log import DAYS, START, write_log
from metrics.funnel import funnel
from metrics.funnel_anywhere import reached
from metrics.period import DAY, Period

SIZES = [int(each) for each in os.environ.get("PLUMBLINE_BENCHMARK_EVENTS", "1000000 20000000").split()]
POLARS_UP_TO = 20_000_000  # events; of more its running maxima do not fit into memory
LONG = 5.0  # seconds
FOUR = ("visit", "view", "cart", "purchase")
EIGHT = ("visit", "search", "view", "like", "question", "cart", "checkout", "purchase")
SPAN = Period(START.date(), START.date() + (DAYS - 1) * DAY)
Counts = list[int]
Log = pl.LazyFrame


@dataclass(frozen=True)
class Question:
    ours: Callable[[Log], Counts]
    clickhouse: str
    duckdb: str
    polars: Callable[[Log], Counts]


def measure() -> Iterator[dict[str, float | int | str]]:
    """A row a size and question."""
    for size in SIZES:
        with TemporaryDirectory() as folder:
            (Path(folder) / "log").mkdir()
            write_log(Path(folder) / "log", size)
            yield from _measured(size, Path(folder))


def _measured(size: int, folder: Path) -> Iterator[dict[str, float | int | str]]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        ours, peak = pool.apply(_ours, (folder / "log",))
    log = _mapped(folder / "log").lazy()
    ask = _peers(log, folder)
    for name, question in QUESTIONS.items():
        mine, answer = ours[name]
        found = {"ClickHouse": _timed(lambda q=question: ask["ClickHouse"](q.clickhouse))}
        found["DuckDB"] = _timed(lambda q=question: ask["DuckDB"](q.duckdb))
        if size <= POLARS_UP_TO:
            found["Polars"] = _timed(lambda q=question: q.polars(log))
        if any(counts != answer for _, counts in found.values()):
            raise SystemExit(f"{name}: ours counts {answer}, others {found}.")
        fastest = min(found, key=lambda peer: found[peer][0])
        yield {
            "events": size,
            "question": name,
            "ours ms": mine * 1000,
            **{f"{peer} ms": seconds * 1000 for peer, (seconds, _) in found.items()},
            "times the fastest": found[fastest][0] / mine,
            "our peak MB": peak,
        }


def _ours(folder: Path) -> tuple[dict[str, tuple[float, Counts]], float]:
    """Seconds and counts of each question, and the peak of the process in MB, mapped files included."""
    log = _mapped(folder).lazy()
    found = {name: _timed(lambda q=question: q.ours(log)) for name, question in QUESTIONS.items()}
    return found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _mapped(folder: Path) -> pl.DataFrame:
    tables = (
        pa.ipc.open_file(pa.memory_map(str(file))).read_all() for file in sorted(folder.glob("*.arrow"))
    )
    found = pl.from_arrow(pa.concat_tables(tables))
    assert isinstance(found, pl.DataFrame)
    return found


def _peers(log: Log, folder: Path) -> dict[str, Callable[[str], Counts]]:
    """ClickHouse and DuckDB with the log in their own tables."""
    parquet = folder / "log.parquet"
    second = pl.col("happened_at").dt.epoch("s").alias("second")
    log.select("customer", "session", pl.col("event", "device").cast(pl.String), second).sink_parquet(parquet)
    house = chdb.session.Session(str(folder / "clickhouse"))
    house.query(sql.MERGE_TREE.format(file=parquet))
    duck = duckdb.connect(str(folder / "duck.db"), config={"threads": 2, "memory_limit": "8GB"})
    duck.execute("set enable_progress_bar = false")
    duck.execute(f"create table log as select * from '{parquet}'")
    parquet.unlink()
    return {
        "ClickHouse": lambda query: [
            int(each) for line in str(house.query(query, "CSV")).splitlines() for each in line.split(",")
        ],
        "DuckDB": lambda query: [int(each) for row in duck.execute(query).fetchall() for each in row],
    }


def _timed(ask: Callable[[], Counts]) -> tuple[float, Counts]:
    seconds: list[float] = []
    while True:
        began = time.perf_counter()
        answer = ask()
        seconds.append(time.perf_counter() - began)
        if seconds[0] > LONG:
            return seconds[0], answer
        if len(seconds) == 4:
            return median(seconds[1:]), answer


def _steps(log: Log, names: tuple[str, ...]) -> Counts:
    return _funnel(log, names).steps["n"].to_list()


def _segments(log: Log, names: tuple[str, ...]) -> Counts:
    rows = _funnel(log, names, by="device").segments.sort("segment")
    return [
        each for row in rows.select(f"step {k + 1}" for k in range(len(names))).iter_rows() for each in row
    ]


def _funnel(log: Log, names: tuple[str, ...], **settings: Any) -> Any:
    def frames(name: str, **_: Any) -> Log:
        return log

    return funnel(frames, None, period=SPAN, as_of=date(2027, 1, 1), steps=names, **settings)


def _reached(log: Log, names: tuple[str, ...]) -> Counts:
    rows, first = log.with_columns(time=pl.col("happened_at").dt.epoch("s")), int(START.timestamp())
    return reached(rows, names, window=sql.WEEK, first=first, last=first + DAYS * 86_400)["n"].to_list()


def _reached_by_device(log: Log, names: tuple[str, ...]) -> Counts:
    """By the device of the customer's latest beginning that came furthest: one funnel for each device."""
    raise NotImplementedError


QUESTIONS = {
    "funnel of 4 steps": Question(
        lambda log: _steps(log, FOUR), sql.clickhouse(FOUR), sql.duckdb(FOUR), lambda log: _reached(log, FOUR)
    ),
    "funnel of 8 steps": Question(
        lambda log: _steps(log, EIGHT),
        sql.clickhouse(EIGHT),
        sql.duckdb(EIGHT),
        lambda log: _reached(log, EIGHT),
    ),
}
