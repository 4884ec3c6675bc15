"""Drops: days on which a step of the funnel let far fewer through than usual, and what that cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics.analysis import Analysis
from metrics.attempts import attempts
from metrics.difference import benjamini_hochberg, newcombe
from metrics.funnel import DEFAULT
from metrics.period import DAY, Period
from metrics.privacy import MIN_GROUP
from metrics.reason import Frames, Reason
from metrics.rules import Rules
from metrics.scan import Daily, chance, worst

BEFORE = 56  # days ahead of the period, to know what is usual
FEWEST = 28  # days without which nothing is usual
SURE = 0.1  # q: of ten alarms one is false
SCHEMA = {
    **dict.fromkeys(("by", "segment"), pl.String),
    "step": pl.Int64,
    "label": pl.String,
    **dict.fromkeys(("start", "end"), pl.Date),
    "n": pl.Int64,
    "rate": pl.Float64,
    "usual_n": pl.Int64,
    **dict.fromkeys(("usual_rate", "low", "high"), pl.Float64),
    **dict.fromkeys(("orders_lost", "orders_low", "orders_high", "p", "q"), pl.Float64),
}


@dataclass(frozen=True)
class Drops:
    """n: sessions that began. drops, the surest first: by (the column), segment, step (from 1: the one not
    taken), label, start, end, n (sessions at the step before), rate, usual_n, usual_rate, low and high of
    rate − usual_rate (Newcombe), orders_lost with orders_low and orders_high (sessions that would have gone
    on, times the share of such that usually comes to the last step), p, q (corrected over all steps and
    segments by Benjamini and Hochberg; at most 0.05).
    """

    n: int
    drops: pl.DataFrame
    warnings: tuple[Reason, ...]


def drops(
    frames: Frames,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    steps: tuple[str, ...] = DEFAULT,
    by: tuple[str, ...] = ("device",),
    longest: int = 28,
    min_group: int = MIN_GROUP,
) -> Drops:
    """Looks for up to `longest` days in a row on which a step of one segment was taken less than usual.

    Sessions are followed, not customers: who fails on one device and buys on another is a failure here.
    Usual are all other days of the period and of the 56 before it. How sure it is: metrics/scan.py.
    """
    span = Period(period.start - BEFORE * DAY, min(period.end, as_of))
    found = attempts(frames, None, Rules(steps, count="sessions", window_days=None), span, as_of, where, by)
    if found.is_empty():
        return Drops(0, pl.DataFrame(schema=SCHEMA), (SHORT,))
    earliest: date = found["at 1"].dt.date().min()  # type: ignore[assignment]
    span = Period(max(span.start, earliest), span.end)
    if span.days < FEWEST or period.start > span.end:
        return Drops(len(found), pl.DataFrame(schema=SCHEMA), (SHORT,))
    first = max(0, (period.start - span.start).days)
    rows = [
        {"by": column, "segment": segment, "step": k, "label": steps[k - 1]}
        | _drop(daily, on, span, first, longest)
        for column in by
        for segment, k, daily, on in _series(found, f"{column} 1", len(steps), span, min_group)
    ]
    corrected = benjamini_hochberg([row["p"] for row in rows])
    told = [row | {"q": q} for row, q in zip(rows, corrected, strict=True) if q <= SURE]
    table = pl.DataFrame(told, schema=SCHEMA)
    return Drops(len(found), table.sort("q", "orders_lost", descending=[False, True]), ())


drops_analysis = Analysis("drops", "On which days did a step break?", drops)

SHORT = Reason("there are too few days to know what is usual")


def _series(
    found: pl.DataFrame, column: str, steps: int, span: Period, min_group: int
) -> Iterator[tuple[str | None, int, Daily, float]]:
    """segment, step, the sessions at the step before and at it by day, and the share of those at it who come
    to the last step.
    """
    for (segment,), mine in found.group_by(column, maintain_order=True):
        if mine["customer"].n_unique() < min_group:
            continue
        day = (mine["at 1"].dt.date() - span.start).dt.total_days().to_numpy()
        came = [mine[f"at {k}"].is_not_null().to_numpy() for k in range(1, steps + 1)]
        for k in range(2, steps + 1):
            daily = Daily.counted(day, came[k - 2], came[k - 1], span.days)
            on = came[-1].sum() / came[k - 1].sum() if came[k - 1].any() else 0.0
            yield None if segment is None else str(segment), k, daily, float(on)


def _drop(daily: Daily, on: float, span: Period, first: int, longest: int) -> dict:
    """The worst days from the day `first` of the span, as a row of `drops`."""
    found = worst(daily, first, longest)
    n, x = (int(counts[found.start : found.end].sum()) for counts in (daily.n, daily.x))
    usual_n, usual_x = int(daily.n.sum()) - n, int(daily.x.sum()) - x
    interval = newcombe(x, n, usual_x, usual_n)
    if interval is None:
        return dict.fromkeys(SCHEMA) | {"p": 1.0}
    lost = [-n * each * on for each in (x / n - usual_x / usual_n, interval[1], interval[0])]
    return {
        "start": span.start + found.start * DAY,
        "end": span.start + (found.end - 1) * DAY,
        "n": n,
        "rate": x / n,
        "usual_n": usual_n,
        "usual_rate": usual_x / usual_n,
        **dict(zip(("low", "high"), interval, strict=True)),
        **dict(zip(("orders_lost", "orders_low", "orders_high"), lost, strict=True)),
        "p": chance(daily, first, longest, found),
    }
