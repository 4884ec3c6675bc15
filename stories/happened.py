"""What happened on the days shown: promotions, holidays, incidents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from charts.chart import Mark
from metrics.period import Period
from stories.asked import Tables

LONGEST = 21  # days; a longer promotion is the normal state, not an event
SALES = ("sale", "promotion", "campaign")


@dataclass(frozen=True)
class Happened:
    """marks: for charts. open: incidents that have begun and not ended: name, kind, start, comment."""

    marks: tuple[Mark, ...]
    open: pl.DataFrame


def happened(tables: Tables, period: Period, timezone: str) -> Happened:
    """Marks that touch the period. Days are those of the shop's time zone; ends are in them."""
    marks: dict[str, Mark] = {}
    promotions, incidents = tables("promotions"), tables("incidents")
    if promotions is not None:
        named = promotions.filter(pl.col("name").is_not_null(), ~pl.col("kind").str.contains("(?i)coupon"))
        for name, _, start, end in _touching(named, period, timezone):
            if end and (end - start).days < LONGEST:
                marks[name] = Mark(start, name, end, "promotion")
    open_ones = pl.DataFrame(schema={"name": pl.String, "kind": pl.String, "start": pl.Date})
    if incidents is not None:
        found = list(_touching(incidents, period, timezone))
        for name, kind, start, end in found:
            marks.setdefault(name, Mark(start, name, end, _kind(kind)))
        still = [
            (name, kind, start)
            for name, kind, start, end in found
            if _kind(kind) == "incident" and (end is None or end >= period.end)
        ]
        open_ones = pl.DataFrame(still, schema=open_ones.schema, orient="row")
    return Happened(tuple(sorted(marks.values(), key=lambda mark: mark.start)), open_ones)


def _touching(table: pl.LazyFrame, period: Period, timezone: str) -> list[tuple[str, str, date, date | None]]:
    start, end = (pl.col(name).dt.convert_time_zone(timezone).dt.date() for name in ("starts_at", "ends_at"))
    days = table.select("name", pl.col("kind").fill_null(""), start=start, end=end)
    touching = days.filter(
        pl.col("start") <= period.end,
        pl.coalesce("end", pl.lit(period.end)) >= period.start,
    )
    return touching.sort("start", "name").collect().rows()


def _kind(kind: str) -> str:
    word = kind.lower()
    return "holiday" if word == "holiday" else "promotion" if word in SALES else "incident"
