"""Printed bars, columns, rings, heat maps and scatters."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import polars as pl
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from charts import flow
from charts.chart import Chart
from charts.maps import marked_cells
from charts.sheet import Sheet, floats, known, nice
from charts.theme import Theme, readable_on
from language import numbers
from reports import paper


def bars(chart: Chart, sheet: Sheet, figure: Figure, width: float, height: float) -> None:
    """Horizontal bars, the first on top, with their values in a column at the right."""
    names = [paper.wrapped(str(each), 0.42 * width) for each in chart.table[chart.x].to_list()]
    values, told = floats(chart.table[chart.y]), sheet.short(chart.table[chart.y].to_list())
    own, rates = sheet.theme, []
    colors = [own.primary] * len(names)
    if chart.kind == "funnel":
        rates = [f"↓ {numbers.percent(b / a if a else None, sheet.lang)}" for a, b in pairwise(values)]
    elif chart.color and {"good", "bad", "neutral"}.issuperset(chart.table[chart.color].to_list()):
        colors = [own.tone(tone) for tone in chart.table[chart.color].to_list()]
    left, right = (
        max((paper.wide(line) for name in names for line in name.split("\n")), default=0) + 8,
        max(map(paper.wide, [*told, *rates]), default=0) + 8,
    )
    axes = paper.plot(figure, width, height, (left, right, 3, 3))
    fill = np.nan_to_num(values)
    begins = floats(chart.table[chart.low]) if chart.kind == "bar" and chart.low else np.zeros(len(fill))
    ends = begins + fill
    low, high = (
        min(ends.min(initial=0), begins.min(initial=0)),
        max(ends.max(initial=0), begins.max(initial=0)),
    )
    drawn = axes.barh(
        range(len(names)), fill, 0.6 if chart.kind == "bar" else 0.5, left=begins, color=colors, lw=0
    )
    if chart.kind == "funnel":
        for i, bar in enumerate(drawn):
            bar.set_alpha(1 - 0.55 * i / max(len(names) - 1, 1))
    if low < 0:
        axes.axvline(0, color=own.muted, linewidth=0.7)
    axes.set_xlim(low, high if high > low else low + 1)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks(range(len(names)), names, linespacing=1.0, **paper.text(color=own.text))
    place = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
    for i, each in enumerate(told):
        axes.annotate(each, (1, i), (6, 0), **place, **paper.text(color=own.text))
    for i, each in enumerate(rates):
        axes.annotate(each, (1, i + 0.5), (6, 0), **place, **paper.text(paper.SIZE - 0.6))


def columns(chart: Chart, sheet: Sheet, figure: Figure, width: float, height: float) -> None:
    """Vertical columns over days or categories; `stack` puts groups on one another."""
    table, own = chart.table, sheet.theme
    dated = table.schema[chart.x] == pl.Date
    found = table[chart.x].unique(maintain_order=not dated)
    places = (found.sort() if dated else found).to_list()
    groups = table[chart.color].unique(maintain_order=True).to_list() if chart.color else [None]
    heights = []
    for group in groups:
        rows = table.filter(pl.col(chart.color).eq_missing(group)) if chart.color else table
        value = dict(rows.select(chart.x, chart.y).iter_rows())
        heights.append(np.array([value.get(place) or 0.0 for place in places], dtype=float))
    piled = np.sum(heights, axis=0) if chart.kind == "stack" else np.max(heights, axis=0)
    low = min(float(np.min([each.min(initial=0) for each in heights])), 0.0)
    ticks = nice(low, max(float(piled.max(initial=0)), 0.0))
    left = max(map(paper.wide, numbers.axis(ticks, sheet.unit, sheet.lang, sheet.currency))) + 6
    key: list = []
    labels = [*chart.labels, *map(str, groups[len(chart.labels) :])]
    is_stack, right = chart.kind == "stack" and len(groups) > 1, 4.0
    if is_stack:  # names beside the last column: black and white would not tell so many colours apart
        right = min(max(map(paper.wide, labels)), 90) + 10
    elif len(groups) > 1:
        key = [({"color": own.categorical[i % 10], "box": True}, labels[i]) for i in range(len(groups))]
    rows_of_key = paper.rows(key, left, width)
    axes = paper.plot(figure, width, height, (left, right, 6 + 13 * rows_of_key, 16))
    paper.values(axes, sheet, ticks)
    x, base = np.arange(len(places), dtype=float), np.zeros(len(places))
    each_wide = 0.72 if chart.kind == "stack" else 0.72 / len(groups)
    for i, each in enumerate(heights):
        look = {"color": own.categorical[i % 10] if chart.color else own.primary, "edgecolor": own.card}
        if chart.kind == "stack":
            axes.bar(x, each, each_wide, bottom=base, linewidth=0.5, **look)
            base = base + each
        else:
            axes.bar(x + (i - (len(groups) - 1) / 2) * each_wide, each, each_wide, linewidth=0.3, **look)
    monthly = dated and all(place.day == 1 for place in places)
    told = [
        (numbers.month(p, sheet.lang) if monthly else numbers.day(p, sheet.lang, year=False))
        if dated
        else str(p)
        for p in places
    ]
    if is_stack and len(places):
        tops = np.cumsum([each[-1] for each in heights])
        named = [
            (float(top - each[-1] / 2), labels[i], own.categorical[i % 10])
            for i, (top, each) in enumerate(zip(tops, heights, strict=True))
        ]
        paper.ends(axes, named, ticks, height)
    room = (width - left - right) / max(len(places), 1)
    step = max(1, -(-int(max(map(paper.wide, told), default=1) + 8) // max(int(room), 1))) if dated else 1
    cut = told if dated else [paper.shorter(each, room - 2) for each in told]
    axes.set_xticks(x[::step], cut[::step], **paper.text())
    axes.set_xlim(-0.6, len(places) - 0.4)
    paper.key(figure, key, left, width, height)


def donut(chart: Chart, sheet: Sheet, figure: Figure, width: float, height: float) -> None:
    names, values = chart.table[chart.x].to_list(), np.nan_to_num(floats(chart.table[chart.y]))
    total, own = values.sum() or 1.0, sheet.theme
    side = height - 8
    left = max((width - side - 150) / 2, 0)
    axes = figure.add_axes((left / width, 4 / height, side / width, side / height))
    colors = [own.categorical[i % 10] for i in range(len(names))]
    ring = {"width": 0.36, "edgecolor": own.card, "linewidth": 1.2}
    axes.pie(values, colors=colors, startangle=90, counterclock=False, wedgeprops=ring, radius=1.1)
    step = min(13.0, (height - 10) / max(len(names), 1))
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        y = (height / 2 + step * ((len(names) - 1) / 2 - i)) / height
        at = left + side + 14
        figure.text(at / width, y, "■", va="center", **paper.text(paper.SIZE + 1, color=colors[i]))
        told = f"{paper.shorter(str(name), 100)}  {numbers.percent(value / total, sheet.lang)}"
        figure.text((at + 11) / width, y, told, va="center", **paper.text(color=own.text))


def heat(chart: Chart, sheet: Sheet, figure: Figure, width: float, height: float) -> None:
    """Cells of x by y, coloured and labelled by `color`; what is not known stays empty."""
    assert chart.color is not None, "a heat map needs a column for its colour"
    across = chart.table[chart.x].unique(maintain_order=True).to_list()
    down = chart.table[chart.y].unique(maintain_order=True).to_list()
    cell = {(x, y): value for x, y, value in chart.table.select(chart.x, chart.y, chart.color).iter_rows()}
    marked = marked_cells(chart)
    left = max((paper.wide(str(y)) for y in down), default=0) + 8
    axes = paper.plot(figure, width, height, (min(left, 0.4 * width), 2, 16, 2))
    paint = shade([value for value in cell.values() if value is not None], sheet.theme)
    for (x, y), value in cell.items():
        if value is not None:
            i, j, color = across.index(x), down.index(y), paint(value)
            axes.add_patch(Rectangle((i - 0.48, j - 0.46), 0.96, 0.92, color=color, lw=0))
            look = paper.text(paper.SIZE - 0.4, color=readable_on(color))
            told = heat_told(value, sheet) + ("*" if (x, y) in marked else "")
            axes.text(i, j, told, ha="center", va="center", **look)
    axes.set_xlim(-0.5, len(across) - 0.5)
    axes.set_ylim(len(down) - 0.5, -0.5)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, pad=2)
    room = (width - left) / max(len(across), 1)
    axes.set_xticks(range(len(across)), [paper.shorter(str(x), room) for x in across], **paper.text())
    axes.set_yticks(range(len(down)), [paper.shorter(str(y), 0.38 * width) for y in down], **paper.text())


def heat_told(value: float, sheet: Sheet) -> str:
    """As in charts.maps: percent without its sign."""
    return f"{value * 100:.0f}" if sheet.unit == "percent" else sheet.short([value])[0]


def shade(values: list[float], own: Theme) -> Callable[[float], str]:
    """The colour of a value among those: diverging around 0 where both signs occur."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    both = low < 0 < high
    colors = own.diverging if both else own.sequential
    if both:
        low, high = -max(-low, high), max(-low, high)
    return lambda value: colors[
        min(int((value - low) / (high - low) * len(colors)) if high > low else 0, len(colors) - 1)
    ]


