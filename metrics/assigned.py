"""Which arm of a test a customer is in: a code that any system computes the same way from its id."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import polars as pl

from metrics.experiment import Experiment

WRITTEN = 2**32


def code(salt: str, customer: str) -> float:
    """A customer's place in [0, 1): the first 32 bits of SHA-256 of "salt:customer", by 2³².

    In SQL: ('x' || left(encode(sha256((salt || ':' || customer)::bytea), 'hex'), 8))::bit(32)::bigint ÷ 2³².
    """
    return int(sha256(f"{salt}:{customer}".encode()).hexdigest()[:8], 16) / WRITTEN


def assigned(plan: Experiment, customers: Sequence[str]) -> pl.DataFrame:
    """customer_id, arm: the arms' shares one after the other; null for those who take no part."""
    ends, level = list[tuple[float, str]](), 0.0
    for arm in plan.arms:
        level += arm.share
        ends.append((level, arm.name))
    whole = abs(level - 1) < 1e-9  # then nobody is left over by rounding

    def arm_of(customer: str) -> str | None:
        place = code(plan.salt, customer)
        found = next((name for end, name in ends if place < end), None)
        return ends[-1][1] if found is None and whole else found

    arms = pl.Series("arm", [arm_of(each) for each in customers], pl.String)
    return pl.DataFrame({"customer_id": pl.Series(customers, dtype=pl.String), "arm": arms})
