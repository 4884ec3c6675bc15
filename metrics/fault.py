"""Orders lost to a fault at the checkout, from the fall of the share of checkouts that are paid."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from metrics.difference import newcombe
from metrics.period import DAY, Period
from metrics.recovery import Data, Estimate, Recovery

NAME, DEVICE = "Mobile checkout fault", "Mobile"  # as planted
BEFORE = 28  # days


def lost(part: int, n: int, usual_part: int, usual_n: int) -> Estimate:
    """Orders more than at the usual rate: negative are lost. part of n checkouts were paid."""
    interval = newcombe(part, n, usual_part, usual_n)
    if interval is None:
        return Estimate(None, None, None, n)
    more = part / n - usual_part / usual_n
    return Estimate(n * more, n * interval[0], n * interval[1], n)


def fault(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    when = data.scan("incidents").filter(pl.col("name") == NAME)
    dates = when.select(data.day("starts_at"), data.day("ends_at")).collect().rows()
    if not dates:
        return {}
    during = Period(*dates[0])
    event = pl.col("event").cast(pl.String)
    visits = (
        data.scan("events")
        .filter(pl.col("device") == DEVICE)
        .group_by("session_id")
        .agg(
            day=data.day("happened_at").min(),
            checkout=(event == "checkout").any(),
            paid=(event == "purchase").any(),
        )
        .filter("checkout")
        .collect()
    )

    def counted(days: Period) -> tuple[int, int]:
        mine = visits.filter(pl.col("day").is_between(days.start, days.end))
        return int(mine["paid"].sum()), len(mine)

    before = Period(during.start - BEFORE * DAY, during.start - DAY)
    return {NAME: lost(*counted(during), *counted(before))}


fault_recovery = Recovery(
    "fault_orders",
    "Orders lost to the checkout fault",
    "Checkouts on mobile while it lasted, times the fall of the share that is paid against the four weeks "
    "before. Who comes back and buys later is not in it, so it tends to say too many.",
    "incident",
    "orders",
    fault,
    of=NAME,
    kind="naive",
)
