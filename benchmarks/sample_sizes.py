"""The sample shop of each size: how fast it is made and kept in a store, and how soon its Overview answers.

Made by the command line in a process of its own, whose peak memory is measured and must stay under 8 GB;
what is known to be true of it is computed and written in that time, too. Beside it in the same run: DuckDB
makes as many random events, sorts them by customer and time and writes them as Parquet, with its memory
limited to 8 GB. That is the floor: nobody behaves, nothing is checked, no other table is made.

Overview: all that the page needs of 30 days beside the 30 before, of the whole shop and of one channel,
from the store to the numbers, as the median of several; and how many times that of the smallest shop it is.

PLUMBLINE_BENCHMARK_SIZES names the sizes. "small medium large" takes most of an hour and 20 GB of disk.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.import_rows import EVENTS, spent
from loaders.store import Store
from metrics.period import DAY, Period
from reports.shop import opened
from stories.gather import gather

SIZES = os.environ.get("PLUMBLINE_BENCHMARK_SIZES", "small medium").split()
LIMIT = 8192  # MB
WEEKS = range(12)
PEER = """
import duckdb
duckdb.sql("set memory_limit = '8GB'; set preserve_insertion_order = false; set timezone = 'UTC'")
duckdb.sql("set enable_progress_bar = false")
duckdb.sql("create macro pick(salt, n, size) as (hash(n, salt) % size)::bigint")
duckdb.sql('''copy (from ({query}) order by customer_id, happened_at) to '{file}' ''')
"""


def measure(sizes: Sequence[str] = SIZES) -> Iterator[dict[str, float | int | str]]:
    """A row a size."""
    least: tuple[float, float] | None = None
    for size in sizes:
        with TemporaryDirectory() as folder:
            store = Path(folder) / "store"
            command = [sys.executable, "cli.py", "sample", "--size", size, "--store", str(store)]
            seconds, peak = spent(command)
            rows = {name: facts["rows"] for name, facts in Store(store).manifest.tables.items()}
            events = rows["events"]
            query = EVENTS.format(rows=events)
            peer, _ = spent([sys.executable, "-c", PEER.format(query=query, file=f"{folder}/events.parquet")])
            whole, channel = overview(store, {}), overview(store, {"channel": ["E-mail"]})
            least = least or (whole, channel)
            yield {
                "size": size,
                "events": events,
                "order lines": rows["order_lines"],
                "all rows": sum(rows.values()),
                "seconds": seconds,
                "events a second": events / seconds,
                "peak MB": peak,
                "times the peer": seconds / peer,
                "Overview ms": whole * 1000,
                "times the smallest": whole / least[0],
                "one channel ms": channel * 1000,
                "times the smallest's": channel / least[1],
            }
            if peak > LIMIT:
                raise SystemExit(f"The {size} shop took {peak:,.0f} MB; it may take {LIMIT:,} MB.")


def overview(store: Path, where: Mapping[str, Sequence[str]]) -> float:
    """Median seconds of an Overview of 30 days, each of days that nobody asked for before."""
    there = opened(str(store))
    checks, times = there.facts().checks, []
    for week in WEEKS:
        end = there.last - 7 * week * DAY
        began = time.perf_counter()
        found = gather(there.ask(Period(end - 29 * DAY, end), "previous", where), checks)
        times.append(time.perf_counter() - began)
        assert found.now["orders"].value
    return median(times)
