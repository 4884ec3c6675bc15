"""Horizontal bars as HTML: lighter than a drawn chart, in the page's own colours, read aloud as a list."""

from __future__ import annotations

import html

from charts.chart import Chart
from charts.sheet import Sheet
from charts.theme import theme
from ui import card

TONES = {"good", "bad", "neutral"}


def bars(chart: Chart, lang: str, currency: str) -> str:
    """The bars, the first on top: name, bar from zero (or `low`) to the left or right, value."""
    values = chart.table[chart.y].to_list()
    begins = chart.table[chart.low].to_list() if chart.low else [0.0] * len(values)
    ends = [begin + (value or 0.0) for begin, value in zip(begins, values, strict=True)]
    low, high = min([*begins, *ends, 0.0]), max([*begins, *ends, 0.0])
    whole = (high - low) or 1.0
    told = Sheet(theme(False), lang, currency, chart.unit).short(values)
    tones = chart.table[chart.color].to_list() if chart.color else []
    if not tones or not TONES.issuperset(tones):
        tones = ["plain"] * len(values)
    rows = []
    names = chart.table[chart.x].to_list()
    for name, value, begin, text, tone in zip(names, values, begins, told, tones, strict=True):
        label, filled = html.escape("" if name is None else str(name)), ""
        if value is not None:
            left, wide = (begin + min(value, 0.0) - low) / whole, abs(value) / whole
            filled = f'<i style="left:{left:.2%};width:{wide:.2%}"></i>'
        rows.append(
            f'<li class="pl-{tone}" title="{label}: {html.escape(text)}"><span class="pl-name">{label}</span>'
            f'<span class="pl-bar">{filled}</span><span class="pl-told">{card.rich(text)}</span></li>'
        )
    signed = f' data-signed style="--zero:{-low / whole:.2%}"' if low < 0 else ""
    alt = html.escape(chart.alt or chart.title)
    return f'<ul class="pl-bars" aria-label="{alt}"{signed}>{"".join(rows)}</ul>'
