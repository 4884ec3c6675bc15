"""Delivery: how many parcels come when promised, how early or late, by whom, and what goes with lateness."""

from __future__ import annotations

import polars as pl

from charts.chart import Chart, Mark
from language import numbers, phrase, say
from stories.answered import Answered
from stories.blocks import Block, Column, Row, Table
from stories.called import GROUPED, KINDS, called
from stories.delivery_findings import findings
from stories.figures import Figure, cards
from stories.service_words import tones
from stories.words import points, shares, texts

SHOWN = 12  # groups drawn
BY = ("carrier", "region", "seller", "category")


def blocks(found: Answered, earlier: Answered | None, marks: tuple[Mark, ...], lang: str) -> list[Block]:
    drawn = [on_time(found, by, lang) for by in ("carrier", "region") if _has(found, by)]
    return [
        *cards(found, earlier, "delivery", CARDS, lang),
        *findings(found, lang),
        Row([weeks(found, marks, lang), days(found, lang)]),
        *([Row(drawn)] if len(drawn) > 1 else drawn),
        *(table for by in BY for table in groups(found, by, lang)),
    ]


CARDS: tuple[Figure, ...] = (
    ("on_time", phrase("On-time delivery"), "percent", "groups", "share", "higher"),
    ("late", phrase("Late parcels"), "integer", "summary", "late", "lower"),
    ("overdue", phrase("Overdue and not there"), "integer", "summary", "overdue", "lower"),
    ("lead", phrase("Order to arrival, median days"), "number", "groups", "lead", "lower"),
)


def _has(found: Answered, by: str) -> bool:
    return bool((found.result.groups["by"] == by).any())


def weeks(found: Answered, marks: tuple[Mark, ...], lang: str) -> Chart:
    title = say("On time, by week of arrival", lang)
    note = say("Share of parcels that came by the promised time; the band holds 95%", lang)
    rows = found.result.weeks
    return Chart(
        "line", rows, "week", "share", low="low", high="high", unit="percent", title=title, alt=title,
        marks=marks,
        labels=[say("On-time delivery", lang)], note=note,
        missing="" if len(rows) > 1 else say("there are no two weeks to draw", lang),
    )  # fmt: skip


def days(found: Answered, lang: str) -> Chart:
    """Parcels by whole days after the promise."""
    rows = found.result.days
    parts = {False: say("Came on time", lang), True: say("Came late", lang)}
    table = rows.select(
        "n", day=texts([_day(each, lang) for each in rows["days"]]),
        side=texts([parts[late] for late in rows["late"]]),
    )  # fmt: skip
    title = say("Days early and late", lang)
    return Chart(
        "stack", table, "day", "n", "side", unit="integer", title=title, alt=title,
        note=say("0: in the last 24 hours before the promised time; +1: up to a day after it", lang),
    )  # fmt: skip


def _day(days: int, lang: str) -> str:
    return numbers.difference(float(days), "integer", lang)


def on_time(found: Answered, by: str, lang: str) -> Chart:
    rows = found.result.groups.filter(pl.col("by") == by).head(SHOWN)
    table = rows.select(
        "share", "low", "high", "rest", tone=tones(worse_below=True),
        x=texts([called(found.asked, by, of, lang) for of in rows["of"]]),
    )  # fmt: skip
    title = say("On time by carrier", lang) if by == "carrier" else say("On time by region", lang)
    labels = [say("Share on time", lang), say("others alike", lang)]
    note = say("Lines are 95% intervals; a carrier beside others in the same regions", lang)
    if by == "region":
        labels[1], note = say("all others", lang), say("Lines are 95% intervals", lang)
    return Chart(
        "interval", table, "x", "share", "tone", "rest", low="low", high="high", unit="percent",
        labels=labels, title=title, alt=title, note=note,
    )  # fmt: skip


def groups(found: Answered, by: str, lang: str) -> list[Table]:
    rows = found.result.groups.filter(pl.col("by") == by)
    if rows.is_empty():
        return []
    gaps = rows.select("difference_low", "difference_high")
    frame = rows.select(
        "n", "share", "difference", "late", "overdue", "cost",
        "lead", "lead_p90", "late_days",
        of=texts([called(found.asked, by, of, lang) for of in rows["of"]]),
        interval=texts([shares(low, high, lang) for low, high in rows.select("low", "high").iter_rows()]),
        difference_interval=texts([points(low, high, lang) for low, high in gaps.iter_rows()]),
    )  # fmt: skip
    columns = [
        Column("of", say(KINDS[by], lang), width="medium"),
        Column("n", say("Parcels", lang), "integer"),
        Column("share", say("On time", lang), "percent"),
        Column("interval", say("95% interval", lang)),
        Column("difference", say("Beside others", lang), "points"),
        Column("difference_interval", say("95% interval", lang)),
        Column("late", say("Came late", lang), "integer"),
        Column("late_days", say("Days late", lang), "number"),
        Column("lead", say("Lead time", lang), "number"),
        Column("lead_p90", say("P90, days", lang), "number"),
        Column("overdue", say("Overdue", lang), "integer"),
        Column("cost", say("Cost each", lang), "money"),
    ]
    shown = [each for each in columns if each.name == "of" or frame[each.name].null_count() < len(frame)]
    title = say("Delivery {by}", lang, by=say(GROUPED[by], lang))
    note = say("Medians of days late and of lead time, the days from the order to arrival.", lang)
    return [Table(frame.select(each.name for each in shown), shown, title, note, name=f"delivery_{by}")]
