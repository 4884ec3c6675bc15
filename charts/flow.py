"""A flow through steps (Sankey): nodes by depth, and bands between them as wide as what goes over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from charts.chart import Chart
from charts.sheet import Sheet, words
from charts.theme import see_through

HEIGHT = 260  # pixels
GAP = 0.04  # of the height, between two nodes
WIDE = 0.1  # of the room between two depths, a node


@dataclass(frozen=True)
class Node:
    """Of a depth from 0; top and bottom in shares of the height, the first node of a depth at 1."""

    depth: int
    name: str
    value: int
    top: float
    bottom: float


@dataclass(frozen=True)
class Band:
    """Between two nodes: upper and lower edge at its beginning and at its end."""

    source: Node
    target: Node
    value: int
    start: tuple[float, float]
    end: tuple[float, float]

    def corners(self) -> Iterator[tuple[float, float]]:
        """Eight points: a curve along the upper edge and one back along the lower, each with its controls."""
        left, right = self.source.depth + WIDE, float(self.target.depth)
        middle = (left + right) / 2
        yield from (
            (left, self.start[0]),
            (middle, self.start[0]),
            (middle, self.end[0]),
            (right, self.end[0]),
        )
        yield from (
            (right, self.end[1]),
            (middle, self.end[1]),
            (middle, self.start[1]),
            (left, self.start[1]),
        )


def layout(chart: Chart) -> tuple[list[Node], list[Band]]:
    """From a table of depth (from 1), source, target (null: it ends there) and n."""
    rows = chart.table
    depths: int = rows["depth"].max() or 0  # type: ignore[assignment]
    values: list[dict[str, int]] = [{} for _ in range(depths + 1)]
    for depth, source, target, n in rows.select("depth", "source", "target", "n").iter_rows():
        values[depth - 1].setdefault(source, 0)
        if depth == 1:
            values[0][source] += n
        if target is not None:
            values[depth][target] = values[depth].get(target, 0) + n
    total, most = sum(values[0].values()) or 1, max(map(len, values))
    scale = (1 - GAP * most) / total
    nodes: dict[tuple[int, str], Node] = {}
    for depth, of in enumerate(values):
        top = 1.0
        for name, value in sorted(of.items(), key=lambda each: -each[1]):
            nodes[depth, name] = Node(depth, name, value, top, top - value * scale)
            top -= value * scale + GAP
    out, into = ({key: node.top for key, node in nodes.items()} for _ in range(2))
    bands = []
    for depth, source, target, n in (
        rows.drop_nulls("target")
        .sort("depth", "n", descending=[False, True], maintain_order=True)
        .select("depth", "source", "target", "n")
        .iter_rows()
    ):
        a, b = (depth - 1, source), (depth, target)
        start, end = out[a], into[b]
        out[a], into[b] = start - n * scale, end - n * scale
        bands.append(Band(nodes[a], nodes[b], n, (start, out[a]), (end, into[b])))
    return list(nodes.values()), bands


def colors(nodes: list[Node], sheet: Sheet) -> dict[str, str]:
    """Name → colour, the largest names first."""
    names = dict.fromkeys(node.name for node in sorted(nodes, key=lambda each: (each.depth, -each.value)))
    return {name: sheet.theme.categorical[i % 10] for i, name in enumerate(names)}


def lowest(nodes: list[Node]) -> float:
    """Where the drawing ends: nodes of which little goes on leave room below."""
    return min((node.bottom for node in nodes), default=0.0) - 0.02


def told(node: Node, sheet: Sheet) -> str:
    return f"{node.name} {sheet.short([node.value])[0]}"


def draw(chart: Chart, sheet: Sheet) -> tuple[list[dict], dict]:
    nodes, bands = layout(chart)
    color, last = colors(nodes, sheet), max((node.depth for node in nodes), default=0)
    shapes = []
    for band in bands:
        a, b, c, d, e, f, g, h = (f"{x:.4f},{y:.4f}" for x, y in band.corners())
        path = f"M {a} C {b} {c} {d} L {e} C {f} {g} {h} Z"
        fill = see_through(color[band.source.name], 0.28)
        shapes.append(
            {"type": "path", "path": path, "fillcolor": fill, "line": {"width": 0}, "layer": "below"}
        )
    for node in nodes:
        box: dict = {"x0": node.depth, "x1": node.depth + WIDE, "y0": node.bottom, "y1": node.top}
        shapes.append({"type": "rect", **box, "fillcolor": color[node.name], "line": {"width": 0}})
    names = [
        {
            "x": node.depth + WIDE, "y": (node.top + node.bottom) / 2, "xanchor": "left", "xshift": 3,
            "text": words([told(node, sheet)], 16)[0], "showarrow": False,
            "font": {"size": 11, "color": sheet.theme.text},
        }
        for node in nodes
        if node.top - node.bottom > 0.012
    ]  # fmt: skip
    middle = [((b.source.depth + WIDE + b.target.depth) / 2, (sum(b.start) + sum(b.end)) / 4) for b in bands]
    says = [f"{b.source.name} → {b.target.name}: {sheet.exact([b.value])[0]}" for b in bands]
    trace = {
        "type": "scatter", "mode": "markers", "x": [x for x, _ in middle], "y": [y for _, y in middle],
        "marker": {"size": 18, "opacity": 0}, "customdata": words(says),
        "hovertemplate": "%{customdata}<extra></extra>",
    }  # fmt: skip
    off = {"visible": False, "fixedrange": True}
    return [trace], {
        "height": HEIGHT,
        "margin": {"l": 2, "r": 2, "t": 4, "b": 4},
        "xaxis": {**off, "range": [0, last + 0.75]},
        "yaxis": {**off, "range": [lowest(nodes), 1.02]},
        "shapes": shapes,
        "annotations": names,
    }


def largest(table: pl.DataFrame, count: int = 12) -> pl.DataFrame:
    """The largest links, for forms that cannot draw a flow: link, n."""
    rows = table.drop_nulls("target").sort("n", descending=True, maintain_order=True).head(count)
    return rows.select(link=pl.format("{}. {} → {}", "depth", "source", "target"), n="n")
