"""Satisfaction's charts and tables: by month, by way of asking, by group, and the weights."""

from __future__ import annotations

import polars as pl

from charts.chart import Chart, Mark
from language import name, numbers, say
from stories.answered import Answered
from stories.blocks import Column, Table
from stories.satisfaction_findings import SURE
from stories.satisfaction_words import (
    BETTER,
    MARGINS,
    MEASURES,
    SHORT,
    UNITS,
    between,
    change,
    changes,
    group,
    value,
    way,
)
from stories.words import chance, shares, texts


def trends(found: Answered, lang: str) -> list[Chart]:
    """A line a measure, with its band and a mark where it surely changed."""
    return [_trend(found, measure, lang) for measure in found.result.scores["measure"].to_list()]


def _trend(found: Answered, measure: str, lang: str) -> Chart:
    rows = found.result.trend.filter(measure=measure)
    marks = [
        Mark(row["start"], change(row["change"], measure, lang), kind="incident")
        for row in rows.drop_nulls("q").to_dicts()
        if row["q"] <= SURE
    ]
    table = rows.select("value", "low", "high", month=pl.col("start").dt.truncate("1mo")).drop_nulls("value")
    title = say("{measure} by month", lang, measure=say(MEASURES[measure], lang))
    return Chart(
        "line", table, "month", "value", low="low", high="high", unit=UNITS[measure], marks=marks,
        title=title, alt=title, note=say("The year up to these days; the band holds 95%", lang),
        missing="" if len(table) > 1 else say("one month alone shows no trend", lang),
    )  # fmt: skip


def modes(found: Answered, lang: str) -> Table:
    """Each measure by how it was asked, and what differs from the way shown."""
    rows = found.result.modes.to_dicts()
    frame = pl.DataFrame(
        {
            "measure": [SHORT[row["measure"]] for row in rows],
            "mode": [way(row["mode"], lang) for row in rows],
            "value": [value(row["value"], row["measure"], lang) for row in rows],
            "interval": [between(row["low"], row["high"], row["measure"], lang) for row in rows],
            "n": [row["n"] for row in rows],
            "change": [change(row["change"], row["measure"], lang) for row in rows],
            "q": [chance(row["q"], lang) for row in rows],
        }
    )
    columns = (
        Column("measure", say("Measure", lang), width="small"),
        Column("mode", say("Asked", lang), width="small"),
        Column("value", say("Score", lang), width="small"),
        Column("interval", say("95% interval", lang)),
        Column("n", say("Answers", lang), "integer"),
        Column("change", say("Difference", lang), width="small"),
        Column("q", say("q", lang), width="small"),
    )
    return Table(frame, columns, say("By how it was asked", lang), name="satisfaction_modes")


def response(found: Answered, lang: str) -> Table:
    rows = found.result.response
    frame = rows.select(
        "asked", "answered", "value",
        survey=texts([name(each, lang) for each in rows["survey"]]),
        mode=texts([way(each, lang) for each in rows["mode"]]),
        interval=texts([shares(a, b, lang) for a, b in rows.select("low", "high").iter_rows()]),
    )  # fmt: skip
    columns = (
        Column("survey", say("Survey", lang)),
        Column("mode", say("Asked", lang), width="small"),
        Column("asked", say("People asked", lang), "integer"),
        Column("answered", say("Answered", lang), "integer"),
        Column("value", say("Response rate", lang), "percent"),
        Column("interval", say("95% interval", lang)),
    )
    whole = rows["value"].null_count() == len(rows)
    note = say("Nobody is recorded who was asked and did not answer, so no rate can be told.", lang)
    return Table(
        frame, columns, say("Who answered", lang), note if whole else "", name="satisfaction_response"
    )


def groups(found: Answered, lang: str) -> list[Table]:
    """Every group of every margin in the first measure, those that differ most surely first."""
    measure = found.result.scores["measure"][0]
    rows = found.result.segments.filter(measure=measure).sort("q", "by", "of", nulls_last=True).to_dicts()
    if not rows:
        return []
    frame = pl.DataFrame(
        {
            "by": [say(MARGINS[row["by"]], lang) for row in rows],
            "of": [group(row["by"], row["of"], lang) for row in rows],
            "value": [value(row["value"], measure, lang) for row in rows],
            "interval": [between(row["low"], row["high"], measure, lang) for row in rows],
            "n": [row["n"] for row in rows],
            "change": [change(row["change"], measure, lang) for row in rows],
            "changes": [changes(row["change_low"], row["change_high"], measure, lang) for row in rows],
            "q": [chance(row["q"], lang) for row in rows],
            "sure": [_sure(row, measure, lang) for row in rows],
        }
    )
    columns = (
        Column("by", say("By", lang)),
        Column("of", say("Group", lang)),
        Column("value", SHORT[measure], width="small"),
        Column("interval", say("95% interval", lang)),
        Column("n", say("Answers", lang), "integer"),
        Column("change", say("Against all others", lang), width="small"),
        Column("changes", say("95% interval", lang)),
        Column("q", say("q", lang), width="small"),
        Column("sure", say("Verdict", lang)),
    )
    title = say("{measure} by group", lang, measure=say(MEASURES[measure], lang))
    return [Table(frame, columns, title, name="satisfaction_groups")]


def _sure(row: dict, measure: str, lang: str) -> str:
    if row["q"] is None:
        return say("too few answers", lang)
    if row["q"] > SURE:
        return say("may be chance", lang)
    better = row["change"] * BETTER[measure] > 0
    return say("surely better", lang) if better else say("surely worse", lang)


def weighting(found: Answered, lang: str) -> list[Table]:
    """The margins: of all customers, of those who answered, and of these weighted."""
    rows = found.result.weighting
    if rows.is_empty():
        return []
    frame = rows.select(
        "base", "answers", "weighted",
        margin=texts([say(MARGINS[each], lang) for each in rows["margin"]]),
        of=texts([group(by, of, lang) for by, of in rows.select("margin", "of").iter_rows()]),
    )  # fmt: skip
    columns = (
        Column("margin", say("By", lang)),
        Column("of", say("Group", lang)),
        Column("base", say("All customers", lang), "percent"),
        Column("answers", say("Those who answered", lang), "percent"),
        Column("weighted", say("Weighted", lang), "percent"),
    )
    design = found.result.scores["design"][0]
    note = say(
        "Design effect {design}: the weights cost as much precision as if {lost} fewer had answered.", lang,
        design=numbers.number(design, lang), lost=numbers.percent(1 - 1 / design, lang),
    )  # fmt: skip
    return [Table(frame, columns, say("Weighting to the customer base", lang), note, name="weighting")]
