"""Native charts of decks: people can edit them and their numbers."""

from __future__ import annotations

from typing import Any

from lxml import etree
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Pt

from charts.chart import Chart
from charts.sheet import Sheet
from charts.theme import readable_on
from reports.deck import LEFT, ROOM, SIGN, TOP, WIDE, Deck, wide
from reports.native import Native, Series
from reports.shapes import heat_told, shade

HIGH = Pt(392)
KINDS = {
    "line": XL_CHART_TYPE.LINE,
    "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "stack": XL_CHART_TYPE.COLUMN_STACKED,
    "bar": XL_CHART_TYPE.BAR_CLUSTERED,
    "donut": XL_CHART_TYPE.DOUGHNUT,
    "scatter": XL_CHART_TYPE.XY_SCATTER,
}


def add_chart(deck: Deck, slide: Any, block: Chart, found: Native) -> None:
    own = deck.theme
    rows = len(found.labels) * len(found.series)
    high = min(HIGH, Pt(max(34 * rows + 30, 250))) if found.form == "bar" else HIGH
    frame = slide.shapes.add_chart(KINDS[found.form], LEFT, TOP, WIDE, high, _data(found))  # type: ignore[arg-type]
    frame.name = block.title
    frame._element._nvXxPr.cNvPr.set("descr", block.alt or block.title)
    chart = frame.chart
    chart.font.size = Pt(12)
    chart.font.color.rgb = RGBColor.from_string(own.muted[1:])
    chart.has_title = False
    chart.has_legend = len(found.series) > 1 or found.form == "donut"
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    if found.form != "donut":
        _axes(chart, found, own)
    plot = chart.plots[0]
    if found.form in ("bar", "column", "stack"):
        plot.gap_width = 60
        plot.overlap = 100 if found.form == "stack" else 0
    if found.form == "donut" or found.is_labelled:
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.font.size = Pt(12)
        labels.font.color.rgb = RGBColor.from_string((own.text if found.form == "bar" else own.card)[1:])
        labels.number_format, labels.number_format_is_linked = found.format, False
        if found.form == "bar":
            labels.position = XL_LABEL_POSITION.OUTSIDE_END
        else:
            labels.show_percentage, labels.show_value = True, False
            labels.number_format = "0%"
    for series, made in zip(found.series, plot.series, strict=True):
        _paint(found, series, made)


def _data(found: Native) -> Any:
    if found.form == "scatter":
        points = XyChartData(number_format=found.format)
        for series, across in zip(found.series, found.across, strict=True):
            made = points.add_series(series.name)
            for x, y in zip(across, series.values, strict=True):
                if x is not None and y is not None:
                    made.add_data_point(x, y)
        return points
    data = CategoryChartData(number_format=found.format)
    data.categories = found.labels
    for series in found.series:
        data.add_series(series.name, series.values)
    return data


