"""A chart as a Plotly figure, for the screen and for HTML reports."""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go

from charts import bars, flow, intervals, lines, maps, parts
from charts.chart import Chart
from charts.sheet import Sheet
from charts.theme import template, theme

KINDS: dict[str, Callable[[Chart, Sheet], tuple[list[dict], dict]]] = {
    "line": lines.draw,
    "area": lines.draw,
    "column": bars.columns,
    "stack": bars.columns,
    "bar": bars.bars,
    "funnel": bars.funnel,
    "donut": parts.draw,
    "heat": maps.heat,
    "scatter": maps.scatter,
    "interval": intervals.draw,
    "flow": flow.draw,
}


def figure(chart: Chart, dark: bool = False, lang: str = "en", currency: str = "USD") -> go.Figure:
    """The chart drawn with our own template. Title and note are the renderer's.

    Raises ValueError for a kind that is not known or a column that the table lacks.
    """
    if chart.kind not in KINDS:
        raise ValueError(f"There is no chart kind {chart.kind!r}. Known: {', '.join(KINDS)}.")
    asked = (
        chart.x,
        chart.y,
        chart.color,
        chart.compare,
        chart.compare_x,
        chart.smooth,
        chart.low,
        chart.high,
    )
    missing = [name for name in asked if name is not None and name not in chart.table.columns]
    if missing:
        raise ValueError(
            f"The chart {chart.title!r} needs the columns {', '.join(missing)}; "
            f"its table has {', '.join(chart.table.columns)}."
        )
    sheet = Sheet(theme(dark), lang, currency, chart.unit)
    traces, layout = KINDS[chart.kind](chart, sheet)
    return go.Figure(data=traces, layout={"template": template(dark), **layout})
