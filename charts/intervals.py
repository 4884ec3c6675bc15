"""Dots with their intervals, one below the other, and beside each the value it should have hit."""

from __future__ import annotations

import numpy as np

from charts import key
from charts.bars import LONGEST, TONES
from charts.chart import Chart
from charts.sheet import ACROSS, Sheet, beside, floats, known, width, words
from language import numbers

ROW = 30  # pixels
DOT, MARK = 9, 8
STANDOFF = 6  # pixels between a name and the plot


def draw(chart: Chart, sheet: Sheet) -> tuple[list[dict], dict]:
    """y with its interval low … high; compare is the mark beside it. The first row is on top.

    A color of good is a filled dot, of bad a hollow one, so that nobody needs to tell the colours apart.
    """
    assert chart.low and chart.high, "a chart of intervals needs columns for their ends"
    table, own = chart.table, sheet.theme
    names = words(table[chart.x].to_list(), LONGEST)
    value, low, high = (floats(table[name]) for name in (chart.y, chart.low, chart.high))
    target = floats(table[chart.compare]) if chart.compare else np.array([])
    tones = table[chart.color].to_list() if chart.color else ["neutral"] * len(names)
    assert TONES.issuperset(tones), f"tones are {', '.join(sorted(TONES))}; found {tones}"
    colors = [own.primary if tone == "neutral" else own.tone(tone) for tone in tones]
    rows = list(range(len(names)))
    seen = known(value, low, high, target)
    axis = sheet.axis(seen.min(initial=np.inf), seen.max(initial=-np.inf), False)
    traces = [
        _line(low[i], high[i], i, colors[i]) for i in rows if np.isfinite(low[i]) and np.isfinite(high[i])
    ]
    labels = words(chart.labels) or ["", ""]
    if chart.compare:
        mark = {"symbol": "line-ns", "size": MARK * 2, "line": {"color": own.text, "width": 2.5}}
        told = _exact(table[chart.compare].to_list(), sheet)
        traces.append(_points(target, rows, mark, told, labels[-1]))
    hollow = ["circle-open" if tone == "bad" else "circle" for tone in tones]
    dot = {"symbol": hollow, "size": DOT, "color": colors, "line": {"color": colors, "width": 2}}
    traces.append(_points(value, rows, dot, _told(chart, sheet), labels[0]))
    named = [(own.text, sign, name) for sign, name in zip(("point", "tick"), labels, strict=False) if name]
    legend = key.ROW * len(key.rows(labels)) + 8 if named else 0
    inside, left = ROW * max(len(names), 1), beside({"ticktext": names}) + STANDOFF
    # In pixels, since a card may be made taller than its chart asks for.
    place = {"y": 1, "yshift": 6, "xshift": -left}
    return traces, {
        "height": inside + legend + 30,
        "margin": {"l": left, "r": 12, "t": legend + 4, "b": 24},
        "xaxis": axis | {"side": "bottom", "ticktext": _fitting(axis["ticktext"], ACROSS - left)},
        "yaxis": {
            "range": [len(names) - 0.5, -0.5],
            "tickmode": "array",
            "tickvals": rows,
            "ticktext": names,
            "ticklabelstandoff": STANDOFF,
        },
        "annotations": [note | place for note in key.drawn(named, sheet, 0, inside)] if named else [],
    }


def _fitting(texts: list[str], room: float) -> list[str]:
    """The labels of the axis, or each second one where all would not fit side by side on a phone."""
    if sum(width(text) + 12 for text in texts) <= room:
        return texts
    return [text if place % 2 == 0 else "" for place, text in enumerate(texts)]


def _line(low: float, high: float, row: int, color: str) -> dict:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [low, high],
        "y": [row, row],
        "line": {"color": color, "width": 3},
        "opacity": 0.55,
        "hoverinfo": "skip",
    }


def _points(x: np.ndarray, rows: list[int], marker: dict, told: list[str], name: str) -> dict:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": rows,
        "marker": marker,
        "customdata": told,
        "hovertemplate": f"%{{customdata}}<extra>{name}</extra>",
        "cliponaxis": False,
    }


def _told(chart: Chart, sheet: Sheet) -> list[str]:
    """Each value with its interval."""
    values, lows, highs = (
        _exact(chart.table[name].to_list(), sheet) for name in (chart.y, chart.low, chart.high) if name
    )
    return [
        value if low == numbers.NONE else f"{value} ({low} – {high})"
        for value, low, high in zip(values, lows, highs, strict=True)
    ]


def _exact(values: list[float | None], sheet: Sheet) -> list[str]:
    """Values in full; of plain numbers, which may be small, with the digits that matter."""
    if sheet.unit != "number":
        return sheet.exact(values)
    digits = max(numbers.digits(values), 2)
    return [numbers.number(value, sheet.lang, digits) for value in values]
