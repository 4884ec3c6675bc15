"""What a test would need: the questions of metrics/planner.py, planner_groups.py and turns_plan.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from metrics import turns_plan
from metrics.analysis import Analysis, Verdict
from metrics.experiment import GOALS, Experiment, Units
from metrics.metric import BadQuestion, did_you_mean
from metrics.planner import FEW_DAYS, LENGTHS, OPTIONS, Proposal, customers_test
from metrics.planner_groups import detectable_elasticity, price_test
from metrics.planner_groups import regions_test as regions_of
from metrics.price_days import WEEK
from metrics.reason import Frames, Reason

MEMBERS = {
    **dict.fromkeys(("arm", "member", "name"), pl.String),
    **dict.fromkeys(("price", "new_price"), pl.Float64),
}
FOUND = Reason("a test of that length finds the effect asked for")


@dataclass(frozen=True)
class Planned:
    """n: customers, regions or products that would take part. plan: as JSON; "" where there is none.

    days; usual (the goal's value without a test), detectable (relative), needed (customers that the effect
    asked for would need), at_risk (margin), elasticity (smallest found by a price test).
    options: a row a length, as planner.Proposal. members: arm, member; of products their name, list price
    and the price that they would have (null where they get several: the plan has them).
    """

    n: int
    plan: str
    days: int | None
    usual: float | None
    detectable: float | None
    needed: int | None
    at_risk: float | None
    elasticity: float | None
    options: pl.DataFrame
    members: pl.DataFrame
    warnings: tuple[Reason, ...] = ()
    verdict: Verdict | None = None


def planned(
    frames: Frames,
    products: pl.LazyFrame | None,
    *,
    as_of: date,
    units: Units = "customers",
    goal: Literal["", "conversion", "orders", "revenue", "order_value", "units", "margin"] = "",
    effect: float = 0.05,
    power: float = 0.8,
    control: float = 0.5,
    category: str = "",
    price: float = -0.15,
    design: Literal["turns", "halves"] = "turns",
    settle: int = 0,
    days: int = 0,
    name: str = "test",
) -> Planned:
    """units: who is split. goal: what is to change; by default orders, revenue and units of the three.

    effect: smallest relative change that matters; of a price test it is that of an elasticity of 1. control:
    share of the customers left as they are. category: of which customers' purchases count, or whose products
    get the new price. price: its relative change. design: of prices: each product has today's price, the
    new one and as much to the other side, a week each, turn by turn (turns_plan.py); or half of them get the
    new price. settle: days after each change of a price that are left out. days: of the test; 0 is the
    shortest that would do.
    """
    if not (effect > 0 and 0 < power < 1 and 0 < control < 1 and price > -1 and price):
        raise BadQuestion(
            "A test needs an effect above 0, a power and a share of the control between 0 and 1, and a "
            "change of price that is not 0."
        )
    if units == "products" and design == "turns":
        made = _turn_by_turn(frames, products, as_of, category, abs(price), power, settle, days, goal, name)
        return _told(made, products)
    if goal and goal not in GOALS[units]:
        known, hint = ", ".join(GOALS[units]), did_you_mean([goal], GOALS[units])
        raise BadQuestion(f"The goal of {units} is one of {known}; found {goal!r}.{hint}")
    lengths = (days,) if days else LENGTHS if units == "customers" else LENGTHS[1:]
    ask = {"as_of": as_of, "power": power, "lengths": lengths, "name": name}
    if units == "customers":
        own = goal or "orders"
        made = customers_test(frames, goal=own, effect=effect, control=control, category=category, **ask)  # type: ignore[arg-type]
    elif units == "regions":
        made = regions_of(frames, goal=goal or "revenue", effect=effect, **ask)  # type: ignore[arg-type]
    else:
        chosen = _products(products, category)
        made = price_test(frames, products=chosen, change=price, goal=goal or "units", **ask)  # type: ignore[arg-type]
    return _told(made, products)


def _turn_by_turn(
    frames: Frames, products: pl.LazyFrame | None, as_of: date, category: str, step: float, power: float,
    settle: int, days: int, goal: str, name: str,
) -> Proposal:  # fmt: skip
    whole = days % WEEK == 0 and (not days or days >= 3 * WEEK)
    if goal not in ("", "units") or step >= 1 or not whole or not 0 <= settle < WEEK:
        raise BadQuestion(
            "A test turn by turn is of units, over whole weeks, three at least; its prices change by less "
            "than 1, and fewer than 7 days are left out after a change."
        )
    usual = turns_plan.usual(frames, products, _products(products, category), as_of)
    if usual is None:
        return Proposal(None, pl.DataFrame(schema=OPTIONS), FEW_DAYS)
    lengths = (days,) if days else turns_plan.LENGTHS
    return turns_plan.turns_test(usual, step=step, power=power, lengths=lengths, settle=settle, name=name)


def _products(products: pl.LazyFrame | None, category: str) -> list[str]:
    if products is None:
        return []
    kept = products.filter(pl.col("category") == category) if category else products
    return sorted(kept.select("product_id").collect()["product_id"].to_list())


def _told(made: Proposal, products: pl.LazyFrame | None) -> Planned:
    plan = made.plan
    if plan is None:
        assert made.reason
        verdict = Verdict(False, (made.reason,))
        empty = pl.DataFrame(schema=MEMBERS)
        return Planned(0, "", None, None, None, None, None, None, made.options, empty, (), verdict)
    row = made.options.filter(days=plan.days).row(0, named=True)
    return Planned(
        row["control"] + row["treated"], plan.text(), plan.days, row["usual"], plan.detectable, row["needed"],
        plan.at_risk, detectable_elasticity(plan), made.options, _members(plan, products), (),
        Verdict(made.reason is None, (made.reason or FOUND,)),
    )  # fmt: skip


def _members(plan: Experiment, products: pl.LazyFrame | None) -> pl.DataFrame:
    rows = [(arm.name, each, arm.price or 0.0) for arm in plan.arms for each in arm.members]
    members = pl.DataFrame(rows, {"arm": pl.String, "member": pl.String, "change": pl.Float64}, orient="row")
    if plan.units == "products" and products is not None:
        there = products.collect_schema()
        known = products.select(
            member="product_id", name="name" if "name" in there else pl.lit(None, pl.String),
            price="list_price" if "list_price" in there else pl.lit(None, pl.Float64),
        )  # fmt: skip
        members = members.join(known.collect(), on="member", how="left", maintain_order="left")
    else:
        members = members.with_columns(name=pl.lit(None, pl.String), price=pl.lit(None, pl.Float64))
    new = (pl.col("price") * (1 + pl.col("change"))).round(2)
    return members.with_columns(new_price=pl.lit(None, pl.Float64) if plan.turn else new).select(*MEMBERS)


test_plan_analysis = Analysis("test_plan", "What would a test need?", planned)
