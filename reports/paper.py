"""What a printed chart is drawn with: sizes and type of words, axes, the names of lines and marks."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from charts import marks
from charts.chart import Chart
from charts.sheet import Sheet
from charts.theme import theme
from language import numbers

FAMILY = ["Inter", "Noto Sans SC"]
SIZE = 7.2  # points
LANES = 4  # of marks over a chart
LANE = 11  # points of a row of marks over a chart
MARK = 6.6  # points of the name of a mark
PIXEL = MARK / 12  # points on paper of a pixel by which marks are placed
ROW = 13  # points of a row of the key
DASHES: tuple[Any, ...] = ("-", (0, (5, 1.6)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (3, 1)))
Series = tuple[np.ndarray, np.ndarray, dict[str, Any], str]  # x, y, look, name


def text(size: float = SIZE, strong: bool = False, color: str = "") -> dict[str, Any]:
    own = theme(False)
    return {
        "fontsize": size,
        "fontfamily": FAMILY,
        "color": color or own.muted,
        "fontweight": 600 if strong else 400,
    }


def wide(told: str, size: float = SIZE) -> float:
    """Points of a text, rather too many than too few."""
    return sum(size * (1.0 if ord(sign) > 0x2E7F else 0.6) for sign in told)


def shorter(told: str, room: float) -> str:
    """The text, cut where it is wider than so many points."""
    if wide(told) <= room:
        return told
    while told and wide(told + "…") > room:
        told = told[:-1]
    return told.rstrip() + "…"


def wrapped(told: str, room: float) -> str:
    """The text in at most two lines, cut where the second is wider than so many points."""
    if wide(told) <= room:
        return told
    cut = len(told)
    while cut > 1 and (wide(told[:cut]) > room or (" " in told[:cut].strip() and told[cut - 1] != " ")):
        cut -= 1
    return f"{told[:cut].rstrip()}\n{shorter(told[cut:].lstrip(), room)}"


def plot(figure: Figure, width: float, height: float, box: tuple[float, float, float, float]) -> Any:
    """box: room in points at the left, right, top and bottom."""
    left, right, top, bottom = box
    axes = figure.add_axes(
        (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    )
    axes.patch.set_visible(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0, pad=3)
    return axes


def values(axes: Any, sheet: Sheet, ticks: list[float]) -> None:
    axes.set_ylim(ticks[0], ticks[-1])
    axes.set_yticks(ticks, numbers.axis(ticks, sheet.unit, sheet.lang, sheet.currency), **text())
    axes.grid(axis="y", color=sheet.theme.border, linewidth=0.6)
    axes.set_axisbelow(True)
    if ticks[0] < 0 < ticks[-1]:
        axes.axhline(0, color=sheet.theme.muted, linewidth=0.7)


def dates(axes: Any, days: list[date], lang: str, room: float) -> None:
    if not days:
        return
    many = days[0].year != days[-1].year
    monthly = len(days) > 1 and all(day.day == 1 for day in days)
    told = [
        numbers.month(d, lang) if monthly else numbers.day(d, lang, year=many and len(days) > 200)
        for d in days
    ]
    step = max(1, -(-len(days) // max(1, int(room // (max(map(wide, told)) + 12)))))
    shown = range((len(days) - 1) % step // 2, len(days), step)
    axes.set_xticks([days[i].toordinal() for i in shown], [told[i] for i in shown], **text())


def ends(axes: Any, found: list[tuple[float, str, str]], ticks: list[float], height: float) -> None:
    """Names at the right of the plot, moved apart where they would touch. found: value, name, colour."""
    told = sorted(found, key=lambda each: each[0])
    gap = 9.5 / (height - 30) * (ticks[-1] - ticks[0])
    for at, (_, name, color) in zip(apart([v for v, *_ in told], gap, ticks[-1]), told, strict=True):
        axes.annotate(
            shorter(name, 90), (1, at), (5, 0), ("axes fraction", "data"),
            textcoords="offset points", va="center", **text(color=color),
        )  # fmt: skip


def apart(values: list[float], gap: float, top: float) -> list[float]:
    """Rising values, moved up where they are nearer than `gap`, then down where they would pass the top."""
    found: list[float] = []
    for value in values:
        found.append(max(value, found[-1] + gap) if found else value)
    for i in range(len(found) - 1, -1, -1):
        found[i] = min(found[i], top if i == len(found) - 1 else found[i + 1] - gap)
    return found


def placed(chart: Chart, days: list, room: float) -> list[marks.Placed]:
    """The marks over a chart whose inside is so many points wide."""
    if not chart.marks or not days:
        return []
    found = marks.place(chart.marks, days[0], days[-1], room / PIXEL, 0.6 * room / PIXEL, LANES)
    return [each for each in found if each.text]  # paper cannot be pointed at to learn a name


def above(found: list[marks.Placed]) -> float:
    """Points needed over the chart for its marks."""
    return 6 + LANE * (1 + max((each.lane for each in found if each.text), default=-1)) if found else 0


def over(axes: Any, found: list[marks.Placed], inside: float, room: float) -> None:
    """Draws marks as strips with their names; incidents of few days shade the chart. inside: its height."""
    own, high = theme(False), axes.get_xaxis_transform()
    for each in found:
        color = own.bad if each.mark.kind == "incident" else own.warn
        start, end = each.start.toordinal() - 0.5, each.end.toordinal() + 0.5
        y = 1 + (4 + LANE * each.lane if each.text else 1) / inside
        axes.plot(
            [start, end], [y, y], color=color, lw=1.6, transform=high, clip_on=False, solid_capstyle="butt"
        )
        if each.mark.kind == "incident" and marks.length(each.mark) <= marks.SHORT:
            axes.axvspan(start, end, color=color, alpha=0.09, lw=0)
        if each.text:
            late = each.right >= room / PIXEL - 1
            axes.annotate(
                each.text,
                (1 if late else start, y),
                (0, 1.5),
                ("axes fraction", "axes fraction") if late else high,
                textcoords="offset points",
                ha="right" if late else "left",
                annotation_clip=False,
                **text(MARK),
            )


def rows(entries: list, left: float, width: float) -> int:
    """How many rows the key needs."""
    return len(_lines(entries, width - left)) if entries else 0


def key(figure: Figure, entries: list, left: float, width: float, height: float) -> None:
    """What the colours mean, over the chart. entries: (look, name)."""
    for row, line in enumerate(_lines(entries, width - left)):
        x, y = left, height - 6 - ROW * row
        for look, name in line:
            color, alpha = look["color"], look.get("alpha", 1)
            if look.get("box"):
                figure.text(x / width, y / height, "■", va="center", **text(SIZE + 1, color=color))
            else:
                line_look = {"lw": look["lw"], "ls": look.get("ls", "-"), "alpha": alpha, "color": color}
                ends = [x / width, (x + 9) / width], [y / height] * 2
                figure.add_artist(Line2D(*ends, **line_look))
            figure.text((x + 12) / width, y / height, name, va="center", **text(color=theme(False).text))
            x += wide(name) + 26


def _lines(entries: list, room: float) -> list[list]:
    found: list[list] = [[]]
    used = 0.0
    for look, name in entries:
        need = wide(name) + 26
        if found[-1] and used + need > room:
            found.append([])
            used = 0.0
        found[-1].append((look, name))
        used += need
    return found
