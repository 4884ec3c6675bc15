"""Spells: days on which parcels given to a carrier came late far more often than the carrier's others."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from metrics.difference import benjamini_hochberg
from metrics.period import DAY, Period
from metrics.scan import Daily
from metrics.spells import spell

BEFORE = 56  # days before the period that tell what is usual
SURE, LEAST = 0.05, 1.5  # q; times the usual share, below which there is nothing to act on
SPELLS = {
    "carrier": pl.String,
    **dict.fromkeys(("start", "end"), pl.Date),
    **dict.fromkeys(("n", "late"), pl.Int64),
    **dict.fromkeys(
        ("share", "usual_share", "difference", "low", "high", "extra", "extra_low", "extra_high"), pl.Float64
    ),
    **dict.fromkeys(("p", "q"), pl.Float64),
}


def spells(parcels: pl.DataFrame, period: Period, longest: int) -> pl.DataFrame:
    """SPELLS, the most extra late parcels first: of each carrier the days of handing over, up to `longest` in
    a row and beginning in the period, whose parcels came late most; all parcels as one where no carrier is
    recorded (null). How sure it is: metrics/scan.py; q over the carriers (Benjamini and Hochberg).

    extra: late parcels more than at the carrier's usual share, on all other days of the period and of the 56
    before it. What is on the way and not yet due says nothing and is left out; what is overdue is late.
    """
    known = parcels.filter(
        pl.col("late").is_not_null(), pl.col("delivered_at").is_not_null() | pl.col("late"),
        pl.col("sent").is_between(period.start - BEFORE * DAY, period.end),
    )  # fmt: skip
    none = pl.DataFrame(schema=SPELLS)
    if known.is_empty():
        return none
    start: date = known["sent"].min()  # type: ignore[assignment]
    span = Period(min(start, period.end), period.end)
    groups = known.group_by("carrier", maintain_order=True)
    if known["carrier"].null_count() < len(known):
        groups = known.drop_nulls("carrier").sort("carrier").group_by("carrier", maintain_order=True)
    rows = []
    for (carrier,), mine in groups:
        day = (mine["sent"] - span.start).dt.total_days().to_numpy()
        good = Daily.counted(day, np.ones(len(day), bool), ~mine["late"].to_numpy(), span.days)
        found = spell(good, max(0, (period.start - span.start).days), longest)
        if found is None:
            continue
        first, last = (span.start + k * DAY for k in (found.start, found.end - 1))
        rows.append(
            (carrier, first, last, found.n, found.bad, found.share, found.usual, found.difference,
             found.low, found.high, *found.extra, found.p, None)
        )  # fmt: skip
    table = pl.DataFrame(rows, schema=SPELLS, orient="row")
    table = table.with_columns(pl.Series("q", benjamini_hochberg(table["p"].to_list()), dtype=pl.Float64))
    sure = table.filter(pl.col("q") <= SURE, pl.col("share") >= LEAST * pl.col("usual_share"))
    return sure.sort("extra", "carrier", descending=[True, False])
