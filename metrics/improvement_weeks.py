"""A metric, or the answers to a survey's question, in weeks of seven days before and after a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import narwhals as nw
import polars as pl

from metrics.metric import Metric
from metrics.period import DAY, Period
from metrics.privacy import MIN_GROUP
from metrics.promotion_cells import local
from metrics.reason import Frames, Reason, spans

Where = Mapping[str, Sequence[str | None]]
FEWEST = 5  # answers of a week, below which it tells nothing
Weeks = dict[int, float]  # week → value; 0 is the first whole week after the day, -1 the last before it


def days_of(week: int, done: date) -> Period:
    """The seven days of a week; the day itself belongs to none."""
    start = done + (7 * week + (week >= 0)) * DAY
    return Period(start, start + 6 * DAY)


def week_of(day: pl.Expr, done: date) -> pl.Expr:
    away = (day - pl.lit(done)).dt.total_days()
    return pl.when(away < 0).then(away.floordiv(7)).when(away > 0).then((away - 1).floordiv(7))


def of_metric(
    metric: Metric, frames: Frames, done: date, weeks: range, where: Where, by: str | None = None
) -> dict[str | None, Weeks]:
    """Value of `by` (None without it) → its weeks, of those wholly within the days that are recorded.

    The value is the metric's over the seven days, never a mean of days. A week without a row is 0 of a sum,
    and nothing of a ratio. Of a part of the shop, weeks of fewer than five persons are left out.
    """
    rows = nw.from_native(frames(metric.table, where=where, by=(by,) if by else (), basis="order")).lazy()
    found = rows.collect_schema().names()
    metric.check(found)
    recorded = spans(frames, metric.table, metric.columns)
    if len(recorded) < len(metric.columns):
        return {}
    first, last = max(each.start for each in recorded.values()), min(each.end for each in recorded.values())
    kept = [k for k in weeks if first <= days_of(k, done).start and days_of(k, done).end <= last]
    if not kept:
        return {}
    columns = [name for name in metric.example if name in found]
    start, end = days_of(kept[0], done).start, days_of(kept[-1], done).end
    daily = (
        rows.filter(nw.col("day") >= start, nw.col("day") <= end)
        .select("day", *columns, *([by] if by else []))
        .collect("polars")
        .to_native()
        .with_columns(week=week_of(pl.col("day"), done), unit=pl.col(by) if by else pl.lit(None, pl.String))
        .drop_nulls("week")
    )
    answer: dict[str | None, Weeks] = {}
    for (unit,), own in daily.group_by("unit", maintain_order=True):
        if any(own[name].null_count() == len(own) for name in metric.columns):
            continue  # it is not recorded there: its sum is nothing, not 0
        parts = {week: part for (week,), part in own.group_by("week")}
        empty = None if metric.how == "ratio" else 0.0
        least = MIN_GROUP if metric.is_personal and (where or by) else 0
        values = {k: _value(metric, parts[k], least) if k in parts else empty for k in kept}
        answer[unit] = {k: value for k, value in values.items() if value is not None}
    return answer


def _value(metric: Metric, rows: pl.DataFrame, least: int) -> float | None:
    """None where it rests on fewer than `least` persons, and on any."""
    if least:
        n = nw.from_native(rows).select(n=metric.n.cast(nw.Float64)).to_native()["n"][0] or 0
        if 0 < n < least:
            return None
    return metric.on(rows)


def of_question(
    question: str, surveys: pl.LazyFrame, timezone: str, done: date, weeks: range, where: Where
) -> tuple[Weeks, list[Reason]]:
    """The mean answer from 0 (worst) to 100 (best) by week, and what the reader must know of it.

    Ways of asking are not pooled: without a `method` in where, that of most answers is read.
    """
    share = (pl.col("score") - pl.col("scale_min")) / (pl.col("scale_max") - pl.col("scale_min"))
    best = pl.when(pl.col("better") == "lower").then(1 - share).otherwise(share)
    answers = (
        surveys.filter(
            pl.col("question") == question, *(pl.col(name).is_in(list(kept)) for name, kept in where.items())
        )
        .select("method", value=100 * best, week=week_of(local("answered_at", timezone), done))
        .filter(pl.col("value").is_between(0, 100), pl.col("week").is_between(weeks[0], weeks[-1]))
        .collect()
    )
    notes = []
    methods = answers["method"].drop_nulls().value_counts().sort("count", "method", descending=[True, False])
    if "method" not in where and len(methods) > 1:
        most = methods["method"][0]
        answers = answers.filter(pl.col("method") == most)
        notes.append(
            Reason("only answers asked for by the way {method} are read, as ways differ", method=most)
        )
    means = answers.group_by("week").agg(pl.col("value").mean(), n=pl.len())
    return dict(means.filter(pl.col("n") >= FEWEST).select("week", "value").iter_rows()), notes
