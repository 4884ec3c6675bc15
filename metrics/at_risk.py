"""What goes with dissatisfaction in money: later margin of customers with an issue, beside that of others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import NormalDist

import polars as pl

from metrics.analysis import Analysis
from metrics.earned import earned
from metrics.given_coupons import stratified
from metrics.period import DAY, Period
from metrics.promotion_cells import zone
from metrics.reason import Frames, Reason, needs
from metrics.recovery import Estimate
from metrics.survey_base import base
from metrics.survey_issues import STRATA, of_answers, of_orders

LEAST = 30  # customers with the issue that are compared
SHOWN = 5  # customers of whom anything is told
YEAR = 365
ENDS = ("", "_low", "_high")
ISSUES = {
    "issue": pl.String, "of": pl.String, "asked": pl.Int64, "affected": pl.Int64, "share": pl.Float64,
    "customers": pl.Int64, "reach": pl.Float64, "compared": pl.Int64, "others": pl.Int64,
    **{f"{name}{end}": pl.Float64 for name in ("difference", "at_risk") for end in ENDS}, "reason": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class AtRisk:
    """n: customers to whom an order came in the period. measure: margin, or revenue where costs are unknown.
    days: how long customers are followed.

    issues: issue (late parcel, complaint, detractor, low rating), of (the driver that is rated), asked
        (customers of the period of whom it is known), affected (of these, with the issue), share; customers
        (all of the period) and reach (of these, with the issue: counted, or share × customers where only some
        were asked); compared and others (customers of the year with the issue and without, followed for all
        days); difference of what they brought later a customer, in money (less is negative), and at_risk =
        −difference × reach, with _low and _high (95 %); reason: why there is no difference. The most at risk
        first.
    """

    n: int
    measure: str
    days: int
    issues: pl.DataFrame
    why: dict[str, Reason]
    warnings: tuple[Reason, ...] = ()


def at_risk(
    frames: Frames,
    surveys: pl.LazyFrame | None,
    orders: pl.LazyFrame | None,
    order_lines: pl.LazyFrame | None,
    products: pl.LazyFrame | None,
    shipments: pl.LazyFrame | None,
    returns: pl.LazyFrame | None,
    tickets: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    days: int = 90,
) -> AtRisk:
    """Which issues go with the most margin lost. Association: who has an issue may differ in other ways too.

    A customer counts once for each issue, by the first order (or answer) of the period. The difference is of
    customers of the year up to the period's end whose `days` after the parcel arrived, or the answer was
    given, are over; it is taken within the month and the number of orders so far (post-stratified to those
    with the issue; Student's interval with Welch's degrees of freedom), so that those who had bought more
    are not compared with those who had not. The interval of at_risk also holds how sure the share is.
    """
    if orders is None or order_lines is None:
        table = "orders" if orders is None else "order_lines"
        return _none(days, Reason("needs the table {table}: import it", table=table))
    timezone = zone(frames)
    known = base(orders, None, shipments, returns, None, period, timezone)
    paid = earned(frames, orders, order_lines, products, returns)
    if known is None or paid.is_empty():
        return _none(days, Reason("nobody who is known has ordered until these days"))
    year = Period(period.end - (YEAR - 1) * DAY, period.end)
    measure = "margin" if paid["margin"].sum() else "revenue"
    later = paid.select("customer", _day(timezone), money=measure)
    events = [*of_orders(known, shipments, tickets), *of_answers(surveys, known, year, timezone)]
    people = frames("people").select("customer", "customer_id").collect()
    reached = known.rows.filter(_within(period))["customer_id"].n_unique()
    if not events or not reached:
        return _none(days, Reason("neither parcels, tickets nor answers tell of an issue on these days"))
    rows: list[dict] = []
    why: dict[str, Reason] = {}
    for issue, of, all_, sampled in events:
        row = {"issue": issue, "of": of, "customers": reached} | _reach(
            all_.filter(_within(period)), reached, sampled
        )
        told = all_.filter(_within(Period(year.start, min(year.end, as_of - days * DAY))))
        found, others = _compared(told, people, later, days)
        reason = Reason(
            "fewer than {n} customers with it could be followed for {days} days", n=LEAST, days=days
        )
        row |= {"compared": found.n, "others": others}
        if row["affected"] and found.n >= LEAST and found.value is not None:
            row |= _money(row, found, sampled)
        else:
            row["reason"] = reason
            why[f"{issue} {of or ''}".strip()] = reason
        rows.append(row)
    issues = pl.DataFrame([dict.fromkeys(ISSUES) | row for row in rows], ISSUES)
    issues = issues.sort("at_risk", "issue", "of", descending=[True, False, False], nulls_last=True)
    warnings = [] if measure == "margin" else [needs("daily", "cost")]
    if surveys is not None:
        warnings.append(Reason("answers of all ways of asking are taken together here"))
    return AtRisk(reached, measure, days, issues, why, tuple(warnings))


def _none(days: int, reason: Reason) -> AtRisk:
    return AtRisk(0, "margin", days, pl.DataFrame(schema=ISSUES), {}, (reason,))


def _within(period: Period) -> pl.Expr:
    return pl.col("day").is_between(period.start, period.end)


def _day(timezone: str) -> pl.Expr:
    at = pl.from_epoch("at", time_unit="us").dt.replace_time_zone("UTC").dt.convert_time_zone(timezone)
    return at.dt.date().alias("bought")


def _reach(rows: pl.DataFrame, customers: int, sampled: bool) -> dict:
    """asked, affected, share, reach: of customers, each once, with the issue where they ever had it."""
    each = rows.group_by("customer_id").agg(pl.col("has").any())
    asked, affected = len(each), int(each["has"].sum())
    share = affected / asked if asked else None
    reach = affected if not sampled else None if share is None else share * customers
    told = {"affected": affected, "share": share, "reach": reach}
    return {"asked": asked} | (told if not 0 < affected < SHOWN else dict.fromkeys(told))


def _compared(
    rows: pl.DataFrame, people: pl.DataFrame, later: pl.DataFrame, days: int
) -> tuple[Estimate, int]:
    """The difference of later money a customer between those with the issue and those without, by strata."""
    each = rows.join(people, on="customer_id").sort("customer", "day", *STRATA, "has")
    first = each.unique("customer", keep="first", maintain_order=True)
    after = (pl.col("bought") > pl.col("day")) & (pl.col("bought") <= pl.col("day") + pl.duration(days=days))
    bought = first.select("customer", "day").join(later, on="customer").filter(after)
    sums = bought.group_by("customer").agg(pl.col("money").sum())
    known = first.join(sums, on="customer", how="left").with_columns(pl.col("money").fill_null(0.0))
    money, has = pl.col("money"), pl.col("has")
    strata = known.group_by(STRATA, maintain_order=True).agg(
        n=has.sum(), mean=money.filter(has).mean(), var=money.filter(has).var(),
        m=(~has).sum(), base=money.filter(~has).mean(), base_var=money.filter(~has).var(),
    )  # fmt: skip
    usable = strata.filter(pl.col("n") > 1, pl.col("m") > 1)
    return stratified(usable.drop(STRATA).rows()), int(usable["m"].sum())


def _money(row: dict, found: Estimate, sampled: bool) -> dict:
    """difference and at_risk with their intervals: of a product of independent estimates (delta method)."""
    z = NormalDist().inv_cdf(0.975)
    value, low, high = found.value or 0.0, found.low or 0.0, found.high or 0.0
    half, reach = (high - low) / 2, row["reach"]
    share = row["share"]
    error = z * row["customers"] * sqrt(share * (1 - share) / row["asked"]) if sampled else 0.0
    wide = sqrt((reach * half) ** 2 + (value * error) ** 2)
    risk = -value * reach
    told = {"difference": (value, low, high), "at_risk": (risk, risk - wide, risk + wide)}
    return {
        f"{name}{end}": each for name, three in told.items() for end, each in zip(ENDS, three, strict=True)
    }


at_risk_analysis = Analysis("at_risk", "What does dissatisfaction cost?", at_risk)
