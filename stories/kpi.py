"""What is behind a card: the trend, the breakdown by a dimension, and how the number is made."""

from __future__ import annotations

import polars as pl

from charts.chart import Chart
from language import name, numbers, say
from language.reasons import tell
from metrics.metric import REGISTRY
from metrics.period import Every, Period
from metrics.value import Value
from stories.asked import Asked, bucket
from stories.blocks import Block, Column, Table, Text

BARS = 10
DIMENSIONS = ("channel", "category", "region", "device")


def trend(asked: Asked, metric_name: str, lang: str) -> Chart:
    """The metric by day, by whole weeks (over 45 days) or whole months (over 200), and in the comparison."""
    metric, every = REGISTRY[metric_name], bucket(asked.elapsed.days, fine=45)
    table = _whole(asked, metric_name, asked.elapsed, every).select("day", value=metric_name)
    labels = [say("This period", lang)]
    compared = False
    if asked.against:
        other = _whole(asked, metric_name, asked.against, every)
        before = other.select(before_day="day", before=metric_name).head(len(table))
        compared = bool(before["before"].is_not_null().any())
        table = pl.concat([table, before], how="horizontal")
        labels.append(say("Comparison", lang))
    days = numbers.days(asked.elapsed.start, asked.elapsed.end, lang)
    label = say(metric.label, lang)
    return Chart(
        "line",
        table,
        "day",
        "value",
        compare="before" if compared else None,
        compare_x="before_day" if compared else None,
        unit=metric.unit,
        labels=labels,
        title=say("Trend", lang),
        note=_every(every, lang),
        missing="" if table["value"].is_not_null().any() else _missing(asked, metric_name, lang),
        alt=say("{metric} over time, {days}", lang, metric=label, days=days),
    )


def _whole(asked: Asked, metric_name: str, period: Period, every: Every) -> pl.DataFrame:
    """Without weeks and months that the period or the data cuts, unless there are no others."""
    found = asked.series((metric_name,), period, every)
    whole = found.filter(~pl.col("partial"))
    return whole if len(whole) > 1 else found


def split(asked: Asked, metric_name: str, by: str, lang: str) -> list[Block]:
    """The metric by the values of a dimension, the largest first: drawn, and as a table with its change."""
    metric = REGISTRY[metric_name]
    now = asked.values((metric_name,), asked.elapsed, (by,))[metric_name]
    label = dimension(by, lang)
    title = say("By {dimension}", lang, dimension=label.lower())
    shown = [group for group in now.groups if group["value"] is not None]
    if not shown:
        empty = pl.DataFrame(schema={"label": pl.String, "value": pl.Float64})
        missing = tell(now.reason, lang) if now.reason else say("nothing on these days", lang)
        return [Chart("bar", empty, "label", "value", title=title, missing=missing)]
    before = {}
    if asked.against:
        earlier = asked.values((metric_name,), asked.against, (by,))[metric_name].groups
        before = {group[by]: group["value"] for group in earlier}
    rows = pl.DataFrame(
        {
            "label": [name(group[by], lang) for group in shown],
            "value": [group["value"] for group in shown],
            "before": [before.get(group[by]) for group in shown],
            "n": [group["n"] for group in shown],
        },
        schema={"label": pl.String, "value": pl.Float64, "before": pl.Float64, "n": pl.Int64},
    )
    bars = rows.head(BARS)
    note = ""
    if len(rows) > BARS:
        note = say("The {n} largest of {total}", lang, n=BARS, total=len(rows))
    alt = say("{metric} by {dimension}", lang, metric=say(metric.label, lang), dimension=label.lower())
    chart = Chart("bar", bars, "label", "value", unit=metric.unit, title=title, note=note, alt=alt)
    return [chart, _table(asked, now, rows, label, by, lang)]


def _table(asked: Asked, now: Value, rows: pl.DataFrame, label: str, by: str, lang: str) -> Table:
    metric = REGISTRY[now.metric]
    kinds = {"money": "money", "percent": "percent", "integer": "integer"}
    columns = [
        Column("label", label, "text", "medium"),
        Column("value", say(metric.label, lang), kinds.get(metric.unit, "number")),  # type: ignore[arg-type]
    ]
    value, was = pl.col("value"), pl.col("before")
    if metric.how == "additive" and (total := rows["value"].sum()) > 0:
        rows = rows.with_columns(share=value / total)
        columns.append(Column("share", say("Share", lang), "bar"))
    if asked.against and metric.unit in ("percent", "score"):
        rows = rows.with_columns(change=(100 if metric.unit == "percent" else 1) * (value - was))
        columns.append(Column("change", say("Change in points", lang), "number"))
    elif asked.against:
        rows = rows.with_columns(change=pl.when(was > 0).then(value / was - 1))
        columns.append(Column("change", say("Change", lang), "change"))
    columns.append(Column("n", say("Rests on", lang), "integer"))
    hidden = [group["reason"] for group in now.groups if group["value"] is None and group.get("reason")]
    note = tell(hidden[0], lang) if hidden else ""
    frame = rows.select(column.name for column in columns)
    return Table(frame, columns, note=note, name=f"{now.metric}_by_{by}")


def about(asked: Asked, metric_name: str, lang: str) -> list[Block]:
    """What the metric means, how it is computed, and what this value of it rests on."""
    metric = REGISTRY[metric_name]
    now = asked.values((metric_name,), asked.elapsed)[metric_name]
    lines = [
        say("**Meaning:** {meaning}", lang, meaning=say(metric.meaning, lang)),
        say("**Formula:** {formula}", lang, formula=say(metric.formula, lang)),
    ]
    if now.value is not None:
        facts = {"value": numbers.exact(now.value, metric.unit, lang, asked.shop.currency)}
        lines.append(say("**Value in full:** {value}", lang, **facts))
        lines.append(say("**Rests on:** {n} rows or counted things", lang, n=numbers.integer(now.n, lang)))
    if now.low is not None and now.high is not None:
        facts = {"low": numbers.percent(now.low, lang), "high": numbers.percent(now.high, lang)}
        lines.append(say("**95% interval:** {low} to {high} (Wilson)", lang, **facts))
    if now.note:
        lines.append(say("**Caveat:** {note}", lang, note=tell(now.note, lang)))
    lines.append(say("**As of:** {day}", lang, day=numbers.day(asked.shop.last, lang)))
    return [Text("\n".join(lines))]


def dimension(by: str, lang: str) -> str:
    labels = {
        "channel": say("Channel", lang),
        "category": say("Category", lang),
        "region": say("Region", lang),
        "device": say("Device", lang),
    }
    return labels.get(by, by)


def _every(every: str, lang: str) -> str:
    if every == "day":
        return say("By day", lang)
    return say("By whole weeks", lang) if every == "week" else say("By whole months", lang)


def _missing(asked: Asked, metric_name: str, lang: str) -> str:
    now = asked.values((metric_name,), asked.elapsed)[metric_name]
    return tell(now.reason, lang) if now.reason else say("nothing on these days", lang)
