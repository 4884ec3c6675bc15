"""Numbers and dates as people of each language write them. Locale facts come from Babel (CLDR).

Rates are fractions: 0.123 is 12.3 %. Nothing known is "–", never "nan". The minus is a minus sign.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TypeGuard
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_interval, format_time
from babel.numbers import (
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
)

from language import LOCALES, phrase, say

NONE = "–"
SCALES = {"en": ((1e9, "B"), (1e6, "M"), (1e3, "K")), "zh": ((1e8, "亿"), (1e4, "万"))}
LENGTHS = ((86400, phrase("{n} d")), (3600, phrase("{n} h")), (60, phrase("{n} min")), (1, phrase("{n} s")))
DATES = {"en": "en_GB", "zh": "zh_Hans_CN"}  # "2 Apr 2026": no doubt which is the month


def value(x: float | None, unit: str, lang: str, currency: str = "USD") -> str:
    """A metric's value by its unit, short enough for a card."""
    if unit == "money":
        return compact_money(x, currency, lang)
    if unit == "percent":
        return percent(x, lang)
    if unit == "ratio":
        return f"{number(x, lang)}×" if _known(x) else NONE
    if unit == "integer":  # a target of 57.9 buyers is one of 58
        return compact(round(x), lang) if _known(x) else NONE
    if unit == "score":
        return number(x, lang, 1)
    return number(x, lang)


def exact(x: float | None, unit: str, lang: str, currency: str = "USD") -> str:
    """A metric's value by its unit, not shortened."""
    if unit == "money":
        return money(x, currency, lang)
    if unit == "percent":
        return percent(x, lang, 2)
    return integer(x, lang) if unit == "integer" else value(x, unit, lang, currency)


def money(x: float | None, currency: str, lang: str) -> str:
    """ "$1,234.50" or "US$1,234.50"."""
    return _signed(x, get_currency_precision(currency), lang, symbol(currency, lang))


def compact_money(x: float | None, currency: str, lang: str) -> str:
    """ "$1.2M" or "¥120万"; below 10,000 in full."""
    if not _known(x):
        return NONE
    if abs(x) >= 9999.5:
        return _scaled(x, lang, symbol(currency, lang))
    digits = get_currency_precision(currency) if abs(x) < 999.995 else 0
    return _signed(x, digits, lang, symbol(currency, lang))


def compact(x: float | None, lang: str) -> str:
    """ "213.8K" or "21.4万"; below 10,000 in full."""
    if not _known(x):
        return NONE
    if abs(x) >= 9999.5:
        return _scaled(x, lang)
    return _signed(x, 0 if abs(x) >= 100 or float(x).is_integer() else 1, lang)


def axis(ticks: list[float], unit: str, lang: str, currency: str = "USD") -> list[str]:
    """The labels of an axis: all in one scale, with as many digits as tell them apart."""
    largest = max(map(abs, ticks), default=0)
    sign = symbol(currency, lang) if unit == "money" else ""
    if unit == "percent":
        return [f"{_number(tick * 100, _digits([t * 100 for t in ticks]), lang)}%" for tick in ticks]
    scales = [*SCALES[lang], (1.0, "")]
    place = next(i for i, (scale, _) in enumerate(scales) if largest >= scale or scale == 1)
    is_smallest = place == len(SCALES[lang]) - 1
    if is_smallest and largest < 10 * scales[place][0] and _digits([t / scales[place][0] for t in ticks]):
        place += 1  # 200, 400 … 1,000 rather than 0.2K, 0.4K … 1.0K
    scale, word = scales[place]
    digits = _digits([tick / scale for tick in ticks])
    return ["0" if tick == 0 else _signed(tick / scale, digits, lang, sign, word) for tick in ticks]


def column(values: Sequence[float | None], unit: str, lang: str, currency: str = "USD") -> list[str]:
    """Values that stand under one another: money in one scale, with cents only where all are below 1,000."""
    largest = max((abs(x) for x in values if _known(x)), default=0.0)
    if unit != "money" or largest < 999.995:
        return [value(x, unit, lang, currency) for x in values]
    sign = symbol(currency, lang)
    smallest = min((abs(x) for x in values if _known(x) and x), default=largest)
    scales = SCALES[lang] if largest >= 99_999.5 else ()
    for scale, word in scales:
        if largest >= scale and smallest >= 0.05 * scale:
            return [_signed(x / scale, 1, lang, sign, word) if _known(x) else NONE for x in values]
    return [_signed(x, 0, lang, sign) for x in values]


def number(x: float | None, lang: str, digits: int = 2) -> str:
    return _signed(x, digits, lang)


def significant(x: float | None, lang: str) -> str:
    """Three digits that matter, four before the point: "0.0219", "1.84", "52.1", "1,203"."""
    if not _known(x):
        return NONE
    return _signed(x, digits([x]), lang)


def digits(values: Sequence[float | None]) -> int:
    """Digits after the point with which the largest of the values has three that matter; 4 at most."""
    largest = max((abs(x) for x in values if _known(x)), default=0.0)
    return min(max(2 - math.floor(math.log10(largest)), 0), 4) if largest else 0


def integer(x: float | None, lang: str) -> str:
    return _signed(x, 0, lang)


