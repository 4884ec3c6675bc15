"""A chart as data: what is drawn, before anyone decides how. Screen, print and decks draw from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl


@dataclass(frozen=True)
class Mark:
    """A moment or a span on the time axis with a short name."""

    start: date
    label: str
    end: date | None = None
    kind: str = ""


@dataclass(frozen=True)
class Chart:
    """A block of a story.

    kind: line, area, bar (horizontal), column (vertical), stack, donut, heat, scatter, funnel.

    table: tidy rows; x, y and color name columns of it. compare: column with the comparison series.
    title says what the chart shows, note how; missing says why there is nothing to draw.
    unit: money, percent, ratio, integer, number, score … (decides axis and labels).
    labels: what each series or colour is called. alt: the chart in a sentence, for those who cannot see it.
    """

    kind: str
    table: pl.DataFrame
    x: str
    y: str
    color: str | None = None
    compare: str | None = None
    unit: str = "number"
    labels: Sequence[str] = ()
    marks: Sequence[Mark] = ()
    title: str = ""
    note: str = ""
    missing: str = ""
    alt: str = ""
    partial_from: date | None = None  # from here on the period is not over
