"""Surges and holes: days with far more or far fewer visits than usual, and the channel behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log

import numpy as np
import polars as pl

from metrics.analysis import Analysis
from metrics.period import DAY, Period
from metrics.reason import Frames, Reason

NEAR = 28  # days before and after whose weekdays tell what is usual
FEWEST = 4  # of the same weekday
ODD = 4.0  # robust standard deviations
LEAST = log(1.25)  # and at least a quarter more, or as much less
FEW = 20  # usual visits, below which a day tells nothing
OWN = 0.6  # of a surge: a channel with more of the change is told in its place
SCHEMA = {
    "kind": pl.String,
    "channel": pl.String,
    **dict.fromkeys(("start", "end"), pl.Date),
    "visits": pl.Int64,
    **dict.fromkeys(("usual", "times", "low", "high"), pl.Float64),
}


@dataclass(frozen=True)
class Surges:
    """n: visits of the period. surges, the largest first: kind (more, fewer), channel (null: of all), start,
    end (days in a row), visits, usual (what such days have), times = visits ÷ usual with low and high (95 %,
    by how much usual days differ).
    """

    n: int
    surges: pl.DataFrame
    warnings: tuple[Reason, ...]


def surges(
    frames: Frames,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
) -> Surges:
    """Usual is the median of the same weekdays of the four weeks before and after, the day itself left out.

    A day is odd where the logarithm of visits ÷ usual lies more than four standard deviations from 0 and
    visits differ by a quarter. The deviation is that of the days (1.4826 times the median absolute one,
    Rousseeuw and Croux 1993), or that of a count where it is larger. All visits are looked at, and each
    channel alone.
    """
    span = Period(period.start - NEAR * DAY, min(as_of, period.end + NEAR * DAY))
    rows = (
        frames("sessions", where=where)
        .filter(pl.col("day").is_between(span.start, span.end))
        .group_by("day", "channel")
        .agg(visits=pl.len())
        .collect()
    )
    if rows.is_empty():
        return Surges(0, pl.DataFrame(schema=SCHEMA), (SHORT,))
    first: date = rows["day"].min()  # type: ignore[assignment]
    days = [first + i * DAY for i in range((span.end - first).days + 1)]
    if len(days) < 2 * NEAR:
        return Surges(0, pl.DataFrame(schema=SCHEMA), (SHORT,))
    total = rows.group_by("day").agg(pl.col("visits").sum())
    inside = np.array([period.start <= day <= period.end for day in days])
    found = _odd(None, _filled(total, days), days, inside)
    for (channel,), part in rows.group_by("channel", maintain_order=True):
        own = _odd(channel, _filled(part, days), days, inside)
        found = [each for each in found if not any(_explains(mine, each) for mine in own)]
        found += [mine for mine in own if not any(_overlap(mine, each) for each in found)]
    table = pl.DataFrame(found, schema=SCHEMA)
    size = (pl.col("visits") - pl.col("usual")).abs()
    n = int(total.filter(pl.col("day").is_between(period.start, period.end))["visits"].sum())
    return Surges(n, table.sort(size, "start", descending=[True, False]), ())


surges_analysis = Analysis("surges", "On which days were visits unusual?", surges)

SHORT = Reason("there are too few days to know what is usual")


def _filled(rows: pl.DataFrame, days: Sequence[date]) -> np.ndarray:
    value = dict(rows.select("day", "visits").iter_rows())
    return np.array([value.get(day, 0) for day in days], float)


def _usual(counts: np.ndarray) -> np.ndarray:
    """NaN where too few of the same weekday are near."""
    found = np.full(len(counts), np.nan)
    for i in range(len(counts)):
        near = [counts[j] for j in range(i % 7, len(counts), 7) if j != i and abs(j - i) <= NEAR]
        if len(near) >= FEWEST:
            found[i] = np.median(near)
    return np.where(found > 0, found, np.nan)


def _odd(channel: str | None, counts: np.ndarray, days: Sequence[date], inside: np.ndarray) -> list[dict]:
    usual = _usual(counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.log(np.maximum(counts, 0.5) / usual)
    known = np.isfinite(away)
    if not known.any():
        return []
    days_own = 1.4826 * float(np.median(np.abs(away[known])))
    spread = np.maximum(days_own, 1 / np.sqrt(np.where(known, usual, 1.0)))
    odd = inside & known & (np.abs(away) > np.maximum(ODD * spread, LEAST))
    found = []
    for low, high in _runs(odd, np.sign(away)):
        visits, expected = float(counts[low:high].sum()), float(usual[low:high].sum())
        if expected < FEW:
            continue
        times, apart = visits / expected, 1.96 * float(spread[low:high].mean())
        found.append(
            {
                "kind": "more" if times > 1 else "fewer",
                "channel": channel,
                "start": days[low],
                "end": days[high - 1],
                "visits": int(visits),
                "usual": expected,
                "times": times,
                "low": times * exp(-apart),
                "high": times * exp(apart),
            }
        )
    return found


def _runs(odd: np.ndarray, sign: np.ndarray) -> list[tuple[int, int]]:
    """Spans of odd days in a row of the same kind."""
    found: list[tuple[int, int]] = []
    for i in np.flatnonzero(odd).tolist():
        if found and found[-1][1] == i and sign[i] == sign[i - 1]:
            found[-1] = (found[-1][0], i + 1)
        else:
            found.append((i, i + 1))
    return found


def _overlap(one: Mapping, other: Mapping) -> bool:
    return one["kind"] == other["kind"] and one["start"] <= other["end"] and other["start"] <= one["end"]


def _explains(channel: Mapping, whole: Mapping) -> bool:
    """Whether one channel is nearly all of what happened to the whole."""
    change = channel["visits"] - channel["usual"]
    return (
        whole["channel"] is None
        and _overlap(channel, whole)
        and change / (whole["visits"] - whole["usual"]) > OWN
    )
