"""A chart as data: what is drawn, before anyone decides how. Screen, print and decks draw from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl


@dataclass(frozen=True)
class Mark:
    """A moment or a span on the time axis with a short name.

    kind: incident (drawn through the chart), promotion, holiday … (a strip above it).
    """

    start: date
    label: str
    end: date | None = None
    kind: str = ""


@dataclass(frozen=True)
class Chart:
    """A block of a story.

    kind: line, area, column (vertical), stack (columns on one another), bar (horizontal), donut, funnel,
        heat, scatter, interval, flow.
    table: tidy rows; x, y, color, compare, smooth, low, high name columns of it.
        line, area, column, stack: x is a date or a category, y a number, color the series. A line has a
        band from low to high where these are named.
        bar, donut, funnel: x is the category, y its number, in the order to be shown; a bar's color may
        be a column of good, bad and neutral. A bar begins at low where that is named (waterfall).
        heat: x and y are categories in the order to be shown, color the number, compare whether it is
        marked by *.
        scatter: x and y are numbers of the unit, color the group, compare the names beside points; labels
        are the titles of x and y.
        flow: rows of depth (from 1), source, target (null: it ends), n; x is source, y is n.
        interval: x is the category, y its number with an interval low … high (null where there is none),
        compare what it should be; color is good, bad or neutral.
    compare: the comparison's y on the same rows. compare_x: its own dates, for those who ask.
    smooth: a moving average of y; then y itself is drawn faintly.
    labels: what y, smooth and compare are called, in this order.
    title says what the chart shows, note how; missing says why there is nothing to draw.
    unit: money, percent, ratio, integer, number, score … of y (of color in a heat map).
    alt: the chart in a sentence, for those who cannot see it.
    message: what it says, in one sentence: the title of its slide.
    partial_from: from this day on the period is not over.
    name: by which a page knows it, where its points can be clicked.
    lines: of a scatter, the x and y that divide it into quadrants.
    """

    kind: str
    table: pl.DataFrame
    x: str
    y: str
    color: str | None = None
    compare: str | None = None
    compare_x: str | None = None
    smooth: str | None = None
    low: str | None = None
    high: str | None = None
    unit: str = "number"
    labels: Sequence[str] = ()
    marks: Sequence[Mark] = ()
    title: str = ""
    note: str = ""
    missing: str = ""
    alt: str = ""
    partial_from: date | None = None
    message: str = ""
    name: str = ""
    lines: tuple[float, float] | None = None
