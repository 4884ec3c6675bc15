"""Tickets over time: what is open, how old it is, and the days on which answers were slower than usual."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import polars as pl

from metrics.business_hours import midnight
from metrics.interval import wilson
from metrics.period import DAY, Period
from metrics.scan import Daily
from metrics.spells import spell
from metrics.survival import waited

BACKLOG = {"day": pl.Date, **dict.fromkeys(("opened", "resolved", "open", "unanswered"), pl.Int64)}
AGES = (1, 3, 7, 14, 30)  # days: younger than a day, one to three …
AGEING = {
    "from_days": pl.Int64,
    "to_days": pl.Int64,
    **dict.fromkeys(("open", "unanswered", "reopened"), pl.Int64),
}
WEEKS = {
    "week": pl.Date,
    **dict.fromkeys(("tickets", "due", "met"), pl.Int64),
    **dict.fromkeys(("share", "low", "high", "median", "median_low", "median_high"), pl.Float64),
}
SLOW = {
    **dict.fromkeys(("start", "end"), pl.Date),
    **dict.fromkeys(("tickets", "slow"), pl.Int64),
    **dict.fromkeys(("share", "usual_share", "extra", "extra_low", "extra_high"), pl.Float64),
    **{f"{name}{end}": pl.Float64 for name in ("median", "usual_median") for end in ("", "_low", "_high")},
    "p": pl.Float64,
}
BEFORE, LONGEST, SURE = 56, 28, 0.05


def backlog(rows: pl.DataFrame, period: Period, timezone: str) -> pl.DataFrame:
    """BACKLOG by day: opened and resolved on it, and at its end open (not resolved) and unanswered."""
    days = [period.start + k * DAY for k in range(period.days)]
    ends = np.array([_us(midnight(day + DAY, timezone)) for day in days])
    begin = _us(midnight(period.start, timezone))
    counts = {
        name: np.searchsorted(np.sort(rows[column].drop_nulls().dt.epoch("us").to_numpy()), [begin, *ends])
        for name, column in (("opened", "opened_at"), ("first", "first_at"), ("resolved", "resolved_at"))
    }
    table = {
        "day": days,
        "opened": np.diff(counts["opened"]),
        "resolved": np.diff(counts["resolved"]),
        "open": (counts["opened"] - counts["resolved"])[1:],
        "unanswered": (counts["opened"] - counts["first"])[1:],
    }
    return pl.DataFrame(table, schema=BACKLOG)


def ageing(rows: pl.DataFrame, last: date, timezone: str) -> pl.DataFrame:
    """AGEING at the end of a day: what is open by days since it was opened, from_days on and before to_days
    (null: without end); unanswered of it; and, apart, what was opened again and not closed since, by days
    since then.
    """
    end = pl.lit(midnight(last + DAY, timezone))
    there = rows.filter(pl.col("opened_at") < end)
    waiting = there.filter(pl.col("resolved_at").is_null() | (pl.col("resolved_at") >= end))
    again = there.filter(
        pl.col("reopened_at") < end, (pl.col("resolved_at") <= pl.col("reopened_at")).fill_null(True)
    ).filter(pl.col("resolved_at").is_not_null())
    unanswered = waiting.filter(pl.col("first_at").is_null() | (pl.col("first_at") >= end))
    counts = [
        _bands(each.select((end - pl.col(column)).dt.total_seconds()).to_series())
        for each, column in ((waiting, "opened_at"), (unanswered, "opened_at"), (again, "reopened_at"))
    ]
    bounds = zip((0, *AGES), (*AGES, None), *counts, strict=True)
    return pl.DataFrame(list(bounds), schema=AGEING, orient="row")


def weeks(rows: pl.DataFrame) -> pl.DataFrame:
    """WEEKS by week of opening: due and met of the first answer with the share (Wilson), and the median."""
    found = []
    for (week,), mine in rows.group_by(pl.col("day").dt.truncate("1w"), maintain_order=True):
        known = mine.filter(pl.col("response").is_not_null())
        met, due = int(mine["response_met"].sum()), int(mine["response_due"].sum())
        low, high = wilson(met, due) or (None, None)
        (median,) = waited(known["response"].to_numpy(), known["response_done"].to_numpy(), (0.5,))
        found.append((week, len(mine), due, met, met / due if due else None, low, high, *median))
    return pl.DataFrame(found, schema=WEEKS, orient="row")


def slow(rows: pl.DataFrame, period: Period) -> pl.DataFrame:
    """SLOW: the days in a row (28 at most) on which first answers took longer than usual, if any surely did.

    rows: of the period and the 56 days before it. Slow is longer than the median of the ticket's channel
    over all these days; what is open and not yet slow is left out. extra: slow ones more than on the other
    days; median, usual_median: business hours on these days and on all others.
    """
    known = rows.filter(pl.col("response").is_not_null()).with_columns(
        usual=pl.col("response").filter(pl.col("response_done")).median().over("channel")
    )
    known = known.filter(pl.col("response_done") | (pl.col("response") > pl.col("usual")))
    none = pl.DataFrame(schema=SLOW)
    if known.is_empty():
        return none
    earliest: date = known["day"].min()  # type: ignore[assignment]
    start = max(period.start - BEFORE * DAY, earliest)
    span = Period(start, max(period.end, start))
    day = (known["day"] - span.start).dt.total_days().to_numpy()
    fast = (known["response"] <= known["usual"]).fill_null(False).to_numpy()
    good = Daily.counted(day, np.ones(len(day), bool), fast, span.days)
    found = spell(good, max(0, (period.start - span.start).days), LONGEST)
    if found is None or found.p > SURE:
        return none
    inside = (day >= found.start) & (day < found.end)
    medians = [
        waited(part["response"].to_numpy(), part["response_done"].to_numpy(), (0.5,))[0]
        for part in (known.filter(inside), known.filter(~inside))
    ]
    row = (
        span.start + found.start * DAY, span.start + (found.end - 1) * DAY, found.n, found.bad, found.share,
        found.usual, *found.extra, *medians[0], *medians[1], found.p,
    )  # fmt: skip
    return pl.DataFrame([row], schema=SLOW, orient="row")


def _bands(seconds: pl.Series) -> list[int]:
    edges = np.array([0, *AGES, np.inf]) * 86_400
    return np.histogram(seconds.to_numpy(), edges)[0].tolist() if len(seconds) else [0] * (len(AGES) + 1)


def _us(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000
