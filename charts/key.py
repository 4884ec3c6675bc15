"""What the colours mean, in a line of text above the chart. It needs no measuring by the browser."""

from __future__ import annotations

from collections.abc import Sequence
from html import unescape

from charts.marks import WIDTH
from charts.sheet import Sheet, width

ROW = 18  # pixels
SIGNS = {"strong": "━", "faint": "─", "dot": "┄", "box": "■", "point": "●", "tick": "┃"}


def rows(names: Sequence[str]) -> list[list[int]]:
    """Positions of the names by line, as many in a line as a phone has room for."""
    found: list[list[int]] = [[]]
    used = 0.0
    for place, name in enumerate(names):
        need = width(unescape(name)) + 26
        if found[-1] and used + need > WIDTH + 30:
            found.append([])
            used = 0.0
        found[-1].append(place)
        used += need
    return found


def drawn(
    entries: Sequence[tuple[str, str, str]], sheet: Sheet, above: int, inside: int, left: int = 0
) -> list[dict]:
    """entries: colour, sign, name. above: pixels over the plot that are taken; inside: the plot's height.

    left: pixels of the plot's margin, over which the key may begin.
    """
    lines = []
    for line in rows([name for _, _, name in entries]):
        parts = [entries[place] for place in line]
        lines.append(
            "   ".join(
                f'<span style="color:{color}"><b>{SIGNS[sign]}</b></span> {name}'
                for color, sign, name in parts
            )
        )
    place = {
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "xshift": -left,
        "y": 1 + (above + 6) / inside,
        "yref": "paper",
    }
    look = {"yanchor": "bottom", "align": "left", "showarrow": False, "borderpad": 0}
    return [{**place, **look, "text": "<br>".join(lines), "font": {"size": 12, "color": sheet.theme.text}}]
