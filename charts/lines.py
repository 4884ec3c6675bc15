"""Lines and areas over days: one series with its average and comparison, or several series."""

from __future__ import annotations

from datetime import date
from html import unescape

import numpy as np
import polars as pl

from charts import key, marks
from charts.chart import Chart
from charts.sheet import Sheet, beside, floats, known, words
from charts.theme import see_through
from language import numbers, say

HEIGHT = 250  # pixels of the plot itself


def draw(chart: Chart, sheet: Sheet) -> tuple[list[dict], dict]:
    dated = chart.table.schema[chart.x] == pl.Date
    table = chart.table.sort(chart.x, maintain_order=True) if dated else chart.table
    days: list = (
        table[chart.x].unique().sort() if dated else table[chart.x].unique(maintain_order=True)
    ).to_list()
    series = _groups(chart, sheet, table) if chart.color else _single(chart, sheet, table)
    bands = _bands(chart, sheet, table) if chart.low and chart.high else []
    values = known(*(np.asarray(trace["y"], dtype=float) for trace in [*bands, *series]))
    from_zero = chart.kind == "area" or chart.unit in ("money", "integer")
    axis = sheet.axis(values.min(initial=np.inf), values.max(initial=-np.inf), from_zero)
    named = [] if chart.color or len(series) < 2 else _named(series)
    placed = marks.place(chart.marks, days[0], days[-1]) if days and dated else []
    above, legend = marks.room(placed), key.ROW * len(key.rows([n for _, _, n in named])) + 8 if named else 0
    shapes, names = marks.drawn(placed, sheet.theme, HEIGHT)
    if chart.partial_from and days and chart.partial_from <= days[-1]:
        shapes.append(_open(chart.partial_from, days, sheet))
        names.append(_open_name(days, sheet))
    names += _ends(series, sheet, axis["range"]) if chart.color else []
    names += key.drawn(named, sheet, above, HEIGHT, beside(axis)) if named else []
    across = sheet.days(days) if dated else sheet.places(days)
    below = 34 if any("<br>" in text for text in across.get("ticktext", [])) else 20
    return [*bands, *series, *_pointers(placed, axis["range"][1], sheet)], {
        "height": HEIGHT + above + legend + below + 8,
        "margin": {"l": beside(axis), "t": above + legend + 8, "b": below, "r": 78 if chart.color else 10},
        "xaxis": across,
        "yaxis": axis,
        "hovermode": "x unified",
        "shapes": shapes,
        "annotations": names,
    }


def _single(chart: Chart, sheet: Sheet, table: pl.DataFrame) -> list[dict]:
    """y, its average and its comparison; the comparison first, so that it lies at the back."""
    labels = words(chart.labels) or [""]
    own, x = sheet.theme, table[chart.x].to_numpy()
    color = own.primary
    series = []
    if chart.compare:
        compared = floats(table[chart.compare])
        told = sheet.exact(table[chart.compare].to_list())
        if chart.compare_x:
            own_days = [numbers.day(day, sheet.lang) for day in table[chart.compare_x].to_list()]
            told = [f"{text} ({day})" for text, day in zip(told, own_days, strict=True)]
        line = {"color": own.muted, "width": 1.5, "dash": "dot"}
        series.append(_line(x, compared, told, line, labels[-1]))
    y = floats(table[chart.y])
    strong = {"color": color, "width": 2.4}
    fill = {"fill": "tozeroy", "fillcolor": see_through(color, 0.08)} if chart.kind == "area" else {}
    told = sheet.exact(table[chart.y].to_list())
    if chart.smooth:
        faint = {"color": see_through(color, 0.38), "width": 1.1}
        series.append(_line(x, y, told, faint, labels[0]))
        smooth = table[chart.smooth]
        label = labels[1] if len(labels) > 1 else ""
        series.append(_line(x, floats(smooth), sheet.exact(smooth.to_list()), strong, label) | fill)
    else:
        series.append(_line(x, y, told, strong, labels[0]) | fill)
    return series


def _groups(chart: Chart, sheet: Sheet, table: pl.DataFrame) -> list[dict]:
    series = []
    found = table[chart.color].unique(maintain_order=True).to_list()  # type: ignore[index]
    for i, group in enumerate(found):
        rows = table.filter(pl.col(chart.color).eq_missing(group))  # type: ignore[arg-type]
        line = {"color": sheet.theme.categorical[i % 10], "width": 2}
        label = chart.labels[i] if i < len(chart.labels) else group
        y = rows[chart.y]
        series.append(
            _line(rows[chart.x].to_numpy(), floats(y), sheet.exact(y.to_list()), line, words([label])[0])
        )
    return series


