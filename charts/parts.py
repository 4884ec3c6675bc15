"""Parts of a whole as a ring; its names are written beside it."""

from __future__ import annotations

from charts.chart import Chart
from charts.sheet import Sheet, floats, words


def draw(chart: Chart, sheet: Sheet) -> tuple[list[dict], dict]:
    names, values = words(chart.table[chart.x].to_list(), 16), floats(chart.table[chart.y])
    trace = {
        "type": "pie",
        "labels": names,
        "values": values,
        "hole": 0.62,
        "sort": False,
        "direction": "clockwise",
        "texttemplate": "%{label} %{percent:.1%}",
        "textposition": "outside",
        "textfont": {"color": sheet.theme.text, "size": 12},
        "marker": {
            "colors": [sheet.theme.categorical[i % 10] for i in range(len(names))],
            "line": {"color": sheet.theme.card, "width": 2},
        },
        "customdata": sheet.exact(chart.table[chart.y].to_list()),
        "hovertemplate": "%{label}: %{customdata} (%{percent:.1%})<extra></extra>",
        "automargin": True,
    }
    return [trace], {"height": 270, "margin": {"l": 8, "r": 8, "t": 24, "b": 24}}
