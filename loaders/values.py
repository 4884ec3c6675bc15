"""Their values → values of our types, with the reason where one cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from loaders import dates

EMPTY = ("", "\\N", "NULL", "null")
EMPTY_NUMBER = (*EMPTY, "NA", "N/A", "#N/A", "None", "none", "-")
PLAIN = (pl.String, pl.Boolean, pl.Date, pl.Null)
YES = ("true", "t", "yes", "y", "1", "1.0", "是")
NO = ("false", "f", "no", "n", "0", "0.0", "否")
_MONEY_SIGNS = r"[\s\u00a0\u202f'’€$£¥₹]|R\$|US\$|CN¥"


@dataclass(frozen=True)
class Style:
    """How a column is written. zone: of times without one.

    order and decimal answer "dmy" or "mdy" and "." or ","; they are asked only where it matters. decimal
    is given the values that hold a comma.
    """

    zone: str
    order: dates.Order
    decimal: Callable[[pl.Series], str]


def read(values: pl.Series, dtype: pl.DataType, style: Style) -> tuple[pl.Series, pl.Series]:
    """The values as `dtype`, and why one could not be read: null where it could, or was empty."""
    if not (values.dtype in PLAIN or values.dtype.is_numeric() or isinstance(values.dtype, pl.Datetime)):
        values = as_text(values)
    if isinstance(dtype, pl.Datetime):
        return dates.instants(_without(values, EMPTY_NUMBER), style.zone, style.order)
    if dtype == pl.Date:
        return dates.days(_without(values, EMPTY_NUMBER), style.zone, style.order)
    if dtype == pl.Boolean:
        return _flags(values)
    if dtype.is_numeric():
        return _numbers(_without(values, EMPTY_NUMBER), dtype, style)
    return as_text(values), _no_problem(values)


def _no_problem(values: pl.Series) -> pl.Series:
    return pl.Series([None], dtype=pl.String).new_from_index(0, len(values))


def _without(values: pl.Series, empty: tuple[str, ...]) -> pl.Series:
    if values.dtype != pl.String:
        return values
    values = values.str.strip_chars()
    return values.set(values.is_in(empty), None)


def as_text(values: pl.Series) -> pl.Series:
    """Text without blanks around. A whole number that a file stored as 17850.0 is 17850."""
    dtype = values.dtype
    if dtype == pl.String:
        return _without(values, EMPTY)
    if dtype.is_float():
        whole = values.cast(pl.Int64, strict=False)
        same = (whole.cast(pl.Float64) == values.cast(pl.Float64)).fill_null(False)
        return whole.cast(pl.String).zip_with(same, values.cast(pl.String))
    if isinstance(dtype, pl.Decimal):
        return values.cast(pl.String).str.replace(r"\.0+$", "")
    if dtype == pl.Binary:
        return pl.Series(
            [None if one is None else one.decode("utf-8", "replace") for one in values], dtype=pl.String
        )
    if dtype.is_nested() or dtype in (pl.Duration, pl.Object):
        return pl.Series([None if one is None else str(one) for one in values.to_list()], dtype=pl.String)
    return values.cast(pl.String)


def _flags(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    if values.dtype == pl.Boolean:
        return values, _no_problem(values)
    text = _without(as_text(values), EMPTY_NUMBER)
    small = text.str.to_lowercase()
    no = pl.Series([None], dtype=pl.Boolean).new_from_index(0, len(values))
    found = small.is_in(YES).zip_with(small.is_in((*YES, *NO)).fill_null(False), no)
    return found, _reasons(text, found, "not yes or no")


def _numbers(values: pl.Series, dtype: pl.DataType, style: Style) -> tuple[pl.Series, pl.Series]:
    text = values
    if values.dtype == pl.String:
        number = _written(values, style.decimal(values))
    elif values.dtype.is_numeric() or values.dtype == pl.Boolean:
        number = values.cast(pl.Float64)
    else:
        text = as_text(values)
        number = _written(text, ".")
    number = number.set(~number.is_finite(), None)
    problem = _reasons(text, number, "not a number")
    if dtype.is_float():
        return number, problem
    whole = number.set((number != number.round()) | (number.abs() > 2**53), None)
    problem = problem.zip_with(number.is_null(), _reasons(text, whole, "not a whole number"))
    return whole.cast(dtype), problem


def _written(text: pl.Series, decimal: str) -> pl.Series:
    """Numbers as people write them: 1,234.50, 1.234,50, (12.50), 12.5 %, € 3."""
    number = (text if decimal == "." else text.clear().extend_constant(None, len(text))).cast(
        pl.Float64, strict=False
    )
    places = (number.is_null() & text.is_not_null()).arg_true()
    if not len(places):
        return number
    odd = text.gather(places).str.replace_all(_MONEY_SIGNS, "")
    odd = odd.str.replace(r"^\((.+)\)$", "-$1").str.replace_all("−", "-", literal=True)
    share = odd.str.ends_with("%")
    odd = odd.str.strip_suffix("%")
    if decimal == ",":
        sound = odd.str.contains(r"^[+-]?(\d{1,3}(\.\d{3})+|\d*)(,\d+)?([eE][+-]?\d+)?$")
        odd = odd.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    else:
        sound = odd.str.contains(r"^[+-]?(\d{1,3}(,\d{3})+|\d*)(\.\d*)?([eE][+-]?\d+)?$")
        odd = odd.str.replace_all(",", "", literal=True)
    found = odd.cast(pl.Float64, strict=False).set(~sound, None)
    return number.scatter(places, (found / 100).zip_with(share, found))


def _reasons(values: pl.Series, found: pl.Series, why: str) -> pl.Series:
    lost = values.is_not_null() & found.is_null()
    if not lost.any():
        return _no_problem(values)
    text = values.cast(pl.String).str.slice(0, 100)
    shown = pl.select(pl.format(why + ': "{}"', text)).to_series()
    return _no_problem(values).zip_with(~lost, shown)


class DecimalTally:
    """Counts in a column the numbers whose comma can only mark thousands, or only the fraction."""

    answers = (".", ",")
    ask = (
        "Say which: --option decimal=. (a point before the fraction) or decimal=, (a comma), "
        'or decimal = "," under [read] in a mapping.'
    )

    def __init__(self) -> None:
        self.votes = [0, 0]
        self.examples = ["", ""]
        self.open = ""

    def add(self, values: pl.Series) -> None:
        text = values.cast(pl.String).drop_nulls().str.replace_all(_MONEY_SIGNS + r"|[%()+−-]", "")
        text = text.filter(text.str.contains(",", literal=True) & text.str.contains(r"^[\d.,]+$"))
        only = [
            text.filter(text.str.contains(r",\d{3}\.\d*$|^\d{1,3}(,\d{3}){2,}$")),
            text.filter(text.str.contains(r"^\d+,(\d{1,2}|\d{4,})$|^\d{4,},\d+$|\.\d{3},\d+$|^0?,\d+$")),
        ]
        for place, some in enumerate(only):
            self.votes[place] += len(some)
            self.examples[place] = self.examples[place] or next(iter(some.head(1)), "")
        self.open = self.open or next(iter(text.head(1)), "")

    def doubt(self) -> str:
        return f"{self.open!r} may be a thousand or a fraction, and no value decides which."
