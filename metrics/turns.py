"""Which product has which price in which turn of a test of prices: derived from the plan alone.

Products begin with one of the arms and go through them forwards, then backwards, and so on:

    turn      1 2 3 4 5 6 7 …
    begins A  A B C C B A A
    begins B  B C A A C B B
    begins C  C A B B A C C

In each turn every price has its share of the products, so that no season is taken for an effect of a price;
in each rotation (as many turns as arms) every product has every price once. Over two rotations each price
follows each, itself too, equally often, so that what the price before still does is no effect of the next one
(strongly balanced: Jones and Kenward 2014, Design and analysis of cross-over trials, chapter 4).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from metrics.experiment import Experiment
from metrics.period import DAY

CALENDAR = {
    **dict.fromkeys(("product", "name", "arm"), pl.String),
    "turn": pl.Int64,
    **dict.fromkeys(("first", "last"), pl.Date),
    **dict.fromkeys(("price", "paid"), pl.Float64),
}


def rotated(begins: np.ndarray, turns: int, arms: int) -> np.ndarray:
    """(products × turns) the arm of each. begins: by product, the arm of its first turn."""
    rotation, place = np.divmod(np.arange(turns), arms)
    step = np.where(rotation % 2 == 1, arms - 1 - place, place)
    return (np.asarray(begins, int)[:, None] + step) % arms


def drawn(many: int, arms: int) -> np.ndarray:
    """By product, the best seller first, the arm that it begins with: groups alike in number and in sales."""
    rotation, place = np.divmod(np.arange(many), arms)
    return np.where(rotation % 2 == 1, arms - 1 - place, place)


def members(plan: Experiment) -> list[str]:
    """The products, in the order of `schedule`."""
    return [each for arm in plan.arms for each in arm.members]


def schedule(plan: Experiment) -> np.ndarray:
    """(products × turns) the arm of each, as its place in the plan."""
    begins = np.repeat(np.arange(len(plan.arms)), [len(arm.members) for arm in plan.arms])
    return rotated(begins, plan.days // plan.turn, len(plan.arms))


def changed(arms: np.ndarray) -> np.ndarray:
    """(products × turns) whether a price is not that of the turn before; of the first: not today's."""
    before = np.concatenate([np.zeros((len(arms), 1), int), arms[:, :-1]], axis=1)
    return arms != before


def prices(plan: Experiment) -> np.ndarray:
    """By arm, the log of its price by today's."""
    return np.log1p([arm.price or 0.0 for arm in plan.arms])


def begins(plan: Experiment, turn: int) -> date:
    """The first day of a turn, from 0; `plan` has a first day."""
    assert plan.start
    return plan.start + turn * plan.turn * DAY


def calendar(
    plan: Experiment, names: dict[str, str | None] | None = None, paid: np.ndarray | None = None
) -> pl.DataFrame:
    """A row a product and turn: product, name, arm, turn (from 1), first and last day (null without a start),
    price (planned; null where the plan does not know today's), paid (products × turns so far; nan: unknown).
    """
    rows = list[tuple]()
    for i, (product, row) in enumerate(zip(members(plan), schedule(plan).tolist(), strict=True)):
        today = plan.today.get(product)
        for turn, place in enumerate(row):
            arm = plan.arms[place]
            days = (begins(plan, turn), begins(plan, turn + 1) - DAY) if plan.start else (None, None)
            price = round(today * (1 + (arm.price or 0.0)), 2) if today else None
            seen = paid[i, turn] if paid is not None and turn < paid.shape[1] else np.nan
            told = None if np.isnan(seen) else float(np.round(seen, 2))
            rows.append((product, (names or {}).get(product), arm.name, turn + 1, *days, price, told))
    return pl.DataFrame(rows, CALENDAR, orient="row")
