"""What a reader hands on, whatever the format: some rows as they stand in the source.

A `Table` is a file, a sheet, a database table or a query, opened but not read.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from loaders.loader import BadInput

BATCH = 100_000


@dataclass(frozen=True)
class Rows:
    """frame: their columns, text or typed. lines: UInt32, the line or row of each in the source.

    broken: rows that could not be taken apart: line, problem, text.
    """

    frame: pl.DataFrame
    lines: pl.Series
    broken: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """name: stays the same when delivered again. columns: theirs, in order. size: bytes, 0 if unknown.

    batches: reads it from the start. digest: of its content. note: what the user should know of it.
    """

    name: str
    columns: list[str]
    batches: Callable[[], Iterator[Rows]]
    digest: Callable[[], str]
    size: int = 0
    note: str = ""


class Empty(BadInput):
    """A file without any content; beside other files it is only worth a note."""


def unique_names(names: Iterable[str | None]) -> list[str]:
    """Column names without blanks around; an empty one becomes column_3, a second `a` becomes a_2."""
    found: list[str] = []
    for place, name in enumerate(names, 1):
        name = (name or "").strip() or f"column_{place}"
        same, number = name, 1
        while name in found:
            number += 1
            name = f"{same}_{number}"
        found.append(name)
    return found


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """ " Did you mean 'ordered_at'?" or nothing."""
    plain = {known_name.lower().replace(" ", "_"): known_name for known_name in known}
    near = difflib.get_close_matches(name.lower().replace(" ", "_"), list(plain), n=1, cutoff=0.6)
    return f" Did you mean {plain[near[0]]!r}?" if near else ""