def _axes(chart: Any, found: Native, own: Any) -> None:
    across, up = chart.category_axis, chart.value_axis
    for axis in (across, up):
        axis.major_tick_mark = XL_TICK_MARK.NONE
        axis.format.line.fill.background()
    up.has_major_gridlines = not found.is_labelled
    up.tick_labels.number_format, up.tick_labels.number_format_is_linked = found.format, False
    if found.form == "bar":
        across.reverse_order = True
        across.tick_labels.font.color.rgb = RGBColor.from_string(own.text[1:])
    if found.is_labelled:
        up.visible = False
        seen = [value for value in found.series[0].values if value is not None]
        low, high = min(seen, default=0.0), max(seen, default=0.0)
        if low < 0:  # room for the labels at the ends of bars
            span = max(high, 0.0) - low
            up.minimum_scale, up.maximum_scale = low - 0.14 * span, max(high, 0.0) + 0.14 * span
    else:
        up.minimum_scale = found.least
        up.major_gridlines.format.line.color.rgb = RGBColor.from_string(own.border[1:])
        up.major_gridlines.format.line.width = Pt(0.75)
    across.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    across.has_major_gridlines = False
    if found.form in ("line", "column", "stack"):
        fits = max(int(ROOM.pt / (max(map(wide, found.labels), default=1) * 12 * SIGN + 20)), 1)
        step = -(-len(found.labels) // fits)
        before = across._element.find(qn("c:noMultiLvlLbl"))  # the schema wants the steps before it
        for tag in ("c:tickLblSkip", "c:tickMarkSkip"):
            before.addprevious(etree.Element(qn(tag), val=str(step)))


def _paint(found: Native, series: Any, made: Any) -> None:
    color = RGBColor.from_string(series.colors[0][1:])
    if found.form == "line":
        made.smooth = False
        line = made.format.line
        line.color.rgb = color
        line.width = Pt({"strong": 2.5, "faint": 0.75, "dotted": 1.5}[series.style])
        if series.style == "dotted":
            line.dash_style = MSO_LINE.ROUND_DOT
        if series.style == "faint":
            line.color.brightness = 0.55
        made.marker.style = None
        etree.SubElement(made._element.get_or_add_marker(), qn("c:symbol")).set("val", "none")
        return
    if found.form == "scatter":
        made.format.line.fill.background()
        made.marker.size = 6
        made.marker.format.fill.solid()
        made.marker.format.fill.fore_color.rgb = color
        made.marker.format.line.fill.background()
        return
    if found.form != "donut":
        made.invert_if_negative = False
        made.format.fill.solid()
        made.format.fill.fore_color.rgb = color
    if series.below:
        _error_bars(series, made)
    if len(series.colors) > 1:
        for i, each in enumerate(series.colors):
            point = made.points[i].format.fill
            point.solid()
            point.fore_color.rgb = RGBColor.from_string(each[1:])


def _error_bars(series: Series, made: Any) -> None:
    """Custom error bars, which python-pptx cannot make by itself (ECMA-376, CT_ErrBars)."""
    bars = etree.Element(qn("c:errBars"))
    for tag, value in (("errBarType", "both"), ("errValType", "cust"), ("noEndCap", "0")):
        etree.SubElement(bars, qn(f"c:{tag}")).set("val", value)
    for tag, lengths in (("plus", series.above), ("minus", series.below)):
        numbers = etree.SubElement(etree.SubElement(bars, qn(f"c:{tag}")), qn("c:numLit"))
        etree.SubElement(numbers, qn("c:ptCount")).set("val", str(len(lengths)))
        for i, length in enumerate(lengths):
            if length is not None:
                point = etree.SubElement(numbers, qn("c:pt"))
                point.set("idx", str(i))
                etree.SubElement(point, qn("c:v")).text = repr(length)
    made._element.find(qn("c:cat")).addprevious(bars)


def add_heat(deck: Deck, slide: Any, block: Chart, found: Native) -> None:
    """A table whose cells have the colours."""
    own, report = deck.theme, deck.report
    high = min(HIGH // (len(found.series) + 1), Pt(30))
    size = 11 if len(found.labels) < 14 else 9
    shape = slide.shapes.add_table(
        len(found.series) + 1, len(found.labels) + 1, LEFT, TOP, WIDE, high * (len(found.series) + 1)
    )
    shape.name = block.title
    shape._element.graphic.graphicData.tbl[0][-1].text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
    paint = shade([v for each in found.series for v in each.values if v is not None], own)
    sheet = Sheet(own, report.lang, report.currency, block.unit)
    rows: list[list] = [["", *found.labels], *([each.name, *each.values] for each in found.series)]
    for y, row in enumerate(rows):
        shape.table.rows[y].height = high
        for x, value in enumerate(row):
            made = shape.table.cell(y, x)
            made.vertical_anchor = MSO_ANCHOR.MIDDLE
            made.margin_left = made.margin_right = made.margin_top = made.margin_bottom = Pt(2)
            color, text = own.muted, str(value)
            if x and y:
                text = "" if value is None else heat_told(float(value), sheet)
                if value is not None:
                    fill = paint(float(value))
                    made.fill.solid()
                    made.fill.fore_color.rgb = RGBColor.from_string(fill[1:])
                    color = readable_on(fill)
            deck.line(made.text_frame, text, size, color, first=True)
            made.text_frame.paragraphs[0].alignment = PP_ALIGN.CENTER if x else PP_ALIGN.LEFT
