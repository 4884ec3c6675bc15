"""A chart as the series that decks and workbooks draw by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any, Literal

import polars as pl

from charts import flow
from charts.chart import Chart
from charts.theme import theme
from language import numbers

Style = Literal["strong", "faint", "dotted"]
FORMATS = {"percent": "0.0%", "integer": "#,##0", "score": "0.0", "ratio": "0.00", "number": "#,##0.00"}


@dataclass(frozen=True)
class Series:
    """colors: one a value where they differ (tones of bars), else one for all.

    below, above: lengths of error bars, one a value; null where there is none.
    """

    name: str
    values: list[float | None]
    colors: tuple[str, ...]
    style: Style = "strong"
    below: tuple[float | None, ...] = ()
    above: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Native:
    """form: line, column, stack, bar, donut, scatter or heat. labels: the categories as text.

    A scatter has its x in `across`, a list for each series. A heat map has a series a row.
    """

    form: str
    labels: list[str]
    series: list[Series]
    format: str
    across: list[list[float | None]]

    @property
    def is_labelled(self) -> bool:
        """Whether values are written at the bars, which then need no axis."""
        return self.form == "bar" and len(self.series) == 1

    @property
    def least(self) -> float | None:
        """Where the axis of bars begins: at 0, unless something lies below it."""
        seen = [
            value - (below or 0.0)
            for each in self.series
            for value, below in zip_longest(each.values, each.below)
            if value is not None
        ]
        return 0.0 if self.form == "bar" and min(seen, default=0.0) >= 0 else None


Parts = tuple[list[str], list[Series], list[list[float | None]]]  # labels, series, across


def native(chart: Chart, lang: str, currency: str) -> Native:
    """The chart's series. Raises ValueError for a kind that has no native form."""
    if chart.kind not in KINDS:
        raise ValueError(f"There is no native form of a chart of kind {chart.kind!r}.")
    labels, series, across = KINDS[chart.kind](chart, lang)
    form = {"area": "line", "funnel": "bar", "interval": "bar", "flow": "bar"}.get(chart.kind, chart.kind)
    return Native(form, labels, series, number_format(chart.unit, currency, lang), across)


def _bars(chart: Chart, lang: str) -> Parts:
    own, table = theme(False), chart.table
    colors: tuple[str, ...] = (own.primary,)
    if chart.kind == "donut":
        colors = tuple(own.categorical[i % 10] for i in range(len(table)))
    elif chart.color and {"good", "bad", "neutral"}.issuperset(table[chart.color].to_list()):
        colors = tuple(own.tone(tone) for tone in table[chart.color].to_list())
    labels = [_label(each, lang) for each in table[chart.x].to_list()]
    return labels, [Series(chart.title, table[chart.y].to_list(), colors)], []


def _intervals(chart: Chart, lang: str) -> Parts:
    """Bars with their intervals as error bars, and beside each the bar it should have been."""
    assert chart.low and chart.high, "a chart of intervals needs columns for their ends"
    labels, (found,), _ = _bars(chart, lang)
    ends = chart.table.select(
        below=pl.col(chart.y) - pl.col(chart.low), above=pl.col(chart.high) - pl.col(chart.y)
    )
    colors = tuple(theme(False).primary if tone == theme(False).muted else tone for tone in found.colors)
    names = [*chart.labels, chart.title, ""]
    series = [Series(names[0], found.values, colors, below=tuple(ends["below"]), above=tuple(ends["above"]))]
    if chart.compare:
        target = chart.table[chart.compare].to_list()
        series.append(Series(names[1], target, (theme(False).muted,)))
    return labels, series, []


def _links(chart: Chart, lang: str) -> Parts:
    """The largest links of a flow as bars: no program has a flow among its own charts."""
    rows = flow.largest(chart.table)
    return rows["link"].to_list(), [Series(chart.title, rows["n"].to_list(), (theme(False).primary,))], []


def _cells(chart: Chart, lang: str) -> Parts:
    assert chart.color is not None, "a heat map needs a column for its colour"
    across, down = (chart.table[name].unique(maintain_order=True).to_list() for name in (chart.x, chart.y))
    cells = {(x, y): value for x, y, value in chart.table.select(chart.x, chart.y, chart.color).iter_rows()}
    rows = [Series(_label(y, lang), [cells.get((x, y)) for x in across], ()) for y in down]
    return [_label(x, lang) for x in across], rows, []


def _points(chart: Chart, lang: str) -> Parts:
    own, groups = theme(False), _groups(chart)
    series = [
        Series(name or chart.title, rows[chart.y].cast(pl.Float64).to_list(), (own.categorical[i % 10],))
        for i, (name, rows) in enumerate(groups)
    ]
    return [], series, [rows[chart.x].cast(pl.Float64).to_list() for _, rows in groups]


def _lines(chart: Chart, lang: str) -> Parts:
    own, table = theme(False), chart.table
    is_dated = table.schema[chart.x] == pl.Date
    if chart.color:
        found = table[chart.x].unique(maintain_order=True)
        places = (found.sort() if is_dated else found).to_list()
        series = []
        for i, (name, rows) in enumerate(_groups(chart)):
            value = dict(rows.select(chart.x, chart.y).iter_rows())
            label = chart.labels[i] if i < len(chart.labels) else name
            series.append(Series(label, [value.get(p) for p in places], (own.categorical[i % 10],)))
        return _labels(places, lang), series, []
    table = table.sort(chart.x) if is_dated else table
    labels = [*chart.labels, *[chart.title] * 3]
    style: Style = "faint" if chart.smooth else "strong"
    series = [Series(labels[0], table[chart.y].to_list(), (own.primary,), style)]
    if chart.smooth:
        series.append(Series(labels[1], table[chart.smooth].to_list(), (own.primary,)))
    if chart.compare:
        label = list(chart.labels or [chart.title])[-1]
        series.append(Series(label, table[chart.compare].to_list(), (own.muted,), "dotted"))
    return _labels(table[chart.x].to_list(), lang), series, []


KINDS: dict[str, Callable[[Chart, str], Parts]] = {
    "line": _lines, "area": _lines, "column": _lines, "stack": _lines, "bar": _bars, "funnel": _bars,
    "donut": _bars, "heat": _cells, "scatter": _points, "interval": _intervals,
    "flow": _links,
}  # fmt: skip


def _groups(chart: Chart) -> list[tuple[str, pl.DataFrame]]:
    if not chart.color:
        return [("", chart.table)]
    groups = chart.table[chart.color].unique(maintain_order=True).to_list()
    return [(str(group), chart.table.filter(pl.col(chart.color).eq_missing(group))) for group in groups]


def _labels(places: list[Any], lang: str) -> list[str]:
    monthly = len(places) > 1 and all(isinstance(place, date) and place.day == 1 for place in places)
    return [numbers.month(place, lang) if monthly else _label(place, lang) for place in places]


def _label(place: Any, lang: str) -> str:
    return numbers.day(place, lang, year=False) if isinstance(place, date) else str(place)


def number_format(unit: str, currency: str, lang: str, cents: bool = False) -> str:
    """A unit's number format in Office, with the signs of the texts. money: whole units, or with cents."""
    if unit != "money":
        return FORMATS.get(unit, "#,##0.##")
    sign, digits = numbers.symbol(currency, lang), "#,##0.00" if cents else "#,##0"
    return f'"{sign}"{digits};"−{sign}"{digits}'
