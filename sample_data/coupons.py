"""Coupons: who gets one, who sees it, and what it takes off an order.

A person has one coupon a month at most, which ends with the month, so month and person number it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data import days
from sample_data.columns import instants, labels, only
from sample_data.draws import Draws, Floats, Ints
from sample_data.people import Memory, Traits, arrival_key
from sample_data.plan import PROGRAMMES
from sample_data.run import Run

SEEN, SEEN_AFTER = 0.65, 26 * 3600.0  # share that looks; mean seconds until then


@dataclass(frozen=True)
class Coupons:
    """By person. programme: number in PROGRAMMES, −1 none. Times in seconds, NaN where never seen."""

    programme: Ints
    issued: Floats
    seen: Floats

    def known(self, row: Ints, at: Floats) -> np.ndarray:
        """Whether the person of a row knows of a coupon at that time."""
        return (self.programme[row] >= 0) & (self.seen[row] < at)


def coupons(draws: Draws, run: Run, people: Traits, memory: Memory, month: int) -> Coupons:
    """New accounts are welcomed when they open; some others get a coupon in the month's first week."""
    first, last = days.BOUNDS[month], days.BOUNDS[month + 1]
    person = people.person
    fresh = people.account & (people.arrives >= first) & (people.arrives < last)
    older = people.account & (people.arrives < first)
    bought = memory.orders > 0
    luck = draws.uniform("coupon", person, month)
    programme = np.full(len(person), -1)
    for number in (2 * month, 2 * month + 1):
        plan = run.programmes[number]
        wanted = fresh if plan.fresh else older
        programme[wanted & (luck < np.where(bought, plan.buyers, plan.others))] = number
    sent = (first + 1 + draws.whole("coupon day", 7, person, month)) * 86_400.0 + 10 * 3600
    opened = np.floor(people.arrives) * 86_400 + days.second_of_day(draws, arrival_key(draws, person))
    issued = np.where(fresh, np.floor(opened), sent)
    seen = np.floor(issued + draws.exponential("coupon seen", SEEN_AFTER, person, month))
    looks = draws.chance("coupon looked at", SEEN, person, month) & (seen < last * 86_400)
    return Coupons(programme, issued, np.where(looks, seen, np.nan))


def off(held: Coupons, row: Ints, at: Floats, worth: Floats) -> tuple[Floats, Ints]:
    """Money off each order, and the programme: the person's first order that reaches the threshold.

    row: of the buyer; at: seconds; worth: value of the order after promotions.
    """
    programme = held.programme[row]
    threshold = np.array([plan.threshold for plan in PROGRAMMES])[programme]
    value = np.array([plan.value_off for plan in PROGRAMMES])[programme]
    percent = np.array([plan.percent_off for plan in PROGRAMMES])[programme]
    able = np.flatnonzero(held.known(row, at) & (worth >= threshold))
    able = able[np.argsort(at[able], kind="stable")]
    _, first = np.unique(row[able], return_index=True)
    used = np.zeros(len(row), bool)
    used[able[first]] = True
    return np.where(used, value + percent * worth, 0.0), programme


def coupon_ids(month: int, customer: pl.Series) -> pl.Series:
    return pl.Series("coupon_id", f"K{days.MONTHS[month]:%y%m}-" + customer.str.slice(1))


def coupon_rows(
    held: Coupons, month: int, customer: pl.Series, order: Ints, at: Floats, order_id: pl.Series
) -> pl.DataFrame:
    """Rows of the table coupons, also of those never used.

    customer: ids by person. order: by person the order that used it, −1 none, in `at` and `order_id`.
    """
    row = np.flatnonzero(held.programme >= 0)
    plan = [PROGRAMMES[number] for number in held.programme[row]]
    used = order[row]
    redeemed = np.append(at, np.nan)[used]
    ends = np.full(len(row), days.BOUNDS[month + 1] * 86_400.0 - 1)
    return pl.DataFrame(
        {
            "coupon_id": coupon_ids(month, customer.gather(row)),
            "customer_id": customer.gather(row),
            "promotion_id": labels([p.id for p in PROGRAMMES], held.programme[row]),
            "kind": labels([p.kind for p in PROGRAMMES], held.programme[row]),
            "threshold": [p.threshold for p in plan],
            "value_off": [p.value_off or None for p in plan],
            "percent_off": [p.percent_off or None for p in plan],
            "issued_at": instants("issued_at", held.issued[row]),
            "seen_at": instants("seen_at", held.seen[row]),
            "redeemed_at": instants("redeemed_at", np.where(used >= 0, redeemed, np.nan)),
            "expires_at": instants("expires_at", ends),
            "order_id": only(used >= 0, order_id.extend_constant(None, 1).gather(used % (len(at) + 1))),
        },
        schema_overrides=dict.fromkeys(("threshold", "value_off", "percent_off"), pl.Float64),
    )