def _bands(chart: Chart, sheet: Sheet, table: pl.DataFrame) -> list[dict]:
    """From low to high, in the colour of each line."""
    assert chart.low and chart.high
    known = table.drop_nulls([chart.low, chart.high])
    groups = table[chart.color].unique(maintain_order=True).to_list() if chart.color else [None]
    found: list[dict] = []
    for i, group in enumerate(groups):
        rows = known.filter(pl.col(chart.color).eq_missing(pl.lit(group))) if chart.color else known
        color = sheet.theme.categorical[i % 10] if chart.color else sheet.theme.primary
        found.append(
            {
                "type": "scatter", "mode": "lines", "fill": "toself", "fillcolor": see_through(color, 0.14),
                "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False,
                "x": np.concatenate([rows[chart.x].to_numpy(), rows[chart.x].to_numpy()[::-1]]),
                "y": np.concatenate([floats(rows[chart.low]), floats(rows[chart.high])[::-1]]),
            }
        )  # fmt: skip
    return [each for each in found if len(each["x"])]


def _named(series: list[dict]) -> list[tuple[str, str, str]]:
    """Colour, sign and name of each line, the one in front first."""
    found = []
    for trace in reversed(series):
        line = trace["line"]
        sign = "dot" if "dash" in line else "faint" if line["width"] < 1.5 else "strong"
        found.append((line["color"], sign, trace["name"]))
    return found


def _line(x: np.ndarray, y: np.ndarray, told: list[str], line: dict, name: str) -> dict:
    alone = int(np.isfinite(y).sum()) == 1
    return {
        "type": "scatter",
        "mode": "markers" if alone else "lines",
        "x": x,
        "y": y,
        "customdata": told,
        "hovertemplate": "%{customdata}" + (f"<extra>{name}</extra>" if name else "<extra></extra>"),
        "line": line,
        "marker": {"color": line["color"], "size": 7},
        "name": name,
        "connectgaps": False,
    }


def _ends(series: list[dict], sheet: Sheet, span: list[float]) -> list[dict]:
    """Names at the right end of the lines, moved apart where they would touch."""
    ends = []
    for trace in series:
        seen = np.isfinite(trace["y"])
        if seen.any():
            ends.append((float(trace["y"][seen][-1]), trace["name"], trace["line"]["color"]))
    gap, at, found = 15 / HEIGHT * (span[1] - span[0]), -np.inf, []
    for value, name, color in sorted(ends):
        at = max(value, at + gap)
        found.append(
            {
                "x": 1,
                "xref": "paper",
                "xanchor": "left",
                "xshift": 6,
                "y": at,
                "yanchor": "middle",
                "text": words([marks.shortened(unescape(name), 68)])[0],
                "showarrow": False,
                "font": {"color": color, "size": 11.5},
            }
        )
    return found


def _pointers(placed: list[marks.Placed], top: float, sheet: Sheet) -> list[dict]:
    """Invisible points that tell the full name and dates of each mark when pointed at."""
    if not placed:
        return []
    told = []
    for each in placed:
        span = numbers.days(each.mark.start, each.mark.end or each.mark.start, sheet.lang)
        told.append(f"{words([each.mark.label])[0]} · {span}")
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [each.start for each in placed],
            "y": [top] * len(placed),
            "marker": {"size": 9, "opacity": 0},
            "customdata": told,
            "hovertemplate": "%{customdata}<extra></extra>",
            "cliponaxis": False,
        }
    ]


def _open(start: date, days: list[date], sheet: Sheet) -> dict:
    box = {"type": "rect", "xref": "x", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    fill = {"fillcolor": see_through(sheet.theme.muted, 0.12), "line": {"width": 0}}
    return {**box, **fill, "x0": max(start, days[0]), "x1": days[-1]}


def _open_name(days: list[date], sheet: Sheet) -> dict:
    place = {"x": 1, "xref": "paper", "xanchor": "right", "y": 0, "yref": "paper", "yanchor": "bottom"}
    text = say("not over yet", sheet.lang)
    return {**place, "text": text, "showarrow": False, "font": {"size": 11, "color": sheet.theme.muted}}
