"""Events as arrays, in groups that are followed on their own: what a compiled pass reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from metrics.metric import BadQuestion, did_you_mean
from metrics.steps import ANY, Step

MICROSECOND = 1_000_000


@dataclass(frozen=True)
class EventLog:
    """customer: (G,) code of each group's customer. bounds: (G + 1,) the rows of group g are
    bounds[g]:bounds[g + 1]. times: (N,) microseconds since 1970 in UTC, rising within a group.
    codes: (N,) bit k is set where condition k holds. rows: (N,) further columns asked for.
    """

    customer: np.ndarray
    bounds: np.ndarray
    times: np.ndarray
    codes: np.ndarray
    rows: pl.DataFrame


def event_log(
    events: pl.LazyFrame, conditions: Sequence[Step], *, hold: Sequence[str] = (), keep: Sequence[str] = ()
) -> EventLog:
    """events: sorted by customer and time. hold: columns by which a customer's events fall into groups;
    rows where one of them is null are left out. keep: columns wanted in `rows`.

    Raises BadQuestion for a column that there is not.
    """
    known = events.collect_schema()
    wanted = [*hold, *keep, *(column for step in conditions for column in step.columns)]
    if strange := [name for name in wanted if name not in known]:
        raise BadQuestion(
            f"Events have no column {', '.join(dict.fromkeys(strange))}. They have: {', '.join(known)}."
            f"{did_you_mean(strange, list(known))}"
        )
    columns = list(dict.fromkeys(["customer", "happened_at", *hold, *keep]))
    code, table = _code(conditions, known)
    found = events.select(*columns, code)
    if hold:
        found = found.drop_nulls(hold).sort("customer", *hold, "happened_at", maintain_order=True)
    rows = found.collect()
    codes = rows["code"].to_numpy()
    return EventLog(
        *_groups(rows, hold),
        times=rows["happened_at"].to_physical().to_numpy(),
        codes=codes if table is None else table[codes],
        rows=rows.select(*keep),
    )


def _code(conditions: Sequence[Step], known: pl.Schema) -> tuple[pl.Expr, np.ndarray | None]:
    """The conditions of each row as bits; where only events matter, by way of a table of the events."""
    kind = known["event"]
    if isinstance(kind, pl.Enum) and not any(step.filters for step in conditions):
        names = list(kind.categories)
        table = np.zeros(len(names) + 1, np.uint64)
        for place, step in enumerate(conditions):
            if step.event == ANY:
                table |= np.uint64(1 << place)
            elif step.event in names:
                table[names.index(step.event)] |= np.uint64(1 << place)
        return pl.col("event").to_physical().fill_null(len(names)).alias("code"), table
    bits = (
        pl.when(step.fits).then(pl.lit(1 << place, pl.UInt64)).otherwise(pl.lit(0, pl.UInt64))
        for place, step in enumerate(conditions)
    )
    return pl.sum_horizontal(pl.lit(0, pl.UInt64), *bits).alias("code"), None


def _groups(rows: pl.DataFrame, hold: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """customer of each group, bounds."""
    customer = rows["customer"].to_numpy()
    if not len(customer):
        return customer, np.zeros(1, np.int64)
    new = customer[1:] != customer[:-1]
    for name in hold:
        values = rows[name].rle_id().to_numpy()
        new |= values[1:] != values[:-1]
    starts = np.flatnonzero(new) + 1
    bounds = np.concatenate([[0], starts, [len(customer)]]).astype(np.int64)
    return customer[bounds[:-1]], bounds
