"""Steps of a funnel as people write them: `cart`, `search[results=0]`, `checkout[device=Mobile|Tablet]`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

import polars as pl

from metrics.metric import BadQuestion

MOST = 32  # steps, and as many exclusions: one bit each
ANY = "any"  # every event
WRITTEN = re.compile(
    r"\s*(?P<event>[^\[\]@]+?)\s*(\[(?P<filters>[^\[\]]*)\])?\s*(@(?P<from>\d+)-(?P<to>\d+))?\s*"
)


@dataclass(frozen=True)
class Filter:
    """column = one of the values; `negative`: none of them."""

    column: str
    values: tuple[str, ...]
    negative: bool = False

    @property
    def fits(self) -> pl.Expr:
        found = pl.col(self.column).cast(pl.String).is_in(self.values)
        return ~found.fill_null(False) if self.negative else found


@dataclass(frozen=True)
class Step:
    """An event, with filters on its columns. between: of an exclusion, the steps it must not lie between."""

    event: str
    filters: tuple[Filter, ...] = ()
    between: tuple[int, int] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(each.column for each in self.filters)

    @property
    def fits(self) -> pl.Expr:
        event = pl.lit(True) if self.event == ANY else pl.col("event").cast(pl.String) == self.event
        return reduce(and_, (each.fits for each in self.filters), event)

    def __str__(self) -> str:
        parts = (
            f"{each.column}{'!=' if each.negative else '='}{'|'.join(each.values)}" for each in self.filters
        )
        return f"{self.event}[{';'.join(parts)}]" if self.filters else self.event


def steps(written: Sequence[str], least: int = 1) -> tuple[Step, ...]:
    """Raises BadQuestion for what cannot be read, for fewer than `least` and for more than 32."""
    found = tuple(_step(each) for each in written)
    if not least <= len(found) <= MOST:
        raise BadQuestion(f"Between {least} and {MOST} steps are needed; found {len(found)}.")
    return found


def exclusions(written: Sequence[str], of: int) -> tuple[Step, ...]:
    """Events that end an attempt: anywhere, or between two steps: `share@2-3`. of: number of steps."""
    found = steps(written, least=0)
    for each in found:
        low, high = each.between or (1, of)
        if not 1 <= low < high <= of:
            raise BadQuestion(f"{each} lies between steps {low} and {high}; the steps are 1 to {of}.")
    return found


def _step(written: str) -> Step:
    parts = WRITTEN.fullmatch(written)
    if not parts:
        raise BadQuestion(
            f"A step is an event, with filters where wanted: cart, search[results=0]; found {written!r}."
        )
    filters = tuple(_filter(each) for each in (parts["filters"] or "").split(";") if each.strip())
    between = (int(parts["from"]), int(parts["to"])) if parts["from"] else None
    return Step(parts["event"], filters, between)


def _filter(written: str) -> Filter:
    column, sign, values = written.partition("=")
    if not sign or not column.strip(" !"):
        raise BadQuestion(f"A filter is column=value or column!=value; found {written!r}.")
    return Filter(column.strip(" !"), tuple(values.strip().split("|")), column.strip().endswith("!"))
