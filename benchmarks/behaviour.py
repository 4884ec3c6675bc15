"""Questions about sequences on a log of visits nobody made: 20 events a customer, eight kinds, 90 days.

Ours reads the log as a store keeps it (Arrow files, mapped) and gives the whole answer of the analysis, with
intervals and times (of retention without its survival curve), each question in a process of its own, whose
peak memory is measured. Beside it in the same run, with two threads each and the answer's counts alone, of
visits also their median and P90: ClickHouse (chDB) on a MergeTree table ordered by customer and time,
aggregating in order; DuckDB on its own table in the same order; Polars on the same Arrow files. All warm: the
median of three runs after one; of what takes over five seconds a single run. The counts must agree, else it
stops.

`times the fastest` is the fastest peer's time over ours. PLUMBLINE_BENCHMARK_EVENTS names the sizes.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import chdb.session
import duckdb
import polars as pl

from benchmarks.peers import frames, sql
from benchmarks.peers.log import DAYS, EVENTS_EACH, START, write_log
from loaders.mapped import mapped
from metrics.funnel import funnel
from metrics.paths import paths
from metrics.period import DAY, Period
from metrics.retention import retention
from metrics.sessions import sessions

SIZES = [int(each) for each in os.environ.get("PLUMBLINE_BENCHMARK_EVENTS", "1000000 20000000").split()]
POLARS_UP_TO = 20_000_000  # events; of more its running maxima do not fit into memory
LONG = 5.0  # seconds
FOUR = ("visit", "view", "cart", "purchase")
EIGHT = ("visit", "search", "view", "like", "question", "cart", "checkout", "purchase")
GOAL, DEPTH = "purchase", 6
MONDAY = START - timedelta(days=START.weekday())
LATER = date(2027, 1, 1)
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
            write_log(Path(folder) / "log", size, size // EVENTS_EACH)
            yield from _measured(size, Path(folder))


def _measured(size: int, folder: Path) -> Iterator[dict[str, float | int | str]]:
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        ours = dict(zip(QUESTIONS, pool.map(_ours, product([folder / "log"], QUESTIONS), 1), strict=True))
    log = _log(folder / "log")
    ask = _peers(log, folder)
    for name, question in QUESTIONS.items():
        mine, answer, peak = ours[name]
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


def _ours(asked: tuple[Path, str]) -> tuple[float, Counts, float]:
    """Seconds and counts of a question, and the peak of its process in MB, mapped files included."""
    folder, name = asked
    log = _log(folder)
    seconds, counts = _timed(lambda: QUESTIONS[name].ours(log))
    return seconds, counts, _peak()


def _peak() -> float:
    """MB at most that this process held; getrusage would tell those of the one that started it, too."""
    told = Path("/proc/self/status").read_text()
    return int(told.split("VmHWM:")[1].split()[0]) / 1024


def _log(folder: Path) -> Log:
    return mapped(sorted(folder.glob("*.arrow"))).lazy()


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
    return funnel(_frames(log), None, period=SPAN, as_of=LATER, steps=names).steps["n"].to_list()


def _by_device(log: Log, names: tuple[str, ...]) -> Counts:
    found = funnel(_frames(log), None, period=SPAN, as_of=LATER, steps=names, by="device").segments
    steps = [f"step {k + 1}" for k in range(len(names))]
    return [n for row in found.sort("segment").select(steps).iter_rows() for n in row]


def _retention(log: Log) -> Counts:
    found = retention(
        _frames(log), *[None] * 6, period=SPAN, as_of=LATER, every="week", periods=12, money=False,
        curve="none",
    ).cells  # fmt: skip
    weeks = (found["start"] - MONDAY.date()).dt.total_days() // 7
    asked = found.with_columns(weeks=weeks).filter(
        pl.col("weeks") < sql.COHORTS, pl.col("period") <= sql.PERIODS
    )
    return asked.sort("start", "period")["returned"].to_list()


def _sessions(log: Log) -> Counts:
    found = sessions(_frames(log), period=SPAN, as_of=LATER, silence_minutes=sql.SILENCE / 60, by=())
    total = (found.seconds_mean or 0) * found.measured
    return [found.n, found.measured, *map(round, (total, 10 * found.seconds, 10 * found.seconds_p90))]


def _paths(log: Log) -> Counts:
    found = paths(_frames(log), period=SPAN, as_of=LATER, goal=GOAL, depth=DEPTH, top=sql.TOP)
    return found.paths["n"].to_list()


def _frames(log: Log) -> Callable[..., Log]:
    return lambda name, **_: log


QUESTIONS = {
    **{
        f"funnel of {len(names)} steps": Question(
            partial(_steps, names=names),
            sql.clickhouse_funnel(names),
            sql.duckdb_funnel(names),
            partial(frames.funnel, steps=names),
        )
        for names in (FOUR, EIGHT)
    },
    "funnel of 4 steps by device": Question(
        partial(_by_device, names=FOUR),
        sql.clickhouse_funnel(FOUR, "device"),
        sql.duckdb_funnel(FOUR, "device"),
        partial(frames.funnel_by_device, steps=FOUR),
    ),
    "weekly retention": Question(
        _retention,
        sql.clickhouse_retention(int(MONDAY.timestamp())),
        sql.duckdb_retention(int(MONDAY.timestamp())),
        partial(frames.retention, monday=int(MONDAY.timestamp())),
    ),
    "visits by 30 minutes of silence": Question(
        _sessions, sql.clickhouse_sessions(), sql.duckdb_sessions(), frames.sessions
    ),
    "most frequent paths": Question(
        _paths,
        sql.clickhouse_paths(GOAL, DEPTH),
        sql.duckdb_paths(GOAL, DEPTH),
        partial(frames.paths, goal=GOAL, depth=DEPTH),
    ),
}
