"""Returns: how often, why, what they cost, and which products and sellers surely return more."""

from __future__ import annotations

import polars as pl

from charts.chart import Chart
from language import name, phrase, say
from stories.answered import Answered
from stories.blocks import Block, Column, Row, Table
from stories.called import GROUPED, KINDS, called
from stories.figures import Figure, cards
from stories.returns_findings import findings
from stories.service_words import tones
from stories.words import chance, points, shares, texts

SHOWN = 12  # groups drawn
BY = ("category", "seller", "product_id", "promoted", "promotion")


def blocks(found: Answered, earlier: Answered | None, lang: str) -> list[Block]:
    return [
        *cards(found, earlier, "returns", CARDS, lang),
        *findings(found, lang),
        Row([weeks(found, lang), reasons(found, lang)]),
        Row([rates(found, "category", lang), rates(found, "seller", lang)]),
        *(table for by in BY for table in groups(found, by, lang)),
        *by_reason(found, lang),
    ]


CARDS: tuple[Figure, ...] = (
    ("units", phrase("Return rate"), "percent", "groups", "units_rate", "lower"),
    ("lines", phrase("Products sent back"), "integer", "groups", "part", "lower"),
    ("refunds", phrase("Given back"), "money", "groups", "refunds", "lower"),
    ("margin", phrase("Margin lost with returns"), "money", "groups", "margin_lost", "lower"),
)


def weeks(found: Answered, lang: str) -> Chart:
    """The share that came back by week of the order; from the first open week on it may still rise."""
    rows = found.result.weeks
    open_ = rows.filter("open")["week"].min()
    title = say("Came back, by week of the order", lang)
    return Chart(
        "line", rows, "week", "share", low="low", high="high", unit="percent", title=title, alt=title,
        partial_from=open_, labels=[say("Share of products", lang)],  # type: ignore[arg-type]
        note=say("Orders of the last {n} days can still come back; the band holds 95%", lang,
                 n=found.result.window_days),
        missing="" if len(rows) > 1 else say("there are no two weeks to draw", lang),
    )  # fmt: skip


def reasons(found: Answered, lang: str) -> Chart:
    rows = found.result.reasons.filter(by="").sort("part", descending=True)
    table = rows.select("part", label=texts([name(each, lang) for each in rows["reason"]]))
    title = say("Why it came back", lang)
    return Chart(
        "bar", table, "label", "part", unit="integer", title=title, alt=title,
        note=say("Products by the reason named", lang),
        missing="" if len(table) else say("reasons are not recorded, or of too few customers", lang),
    )  # fmt: skip


def rates(found: Answered, by: str, lang: str) -> Chart:
    """The groups with the most products, the highest rate on top."""
    rows = found.result.groups.filter(pl.col("by") == by).sort("n", descending=True).head(SHOWN)
    rows = rows.sort("share", descending=True)
    table = rows.select(
        "share", "low", "high", "rest", tone=tones(worse_below=False),
        x=texts([called(found.asked, by, of, lang) for of in rows["of"]]),
    )  # fmt: skip
    title = say("Came back, by category", lang) if by == "category" else say("Came back, by seller", lang)
    return Chart(
        "interval", table, "x", "share", "tone", "rest", low="low", high="high", unit="percent",
        labels=[say("Share of products", lang), say("others", lang)], title=title, alt=title,
        note=say("Lines are 95% intervals; others are all others, or those of the same categories", lang),
        missing="" if len(table) else say("no group has enough customers", lang),
    )  # fmt: skip


def groups(found: Answered, by: str, lang: str) -> list[Table]:
    rows = found.result.groups.filter(pl.col("by") == by)
    if rows.is_empty():
        return []
    gaps = rows.select("difference_low", "difference_high")
    frame = rows.select(
        "n", "part", "share", "difference", "open", "units_back", "units_rate", "refunds", "value_rate",
        "margin_lost",
        of=texts([called(found.asked, by, of, lang) for of in rows["of"]]),
        interval=texts([shares(low, high, lang) for low, high in rows.select("low", "high").iter_rows()]),
        difference_interval=texts([points(low, high, lang) for low, high in gaps.iter_rows()]),
        q=texts([chance(each, lang) for each in rows["q"]]),
    )  # fmt: skip
    columns = [
        Column("of", say(KINDS[by], lang), width="medium"),
        Column("n", say("Ordered", lang), "integer"),
        Column("part", say("Sent back", lang), "integer"),
        Column("share", say("Share", lang), "percent"),
        Column("interval", say("95% interval", lang)),
        Column("difference", say("Beside others", lang), "points"),
        Column("difference_interval", say("95% interval", lang)),
        Column("q", say("Corrected p", lang), width="small"),
        Column("open", say("Still open", lang), "integer"),
        Column("units_back", say("Units back", lang), "integer"),
        Column("units_rate", say("Of units", lang), "percent"),
        Column("refunds", say("Given back", lang), "money"),
        Column("value_rate", say("Of revenue", lang), "percent"),
        Column("margin_lost", say("Margin lost", lang), "money"),
    ]
    shown = [each for each in columns if frame[each.name].null_count() < len(frame)]
    title = say("Returns {by}", lang, by=say(GROUPED[by], lang))
    note = say("Products by the day of the order; still open: can come back yet.", lang)
    return [Table(frame.select(each.name for each in shown), shown, title, note, name=f"returns_{by}")]


def by_reason(found: Answered, lang: str) -> list[Table]:
    """Reasons by seller and product, those that stand out first."""
    rows = found.result.reasons.filter(pl.col("by").is_in(["seller", "product_id"]))
    rows = rows.sort("q", "n", "of", descending=[False, True, False], nulls_last=True)
    if rows.is_empty():
        return []
    frame = rows.select(
        "n", "part", "share", "rest",
        by=texts([say(KINDS[each], lang) for each in rows["by"]]),
        of=texts([called(found.asked, by, of, lang) for by, of in rows.select("by", "of").iter_rows()]),
        reason=texts([name(each, lang) for each in rows["reason"]]),
        interval=texts([shares(low, high, lang) for low, high in rows.select("low", "high").iter_rows()]),
        q=texts([chance(each, lang) for each in rows["q"]]),
    )  # fmt: skip
    columns = (
        Column("by", say("By", lang), width="small"),
        Column("of", say("Name", lang), width="medium"),
        Column("reason", say("Reason", lang)),
        Column("part", say("Products", lang), "integer"),
        Column("n", say("Came back", lang), "integer"),
        Column("share", say("Share", lang), "percent"),
        Column("interval", say("95% interval", lang)),
        Column("rest", say("Elsewhere", lang), "percent"),
        Column("q", say("Corrected p", lang), width="small"),
    )
    title = say("Reasons by seller and product", lang)
    return [Table(frame.select(c.name for c in columns), columns, title, name="returns_reasons")]
