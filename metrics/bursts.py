"""Bursts: days on which a kind of event came in far more visits than usual, such as errors or questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics.analysis import Analysis
from metrics.difference import benjamini_hochberg
from metrics.drops import BEFORE, FEWEST, SHORT
from metrics.metric import BadQuestion
from metrics.period import DAY, Period
from metrics.privacy import MIN_GROUP
from metrics.reason import Frames, Reason
from metrics.scan import Daily
from metrics.spells import spell

SURE = 0.05  # q
LEAST = 1.5  # times the usual share, below which a burst is nothing to act on
SCHEMA = {
    "event": pl.String,
    **dict.fromkeys(("start", "end"), pl.Date),
    **dict.fromkeys(("visits", "n", "usual_n"), pl.Int64),
    **dict.fromkeys(("share", "usual_share", "difference", "low", "high", "score", "p", "q"), pl.Float64),
}


@dataclass(frozen=True)
class Bursts:
    """n: visits of the days looked at. bursts, the surest first: event, start, end, visits with it of n,
    share, usual_n and usual_share of all other days, difference with low and high (Newcombe), score
    (logarithm of the likelihood ratio), p, q (corrected over all kinds of events by Benjamini and Hochberg;
    at most 0.05).
    """

    n: int
    bursts: pl.DataFrame
    warnings: tuple[Reason, ...]


def bursts(
    frames: Frames,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    longest: int = 28,
    min_group: int = MIN_GROUP,
) -> Bursts:
    """Looks for up to `longest` days in a row on which visits had an event more often, by half at least.

    A visit counts on each day it has events on. Usual are all other days of the period and of the 56 before
    it. How sure it is: metrics/scan.py, with what does not have the event as what fell.
    """
    span = Period(period.start - BEFORE * DAY, min(period.end, as_of))
    day = pl.col("happened_at").dt.date()
    log = frames("log", where=where).select("session", "event", day=day)
    log = log.filter(pl.col("day").is_between(span.start, span.end))
    of = pl.col("session").n_unique()
    kinds = log.group_by("day", pl.col("event").cast(pl.String)).agg(n=of)
    rows, visits = pl.collect_all([kinds, log.group_by("day").agg(n=of)])
    if visits.is_empty():
        return Bursts(0, pl.DataFrame(schema=SCHEMA), (SHORT,))
    n = int(visits["n"].sum())
    if where and n < min_group:
        raise BadQuestion(f"Hidden: the visits would point at fewer than {min_group} people. Ask for more.")
    earliest: date = visits["day"].min()  # type: ignore[assignment]
    span = Period(max(span.start, earliest), span.end)
    if span.days < FEWEST or period.start > span.end:
        return Bursts(n, pl.DataFrame(schema=SCHEMA), (SHORT,))
    days = pl.DataFrame({"day": [span.start + k * DAY for k in range(span.days)]})
    counted = days.join(visits, on="day", how="left")["n"].fill_null(0).to_numpy()
    first = max(0, (period.start - span.start).days)
    found = []
    for (event,), mine in rows.sort("event").group_by("event", maintain_order=True):
        with_it = days.join(mine, on="day", how="left")["n"].fill_null(0).to_numpy()
        found.append({"event": event} | _burst(Daily(counted, counted - with_it), span, first, longest))
    corrected = benjamini_hochberg([row["p"] for row in found])
    told = [
        row | {"q": q}
        for row, q in zip(found, corrected, strict=True)
        if q <= SURE and row["visits"] >= min_group and row["share"] >= LEAST * row["usual_share"]
    ]
    table = pl.DataFrame(told, schema=SCHEMA)
    return Bursts(n, table.sort("score", "event", descending=[True, False]), ())


bursts_analysis = Analysis("bursts", "On which days did an event come unusually often?", bursts)


def _burst(without: Daily, span: Period, first: int, longest: int) -> dict:
    """The days on which visits without the event fell most, as a row of `bursts` about those with it."""
    found = spell(without, first, longest)
    if found is None:
        return dict.fromkeys(SCHEMA) | {"p": 1.0, "visits": 0}
    return {
        "start": span.start + found.start * DAY, "end": span.start + (found.end - 1) * DAY,
        "visits": found.bad, "n": found.n, "usual_n": found.usual_n, "share": found.share,
        "usual_share": found.usual, "difference": found.difference, "low": found.low, "high": found.high,
        "score": found.score, "p": found.p,
    }  # fmt: skip
