"""From codes, seconds and day numbers to the columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from sample_data.days import START
from sample_data.draws import Draws, Floats, Ints
from sample_data.world import SHOP

_ORIGIN = (START - date(1970, 1, 1)).days


def instants(name: str, seconds: Floats) -> pl.Series:
    """UTC instants of seconds since the first day's midnight in the shop's time zone; NaN is null."""
    known = np.isfinite(seconds)
    micros = (np.where(known, seconds, 0).astype(np.int64) + _ORIGIN * 86_400) * 1_000_000
    local = pl.Series(name, micros).cast(pl.Datetime("us")).dt.replace_time_zone(SHOP["timezone"])
    return only(known, local.dt.convert_time_zone("UTC"))


def dates(name: str, days: np.ndarray) -> pl.Series:
    """Calendar days of day numbers; NaN is null."""
    known = np.isfinite(days)
    numbers = np.where(known, days, 0).astype(np.int32) + _ORIGIN
    return only(known, pl.Series(name, numbers, dtype=pl.Int32).cast(pl.Date))


def only(known: np.ndarray, values: pl.Series) -> pl.Series:
    """The values where known, else null."""
    if known.all():
        return values
    return (
        values.to_frame().select(pl.when(pl.Series(known)).then(values.name).alias(values.name)).to_series()
    )


def labels(items: Sequence, codes: Ints) -> pl.Series:
    """The text or the `name` of the item that each code stands for; code −1 is null."""
    texts = [item if isinstance(item, str) else item.name for item in items]
    return pl.Series([*texts, None], dtype=pl.String).gather(np.where(codes < 0, len(texts), codes))


def drawn(draws: Draws, question: str, weighted: Sequence[tuple[str, float]], *keys: np.ndarray) -> pl.Series:
    """One of the names of (name, weight), as the draw has it."""
    codes = draws.pick(question, [weight for _, weight in weighted], *keys)
    return labels([name for name, _ in weighted], codes)
