"""The value of metrics over a period, whole and by group.

`frames` is a callable (table, where={}, by=(), basis="order") that returns a prepared frame: the
embedded store's, or any other whose frames Narwhals knows (DuckDB, PySpark …). All metrics of one
table are computed in one pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from metrics.interval import wilson
from metrics.measure import TIMES, Question, by_table
from metrics.metric import Metric
from metrics.period import Period, WeekStart
from metrics.privacy import MIN_GROUP, hidden
from metrics.reason import Frames, Reason


@dataclass(frozen=True)
class Value:
    """A metric over the days `start` to `end`.

    value: None where it cannot be known; `reason` then says why and what would give it.
    n: what it rests on: a ratio's denominator where that counts something, the count itself, else the
        orders or recorded rows behind it (`Metric.base`). 0 where there is no value.
    groups: a dict each with the columns asked for, `value` and `n`; for shares `low` and `high`; where
        value is None also `reason`. Grouped by time they are in its order, else the largest first. A
        null group is what was recorded without that dimension.
    low, high: 95 % Wilson interval, for shares of counted things.
    note: a caveat beside a value that stands.
    """

    metric: str
    value: float | None
    n: int
    unit: str
    start: date
    end: date
    reason: Reason | None = None
    groups: list[dict[str, Any]] = field(default_factory=list)
    low: float | None = None
    high: float | None = None
    note: Reason | None = None


def values(
    names: Sequence[str],
    frames: Frames,
    period: Period,
    *,
    by: Sequence[str] = (),
    where: Mapping[str, Sequence[str | None]] = {},
    basis: str = "order",
    week_start: WeekStart = "monday",
    min_group: int = MIN_GROUP,
) -> list[Value]:
    """The metrics' values over a period, in the order of their names.

    by: columns to group by, `day`, `week` and `month` among them. where: column → values to keep; None
    among them is "not recorded". basis: returns count on the day of the "order" or of the "refund".
    A measure that was not imported, or that is not recorded by a column asked for, gives no value but a
    reason. Of metrics that count persons, groups of fewer than `min_group` are hidden. Raises
    BadQuestion for a metric or column that there is not.
    """
    found: dict[str, Value] = {}
    ask = Question(frames, period, tuple(by), where, basis, week_start)
    for metrics in by_table(names):
        whole = ask.measure(metrics, grouped=False).row(0, named=True)
        rows = ask.measure(metrics, grouped=True).to_dicts() if by else []
        missing = ask.missing(metrics, whole, rows)
        found |= {metric.name: _value(ask, metric, whole, rows, missing, min_group) for metric in metrics}
    return [found[name] for name in names]


def _value(
    ask: Question,
    metric: Metric,
    whole: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    missing: Mapping[str, Reason],
    min_group: int,
) -> Value:
    about: dict[str, Any] = {
        "metric": metric.name,
        "unit": metric.unit,
        "start": ask.period.start,
        "end": ask.period.end,
    }
    for column in metric.columns:
        if column in missing and column not in metric.optional:
            return Value(**about, value=None, n=0, reason=missing[column])
    note = next((missing[column] for column in metric.optional if column in missing), None)
    rows = [row for row in rows if any(row[f"seen {column}"] for column in metric.columns)]
    answer = _answer(metric, whole)
    if ask.where and metric.is_personal and 0 < answer["n"] < min_group:
        return Value(**about, value=None, n=0, reason=_too_few(min_group))
    groups = [{name: row[name] for name in ask.by} | _answer(metric, row) for row in rows]
    if metric.is_personal and ask.splits:
        _hide(groups, [name for name in ask.by if name in TIMES], min_group)
    return Value(**about, **answer, groups=_sorted(groups, ask.by), note=note)


def _answer(metric: Metric, row: Mapping[str, Any]) -> dict[str, Any]:
    """value, n; low and high of a share; the reason where there is no value."""
    value, n = row[f"value {metric.name}"], round(row[f"n {metric.name}"] or 0)
    answer = {"value": value, "n": n}
    if value is None:
        answer["reason"] = Reason("nothing to divide by on these days")
    elif metric.is_share and (interval := wilson(value * n, n)):
        answer["low"], answer["high"] = interval
    return answer


def _hide(groups: list[dict[str, Any]], times: Sequence[str], min_group: int) -> None:
    """Empties small groups in place, within each stretch of time."""
    stretches: dict[tuple, list[dict[str, Any]]] = {}
    for group in groups:
        stretches.setdefault(tuple(group[name] for name in times), []).append(group)
    for stretch in stretches.values():
        for place in hidden([group["n"] for group in stretch], min_group):
            stretch[place] |= {"value": None, "n": 0, "reason": _too_few(min_group)}
            stretch[place].pop("low", None), stretch[place].pop("high", None)


def _too_few(min_group: int) -> Reason:
    return Reason("hidden: it would point at fewer than {least} people", least=min_group)


def _sorted(groups: list[dict[str, Any]], by: Sequence[str]) -> list[dict[str, Any]]:
    """By time where there is any, then the largest first, then by name; null last."""

    def key(group: dict[str, Any]) -> tuple:
        value, names = group["value"], [name for name in by if name not in TIMES]
        return (
            tuple(group[name] for name in by if name in TIMES),
            (value is None, -(value or 0)),
            tuple((group[name] is None, group[name]) for name in names),
        )

    return sorted(groups, key=key)
