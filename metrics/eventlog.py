"""Events as arrays, in groups that are followed on their own: what a compiled pass reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import polars as pl

from metrics.metric import BadQuestion, did_you_mean
from metrics.steps import ANY, Step

MICROSECOND = 1_000_000
CORES = 2
SMALL = 200_000  # rows that are not worth a second thread


@dataclass(frozen=True)
class EventLog:
    """A part of the events, of whole customers. N rows in G groups.

    customer: (G,) code of each group's customer. bounds: (G + 1,) the rows of group g are
    bounds[g]:bounds[g + 1]. times: (N,) microseconds since 1970 in UTC, rising within a group.
    codes: (N,) places in `table`, of which bit k is set where condition k holds. first: the place of its
    first row in all rows.
    """

    customer: np.ndarray
    bounds: np.ndarray
    times: np.ndarray
    codes: np.ndarray
    table: np.ndarray
    first: int


def event_log(
    events: pl.LazyFrame, conditions: Sequence[Step], *, hold: Sequence[str] = (), keep: Sequence[str] = ()
) -> tuple[list[Callable[[], EventLog]], pl.DataFrame]:
    """What makes the parts, to be called in the threads that follow them, and `keep` of all rows.

    events: sorted by customer and time. hold: columns by which a customer's events fall into groups; rows
    where one of them is null are left out. Raises BadQuestion for a column that there is not.
    """
    known = events.collect_schema()
    wanted = [*hold, *keep, *(column for step in conditions for column in step.columns)]
    if strange := [name for name in wanted if name not in known]:
        raise BadQuestion(
            f"Events have no column {', '.join(dict.fromkeys(strange))}. They have: {', '.join(known)}."
            f"{did_you_mean(strange, list(known))}"
        )
    code, table = _code(conditions, known)
    found = events.select(*dict.fromkeys(["customer", "happened_at", *hold, *keep]), code=code)
    rows = found.collect()
    if hold:
        rows = _grouped(rows, hold)
    return list(_parts(rows, hold, table)), rows.select(*keep)


def _grouped(rows: pl.DataFrame, hold: Sequence[str]) -> pl.DataFrame:
    """Sorted so that groups lie together. Sessions mostly do: they are numbered by their first rows."""
    if any(rows[name].null_count() for name in hold):
        rows = rows.drop_nulls(hold)
    if len(hold) == 1 and rows[hold[0]].dtype.is_integer() and rows[hold[0]].is_sorted():
        return rows
    return rows.sort("customer", *hold, "happened_at", maintain_order=True)


def _code(conditions: Sequence[Step], known: pl.Schema) -> tuple[pl.Expr, np.ndarray]:
    """A small number for each row, and the conditions that hold for such rows, as bits."""
    kind = known["event"]
    if isinstance(kind, pl.Enum) and not any(step.filters for step in conditions):
        of = dict.fromkeys(kind.categories, 0)
        whatever = 0
        for place, step in enumerate(conditions):
            if step.event == ANY:
                whatever |= 1 << place
            elif step.event in of:
                of[step.event] |= 1 << place
        # The last is for rows without an event: their code lies beyond those of the names.
        return pl.col("event"), np.array([*of.values(), 0], np.uint64) | np.uint64(whatever)
    bits = (
        pl.when(step.fits).then(pl.lit(1 << place, pl.UInt64)).otherwise(pl.lit(0, pl.UInt64))
        for place, step in enumerate(conditions)
    )
    return pl.sum_horizontal(pl.lit(0, pl.UInt64), *bits), np.empty(0, np.uint64)


def _parts(rows: pl.DataFrame, hold: Sequence[str], table: np.ndarray) -> Iterator[Callable[[], EventLog]]:
    """As the rows lie in memory where each piece has whole customers, so that nothing is copied."""
    names = ["customer", "happened_at", "code", *hold]
    pieces = [rows[name].get_chunks() for name in names]
    sizes = [len(chunk) for chunk in pieces[0]]
    aligned = all([len(chunk) for chunk in of] == sizes for of in pieces) and all(sizes)
    if len(sizes) >= CORES and aligned and all(a[-1] != b[0] for a, b in pairwise(pieces[0])):
        first = 0
        for chunk in range(len(sizes)):
            yield partial(_part, [of[chunk] for of in pieces], table, first)
            first += sizes[chunk]
        return
    rows = rows.rechunk()
    for low, high in _cuts(rows["customer"].to_numpy()):
        part = rows[low:high]
        yield partial(_part, [part[name] for name in names], table, low)


def _cuts(customer: np.ndarray) -> Iterator[tuple[int, int]]:
    count = 4 * CORES if len(customer) > SMALL else 1
    at = np.linspace(0, len(customer), count + 1).astype(np.int64)
    inner = np.searchsorted(customer, customer[at[1:-1]]) if count > 1 else np.empty(0, np.int64)
    edges = sorted({0, *inner.tolist(), len(customer)})
    yield from pairwise(edges) if len(customer) else [(0, 0)]


def _part(piece: Sequence[pl.Series], table: np.ndarray, first: int) -> EventLog:
    """piece: customer, times, code, and the columns that are held."""
    from metrics.compiled.groups import bounds_of

    customer, times, code, *hold = piece
    people, codes = customer.to_numpy(), code
    if isinstance(code.dtype, pl.Enum):
        codes = code.to_physical()
        if codes.has_nulls():
            codes = codes.cast(pl.UInt32).fill_null(len(table) - 1)
    bounds = bounds_of(people)
    if hold:
        new = np.zeros(len(people) + 1, bool)
        new[bounds] = True
        for column in hold:
            values = (column if column.dtype.is_integer() else column.rle_id()).to_numpy()
            new[1:-1] |= values[1:] != values[:-1]
        bounds = np.flatnonzero(new)
    return EventLog(
        people[bounds[:-1]],
        bounds,
        times.to_physical().to_numpy(),
        codes.to_numpy(),
        table,
        first,
    )


def coded(column: pl.Series) -> tuple[list[str], np.ndarray]:
    """The values that there are, and the place of each row's among them; without one, the place after all."""
    if not isinstance(column.dtype, pl.Enum):
        column = column.cast(pl.String)
        column = column.cast(pl.Enum(column.drop_nulls().unique().sort()))
    names = column.dtype.categories.to_list()  # type: ignore[attr-defined]
    return names, column.to_physical().cast(pl.UInt16).fill_null(len(names)).to_numpy()
