"""Sessions: events cut into visits, as the source tells them or by silence, and how long these are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from math import inf, sqrt

import numpy as np
import polars as pl

from metrics.analysis import Analysis
from metrics.attempts import instant
from metrics.eventlog import CORES, MICROSECOND, EventLog, event_log
from metrics.interval import student, wilson
from metrics.metric import BadQuestion
from metrics.period import DAY, Period
from metrics.privacy import MIN_GROUP, hidden
from metrics.reason import Frames, Reason
from metrics.rules import DIMENSIONS
from metrics.walks import around

LENGTHS = (0.0, 10.0, 60.0, 180.0, 600.0, 1800.0, 3600.0, inf)  # seconds, edges of the distribution
MEASURES = (
    *("one_event", "one_event_low", "one_event_high", "events", "events_low", "events_high"),
    *("seconds", "seconds_p90", "seconds_mean", "seconds_low", "seconds_high"),
)
SEGMENTS = {
    **dict.fromkeys(("by", "segment"), pl.String),
    **dict.fromkeys(("n", "measured"), pl.Int64),
    **dict.fromkeys(("share", *MEASURES), pl.Float64),
}


@dataclass(frozen=True)
class Sessions:
    """n: sessions. measured: of them, those of two events or more; one event has no known length.

    one_event: the share of the others, with one_event_low and one_event_high (Wilson). events: of a session,
    mean with events_low and events_high (Student). seconds: median length of the measured, seconds_p90,
    seconds_mean with seconds_low and seconds_high (Student).

    lengths: from, to (seconds; null: without end), n, share of the measured, from ≤ length < to.
    segments: by, segment (at the first event), n, share of all sessions, measured, and the above of each.
    """

    n: int
    measured: int
    one_event: float | None
    one_event_low: float | None
    one_event_high: float | None
    events: float | None
    events_low: float | None
    events_high: float | None
    seconds: float | None
    seconds_p90: float | None
    seconds_mean: float | None
    seconds_low: float | None
    seconds_high: float | None
    lengths: pl.DataFrame
    segments: pl.DataFrame
    warnings: tuple[Reason, ...]


def sessions(
    frames: Frames,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    silence_minutes: float | None = None,
    by: tuple[str, ...] = DIMENSIONS,
    min_group: int = MIN_GROUP,
) -> Sessions:
    """Sessions that begin in the period, to their end; midnight cuts none.

    silence_minutes: a session ends before a longer silence of its customer. None: sessions are those of the
    source, and where it tells none, cut by 30 minutes. Raises BadQuestion.
    """
    if silence_minutes is not None and silence_minutes <= 0:
        raise BadQuestion(f"Silence is longer than 0 minutes; found {silence_minutes}.")
    found = cut(frames, period, where, silence_minutes, by)
    if where and 0 < found["customer"].n_unique() < min_group:
        raise BadQuestion(f"Hidden: the visits would point at fewer than {min_group} people. Ask for more.")
    measured = found.filter(pl.col("events") > 1)["seconds"]
    return Sessions(
        n=len(found),
        **_measures(found),
        lengths=_lengths(measured),
        segments=_segments(found, by, min_group),
        warnings=(UNMEASURED,) if len(measured) < len(found) else (),
    )


sessions_analysis = Analysis("sessions", "How long are visits, and where does one end?", sessions)

UNMEASURED = Reason("a visit of one event has no known length, so it is in no duration")


def cut(
    frames: Frames,
    period: Period,
    where: Mapping[str, Sequence[str | None]],
    silence_minutes: float | None,
    keep: Sequence[str] = (),
) -> pl.DataFrame:
    """A row a session that begins in the period: customer, seconds, events, and `keep` at its first event."""
    rows, zone = around(frames, period, where)
    first, last = instant(period.start, zone), instant(period.end + DAY, zone)
    hold = ("session",) if silence_minutes is None else ()
    parts, kept = event_log(rows, (), hold=hold, keep=keep)
    quiet = None if silence_minutes is None else round(silence_minutes * 60 * MICROSECOND)

    def part_of(made: Callable[[], EventLog]) -> pl.DataFrame:
        log = made()
        bounds = log.bounds
        if quiet is not None and len(log.times):
            new = np.diff(log.times) > quiet
            new[bounds[1:-1] - 1] = True
            bounds = np.concatenate([[0], np.flatnonzero(new) + 1, [len(log.times)]])
        begin, end = bounds[:-1], bounds[1:]
        inside = (log.times[begin] >= first) & (log.times[begin] < last)
        begin, end = begin[inside], end[inside]
        groups = np.searchsorted(log.bounds, begin, "right") - 1
        told = {
            "customer": pl.Series(log.customer[groups], dtype=pl.Int32),
            "seconds": pl.Series((log.times[end - 1] - log.times[begin]) / MICROSECOND, dtype=pl.Float64),
            "events": pl.Series(end - begin, dtype=pl.Int64),
        }
        place = pl.Series(begin + log.first, dtype=pl.UInt64)
        return pl.DataFrame(told | {name: kept[name].gather(place) for name in keep})

    with ThreadPoolExecutor(CORES) as pool:
        return pl.concat(pool.map(part_of, parts))


def _measures(found: pl.DataFrame) -> dict:
    """measured and MEASURES of sessions."""
    long = found.filter(pl.col("events") > 1)["seconds"]
    n, alone = len(found), len(found) - len(long)
    low, high = wilson(alone, n) or (None, None)
    events, seconds = _mean(found["events"]), _mean(long)
    measures = (alone / n if n else None, low, high, *events, long.median(), long.quantile(0.9, "linear"))
    return {"measured": len(long), **dict(zip(MEASURES, (*measures, *seconds), strict=True))}


def _mean(values: pl.Series) -> tuple[float | None, float | None, float | None]:
    """With its 95 % interval by Student's t; of one value without."""
    n = len(values)
    if n == 0:
        return None, None, None
    mean = float(values.mean())  # type: ignore[arg-type]
    if n == 1:
        return mean, None, None
    half = student(n - 1) * float(values.std()) / sqrt(n)  # type: ignore[arg-type]
    return mean, mean - half, mean + half


def _lengths(seconds: pl.Series) -> pl.DataFrame:
    counts = np.histogram(seconds.to_numpy(), LENGTHS)[0].tolist()
    return pl.DataFrame(
        {
            "from": LENGTHS[:-1],
            "to": [None if end == inf else end for end in LENGTHS[1:]],
            "n": counts,
            "share": [count / len(seconds) if len(seconds) else None for count in counts],
        },
        schema={"from": pl.Float64, "to": pl.Float64, "n": pl.Int64, "share": pl.Float64},
    )


def _segments(found: pl.DataFrame, by: Sequence[str], min_group: int) -> pl.DataFrame:
    rows = []
    for column in by:
        parts = [(segment, part) for (segment,), part in found.group_by(column, maintain_order=True)]
        parts.sort(key=lambda each: (-len(each[1]), str(each[0])))
        few = hidden([part["customer"].n_unique() for _, part in parts], min_group)
        rows += [
            {"by": column, "segment": segment, "n": len(part), "share": len(part) / len(found)}
            | _measures(part)
            for place, (segment, part) in enumerate(parts)
            if place not in few
        ]
    return pl.DataFrame(rows, schema=SEGMENTS)
