"""The Overview: key figures, what changed and why, what needs attention, channels and categories."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from charts.chart import Chart
from language import name, numbers, phrase, say, together
from language.reasons import tell
from metrics.metric import REGISTRY
from stories import cards
from stories.attention import attention
from stories.blocks import Block, Column, Finding, Heading, Row, Source, Table, Warning
from stories.changes import drivers, movers, what_changed
from stories.gather import CARDS, GROUPED, OverviewData, gather
from stories.named import Named, last_week
from stories.summary import summary
from stories.words import heading


def overview(data: OverviewData, lang: str) -> list[Block]:
    """The blocks in their order. What cannot be known says what would give it."""
    if data.is_empty:
        return [
            heading(say("Overview", lang), data.asked, lang),
            Warning(_empty(data, lang)),
            source(data, lang),
        ]
    changed = what_changed(data, lang)
    worries = attention(data, lang)
    moved = (
        movers(data, "channel", say("Channels that moved most", lang), lang),
        movers(data, "category", say("Categories that moved most", lang), lang),
    )
    calm = Finding(say("Nothing stands out: no target missed, no decline, no incident.", lang), "good")
    return [
        heading(say("Overview", lang), data.asked, lang),
        *_begins_late(data, lang),
        *(
            cards.card(
                data.asked, data.now[metric], data.before.get(metric), data.plan.get(metric),
                cards.trend(data.spark, metric), lang,
            )
            for metric in CARDS
        ),
        *([changed] if changed else []),
        Row([_trend(data, changed, lang), drivers(data, lang)], [2, 1]),
        Heading(say("What needs attention", lang), level=2),
        *(worries or [calm]),
        Heading(say("Where it came from", lang), level=2),
        *_beside(_channels(data, lang), moved[0]),
        *_beside(_categories(data, lang), moved[1]),
        source(data, lang),
    ]  # fmt: skip


def _beside(table: Table, chart: Chart) -> list[Block]:
    """The chart beside its table, unless both would only say that nothing is known."""
    return [table] if table.missing and chart.missing else [Row([table, chart], [5, 3])]


def _begins_late(data: OverviewData, lang: str) -> list[Warning]:
    """That the comparison has fewer days of data than the period, so that changes look too large."""
    if (
        data.begins is None
        or data.changes.get("channel") is None
        or not data.changes["channel"].verdict.identified
    ):
        return []
    day = numbers.day(data.begins, lang)
    text = say(
        "The data begins on {day}: the comparison is not whole, and changes look too large.", lang, day=day
    )
    return [Warning(text)]


def _empty(data: OverviewData, lang: str) -> str:
    reason = data.now["net_revenue"].reason
    if reason is not None:
        return say("Nothing to show: {reason}.", lang, reason=tell(reason, lang))
    if not data.asked.where:
        return say("Nothing happened on these days. Choose other days.", lang)
    return say("Nothing happened on these days with these filters. Choose other days or fewer filters.", lang)


def _trend(data: OverviewData, changed: Finding | None, lang: str) -> Chart:
    asked, revenue = data.asked, data.now["net_revenue"]
    smooth = "average" in data.daily.columns
    before = {
        "previous": say("Previous period", lang),
        "year": say("A year before", lang),
    }.get(str(asked.comparison), say("Comparison", lang))
    labels = [say("By day", lang), *([say("7-day average", lang)] if smooth else [])]
    marks = data.happened.marks
    compared = "before" in data.daily.columns and data.daily["before"].is_not_null().any()
    facts = {"days": numbers.days(asked.elapsed.start, asked.elapsed.end, lang)}
    facts["value"] = numbers.compact_money(revenue.value, asked.shop.currency, lang)
    return Chart(
        "area",
        data.daily,
        "day",
        "value",
        compare="before" if compared else None,
        compare_x="before_day" if compared else None,
        smooth="average" if smooth else None,
        unit="money",
        labels=[*labels, before] if compared else labels,
        marks=marks,
        title=say("Net revenue", lang),
        message=_headline(changed, lang),
        note=say("By day, with promotions, holidays and incidents", lang) if marks else say("By day", lang),
        missing=tell(revenue.reason, lang) if revenue.reason else "",
        alt=say("Net revenue by day, {days}: {value} in all", lang, **facts),
    )


def _headline(changed: Finding | None, lang: str) -> str:
    """The first sentence of what changed."""
    return changed.text.split("。" if lang == "zh" else ". ")[0].rstrip(".") if changed else ""


def _channels(data: OverviewData, lang: str) -> Table:
    columns = [
        *_columns(say("Channel", lang), data, lang),
        Column("conversion_rate", say("Conversion", lang), "percent", "small"),
        Column("cac", say("CAC", lang), "money", "small"),
    ]
    rows = data.groups["channel"].rows
    if "cac" in rows.columns:  # a channel without spend has no cost of a buyer
        rows = rows.with_columns(cac=pl.when(pl.col("cac") > 0).then("cac"))
    return _table(data, "channel", rows, columns, say("Channels", lang), lang)


def _categories(data: OverviewData, lang: str) -> Table:
    columns = [
        *_columns(say("Category", lang), data, lang),
        Column("margin_rate", say("Margin", lang), "percent", "small"),
        Column("return_rate", say("Returns", lang), "percent", "small"),
    ]
    return _table(data, "category", data.groups["category"].rows, columns, say("Categories", lang), lang)


def _columns(label: str, data: OverviewData, lang: str) -> list[Column]:
    return [
        Column("segment", label),
        Column("trend", say("Trend", lang), "trend", "small"),
        Column("net_revenue", say("Net revenue", lang), "money", "small"),
        Column("share", say("Share", lang), "bar", "small"),
        *([Column("change", say("Change", lang), "change", "small")] if data.asked.against else []),
    ]


def _table(
    data: OverviewData, by: str, rows: pl.DataFrame, columns: Sequence[Column], title: str, lang: str
) -> Table:
    """Columns that this dimension cannot have are left out, and the note says why."""
    groups = data.groups[by]
    if groups.missing is not None:
        return Table(rows, columns, title=title, missing=tell(groups.missing, lang), name=by)
    notes = [say("By net revenue, the largest first.", lang)]
    for metric, reason in groups.without.items():
        label = say(REGISTRY[metric].label, lang)
        notes.append(say("{metric}: {reason}.", lang, metric=label, reason=tell(reason, lang)))
    shown = [column for column in columns if column.name not in groups.without]
    segments = pl.Series("segment", [name(segment, lang) for segment in rows["segment"]], dtype=pl.String)
    frame = rows.with_columns(segments).select(column.name for column in shown)
    note, message = together(notes, lang), _leader(frame, lang)
    return Table(frame, shown, title=title, note=note, name=f"{GROUPED[by][0]}_by_{by}", message=message)


def _leader(frame: pl.DataFrame, lang: str) -> str:
    """The largest row with its share, in a sentence."""
    if not len(frame) or frame["share"][0] is None:
        return ""
    share = numbers.percent(frame["share"][0], lang)
    return say(
        "{segment} is the largest: {share} of net revenue", lang, segment=frame["segment"][0], share=share
    )


def source(data: OverviewData, lang: str) -> Source:
    """How far the data reaches, when it came, and what net revenue is."""
    asked, shop = data.asked, data.asked.shop
    parts = [say("Data to {day}.", lang, day=numbers.day(shop.last, lang))]
    if shop.imported_at:
        told = numbers.moment(shop.imported_at, shop.timezone, lang)
        parts.append(say("Last import {moment} ({timezone}).", lang, moment=told, timezone=shop.timezone))
    parts.append(
        say("Net revenue is after discounts, cancelled goods and returns, without tax and shipping.", lang)
    )
    if asked.basis == "refund":
        parts.append(say("Returns count on the day of the refund.", lang))
    else:
        parts.append(
            say("Returns count on the day of their order, so recent days may still lose some.", lang)
        )
    if shop.sample:
        parts.append(say("This is the sample shop: its customers, merchants and orders are made up.", lang))
    return Source(together(parts, lang))


def short(data: OverviewData, lang: str) -> list[Finding]:
    """The summary of its report; empty where nothing is known, as the page's warning says it all."""
    if data.is_empty:
        return []
    return summary(data, what_changed(data, lang), attention(data, lang), lang)


REPORT = Named(
    "overview",
    phrase("Weekly operations"),
    phrase("the last week against the week before, for operations"),
    last_week,
    gather,
    overview,
    short,
)
