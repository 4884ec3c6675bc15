"""A table on the screen: sorted by a click on a heading, downloaded as CSV or Excel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from typing import Any

import polars as pl
import polars.selectors as cs
import streamlit as st

from language import numbers, say
from stories.blocks import Column, Table
from ui import card, data
from ui.screen import Screen

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROW, ROWS = 36, 12  # pixels a row; rows before a table scrolls
# Pixels, so that a table of seven columns fits beside another card.
TEXT = {"small": 90, "medium": 125, "large": 320}
WIDTHS = {"trend": 72, "bar": 104, "money": 88, "percent": 82, "change": 78, "points": 104}
WIDTHS |= {"integer": 78, "number": 78}
DAYS = {"en": "D MMM YYYY", "zh": "YYYY年M月D日"}


def table(block: Table, screen: Screen, everything: Callable[[], pl.DataFrame] | None = None) -> None:
    """Draws a table. everything: makes all rows for the download, where `block` shows only the first."""
    key = screen.name(block.name)
    with st.container(horizontal=True, wrap=False, vertical_alignment="top", key=f"cardhead-{key}"):
        st.html(card.title(block.title, block.note), width="stretch")
        if not block.missing:
            _downloads(block, everything or (lambda: block.frame), key, screen.lang)
    if block.missing:
        st.html(card.empty(block.missing))
        return
    data.put(screen, key, lambda: _rows(block, screen, key))


def _rows(block: Table, screen: Screen, key: str) -> None:
    shares = [pl.col(column.name) * 100 for column in block.columns if column.kind == "bar"]
    frame = block.frame.select(column.name for column in block.columns).with_columns(shares)
    st.dataframe(
        _formatted(frame, block.columns, screen),
        hide_index=True,
        key=f"rows-{key}",
        row_height=ROW,
        height="content" if len(frame) <= ROWS else ROW * (ROWS + 1),
        column_config={column.name: _config(column, frame, screen) for column in block.columns},
        placeholder=numbers.NONE,
        alt=block.title or block.name,
    )


def _formatted(frame: pl.DataFrame, columns: Sequence[Column], screen: Screen) -> Any:
    """The frame with numbers as the reader's language writes them; sorting still goes by the numbers."""
    currency, lang = screen.shop.currency, screen.lang
    kinds: dict[str, Callable[[float], str]] = {
        "integer": lambda x: numbers.integer(x, lang),
        "money": lambda x: numbers.compact_money(x, currency, lang),
        "percent": lambda x: numbers.percent(x, lang),
        "change": lambda x: numbers.change(x, lang),
        "points": lambda x: numbers.points(x, lang),
    }
    shown = {column.name: kinds[column.kind] for column in columns if column.kind in kinds}
    for name in (column.name for column in columns if column.kind == "number"):
        digits = max(numbers.digits(frame[name].to_list()), 2)
        shown[name] = partial(numbers.number, lang=lang, digits=digits)
    if not shown:
        return frame
    lists = {name: frame[name].to_list() for name, kind in frame.schema.items() if kind.is_nested()}
    # Streamlit writes every cell as text: NumPy is ten times slower at it than lists.
    return frame.to_pandas().assign(**lists).style.format(shown)


def _config(column: Column, frame: pl.DataFrame, screen: Screen) -> Any:
    wide = TEXT.get(column.width or "") or WIDTHS.get(column.kind)
    known: dict[str, Any] = {"label": column.label, "width": wide}
    if column.kind == "date":
        return st.column_config.DateColumn(**known, format=DAYS[screen.lang])
    if column.kind == "time":
        return st.column_config.DatetimeColumn(
            **known, format=f"{DAYS[screen.lang]} HH:mm", timezone=screen.shop.timezone
        )
    if column.kind == "bar":
        top = max(frame[column.name].drop_nulls().to_list(), default=1.0)
        return st.column_config.ProgressColumn(
            **known, format="%.0f%%", min_value=0.0, max_value=float(top) or 1.0
        )
    if column.kind == "trend":
        return st.column_config.AreaChartColumn(**known)
    if column.kind == "text":
        return st.column_config.TextColumn(**known)
    return st.column_config.NumberColumn(**known)


def _downloads(block: Table, rows: Callable[[], pl.DataFrame], key: str, lang: str) -> None:
    with st.popover(say("Download", lang), icon=":material/download:", key=f"get-{key}", type="tertiary"):
        st.download_button(
            "CSV",
            lambda: _flat(rows()).write_csv().encode("utf-8-sig"),  # the mark tells Excel that it is UTF-8
            f"{block.name}.csv",
            "text/csv",
            key=f"csv-{key}",
            on_click="ignore",
            width="stretch",
        )
        st.download_button(
            "Excel",
            lambda: _workbook(rows(), block.name),
            f"{block.name}.xlsx",
            SHEET,
            key=f"xlsx-{key}",
            on_click="ignore",
            width="stretch",
        )


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Without lists, which no file here can hold, and with text that Excel would run as a formula marked."""
    kept = frame.select(name for name, kind in frame.schema.items() if not kind.is_nested())
    text = kept.select(cs.string()).columns
    risky = {name: pl.col(name).str.contains(r"^[=+\-@\t\r]") for name in text}
    return kept.with_columns(
        pl.when(is_risky).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name, is_risky in risky.items()
    )


def _workbook(frame: pl.DataFrame, name: str) -> bytes:
    file = BytesIO()
    instants = cs.datetime(time_zone="*")  # Excel knows no time zones
    _flat(frame).with_columns(instants.dt.replace_time_zone(None)).write_excel(file, worksheet=name[:31])
    return file.getvalue()
