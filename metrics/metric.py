"""What a metric is: one declaration that cards, tooltips, reports, the dictionary and tests all read.

A metric registers by being declared at the top of a module in this folder. Its value is a Narwhals
expression, so the same declaration runs on Polars, DuckDB, PySpark or whatever Ibis reaches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Literal

import narwhals as nw
import polars as pl
from narwhals.exceptions import ColumnNotFoundError

How = Literal["additive", "ratio", "distinct"]

PERSONAL = {"customer", "new_buyers", "nps_answers", "csat_answers"}  # columns that count persons


class BadQuestion(ValueError):
    """Something the asker can mend. Its text says what was needed, what was found and what to do."""


def did_you_mean(words: Iterable[str], known: Iterable[str]) -> str:
    """ " Did you mean a, b?", or nothing where no known word is close."""
    known = list(known)
    close = [match for word in words for match in get_close_matches(word, known, n=1)]
    return f" Did you mean {', '.join(dict.fromkeys(close))}?" if close else ""


def ratio(numerator: nw.Expr, denominator: nw.Expr) -> nw.Expr:
    """Numerator ÷ denominator; null, never infinity, where the denominator is 0 or null."""
    value = nw.when(denominator != 0).then(numerator / denominator)
    value.how, value.denominator = "ratio", denominator  # type: ignore[attr-defined]
    return value


def distinct(values: nw.Expr) -> nw.Expr:
    """How many different values there are. Nulls are not counted; no rows give 0."""
    # n_unique counts null as a value, and on SQL engines it is null where there are no rows.
    without_null = values.n_unique() - values.is_null().any().cast(nw.Int64)
    value = nw.when(values.count() > 0).then(without_null).otherwise(nw.lit(0))
    value.how = "distinct"  # type: ignore[attr-defined]
    return value


@dataclass(frozen=True)
class Metric:
    """A number the business is run by.

    name, label, meaning, formula: for people; the formula is in words, with ÷ × −.
    unit: money, percent (a fraction: 0.1 is 10 %), ratio, integer, number, score.
    better: higher, lower or none; decides colour, wording and sort order.
    table: the prepared frame it is computed on: daily, sales or sessions.
    value: an expression that makes one number of many rows. Averages are never averaged.
    example, answer: columns with small values and what must come out; tests run them.
    base: what `n` counts, where it is not the denominator (ratio), the count itself (distinct) or the
        rows that carry a value.
    optional: columns without which the metric still stands; a note then says that they are missing.
    """

    name: str
    label: str
    meaning: str
    formula: str
    unit: Literal["money", "percent", "ratio", "integer", "number", "score"]
    better: Literal["higher", "lower", "none"]
    table: str
    value: nw.Expr
    example: Mapping[str, Sequence[Any]]
    answer: float | None
    base: nw.Expr | None = None
    optional: tuple[str, ...] = ()

    @property
    def how(self) -> How:
        """additive: groups add up. ratio: lies between its groups. distinct: groups may overlap."""
        return getattr(self.value, "how", "additive")

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs: those of the example without which it cannot be computed."""
        return tuple(name for name in self.example if not self._stands_without(name))

    def _stands_without(self, column: str) -> bool:
        rest = {name: values for name, values in self.example.items() if name != column}
        try:
            nw.from_native(pl.LazyFrame(rest)).select(self.value, n=self.n).collect_schema()
        except ColumnNotFoundError:
            return False
        return True

    @property
    def n(self) -> nw.Expr:
        """How much the value rests on, as an expression."""
        if self.base is not None:
            return self.base
        if self.how == "ratio":
            return self.value.denominator  # type: ignore[attr-defined]
        if self.how == "distinct":
            return self.value
        return nw.col(next(iter(self.example))).count()

    @property
    def is_share(self) -> bool:
        """Whether it is a part of counted things, so that a Wilson interval applies."""
        return self.unit == "percent" and self.how == "ratio" and self.base is None

    @property
    def is_personal(self) -> bool:
        """Whether small groups of it point at persons and are suppressed."""
        return not PERSONAL.isdisjoint(self.columns)

    def check(self, found: Sequence[str]) -> None:
        """Raises BadQuestion where a needed column is not among those found."""
        missing = [name for name in self.columns if name not in found]
        if missing:
            raise BadQuestion(
                f"{self.name} needs the columns {', '.join(self.columns)}, "
                f"found {', '.join(found) or 'none'}: without {', '.join(missing)} it cannot be computed."
                f"{did_you_mean(missing, found)}"
            )

    def on(self, frame: Any) -> float | None:
        """Its value over all rows of a frame of any engine that Narwhals knows; null becomes None."""
        narwhal = nw.from_native(frame).lazy()
        self.check(narwhal.collect_schema().names())
        value = narwhal.select(value=self.value).collect("polars").item(0, "value")
        return None if value is None else float(value)


REGISTRY: dict[str, Metric] = {}  # filled by metrics/__init__.py


def named(name: str) -> Metric:
    """The metric of that name. Raises BadQuestion with the nearest names."""
    if name not in REGISTRY:
        hint = did_you_mean([name], REGISTRY) or f" Known: {', '.join(REGISTRY)}."
        raise BadQuestion(f"There is no metric {name!r}.{hint}")
    return REGISTRY[name]
