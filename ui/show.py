"""Blocks on the screen. Each kind of block has one function; a report has others for the same blocks."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial, singledispatch
from itertools import groupby, pairwise
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from charts.chart import Chart
from language import say
from metrics.metric import REGISTRY
from stories.blocks import Block, Finding, Heading, Kpi, Row, Source, Table, Text, Warning
from ui import card, data, grid
from ui.bars import bars
from ui.screen import Screen

HEAD_START = 0.08  # seconds


class Entry:
    """A small heading with its text, as in a dictionary."""


def show(found: Sequence[Block], screen: Screen) -> None:
    """Draws a story. Key figures that follow one another share a grid, findings a card."""
    for kind, group in groupby(found, key=_kind):
        together: list[Any] = list(group)
        if kind is Entry:
            _entries(together, screen)
        elif kind is Kpi:
            _kpis(together, screen)
            _shown_first()
        elif kind is Finding:
            with _card(screen):
                st.html(card.findings(together))
        else:
            for each in together:
                draw(each, screen)


def _kind(block: Block) -> type:
    small = isinstance(block, Heading) and block.level > 2
    return Entry if small or isinstance(block, Text) else type(block)


def _entries(found: Sequence[Heading | Text], screen: Screen) -> None:
    """Texts; those under small headings as cards in two columns."""
    if not isinstance(found[0], Heading):
        for block in found:
            draw(block, screen)
        return
    starts = [i for i, block in enumerate(found) if isinstance(block, Heading)]
    with st.grid(2, min_column_width=330, key=screen.name("entries")):
        for start, end in pairwise([*starts, len(found)]):
            with _card(screen):
                for block in found[start:end]:
                    draw(block, screen)


@singledispatch
def draw(block: object, screen: Screen) -> None:
    raise TypeError(f"There is no screen form for {type(block).__name__}.")


@draw.register
def _(block: Heading, screen: Screen) -> None:
    if block.level == 1 and screen.head is not None:
        with screen.head:
            st.html(card.heading(block))
    else:
        st.html(card.heading(block))


@draw.register
def _(block: Text, screen: Screen) -> None:
    st.html(f'<div class="pl-text">{card.rich(block.text)}</div>')


@draw.register
def _(block: Source, screen: Screen) -> None:
    st.html(f'<div class="pl-source">{card.rich(block.text)}</div>')


@draw.register
def _(block: Warning, screen: Screen) -> None:
    with _card(screen):
        st.html(card.warning(block))


@draw.register
def _(block: Finding, screen: Screen) -> None:
    with _card(screen):
        st.html(card.findings([block]))


@draw.register
def _(block: Kpi, screen: Screen) -> None:
    _kpis([block], screen)


@draw.register
def _(block: Chart, screen: Screen) -> None:
    title = card.title(block.title, block.note)
    if block.missing or (block.kind == "bar" and block.name not in screen.clicks):
        drawn = card.empty(block.missing) if block.missing else bars(block, screen.lang, screen.shop.currency)
        with _card(screen, "card-bars"):
            st.html(title + drawn)
        return
    clickable = block.name in screen.clicks
    # A chart that can be clicked keeps its key, so that a click is not lost when blocks before it change.
    key = f"chart-{screen.page}-{block.name}" if clickable else screen.name("chart")
    with _card(screen):
        st.html(title)
        if clickable:
            _plot(
                data.figure(screen, key, block), block, key, partial(_clicked, key, screen.clicks[block.name])
            )
        else:
            data.put(screen, key, lambda: _plot(data.figure(screen, key, block), block, key))


def _plot(figure: go.Figure, block: Chart, key: str, clicked: Callable[[], None] | None = None) -> None:
    st.plotly_chart(
        figure,
        theme=None,
        key=key,
        config={"displayModeBar": False, "responsive": True},
        alt=block.alt or block.title,
        height="stretch",
        on_select=clicked or "ignore",
        selection_mode="points",
    )


def _clicked(key: str, call: Callable[[dict], None]) -> None:
    points = st.session_state[key].selection.points
    if points:
        call(points[0])


@draw.register
def _(block: Table, screen: Screen) -> None:
    with _card(screen):
        grid.table(block, screen)


@draw.register
def _(block: Row, screen: Screen) -> None:
    widths = list(block.widths) or [1] * len(block.blocks)
    for column, each in zip(st.columns(widths), block.blocks, strict=True):
        with column:
            show([each], screen)


def _card(screen: Screen, kind: str = "card") -> Any:
    return st.container(key=screen.name(kind), height="stretch")


def _kpis(cards: Sequence[Kpi], screen: Screen) -> None:
    """Cards as one piece of HTML, under buttons as large as they: what opens their details."""
    with st.container(key=screen.name("kpis"), gap=None):
        opens = screen.opens is not None and cards[0].metric in REGISTRY
        st.html(card.kpis(cards, opens))
        if opens:
            with st.container(key=screen.name("opens")):
                for each in cards:
                    _opener(each, screen)


def _shown_first() -> None:
    """Once a session: key figures reach the screen before the code of charts, which blocks it for 0.6 s."""
    if st.session_state.setdefault("figures_first", True):
        st.session_state["figures_first"] = False
        time.sleep(HEAD_START)


def _opener(block: Kpi, screen: Screen) -> None:
    said = say("{label}: {value}. Show details", screen.lang, label=block.label, value=block.value)
    st.button(said, key=f"open-{block.metric}", on_click=screen.opens, args=(block.metric,), width="stretch")
