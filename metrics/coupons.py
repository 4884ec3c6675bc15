"""Coupons: issued, seen, redeemed, and what they brought beyond what would have been bought without them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from metrics.analysis import Analysis, Verdict
from metrics.causal import call
from metrics.coupon_issued import OFF, issued, paid
from metrics.earned import earned
from metrics.given_coupons import MONTHS, stratified
from metrics.interval import wilson
from metrics.period import Period
from metrics.privacy import MIN_GROUP
from metrics.promotion_cells import local, zone
from metrics.reason import Frames, Reason
from metrics.recovery import Estimate

BY = ("kind", "face", "threshold", "segment", "programme")
QUARTER = timedelta(days=91)
OUTCOMES = ("orders", "revenue", "margin")
ENDS = ("", "_low", "_high")
ROWS = {
    "by": pl.String, "of": pl.String,
    **dict.fromkeys(("issued", "seen", "redeemed"), pl.Int64),
    **{f"{name}{end}": pl.Float64 for name in ("seen_share", "redeemed_share") for end in ENDS},
    "off": pl.Float64, "compared": pl.Int64,
    **{f"{name}{end}": pl.Float64
       for name in (*OUTCOMES, "orders_per_coupon", "anyway", "wasted") for end in ENDS},
    "call": pl.String, "reason": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class CouponsGiven:
    """n: coupons issued in the period. rows: each (`by`, `of`) kind, face, threshold, segment and programme:

    issued, seen (or redeemed), redeemed; seen_share, redeemed_share with _low and _high (Wilson); off: money
    taken off by those redeemed. compared: coupons that have somebody to be compared with. orders, revenue,
    margin: more than without the coupons, for all issued, with ends; orders_per_coupon: for each one.
    anyway: share of redeemed coupons without an order more to show for (1 − orders more ÷ redeemed, within
    0 and 1); wasted: what they took off. call: of margin > 0; reason: why there is none.
    """

    n: int
    rows: pl.DataFrame
    warnings: tuple[Reason, ...] = ()
    verdict: Verdict | None = None


NO_COST = Reason("the cost of goods is not known")
NO_ORDERS = Reason("nobody who can be compared has bought anything")
NOBODY = Reason("nobody of the same month and history went without a coupon")
OBSERVED = Reason(
    "who is given a coupon is chosen by the shop: customers are compared within month and history, "
    "which is no experiment unless chance decides among them"
)


def given(
    frames: Frames,
    coupons: pl.LazyFrame | None,
    customers: pl.LazyFrame | None,
    orders: pl.LazyFrame | None,
    order_lines: pl.LazyFrame | None,
    products: pl.LazyFrame | None,
    returns: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    segment: str = "tier",
) -> CouponsGiven:
    """By kind, face value ("6", "10%"), threshold and segment (a column of the customers).

    More is what those who were given one bought in its month and the three after, less what other customers
    of the same month and history without any coupon did, used or not (intention to treat; post-stratified,
    see given_coupons.stratified): what a first order brings later takes so long to show. History: new in
    the month, has bought before, and orders of the quarter before: 0, 1–2, 3–6, 7–14 and so on. Money is
    net of returns by order date.
    """
    needed = {"coupons": coupons, "orders": orders, "order_lines": order_lines, "customers": customers}
    lacking = [name for name, table in needed.items() if table is None]
    if lacking or coupons is None or customers is None or orders is None or order_lines is None:
        reason = Reason("needs the table {table}: import it", table=lacking[0])
        return CouponsGiven(0, pl.DataFrame(schema=ROWS), (reason,), Verdict(False, (reason,)))
    timezone = zone(frames)
    given_to = issued(coupons, customers, timezone, period, as_of, segment)
    if given_to.is_empty():
        reason = Reason("no coupon was given on these days")
        return CouponsGiven(0, pl.DataFrame(schema=ROWS), (reason,), Verdict(False, (reason,)))
    given_to = given_to.join(paid(order_lines), on="order_id", how="left").with_columns(off=OFF)
    bought = _bought(frames, orders, order_lines, products, returns, timezone)
    people = customers.select("customer_id", since=local("signed_up_at", timezone)).drop_nulls().collect()
    every = coupons.select("customer_id", month=local("issued_at", timezone).dt.truncate("1mo"))
    holders = every.unique().collect()
    months = {month: _month(people, bought, holders, month) for month in given_to["month"].unique().to_list()}
    rows = [
        _row(by, str(of), mine, months)
        for by in BY
        for (of,), mine in given_to.group_by(by, maintain_order=True)
        if of is not None and mine["customer_id"].n_unique() >= MIN_GROUP
    ]
    table = pl.DataFrame(rows, schema=ROWS).sort("by", "issued", "of", descending=[False, True, False])
    warnings: tuple[Reason, ...] = (OBSERVED,)
    if _after(max(months)) > as_of:
        warnings += (Reason("coupons of the last months can still bring orders"),)
    return CouponsGiven(len(given_to), table, warnings, Verdict(True, warnings))


coupons_analysis = Analysis("coupons", "What did coupons bring?", given)


def _bought(
    frames: Frames,
    orders: pl.LazyFrame,
    order_lines: pl.LazyFrame,
    products: pl.LazyFrame | None,
    returns: pl.LazyFrame | None,
    timezone: str,
) -> pl.DataFrame:
    """customer_id, day, revenue, margin of each order."""
    money = (
        earned(frames, orders, order_lines, products, returns).lazy().join(frames("people"), on="customer")
    )
    day = pl.from_epoch("at", time_unit="us").dt.replace_time_zone("UTC").dt.convert_time_zone(timezone)
    return money.select("customer_id", "revenue", "margin", day=day.dt.date()).collect()


def _after(month: date) -> date:
    """The first day beyond a coupon's month and the three after."""
    count = month.month - 1 + MONTHS
    return date(month.year + count // 12, count % 12 + 1, 1)


def _month(people: pl.DataFrame, bought: pl.DataFrame, holders: pl.DataFrame, month: date) -> pl.DataFrame:
    """Customers there by the end of a month: new in it?, bought before it?, free (of any coupon of it), and
    orders, revenue and margin from its first day on, see `_after`.
    """
    end = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    inside = pl.col("day").is_between(month, _after(month), closed="left")
    sums = bought.group_by("customer_id").agg(
        former=(pl.col("day") < month).any(),
        recent=pl.col("day").is_between(month - QUARTER, month, closed="left").sum(),
        orders=inside.sum().cast(pl.Float64),
        revenue=pl.col("revenue").filter(inside).sum(),
        margin=pl.col("margin").filter(inside).sum(),
    )
    given = holders.filter(pl.col("month") == month)["customer_id"].unique()
    return (
        people.filter(pl.col("since") < end)
        .join(sums, on="customer_id", how="left")
        .with_columns(
            pl.col("former").fill_null(False),
            pl.col(OUTCOMES).fill_null(0.0),
            new=pl.col("since") >= month,
            recent=(pl.col("recent").fill_null(0) + 1).log(2).floor(),
            free=~pl.col("customer_id").is_in(given.implode()),
        )
    )


def _row(by: str, of: str, mine: pl.DataFrame, months: dict[date, pl.DataFrame]) -> dict:
    used = int(mine["redeemed_at"].count())
    looked = int((mine["seen_at"].is_not_null() | mine["redeemed_at"].is_not_null()).sum())
    n = len(mine)
    row: dict = dict.fromkeys(ROWS) | {
        "by": by, "of": of, "issued": n, "seen": looked, "redeemed": used,
        "off": float(mine["off"].sum()), "call": "inconclusive",
    }  # fmt: skip
    for name, count in (("seen_share", looked), ("redeemed_share", used)):
        low, high = wilson(count, n) or (None, None)
        row |= dict(zip((f"{name}{end}" for end in ENDS), (count / n, low, high), strict=True))
    strata: dict[str, list[tuple]] = {name: [] for name in OUTCOMES}
    for (month,), part in mine.group_by("month"):
        for stratum in _strata(months[month], part):  # type: ignore[index]
            for name, numbers in zip(OUTCOMES, stratum, strict=True):
                strata[name].append(numbers)
    estimates = {name: stratified(strata[name]) for name in OUTCOMES}
    row["compared"] = estimates["orders"].n
    if not estimates["orders"].n:
        return row | {"reason": NOBODY}
    if estimates["orders"].low == estimates["orders"].high:
        return row | {"reason": NO_ORDERS}
    if not any((table["margin"] != 0).any() for table in months.values()):
        estimates.pop("margin")
    for name, found in estimates.items():
        row |= dict(zip((f"{name}{end}" for end in ENDS), _times(found, n), strict=True))
    row |= dict(zip((f"orders_per_coupon{end}" for end in ENDS), _times(estimates["orders"], 1), strict=True))
    if used:
        value, low, high = (min(max(1 - each / used, 0.0), 1.0) for each in _times(estimates["orders"], n))
        row |= {"anyway": value, "anyway_low": high, "anyway_high": low}
        row |= {f"wasted{end}": row[f"anyway{end}"] * row["off"] for end in ENDS}
    if row["margin"] is None:
        return row | {"reason": NO_COST}
    row["call"] = call(row["margin_low"], row["margin_high"], "more")
    return row


def _times(found: Estimate, n: int) -> tuple[float, float, float]:
    value, low, high = found.value, found.low, found.high
    assert value is not None and low is not None and high is not None
    return value * n, low * n, high * n


def _strata(table: pl.DataFrame, given: pl.DataFrame) -> Iterator[list[tuple]]:
    """Of each stratum and outcome: n, mean and variance of those with a coupon and of those without any."""
    has = pl.col("customer_id").is_in(given["customer_id"].implode())
    parts = []
    for name in OUTCOMES:
        for side, rows in (("with", has), ("without", pl.col("free"))):
            values = pl.col(name).filter(rows)
            parts += [values.len().alias(f"{name} {side} n"), values.mean().alias(f"{name} {side} mean"),
                      values.var().alias(f"{name} {side} var")]  # fmt: skip
    for row in (
        table.group_by("new", "former", "recent").agg(*parts).drop("new", "former", "recent").iter_rows()
    ):
        yield [row[6 * i : 6 * i + 6] for i in range(len(OUTCOMES))]
