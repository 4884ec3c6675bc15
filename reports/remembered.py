"""The store's frames as stories ask for them, over and over: what is small stays in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

import polars as pl

from loaders.serve import TIMES, by_day
from loaders.shop import DIMENSIONS
from loaders.store import Store
from metrics.period import Period
from metrics.reason import recorded

KEPT = 128  # frames, and answers, of each store


class Remembered:
    """Called as metrics.value.values calls its frames; `daily` comes added up and from memory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._daily = lru_cache(maxsize=KEPT)(self._added_up)
        self.spans = lru_cache(maxsize=KEPT)(self._spans)

    def __call__(
        self,
        name: str,
        where: Mapping[str, Sequence[str]] = MappingProxyType({}),
        by: Sequence[str] = (),
        basis: str = "order",
    ) -> pl.LazyFrame:
        if name != "daily" or not {*where, *by} <= {*DIMENSIONS, *TIMES}:
            return self._store.frame(name, where, by, basis)
        kept = tuple(sorted((column, tuple(values)) for column, values in where.items()))
        return self._daily(kept, tuple(by), basis)

    def _added_up(self, where: tuple, by: tuple[str, ...], basis: str) -> pl.LazyFrame:
        # The whole is added up from the channels, which are asked for anyway.
        if by:
            rows = self._store.frame("daily", dict(where), by, basis)
        else:
            rows = self._daily(where, ("channel",), basis)
        return by_day(rows, by).lazy()

    def _spans(self, table: str, dimension: str | None, basis: str) -> dict[str, Period]:
        """First and last days of all columns, as metrics.reason.spans asks for them."""
        frame = self(table, by=(dimension,) if dimension else (), basis=basis)
        return recorded(frame, frame.collect_schema().names(), dimension)
