"""The executive review: the month against plan and a year before, and where the next decision lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from charts.chart import Chart
from language import name, numbers, phrase, say
from metrics.period import DAY, Period, month
from stories.asked import Asked, Check
from stories.blocks import Block, Finding, Heading, Row
from stories.gather import OverviewData, gather
from stories.named import Named, last_month
from stories.overview import overview, short

MONTHS = 13
LINES = 6  # channels that have a colour of their own in the months


@dataclass(frozen=True)
class BoardData:
    """overview: of the month. months: month, value, before. channels: month, channel, value."""

    overview: OverviewData
    months: pl.DataFrame
    channels: pl.DataFrame


def collect(asked: Asked, checks: Sequence[Check] = ()) -> BoardData:
    """The Overview's data of the period, and up to thirteen months that end with it."""
    end = asked.elapsed.end
    start = month(end).start
    for _ in range(MONTHS - 1):
        start = month(start - DAY).start
    span = Period(start, end)
    months = _months(asked, span)
    before = _months(asked, span.year_before()).select(
        month=pl.col("month").dt.offset_by("1y"), before="value"
    )
    months = months.join(before, on="month", how="left").sort("month")
    found = asked.values(["net_revenue"], span, ("channel", "month"))["net_revenue"].groups
    channels = pl.DataFrame(
        [(group["month"], group["channel"], group["value"]) for group in found],
        schema={"month": pl.Date, "channel": pl.String, "value": pl.Float64},
        orient="row",
    )
    return BoardData(gather(asked, checks), months, channels)


def _months(asked: Asked, span: Period) -> pl.DataFrame:
    found = asked.values(["net_revenue"], span, ("month",))["net_revenue"].groups
    rows = [(group["month"], group["value"]) for group in found]
    return pl.DataFrame(rows, schema={"month": pl.Date, "value": pl.Float64}, orient="row")


def board(data: BoardData, lang: str) -> list[Block]:
    """The Overview's blocks with the months before its first section."""
    found = overview(data.overview, lang)
    title = say("Executive review", lang)
    found = [Heading(title, b.note) if isinstance(b, Heading) and b.level == 1 else b for b in found]
    place = next((i for i, b in enumerate(found) if isinstance(b, Heading) and b.level == 2), None)
    if place is None:
        return found
    if len(data.months) < 2:
        return found
    line = _line(data, lang)
    known = data.overview.groups["channel"].missing is None
    months: list[Block] = [
        Heading(say("The last {n} months", lang, n=len(data.months)), level=2),
        Row([line, _mix(data, lang)]) if known else line,
    ]
    return [*found[:place], *months, *found[place:]]


def _line(data: BoardData, lang: str) -> Chart:
    compared = data.months["before"].is_not_null().any()
    labels = [say("Net revenue", lang), say("A year before", lang)]
    title = say("Net revenue by month", lang)
    return Chart(
        "line", data.months, "month", "value", compare="before" if compared else None, unit="money",
        labels=labels if compared else labels[:1], title=title,
        note=_whole(data, lang), alt=title, message=_latest(data, lang),
    )  # fmt: skip


def _latest(data: BoardData, lang: str) -> str:
    """How the last month stands among the others, in a sentence."""
    values = data.months["value"].to_list()
    value = numbers.compact_money(values[-1], data.overview.asked.shop.currency, lang)
    facts = {"month": numbers.month(data.months["month"][-1], lang), "value": value, "n": len(values)}
    if values[-1] >= max(values):
        return say("{month} has the highest net revenue of {n} months: {value}", lang, **facts)
    if values[-1] <= min(values):
        return say("{month} has the lowest net revenue of {n} months: {value}", lang, **facts)
    rank = sum(value > values[-1] for value in values) + 1
    return say("{month} is number {rank} of {n} months by net revenue: {value}", lang, **facts, rank=rank)


def _whole(data: BoardData, lang: str) -> str:
    end = data.overview.asked.elapsed.end
    is_whole = month(end).end == end
    return say("By whole months", lang) if is_whole else say("The last month may not be over.", lang)


def _mix(data: BoardData, lang: str) -> Chart:
    """Months by channel; the smallest channels together."""
    largest = data.channels.group_by("channel").agg(pl.col("value").sum()).sort("value", descending=True)
    kept = largest["channel"].drop_nulls().head(LINES).to_list()
    told = pl.when(pl.col("channel").is_in(kept)).then("channel").otherwise(None)
    rows = data.channels.group_by("month", channel=told).agg(pl.col("value").sum())
    order = {channel: i for i, channel in enumerate(kept)}
    rows = rows.sort(
        pl.col("channel").replace_strict(order, default=len(kept), return_dtype=pl.Int64), "month"
    )
    names = [say("Others", lang) if each is None else name(each, lang) for each in rows["channel"]]
    title = say("Net revenue by channel", lang)
    table = rows.with_columns(pl.Series("channel", names, dtype=pl.String))
    return Chart(
        "stack", table, "month", "value", "channel", unit="money", title=title,
        note=say("By month, the largest channels", lang), alt=title,
        message=_largest(largest, len(data.months), lang),
    )  # fmt: skip


def _largest(largest: pl.DataFrame, months: int, lang: str) -> str:
    total = largest["value"].sum()
    known = largest.drop_nulls("channel")
    if not len(known) or not total:
        return ""
    channel, value = known.row(0)
    share = numbers.percent(value / total, lang)
    return say(
        "{channel} brought {share} of net revenue in {n} months",
        lang,
        n=months,
        channel=name(channel, lang),
        share=share,
    )


def brief(data: BoardData, lang: str) -> list[Finding]:
    return short(data.overview, lang)


REPORT = Named(
    "board",
    phrase("Executive review"),
    phrase("the month against plan and a year before, for executives"),
    last_month,
    collect,
    board,
    brief,
)
