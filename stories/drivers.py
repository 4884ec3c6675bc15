"""What satisfaction goes with: how much each rated driver matters, how it performs, and what to fix first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from charts.chart import Chart
from language import name, numbers, phrase, say, together
from language.reasons import tell
from metrics.metric import BadQuestion
from stories.answered import Answered, answer
from stories.asked import Asked, Check
from stories.blocks import Block, Column, Finding, Heading, Row, Table, Text, Warning
from stories.satisfaction_words import SHORT, inside_way
from stories.words import chance, heading, sentence, shares, texts


@dataclass(frozen=True)
class DriversData:
    """found: the analysis. problem: why there is none."""

    asked: Asked
    found: Answered | None = None
    problem: str = ""


PRIORITIES = {
    "fix first": phrase("Fix first"),
    "keep up": phrase("Keep up"),
    "later": phrase("Later"),
    "enough": phrase("Enough is done"),
}
PLACES = {
    "above": phrase("surely more than an equal share"),
    "within": phrase("not surely more than an equal share"),
    "below": phrase("surely less than an equal share"),
}
PERFORMS = {
    "above": phrase("surely above the drivers' mean"),
    "within": phrase("near the drivers' mean"),
    "below": phrase("surely below the drivers' mean"),
}
TONES = {"fix first": "bad", "keep up": "good"}


def gather(asked: Asked, checks: Sequence[Check] = (), settings: Mapping[str, Any] = {}) -> DriversData:
    """Ratings of the chosen days. settings: the outcome, csat or nps."""
    if asked.where:
        return DriversData(asked, problem=phrase("Drivers take no filter: take the filters away."))
    try:
        found = answer(asked, "drivers", **settings)
    except BadQuestion as problem:
        return DriversData(asked, problem=str(problem))
    if found.result.drivers.is_empty():
        return DriversData(asked, problem=found.result.warnings[0])
    return DriversData(asked, found)


def drivers(data: DriversData, lang: str) -> list[Block]:
    title = heading(say("Drivers", lang), data.asked, lang)
    if data.found is None:
        return [title, Warning(sentence(tell(data.problem, lang), lang))]
    found = data.found
    charts: list[Block] = [Row([weights(found, lang), plot(found, lang)])] if _told(found) else []
    return [
        title,
        *findings(found, lang),
        *charts,
        table(found, lang),
        Heading(say("How it is counted", lang), level=2),
        Text(method(found, lang)),
    ]


def _told(found: Answered) -> bool:
    """Whether the drivers explain more than chance would, so that importance is told."""
    return bool(found.result.verdict.identified)


def findings(found: Answered, lang: str) -> list[Finding]:
    result = found.result
    explained, n = numbers.percent(result.r2, lang), numbers.integer(result.n, lang)
    claims = [found.claim(explained, "summary", "r2"), found.claim(n, "summary", "n")]
    facts = {"measure": SHORT[result.outcome], "r2": explained, "n": n, "p": chance(result.p, lang)}
    if not _told(found):
        text = say(
            "**No driver stands out.** Together the ratings go with {r2} of the differences in {measure} "
            "among {n} people, and chance alone would do as well (p {p}).", lang, **facts,
        )  # fmt: skip
        return [
            Finding(text, claims=claims, action=say("Ask more people, or about what may matter more.", lang))
        ]
    text = say(
        "Together the drivers go with **{r2}** of the differences in {measure} among {n} people (p {p}). "
        "This is an association, not a cause.", lang, **facts,
    )  # fmt: skip
    told = [Finding(text, claims=claims)]
    if not result.stands:
        text = say("**No driver stands out**: none is surely more important than an equal share.", lang)
        return [*told, Finding(text)]
    first = [row for row in result.drivers.to_dicts() if row["priority"] == "fix first"]
    above = [row for row in result.drivers.to_dicts() if row["place"] == "above" and row not in first]
    return told + [_driver(found, row, lang) for row in (*first, *above)]


def _driver(found: Answered, row: dict, lang: str) -> Finding:
    told = {each: numbers.percent(row[each], lang) for each in ENDS}
    text = say(
        "**{driver}**: {importance} of what is explained (95% interval {interval}), {place}; {good} of "
        "ratings are in the two best boxes ({of_good}), {performs}.", lang,
        driver=name(row["driver"], lang).capitalize(), importance=told["importance"], good=told["good"],
        interval=shares(row["importance_low"], row["importance_high"], lang),
        of_good=shares(row["good_low"], row["good_high"], lang),
        place=say(PLACES[row["place"]], lang), performs=say(PERFORMS[row["performs"]], lang),
    )  # fmt: skip
    claims = [found.claim(printed, "drivers", each, driver=row["driver"]) for each, printed in told.items()]
    tone = TONES.get(row["priority"], "neutral") if row["sure"] else "neutral"
    return Finding(text, tone, claims, action=_action(row, lang))  # type: ignore[arg-type]


def _action(row: dict, lang: str) -> str:
    if row["priority"] == "fix first" and not row["sure"]:
        return say("Fix first, if more answers confirm it.", lang)
    return say("{priority}.", lang, priority=say(PRIORITIES[row["priority"]], lang)) if row["sure"] else ""


ENDS = tuple(f"{of}{end}" for of in ("importance", "good") for end in ("", "_low", "_high"))


def weights(found: Answered, lang: str) -> Chart:
    """Importance with its interval, against an equal share."""
    rows = found.result.drivers
    table = rows.select(
        "importance", "importance_low", "importance_high", equal=pl.lit(found.result.equal),
        x=texts([name(each, lang) for each in rows["driver"]]),
    )  # fmt: skip
    title = say("Importance", lang)
    return Chart(
        "interval", table, "x", "importance", compare="equal", low="importance_low", high="importance_high",
        unit="percent", labels=[title, say("an equal share", lang)], title=title, alt=title,
        note=say("Share of what the drivers explain together; lines hold 95%", lang),
    )  # fmt: skip


def plot(found: Answered, lang: str) -> Chart:
    """Importance by performance, in quadrants."""
    rows = found.result.drivers.drop_nulls("priority")
    table = rows.select(
        "importance", "good",
        driver=texts([name(each, lang) for each in rows["driver"]]),
        priority=texts([say(PRIORITIES[each], lang) for each in rows["priority"]]),
    )  # fmt: skip
    title = say("Importance and performance", lang)
    return Chart(
        "scatter", table, "importance", "good", "priority", compare="driver", unit="percent", title=title,
        alt=title, labels=[say("Importance", lang), say("In the two best boxes", lang)],
        lines=(found.result.equal, found.result.usual),
        note=say("Lines: an equal share, and the drivers' mean; fix first what is right and below", lang),
    )  # fmt: skip


def table(found: Answered, lang: str) -> Table:
    rows = found.result.drivers.to_dicts()
    frame = pl.DataFrame(
        {
            "driver": texts([name(row["driver"], lang) for row in rows]),
            "importance": [row["importance"] for row in rows],
            "importances": _ends(rows, "importance", lang),
            "shapley": [row["shapley"] for row in rows],
            "shapleys": _ends(rows, "shapley", lang),
            "good": [row["good"] for row in rows],
            "goods": _ends(rows, "good", lang),
            "n": [row["n"] for row in rows],
            "priority": texts([_priority(row, lang) for row in rows]),
        },
        schema_overrides=dict.fromkeys(("importance", "shapley", "good"), pl.Float64),
    )  # fmt: skip
    columns = (
        Column("driver", say("Driver", lang)),
        Column("importance", say("Importance", lang), "percent"),
        Column("importances", say("95% interval", lang)),
        Column("shapley", say("By Shapley", lang), "percent"),
        Column("shapleys", say("95% interval", lang)),
        Column("good", say("In the two best boxes", lang), "percent"),
        Column("goods", say("95% interval", lang)),
        Column("n", say("Ratings", lang), "integer"),
        Column("priority", say("Priority", lang)),
    )
    hidden = () if _told(found) else ("importance", "importances", "shapley", "shapleys", "priority")
    shown = [column for column in columns if column.name not in hidden]
    return Table(frame.select(c.name for c in shown), shown, say("Priorities", lang), name="drivers")


def _ends(rows: list[dict], of: str, lang: str) -> pl.Series:
    return texts([shares(row[f"{of}_low"], row[f"{of}_high"], lang) for row in rows])


def _priority(row: dict, lang: str) -> str:
    if row["priority"] is None:
        return ""
    told = say(PRIORITIES[row["priority"]], lang)
    return told if row["sure"] else say("{priority}, not sure", lang, priority=told)


def method(found: Answered, lang: str) -> str:
    told = [
        say(
            "Importance is each driver's share of the variance that all explain together: Johnson's relative "
            "weights, and beside them the increments averaged over all orders of entry (Shapley, LMG), both "
            "with bootstrap intervals.", lang,
        ),
        say(
            "A permutation test says first whether they explain more than chance would; else no importance "
            "is told. A driver stands out where its whole interval is above an equal share.", lang,
        ),
        say(
            "Each answer counts from the mean of its own way of asking; the share of good ratings is of one "
            "way alone: {way}.", lang, way=inside_way(found.result.mode, lang),
        ),
        say("What goes with satisfaction need not cause it: a test of a change can tell.", lang),
        *(sentence(tell(each, lang), lang) for each in found.result.warnings),
    ]  # fmt: skip
    return together(told, lang)
