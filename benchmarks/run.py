"""Runs the benchmarks of this folder, shows what they measured and writes docs/benchmarks.md.

    python benchmarks/run.py [WORD …]     only the files whose name has one of the words

A benchmark is a file here with a docstring, which says what is measured and beside what, and with
`measure()`, which yields the rows of a table: dicts of column → number or text. Ratios to a peer of
the same run are worth more than seconds, which differ from machine to machine.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
DOCUMENT = ROOT / "docs" / "benchmarks.md"
HEAD = "# Benchmarks\n\nWritten by `make bench`: the last time each file of benchmarks/ was measured."
Row = Mapping[str, float | int | str]


def names(words: Iterable[str] = ()) -> list[str]:
    """The benchmarks whose name has one of the words; all of them without words."""
    words = list(words)
    found = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "run")
    return [name for name in found if not words or any(word in name for word in words)]


def run(name: str) -> str:
    """Measures one benchmark, and shows it. Returns its section of the document."""
    module = importlib.import_module(f"benchmarks.{name}")
    rows: list[Row] = []
    print(f"\n{module.__doc__.strip()}\n", flush=True)
    for row in module.measure():
        rows.append(row)
        print("   ".join(f"{column} {shown(value)}" for column, value in row.items()), flush=True)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [columns, ["---"] * len(columns)]
    lines += [[shown(row.get(column, "")) for column in columns] for row in rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{module.__doc__.strip()}\n\nMeasured {machine()}.\n\n{table}"


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


def shown(value: float | int | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if isinstance(value, int) or abs(value) >= 1000 else f"{value:.3g}"


def document(measured: Mapping[str, str], old: str) -> str:
    """The document with the sections just measured (name → text); those of other benchmarks stay."""
    sections = dict(part.strip().split("\n\n", 1) for part in old.split("\n## ")[1:]) | dict(measured)
    parts = [f"## {name}\n\n{sections[name]}" for name in sorted(sections) if name in names()]
    return "\n\n".join([HEAD, *parts]) + "\n"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    chosen = names(sys.argv[1:])
    if not chosen:
        sys.exit(f"No benchmark has such a name. There are: {', '.join(names())}.")
    for each in chosen:
        found = run(each)
        DOCUMENT.write_text(document({each: found}, DOCUMENT.read_text()))
