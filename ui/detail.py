"""What is behind a key figure: its trend, its breakdown, its definition. Opens beside the page."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from charts.chart import Chart
from language import name as value_name
from language import numbers, say
from language.reasons import tell
from metrics.metric import REGISTRY, Metric
from metrics.period import Period
from stories.asked import Asked, bucket
from stories.blocks import Block, Kpi, Text
from ui import card, data, filters
from ui.screen import Screen
from ui.show import show

PARAMETER = "metric"
BARS = 12
DAILY = 120  # days that are still drawn by day


def open_metric(metric: str) -> None:
    """Asks for the details of a metric; the link says so too."""
    st.query_params[PARAMETER] = metric


def _close() -> None:
    st.query_params.pop(PARAMETER, None)


def details(screen: Screen, found: Sequence[Block]) -> None:
    """Opens the details that the link asks for, of a metric that has a card among the blocks."""
    asked = st.query_params.get(PARAMETER)
    card_of = next((block for block in found if isinstance(block, Kpi) and block.metric == asked), None)
    if card_of is None:
        _close()
        return
    opened = st.dialog(card.plain(card_of.label), width="medium", position="right", on_dismiss=_close)
    opened(_inside)(screen, card_of)


def _inside(screen: Screen, kpi: Kpi) -> None:
    metric, asked, lang = REGISTRY[kpi.metric], data.asked(screen.key, screen.view), screen.lang
    below = Screen("detail", lang, screen.dark, screen.opened)
    st.html(card.kpi(kpi))
    _tell(below, ("trend", metric.name, screen.view, lang), lambda: [trend(asked, metric, lang)])
    options = list(data.options(screen.key))
    if options:
        labels = filters.dimension_labels(lang)
        by = st.segmented_control(
            say("Break down by", lang),
            options,
            format_func=labels.__getitem__,
            key="detail_by",
            default=options[0],
            required=True,
        )
        _tell(below, ("split", metric.name, by, screen.view, lang), lambda: [split(asked, metric, by, lang)])
    show(definition(metric, lang), below)


def _tell(screen: Screen, settings: tuple, make) -> None:
    screen.kept = (screen.key, *settings)
    show(data.blocks(screen.kept, make), screen)


def trend(asked: Asked, metric: Metric, lang: str) -> Chart:
    """The metric over time, and in the comparison."""
    every = bucket(asked.elapsed.days, DAILY)

    def over(period: Period) -> pl.DataFrame:
        return asked.series((metric.name,), period, every)

    table = over(asked.elapsed).rename({metric.name: "value"})
    if asked.against:
        before = over(asked.against).select(before_day="day", before=metric.name).head(len(table))
        table = pl.concat([table, before], how="horizontal")
    label, days = say(metric.label, lang), numbers.days(asked.elapsed.start, asked.elapsed.end, lang)
    notes = {"day": say("By day", lang), "week": say("By week", lang), "month": say("By month", lang)}
    return Chart(
        "line",
        table,
        "day",
        "value",
        compare="before" if asked.against else None,
        compare_x="before_day" if asked.against else None,
        unit=metric.unit,
        labels=(say("This period", lang), say("Comparison", lang)),
        title=say("Trend", lang),
        note=notes[every],
        missing="" if table["value"].drop_nulls().len() else say("Nothing on these days.", lang),
        alt=say("{metric} over time, {days}", lang, metric=label, days=days),
    )


def split(asked: Asked, metric: Metric, by: str, lang: str) -> Chart:
    """The metric by the values of one dimension, the largest first."""
    found = asked.values((metric.name,), asked.elapsed, by=[by])[metric.name]
    rows = [(value_name(row[by], lang), row["value"]) for row in found.groups if row["value"] is not None]
    title = say("By {dimension}", lang, dimension=filters.dimension_labels(lang)[by].lower())
    missing = tell(found.reason, lang) if found.reason else say("Nothing on these days.", lang)
    return Chart(
        "bar",
        pl.DataFrame(rows[:BARS], schema={"name": pl.String, "value": pl.Float64}, orient="row"),
        "name",
        "value",
        unit=metric.unit,
        title=title,
        note=say("The {n} largest of {total}", lang, n=BARS, total=len(rows)) if len(rows) > BARS else "",
        missing="" if rows else missing,
        alt=title,
    )


def definition(metric: Metric, lang: str) -> list[Block]:
    """What the metric means and how it is computed, as in the dictionary."""
    told = ((say("Meaning", lang), metric.meaning), (say("Formula", lang), metric.formula))
    return [Text("\n".join(f"**{label}**\n{say(text, lang)}" for label, text in told))]
