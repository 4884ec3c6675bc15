"""Native charts of workbooks, beside the numbers that they draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from charts.chart import Chart
from charts.theme import readable_on, theme
from reports.native import Native
from reports.shapes import shade
from reports.workbook import Book

TOP = 4
KINDS: dict[str, dict[str, str]] = {
    "line": {"type": "line"},
    "column": {"type": "column"},
    "stack": {"type": "column", "subtype": "stacked"},
    "bar": {"type": "bar"},
    "donut": {"type": "doughnut"},
    "scatter": {"type": "scatter"},
}


def insert(book: Book, sheet: Worksheet, chart: Chart, found: Native) -> None:
    """Writes the numbers from the fifth row on and draws them at their right."""
    if found.form == "heat":
        _heat(book, sheet, found)
        return
    numbers, head = book.look(num_format=found.format), book.look(bold=True, bottom=1)
    across = found.form == "scatter"
    for i, series in enumerate(found.series):
        column = 2 * i + 1 if across else i + 1
        sheet.write(TOP, column, series.name, head)
        for row, value in enumerate(series.values, TOP + 1):
            if value is None:
                continue
            sheet.write_number(row, column, value, numbers)
            if across and found.across[i][row - TOP - 1] is not None:
                sheet.write_number(row, column - 1, found.across[i][row - TOP - 1])
    for row, label in enumerate(found.labels, TOP + 1):
        sheet.write_string(row, 0, label, book.look())
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, len(found.series), 16)
    sheet.freeze_panes(TOP + 1, 1)
    made = book.file.add_chart(KINDS[found.form])
    name = sheet.get_name()
    for i, series in enumerate(found.series):
        column, last = (2 * i + 1 if across else i + 1), TOP + len(series.values)
        facts: dict[str, Any] = {
            "name": [name, TOP, column],
            "categories": [name, TOP + 1, column - 1 if across else 0, last, column - 1 if across else 0],
            "values": [name, TOP + 1, column, last, column],
        }
        made.add_series(facts | _look(found, i))
    own = theme(False)
    font = {"name": "Arial", "size": 9, "color": own.muted}
    quiet = {"num_font": font, "line": {"none": True}, "major_tick_mark": "none"}
    lines = {"major_gridlines": {"visible": True, "line": {"color": own.border, "width": 0.75}}}
    if found.form == "bar":
        bare = {"visible": False, "major_gridlines": {"visible": False}}
        made.set_x_axis(bare if found.is_labelled else quiet | lines | {"num_format": found.format})
        made.set_y_axis(quiet | {"reverse": True, "label_position": "low"})
    elif found.form != "donut":
        made.set_x_axis(quiet | {"interval_unit": max(1, len(found.labels) // 10), "label_position": "low"})
        made.set_y_axis(quiet | lines | {"num_format": found.format})
    is_named = len(found.series) > 1 or found.form == "donut"
    made.set_legend({"position": "top", "font": font} if is_named else {"none": True})
    made.set_title({"name": chart.title, "name_font": {"name": "Arial", "size": 12, "color": own.text}})
    made.set_chartarea({"border": {"color": own.border}})
    if found.form == "donut":
        made.set_hole_size(62)
    height = max(320, 26 * len(found.labels) + 80) if found.form == "bar" else 380
    made.set_size({"width": 760, "height": min(height, 900)})
    place = 2 * len(found.series) if across else len(found.series) + 1
    sheet.insert_chart(TOP, place + 1, made, {"description": chart.alt or chart.title})


def _look(found: Native, i: int) -> dict[str, Any]:
    series = found.series[i]
    color = series.colors[0]
    if found.form == "line":
        styles = {
            "strong": {"color": color, "width": 2.25},
            "faint": {"color": color, "width": 0.75, "transparency": 55},
            "dotted": {"color": color, "width": 1.25, "dash_type": "round_dot"},
        }
        return {"line": styles[series.style], "marker": {"type": "none"}}
    if found.form == "scatter":
        marker = {"type": ("circle", "square", "triangle", "diamond")[i % 4], "size": 6}
        return {"marker": marker | {"fill": {"color": color}, "border": {"none": True}}}
    look: dict[str, Any] = {"fill": {"color": color}, "gap": 55}
    if len(series.colors) > 1:
        look["points"] = [{"fill": {"color": each}} for each in series.colors]
    if series.below:
        ends = {"plus_values": _lengths(series.above), "minus_values": _lengths(series.below)}
        look["y_error_bars"] = {"type": "custom", **ends, "line": {"color": theme(False).text}}
    elif found.is_labelled:
        font = {"name": "Arial", "size": 9, "color": theme(False).text}
        look["data_labels"] = {"value": True, "num_format": found.format, "font": font}
    if found.form == "donut":
        look["data_labels"] = {"percentage": True}
    return look


def _lengths(values: Sequence[float | None]) -> list[float]:
    return [value or 0.0 for value in values]


def _heat(book: Book, sheet: Worksheet, found: Native) -> None:
    """A table whose cells have the colours."""
    paint = shade([v for series in found.series for v in series.values if v is not None], theme(False))
    for at, label in enumerate(found.labels, 1):
        sheet.write_string(TOP, at, label, book.look(bold=True, align="center"))
    for row, series in enumerate(found.series, TOP + 1):
        sheet.write_string(row, 0, series.name, book.look(bold=True))
        for at, value in enumerate(series.values, 1):
            if value is not None:
                color = paint(value)
                look = book.look(
                    num_format=found.format, bg_color=color, font_color=readable_on(color), align="center"
                )
                sheet.write_number(row, at, value, look)
    sheet.set_column(0, 0, 22)
    sheet.freeze_panes(TOP + 1, 1)
