"""The methods of one topic of the sample shop: what was planted, and what each of them finds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from charts.chart import Chart
from language import name, numbers, say, together
from metrics.judge import answered, covers
from metrics.recovery import RECOVERIES, Recovery
from stories.blocks import Block, Column, Kind, Row, Table, Text

DRAWN = 16  # most rows of a chart; the table has all


def told(value: float | None, unit: str, lang: str, currency: str) -> str:
    """A truth or an estimate as people read it."""
    if unit == "percent":
        return numbers.percent(value, lang)
    return numbers.value(value, unit, lang, currency) if unit == "money" else numbers.significant(value, lang)


def shown(unit: str, values: pl.Series) -> Kind:
    """How a column of truths or estimates is written: counts without digits after the point."""
    if unit == "percent" or unit == "money":
        return unit  # type: ignore[return-value]
    return "integer" if (values.drop_nulls() % 1 == 0).all() else "number"


def topic(
    document: Mapping[str, Any],
    rows: pl.DataFrame,
    chosen: str,
    named: Mapping[str, str],
    lang: str,
) -> list[Block]:
    """The methods of one topic: a chart each, then all numbers. named: names of promotions and campaigns."""
    mine = rows.filter(
        pl.col("name").is_in([each.name for each in RECOVERIES.values() if each.topic == chosen])
    )
    if not len(mine):
        return [Text(say("No method of this topic is judged yet; its truths are below.", lang))]
    units = {(each["topic"], each["measure"]): each["unit"] for each in document["definitions"]}
    charts: list[Block] = []
    tables: dict[str, list[pl.DataFrame]] = {}
    for (method_name,), found in mine.group_by("name", maintain_order=True):
        method = RECOVERIES[str(method_name)]
        unit = units[method.topic, method.measure]
        found = found.with_columns(
            method=pl.lit(say(method.label, lang)),
            subject=pl.Series([subject(each, named, lang) for each in found["of"]], dtype=pl.String),
        )
        charts.append(_chart(method, found, unit, lang))
        tables.setdefault(unit, []).append(found)
    pairs = [charts[i : i + 2] for i in range(0, len(charts), 2)]
    blocks: list[Block] = [Row(pair) if len(pair) > 1 else pair[0] for pair in pairs]
    return blocks + [_numbers(chosen, unit, pl.concat(parts), lang) for unit, parts in tables.items()]


def _chart(method: Recovery, found: pl.DataFrame, unit: str, lang: str) -> Chart:
    """Shares as a multiple of what was planted, so that small and large ones can be read."""
    known = found.filter(answered)
    relative = unit == "percent" and float(known["planted"].abs().min() or 0) > 0  # type: ignore[arg-type]
    values = pl.col("value", "low", "high", "planted")
    drawn = known.sort("n", descending=True, maintain_order=True).head(DRAWN)
    tone = pl.when(covers).then(pl.lit("good")).when(~covers).then(pl.lit("bad")).otherwise(pl.lit("neutral"))
    drawn = drawn.with_columns(tone=tone)
    notes = [say(method.meaning, lang)]
    if relative:
        drawn = drawn.with_columns(values / pl.col("planted"))
        notes.append(say("Drawn as a multiple of what was planted.", lang))
    if len(known) > len(drawn):
        notes.append(say("The {n} that rest on most data are drawn; the table has all.", lang, n=len(drawn)))
    if len(found) > len(known):
        notes.append(say("{n} of {of} refused.", lang, n=len(found) - len(known), of=len(found)))
    inside = int(drawn.select(covers.sum()).item())
    return Chart(
        "interval",
        drawn,
        "subject",
        "value",
        color="tone",
        compare="planted",
        low="low",
        high="high",
        unit="ratio" if relative else "percent" if unit == "percent" else "number",
        labels=[say("recovered, 95% interval", lang), say("planted", lang)],
        title=say(method.label, lang),
        note=together(notes, lang),
        missing="" if len(known) else say("Refused: {reason}", lang, reason=say(found["refused"][0], lang)),
        alt=say("{method}: {part} of {n} intervals contain what was planted.", lang,
                method=say(method.label, lang), part=inside, n=len(drawn)),
    )  # fmt: skip


def _numbers(chosen: str, unit: str, found: pl.DataFrame, lang: str) -> Table:
    """All rows of a topic and unit: planted, recovered, interval, whether it contains the truth."""
    verdict = [
        say(why, lang)
        if why
        else numbers.NONE
        if inside is None
        else say("yes", lang)
        if inside
        else say("no", lang)
        for why, inside in found.select("refused", inside=covers).rows()
    ]
    frame = found.with_columns(inside=pl.Series(verdict, dtype=pl.String))
    several = [Column("method", say("Method", lang))] if found["name"].n_unique() > 1 else []
    columns = [
        *several,
        Column("subject", say("Of", lang), width="medium"),
        Column("planted", say("Planted", lang), shown(unit, frame["planted"])),
        Column("value", say("Recovered", lang), shown(unit, frame["value"])),
        Column("inside", say("Contains the truth", lang)),
        Column("low", say("Lower end", lang), shown(unit, frame["low"])),
        Column("high", say("Upper end", lang), shown(unit, frame["high"])),
        Column("n", say("Rests on", lang), "integer"),
    ]
    return Table(
        frame.select(column.name for column in columns),
        columns,
        title=say("Planted and recovered", lang),
        note=say("Lower and upper end are those of the 95% interval.", lang),
        name=f"recovered_{chosen}_{unit}",
    )


def subject(of: str, named: Mapping[str, str], lang: str) -> str:
    """What a truth is of, as people read it: parts are joined by ·, + or ~, or are a name and a day."""
    if not of:
        return say("The whole shop", lang)
    parts = re.split(r"( · | \+ | ~ | (?=\d{4}-\d\d))", of)
    return "".join(part if i % 2 else name(named.get(part, part), lang) for i, part in enumerate(parts))
