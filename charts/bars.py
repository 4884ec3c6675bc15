"""Bars, columns, stacks and funnels. Values are written at the bars, so bars need no axis."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl

from charts import key, marks
from charts.chart import Chart
from charts.lines import HEIGHT
from charts.sheet import Sheet, beside, floats, known, width, words
from charts.theme import see_through
from language import numbers

BAR = 34  # pixels of a bar and the space below it
LONGEST = 20  # signs of a name beside a bar
TONES = {"good", "bad", "neutral"}


def bars(chart: Chart, sheet: Sheet) -> tuple[list[dict], dict]:
    """Horizontal bars, the first on top."""
    names, values = words(chart.table[chart.x].to_list(), LONGEST), floats(chart.table[chart.y])
    colors: str | list[str] = sheet.theme.primary
    if chart.color:
        tones = chart.table[chart.color].to_list()
        colors = [sheet.theme.tone(tone) for tone in tones] if TONES.issuperset(tones) else colors
    places, told = _places(names), sheet.short(chart.table[chart.y].to_list())
    begins = floats(chart.table[chart.low]) if chart.low else np.zeros(len(values))
    ends = np.concatenate([begins, begins + np.nan_to_num(values)])
    low, high = min(ends.min(initial=0), 0), max(ends.max(initial=0), 0)
    zero = {"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1}
    zero |= {"line": {"color": sheet.theme.muted, "width": 1}}
    return [_bar(chart, values, told, colors) | ({"base": begins} if chart.low else {})], {
        "height": BAR * max(len(names), 1) + 12,
        "bargap": 0.38,
        "margin": {"l": beside(places), "r": _room(told), "t": 2, "b": 2},
        "xaxis": {"visible": False, "range": [low, high or 1 if low == 0 else high]},
        "yaxis": places,
        "annotations": _told(told, sheet),
        "shapes": [zero] if low < 0 else [],
    }


def funnel(chart: Chart, sheet: Sheet) -> tuple[list[dict], dict]:
    """Steps from top to bottom, and between two of them the share that goes on."""
    names, values = words(chart.table[chart.x].to_list(), LONGEST), floats(chart.table[chart.y])
    color = sheet.theme.primary
    shades = [see_through(color, 1 - 0.55 * i / max(len(names) - 1, 1)) for i in range(len(names))]
    places, told = _places(names), sheet.short(chart.table[chart.y].to_list())
    rates = [numbers.percent(now / was if was else None, sheet.lang) for was, now in pairwise(values)]
    rates = [f"↓ {rate}" for rate in rates]
    between = [
        {**note, "y": i + 0.5, "font": {"size": 11.5, "color": sheet.theme.muted}}
        for i, note in enumerate(_told(rates, sheet))
    ]
    return [_bar(chart, values, told, shades)], {
        "height": 52 * max(len(names), 1) + 8,
        "bargap": 0.45,
        "margin": {"l": beside(places), "r": _room([*told, *rates]), "t": 2, "b": 2},
        "xaxis": {"visible": False, "range": [0, known(values).max(initial=0) or 1]},
        "yaxis": places,
        "annotations": _told(told, sheet) + between,
    }


def columns(chart: Chart, sheet: Sheet) -> tuple[list[dict], dict]:
    """Vertical columns over days or categories; `stack` puts groups on one another."""
    table = chart.table
    over_days = table.schema[chart.x] == pl.Date
    x = table[chart.x].unique(maintain_order=not over_days)
    places = (x.sort() if over_days else x).to_list()
    groups = table[chart.color].unique(maintain_order=True).to_list() if chart.color else [None]
    traces: list[dict] = []
    total = np.zeros(len(places))
    for i, group in enumerate(groups):
        rows = table.filter(pl.col(chart.color).eq_missing(group)) if chart.color else table
        value = dict(zip(rows[chart.x].to_list(), rows[chart.y].to_list(), strict=True))
        values = [value.get(place) for place in places]
        y = np.array([np.nan if v is None else v for v in values], dtype=float)
        label = chart.labels[i] if i < len(chart.labels) else group
        name = words([label])[0] if label is not None else ""
        traces.append(
            {
                "type": "bar",
                "x": places if over_days else list(range(len(places))),
                "y": y,
                "name": name,
                "marker": {"color": sheet.theme.categorical[i % 10] if chart.color else sheet.theme.primary},
                "customdata": sheet.exact(values),
                "hovertemplate": f"%{{customdata}}<extra>{name}</extra>",
            }
        )
        total = total + np.nan_to_num(y) if chart.kind == "stack" else np.fmax(total, y)
    low = known(floats(table[chart.y])).min(initial=0.0)
    axis = sheet.axis(low, float(total.max(initial=0)), True)
    placed = marks.place(chart.marks, places[0], places[-1]) if over_days and places else []
    shapes, written = marks.drawn(placed, sheet.theme, HEIGHT)
    named = [(trace["marker"]["color"], "box", trace["name"]) for trace in traces] if len(groups) > 1 else []
    above, legend = marks.room(placed), key.ROW * len(key.rows([n for _, _, n in named])) + 8 if named else 0
    return traces, {
        "height": HEIGHT + above + legend + 28,
        "margin": {"l": beside(axis), "t": above + legend + 8, "b": 20, "r": 4},
        "barmode": "stack" if chart.kind == "stack" else "group",
        "bargap": 0.3,
        "barcornerradius": 3 if chart.kind == "column" else 0,
        "xaxis": sheet.days(places) if over_days else _under(words(places, 12)),
        "yaxis": axis,
        "hovermode": "x unified" if over_days else "closest",
        "shapes": shapes,
        "annotations": written + (key.drawn(named, sheet, above, HEIGHT, beside(axis)) if named else []),
    }


def _bar(chart: Chart, values: np.ndarray, told: list[str], colors: str | list[str]) -> dict:
    return {
        "type": "bar",
        "orientation": "h",
        "x": values,
        "y": list(range(len(values))),
        "marker": {"color": colors, "cornerradius": 4},
        "customdata": [
            f"{name}: {text}" for name, text in zip(words(chart.table[chart.x].to_list()), told, strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _told(texts: list[str], sheet: Sheet) -> list[dict]:
    """Values in a column at the right, where no bar can reach them."""
    place = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "showarrow": False}
    font = {"size": 12, "color": sheet.theme.text}
    return [{**place, "y": i, "text": text, "font": font} for i, text in enumerate(texts)]


def _room(texts: list[str]) -> int:
    return round(max(map(width, texts), default=0)) + 14


def _places(names: list[str]) -> dict:
    return {
        "range": [len(names) - 0.5, -0.5],
        "tickmode": "array",
        "tickvals": list(range(len(names))),
        "ticktext": names,
        "ticklabelstandoff": 6,
    }


def _under(names: list[str]) -> dict:
    return {"tickmode": "array", "tickvals": list(range(len(names))), "ticktext": names, "automargin": True}
