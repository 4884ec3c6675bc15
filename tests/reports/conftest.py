"""The hand-made shop's board report, and a report with every block and every kind of chart."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from charts.chart import Chart, Mark
from charts.draw import KINDS
from metrics.period import Period
from reports.shop import Opened, opened
from stories.blocks import Claim, Column, Finding, Heading, Kpi, Row, Source, Table, Text, Warning
from stories.named import named_report
from stories.report import Chapter, Report
from tests.stories.shop import APRIL, MAY, build, more, orders

DAYS = [date(2026, 5, 1) + timedelta(days=i) for i in range(30)]


@pytest.fixture(scope="session")
def shop(tmp_path_factory) -> Opened:
    path = tmp_path_factory.mktemp("reported")
    build(path, orders(), more())
    return opened(str(path))


def told(there: Opened, name: str = "board", lang: str = "en", where: dict | None = None) -> Report:
    """A named report of May against April."""
    named, facts = named_report(name), there.facts()
    asked = there.ask(MAY, APRIL, where or {})
    return named.report(asked, named.gather(asked, facts.checks), facts, lang)


def chart(kind: str) -> Chart:
    """A small chart of a kind, with names in both languages."""
    if kind in ("line", "area"):
        table = pl.DataFrame({"day": DAYS, "y": [float(100 + i % 7) for i in range(30)]})
        table = table.with_columns(before=pl.col("y") - 5, smooth=pl.col("y") + 1)
        marks = [Mark(DAYS[5], "Sale 大促", DAYS[9], "promotion"), Mark(DAYS[20], "Outage", None, "incident")]
        labels = ["By day", "Average 均值", "Before"]
        return Chart(kind, table, "day", "y", compare="before", smooth="smooth", unit="money", labels=labels,
                     marks=marks, title=f"A {kind} 图", partial_from=DAYS[28])  # fmt: skip
    if kind in ("column", "stack"):
        rows = [
            (month, group, 10.0 + n)
            for n, month in enumerate(("Jan", "Feb", "三月"))
            for group in ("Web", "门店")
        ]
        table = pl.DataFrame(rows, schema=["x", "group", "y"], orient="row")
        return Chart(kind, table, "x", "y", "group", unit="integer", title=f"A {kind} 图")
    if kind == "heat":
        rows = [
            (x, y, None if (x, y) == ("3", "Apr") else 0.1 * n)
            for n, x in enumerate("123")
            for y in ("Mar", "Apr")
        ]
        table = pl.DataFrame(rows, schema=["x", "y", "share"], orient="row")
        return Chart(kind, table, "x", "y", "share", unit="percent", title="A heat 图")
    if kind == "flow":
        links = [(1, "visit", "view 图", 60), (1, "visit", None, 40), (2, "view 图", "cart", 20)]
        table = pl.DataFrame(links, schema=["depth", "source", "target", "n"], orient="row")
        return Chart(kind, table, "source", "n", unit="integer", title="A flow 图")
    if kind == "scatter":
        table = pl.DataFrame(
            {"x": [1.0, 2.0, 3.0, 4.0], "y": [4.0, 1.0, 3.0, 2.0], "group": ["a", "a", "b", "b"]}
        )
        return Chart(kind, table, "x", "y", "group", title="A scatter 图")
    if kind == "interval":
        table = pl.DataFrame(
            {
                "x": ["Organic", "邮件", "Ads"],
                "y": [2.0, 5.0, 3.0],
                "low": [1.0, 4.5, None],
                "high": [4.0, 6.0, None],
                "true": [2.5, 7.0, 3.0],
                "tone": ["good", "bad", "neutral"],
            }
        )
        return Chart(kind, table, "x", "y", "tone", compare="true", low="low", high="high",
                     labels=["Found 还原", "True 真值"], title="An interval 图")  # fmt: skip
    names, values = ["Organic search", "邮件", "<b>Ads</b> & $co"], [30.0, 20.0, 5.0]
    if kind == "bar":
        table = pl.DataFrame({"x": names, "y": [30.0, -20.0, 5.0], "tone": ["good", "bad", "neutral"]})
        return Chart(kind, table, "x", "y", "tone", unit="money", title="A bar 图")
    return Chart(
        kind, pl.DataFrame({"x": names, "y": values}), "x", "y", unit="integer", title=f"A {kind} 图"
    )


@pytest.fixture(scope="session")
def everything() -> Report:
    """Every block of stories.blocks, every kind of column and of chart, and a table of 120 rows."""
    claim = Claim("orders", 120.0, 120, "2026-05-01", "2026-05-30")
    long = pl.DataFrame(
        {"name": [f"Row {i} 行" for i in range(120)], "value": [float(i) for i in range(120)]}
    )
    kinds = pl.DataFrame({
        "text": ["One **strong**", None], "number": [1.5, None], "integer": [12345, None], "money": [9.5, None],
        "percent": [0.5, None], "change": [-0.1, None], "date": [date(2026, 5, 1), None], "bar": [0.4, None],
        "trend": [[1.0, 2.0, 1.5], []],
    })  # fmt: skip
    columns = [Column(name, name.capitalize(), name) for name in kinds.columns]  # type: ignore[arg-type]
    nothing = Chart(
        "bar",
        pl.DataFrame(schema={"x": pl.String, "y": pl.Float64}),
        "x",
        "y",
        title="Empty",
        missing="No data yet",
    )
    blocks = [
        Heading("A heading 标题", "Its note", 2),
        Text("A text with **weight**\nand a second line"),
        Warning("A warning <i>as written</i>"),
        Finding("A finding of **120**", "bad", [claim], "Do something"),
        Source("A source"),
        Row([Text("Left"), Table(long.head(3), [Column("name", "Name")], title="Right")], [1, 2]),
        Row([chart("line"), chart("bar")], [2, 1]),
        nothing,
        *(chart(kind) for kind in KINDS),
        Table(kinds, columns, title="Kinds of columns", note="All of them"),
        Table(
            long,
            [Column("name", "Name"), Column("value", "Value", "number")],
            title="Long table",
            message="What it says",
        ),
        Table(long, [Column("gone", "Gone")], title="No table", missing="Nothing to list"),
    ]
    cards = [
        Kpi(
            "orders",
            "Orders 订单",
            "120",
            claim,
            "+20.0%",
            "up",
            "good",
            "was 100",
            "80% of target 150",
            0.8,
            [1, None, 3, 2],
        ),
        Kpi("nps", "NPS", "–", Claim("nps", None), missing="needs surveys"),
    ]
    chapters = [Chapter("figures", "Figures", cards), Chapter("section", "Blocks 板块", blocks)]
    days = Period(DAYS[0], DAYS[-1])
    return Report(
        "all", "Every block", "May 2026", days, {"Period": "May"}, chapters, "zh", "CNY", DAYS[-1], 1
    )
