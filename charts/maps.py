"""Two dimensions at once: heat maps of numbers in cells, and scatters."""

from __future__ import annotations

import numpy as np
import polars as pl

from charts import key
from charts.chart import Chart
from charts.sheet import Sheet, beside, floats, known, width, words
from charts.theme import readable_on, scale

NARROW = 290  # pixels for the columns on a phone
NAMED, MANY = 11, 7  # pixels of a point with a name, and of one of many


def heat(chart: Chart, sheet: Sheet) -> tuple[list[dict], dict]:
    """Cells of x by y, coloured and labelled by `color`. What is not known stays empty.

    compare: a column of yes and no; the cells of yes are marked by *.
    Numbers below and above 0 get the diverging colours with 0 in the middle, others the sequential ones.
    """
    assert chart.color is not None, "a heat map needs a column for its colour"
    columns = chart.table[chart.x].unique(maintain_order=True).to_list()
    rows = chart.table[chart.y].unique(maintain_order=True).to_list()
    cell = {(x, y): value for x, y, value in chart.table.select(chart.x, chart.y, chart.color).iter_rows()}
    values = [[cell.get((x, y)) for x in columns] for y in rows]
    marked = marked_cells(chart)
    z = np.array([[np.nan if v is None else v for v in row] for row in values], dtype=float)
    z = z.reshape(len(rows), len(columns))
    seen = known(z)
    low, high = (float(seen.min()), float(seen.max())) if seen.size else (0.0, 1.0)
    both = low < 0 < high
    colors = sheet.theme.diverging if both else sheet.theme.sequential
    if both:
        low, high = -max(-low, high), max(-low, high)
    trace = {
        "type": "heatmap",
        "x": list(range(len(columns))),
        "y": list(range(len(rows))),
        "z": z,
        "zmin": low,
        "zmax": high,
        "colorscale": scale(colors),
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "customdata": [[f"{y} · {x}" for x in words(columns)] for y in words(rows)],
        "text": [sheet.exact(row) for row in values],
        "hovertemplate": "%{customdata}: %{text}<extra></extra>",
    }
    written = [
        {
            "x": i,
            "y": j,
            "text": _cell(value, sheet) + ("*" if (columns[i], rows[j]) in marked else ""),
            "showarrow": False,
            "font": {"size": 11, "color": readable_on(_color(value, low, high, colors))},
        }
        for j, row in enumerate(values)
        for i, value in enumerate(row)
        if value is not None and len(columns) <= 14
    ]
    ticks = {"tickmode": "array", "showgrid": False}
    across, down = (
        {**ticks, "tickvals": list(range(len(of))), "ticktext": words(of, 14)} for of in (columns, rows)
    )
    longest = max((width(name) for name in words(columns, 14)), default=0.0)
    slanted = len(columns) * (longest + 6) > NARROW
    above = round(0.75 * longest) + 18 if slanted else 26
    return [trace], {
        "height": 30 * len(rows) + above + 8,
        "margin": {"l": beside(down), "t": above, "b": 2, "r": 2},
        "xaxis": {**across, "side": "top", "tickangle": -45 if slanted else 0},
        "yaxis": {**down, "range": [len(rows) - 0.5, -0.5]},
        "annotations": written,
    }


def marked_cells(chart: Chart) -> set[tuple]:
    """x and y of the cells that are marked by *."""
    return (
        set(chart.table.filter(chart.compare).select(chart.x, chart.y).iter_rows())
        if chart.compare
        else set()
    )


