"""Recoveries: how well a method finds what was planted in the sample shop.

A recovery is declared beside the method that it judges, at the top of a module in this folder, and is
found by itself:

    late_share = Recovery("late_share", "Late parcels", "…", "service", "late_share", late)

`estimate` gets the shop's data and the subjects of the truths asked for ("" where a truth is of the whole
shop), and returns an Estimate for each of them that it can say something about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from metrics.analysis import Verdict
from metrics.metric import BadQuestion, did_you_mean
from metrics.period import Period
from metrics.reason import Frames, Reason

ROWS = {
    "name": pl.String,
    "of": pl.String,
    "planted": pl.Float64,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
    "refused": pl.String,
}


@dataclass(frozen=True)
class Data:
    """What a method may look at. period: all days with orders, the last is the as-of day.

    tables: those that were imported; None where all were.
    """

    frames: Frames
    scan: Callable[[str], pl.LazyFrame]
    period: Period
    timezone: str
    tables: Collection[str] | None = None

    def table(self, name: str) -> pl.LazyFrame | None:
        """A table by its name, None where it was not imported."""
        return self.scan(name) if self.tables is None or name in self.tables else None

    def day(self, column: str) -> pl.Expr:
        """The calendar day of an instant in the shop's time zone."""
        return pl.col(column).dt.convert_time_zone(self.timezone).dt.date()

    def orders(self) -> pl.LazyFrame:
        """Orders that were not cancelled, with their `day`."""
        stands = pl.col("cancelled_at").is_null() & (pl.col("status") != "cancelled").fill_null(True)
        return self.scan("orders").filter(stands).with_columns(day=self.day("ordered_at"))


@dataclass(frozen=True)
class Estimate:
    """value with its 95 % interval, in the unit of the truth. low, high: None of what is simply counted.

    n: what it rests on. verdict: whether the data can answer; None where the method does not ask.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    verdict: Verdict | None = None


def refused(n: int, reason: Reason) -> Estimate:
    """What a method says where the data cannot answer."""
    return Estimate(None, None, None, n, Verdict(False, (reason,)))


Estimator = Callable[[Data, Sequence[str]], Mapping[str, Estimate]]


@dataclass(frozen=True)
class Recovery:
    """A method, and the truth that it is judged by.

    label, meaning: what it is called, and how it estimates. topic, measure: of the truth. of: a regular
    expression for the whole name of the truths' subjects. kind: "count" where the data holds nearly all
    that the truth counts, "method", or "naive" where it is shown because it is known to err.
    null: the world of the sample shop in which it must find nothing, so that any interval without 0 in
    it is a false alarm. twin: another world that it is run in, where what is to be found is known not to be
    nothing. What it says of either is taken off to tell bias from chance; see judge.errors.
    """

    name: str
    label: str
    meaning: str
    topic: str
    measure: str
    estimate: Estimator
    of: str = ""
    kind: Literal["count", "method", "naive"] = "method"
    null: str = ""
    twin: str = ""

    @property
    def worlds(self) -> set[str]:
        """Those that it is run in, beside the sample shop as it is."""
        return {self.null, self.twin} - {""}


RECOVERIES: dict[str, Recovery] = {}  # filled by metrics/__init__.py


def chosen(names: Sequence[str]) -> list[Recovery]:
    """The recoveries of these names, all of them without any. Raises BadQuestion with the nearest names."""
    strange = [name for name in names if name not in RECOVERIES]
    if strange:
        hint = did_you_mean(strange, RECOVERIES)
        raise BadQuestion(f"There is no method {', '.join(strange)}. Known: {', '.join(RECOVERIES)}.{hint}")
    return [RECOVERIES[name] for name in names or RECOVERIES]


def recovered(
    truths: Iterable[Mapping[str, Any]],
    data: Data,
    recoveries: Iterable[Recovery],
    tell: Callable[[str], None] = lambda _: None,
) -> pl.DataFrame:
    """Planted beside recovered, a row (see ROWS) for each truth that a recovery says something about.

    truths: topic, measure, of, value. refused: why there is no estimate, "" where there is one.
    tell: called with the label of what is estimated now.
    """
    planted: dict[tuple[str, str], dict[str, float]] = {}
    for truth in truths:
        if truth["value"] is not None:
            planted.setdefault((truth["topic"], truth["measure"]), {})[truth["of"]] = truth["value"]
    rows = []
    for each in recoveries:
        known = planted.get((each.topic, each.measure), {})
        subjects = [of for of in known if re.fullmatch(each.of, of)]
        if not subjects:
            continue
        tell(each.label)
        found = each.estimate(data, subjects)
        rows += [_row(each.name, of, known[of], found[of]) for of in subjects if of in found]
    return pl.DataFrame(rows, schema=ROWS, orient="row")


def _row(name: str, of: str, planted: float, found: Estimate) -> tuple:
    no = found.verdict is not None and not found.verdict.identified
    why = " ".join(found.verdict.reasons) if no and found.verdict else ""
    return name, of, planted, found.value, found.low, found.high, found.n, why
