"""Whether the data identifies a product's elasticity, and the cheapest test that would."""

from __future__ import annotations

import numpy as np
import polars as pl

from metrics.elasticity_tables import TESTS
from metrics.outcomes import groups
from metrics.period import DAY, Period
from metrics.planner_groups import detectable_elasticity
from metrics.price_days import WEEK
from metrics.price_fit import Fit
from metrics.price_panel import Panel
from metrics.reason import Frames, Reason
from metrics.turns_plan import FRESH, Usual, turns_test

SPREAD = 0.01  # least standard deviation of the log price beyond effects and promotions: about 1 %
SHARE = 0.1  # least share of the base price's movement that these leave


def reasons(panel: Panel, fitted: Fit, prices: int, weeks: int) -> list[Reason | None]:
    """By product, why its elasticity is not identified; None where it is."""
    offered = (panel.offered > 0).sum(axis=1)
    total = fitted.expected.sum(axis=1)
    safe = np.maximum(total, 1e-9)
    left, raw = np.sqrt(fitted.left / safe), np.sqrt(fitted.raw / safe)
    found: list[Reason | None] = []
    for i in range(len(panel.products)):
        if raw[i] < 1e-6:
            found.append(NEVER_MOVED)
        elif panel.prices[i] < prices:
            found.append(
                Reason("it had {found} different prices; {needed} are needed", found=int(panel.prices[i]),
                       needed=prices)
            )  # fmt: skip
        elif offered[i] < weeks:
            found.append(
                Reason("it was on sale in {found} weeks; {needed} are needed", found=int(offered[i]),
                       needed=weeks)
            )  # fmt: skip
        elif left[i] < SPREAD or fitted.left[i] < SHARE * fitted.raw[i]:
            found.append(NOT_ALONE)
        else:
            found.append(None)
    return found


NEVER_MOVED = Reason("its price before promotions never moved")
NOT_ALONE = Reason("its price hardly moved beyond promotions and what moved with it in the same weeks")


def tests(frames: Frames, data: Panel, rows: pl.DataFrame, dispersion: float) -> pl.DataFrame:
    """The test of every category with products whose elasticity is not clear. rows: the products' table."""
    open_ = rows.with_row_index("i").filter(pl.col("call").is_in(["", "unclear"])).sort("category")
    weeks = min(FRESH, data.shape[1])
    days = Period(data.span.end - (WEEK * weeks - 1) * DAY, data.span.end)
    revenue, margin = (
        groups(frames, "product_id", goal, days, data.products)[1].sum(axis=1) / weeks
        for goal in ("revenue", "margin")  # type: ignore[arg-type]
    )
    today = dict(rows.select("product", "price").drop_nulls().iter_rows())
    usual = Usual(data.products, rows["now"].to_numpy(), revenue, margin, dispersion, today)
    found = []
    for (name,), part in open_.group_by("category", maintain_order=True):
        plan = turns_test(usual.only(part["i"].to_list()), name=str(name) or "price test", why=str(name)).plan
        if plan:
            many = sum(len(arm.members) for arm in plan.arms)
            found.append((
                name, many, plan.days // plan.turn, plan.arms[-1].price, detectable_elasticity(plan),
                plan.at_risk, plan.text(),
            ))  # fmt: skip
    return pl.DataFrame(found, TESTS, orient="row")