def scatter(chart: Chart, sheet: Sheet) -> tuple[list[dict], dict]:
    """Points of x by y; the group is the colour. Above 10,000 points they are drawn by WebGL."""
    groups = chart.table[chart.color].unique(maintain_order=True).to_list() if chart.color else [None]
    traces: list[dict] = []
    for i, group in enumerate(groups):
        rows = chart.table.filter(pl.col(chart.color).eq_missing(group)) if chart.color else chart.table
        traces.append(
            {
                "type": "scattergl" if chart.table.height > 10_000 else "scatter",
                "mode": "markers",
                "x": floats(rows[chart.x]),
                "y": floats(rows[chart.y]),
                "name": words([group])[0],
                "marker": {
                    "color": sheet.theme.categorical[i % 10],
                    "size": NAMED if chart.compare else MANY,
                    "opacity": 1 if chart.compare else 0.75,
                },
                "cliponaxis": False,
            }
        )
    named = [(t["marker"]["color"], "box", t["name"]) for t in traces] if len(groups) > 1 else []
    titles = [*words(chart.labels), "", ""]
    across, up = (_axis(chart, place, sheet) for place in (0, 1))
    top, keyed = 26 if titles[1] else 0, key.ROW * len(key.rows([name for *_, name in named])) + 16
    return traces, {
        "height": 286 + (keyed if named else 8) + top,
        "margin": {
            "l": beside(up),
            "t": (keyed if named else 8) + top,
            "b": 44 if titles[0] else 24,
            "r": 12,
        },
        "xaxis": across | ({"title": {"text": titles[0], "font": {"size": 12}}} if titles[0] else {}),
        "yaxis": up,
        "shapes": _quadrants(chart, sheet),
        "annotations": [
            *_names(chart, sheet),
            *([_over(titles[1], beside(up), sheet)] if titles[1] else []),
            *(key.drawn(named, sheet, top, 280, beside(up)) if named else []),
        ],
    }


def _axis(chart: Chart, place: int, sheet: Sheet) -> dict:
    """Of x (0) or y (1): from the least to the most, the dividing line counted in."""
    line = [chart.lines[place]] if chart.lines else []
    seen = known(floats(chart.table[(chart.x, chart.y)[place]]), np.array(line, dtype=float))
    return sheet.axis(seen.min(initial=np.inf), seen.max(initial=-np.inf), False)


def _quadrants(chart: Chart, sheet: Sheet) -> list[dict]:
    if chart.lines is None:
        return []
    look = {"type": "line", "layer": "below", "line": {"color": sheet.theme.muted, "width": 1, "dash": "dot"}}
    x, y = chart.lines
    return [
        look | {"x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper"},
        look | {"y0": y, "y1": y, "x0": 0, "x1": 1, "xref": "paper"},
    ]


def _names(chart: Chart, sheet: Sheet) -> list[dict]:
    """Names beside their points, to the left of those on the right side."""
    if chart.compare is None:
        return []
    rows = chart.table.select(chart.x, chart.y, chart.compare).drop_nulls()
    middle = (rows[chart.x].max() + rows[chart.x].min()) / 2 if len(rows) else 0.0  # type: ignore[operator]
    font = {"size": 12, "color": sheet.theme.text}
    return [
        {"x": x, "y": y, "text": words([name])[0], "showarrow": False, "font": font, "yanchor": "middle"}
        | ({"xanchor": "right", "xshift": -8} if x > middle else {"xanchor": "left", "xshift": 8})
        for x, y, name in rows.iter_rows()
    ]


def _over(title: str, left: int, sheet: Sheet) -> dict:
    """The title of the value axis, above it."""
    place = {"x": 0, "xref": "paper", "xanchor": "left", "xshift": -left}
    up = {"y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 10}
    return place | up | {"text": title, "showarrow": False, "font": {"size": 12, "color": sheet.theme.muted}}


def _cell(value: float, sheet: Sheet) -> str:
    """Short enough for a cell on a phone: percent without its sign."""
    return f"{value * 100:.0f}" if sheet.unit == "percent" else sheet.short([value])[0]


def _color(value: float, low: float, high: float, colors: tuple[str, ...]) -> str:
    share = (value - low) / (high - low) if high > low else 0.0
    return colors[min(int(share * len(colors)), len(colors) - 1)]
