"""Native tables of slides: as large as fits, never beyond the foot, long ones over several slides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any

from lxml import etree
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Pt

from reports.deck import EDGE, LOW, ROOM, SIGN, TOP, Deck, lines, wide
from stories.blocks import Column

SIZES = (12.0, 11.0, 10.0)  # points of words in a table


@dataclass(frozen=True)
class Grid:
    """A table laid out for slides: the size of its words, the widths of its columns, the heights of its rows.

    size: points. widths: points, that of the room in all. high: points, the head first.
    """

    size: float
    widths: list[float]
    high: list[float]

    def parts(self) -> list[range]:
        """Rows that share a slide."""
        return shares(self.high[1:], LOW.pt - self.high[0])


def shares(high: Sequence[float], room: float) -> list[range]:
    """Runs of about the same number of things, as few as can be, none higher than the room."""
    for count in range(max(1, ceil(sum(high) / room)), len(high)):
        cuts = [round(i * len(high) / count) for i in range(count + 1)]
        found = [range(start, end) for start, end in pairwise(cuts)]
        if all(sum(high[i] for i in part) <= room for part in found):
            return found
    return [range(i, i + 1) for i in range(len(high))]


def laid_out(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Grid:
    """The largest words with which all rows fit a slide; the middle size where none does."""
    grids = [_grid(columns, rows, size) for size in SIZES]
    return next((grid for grid in grids if sum(grid.high) <= LOW.pt), grids[1])


def _grid(columns: Sequence[Column], rows: Sequence[Sequence[str]], size: float) -> Grid:
    """Widths by the longest words of each column; long texts take several lines."""
    told = [[column.label for column in columns], *rows]
    needs = [max(wide(row[at]) for row in told) * size * SIGN + 16 for at in range(len(columns))]
    widths = [
        min(need, ROOM.pt * (0.42 if columns[at].width == "large" else 0.3)) for at, need in enumerate(needs)
    ]
    scale = ROOM.pt / sum(widths)
    widths = [width * scale for width in widths]
    high = []
    for row in told:
        most = max(lines(text, size, width - 10) for text, width in zip(row, widths, strict=True))
        high.append(most * size * 1.22 + 9)
    return Grid(size, widths, high)


def fill_table(
    deck: Deck, slide: Any, columns: Sequence[Column], rows: Sequence[Sequence[str]], grid: Grid, part: range
) -> None:
    """A native table of the rows in `part`: quiet lines, numbers at the right."""
    own = deck.theme
    high = [grid.high[0], *(grid.high[1 + i] for i in part)]
    shape = slide.shapes.add_table(len(high), len(columns), EDGE, TOP, ROOM, Pt(sum(high)))
    table = shape.table
    shape._element.graphic.graphicData.tbl[0][
        -1
    ].text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid
    for at, width in enumerate(grid.widths):
        table.columns[at].width = Pt(width)
    for y, row in enumerate([[column.label for column in columns], *(rows[i] for i in part)]):
        table.rows[y].height = Pt(high[y])
        for at, text in enumerate(row):
            made = table.cell(y, at)
            made.vertical_anchor = MSO_ANCHOR.MIDDLE
            made.margin_left = made.margin_right = Pt(5)
            made.margin_top = made.margin_bottom = Pt(2)
            frame = made.text_frame
            frame.word_wrap = True
            color = own.muted if y == 0 else own.text
            deck.line(frame, text.replace("**", ""), grid.size, color, strong=y == 0, first=True)
            if columns[at].kind != "text":
                frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
            border(made, own.muted if y == 0 else own.border)


def border(made: Any, color: str) -> None:
    """A line under a cell."""
    facts = made._tc.get_or_add_tcPr()
    line = etree.SubElement(facts, qn("a:lnB"), w="9525")
    etree.SubElement(etree.SubElement(line, qn("a:solidFill")), qn("a:srgbClr"), val=color[1:])
