"""Cells of tables in words, small lines as points, and the key figures that have a value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from language import listing, numbers, say
from stories.blocks import Column, Kpi, Table


def rows(block: Table, columns: Sequence[Column], lang: str, currency: str) -> list[list[str]]:
    """A table's cells as people read them; money of a column has one scale."""
    texts = []
    for column in columns:
        values = block.frame[column.name].to_list()
        if column.kind == "money":
            texts.append(numbers.column(values, "money", lang, currency))
        else:
            texts.append([told(value, column, lang, currency) for value in values])
    return [list(row) for row in zip(*texts, strict=True)]


def told(value: Any, column: Column, lang: str, currency: str) -> str:
    """A cell as people read it; what is not known is "–", an empty text stays empty."""
    if isinstance(value, str):
        return value
    if value is None:
        return "" if column.kind == "text" else numbers.NONE
    if isinstance(value, datetime):
        return f"{numbers.day(value.date(), lang)} {value:%H:%M}"
    if isinstance(value, date):
        return numbers.day(value, lang)
    by_kind = {
        "money": lambda: numbers.compact_money(value, currency, lang),
        "percent": lambda: numbers.percent(value, lang),
        "bar": lambda: numbers.percent(value, lang),
        "change": lambda: numbers.change(value, lang),
        "points": lambda: numbers.points(value, lang),
        "integer": lambda: numbers.integer(value, lang),
        "number": lambda: numbers.number(value, lang),
    }
    return by_kind[column.kind]() if column.kind in by_kind else str(value)


def line(values: Sequence[float | None]) -> list[list[float]]:
    """Points of a small line, x and y from 0 to 1 with y downwards; none where fewer than two are known."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return []
    low, high = min(known), max(known)
    step, span = 1 / (len(values) - 1), (high - low) or 1.0
    return [
        [round(i * step, 4), round(1 - (value - low) / span, 4)]
        for i, value in enumerate(values)
        if value is not None
    ]


def split(cards: Sequence[Kpi], lang: str) -> tuple[list[Kpi], list[str]]:
    """The cards that have a value; and a line a reason for which the others have none."""
    without: dict[str, list[str]] = {}
    for card in cards:
        if card.missing:
            without.setdefault(card.missing, []).append(card.label)
    shown = [card for card in cards if not card.missing]
    return shown, [
        say("{metric}: {reason}.", lang, metric=f"**{listing(labels, lang)}**", reason=reason)
        for reason, labels in without.items()
    ]
