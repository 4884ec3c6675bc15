"""What was asked for on the command line: the days and the filters."""

from __future__ import annotations

from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import polars as pl

from loaders.loader import BadInput
from loaders.store import Store
from metrics.period import Period


def period(chosen: Namespace, store: Store) -> Period:
    """From --from to --to; by default all days counted: a parcel may arrive after the last order."""
    if chosen.start and chosen.end:
        return Period(day(chosen.start), day(chosen.end))
    first, last = (
        store.prepared("daily").select(pl.col("day").min(), last=pl.col("day").max()).collect().row(0)
    )
    if first is None:
        raise BadInput("The store has no day with anything counted: import orders and their lines first.")
    return Period(day(chosen.start) if chosen.start else first, day(chosen.end) if chosen.end else last)


def where(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str | None]]:
    """column → values to keep; an empty value is "not recorded"."""
    kept: dict[str, list[str | None]] = defaultdict(list)
    for column, value in pairs:
        kept[column].append(value or None)
    return dict(kept)


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"A day is written as 2026-01-31; found {text!r}.") from None
