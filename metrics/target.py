"""Targets: what the plan asks of a metric over any days, and how far it was met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics.metric import named
from metrics.period import DAY, Period, month
from metrics.reason import Reason
from metrics.value import Value


@dataclass(frozen=True)
class Attainment:
    """target: in the metric's unit; None where there is none, and then `reason` says why.

    attainment: value ÷ target; None without a value or where the target is 0. For a metric of which less
    is better, 0.9 is good. met: whether the value is on the good side of the target; None where unknown
    or where neither side is good.
    """

    target: float | None
    attainment: float | None = None
    met: bool | None = None
    reason: Reason | None = None


def attain(value: Value, targets: pl.DataFrame, *, filtered: bool = False) -> Attainment:
    """How a value stands against the plan.

    targets: metric, month (its first day), target. A sum's target is that of the months, each taken for
    the days of it that the value covers. A ratio's is the mean of the months, weighted by those days. A
    distinct count has one only over whole months of the plan, one at a time, since months overlap in
    persons. Give the value of the elapsed days: the target is for the same days. filtered: whether the
    value is of a part of the shop; targets are for all of it.
    """
    metric = named(value.metric)
    if filtered:
        return Attainment(None, reason=Reason("targets are for the whole shop"))
    plan = {row["month"]: row["target"] for row in targets.to_dicts() if row["metric"] == metric.name}
    if not plan:
        return Attainment(None, reason=Reason("there is no target"))
    shares = _days_by_month(Period(value.start, value.end))
    without = next((first for first in shares if first not in plan), None)
    if without is not None:
        return Attainment(None, reason=Reason("there is no target for {month}", month=f"{without:%Y-%m}"))
    if metric.how == "additive":
        target = sum(plan[first] * days / month(first).days for first, days in shares.items())
    elif metric.how == "ratio":
        target = sum(plan[first] * days for first, days in shares.items()) / sum(shares.values())
    elif list(shares.values()) == [month(value.start).days]:
        target = plan[value.start]
    else:
        return Attainment(
            None, reason=Reason("a count of different people has targets for whole months only")
        )
    if value.value is None:
        return Attainment(target)
    met = {"higher": value.value >= target, "lower": value.value <= target}.get(metric.better)
    return Attainment(target, value.value / target if target else None, met)


def _days_by_month(period: Period) -> dict[date, int]:
    """First day of each month touched → how many of its days are in the period."""
    days: dict[date, int] = {}
    first = month(period.start).start
    while first <= period.end:
        whole = month(first)
        days[first] = (min(whole.end, period.end) - max(whole.start, period.start)).days + 1
        first = whole.end + DAY
    return days
