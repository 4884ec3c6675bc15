"""Interaction: what visitors do beside looking and buying, and whether those who do it buy more often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics.analysis import Analysis
from metrics.difference import benjamini_hochberg, compared, mantel_haenszel, newcombe
from metrics.metric import BadQuestion
from metrics.period import DAY, Period
from metrics.privacy import MIN_GROUP
from metrics.reason import Frames, Reason
from metrics.rules import DIMENSIONS

LONGEST = 2 * DAY  # that a visit is followed over the ends of the period
EVENTS = ("like", "share", "question", "review", "search")
SCHEMA = {
    "event": pl.String,
    **dict.fromkeys(("times", "n", "bought_n", "others_n"), pl.Int64),
    **dict.fromkeys(("bought", "others_bought", "difference", "low", "high"), pl.Float64),
    **dict.fromkeys(("alike", "alike_low", "alike_high", "p", "q"), pl.Float64),
}


@dataclass(frozen=True)
class Interaction:
    """n: visits. events: event, times it happened, n (visits with it before any purchase), bought_n of them,
    bought (share), others_n and others_bought (visits without it), difference with low and high (Newcombe),
    alike: the same within device and channel (Mantel–Haenszel) with alike_low and alike_high, p, q
    (Benjamini and Hochberg). Association: who means to buy anyway may ask more.
    """

    n: int
    events: pl.DataFrame
    warnings: tuple[Reason, ...]


def interaction(
    frames: Frames,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    events: tuple[str, ...] = EVENTS,
    goal: str = "purchase",
    min_group: int = MIN_GROUP,
) -> Interaction:
    """By visits, on the day they begin, followed to their end. What comes after the goal does not count: it
    cannot lead to it. Where fewer than `min_group` customers did something, or did not, it is not told.
    """
    name = pl.col("event").cast(pl.String)
    bought_at = pl.col("happened_at").filter(name == goal).min()
    before = (pl.col("happened_at") < bought_at) | bought_at.is_null()
    log = frames("log", where=where)
    day = pl.col("happened_at").dt.date()
    visits = (
        log.filter(day.is_between(period.start - LONGEST, period.end + LONGEST))
        .group_by("session")
        .agg(
            pl.col("customer").first(),
            *(pl.col(each).drop_nulls().first() for each in DIMENSIONS),
            began=day.min(),
            bought=(name == goal).any(),
            **{f"did {each}": ((name == each) & before).any() for each in events},
            **{f"times {each}": (name == each).sum() for each in events},
        )
        .filter(pl.col("began").is_between(period.start, period.end))
        .collect()
    )
    if where and 0 < visits["customer"].n_unique() < min_group:
        raise BadQuestion(f"Hidden: the visits would point at fewer than {min_group} people. Ask for more.")
    rows = [row for each in events if (row := _row(visits, each, min_group))]
    for row, q in zip(rows, benjamini_hochberg([row["p"] for row in rows]), strict=True):
        row["q"] = q
    return Interaction(len(visits), pl.DataFrame(rows, schema=SCHEMA), (ASSOCIATION,))


interaction_analysis = Analysis("interaction", "Do those who interact buy more often?", interaction)

ASSOCIATION = Reason("an association is no effect: who means to buy anyway may also ask or like more")


def _row(visits: pl.DataFrame, event: str, min_group: int) -> dict | None:
    did = visits[f"did {event}"]
    if any(visits.filter(part)["customer"].n_unique() < max(min_group, 1) for part in (did, ~did)):
        return None
    n, m = int(did.sum()), int((~did).sum())
    a, b = int(visits.filter(did)["bought"].sum()), int(visits.filter(~did)["bought"].sum())
    low, high = newcombe(a, n, b, m) or (None, None)
    strata = visits.group_by("device", "channel").agg(
        a=(pl.col("bought") & pl.col(f"did {event}")).sum(),
        n=pl.col(f"did {event}").sum(),
        b=(pl.col("bought") & ~pl.col(f"did {event}")).sum(),
        m=(~pl.col(f"did {event}")).sum(),
    )
    alike = mantel_haenszel(list(strata.select(pl.col("a", "n", "b", "m").cast(pl.Int64)).iter_rows()))
    return {
        "event": event, "times": int(visits[f"times {event}"].sum()), "n": n, "bought_n": a, "others_n": m,
        "bought": a / n, "others_bought": b / m, "difference": a / n - b / m, "low": low, "high": high,
        **dict(zip(("alike", "alike_low", "alike_high"), alike or (None,) * 3, strict=True)),
        "p": compared(a, n, b, m)[0],
    }  # fmt: skip
