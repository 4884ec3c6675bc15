"""Funnels and retention of a tenth of the customers, judged by what all of them do.

Of all customers nothing is left to chance, and an interval holds the truth always; of a tenth it should
hold it about 95 times of 100 (a little more, since the tenth is part of the whole).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import polars as pl

from metrics.recovery import Data, Estimate, Recovery
from metrics.retention import retention
from metrics.shares import DEVICE, STEPS, reached

TENTH = pl.col("customer") % 10 == 0


def returns(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    """By month of signing up and months since, "2025-07 + 1": who of them is seen again."""

    def frames(name: str, **asked: Any) -> pl.LazyFrame:
        rows: pl.LazyFrame = data.frames(name, **asked).filter(TENTH)
        return rows

    found = retention(
        frames, data.scan("events"), data.scan("customers"), None, None, None, None,
        period=data.period, as_of=data.period.end, cohort="signup", every="month", periods=11, curve="none",
        money=False, min_group=1,
    )  # fmt: skip
    whole = found.cells.filter(pl.col("period") > 0, ~pl.col("partial"), pl.col("share").is_not_null())
    told = {f"{row['start']:%Y-%m} + {row['period']}": row for row in whole.to_dicts()}
    return {
        each: Estimate(told[each]["share"], told[each]["low"], told[each]["high"], told[each]["n"])
        for each in of
        if each in told
    }


returns_recovery = Recovery(
    "returns_seen",
    "Customers seen again",
    "The analysis Retention by month of signing up, of a tenth of the customers, with Wilson's interval. "
    "Visits that tracking lost are not in it.",
    "retention",
    "seen",
    returns,
    of=r"\d{4}-\d{2} \+ \d+",
)

TENTHS = {
    "view": "A tenth of visitors: visits that look at a product",
    "cart": "A tenth of visitors: views that lead to a cart",
    "checkout": "A tenth of visitors: carts that reach the checkout",
    "purchase": "A tenth of visitors: checkouts that are paid",
}


def step(before: str, after: str) -> Recovery:
    """As shares.step, of the visits of a tenth of the visitors."""

    def rate(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
        return reached(data.scan("events").filter(TENTH), before, after, of)

    return Recovery(
        f"{after}_rate_tenth",
        TENTHS[after],
        "Counted in the visits of a tenth of the visitors, with Wilson's interval.",
        "funnel",
        f"{after}_rate",
        rate,
        of=DEVICE,
    )


view_tenth, cart_tenth, checkout_tenth, purchase_tenth = (step(*pair) for pair in pairwise(STEPS))
