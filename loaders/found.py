"""A block of their rows, by column name, by path into nested values, and by expression."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from loaders import values
from loaders.expression import expression, roots, top
from loaders.loader import BadInput

Read = tuple[pl.Series, pl.Series]  # values, and why one could not be read (null where it could)


class Found:
    """A block of their rows. Each column is read once, however many rules want it."""

    def __init__(self, frame: pl.DataFrame, numbers: list[str]) -> None:
        self.frame = frame
        self.numbers = numbers
        self._read: dict[object, Any] = {}

    def has(self, name: str) -> bool:
        return name in self.frame.columns or top(name) in self.frame.columns

    def column(self, name: str) -> pl.Series:
        """A column, or what a path such as `device.category` or `params[page]` leads to."""
        if name in self.frame.columns:
            return self.frame[name]
        if not self.has(name):  # JSON Lines leave out what is empty, so a block may lack a column
            return pl.Series(name, [None], dtype=pl.String).new_from_index(0, self.frame.height)
        key = ("path", name)
        if key not in self._read:
            self._read[key] = follow(self.frame[top(name)], re.findall(r"\.(\w+)|\[(\w+)\]", name))
        return self._read[key]

    def text(self, name: str) -> pl.Series:
        key = ("text", name)
        if key not in self._read:
            self._read[key] = values.as_text(self.column(name)).rename(name)
        return self._read[key]

    def expression(self, sql: str, where: str, style: values.Style) -> Read:
        """An expression's values, and which number in it could not be read."""
        given, problems = [], []
        for name in roots(sql):
            if name in self.numbers:
                number, problem = self.value(name, pl.Float64(), style)
                given.append(number.rename(name))
                problems.append(pl.select(pl.format(name + ": {}", problem)).to_series())
            else:
                given.append(self.text(name))
        try:
            frame = pl.DataFrame([self.frame["_row"], *given])
            found = frame.select(_row="_row", value=expression(sql, where))["value"]
        except pl.exceptions.PolarsError as error:
            first = str(error).splitlines()[0]
            hint = "A column in an expression is text unless `numbers` under [read] names it."
            raise BadInput(f"{where}: {sql!r} cannot be worked out ({first}). {hint}") from None
        return found, joined(problems, self.frame.height)

    def value(self, name: str, dtype: pl.DataType, style: values.Style, key: object = None) -> Read:
        place = ("value", name, dtype, key)
        if place not in self._read:
            self._read[place] = values.read(self.column(name), dtype, style)
        return self._read[place]


def follow(nested: pl.Series, path: list[tuple[str, str]]) -> pl.Series:
    """Into a struct by field; into a list by place, or by key where it is of key and value. Else null."""
    for field, key in path:
        dtype = nested.dtype
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(nested))
        if key.isdigit():
            if not isinstance(dtype, pl.List):
                return nothing
            nested = nested.list.get(int(key), null_on_oob=True)
        elif key:
            if not (isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Struct)):
                return nothing
            chosen = pl.element().filter(pl.element().struct.field("key") == key).first()
            nested = nested.list.eval(chosen).list.first()
            if "value" not in {one.name for one in dtype.inner.fields}:
                return nothing
            nested = nested.struct.field("value")
            if isinstance(nested.dtype, pl.Struct):
                parts = [nested.struct.field(one.name) for one in nested.dtype.fields]
                plain = [values.as_text(part) for part in parts if not part.dtype.is_nested()]
                nested = pl.select(pl.coalesce(plain)).to_series() if plain else nothing
        else:
            if not isinstance(dtype, pl.Struct) or field not in {one.name for one in dtype.fields}:
                return nothing
            nested = nested.struct.field(field)
    return nested


def joined(problems: list[pl.Series], height: int) -> pl.Series:
    """One text a row out of several, null where none has a problem."""
    some = [problem for problem in problems if problem.null_count() < len(problem)]
    if not some:
        return pl.Series([None], dtype=pl.String).new_from_index(0, height)
    together = pl.select(pl.concat_str(some, separator="; ", ignore_nulls=True)).to_series()
    return together.set(together == "", None)
