"""A chart as static SVG in the theme's light colours, for print.

Its words stay words (`svg.fonttype: none`), so that they can be found and copied in the PDF, which also
brings the fonts. Tones and series differ in lightness, dash and label too: print may be black and white.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import polars as pl
from matplotlib import font_manager
from matplotlib.figure import Figure

from charts.chart import Chart
from charts.sheet import Sheet, floats, known, nice
from charts.theme import theme
from language import numbers, say
from reports import paper, shapes, spans

FONTS = Path(__file__).parent / "assets"
HIGH = 134.0  # points of a chart with axes

matplotlib.rcParams["svg.fonttype"] = "none"
matplotlib.rcParams["svg.hashsalt"] = "plumbline"  # the same chart gives the same bytes


def svg(chart: Chart, width: float, lang: str, currency: str, least: float = 0.0) -> bytes:
    """The chart without its title and note. width, least: in points, the latter of
    its height. Raises ValueError for a kind it cannot draw."""
    if chart.kind not in KINDS:
        raise ValueError(f"There is no printed form of a chart of kind {chart.kind!r}.")
    _fonts()
    sheet = Sheet(theme(False), lang, currency, chart.unit)
    made, tall = KINDS[chart.kind], max(height(chart), least)
    figure = Figure(figsize=(width / 72, tall / 72))
    made(chart, sheet, figure, width, tall)
    drawn = BytesIO()
    figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return drawn.getvalue()


@lru_cache(maxsize=1)
def _fonts() -> None:
    for file in sorted(FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(file)


def height(chart: Chart) -> float:
    """Points that a chart takes by itself."""
    rows = chart.table.height
    if chart.kind == "bar":
        return 17.0 * max(rows, 1) + 6
    if chart.kind == "funnel":
        return 30.0 * max(rows, 1) + 4
    if chart.kind == "heat":
        return 17.0 * max(chart.table[chart.y].n_unique(), 1) + 18
    if chart.kind == "interval":
        return spans.high(chart)
    if chart.kind == "donut":
        return 150.0
    if chart.kind == "flow" or (chart.kind == "scatter" and chart.compare):
        return 190.0
    return HIGH + (paper.LANE * 3 if chart.marks else 0.0)


def lines(chart: Chart, sheet: Sheet, figure: Figure, width: float, height: float) -> None:
    """Lines and areas over days or in the order of categories."""
    dated = chart.table.schema[chart.x] == pl.Date
    table = chart.table.sort(chart.x, maintain_order=True) if dated else chart.table
    places = table[chart.x].unique(maintain_order=True).to_list()
    where = {place: place.toordinal() if dated else i for i, place in enumerate(places)}
    own, labels, key = sheet.theme, [*chart.labels, "", "", ""], []
    series: list[tuple[np.ndarray, np.ndarray, dict[str, Any], str]] = []
    x = np.array([where[place] for place in table[chart.x].to_list()], dtype=float)
    if chart.color:
        for i, group in enumerate(table[chart.color].unique(maintain_order=True).to_list()):
            rows = table.filter(pl.col(chart.color).eq_missing(group))
            look = {"color": own.categorical[i % 10], "lw": 1.4, "ls": paper.DASHES[i % len(paper.DASHES)]}
            at = np.array([where[place] for place in rows[chart.x].to_list()], dtype=float)
            name = chart.labels[i] if i < len(chart.labels) else str(group)
            series.append((at, floats(rows[chart.y]), look, name))
    else:
        if chart.compare:
            look = {"color": own.muted, "lw": 1.1, "ls": (0, (1.5, 1.5))}
            series.append((x, floats(table[chart.compare]), look, list(chart.labels or [""])[-1]))
        faint = {"color": own.primary, "lw": 0.7, "alpha": 0.4}
        strong = {"color": own.primary, "lw": 1.8}
        series.append((x, floats(table[chart.y]), faint if chart.smooth else strong, labels[0]))
        if chart.smooth:
            series.append((x, floats(table[chart.smooth]), strong, labels[1]))
    ends = [floats(table[each]) for each in (chart.low, chart.high) if each]
    seen = known(*(y for _, y, _, _ in series), *ends)
    from_zero = chart.kind == "area" or chart.unit in ("money", "integer")
    low, high = seen.min(initial=np.inf), seen.max(initial=-np.inf)
    ticks = nice(min(low, 0) if from_zero else low, max(high, 0) if from_zero else high)
    names = numbers.axis(ticks, sheet.unit, sheet.lang, sheet.currency)
    left, right = max(map(paper.wide, names)) + 6, 6.0
    if chart.color:
        right = min(max((paper.wide(name) for *_, name in series), default=0), 90) + 10
    else:
        key = [(look, name) for _, _, look, name in reversed(series) if name] if len(series) > 1 else []
    room = width - left - right
    placed = paper.placed(chart, places, room) if dated else []
    above = paper.above(placed)
    axes = paper.plot(figure, width, height, (left, right, 4 + above + (15 if key else 0), 16))
    paper.values(axes, sheet, ticks)
    for at, y, look, _ in series:
        axes.plot(at, y, solid_capstyle="round", **look)
        if np.isfinite(y).sum() == 1:
            axes.plot(at, y, "o", color=look["color"], ms=4)
    bands(axes, chart, sheet, table, where)
    if chart.kind == "area" and series and not chart.color:
        at, y, *_ = series[-1]
        axes.fill_between(at, y, ticks[0], color=own.primary, alpha=0.09, lw=0)
    spread = x if len(x) else np.array([0.0, 1.0])
    axes.set_xlim(spread.min() - 0.5, max(spread.max(), spread.min() + 1) + 0.5)
    if dated:
        paper.dates(axes, places, sheet.lang, room)
    else:
        told = [str(place) for place in places]
        step = max(1, ceil(len(told) * (max(map(paper.wide, told), default=0) + 8) / room))
        axes.set_xticks(list(where.values())[::step], told[::step], **paper.text())
    paper.over(axes, placed, height - 20 - above - (15 if key else 0), room)
    if chart.color:
        last = [(float(y[np.isfinite(y)][-1]), n, look["color"]) for _, y, look, n in series if known(y).size]
        paper.ends(axes, last, ticks, height)
    paper.key(figure, key, left, width, height)
    if chart.partial_from and places and dated and chart.partial_from <= places[-1]:
        axes.axvspan(chart.partial_from.toordinal(), spread.max(), color=own.muted, alpha=0.12, lw=0)
        axes.annotate(
            say("not over yet", sheet.lang), (1, 0), (-2, 3), "axes fraction",
            textcoords="offset points", ha="right", **paper.text(),
        )  # fmt: skip


def bands(axes: Any, chart: Chart, sheet: Sheet, table: pl.DataFrame, where: Mapping[Any, float]) -> None:
    """From low to high around each line, where these are named."""
    if not (chart.low and chart.high):
        return
    groups = table[chart.color].unique(maintain_order=True).to_list() if chart.color else [None]
    for i, group in enumerate(groups):
        rows = table.drop_nulls([chart.low, chart.high])
        rows = rows.filter(pl.col(chart.color).eq_missing(pl.lit(group))) if chart.color else rows
        color = sheet.theme.categorical[i % 10] if chart.color else sheet.theme.primary
        at = [where[place] for place in rows[chart.x].to_list()]
        axes.fill_between(
            at, floats(rows[chart.low]), floats(rows[chart.high]), color=color, alpha=0.14, lw=0
        )


KINDS: dict[str, Callable[[Chart, Sheet, Figure, float, float], None]] = {
    "line": lines, "area": lines, "column": shapes.columns, "stack": shapes.columns, "bar": shapes.bars,
    "funnel": shapes.bars, "donut": shapes.donut, "heat": shapes.heat, "scatter": shapes.scatter,
    "interval": spans.intervals, "flow": shapes.stream,
}  # fmt: skip
