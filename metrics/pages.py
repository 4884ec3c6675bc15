"""Pages: where visits begin and end, and how often a page is all there was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics.analysis import Analysis
from metrics.interval import wilson
from metrics.period import Period
from metrics.privacy import MIN_GROUP
from metrics.reason import Frames, Reason, needs

SCHEMA = {
    "page": pl.String,
    **dict.fromkeys(("views", "visits", "entries", "exits", "alone"), pl.Int64),
    **dict.fromkeys(("entry_share", "exit_rate", "exit_low", "exit_high"), pl.Float64),
    **dict.fromkeys(("bounce", "bounce_low", "bounce_high"), pl.Float64),
}


@dataclass(frozen=True)
class Pages:
    """n: visits with a page. pages, the most entered first: page, views, visits that saw it, entries (visits
    that began there), exits (that ended there), alone (began there and had no other event), entry_share of
    all visits, exit_rate (exits ÷ visits that saw it) and bounce (alone ÷ entries) with Wilson intervals.
    """

    n: int
    pages: pl.DataFrame
    warnings: tuple[Reason, ...]


def pages(
    frames: Frames,
    events: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    top: int = 20,
    min_group: int = MIN_GROUP,
) -> Pages:
    """Visits count on the day they begin. Pages that fewer than `min_group` people saw are left out."""
    if events is None or "page" not in events.collect_schema():
        return Pages(0, pl.DataFrame(schema=SCHEMA), (needs("events", "page"),))
    rows = pl.concat([frames("log"), events.select("page")], how="horizontal")
    for column, values in where.items():
        rows = rows.filter(
            pl.col(column).cast(pl.String).is_in([each for each in values if each is not None])
        )
    day = pl.col("happened_at").dt.date()
    seen = rows.filter(pl.col("page").is_not_null() & day.is_between(period.start, period.end))
    visits = seen.group_by("session").agg(
        pl.col("customer").first(), first=pl.col("page").first(), last=pl.col("page").last(), length=pl.len()
    )
    found = visits.collect()
    if found.is_empty():
        return Pages(0, pl.DataFrame(schema=SCHEMA), (needs("events", "page"),))
    looks = (
        seen.group_by("page")
        .agg(views=pl.len(), visits=pl.col("session").n_unique(), people=pl.col("customer").n_unique())
        .collect()
    )
    begun = found.group_by(page="first").agg(entries=pl.len(), alone=(pl.col("length") == 1).sum())
    ended = found.group_by(page="last").agg(exits=pl.len())
    table = (
        looks.join(begun, on="page", how="left")
        .join(ended, on="page", how="left")
        .with_columns(pl.col("entries", "alone", "exits").fill_null(0))
        .filter(pl.col("people") >= min_group)
        .sort("entries", "views", "page", descending=[True, True, False])
        .head(top)
    )
    told = [_row(row, len(found)) for row in table.to_dicts()]
    return Pages(len(found), pl.DataFrame(told, schema=SCHEMA), ())


pages_analysis = Analysis("pages", "Where do visits begin and end?", pages)


def _row(row: dict, n: int) -> dict:
    exit_low, exit_high = wilson(min(row["exits"], row["visits"]), row["visits"]) or (None, None)
    low, high = wilson(row["alone"], row["entries"]) or (None, None)
    return {name: row[name] for name in SCHEMA if name in row} | {
        "entry_share": row["entries"] / n,
        "exit_rate": row["exits"] / row["visits"],
        "exit_low": exit_low,
        "exit_high": exit_high,
        "bounce": row["alone"] / row["entries"] if row["entries"] else None,
        "bounce_low": low,
        "bounce_high": high,
    }
