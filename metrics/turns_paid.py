"""Whether the prices that were paid are those of a test turn by turn."""

from __future__ import annotations

import numpy as np

from metrics.experiment import Experiment
from metrics.price_days import Days
from metrics.promotion_expected import UNITS
from metrics.reason import Reason
from metrics.turns import prices, schedule

OFF = 0.02  # that a price may lie beside the planned one: prices end in .90
LEAST = 0.5  # of the way that prices should have moved, below which there was no test to read


def paid(plan: Experiment, days: Days, first: int, turns: int) -> np.ndarray:
    """(products × turns) the log of the base price on days with a sale; nan where nothing was sold."""
    at = slice(first, first + turns * plan.turn)
    sold = (days.sums[UNITS][:, at] > 0) & days.sure[:, at]
    shape = len(sold), turns, plan.turn
    total = np.where(sold, days.price[:, at], 0.0).reshape(shape).sum(axis=2)
    count = sold.reshape(shape).sum(axis=2)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def followed(planned: np.ndarray, asked: np.ndarray) -> float | None:
    """How far prices moved by how far they should have: the slope of what was paid on the plan (logs), within
    products; None where no product was seen at two planned prices.
    """
    there = ~np.isnan(asked)
    count = np.maximum(there.sum(axis=1), 1)[:, None]

    def centred(values: np.ndarray) -> np.ndarray:
        held = np.where(there, values, 0.0)
        return np.where(there, held - held.sum(axis=1)[:, None] / count, 0.0)

    moved = centred(planned)
    size = float((moved**2).sum())
    return float((moved * centred(asked)).sum()) / size if size > 1e-9 else None


def beside(plan: Experiment, days: Days, asked: np.ndarray, first: int) -> tuple[Reason | None, bool]:
    """By how much they are not; and whether they are near enough to read the test.

    asked: as `paid` gives it. Where the plan does not know today's price, it is that of the day before.
    """
    before = days.price[:, first - 1] if first else np.full(len(asked), np.nan)
    known = np.array([plan.today.get(each, np.nan) for each in days.products])
    planned = np.where(np.isnan(known), before, np.log(known))[:, None]
    planned = planned + prices(plan)[schedule(plan)[:, : asked.shape[1]]]
    there = ~np.isnan(asked - planned)
    off = int((np.abs(asked - planned)[there] > OFF).sum())
    share = followed(np.where(there, planned, 0.0), np.where(there, asked, np.nan))
    if not off or share is None:
        return None, True
    facts = {"off": off, "n": int(there.sum()), "percent": round(100 * OFF), "share": round(100 * share)}
    if share < LEAST:
        told = Reason(
            "prices moved {share} % as far as planned ({off} of {n} that were paid, of a product and turn "
            "each, lie more than {percent} % beside the plan): the test was not done, so nothing is read",
            **facts,
        )  # fmt: skip
        return told, False
    told = Reason(
        "{off} of {n} prices that were paid, of a product and turn each, lie more than {percent} % beside "
        "the plan: prices moved {share} % as far as planned, and the read-out is that of the plan", **facts,
    )  # fmt: skip
    return told, True