def percent(x: float | None, lang: str, digits: int = 1) -> str:
    """ "12.3%" of 0.123."""
    return _signed(x * 100, digits, lang, after="%") if _known(x) else NONE


def change(x: float | None, lang: str, digits: int = 1) -> str:
    """A relative change with its sign: "+12.3%". More than tenfold is told as a multiple."""
    if not _known(x):
        return NONE
    if x > 9.995:
        return say("{n} times", lang, n=number(x + 1, lang, 0))
    return _plus(x, digits, lang, 100, "%")


def points(x: float | None, lang: str, digits: int = 1) -> str:
    """A change of a rate: "+0.4 pp" or "+0.4 个百分点"."""
    if not _known(x):
        return NONE
    return say("{n} pp", lang, n=_plus(x, digits, lang, 100))


def difference(x: float | None, unit: str, lang: str, currency: str = "USD") -> str:
    """A change in the metric's own unit, with its sign."""
    if unit == "percent":
        return points(x, lang)
    text = value(x, unit, lang, currency)
    return f"+{text}" if _known(x) and x > 0 and any(digit in text for digit in "123456789") else text


@lru_cache(maxsize=4096)
def day(d: date | None, lang: str, year: bool = True) -> str:
    """ "2 Apr 2026" or "2026年4月2日"; without the year "2 Apr" or "4月2日"."""
    if d is None:
        return NONE
    if year:
        return format_date(d, "medium", locale=DATES[lang])
    return format_date(d, "d MMM" if lang == "en" else "M月d日", locale=DATES[lang])


@lru_cache(maxsize=4096)
def month(d: date, lang: str) -> str:
    """ "Apr 2026" or "2026年4月"."""
    return format_date(d, "MMM yyyy" if lang == "en" else "yyyy年M月", locale=DATES[lang])


@lru_cache(maxsize=256)
def days(start: date, end: date, lang: str) -> str:
    """ "2 Apr – 30 Jun 2026", "1–3 May 2026" or "2026年4月2日至6月30日"; both days are in it."""
    if start == end:
        return day(start, lang)
    text = format_interval(start, end, "yMMMd", locale=DATES[lang])
    within = (start.year, start.month) == (end.year, end.month)
    dash = "至" if lang == "zh" else "–" if within else " – "
    return re.sub(r"\s*–\s*", dash, text)  # versions of the locale data differ in the spaces around it


def moment(t: datetime, zone: str, lang: str) -> str:
    """ "2 Apr 2026, 14:05" in the shop's time zone."""
    local = t.astimezone(ZoneInfo(zone))
    clock = format_time(local, "HH:mm", locale=DATES[lang])
    return f"{day(local.date(), lang)}, {clock}" if lang == "en" else f"{day(local.date(), lang)} {clock}"


def duration(seconds: float | None, lang: str) -> str:
    """ "3 h 20 min", "2 d 4 h", "45 s": the two largest units."""
    if not _known(seconds):
        return NONE
    left, parts = round(seconds), list[tuple[str, int]]()
    for size, text in LENGTHS:
        if left >= size or (size == 1 and not parts):
            parts.append((text, left // size))
            left %= size
    return " ".join(say(text, lang, n=n) for text, n in parts[:2])


def _known(x: float | None) -> TypeGuard[float]:
    return x is not None and math.isfinite(x)


def _digits(ticks: list[float]) -> int:
    return next((n for n in range(4) if all(abs(round(t, n) - t) < 1e-9 * max(1, abs(t)) for t in ticks)), 3)


def _scaled(x: float, lang: str, before: str = "") -> str:
    for scale, word in SCALES[lang]:
        part = abs(x) / scale
        if part >= 0.99995:  # 999,960 is 1M, not 1,000K
            fine = word == "万" and part < 9.995  # 1.23万 is as exact as 12.3K
            digits = 0 if part >= 999.95 else 2 if fine else 1
            shown = round(part, digits)
            return _signed(math.copysign(shown, x), 0 if shown.is_integer() else digits, lang, before, word)
    return _signed(x, 0, lang, before)


def _plus(x: float, digits: int, lang: str, times: float = 1, after: str = "") -> str:
    shown = round(x * times, digits)
    return ("+" if shown > 0 else "") + _signed(shown, digits, lang, after=after)


def _signed(x: float | None, digits: int, lang: str, before: str = "", after: str = "") -> str:
    if not _known(x):
        return NONE
    text = _number(abs(x), digits, lang)
    zero = not text.strip("0.,")
    return ("−" if x < 0 and not zero else "") + before + text + after


@lru_cache(maxsize=16384)
def _number(x: float, digits: int, lang: str) -> str:
    """As Babel's pattern "#,##0.00" writes it, rounding half to even, fifty times faster."""
    return f"{Decimal(str(x)):,.{digits}f}".translate(_signs(lang))


@lru_cache(maxsize=8)
def _signs(lang: str) -> dict[int, str]:
    locale = LOCALES[lang]
    return {ord(","): get_group_symbol(locale), ord("."): get_decimal_symbol(locale)}


@lru_cache(maxsize=64)
def symbol(currency: str, lang: str) -> str:
    """ "$", "US$" or "CHF "."""
    sign = get_currency_symbol(currency, locale=LOCALES[lang])
    return f"{sign} " if sign.isalpha() else sign
