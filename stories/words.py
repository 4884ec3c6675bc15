"""Words that several stories share."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from language import numbers, say, together
from stories.asked import Asked
from stories.blocks import Heading


def heading(title: str, asked: Asked, lang: str) -> Heading:
    """A page's heading, and below it its days, the compared ones, and how much of it has happened."""
    days = numbers.days(asked.period.start, asked.period.end, lang)
    parts = [days]
    if asked.against:
        against = numbers.days(asked.against.start, asked.against.end, lang)
        parts = [say("{days}, compared with {against}", lang, days=days, against=against)]
    if asked.elapsed.days < asked.period.days:
        facts = {"n": asked.elapsed.days, "of": asked.period.days}
        parts.append(say("({n} of {of} days so far)", lang, **facts))
    return Heading(title, together(parts, lang))


def shares(low: float | None, high: float | None, lang: str) -> str:
    """The interval of a share: "9.1% to 10.8%"."""
    if low is None or high is None:
        return numbers.NONE
    return say("{low} to {high}", lang, low=numbers.percent(low, lang), high=numbers.percent(high, lang))


def points(low: float | None, high: float | None, lang: str) -> str:
    """The interval of a difference of shares: "−1.2 pp to +0.3 pp"."""
    if low is None or high is None:
        return numbers.NONE
    return say("{low} to {high}", lang, low=numbers.points(low, lang), high=numbers.points(high, lang))


def chance(q: float | None, lang: str) -> str:
    """A corrected p-value: "0.024", "< 0.001"."""
    return "< 0.001" if q is not None and q < 0.001 else numbers.number(q, lang, 3)


def texts(values: Sequence[str]) -> pl.Series:
    """A column of words, of an empty table too."""
    return pl.Series(values, dtype=pl.String)


def sentence(text: str, lang: str) -> str:
    """A reason with a capital and a full stop; what ends in one already stays as it is."""
    return text if text[-1:] in ".。" else f"{text[:1].upper()}{text[1:]}{'。' if lang == 'zh' else '.'}"
