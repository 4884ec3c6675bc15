"""Key figures out of an analysis: the number, what it was before, and which way is good."""

from __future__ import annotations

from typing import Literal

from language import numbers, say
from stories.answered import Answered
from stories.blocks import Kpi, Tone


def figure(
    found: Answered,
    name: str,
    label: str,
    unit: Literal["integer", "percent", "number"],
    table: str,
    column: str,
    before: str,
    lang: str,
    better: Literal["higher", "lower"] = "higher",
    **row: object,
) -> Kpi:
    """column, before: the columns with the number now and of the comparison (null without one)."""
    value, was = found.value(table, column, **row), found.value(table, before, **row)
    printed = numbers.value(value, unit, lang)
    claim = found.claim(printed, table, column, **row)
    if not was or value is None:
        return Kpi(name, label, printed, claim)
    up, told = value > was, numbers.value(was, unit, lang)
    tone: Tone = "neutral" if value == was else "good" if up == (better == "higher") else "bad"
    change = numbers.points(value - was, lang) if unit == "percent" else numbers.change(value / was - 1, lang)
    return Kpi(
        name, label, printed, claim, change=change, tone=tone,
        direction="flat" if value == was else "up" if up else "down",
        compared=say("{value} before", lang, value=told), beside=[found.claim(told, table, before, **row)],
    )  # fmt: skip
