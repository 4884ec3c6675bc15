"""Small pieces of HTML: headings, key figures, findings. Every word from the data is escaped here."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from urllib.parse import quote

from stories.blocks import Finding, Heading, Kpi, Warning

ARROWS = {"up": "↑", "down": "↓", "flat": "→"}
MARKS = {"good": "✓", "bad": "!", "neutral": "•"}


def rich(text: str) -> str:
    """Text as HTML: `**strong**` and line breaks are kept, all else is shown as written."""
    strong = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html.escape(text))
    return strong.replace("\n", "<br>")


def plain(text: str) -> str:
    """Text for a label that Streamlit reads as Markdown: nothing in it is markup."""
    return re.sub(r"([\\`*_{}\[\]()#+.!|~$:<>-])", r"\\\1", text)


def heading(block: Heading) -> str:
    level = min(block.level, 3)
    kind = {1: "pl-title", 2: "pl-section", 3: "pl-head"}[level]
    note = f'<p class="pl-note">{rich(block.note)}</p>' if block.note else ""
    return f'<h{level} class="{kind}">{rich(block.text)}</h{level}>{note}'


def badges(found: Sequence[tuple[str, str]]) -> str:
    """Small labels in a row: (tone, text)."""
    each = (
        f'<span class="pl-{tone}"><span class="pl-pill">{rich(text)}</span></span>' for tone, text in found
    )
    return f'<div class="pl-line">{"".join(each)}</div>'


def title(text: str, note: str = "") -> str:
    """The head of a card."""
    below = f'<p class="pl-sub">{rich(note)}</p>' if note else ""
    return f'<h2 class="pl-head">{rich(text)}</h2>{below}'


def empty(reason: str) -> str:
    return f'<div class="pl-empty">{rich(reason)}</div>'


def kpis(blocks: Sequence[Kpi], opens: bool = False) -> str:
    """Key figures as cards in rows of four, or of two on a phone. opens: a click shows their details."""
    return f'<div class="pl-kpis{" pl-open" if opens else ""}">{"".join(map(kpi, blocks))}</div>'


def kpi(block: Kpi) -> str:
    """One key figure: label, value, change, comparison, target, trend."""
    parts = [
        f'<div class="pl-label">{rich(block.label)}</div>',
        f'<div class="pl-value">{rich(block.value)}</div>',
    ]
    if block.missing:
        parts.append(f'<div class="pl-missing">{rich(block.missing)}</div>')
    if block.change or block.compared:
        pill = f'<span class="pl-pill">{ARROWS[block.direction]} {rich(block.change)}</span>'
        pill = pill if block.change else ""
        parts.append(
            f'<div class="pl-line">{pill}<span class="pl-compared">{rich(block.compared)}</span></div>'
        )
    if block.target:
        share = min(max(block.attainment or 0.0, 0.0), 1.0)
        track = f'<div class="pl-track"><i style="width:{share:.1%}"></i></div>'
        parts.append(f'<div class="pl-target">{rich(block.target)}{track}</div>')
    parts.append(sparkline(block.trend))
    name = html.escape(block.metric)
    plain = "" if block.trend or block.target else " pl-plain"
    return f'<div class="pl-kpi pl-{block.tone}{plain}" data-metric="{name}">{"".join(parts)}</div>'


def sparkline(values: Sequence[float | None]) -> str:
    """A small drawing of the values, gaps left open; nothing where fewer than two are known."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    step, height = 100 / (len(values) - 1), (high - low) or 1.0
    points = [
        None if value is None else f"{i * step:.1f},{29 - 27 * (value - low) / height:.1f}"
        for i, value in enumerate(values)
    ]
    line = area = ""
    for run in _runs(points):
        line += "M" + "L".join(run)
        area += f"M{run[0].split(',')[0]},32L{'L'.join(run)}L{run[-1].split(',')[0]},32Z"
    # st.html drops <svg>, and an image knows no theme: so the drawing masks the card's own colour.
    stroke = "fill='none' stroke='black' stroke-width='1.8' vector-effect='non-scaling-stroke'"
    stroke += " stroke-linejoin='round' stroke-linecap='round'"
    svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 32' preserveAspectRatio='none'>"
    drawn = f"{svg}<path fill-opacity='0.12' d='{area}'/><path {stroke} d='{line}'/></svg>"
    return f'<div class="pl-spark" style="--drawn:url(data:image/svg+xml,{quote(drawn)})"></div>'


def _runs(points: Sequence[str | None]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for point in points:
        if point is None:
            found.append([])
        else:
            found[-1].append(point)
    return [run for run in found if run]


def findings(blocks: Sequence[Finding]) -> str:
    items = []
    for block in blocks:
        action = f'<span class="pl-action">{rich(block.action)}</span>' if block.action else ""
        mark = f'<span class="pl-mark" aria-hidden="true">{MARKS[block.tone]}</span>'
        items.append(f'<li class="pl-{block.tone}">{mark}<span>{rich(block.text)}{action}</span></li>')
    return f'<ul class="pl-findings">{"".join(items)}</ul>'


def warning(block: Warning) -> str:
    mark = '<span class="pl-mark" aria-hidden="true">!</span>'
    return f'<ul class="pl-findings"><li class="pl-warn">{mark}<span>{rich(block.text)}</span></li></ul>'
