"""How long until a member comes back for the first time, or falls silent: survival curves."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from metrics.cohort import Members, Part
from metrics.eventlog import CORES
from metrics.member_periods import HOUR, Clock, beginnings
from metrics.metric import BadQuestion
from metrics.period import Period
from metrics.retention_tables import Counts
from metrics.survival import CURVE, MEDIANS, by_day, kaplan_meier, log_rank, medians

Curve = Literal["return", "lapse", "none"]
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
    if curve == "none":
        return Lived(pl.DataFrame(schema=CURVE), pl.DataFrame(schema=MEDIANS), None, None, None)
    days, ended = waits(found, curve, silence_days, clock)
    if counts.start.null_count() or not len(counts.names):
        segments = [(name, [c]) for c, name in enumerate(counts.names[:SEGMENTS]) if name is not None]
    else:
        segments = [(name, list(places)) for name, places in zip(("early", "late"), halves, strict=False)]
    curves, middles, parts = [], [], []
    for name, places in [(None, list(range(len(counts.names)))), *segments]:
        mine = np.isin(counts.place, places)
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


def waits(found: Members, curve: Curve, silence_days: float, clock: Clock) -> tuple[np.ndarray, np.ndarray]:
    """(M,) whole days until it ended, or until the end of the data, and (M,) whether it ended."""
    if silence_days <= 0:
        raise BadQuestion(f"Silence is longer than 0 days; found {silence_days:g}.")
    silence, now = round(silence_days * DAY), found.ticks.now
    days = _days(found) if curve == "return" and clock != "hours" else None

    def of(part: Part) -> tuple[np.ndarray, np.ndarray]:
        from metrics.compiled.retention import NEVER, first_return, first_silence

        start = part.start
        ends = np.full(len(start), NEVER, np.int64)
        events = part.log.bounds, part.log.times, part.log.codes, part.log.table, part.group, part.row
        if curve == "return":
            after = start + DAY if days is None else days[np.searchsorted(days, start, "right")]
            first_return(*events, after, now, ends)
        else:
            first_silence(*events, start, silence, now, ends)
            # Those without any event are silent from their entry on.
            quiet = (part.row < 0) & (now - start >= silence)
            ends[quiet] = start[quiet] + silence
        happened = ends >= 0
        return (np.where(happened, ends, now) - start) // DAY, happened

    with ThreadPoolExecutor(CORES) as pool:
        told = list(pool.map(of, found.parts))
    return np.concatenate([each[0] for each in told]), np.concatenate([each[1] for each in told])


def _days(found: Members) -> np.ndarray:
    """When each day of entry and the one after it begin, in the shop's time zone."""
    entered = found.rows["entered_at"]
    if entered.is_empty():
        return np.zeros(1, np.int64)
    span = Period(entered.min().date(), entered.max().date())  # type: ignore[union-attr]
    return beginnings(span, str(entered.dtype.time_zone), "day")  # type: ignore[attr-defined]
