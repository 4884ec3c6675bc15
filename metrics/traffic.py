"""Traffic: how many visits came, how long and deep they were, who came back, and on which channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Literal

import polars as pl

from metrics.analysis import Analysis
from metrics.difference import newcombe
from metrics.interval import student, wilson
from metrics.metric import BadQuestion
from metrics.period import Period, compare
from metrics.privacy import MIN_GROUP, hidden
from metrics.reason import Frames, Reason
from metrics.rules import DIMENSIONS

OFTEN = ((1, 1), (2, 2), (3, 5), (6, None))  # visits of a visitor, from … to
SEGMENTS = {
    **dict.fromkeys(("by", "segment"), pl.String),
    "n": pl.Int64,
    **dict.fromkeys(("share", "bounce", "bounce_low", "bounce_high"), pl.Float64),
    **dict.fromkeys(("pages", "pages_low", "pages_high", "seconds"), pl.Float64),
    **dict.fromkeys(("bought", "bought_low", "bought_high"), pl.Float64),
}


@dataclass(frozen=True)
class Traffic:
    """n: visits. visitors: different ones; new: of them, those never seen before the period, with the share
    new_share and its interval. Bounced is a visit with one page and nothing in the cart. pages a visit, with
    Student's interval. seconds: median of visits that have a length, seconds_p90; a visit of one event has
    none and counts in `measured` not at all. What ends in _before is of `against`; bounce_change_low and
    bounce_change_high are of bounce − bounce_before (Newcombe).

    daily: day, visits, visitors, new (visits of new visitors). often: visits (from), to, visitors, share.
    segments: by, segment, n, share of all visits, bounce, pages, seconds (median), bought, with intervals.
    """

    n: int
    visitors: int
    new: int
    new_share: float | None
    new_low: float | None
    new_high: float | None
    bounce: float | None
    bounce_low: float | None
    bounce_high: float | None
    pages: float | None
    pages_low: float | None
    pages_high: float | None
    seconds: float | None
    seconds_p90: float | None
    measured: int
    n_before: int | None
    visitors_before: int | None
    bounce_before: float | None
    bounce_change_low: float | None
    bounce_change_high: float | None
    pages_before: float | None
    seconds_before: float | None
    against: Period | None
    daily: pl.DataFrame
    often: pl.DataFrame
    segments: pl.DataFrame
    warnings: tuple[Reason, ...]


def traffic(
    frames: Frames,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    against: Literal["previous", "year", "none"] | Period = "none",
    by: tuple[str, ...] = DIMENSIONS,
    min_group: int = MIN_GROUP,
) -> Traffic:
    """Visits are sessions as the store has them: by their id, else cut after 30 minutes of silence, never at
    midnight; they count on the day they began. New is who has no earlier visit at all, not only in the
    period or through the filters.
    """
    bounced = (pl.col("pages") <= 1) & ~pl.col("carted") & ~pl.col("bought")
    rows = frames("sessions", where=where).with_columns(bounced=bounced)
    now = rows.filter(pl.col("day").is_between(period.start, period.end)).collect()
    if where and 0 < now["customer"].n_unique() < min_group:
        raise BadQuestion(f"Hidden: the visits would point at fewer than {min_group} people. Ask for more.")
    first = frames("sessions").group_by("customer").agg(first=pl.col("day").min())
    now = now.lazy().join(first, on="customer", how="left").collect()
    now = now.with_columns(new=pl.col("first") >= period.start)
    other = None if against == "none" else compare(period, against, as_of)
    then = rows.filter(pl.col("day").is_between(other.start, other.end)).collect() if other else None
    told, before = _told(now), _told(then) if then is not None else {}
    visitors, new = now["customer"].n_unique(), now.filter("new")["customer"].n_unique()
    new_low, new_high = wilson(new, visitors) or (None, None)
    changed = then is not None and newcombe(
        int(now["bounced"].sum()), len(now), int(then["bounced"].sum()), len(then)
    )
    return Traffic(
        n=len(now),
        visitors=visitors,
        new=new,
        new_share=new / visitors if visitors else None,
        new_low=new_low,
        new_high=new_high,
        **told,
        n_before=len(then) if then is not None else None,
        visitors_before=then["customer"].n_unique() if then is not None else None,
        bounce_before=before.get("bounce"),
        bounce_change_low=changed[0] if changed else None,
        bounce_change_high=changed[1] if changed else None,
        pages_before=before.get("pages"),
        seconds_before=before.get("seconds"),
        against=other,
        daily=now.group_by("day")
        .agg(
            visits=pl.len().cast(pl.Int64),
            visitors=pl.col("customer").n_unique().cast(pl.Int64),
            new=pl.col("new").sum().cast(pl.Int64),
        )
        .sort("day"),
        often=_often(now),
        segments=_segments(now, by, min_group),
        warnings=(UNMEASURED,) if told["measured"] < len(now) else (),
    )


traffic_analysis = Analysis("traffic", "Who visits the shop, and how?", traffic)

UNMEASURED = Reason("a visit of one event has no known length, so it is in no duration")


def _told(rows: pl.DataFrame) -> dict:
    """bounce, pages and seconds of visits, with their intervals."""
    n, bounced = len(rows), int(rows["bounced"].sum() or 0)
    low, high = wilson(bounced, n) or (None, None)
    pages = rows["pages"].cast(pl.Float64)
    mean, spread = pages.mean(), pages.std() if n > 1 else None
    half = student(n - 1) * float(spread) / sqrt(n) if spread is not None else None  # type: ignore[arg-type]
    long = rows.filter(pl.col("seconds") > 0)["seconds"]
    return {
        "bounce": bounced / n if n else None,
        "bounce_low": low,
        "bounce_high": high,
        "pages": mean,
        "pages_low": mean - half if mean is not None and half is not None else None,  # type: ignore[operator]
        "pages_high": mean + half if mean is not None and half is not None else None,  # type: ignore[operator]
        "seconds": long.median(),
        "seconds_p90": long.quantile(0.9, "linear"),
        "measured": len(long),
    }


def _often(rows: pl.DataFrame) -> pl.DataFrame:
    counts = rows.group_by("customer").len()["len"].cast(pl.Int64)
    found = []
    for low, high in OFTEN:
        mine = int(((counts >= low) & (counts <= high if high else True)).sum())
        found.append((low, high, mine, mine / len(counts) if len(counts) else None))
    schema = {"visits": pl.Int64, "to": pl.Int64, "visitors": pl.Int64, "share": pl.Float64}
    return pl.DataFrame(found, schema=schema, orient="row")


def _segments(rows: pl.DataFrame, by: Sequence[str], min_group: int) -> pl.DataFrame:
    found = []
    for column in by:
        parts = [
            (segment, part)
            for (segment,), part in rows.group_by(column, maintain_order=True)
            if segment is not None or len(part)
        ]
        parts.sort(key=lambda each: (-len(each[1]), str(each[0])))
        few = hidden([part["customer"].n_unique() for _, part in parts], min_group)
        for place, (segment, part) in enumerate(parts):
            if place in few:
                continue
            n, bought = len(part), int(part["bought"].sum())
            low, high = wilson(bought, n) or (None, None)
            told = {name: value for name, value in _told(part).items() if name in SEGMENTS}
            found.append(
                {"by": column, "segment": segment, "n": n, "share": n / len(rows), **told}
                | {"bought": bought / n, "bought_low": low, "bought_high": high}
            )
    return pl.DataFrame(found, schema=SEGMENTS)
