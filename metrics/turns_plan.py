"""The test that would tell an elasticity: best sellers go through three prices turn by turn (turns.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import expm1, log, sqrt

import numpy as np
import polars as pl

from metrics.experiment import Arm, Experiment, Goal
from metrics.outcomes import groups, history
from metrics.period import DAY, Period
from metrics.planner import OPTIONS, TOO_WEAK, Proposal, shortest
from metrics.planner_groups import ALONE, lost
from metrics.power import POWER, reach
from metrics.price_days import WEEK
from metrics.price_fit import Effects, fit
from metrics.reason import Frames
from metrics.turns import changed, drawn, rotated

STEP = 0.15  # of the prices: today's, and so far below and above it
EFFECT = 1.0  # difference of elasticities that a test should find: of −2 from −1
LENGTHS = tuple(range(42, 169, 21))  # days: whole rotations of three weeks
TESTED = 20  # products at most: the best sellers
FRESH = 13  # weeks that tell what sells now
YEAR = 52  # weeks that tell how much units scatter


@dataclass(frozen=True)
class Usual:
    """What products sell a week at today's price; arrays by product: units, revenue, margin (0 where costs
    are not known). today: product → price. dispersion: of units a week, Pearson's.
    """

    products: list[str]
    units: np.ndarray
    revenue: np.ndarray
    margin: np.ndarray
    dispersion: float
    today: dict[str, float] = field(default_factory=dict)

    def only(self, rows: Sequence[int]) -> Usual:
        at = list(rows)
        kept = [self.products[i] for i in at]
        today = {each: self.today[each] for each in kept if each in self.today}
        return Usual(kept, self.units[at], self.revenue[at], self.margin[at], self.dispersion, today)


def turns_test(
    usual: Usual,
    *,
    step: float = STEP,
    effect: float = EFFECT,
    power: float = POWER,
    lengths: Sequence[int] = LENGTHS,
    settle: int = 0,
    name: str = "price test",
    why: str = "",
) -> Proposal:
    """The best sellers ask today's price, `step` less and `step` more, a week each, turn by turn.

    effect: the difference of elasticities to be found. The plan's `effect` and `detectable` are what such
    an elasticity makes of the units at the lower price; planner_groups.detectable_elasticity tells it. The
    elasticity's error is √(dispersion ÷ Σ units × (log price)²), of the log price what product and week
    effects leave (price_fit.py): where all sell alike, its variance over the three prices × all units.

    at_risk: margin lost should nobody buy more at the lower price, and units fall three times as fast as the
    price rises at the higher one.
    """
    order = sorted(range(len(usual.products)), key=lambda i: (-usual.units[i], usual.products[i]))
    best = usual.only([i for i in order if usual.units[i] > 0][:TESTED])
    if len(best.products) < 2:
        return Proposal(None, pl.DataFrame(schema=OPTIONS), ALONE)
    changes = (0.0, -step, step)
    begins = drawn(len(best.products), len(changes))
    rows = list[tuple]()
    for days in lengths:
        turns = days // WEEK
        found = expm1(_detectable(best, begins, turns, changes, power, settle) * -log(1 - step))
        sold = float(best.units.sum()) * turns
        control = int((begins == 0).sum())
        rows.append((days, control, len(begins) - control, None, sold, found))
    options, wanted = pl.DataFrame(rows, OPTIONS, orient="row"), expm1(effect * -log(1 - step))
    chosen = shortest(options, wanted)
    assert chosen
    names = np.array(best.products)
    arms = tuple(
        Arm(told, members=tuple(names[begins == place].tolist()), price=change or None)
        for place, (told, change) in enumerate(zip(("control", "lower", "higher"), changes, strict=True))
    )
    plan = Experiment(
        name, "products", "units", arms, chosen["days"], effect=wanted, power=power,
        detectable=chosen["detectable"], at_risk=_at_risk(best, begins, chosen["days"] // WEEK, changes),
        why=why, turn=WEEK, settle=settle, today=best.today,
    )  # fmt: skip
    return Proposal(plan, options, None if chosen["detectable"] <= wanted else TOO_WEAK)


def _detectable(
    usual: Usual, begins: np.ndarray, turns: int, changes: Sequence[float], power: float, settle: int
) -> float:
    """The difference of elasticities that is found with that power."""
    arms = rotated(begins, turns, len(changes))
    read = 1 - changed(arms) * settle / WEEK
    weight = usual.units[:, None] * read / usual.dispersion
    free = Effects(weight).without(np.log1p(changes)[arms])
    return reach(power) / sqrt(float((weight * free**2).sum()))


def _at_risk(usual: Usual, begins: np.ndarray, turns: int, changes: Sequence[float]) -> float | None:
    if not usual.margin.any():
        return None
    arms = rotated(begins, turns, len(changes))
    weeks = [(arms == place).sum(axis=1) for place in range(len(changes))]
    return sum(
        lost(float(usual.margin @ each), float(usual.revenue @ each), change)
        for each, change in zip(weeks, changes, strict=True)
        if change
    )


def usual(frames: Frames, products: pl.LazyFrame | None, names: Sequence[str], as_of: date) -> Usual | None:
    """From the shop's own weeks, with product and week effects; None with fewer than six weeks or no sale.

    Promotions are not told apart, so that the scatter is rather too wide; products: for today's list price.
    """
    span = history(frames, as_of)
    weeks = min(span.days // WEEK, YEAR) if span else 0
    if weeks < 6 or not names:
        return None
    days = Period(as_of - (weeks * WEEK - 1) * DAY, as_of)
    sold = _weekly(frames, "units", days, names)
    if not sold.any():
        return None
    zeros = np.zeros_like(sold)
    fitted = fit(sold, np.ones_like(sold), zeros, [], np.zeros(len(sold), int))
    fresh = Period(as_of - (min(weeks, FRESH) * WEEK - 1) * DAY, as_of)
    revenue, margin = (_weekly(frames, goal, fresh, names).mean(axis=1) for goal in ("revenue", "margin"))  # type: ignore[arg-type]
    now = sold[:, -FRESH:].mean(axis=1)
    return Usual(list(names), now, revenue, margin, fitted.dispersion, _listed(products, names))


def _weekly(frames: Frames, goal: Goal, days: Period, names: Sequence[str]) -> np.ndarray:
    daily = groups(frames, "product_id", goal, days, names)[1]
    return daily.reshape(len(names), -1, WEEK).sum(axis=2)


def _listed(products: pl.LazyFrame | None, names: Sequence[str]) -> dict[str, float]:
    if products is None or "list_price" not in products.collect_schema():
        return {}
    rows = products.filter(pl.col("product_id").is_in(list(names))).select("product_id", "list_price")
    return dict(rows.drop_nulls().collect().iter_rows())
