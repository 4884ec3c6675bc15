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
from metrics.attempts import FOREVER, instant
from metrics.eventlog import CORES, MICROSECOND, EventLog, coded, event_log
from metrics.interval import student, wilson
from metrics.large import quantiles
from metrics.metric import BadQuestion
from metrics.period import DAY, Period
from metrics.privacy import MIN_GROUP, hidden
from metrics.reason import Frames, Reason
from metrics.rules import DIMENSIONS

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
    if where and 0 < found.tallies[0, 4] < min_group:
        raise BadQuestion(f"Hidden: the visits would point at fewer than {min_group} people. Ask for more.")
    n, alone = found.tallies[0, :2].tolist()
    segments = _segments(found, min_group)  # first: the measures of all change the order of the seconds
    return Sessions(
        n=n,
        **_measures(found.tallies[0], found.seconds),
        lengths=_lengths(found.lengths),
        segments=segments,
        warnings=(UNMEASURED,) if alone else (),
    )


sessions_analysis = Analysis("sessions", "How long are visits, and where does one end?", sessions)

UNMEASURED = Reason("a visit of one event has no known length, so it is in no duration")


@dataclass(frozen=True)
class Cut:
    """Sessions counted by segment, S in all, of which the first is everything; see compiled/visits.py.

    names: of the segments; dimensions: of each column the places of its segments. tallies: (S, 5).
    lengths: (B,) by LENGTHS. seconds: (M,) of the measured. places: of each column (M,) their segment.
    """

    names: list[str | None]
    dimensions: dict[str, range]
    tallies: np.ndarray
    lengths: np.ndarray
    seconds: np.ndarray
    places: list[np.ndarray]


def cut(
    frames: Frames,
    period: Period,
    where: Mapping[str, Sequence[str | None]],
    silence_minutes: float | None,
    by: Sequence[str],
) -> Cut:
    """Sessions that begin in the period, by what holds at their first event."""
    from metrics.compiled.visits import lengths_of, walk_sessions

    rows = frames("log", where=where)
    zone = str(rows.collect_schema()["happened_at"].time_zone)  # type: ignore[attr-defined]
    first, last = instant(period.start, zone), instant(period.end + DAY, zone)
    parts, kept = event_log(rows, (), hold=("session",) if silence_minutes is None else (), keep=by)
    quiet = FOREVER if silence_minutes is None else round(silence_minutes * 60 * MICROSECOND)
    columns = [coded(kept[name]) for name in by]
    names: list[str | None] = [None]
    dimensions = {}
    for name, (segments, _) in zip(by, columns, strict=True):
        dimensions[name] = range(len(names), len(names) + len(segments) + 1)
        names += [*segments, None]
    offsets = np.array([own.start for own in dimensions.values()], np.int64)
    edges = np.array(LENGTHS[:-1]) * MICROSECOND

    def part_of(made: Callable[[], EventLog]) -> tuple[np.ndarray, ...]:
        log = made()
        rows = len(log.times)
        codes = np.empty((len(by), rows), np.uint16)
        for d, (_, code) in enumerate(columns):
            codes[d] = code[log.first : log.first + rows]
        tallies, room = np.zeros((len(names), 5), np.int64), rows // 2 + 1
        seconds, places = np.empty(room, np.int64), np.empty((len(by), room), np.uint16)
        measured = walk_sessions(
            log.bounds, log.times, log.customer, quiet, first, last, codes, offsets, tallies, seconds, places
        )
        seconds = seconds[:measured]
        return tallies, lengths_of(seconds, edges), seconds / MICROSECOND, places[:, :measured]

    with ThreadPoolExecutor(CORES) as pool:
        made = list(pool.map(part_of, parts))
    tallies, lengths = (np.sum([part[k] for part in made], axis=0) for k in range(2))
    seconds, places = (np.concatenate([part[k] for part in made], axis=-1) for k in (2, 3))
    return Cut(names, dimensions, tallies, lengths, seconds, [*places])


def _measures(tallies: np.ndarray, seconds: np.ndarray) -> dict:
    """measured and MEASURES of sessions; seconds: of the measured, whose order is changed."""
    n, alone, events, squares, _ = tallies.tolist()
    low, high = wilson(alone, n) or (None, None)
    measured = len(seconds)
    mean = float(seconds.mean()) if measured else 0.0
    spread = float(seconds @ seconds) - measured * mean**2
    median, late = quantiles(seconds)
    many = _mean(n, events / n, squares - events * events / n) if n else (None, None, None)
    lasted = _mean(measured, mean, spread) if measured else (None, None, None)
    measures = (alone / n if n else None, low, high, *many, median, late, *lasted)
    return {"measured": measured, **dict(zip(MEASURES, measures, strict=True))}


def _mean(n: int, mean: float, squares: float) -> tuple[float, float | None, float | None]:
    """With its 95 % interval by Student's t; of one value without. squares: of distances from the mean."""
    if n == 1:
        return mean, None, None
    half = student(n - 1) * sqrt(max(squares, 0.0) / (n - 1) / n)
    return mean, mean - half, mean + half


def _lengths(counts: np.ndarray) -> pl.DataFrame:
    measured = int(counts.sum())
    return pl.DataFrame(
        {
            "from": LENGTHS[:-1],
            "to": [None if end == inf else end for end in LENGTHS[1:]],
            "n": counts,
            "share": [count / measured if measured else None for count in counts.tolist()],
        },
        schema={"from": pl.Float64, "to": pl.Float64, "n": pl.Int64, "share": pl.Float64},
    )


def _segments(found: Cut, min_group: int) -> pl.DataFrame:
    rows = []
    for (column, own), places in zip(found.dimensions.items(), found.places, strict=True):
        order = np.argsort(places, kind="stable")
        seconds, bounds = found.seconds[order], np.searchsorted(places[order], [*own, own.stop])
        parts = [(s, k) for k, s in enumerate(own) if found.tallies[s, 0]]
        parts.sort(key=lambda part: (-found.tallies[part[0], 0], str(found.names[part[0]])))
        few = hidden([int(found.tallies[s, 4]) for s, _ in parts], min_group)
        for place, (s, k) in enumerate(parts):
            n = int(found.tallies[s, 0])
            told = {"by": column, "segment": found.names[s], "n": n, "share": n / int(found.tallies[0, 0])}
            if place not in few:
                rows.append(told | _measures(found.tallies[s], seconds[bounds[k] : bounds[k + 1]]))
    return pl.DataFrame(rows, schema=SEGMENTS)
