"""How long until a member comes back for the first time, or falls silent: survival curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from metrics.cohort import HOUR, Clock, Members, work
from metrics.metric import BadQuestion
from metrics.retention_tables import Counts
from metrics.survival import CURVE, MEDIANS, by_day, kaplan_meier, log_rank, medians

Curve = Literal["return", "lapse"]
DAY = 24 * HOUR
SEGMENTS = 12  # most curves beside that of all


@dataclass(frozen=True)
class Lived:
    curves: pl.DataFrame
    medians: pl.DataFrame
    statistic: float | None
    freedom: int | None
    p: float | None


def survival(
    found: Members,
    counts: Counts,
    halves: Sequence[Sequence[int]],
    curve: Curve,
    silence_days: float,
    clock: Clock,
) -> Lived:
    """Curves of all members and of segments: the cohorts, or the early and late ones where they are by time.

    The log-rank test compares the segments. Members whose time is not over count up to the end of the data.
    """
    days, ended = waits(found, curve, silence_days, clock)
    if counts.start.null_count() or not len(counts.names):
        segments = dict(zip(counts.names[:SEGMENTS], ([c] for c in range(SEGMENTS)), strict=False))
    else:
        segments = dict(zip(("early", "late"), halves, strict=False))
    curves, middles, parts = [], [], []
    for name, places in {None: range(len(counts.names)), **_told(segments)}.items():
        mine = np.isin(counts.place, list(places))
        if not mine.any():
            continue
        table = by_day(days[mine], ended[mine])
        curves.append(kaplan_meier(name, table))
        middles.append((name, int(mine.sum()), *medians(curves[-1], int(mine.sum()))))
        if name is not None:
            parts.append(table)
    statistic, freedom, p = log_rank(parts) or (None, None, None)
    whole = pl.concat(curves) if curves else pl.DataFrame(schema=CURVE)
    return Lived(whole, pl.DataFrame(middles, schema=MEDIANS, orient="row"), statistic, freedom, p)


def _told(segments: dict) -> dict[str, Sequence[int]]:
    """Segments by the names they are shown under; a cohort without a value is not one."""
    return {name: places for name, places in segments.items() if name is not None}


def waits(found: Members, curve: Curve, silence_days: float, clock: Clock) -> tuple[np.ndarray, np.ndarray]:
    """(M,) whole days until it ended, or until the end of the data, and (M,) whether it ended."""
    from metrics.compiled.funnel import spread
    from metrics.compiled.retention import NEVER, first_return, first_silence

    if silence_days <= 0:
        raise BadQuestion(f"Silence is longer than 0 days; found {silence_days:g}.")
    start = found.rows["entered_at"].dt.epoch("us").to_numpy()
    ends = np.full(len(start), NEVER, np.int64)
    silence = round(silence_days * DAY)
    there = np.flatnonzero(found.row >= 0)
    log, group, row = found.log, found.group[there], found.row[there]
    own = work(log, group, row)
    ended = ends[there]
    if not len(there):
        pass
    elif curve == "return":
        after = start + DAY if clock == "hours" else _next_day(found.rows["entered_at"])
        spread(
            first_return, own, log.bounds, log.times, log.codes, group, row, after[there], found.now, ended
        )
    else:
        spread(
            first_silence, own, log.bounds, log.times, log.codes, group, row, start[there], silence,
            found.now, ended,
        )  # fmt: skip
    ends[there] = ended
    if curve == "lapse":  # those without any event are silent from their entry on
        quiet = (found.row < 0) & (found.now - start >= silence)
        ends[quiet] = start[quiet] + silence
    happened = ends >= 0
    return (np.where(happened, ends, found.now) - start) // DAY, happened


def _next_day(entered: pl.Series) -> np.ndarray:
    """Microseconds of the beginning of the day after, in the shop's time zone."""
    return entered.dt.offset_by("1d").dt.truncate("1d").dt.epoch("us").to_numpy()
