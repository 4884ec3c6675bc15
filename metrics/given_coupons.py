"""What a coupon brings: orders of those who were given one less those of others who might have been.

Everybody who was given one counts, whether it was seen and used or not (intention to treat). Within a
stratum (month, how long known, bought before) chance decides who gets one in the sample shop.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from math import sqrt

import polars as pl

from metrics.interval import student
from metrics.recovery import Data, Estimate, Recovery

MONTHS = 4  # counted from the one in which it is given: its own, and three for what it moved or won


def stratified(groups: Iterable[tuple[int, float, float, int, float, float]]) -> Estimate:
    """The mean effect on those who were given one.

    groups: a stratum each, n, mean and variance of those with and of those without. A stratum counts by
    its n with (post-stratification, Imbens and Rubin 2015, ch. 9), and only with two of each kind. The
    interval is Student's t with Welch's degrees of freedom.
    """
    usable = [each for each in groups if each[0] > 1 and each[3] > 1]
    given = sum(each[0] for each in usable)
    if not given:
        return Estimate(None, None, None, 0)
    value = variance = below = 0.0
    for n, mean, spread, m, base, base_spread in usable:
        share = n / given
        value += share * (mean - base)
        for part, size in ((spread / n, n), (base_spread / m, m)):
            variance += share**2 * part
            below += (share**2 * part) ** 2 / (size - 1)
    half = student(variance**2 / below if below else 3.0) * sqrt(variance)
    return Estimate(value, value - half, value + half, given)


def coupons(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    """By kind of coupon, orders more for each one given."""
    given = (
        data.scan("coupons")
        .select("customer_id", "kind", month=data.day("issued_at").dt.truncate("1mo"))
        .unique()
        .collect()
    )
    people = data.scan("customers").select("customer_id", since=data.day("signed_up_at")).collect()
    bought = data.orders().select("customer_id", "day").drop_nulls().collect()
    last = data.period.end.replace(day=1)
    months = pl.date_range(data.period.start.replace(day=1), last, "1mo", eager=True).to_list()
    rows = {kind: list[tuple]() for kind in of}
    for month, after in zip(months, [*months[MONTHS:], *[None] * MONTHS], strict=False):
        table = _month(people, bought, month, after)
        for kind in of:
            mine = given.filter(pl.col("month") == month, pl.col("kind") == kind)
            if len(mine):
                # Another coupon of the month would blur the comparison.
                other = given.filter(pl.col("month") == month, pl.col("kind") != kind)
                compared = table.join(other, on="customer_id", how="anti")
                rows[kind] += _strata(compared, mine)
    return {kind: stratified(strata) for kind, strata in rows.items()}


def _month(people: pl.DataFrame, bought: pl.DataFrame, month: date, after: date | None) -> pl.DataFrame:
    """Customers there by the end of a month: new in it?, bought before it?, orders from it to `after`."""
    end = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
    within = (pl.col("day") >= month) & (pl.col("day") < after if after else True)
    orders = bought.group_by("customer_id").agg(
        former=(pl.col("day") < month).any(), orders=within.sum().cast(pl.Float64)
    )
    return (
        people.filter(pl.col("since") < end)
        .with_columns(new=pl.col("since") >= month)
        .join(orders, on="customer_id", how="left")
        .with_columns(pl.col("former").fill_null(False), pl.col("orders").fill_null(0.0))
    )


def _strata(table: pl.DataFrame, given: pl.DataFrame) -> list[tuple]:
    has = pl.col("customer_id").is_in(given["customer_id"].implode())
    orders = pl.col("orders")
    both = [
        (f"{name} n", f"{name} mean", f"{name} var", orders.filter(rows))
        for name, rows in (("with", has), ("without", ~has))
    ]
    parts = [
        each
        for n, mean, spread, values in both
        for each in (values.len().alias(n), values.mean().alias(mean), values.var().alias(spread))
    ]
    return table.group_by("new", "former").agg(*parts).drop("new", "former").rows()


coupon_recovery = Recovery(
    "coupon_orders",
    "Orders for each coupon given",
    "Orders in the coupon's month and the three after of those who were given one, less those of other "
    "customers of the same month and history. Used or not does not matter; who gets one is drawn at random.",
    "coupon",
    "orders_per_coupon",
    coupons,
    of=r"[^·]+",
    null="inert",
)
