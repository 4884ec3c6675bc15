"""Marks over the time axis: promotions, holidays, incidents. Names never overlap, at any width.

On a screen, names are placed as if the chart were as narrow as on a phone. What finds no room stays a
small sign that tells its name when pointed at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from charts.chart import Mark
from charts.sheet import width
from charts.theme import Theme, see_through

WIDTH = 290  # pixels of a chart's inside on a phone of 390
LANES = 3
LANE = 19  # pixels
LONGEST = 110  # pixels of a name
SHORT = 7  # days of an incident up to which the chart itself is shaded
Span = tuple[float, float]
FIRST = ("incident", "holiday", "promotion")  # who gets room before others


@dataclass(frozen=True)
class Placed:
    """A mark inside the dates shown. text: the name, shortened; "" where it found no room.

    left, right: its name's place on the narrowest chart, in pixels.
    """

    mark: Mark
    start: date
    end: date
    text: str
    lane: int
    left: float
    right: float


def place(
    marks: Sequence[Mark],
    first: date,
    last: date,
    wide: float = WIDTH,
    longest: float = LONGEST,
    lanes: int = LANES,
) -> list[Placed]:
    """Gives each mark that touches the dates a lane, so that names do not overlap.

    wide: pixels of the chart's inside. longest: of a name; one whose strip is longer may fill that.
    """
    days = max((last - first).days, 1)
    inside = [mark for mark in marks if mark.start <= last and (mark.end or mark.start) >= first]
    order = sorted(inside, key=lambda mark: (_rank(mark), length(mark), mark.start, mark.label))
    names: list[list[Span]] = [[] for _ in range(lanes)]
    strips: list[list[Span]] = [[] for _ in range(lanes)]
    found = []
    for mark in order:
        start, end = max(mark.start, first), min(mark.end or mark.start, last)
        strip = (start - first).days / days * wide, (end - first).days / days * wide
        text = shortened(mark.label, max(longest, strip[1] - strip[0]))
        left = min(strip[0], wide - width(text))
        name = left, left + width(text)
        free = [lane for lane in range(lanes) if not _touches(name, names[lane], 8)]
        if not free:
            found.append(Placed(mark, start, end, "", 0, strip[0], strip[0]))
            continue
        lane = next((lane for lane in free if not _touches(strip, strips[lane], 2)), free[0])
        names[lane].append(name)
        strips[lane].append(strip)
        found.append(Placed(mark, start, end, text, lane, *name))
    return sorted(found, key=lambda each: each.start)


def _touches(span: Span, others: Sequence[Span], gap: float) -> bool:
    return any(span[1] + gap >= left and span[0] <= right + gap for left, right in others)


def room(placed: Sequence[Placed]) -> int:
    """Pixels needed above the chart."""
    if not placed:
        return 0
    return 9 + LANE * (1 + max((each.lane for each in placed if each.text), default=-1))


def drawn(placed: Sequence[Placed], theme: Theme, inside: int) -> tuple[list[dict], list[dict]]:
    """Shapes and annotations. inside: height of the plot in pixels, by which y of "paper" is measured."""
    shapes, names = [], []
    for each in placed:
        color = theme.bad if each.mark.kind == "incident" else theme.warn
        start, end = _noon(each.start, -1), _noon(each.end, 1)
        box = {"xref": "x", "yref": "paper", "layer": "below", "line": {"width": 0}}
        low, high = (5 + LANE * each.lane, 8 + LANE * each.lane) if each.text else (0, 2)
        shapes.append({**box, "type": "rect", "x0": start, "x1": end, "y0": 1 + low / inside,
                       "y1": 1 + high / inside, "fillcolor": color})  # fmt: skip
        if each.mark.kind == "incident" and length(each.mark) <= SHORT:
            shapes.append({**box, "type": "rect", "x0": start, "x1": end, "y0": 0, "y1": 1,
                           "fillcolor": see_through(color, 0.09)})  # fmt: skip
        if each.text:
            from_right = each.left + width(each.text) >= WIDTH - 1
            names.append(
                {
                    "x": 1 if from_right else each.start,
                    "xref": "paper" if from_right else "x",
                    "xanchor": "right" if from_right else "left",
                    "y": 1 + (8 + LANE * each.lane) / inside,
                    "yref": "paper",
                    "yanchor": "bottom",
                    "text": escape(each.text),
                    "hovertext": escape(each.mark.label),
                    "showarrow": False,
                    "borderpad": 0,
                    "font": {"size": 11.5, "color": theme.muted},
                }
            )
    return shapes, names


def shortened(text: str, longest: float) -> str:
    """The text, cut where it is wider than `longest` pixels."""
    if width(text) <= longest:
        return text
    while text and width(text + "…") > longest:
        text = text[:-1]
    return text.rstrip() + "…"


def _rank(mark: Mark) -> int:
    return FIRST.index(mark.kind) if mark.kind in FIRST else len(FIRST)


def length(mark: Mark) -> int:
    """Days from its start to its end, also those that are not shown."""
    return ((mark.end or mark.start) - mark.start).days + 1


def _noon(day: date, side: int) -> str:
    """Half a day before or after a day's own place on the axis, so that one day has a width."""
    return f"{day - timedelta(days=1) if side < 0 else day}T12:00"