def scatter(chart: Chart, sheet: Sheet, figure: Figure, width: float, height: float) -> None:
    table, own = chart.table, sheet.theme
    groups = table[chart.color].unique(maintain_order=True).to_list() if chart.color else [None]
    lines = np.array([chart.lines] if chart.lines else [], dtype=float).reshape(-1, 2).T
    x, y = (known(floats(table[each]), line) for each, line in zip((chart.x, chart.y), lines, strict=True))
    ticks = nice(y.min(initial=np.inf), y.max(initial=-np.inf))
    left = max(map(paper.wide, numbers.axis(ticks, sheet.unit, sheet.lang, sheet.currency))) + 6
    key = [({"color": own.categorical[i % 10], "box": True}, str(group)) for i, group in enumerate(groups)]
    key = key if len(groups) > 1 else []
    titles = [*chart.labels, "", ""]
    above = 6 + 13 * paper.rows(key, left, width) + (13 if titles[1] else 0)
    axes = paper.plot(figure, width, height, (left, 14, above, 30 if titles[0] else 16))
    paper.values(axes, sheet, ticks)
    for i, group in enumerate(groups):
        rows = table.filter(pl.col(chart.color).eq_missing(group)) if chart.color else table
        axes.scatter(
            floats(rows[chart.x]), floats(rows[chart.y]), s=26 if chart.compare else 11, lw=0,
            alpha=1 if chart.compare else 0.75, clip_on=False, zorder=3,
            color=own.categorical[i % 10], marker="os^Dv"[i % 5],
        )  # fmt: skip
    across = nice(x.min(initial=np.inf), x.max(initial=-np.inf))
    axes.set_xticks(across, numbers.axis(across, sheet.unit, sheet.lang, sheet.currency), **paper.text())
    axes.set_xlabel(titles[0], **paper.text())
    if titles[1]:
        axes.annotate(
            titles[1], (0, 1), (-left, 5), "axes fraction", textcoords="offset points", **paper.text()
        )
    look = {"color": own.muted, "lw": 0.7, "ls": (0, (1.5, 1.5))}
    for at in lines[0]:
        axes.axvline(at, **look)
    for at in lines[1]:
        axes.axhline(at, **look)
    names = table[chart.compare].to_list() if chart.compare else []
    middle = (x.min(initial=np.inf) + x.max(initial=-np.inf)) / 2
    for name, at, high in zip(names, *(floats(table[each]) for each in (chart.x, chart.y)), strict=False):
        place = {"xytext": (-5, 0), "ha": "right"} if at > middle else {"xytext": (5, 0), "ha": "left"}
        axes.annotate(
            name, (at, high), textcoords="offset points", va="center", **place, **paper.text(color=own.text)
        )
    paper.key(figure, key, left, width, height)


def stream(chart: Chart, sheet: Sheet, figure: Figure, width: float, height: float) -> None:
    """A flow: nodes by depth, and bands between them."""
    nodes, bands = flow.layout(chart)
    color, last = flow.colors(nodes, sheet), max((node.depth for node in nodes), default=0)
    axes = paper.plot(figure, width, height, (2, 2, 2, 2))
    curve = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3]
    for band in bands:
        path = Path(list(band.corners()), curve)
        axes.add_patch(PathPatch(path, color=color[band.source.name], alpha=0.28, lw=0))
    for node in nodes:
        box = (node.depth, node.bottom), flow.WIDE, node.top - node.bottom
        axes.add_patch(Rectangle(*box, color=color[node.name], lw=0))
        if node.top - node.bottom > 0.02:
            place = node.depth + flow.WIDE + 0.03, (node.top + node.bottom) / 2
            axes.text(*place, flow.told(node, sheet), va="center", **paper.text(paper.SIZE - 0.4))
    axes.set_xlim(0, last + 0.75)
    axes.set_ylim(flow.lowest(nodes), 1.02)
    axes.set_axis_off()
