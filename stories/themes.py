"""Themes of what customers write: how often, how they score beside it, and what moved in a week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from charts.chart import Chart
from language import numbers, phrase, say
from language.reasons import tell
from metrics.metric import BadQuestion
from stories.answered import Answered, answer
from stories.asked import Asked, Check
from stories.blocks import Block, Column, Heading, Row, Table, Text, Warning
from stories.happened import happened
from stories.theme_findings import costly, findings
from stories.theme_words import (
    CALLS,
    LANGUAGES,
    SOURCES,
    TONES,
    between,
    gap,
    label,
    method,
    score,
    words,
)
from stories.words import heading, points, shares, texts

DRAWN = 12  # themes


@dataclass(frozen=True)
class ThemesData:
    """found: the analysis. problem: why there is none. chosen: the key of the theme that is looked into."""

    asked: Asked
    found: Answered | None = None
    problem: str = ""
    chosen: str = ""


def gather(
    asked: Asked, checks: Sequence[Check] = (), settings: Mapping[str, Any] = {}, chosen: str = ""
) -> ThemesData:
    """Comments of the chosen days; without a choice the theme that costs most is looked into."""
    if asked.where:
        return ThemesData(asked, problem=phrase("Comments take no filter: take the filters away."))
    try:
        found = answer(asked, "themes", **settings)
    except BadQuestion as problem:
        return ThemesData(asked, problem=str(problem))
    rows = found.result.themes
    if rows.is_empty():
        return ThemesData(asked, problem=(found.result.verdict.reasons or found.result.warnings)[0])
    if chosen not in rows["theme"].to_list():
        worst = costly(found)
        chosen = worst[0]["theme"] if worst else rows["theme"][0]
    return ThemesData(asked, found, chosen=chosen)


def themes(data: ThemesData, lang: str) -> list[Block]:
    title = heading(say("Themes", lang), data.asked, lang)
    if data.found is None:
        text = tell(data.problem, lang)
        return [title, Warning(f"{text[:1].upper()}{text[1:]}")]
    found = data.found
    return [
        title,
        *findings(found, lang),
        Row([how_often(found, lang), how_good(found, lang)]),
        table(found, lang),
        *one(data, lang),
        Heading(say("How it is counted", lang), level=2),
        Text(method(found, lang)),
    ]


def section(data: ThemesData, lang: str) -> list[Block]:
    """For other reports: what is written about, and how it scores; nothing where there are no themes."""
    if data.found is None:
        return []
    drawn = Row([how_often(data.found, lang), how_good(data.found, lang)])
    return [Heading(say("Themes", lang), level=2), *findings(data.found, lang), drawn]


def how_often(found: Answered, lang: str) -> Chart:
    rows = found.result.themes.head(DRAWN)
    table = pl.DataFrame({
        "theme": texts([label(row, lang) for row in rows.to_dicts()]), "share": rows["share"],
        "tone": texts([TONES.get(call or "", "neutral") for call in rows["call"]]),
    })  # fmt: skip
    title = say("What is written about", lang)
    note = say("Share of comments; red scores surely worse than the rest, green better", lang)
    return Chart("bar", table, "theme", "share", "tone", unit="percent", title=title, alt=title, note=note)


def how_good(found: Answered, lang: str) -> Chart:
    rows = found.result.themes.head(DRAWN).drop_nulls("gap")
    table = rows.select(
        "gap", "gap_low", "gap_high", zero=pl.lit(0.0),
        x=texts([label(row, lang) for row in rows.to_dicts()]),
        tone=texts([TONES[call] for call in rows["call"]]),
    )  # fmt: skip
    title = say("Score against the rest", lang)
    return Chart(
        "interval", table, "x", "gap", "tone", "zero", low="gap_low", high="gap_high", unit="number",
        labels=[title, say("as the rest", lang)], title=title, alt=title,
        note=say("Points of 100, within reviews and within questionnaires; lines hold 95%", lang),
        missing="" if len(table) else say("too few comments have a score", lang),
    )  # fmt: skip


def table(found: Answered, lang: str) -> Table:
    rows = [
        {
            "theme": label(row, lang),
            "words": words(row, lang),
            "comments": row["comments"],
            "share": row["share"],
            "interval": shares(row["share_low"], row["share_high"], lang),
            "score": score(row["score"], lang),
            "gap": gap(row["gap"], lang),
            "apart": between(row["gap_low"], row["gap_high"], lang),
            "call": say(CALLS[row["call"]], lang) if row["call"] else numbers.NONE,
            "week": row["week"],
            "change": numbers.points(row["change"], lang),
            "moved": points(row["change_low"], row["change_high"], lang),
        }
        for row in found.result.themes.to_dicts()
    ]
    columns = (
        Column("theme", say("Theme", lang)),
        Column("words", say("Words", lang), width="medium"),
        Column("comments", say("Comments", lang), "integer"),
        Column("share", say("Share", lang), "percent"),
        Column("interval", say("95% interval", lang)),
        Column("score", say("Score", lang), width="small"),
        Column("gap", say("Difference", lang), width="small"),
        Column("apart", say("95% interval", lang)),
        Column("call", say("Verdict", lang)),
        Column("week", say("Last 7 days", lang), "percent"),
        Column("change", say("Change", lang), width="small"),
        Column("moved", say("95% interval", lang)),
    )
    frame = pl.DataFrame(rows, schema_overrides={"week": pl.Float64})
    note = say("The change is that of the last seven days against the eight weeks before.", lang)
    return Table(frame, columns, say("All themes", lang), note, name="themes")


def one(data: ThemesData, lang: str, level: int = 2) -> list[Block]:
    """The chosen theme: its weeks and what was written."""
    assert data.found
    found = data.found
    row = found.result.themes.row(by_predicate=pl.col("theme") == data.chosen, named=True)
    return [
        Heading(label(row, lang), words(row, lang), level),
        weekly(found, row, lang),
        quotes(found, row, lang),
    ]


def weekly(found: Answered, row: Mapping, lang: str) -> Chart:
    rows = found.result.weeks.filter(pl.col("theme") == row["theme"]).sort("week")
    marks = happened(found.asked.tables, found.asked.elapsed, found.asked.shop.timezone).marks
    title = say("Share of the comments by week", lang)
    return Chart(
        "line", rows.select("week", "share", "before"), "week", "share", compare="before", unit="percent",
        labels=[say("Week", lang), say("Eight weeks before", lang)], title=title, alt=title, marks=marks,
        note=say("Whole weeks back from the last of the days", lang),
        missing="" if len(rows) > 1 else say("fewer than two whole weeks lie in these days", lang),
    )  # fmt: skip


def quotes(found: Answered, row: Mapping, lang: str) -> Table:
    rows = found.result.examples.filter(pl.col("theme") == row["theme"])
    rows = rows.sort(pl.col("lang") != lang, maintain_order=True)
    frame = rows.select(
        "text",
        source=texts([say(SOURCES[each], lang) for each in rows["source"]]),
        month=texts([numbers.month(each, lang) for each in rows["month"]]),
        score=texts([score(each, lang) for each in rows["score"]]),
        lang=texts([say(LANGUAGES[each], lang) for each in rows["lang"]]),
    )
    columns = (
        Column("text", say("Comment", lang), width="large"),
        Column("score", say("Score", lang), width="small"),
        Column("source", say("Written in", lang)),
        Column("lang", say("Language", lang)),
        Column("month", say("Month", lang)),
    )
    note = say(
        "The most typical ones, each by another customer; names, numbers and addresses are masked.", lang
    )
    return Table(frame, columns, say("What was written", lang), note, name="theme_examples")
