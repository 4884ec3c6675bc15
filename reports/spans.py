"""Printed dots with their intervals, and beside each the value it should have hit."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from charts.chart import Chart
from charts.sheet import Sheet, floats, known, nice
from language import numbers
from reports import paper

ROW = 16.0  # points


def high(chart: Chart) -> float:
    """Points that the chart takes by itself: its rows, the key over and the axis under them."""
    return ROW * max(chart.table.height, 1) + 36


def intervals(chart: Chart, sheet: Sheet, figure: Figure, width: float, height: float) -> None:
    """As charts.intervals draws them: a hollow dot is bad, so that black and white tell it, too."""
    assert chart.low and chart.high, "a chart of intervals needs columns for their ends"
    table, own = chart.table, sheet.theme
    names = [paper.shorter(str(each), 0.42 * width) for each in table[chart.x].to_list()]
    value, low, up = (floats(table[name]) for name in (chart.y, chart.low, chart.high))
    target = floats(table[chart.compare]) if chart.compare else np.array([])
    tones = table[chart.color].to_list() if chart.color else ["neutral"] * len(names)
    colors = [own.primary if tone == "neutral" else own.tone(tone) for tone in tones]
    looks = ({"color": own.primary, "lw": 1.6}, {"color": own.text, "lw": 1.4, "ls": ":"})
    key = [(look, name) for look, name in zip(looks, chart.labels, strict=False) if name]
    left = max(map(paper.wide, names), default=0) + 8
    axes = paper.plot(figure, width, height, (left, 8, 4 + paper.ROW * paper.rows(key, left, width), 16))
    seen = known(value, low, up, target)
    ticks = nice(seen.min(initial=np.inf), seen.max(initial=-np.inf))
    rows = np.arange(len(names))
    axes.hlines(rows, low, up, colors=colors, lw=1.6, alpha=0.6)
    if chart.compare:
        axes.vlines(target, rows - 0.32, rows + 0.32, colors=own.text, lw=1.4, ls=(0, (1, 1)))
    faces = [own.card if tone == "bad" else color for tone, color in zip(tones, colors, strict=True)]
    axes.scatter(value, rows, s=16, c=faces, edgecolors=colors, linewidths=1.2, zorder=3)
    axes.set_xlim(ticks[0], ticks[-1])
    axes.set_xticks(ticks, numbers.axis(ticks, sheet.unit, sheet.lang, sheet.currency), **paper.text())
    axes.grid(axis="x", color=own.border, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(rows, names, **paper.text(color=own.text))
    paper.key(figure, key, left, width, height)
