"""What is behind a key figure: its trend, its breakdown, its definition. Opens beside the page."""

from __future__ import annotations

import polars as pl
import streamlit as st

from charts.chart import Chart
from language import name as value_name
from language import numbers, say
from metrics.metric import REGISTRY, Metric
from metrics.period import Every, Period, compare
from metrics.series import series
from metrics.value import Value, values
from stories.blocks import Block, Kpi, Text
from ui import card, data, filters
from ui.screen import Screen
from ui.show import show
from ui.view import View

PARAMETER = "metric"
BARS = 12


def opened(screen: Screen, kpis: list[Kpi]) -> None:
    """Opens the details of the metric that the link names, if it is one of those on the page."""
    asked = st.query_params.get(PARAMETER)
    kpi = next((kpi for kpi in kpis if kpi.metric == asked), None)
    if kpi is None:
        st.query_params.pop(PARAMETER, None)
        return
    st.dialog(card.plain(kpi.label), width="medium", position="right", on_dismiss=_close)(_inside)(
        screen, kpi
    )


def open_metric(metric: str) -> None:
    st.query_params[PARAMETER] = metric


def _close() -> None:
    st.query_params.pop(PARAMETER, None)


def _inside(screen: Screen, kpi: Kpi) -> None:
    metric, view = REGISTRY[kpi.metric], screen.view
    st.html(card.kpi(kpi))
    below = Screen("detail", screen.lang, screen.dark, screen.opened, view)
    below.kept = (screen.key, "trend", metric.name, view)
    show(
        data.blocks(
            screen.key, "trend", (metric.name, view, screen.lang), lambda: trend(metric, view, screen)
        ),
        below,
    )
    options = list(data.options(screen.key))
    if options:
        labels = filters.dimension_labels(screen.lang)
        by = st.segmented_control(
            say("Break down by", screen.lang),
            options,
            format_func=labels.__getitem__,
            key="detail_by",
            default=options[0],
            required=True,
        )
        below.kept = (screen.key, "split", metric.name, by, view)
        settings = (metric.name, by, view, screen.lang)
        show(data.blocks(screen.key, "split", settings, lambda: split(metric, by, view, screen)), below)
    show(definition(metric, screen.lang), below)


def trend(metric: Metric, view: View, screen: Screen) -> list[Block]:
    """The metric by day (by week over more than 120 days), and in the comparison."""
    lang, now = screen.lang, view.period
    every: Every = "day" if now.days <= 120 else "week"
    last = data.days(screen.key)[1]

    def over(period: Period) -> pl.DataFrame:
        return series(
            [metric.name],
            screen.store.frame,
            period,
            every=every,
            where=dict(view.where),
            basis=view.basis,
            week_start=data.week_start(screen.shop),
            last=last,
        )

    table = over(now).select("day", pl.col(metric.name).alias("value"), "partial")
    before = compare(now, view.compared, last)
    if before:
        other = over(before)[metric.name]
        table = table.with_columns(
            before=other.extend_constant(None, max(0, len(table) - len(other))).head(len(table))
        )
    note = say("By day", lang) if every == "day" else say("By week", lang)
    return [
        Chart(
            "line",
            table,
            "day",
            "value",
            compare="before" if before else None,
            unit=metric.unit,
            labels=(say("This period", lang), say("Comparison", lang)),
            title=say("Trend", lang),
            note=note,
            alt=say(
                "{metric} over time, {days}",
                lang,
                metric=say(metric.label, lang),
                days=numbers.days(now.start, now.end, lang),
            ),
        )
    ]


def split(metric: Metric, by: str, view: View, screen: Screen) -> list[Block]:
    """The metric by the values of one dimension, the largest first."""
    lang = screen.lang
    found: Value = values(
        [metric.name],
        screen.store.frame,
        view.period,
        by=[by],
        where=dict(view.where),
        basis=view.basis,
        week_start=data.week_start(screen.shop),
    )[0]
    rows = [
        {"name": value_name(row[by], lang), "value": row["value"]}
        for row in found.groups
        if row["value"] is not None
    ]
    title = say("By {dimension}", lang, dimension=filters.dimension_labels(lang)[by].lower())
    missing = (
        "" if rows else say(str(found.reason), lang) if found.reason else say("Nothing on these days.", lang)
    )
    table = pl.DataFrame(rows[:BARS], schema={"name": pl.String, "value": pl.Float64})
    note = say("The {n} largest of {total}", lang, n=BARS, total=len(rows)) if len(rows) > BARS else ""
    return [
        Chart(
            "bar",
            table,
            "name",
            "value",
            unit=metric.unit,
            title=title,
            note=note,
            missing=missing,
            alt=title,
        )
    ]


def definition(metric: Metric, lang: str) -> list[Block]:
    """What the metric means and how it is computed, as in the dictionary."""
    return [
        Text(
            f"**{say('Meaning', lang)}** {say(metric.meaning, lang)}\n"
            f"**{say('Formula', lang)}** {say(metric.formula, lang)}\n"
            f"**{say('Computed on', lang)}** {metric.table}"
        )
    ]
