"""What was planted in the sample shop beside what methods make of its data, topic by topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from language import name, phrase, say
from metrics.judge import answered, covers
from metrics.reason import words
from metrics.recovery import RECOVERIES
from stories.blocks import Block, Column, Finding, Heading, Table, Tone, Warning
from stories.recovery import shown, subject, told, topic

TOPICS = {
    "funnel": phrase("Steps of a visit"),
    "satisfaction": phrase("Satisfaction"),
    "promotion": phrase("Promotions"),
    "coupon": phrase("Coupons"),
    "service": phrase("Delivery and service"),
    "incident": phrase("Incidents"),
    "market": phrase("Market"),
    "association": phrase("Bought together"),
    "elasticity": phrase("Price elasticity"),
    "campaign": phrase("Campaigns"),
    "channel": phrase("Channels and attribution"),
    "retention": phrase("Retention"),
    "repeat": phrase("Repeat purchases"),
    "lifetime": phrase("Customer lifetime"),
    "churn": phrase("Churn"),
    "group": phrase("Customer groups"),
}
KINDS = {
    "count": phrase("counted: the data holds nearly all of it"),
    "method": phrase("estimated"),
    "naive": phrase("naive: shown to see how far off it is"),
}
MISSES = 3  # told in words
WORLDS = {
    "inert": phrase(
        "In this world nobody reacts to a promotion or a coupon: methods should find no effect of any."
    ),
    "steady": phrase("In this world no price ever moves: methods should refuse to tell an elasticity."),
    "noise": phrase(
        "In this world answers have nothing to do with what happened: no driver should be found."
    ),
}


def nothing(lang: str) -> list[Block]:
    """Of a shop that is not the sample shop."""
    text = say(
        "Nobody knows the truths of a real shop. This page puts what methods find beside what is planted in "
        "the sample shop. See it there: **python cli.py sample --store sample**, **make run STORE=sample**.",
        lang,
    )
    return [Heading(say("Truths", lang)), Warning(text)]


def page(
    document: Mapping[str, Any],
    rows: pl.DataFrame,
    chosen: str,
    measure: str,
    named: Mapping[str, str],
    lang: str,
    currency: str,
) -> list[Block]:
    """How all methods do, those of the chosen topic one by one, and what was planted of a measure.

    document: as Store.truths gives it. rows: see metrics.recovery.ROWS. named: names of promotions and
    campaigns.
    """
    return [
        *overview(document, rows, lang, currency),
        *topic(document, rows, chosen, named, lang),
        planted(document, chosen, measure, named, lang),
        methods(rows, lang),
    ]


def overview(document: Mapping[str, Any], rows: pl.DataFrame, lang: str, currency: str) -> list[Block]:
    """How many intervals contain what was planted, and the worst that do not."""
    note = say(
        "What was planted in the sample shop (seed {seed}), beside what methods make of its data alone.",
        lang,
        seed=document["seed"],
    )
    blocks: list[Block] = [Heading(say("Truths", lang), note)]
    if document["null"]:
        blocks.append(Warning(say(WORLDS[document["null"]], lang)))
    blocks += [finding for kind in KINDS if (finding := _summary(rows, kind, lang))]
    return [*blocks, *_misses(document, rows, lang, currency)]


def _summary(rows: pl.DataFrame, kind: str, lang: str) -> Finding | None:
    """How many intervals of the methods of a kind contain what was planted."""
    mine = [each for each, method in RECOVERIES.items() if method.kind == kind]
    inside = rows.filter(pl.col("name").is_in(mine) & answered).select(covers=covers)["covers"].drop_nulls()
    if not len(inside):
        return None
    sentences = {
        "count": phrase("Counted: {part} of {n} intervals contain the truth."),
        "method": phrase("Estimated: {part} of {n} intervals contain the truth; 95 of 100 should."),
        "naive": phrase("Naive methods: {part} of {n} intervals contain the truth."),
    }
    share = float(inside.mean())  # type: ignore[arg-type]
    tone: Tone = "neutral" if kind == "naive" else "good" if share >= 0.8 else "bad"
    return Finding(say(sentences[kind], lang, part=int(inside.sum()), n=len(inside)), tone)


def _misses(document: Mapping[str, Any], rows: pl.DataFrame, lang: str, currency: str) -> list[Finding]:
    """The intervals of methods with one answer that are furthest from the truth, in their own lengths."""
    units = {(each["topic"], each["measure"]): each["unit"] for each in document["definitions"]}
    alone = rows.filter((pl.len().over("name") == 1) & answered & ~covers)
    far = (pl.col("value") - pl.col("planted")).abs() / (pl.col("high") - pl.col("low"))
    found = []
    for row in alone.sort(far, descending=True).head(MISSES).to_dicts():
        method = RECOVERIES[row["name"]]
        unit = units[method.topic, method.measure]
        value, low, high, truth = (
            told(row[name], unit, lang, currency) for name in ("value", "low", "high", "planted")
        )
        text = say(
            "{method}: {value} ({low} – {high}), and the truth is {truth}.",
            lang,
            method=say(method.label, lang),
            value=value,
            low=low,
            high=high,
            truth=truth,
        )
        found.append(Finding(text, "bad"))
    return found


def methods(rows: pl.DataFrame, lang: str) -> Table:
    """One row a method."""
    found = (
        rows.group_by("name", maintain_order=True)
        .agg(
            asked=pl.len(),
            answered=answered.sum(),
            intervals=(answered & pl.col("low").is_not_null()).sum(),
            inside=(answered & covers).sum(),
        )
        .to_dicts()
    )
    rows_told = sorted(found, key=lambda row: list(TOPICS).index(RECOVERIES[row["name"]].topic))
    frame = pl.DataFrame(
        {
            "method": [say(RECOVERIES[row["name"]].label, lang) for row in rows_told],
            "topic": [say(TOPICS[RECOVERIES[row["name"]].topic], lang) for row in rows_told],
            "kind": [say(KINDS[RECOVERIES[row["name"]].kind], lang) for row in rows_told],
            "asked": [row["asked"] for row in rows_told],
            "answered": [row["answered"] for row in rows_told],
            "inside": [row["inside"] / row["intervals"] if row["intervals"] else None for row in rows_told],
        },
        schema_overrides={"inside": pl.Float64},
    )
    columns = [
        Column("method", say("Method", lang)),
        Column("asked", say("Truths", lang), "integer"),
        Column("answered", say("Answered", lang), "integer"),
        Column("inside", say("Intervals right", lang), "percent"),
        Column("topic", say("Topic", lang), width="medium"),
        Column("kind", say("Kind", lang), width="large"),
    ]
    note = say(
        "A method that the data cannot serve refuses; **python cli.py recover** tries many shops.", lang
    )
    return Table(frame, columns, title=say("Methods", lang), note=note, name="methods")


def planted(
    document: Mapping[str, Any], chosen: str, measure: str, named: Mapping[str, str], lang: str
) -> Table:
    """The truths of a topic and measure as they lie in the store, and what they mean."""
    (definition,) = (
        each for each in document["definitions"] if (each["topic"], each["measure"]) == (chosen, measure)
    )
    mine = [each for each in document["truths"] if (each["topic"], each["measure"]) == (chosen, measure)]
    frame = pl.DataFrame(
        {
            "of": [each["of"] for each in mine],
            "subject": [subject(each["of"], named, lang) for each in mine],
            "value": [each["value"] for each in mine],
            "error": [each["error"] or None for each in mine],
        },
        schema={"of": pl.String, "subject": pl.String, "value": pl.Float64, "error": pl.Float64},
    )
    unit = definition["unit"]
    columns = [
        Column("subject", say("Of", lang), width="medium"),
        Column("value", say("Planted", lang), shown(unit, frame["value"])),
    ]
    if frame["error"].count():
        columns.append(Column("error", say("Standard error", lang), shown(unit, frame["error"])))
    if not frame.filter(pl.col("of") != "", pl.col("of") != pl.col("subject")).is_empty():
        columns.append(Column("of", say("Name in the data", lang), width="large"))
    return Table(
        frame.select(column.name for column in columns),
        columns,
        title=say("Planted: {measure}", lang, measure=measured(measure, lang)),
        note=say(definition["meaning"], lang),
        name=f"planted_{chosen}_{measure}",
    )


def measures(document: Mapping[str, Any], chosen: str) -> list[str]:
    """Measures of a topic that have truths, in the order of their definitions."""
    there = {(each["topic"], each["measure"]) for each in document["truths"]}
    return [
        each["measure"]
        for each in document["definitions"]
        if each["topic"] == chosen and (chosen, each["measure"]) in there
    ]


def topics(document: Mapping[str, Any]) -> list[str]:
    """Topics that have truths; those not known here last."""
    there = dict.fromkeys(each["topic"] for each in document["truths"])
    return [*(each for each in TOPICS if each in there), *(each for each in there if each not in TOPICS)]


def measured(measure: str, lang: str) -> str:
    """A measure's name as words."""
    text = name("net revenue" if measure == "revenue" else words(measure), lang)
    return text[:1].upper() + text[1:]
