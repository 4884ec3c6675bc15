"""The test that would tell whether a promotion pays: next time a share of the customers goes without."""

from __future__ import annotations

from math import ceil

import numpy as np
import polars as pl

from metrics.planner import FEW_DAYS, OPTIONS, Proposal, holdout_test
from metrics.promotion_cells import Cells
from metrics.promotion_expected import MARGIN, UNITS
from metrics.promotion_panel import BEFORE, SOON
from metrics.promotion_plan import Plan
from metrics.reason import Reason

HELD_OUT = 0.1  # share of the customers left without the offer


def holdout(plan: Plan, data: Cells) -> Proposal:
    """By what its products sold in the eight weeks before; no plan where that is unknown or nothing."""
    low, high = max(data.number(plan.first) - BEFORE, 0), data.number(plan.first)
    if high - low < SOON:
        return Proposal(None, pl.DataFrame(schema=OPTIONS), FEW_DAYS)
    sums = data.daily(low, high, plan.product, plan.place).sum(axis=0) / (high - low) * plan.days
    kinds = {data.category[each] for each in np.flatnonzero(plan.product)}
    category = next(iter(kinds)) if len(kinds) == 1 else None
    return holdout_test(
        plan.name, days=plan.days, usual=float(sums[UNITS]), control=HELD_OUT, category=category or "",
        margin=float(sums[MARGIN]) if data.costed else None, why=plan.id,
    )  # fmt: skip


def wanted(detectable: float | None) -> tuple[Reason, ...]:
    """It in words."""
    if detectable is None:
        return ()
    told = Reason(
        "leave a random {share} % of the customers without the offer next time: "
        "a lift of {lift} % or more would be found",
        share=round(100 * HELD_OUT),
        lift=ceil(100 * detectable),
    )
    return (told,)
