"""What a chart is drawn on: colours, language, currency and unit; ticks that people can read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape, unescape
from unicodedata import east_asian_width

import numpy as np
import polars as pl

from charts.theme import Theme
from language import numbers

ACROSS = 262  # pixels of a date axis on a phone


@dataclass(frozen=True)
class Sheet:
    theme: Theme
    lang: str
    currency: str
    unit: str

    def exact(self, values: Sequence[float | None]) -> list[str]:
        """Values in full, for hovering."""
        return [numbers.exact(value, self.unit, self.lang, self.currency) for value in values]

    def short(self, values: Sequence[float | None]) -> list[str]:
        """Values for labels, all in one scale."""
        return numbers.column(values, self.unit, self.lang, self.currency)

    def axis(self, low: float, high: float, from_zero: bool) -> dict:
        """A value axis: few round ticks, faint lines, labels in the reader's scale."""
        ticks = nice(min(low, 0) if from_zero else low, max(high, 0) if from_zero else high)
        return {
            "range": [ticks[0], ticks[-1]],
            "tickmode": "array",
            "tickvals": ticks,
            "ticktext": numbers.axis(ticks, self.unit, self.lang, self.currency),
            "showgrid": True,
            "gridwidth": 1,
        }

    def days(self, days: Sequence[date]) -> dict:
        """A date axis with as many dates as fit a phone, the year told where it changes."""
        if len(days) == 0:
            return {}
        if len(days) > 1 and all(day.day == 1 for day in days):
            return self._months(days)
        longest = max(width(numbers.day(day, self.lang, year=False)) for day in (days[0], days[-1]))
        step = max(1, math.ceil(len(days) / (ACROSS // (longest + 10))))
        shown = list(range((len(days) - 1) % step // 2, len(days), step))
        many_years = days[0].year != days[-1].year
        texts, year = [], None
        for i in shown:
            told = numbers.day(days[i], self.lang, year=False)
            if many_years and days[i].year != year:
                told += f"<br>{days[i].year}"
            texts.append(told)
            year = days[i].year
        return {
            "type": "date",
            "tickmode": "array",
            "tickvals": [days[i] for i in shown],
            "ticktext": texts,
            "tickangle": 0,
            "hoverformat": "%-d %b %Y" if self.lang == "en" else "%Y年%-m月%-d日",
        }

    def places(self, names: Sequence[str]) -> dict:
        """An axis of categories in their order, with as many names as fit a phone."""
        longest = max((width(str(name)) for name in names), default=1)
        step = max(1, math.ceil(len(names) / (ACROSS // (longest + 10))))
        shown = [names[i] for i in range(0, len(names), step)]
        order = {"type": "category", "categoryorder": "array", "categoryarray": list(names)}
        return order | {"tickmode": "array", "tickvals": shown, "ticktext": shown, "tickangle": 0}

    def _months(self, days: Sequence[date]) -> dict:
        """A date axis of whole months."""
        texts = [numbers.month(day, self.lang) for day in days]
        step = max(1, math.ceil(len(days) / (ACROSS // (max(map(width, texts)) + 10))))
        shown = list(range((len(days) - 1) % step // 2, len(days), step))
        return {
            "type": "date",
            "tickmode": "array",
            "tickvals": [days[i] for i in shown],
            "ticktext": [texts[i] for i in shown],
            "tickangle": 0,
            "hoverformat": "%b %Y" if self.lang == "en" else "%Y年%-m月",
        }


def nice(low: float, high: float, most: int = 5) -> list[float]:
    """Round values at equal steps that enclose low … high; at most `most` steps of 1, 2, 2.5 or 5."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return [0.0, 1.0]
    if high <= low:
        low, high = (min(low, 0.0), max(high, 0.0)) if high else (0.0, 1.0)
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough * 0.9999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(n * step, 12) for n in range(first, last + 1)]


def floats(column: pl.Series) -> np.ndarray:
    """Values as an array; what is not known is NaN, which Plotly leaves open."""
    return column.cast(pl.Float64).to_numpy()


def known(*arrays: np.ndarray) -> np.ndarray:
    """All finite values of the arrays."""
    joined = np.concatenate([array.ravel() for array in arrays]) if arrays else np.array([])
    return joined[np.isfinite(joined)]


def width(text: str) -> float:
    """Pixels of a text of 12 px, rather too many than too few. Fonts that load late change nothing."""
    return sum(map(_wide, text))


def _wide(sign: str) -> float:
    if east_asian_width(sign) in "WF":
        return 12.5
    return 11.0 if sign in "mwMW@%" else 8.5 if sign.isupper() else 7.0


def beside(axis: dict) -> int:
    """The margin that the labels of a vertical axis need."""
    return round(max((width(unescape(text)) for text in axis.get("ticktext", ())), default=0)) + 10


def words(values: Sequence, longest: int = 0) -> list[str]:
    """Names as Plotly may show them: its markup signs are escaped; cut to `longest` signs where given."""
    texts = ["" if value is None else str(value) for value in values]
    cut = [f"{text[: longest - 1].rstrip()}…" if longest and len(text) > longest else text for text in texts]
    return [escape(text, quote=False) for text in cut]
