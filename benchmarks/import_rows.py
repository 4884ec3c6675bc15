"""Importing 10 million order lines (CSV, with their 4 million orders) and 10 million events (Parquet).

Through the command line in a process of its own, whose peak memory is measured and must stay under
4 GB. Beside it in the same run: DuckDB reads the same files, sorts them in the same order and writes
them as Parquet, with its memory limited to 4 GB. That is the floor: it checks nothing, finds no
duplicates, keeps no version and makes no daily cube.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

ROOT = Path(__file__).parents[1]
LIMIT = 4096  # MB

ORDERS = """
select 'o' || n as order_id, 'c' || pick(7, n, 1000000) as customer_id,
    timestamp '2025-01-01' + interval (n * 31536000 // {orders}) second as ordered_at,
    ['app', 'web', 'marketplace', 'social'][1 + pick(1, n, 4)] as channel,
    ['north', 'south', 'east', 'west'][1 + pick(2, n, 4)] as region,
    ['phone', 'desktop', 'tablet'][1 + pick(3, n, 3)] as device
from range({orders}) numbers(n)
"""
LINES = """
select 'o' || n * 2 // 5 as order_id, n as line_id, 'p' || pick(4, n, 5000) as product_id,
    'category ' || pick(4, n, 5000) % 20 as category, 1 + pick(5, n, 4) as units,
    (100 + pick(4, n, 5000)) / 100 as unit_price, pick(6, n, 100) / 100 as discount
from range({rows}) numbers(n)
"""
EVENTS = """
select 'c' || pick(7, n // 5, 1000000) as customer_id,
    (timestamp '2025-01-01' + interval (n * 31536000 // {rows}) second) at time zone 'UTC' as happened_at,
    ['visit', 'view', 'search', 'cart', 'checkout', 'purchase'][1 + pick(8, n, 6)] as event,
    ['app', 'web', 'marketplace', 'social'][1 + pick(1, n // 5, 4)] as channel,
    ['phone', 'desktop', 'tablet'][1 + pick(3, n // 5, 3)] as device
from range({rows}) numbers(n)
"""
PEER = """
import duckdb
duckdb.sql("set memory_limit = '4GB'; set preserve_insertion_order = false; set timezone = 'UTC'")
duckdb.sql("set enable_progress_bar = false")
{copies}
"""


def measure(rows: int = 10_000_000) -> Iterator[dict[str, float | int | str]]:
    """One row for the peer and one for the import."""
    with TemporaryDirectory() as temporary:
        room = Path(temporary)
        (room / "shop").mkdir()
        files = write(room / "shop", rows)
        read = sum(files.values())
        copies = [
            f"""duckdb.sql("copy (from '{file}' order by {order}) to '{room / file.stem}.parquet'")"""
            for file, order in zip(files, ("ordered_at", "order_id", "customer_id, happened_at"), strict=True)
        ]
        peer = spent([sys.executable, "-c", PEER.format(copies="\n".join(copies))])
        yield row("DuckDB: read, sort, write", read, *peer)
        command = [sys.executable, "cli.py", "import", str(room / "shop"), "--store", str(room / "store")]
        seconds, peak = spent(command)
        yield {**row("cli.py import", read, seconds, peak), "times the peer": seconds / peer[0]}
        if peak > LIMIT:
            raise SystemExit(f"The import took {peak:,.0f} MB; it may take {LIMIT:,} MB.")


def write(folder: Path, rows: int) -> dict[Path, int]:
    """The files of a shop, with the number of rows in each."""
    orders = rows * 2 // 5
    made = {
        folder / "orders.csv": (ORDERS, orders),
        folder / "order_lines.csv": (LINES, rows),
        folder / "events.parquet": (EVENTS, rows),
    }
    duckdb.sql("set timezone = 'UTC'; set enable_progress_bar = false")
    duckdb.sql("create or replace macro pick(salt, n, size) as (hash(n, salt) % size)::bigint")
    for file, (query, _) in made.items():
        duckdb.sql(f"copy ({query.format(rows=rows, orders=orders)}) to '{file}'")
    return {file: count for file, (_, count) in made.items()}


def spent(command: list[str]) -> tuple[float, float]:
    """Seconds and peak memory (MB) of a command run to its end."""
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:3])} ended with exit code {process.returncode}.")
    unit = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux kilobytes
    return time.monotonic() - began, usage.ru_maxrss / unit


def row(way: str, rows: int, seconds: float, peak: float) -> dict[str, float | int | str]:
    return {
        "way": way,
        "rows": rows,
        "seconds": seconds,
        "rows a second": rows / seconds,
        "peak MB": peak,
    }
