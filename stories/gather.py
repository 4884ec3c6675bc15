"""What the Overview is made of, computed once: values, targets, series, groups, marks and worries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from metrics.change import Change, change
from metrics.period import DAY, Period
from metrics.reason import spans
from metrics.target import Attainment, attain
from metrics.value import Value
from stories import sure
from stories.asked import Asked, Check, bucket
from stories.groups import Groups, groups
from stories.happened import Happened, happened
from stories.worries import Stock, late_carriers, out_of_stock

CARDS = (
    *("net_revenue", "orders", "conversion_rate", "average_order_value"),
    *("buyers", "new_buyers", "cac", "roas"),
    *("margin_rate", "return_rate", "on_time_rate", "nps"),
)
GROUPED = {
    "channel": ("net_revenue", "conversion_rate", "cac"),
    "category": ("net_revenue", "margin_rate", "return_rate"),
}
AVERAGE = 7  # days


@dataclass(frozen=True)
class OverviewData:
    """now, before, plan: a metric's value in the elapsed days and in the comparison, and its target.

    spark: a row a bucket and a column a card, without buckets that are cut. daily: day, value and, for
    three weeks or more, average over 7 days; of the comparison before_day and before, smoothed alike.
    begins: first day with orders, where the comparison reaches before it.
    intervals: of the changes of metrics.
    carriers, stock: null where filters are set, since both are of the whole shop. checks: those failed.
    """

    asked: Asked
    now: Mapping[str, Value]
    before: Mapping[str, Value]
    plan: Mapping[str, Attainment]
    spark: pl.DataFrame
    daily: pl.DataFrame
    groups: Mapping[str, Groups]
    changes: Mapping[str, Change]
    happened: Happened
    carriers: pl.DataFrame | None
    stock: Stock | None
    checks: Sequence[Check]
    begins: date | None = None
    intervals: Mapping[str, sure.Interval] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is known of the days chosen."""
        return all(value.value is None or not value.n for value in self.now.values())


def gather(asked: Asked, checks: Sequence[Check] = ()) -> OverviewData:
    """Everything the Overview needs. checks: the data-quality report."""
    elapsed, against, shop = asked.elapsed, asked.against, asked.shop
    now = asked.values(CARDS, elapsed)
    before = asked.values(CARDS, against) if against else {}
    targets = asked.tables("targets")
    plan = None if targets is None else targets.select("metric", "month", "target").collect()
    whole = not asked.where
    return OverviewData(
        asked=asked,
        now=now,
        before=before,
        plan={} if plan is None else {name: attain(now[name], plan, filtered=not whole) for name in CARDS},
        spark=_spark(asked),
        daily=_daily(asked),
        groups={by: groups(asked, by, names) for by, names in GROUPED.items()},
        changes=_changes(asked, against) if against and now["net_revenue"].value is not None else {},
        happened=happened(asked.tables, elapsed, shop.timezone),
        carriers=late_carriers(asked) if whole else None,
        stock=out_of_stock(asked, shop.last) if whole else None,
        checks=[check for check in checks if check.severity == "bad" and check.count],
        begins=_begins(asked) if against else None,
        intervals=sure.metrics(asked, now, before) if against else {},
    )


def _changes(asked: Asked, against: Period) -> dict[str, Change]:
    return {
        by: change(
            asked.frames,
            period=asked.elapsed,
            as_of=asked.shop.last,
            where=asked.where,
            against=against,
            by=by,
            basis=asked.basis,
        )
        for by in GROUPED
    }


def _begins(asked: Asked) -> date | None:
    orders = spans(asked.frames, "daily", ["orders"]).get("orders")
    return orders.start if orders and asked.against and asked.against.start < orders.start else None


def _spark(asked: Asked) -> pl.DataFrame:
    found = asked.series(CARDS, asked.elapsed, bucket(asked.elapsed.days))
    whole = found.filter(~pl.col("partial"))
    return whole if len(whole) > 2 else found


def _daily(asked: Asked) -> pl.DataFrame:
    """Net revenue by day. The averages of the first days reach back before them."""
    smooth = asked.elapsed.days >= 3 * AVERAGE

    start = min(side.start for side in asked.sides) - (AVERAGE - 1) * DAY
    value = pl.col("net_revenue")
    found = asked.series(("net_revenue",), Period(start, max(side.end for side in asked.sides)))
    found = found.select("day", value=value, average=value.rolling_mean(AVERAGE, min_samples=AVERAGE))

    def days(of: Period) -> pl.DataFrame:
        return found.filter(pl.col("day").is_between(of.start, of.end))

    table = days(asked.elapsed)
    if asked.against:
        before = days(asked.against).select(before_day="day", before="average" if smooth else "value")
        table = pl.concat([table, before.head(len(table))], how="horizontal")
    return table if smooth else table.drop("average")
