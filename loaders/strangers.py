"""Warns where a file seems to be another one under a known name: January's and February's `orders.csv`."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from loaders.keys import KEY, SOURCE, key_hash
from loaders.merging import Merging

TOLD_BY = ("orders", "order_lines", "customers", "products")


def strangers(work: Merging, corrected: Mapping[str, int], before: Mapping[str, dict]) -> list[str]:
    """A note on each corrected source, by its new id, that has no row of the one it replaces."""
    return [
        f"{name} replaces what was imported before under this name, and has none of its rows. "
        f"If it is another file, restore version {work.old.version} and import it under another name."
        for name, number in corrected.items()
        if work.old is not None and _shares_nothing(work, number, before[name])
    ]


def _shares_nothing(work: Merging, number: int, known: Mapping) -> bool:
    assert work.old is not None
    told = [table for table in TOLD_BY if table in known["tables"]]
    for table in told:
        index = work.stage.index(table).scan()
        new = index.filter(pl.col(SOURCE) == number).select(KEY).collect()[KEY]
        for path in sorted((work.old.folder / table).glob("*.parquet")):
            rows = pl.read_parquet(path).filter(pl.col(SOURCE) == known["id"])
            if key_hash(table, rows).is_in(new.implode()).any():
                return False
    return bool(told)
