"""Retention drawn: cohorts by period, their curves, and the time until they come back."""

from __future__ import annotations

import polars as pl

from charts.chart import Chart
from language import numbers, say
from stories.answered import Answered
from stories.retention_words import after, cohort

LINES = 6  # cohorts drawn as curves beside the average


def heat(found: Answered, lang: str) -> Chart:
    """Cohorts down, periods across."""
    every = str(found.result.rules["every"])
    cells = found.result.cells.filter(pl.col("period") > 0)
    names = [cohort(each, every, lang, short=True) for each in cells["cohort"]]
    table = cells.select(
        pl.Series("cohort", names, dtype=pl.String), pl.col("period").cast(pl.String), "share", "partial"
    )
    title = say("Share that comes back, by cohort", lang)
    return Chart(
        "heat", table, "period", "cohort", "share", "partial", unit="percent", title=title, alt=title,
        name="cohorts", message=_message(found, lang),
        note=say("Percent of each cohort, by the periods since its first; *: not over for all of it", lang),
    )  # fmt: skip


def _message(found: Answered, lang: str) -> str:
    share = found.value("average", "share", period=1)
    if share is None:
        return ""
    return say(
        "{share} come back in {period}",
        lang,
        share=numbers.percent(share, lang),
        period=after(1, found, lang),
    )


def curves(found: Answered, lang: str) -> Chart:
    """The average and the largest cohorts by period."""
    result, every = found.result, str(found.result.rules["every"])
    sizes = result.cells.group_by("cohort", maintain_order=True).agg(
        pl.col("size").first(), pl.col("share").count()
    )
    largest = sizes.filter(pl.col("share") > 2).sort("size", descending=True).head(LINES)["cohort"].to_list()
    parts = [result.average.select("period", "share", line=pl.lit(say("Average", lang)))]
    for label in [each for each in sizes["cohort"].to_list() if each in largest]:
        mine = result.cells.filter(pl.col("cohort").eq_missing(pl.lit(label)) & ~pl.col("partial"))
        parts.append(mine.select("period", "share", line=pl.lit(cohort(label, every, lang, short=True))))
    rows = pl.concat(parts).filter((pl.col("period") > 0) & pl.col("share").is_not_null())
    title = say("Retention curves", lang)
    table = rows.with_columns(pl.col("period").cast(pl.String))
    return Chart(
        "line", table, "period", "share", "line", unit="percent", title=title, alt=title,
        note=say("The average of all cohorts, and the largest ones", lang),
        missing="" if len(rows) else say("no cohort has reached its first period yet", lang),
    )  # fmt: skip


def survival(found: Answered, lang: str) -> Chart:
    """Kaplan–Meier curves of the segments, by day."""
    result, every = found.result, str(found.result.rules["every"])
    names = {None: say("All", lang)} | {
        each: cohort(each, every, lang) for each in result.survival["segment"].drop_nulls().unique()
    }
    table = result.survival.select(
        "day",
        "share",
        "low",
        "high",
        segment=pl.Series([names[each] for each in result.survival["segment"]], dtype=pl.String),
    )
    lapse = result.rules["curve"] == "lapse"
    title = (
        say("Still active after so many days", lang)
        if lapse
        else say("Not back yet after so many days", lang)
    )
    return Chart(
        "line", _by_week(table), "day", "share", "segment", low="low", high="high", unit="percent",
        title=title, alt=title,
        note=say("Kaplan–Meier, bands hold 95%: who may still do so counts while seen", lang),
        missing="" if len(table) else say("nothing on these days", lang),
    )  # fmt: skip


def _by_week(table: pl.DataFrame) -> pl.DataFrame:
    """The curve's value at the end of each week, so that all segments have the same days."""
    if table.is_empty():
        return table.with_columns(pl.col("day").cast(pl.String))
    last: int = table["day"].max()  # type: ignore[assignment]
    days = pl.DataFrame({"day": list(range(0, last + 1, max(1, min(7, last // 8))))})
    parts = [
        days.join_asof(part.sort("day"), on="day").filter(pl.col("day") <= part["day"].max())
        for _, part in table.group_by("segment", maintain_order=True)
    ]
    return pl.concat(parts).with_columns(pl.col("day").cast(pl.String))
