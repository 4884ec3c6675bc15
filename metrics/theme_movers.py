"""Themes by week: whether more of a week's comments are on a theme than of those of the weeks before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from metrics.causal import LEVEL
from metrics.difference import benjamini_hochberg, compared, newcombe
from metrics.interval import wilson
from metrics.period import DAY, Period

BEFORE = 8  # weeks that a week is compared with
FEWEST = 30  # comments in the weeks before
LEAST = 5  # comments in the week
TOGETHER = 10  # comments on a theme in the week and before, below which nothing could be found

WEEKS = {
    "theme": pl.String,
    "week": pl.Date,
    **dict.fromkeys(("comments", "of"), pl.Int64),
    **dict.fromkeys(("share", "share_low", "share_high"), pl.Float64),
    **dict.fromkeys(("before", "change", "change_low", "change_high", "q"), pl.Float64),
    "moved": pl.Boolean,
}


def weeks(rows: pl.DataFrame, period: Period, first: date, hidden: Sequence[str] = ()) -> pl.DataFrame:
    """Whole weeks of seven days back from the end of the period, see WEEKS; `week` is the first of them.

    rows: a row a comment: day, themes (a list). first: the first day with comments. before: the share in
    the eight weeks before; change less it, with Newcombe's interval. Null where these are not in the data
    or hold fewer than 30 comments, or the week fewer than 5. q: of an equal share, corrected over the
    themes of a week (Benjamini and Hochberg 1995), of which those with fewer than 10 comments in all nine
    weeks are not tested; moved: below 5 %.
    """
    starts: list[date] = []
    while period.end - (7 * (len(starts) + 1) - 1) * DAY >= max(period.start, first):
        starts.append(period.end - (7 * (len(starts) + 1) - 1) * DAY)
    every = rows.group_by("day").len()
    days = dict(every.iter_rows())
    on: dict[str, dict[date, int]] = {}
    for theme, day, n in (
        rows.explode("themes").drop_nulls("themes").group_by("themes", "day").len().iter_rows()
    ):
        on.setdefault(theme, {})[day] = n
    found: list[dict] = []
    for theme in sorted(on):
        if theme not in hidden:
            found += [_week(theme, start, on[theme], days, first) for start in reversed(starts)]
    for start in starts:
        _corrected([row for row in found if row["week"] == start and row["change"] is not None])
    return pl.DataFrame(found, schema=WEEKS)


def _corrected(rows: Sequence[dict]) -> None:
    """Adds q and moved to the rows of a week."""
    parts = [(row, row.pop("_part"), row.pop("_whole")) for row in rows]
    tested = [each for each in parts if each[0]["comments"] + each[1] >= TOGETHER]
    chances = [compared(row["comments"], row["of"], part, whole)[0] for row, part, whole in tested]
    for (row, *_), q in zip(tested, benjamini_hochberg(chances), strict=True):
        row |= {"q": q, "moved": q < LEVEL}


def _week(theme: str, start: date, on: dict[date, int], days: dict[date, int], first: date) -> dict:
    part, of = (_sum(each, start, 7) for each in (on, days))
    early = start - 7 * BEFORE * DAY
    usual, whole = (_sum(each, early, 7 * BEFORE) for each in (on, days))
    low, high = wilson(part, of) or (None, None)
    row: dict = dict.fromkeys(WEEKS) | {
        "theme": theme, "week": start, "comments": part, "of": of, "moved": False,
        "share": part / of if of else None, "share_low": low, "share_high": high,
    }  # fmt: skip
    ends = newcombe(part, of, usual, whole) if of else None
    if early >= first and whole >= FEWEST and of >= LEAST and ends:
        row |= {"before": usual / whole, "change": part / of - usual / whole, "_part": usual, "_whole": whole}
        row |= {"change_low": ends[0], "change_high": ends[1]}
    return row


def _sum(counts: dict[date, int], start: date, length: int) -> int:
    return sum(counts.get(start + i * DAY, 0) for i in range(length))
