"""How the command line shows things: aligned tables, JSON, progress."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any, TextIO
from unicodedata import east_asian_width

from language import say
from loaders.loader import Progress

WIDTH = 24  # of the bar, in characters


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], sides: str, lang: str = "en") -> str:
    """Rows under headings, which are said in `lang`. sides: "<" or ">" for each column, its alignment."""
    heads = [say(heading, lang) if heading else "" for heading in columns]
    lines = [heads, *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(wide, cells)) for cells in zip(*lines, strict=True)]
    lines.insert(1, ["─" * width for width in widths])
    shown = []
    for line in lines:
        cells = []
        for cell, width, side in zip(line, widths, sides, strict=True):
            space = " " * (width - wide(cell))
            cells.append(space + cell if side == ">" else cell + space)
        shown.append("  ".join(cells).rstrip())
    return "\n".join(shown)


def wide(text: str) -> int:
    """How many columns a text takes in a terminal; Chinese characters take two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def markdown(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def document(facts: object) -> str:
    """Facts as JSON: days and instants in ISO form, lengths of time in seconds, a dataclass as an object.

    NaN and infinity have no JSON form and raise ValueError: a number that is not known is None.
    """
    return json.dumps(facts, ensure_ascii=False, indent=2, allow_nan=False, default=_plain)


def _plain(fact: Any) -> Any:
    if isinstance(fact, timedelta):
        return fact.total_seconds()
    return fact.isoformat() if isinstance(fact, date) else asdict(fact)


class Bar:
    """Progress of an import on standard error: how far it is, rows a second, time left.

    In a terminal one line is drawn over and over; elsewhere a line is printed every ten seconds.
    """

    def __init__(self, out: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.out, self.clock = out or sys.stderr, clock
        self.terminal = self.out.isatty()
        self.began = self.drawn = clock()

    def __call__(self, progress: Progress) -> None:
        now = self.clock()
        if now - self.drawn < (0.1 if self.terminal else 10):
            return
        self.drawn = now
        line = self._line(progress, now - self.began)
        if self.terminal:
            room = shutil.get_terminal_size().columns - 1
            self.out.write(f"\r\x1b[K{line[:room]}")
        else:
            self.out.write(f"{line}\n")
        self.out.flush()

    def _line(self, progress: Progress, seconds: float) -> str:
        parts = []
        if progress.size:
            share = min(progress.done / progress.size, 1)
            parts.append(f"{'█' * round(share * WIDTH):░<{WIDTH}} {share:4.0%}")
        if progress.size and progress.done:
            left = round(seconds * (progress.size / progress.done - 1))
            parts.append(f"{left // 60}:{left % 60:02} left")
        if progress.rows:
            parts.append(f"{progress.rows:,} rows, {progress.rows / max(seconds, 0.001):,.0f} a second")
        return "   ".join([*parts, progress.doing])

    def close(self) -> None:
        """Clears the line, so that what is printed next stands alone."""
        if self.terminal:
            self.out.write("\r\x1b[K")
            self.out.flush()
