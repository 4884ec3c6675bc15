"""Reads an analysis's settings from words, by the annotations of its parameters, and writes them."""

from __future__ import annotations

import types
from collections.abc import Callable
from datetime import date
from math import isfinite
from typing import Any, Literal, Union, get_args, get_origin

from metrics.metric import BadQuestion, did_you_mean
from metrics.period import Period

YES, NO = ("yes", "true", "1"), ("no", "false", "0")


def read(name: str, word: str, kind: Any) -> Any:
    """`word` as a value of `kind`: str, int, float, bool, date, Period, Literal, tuple of one kind, or None.

    A period is written START..END, a tuple with commas, None as "none". Raises BadQuestion.
    """
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _read_any(name, word, inside)
    if origin is Literal:
        if word not in inside:
            raise BadQuestion(f"{name} is {_either(inside)}; found {word!r}.{did_you_mean([word], inside)}")
        return word
    if origin is tuple:
        return tuple(read(name, part.strip(), inside[0]) for part in word.split(",") if part.strip())
    try:
        return READERS[kind](word)
    except BadQuestion:
        raise
    except ValueError:
        raise BadQuestion(f"{name} is {WRITTEN[kind]}; found {word!r}.") from None


def word(value: Any) -> str:
    """What `read` reads as `value`."""
    if isinstance(value, tuple | list):
        return ",".join(map(word, value))
    if isinstance(value, Period):
        return f"{value.start}..{value.end}"
    if isinstance(value, bool):
        return YES[0] if value else NO[0]
    return "none" if value is None else str(value)


def _read_any(name: str, word: str, kinds: tuple[Any, ...]) -> Any:
    if type(None) in kinds and word.lower() == "none":
        return None
    problems = []
    for kind in kinds:
        if kind is not type(None):
            try:
                return read(name, word, kind)
            except BadQuestion as problem:
                problems.append(str(problem))
    raise BadQuestion(" Or: ".join(problems))


def _either(words: tuple[Any, ...]) -> str:
    return " or ".join(map(str, words))


def _bool(word: str) -> bool:
    if word.lower() not in (*YES, *NO):
        raise ValueError
    return word.lower() in YES


def _float(word: str) -> float:
    if not isfinite(number := float(word)):
        raise ValueError
    return number


def _period(word: str) -> Period:
    start, _, end = word.partition("..")
    return Period(date.fromisoformat(start), date.fromisoformat(end))


READERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: int,
    float: _float,
    bool: _bool,
    date: date.fromisoformat,
    Period: _period,
}
WRITTEN = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "yes or no",
    date: "a day such as 2026-01-31",
    Period: "a period such as 2026-01-01..2026-01-31",
}
