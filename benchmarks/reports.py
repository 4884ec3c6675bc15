"""Reports of the medium sample shop: the board report in four formats and two languages, from nothing to
the finished and checked files (under 15 s in all, 3 MB each), and a workbook with a table of 100,000 rows
(under 10 s). No peer: the goals are the measure.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

import polars as pl

import sample_data
from loaders.importing import import_delivery
from metrics.period import Period
from reports.export import FORMATS, export
from reports.shop import opened, usual
from reports.xlsx import xlsx
from stories.blocks import Column, Table
from stories.named import named_report
from stories.report import Chapter, Report

ROWS = 100_000


def measure() -> Iterator[dict[str, float | int | str]]:
    with tempfile.TemporaryDirectory() as folder:
        import_delivery(folder, sample_data.delivery("medium", 7), loader="sample", now=datetime.now(UTC))
        yield from board(folder)
    began = time.perf_counter()
    size = len(xlsx(large()))
    seconds = time.perf_counter() - began
    yield {"file": f"workbook of {ROWS:,} rows", "seconds": seconds, "MB": size / 1e6, "goal": "10 s"}


def board(store: str) -> Iterator[dict[str, float | int | str]]:
    """The data is gathered once; each language is told and checked, each file written."""
    began = last = time.perf_counter()
    there, named = opened(store), named_report("board")
    facts = there.facts()
    asked = there.ask(*usual(named, there), {})
    gathered = named.gather(asked, facts.checks)
    now = time.perf_counter()
    yield {"file": "data gathered", "seconds": now - last}
    largest = 0.0
    for lang in ("en", "zh"):
        report = named.report(asked, gathered, facts, lang)
        last = time.perf_counter()
        for file in export(report, list(FORMATS), there.ask, facts.checks, there.store.manifest.created_at):
            now = time.perf_counter()
            yield {"file": file.name, "seconds": now - last, "MB": len(file.data) / 1e6, "goal": "3 MB"}
            last, largest = now, max(largest, len(file.data) / 1e6)
    yield {
        "file": "all of it",
        "seconds": time.perf_counter() - began,
        "MB": largest,
        "goal": "15 s, 3 MB each",
    }


def large() -> Report:
    """A report of one table with texts, days and numbers."""
    day = date(2026, 6, 30)
    frame = pl.select(at=pl.int_range(ROWS)).select(
        order=pl.format("O{}", "at"),
        day=pl.lit(day),
        channel=pl.when(pl.col("at") % 2 == 0).then(pl.lit("Web")).otherwise(pl.lit("门店")),
        units="at",
        value=pl.col("at") * 1.25,
        share=pl.col("at") / ROWS,
    )
    kinds = {"day": "date", "units": "integer", "value": "money", "share": "percent"}
    columns = [Column(name, name, kinds.get(name, "text")) for name in frame.columns]  # type: ignore[arg-type]
    chapter = Chapter("section", "Orders", [Table(frame, columns, title="Orders")])
    return Report("large", "Large", "June", Period(day, day), {}, [chapter], "en", "USD", day, 1)
