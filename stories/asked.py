"""A shop, and a question to its data: which rows, on which basis. Pages hand it to stories."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal, Protocol

import polars as pl

from metrics.period import Every, Period, WeekStart, compare
from metrics.reason import Frames
from metrics.series import by_day, series
from metrics.value import Value, values

Records = Callable[[str], Mapping[str, Any]]  # what people keep in the store: kind → key → record
Tables = Callable[[str], pl.LazyFrame | None]  # a raw table by its name; None where it was not imported
How = Literal["previous", "year", "none"] | Period
Where = tuple[tuple[str, tuple[str, ...]], ...]
Results = Callable[[str, Period, Where, tuple[tuple[str, str], ...]], Any]


class Check(Protocol):
    """A line of the data-quality report: `count` of `of` rows break a rule; detail has places for values."""

    @property
    def table(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def of(self) -> int: ...
    @property
    def detail(self) -> str: ...
    @property
    def values(self) -> Mapping[str, object]: ...


@dataclass(frozen=True)
class Shop:
    """What is known of the shop beside its data. last: the last day that has data."""

    last: date
    currency: str = "USD"
    timezone: str = "UTC"
    week_start: WeekStart = "monday"
    imported_at: datetime | None = None
    sample: bool = False


@dataclass(frozen=True)
class Asked:
    """frames: prepared frames by name, as metrics.value.values takes them. period: the days chosen.

    comparison: "previous", "year", "none" or a period. where: column → values to keep.
    results: remembers results of analyses; see answered.py. kept: what rests on the store alone; see once.
    records: what people keep beside the data, as it is now.
    """

    frames: Frames
    tables: Tables
    shop: Shop
    period: Period
    comparison: How = "previous"
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    basis: Literal["order", "refund"] = "order"
    results: Results | None = None
    kept: dict[str, Any] = field(default_factory=dict)
    records: Records = lambda kind: {}

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What `make` returns, made once for all that is asked of this store; nobody may change it."""
        if name not in self.kept:
            self.kept[name] = make()
        return self.kept[name]

    def known_to(self, day: date | None) -> Asked:
        """With data to that day at least, such as parcels that arrive after the last order."""
        later = max(self.shop.last, day or self.shop.last)
        return self if later == self.shop.last else replace(self, shop=replace(self.shop, last=later))

    @property
    def elapsed(self) -> Period:
        """The part of the period that has data."""
        return self.period.elapsed(self.shop.last)

    @property
    def against(self) -> Period | None:
        """What it is compared with, as long as what has elapsed."""
        return compare(self.period, self.comparison, self.shop.last)

    @property
    def sides(self) -> list[Period]:
        """What has elapsed, and what it is compared with if anything."""
        return [side for side in (self.elapsed, self.against) if side]

    def values(self, names: Sequence[str], period: Period, by: Sequence[str] = ()) -> dict[str, Value]:
        found = values(
            names,
            self.frames,
            period,
            by=by,
            where=self.where,
            basis=self.basis,
            week_start=self.shop.week_start,
        )
        return {value.metric: value for value in found}

    def series(self, names: Sequence[str], period: Period, every: Every = "day") -> pl.DataFrame:
        return series(
            names,
            self.frames,
            period,
            every=every,
            where=self.where,
            basis=self.basis,
            week_start=self.shop.week_start,
            last=self.shop.last,
        )

    def by_day(self, names: Sequence[str], by: Sequence[str] = ()) -> dict[str, pl.DataFrame]:
        """Of all days of what has elapsed and of what it is compared with; see series.by_day."""
        span = Period(min(side.start for side in self.sides), max(side.end for side in self.sides))
        return by_day(names, self.frames, span, by=by, where=self.where, basis=self.basis)


def bucket(days: int, fine: int = 31) -> Every:
    """How finely so many days are drawn: by day up to `fine`, then by week, by month over 200."""
    return "day" if days <= fine else "week" if days <= max(fine, 200) else "month"
