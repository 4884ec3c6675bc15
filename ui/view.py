"""What the reader looks at: dates, comparison, filters and basis; read from a link and written to one.

Ids in a link stay the same in every language: `?range=90d&compare=year&channel=email&basis=refund`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from metrics.period import Period

Basis = Literal["order", "refund"]

DIMENSIONS = ("channel", "category", "region", "device")
ROLLING = {"7d": 7, "30d": 30, "90d": 90, "180d": 180, "1y": 365}
RANGES = (*ROLLING, "month", "last_month", "custom")
COMPARISONS = ("previous", "year", "none", "custom")
BASES: tuple[Basis, ...] = ("order", "refund")
ONE_DAY = timedelta(days=1)
YEARS = (1990, 2100)  # a link that asks for other years is a slip


@dataclass(frozen=True)
class View:
    """start, end: inclusive days. against: the comparison's own days, where compare is custom.

    where: dimension → values, both sorted, so that equal views are equal.
    """

    start: date
    end: date
    range: str = "90d"
    compare: str = "previous"
    against: tuple[date, date] | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    basis: Basis = "order"

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)

    @property
    def compared(self) -> Period | Literal["previous", "year", "none"]:
        """What to compare with, as metrics.period.compare takes it."""
        return Period(*self.against) if self.compare == "custom" and self.against else self.compare  # type: ignore[return-value]

    def link(self) -> dict[str, str | list[str]]:
        """The parameters that differ from the default view."""
        found: dict[str, str | list[str]] = {}
        if self.range == "custom":
            found |= {"from": self.start.isoformat(), "to": self.end.isoformat()}
        elif self.range != "90d":
            found["range"] = self.range
        if self.compare == "custom" and self.against:
            found |= {"against_from": self.against[0].isoformat(), "against_to": self.against[1].isoformat()}
        elif self.compare != "previous":
            found["compare"] = self.compare
        found |= {name: list(values) for name, values in self.where}
        if self.basis != "order":
            found["basis"] = self.basis
        return found


def default(last: date) -> View:
    """The 90 days that end with the data's last day."""
    return View(*days("90d", last))


def days(name: str, last: date) -> tuple[date, date]:
    """First and last day of a preset; `last` is the last day of the data."""
    if name == "month":
        return last.replace(day=1), last
    if name == "last_month":
        end = last.replace(day=1) - ONE_DAY
        return end.replace(day=1), end
    return last - timedelta(days=ROLLING[name] - 1), last


def filtered(view: View, dimension: str, values: Sequence[str]) -> View:
    """The view with other values of one dimension; no values is no filter."""
    where = dict(view.where) | {dimension: tuple(sorted(values))}
    return replace(view, where=tuple(sorted((name, kept) for name, kept in where.items() if kept)))


def read(
    params: Mapping[str, Sequence[str]], options: Mapping[str, Sequence[str]], last: date
) -> tuple[View, list[str]]:
    """The view that a link asks for, and the parameters that make no sense here.

    options: dimension → values that the data has. A value that is not there is left out.
    """
    view, wrong = default(last), []
    one = {name: values[-1] for name, values in params.items() if values}

    if "from" in one or "to" in one:
        chosen = _span(one.get("from", ""), one.get("to", ""))
        if chosen:
            view = replace(view, range="custom", start=chosen[0], end=chosen[1])
        else:
            wrong.append("from … to")
    elif "range" in one:
        if one["range"] in RANGES[:-1]:
            start, end = days(one["range"], last)
            view = replace(view, range=one["range"], start=start, end=end)
        else:
            wrong.append("range")

    if "against_from" in one or "against_to" in one:
        against = _span(one.get("against_from", ""), one.get("against_to", ""))
        if against:
            view = replace(view, compare="custom", against=against)
        else:
            wrong.append("against_from … against_to")
    elif "compare" in one:
        if one["compare"] in COMPARISONS[:-1]:
            view = replace(view, compare=one["compare"])
        else:
            wrong.append("compare")

    for name in DIMENSIONS:
        asked = params.get(name, ())
        known = [value for value in asked if value in options.get(name, ())]
        view = filtered(view, name, known)
        wrong += [f"{name}={value}" for value in asked if value not in known]

    if "basis" in one:
        basis = next((known for known in BASES if known == one["basis"]), None)
        if basis:
            view = replace(view, basis=basis)
        else:
            wrong.append("basis")
    return view, wrong


def _span(start: str, end: str) -> tuple[date, date] | None:
    try:
        found = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError:
        return None
    return found if YEARS[0] <= found[0].year and found[0] <= found[1] and found[1].year <= YEARS[1] else None
