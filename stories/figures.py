"""Key figures out of an analysis: the number, what it was before, and which way is good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from language import numbers, say
from stories.answered import Answered
from stories.blocks import Claim, Kpi, Tone

Unit = Literal["integer", "percent", "number", "money", "score"]
Better = Literal["higher", "lower", ""]  # "": neither
Figure = tuple[str, str, Unit, str, str, Better]  # name, label, unit, table, column, which way is good


def figure(
    found: Answered,
    name: str,
    label: str,
    unit: Unit,
    table: str,
    column: str,
    before: str,
    lang: str,
    better: Better = "higher",
    **row: object,
) -> Kpi:
    """column, before: the columns with the number now and of the comparison (null without one)."""
    was = found.value(table, before, **row)
    told = numbers.value(was, unit, lang)
    return _card(found, name, label, unit, (table, column, row), was, found.claim(told, table, before, **row),
                 lang, better)  # fmt: skip


def cards(
    found: Answered, earlier: Answered | None, prefix: str, figures: Sequence[Figure], lang: str
) -> list[Kpi]:
    """Cards of an analysis whose tables have a row of all (by "", of ""), those without a number left out.

    earlier: the same analysis of the comparison, None without one.
    """
    made = []
    for name, label, unit, table, column, better in figures:
        row = {} if table == "summary" else {"by": "", "of": ""}
        was = earlier.value(table, column, **row) if earlier else None
        told = earlier.claim(_told(earlier, was, unit, lang), table, column, **row) if earlier else None
        own = (table, column, row)
        made.append(_card(found, f"{prefix}_{name}", say(label, lang), unit, own, was, told, lang, better))
    return [card for card in made if card.claim.value is not None]


def _card(
    found: Answered,
    name: str,
    label: str,
    unit: Unit,
    cell: tuple[str, str, dict],
    was: float | None,
    before: Claim | None,
    lang: str,
    better: Better,
) -> Kpi:
    """was, before: the number that it is compared with, and its claim. better: "" has no tone."""
    table, column, row = cell
    value = found.value(table, column, **row)
    printed = _told(found, value, unit, lang)
    claim = found.claim(printed, table, column, **row)
    if not was or value is None or before is None:
        return Kpi(name, label, printed, claim)
    up = value > was
    tone: Tone = "neutral" if value == was or not better else "good" if up == (better == "higher") else "bad"
    change = numbers.points(value - was, lang) if unit == "percent" else numbers.change(value / was - 1, lang)
    return Kpi(
        name, label, printed, claim, change=change, tone=tone,
        direction="flat" if value == was else "up" if up else "down",
        compared=say("{value} before", lang, value=before.printed), beside=[before],
    )  # fmt: skip


def _told(found: Answered, value: float | None, unit: Unit, lang: str) -> str:
    return numbers.value(value, unit, lang, found.asked.shop.currency)
