"""What a loader is: one file in this folder that ends in `LOADER = Loader(…)`.

A loader opens what the user names and returns a `Delivery`: the sources in it (a file, a table, a
query), each of which is read batch by batch, so that memory does not grow with its size. Checking,
merging and storing are the importer's work; a loader only turns their rows into our columns.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

LINE, PROBLEM = "_line", "_problem"


class BadInput(Exception):
    """Something the user can mend. Its text says what was needed, what was found and what to do."""


@dataclass(frozen=True)
class Batch:
    """Some rows for one table.

    frame: our columns (a subset of the table's), plus `_line` (UInt32, the line or row in the source,
        from 1) and `_problem` (String: why this row could not be read, null where it could).
    raw: the rows as found, one for each row of `frame`; kept in quarantine for rows that are bad.
    derived: true where rows are made from rows that another batch also carries (customers out of an
        orders file): such rows may repeat, the first of a source stands, and they are not counted.
    table: "" for rows that no table takes; they go to quarantine with their problem.
    """

    table: str
    frame: pl.DataFrame
    raw: pl.DataFrame
    derived: bool = False


@dataclass(frozen=True)
class Source:
    """One file, table or query. `name` stays the same when it is delivered again, corrected."""

    name: str
    digest: str
    read: Callable[[], Iterator[Batch]]
    size: int = 0  # what `done` counts up to, in bytes or rows; 0 where unknown


@dataclass(frozen=True)
class Progress:
    """What an import is doing: `done` of `size` (bytes or rows of all sources; 0 where unknown)."""

    doing: str
    done: int = 0
    size: int = 0
    rows: int = 0


@dataclass(frozen=True)
class Delivery:
    """What a loader found. `shop` may set timezone, currency and week_start of a new store.

    notes: lines to show the user (why a mapping was chosen, which files no table takes, …).
    beside: writes further files into the new version's folder, and tells what it is doing.
    """

    sources: list[Source]
    shop: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    beside: Callable[[Path, Callable[[Progress], None]], None] | None = None


@dataclass(frozen=True)
class Loader:
    """name: as typed after --loader. options: name → meaning, for --option name=value.

    recognises(source, options): the reason this loader takes the source, or None.
    open(source, options): what is in it; raises BadInput.
    """

    name: str
    label: str
    options: Mapping[str, str]
    recognises: Callable[[str, Mapping[str, str]], str | None]
    open: Callable[[str, Mapping[str, str]], Delivery]


def loaders() -> dict[str, Loader]:
    """Every loader in this folder, by name."""
    folder = str(Path(__file__).parent)
    modules = (importlib.import_module(f"loaders.{found.name}") for found in pkgutil.iter_modules([folder]))
    found = [module.LOADER for module in modules if hasattr(module, "LOADER")]
    return {loader.name: loader for loader in sorted(found, key=lambda loader: loader.name)}


def choose(source: str, options: Mapping[str, str], name: str | None = None) -> tuple[Loader, str]:
    """The loader called `name`, or the one that recognises the source, with the reason."""
    known = loaders()
    if name is not None:
        if name not in known:
            raise BadInput(f"There is no loader {name!r}. Known: {', '.join(known)}.")
        return known[name], "chosen by name"
    for loader in known.values():
        reason = loader.recognises(source, options)
        if reason:
            return loader, reason
    raise BadInput(
        f"No loader recognises {source!r}: it is no file, no folder and no database address. "
        f"Check the spelling, or name one with --loader: {', '.join(known)}."
    )


def unknown_options(loader: Loader, options: Iterable[str]) -> None:
    """Raises BadInput where an option is not one of the loader's."""
    extra = sorted(set(options) - set(loader.options))
    if extra:
        raise BadInput(
            f"The loader {loader.name} has no option {', '.join(extra)}. It has: {', '.join(loader.options)}."
        )
