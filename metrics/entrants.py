"""The members of cohorts, out of the shop's visits, orders and customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

import numpy as np
import polars as pl

from metrics.cohort import BY_TIME, CohortRules, Members, Mode, members
from metrics.earned import order_log
from metrics.metric import BadQuestion, did_you_mean
from metrics.period import Period
from metrics.reason import Frames
from metrics.steps import ANY, steps

Of = Literal["visits", "orders"]
TRAITS = ("acquisition_channel", "tier", "gender", "country", "city")  # of customers, shared by many


def entered(
    frames: Frames,
    events: pl.LazyFrame | None,
    customers: pl.LazyFrame | None,
    orders: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]],
    of: Of,
    rules: CohortRules,
) -> Members:
    """The members of the cohorts that `retention` counts."""
    if where:
        frames("log", where=where)  # raises for columns that events do not have
    log = _log(frames, events, rules) if of == "visits" else order_log(frames, orders)
    _check_events(log, rules)
    known = log.collect_schema()
    signed_up = _signed_up(frames, customers) if rules.cohort == "signup" else None
    traits = None
    if rules.cohort not in BY_TIME and rules.cohort not in known:
        traits = _traits(frames, customers, rules.cohort)
    return members(log, rules, period, as_of, signed_up=signed_up, traits=traits, where=where)


def returned(found: Members, counts_of: Mode, period: int) -> np.ndarray:
    """(M,) whether each member counts as come back in a period."""
    one = np.uint64(1)
    if counts_of == "on_or_after":
        return np.asarray(found.latest >= period)
    if counts_of == "within" and period:
        return np.asarray(found.back & _periods(period) != 0)
    if counts_of == "every" and period:
        return np.asarray(found.back & _periods(period) == _periods(period))
    return np.asarray(found.back >> np.uint64(period) & one == 1)


def absent(found: Members, counts_of: Mode, cohort: str | None, period: int, came: bool = False) -> pl.Series:
    """Codes of a cohort's members who did not come back in a period that has begun for them (or, `came`, who
    did), for a list of people to care for.
    """
    back = returned(found, counts_of, period)
    mine = found.rows["cohort"].cast(pl.String).eq_missing(pl.Series([cohort], dtype=pl.String)).to_numpy()
    chosen = mine & (found.begun > period) & (back == came)
    return found.rows["customer"].filter(pl.Series(chosen)).unique().sort()


def _periods(last: int) -> np.uint64:
    """The bits of the periods from 1 to `last`."""
    return np.uint64(sum(1 << k for k in range(1, last + 1)))


def _log(frames: Frames, events: pl.LazyFrame | None, rules: CohortRules) -> pl.LazyFrame:
    """The log, with columns of the whole table beside where conditions need them."""
    log = frames("log")
    conditions = steps((rules.first_event, rules.return_event))
    wanted = {column for step in conditions for column in step.columns}
    more = sorted(wanted - set(log.collect_schema()))
    if not more or events is None or not set(more) <= set(events.collect_schema()):
        return log
    return pl.concat([log, events.select(more)], how="horizontal")


def _check_events(log: pl.LazyFrame, rules: CohortRules) -> None:
    known = list(log.collect_schema()["event"].categories)  # type: ignore[attr-defined]
    asked = [step.event for step in steps((rules.first_event, rules.return_event))]
    strange = [name for name in asked if name not in (ANY, *known)]
    if strange and known:
        raise BadQuestion(
            f"There is no event {', '.join(strange)}. There are: {', '.join((ANY, *known))}."
            f"{did_you_mean(strange, known)}"
        )


def _signed_up(frames: Frames, customers: pl.LazyFrame | None) -> pl.DataFrame:
    """customer, at (µs), of those whose signup is known, by customer."""
    if customers is None:
        raise BadQuestion("Cohorts by signup need the table customers: import it.")
    known = customers.select("customer_id", at=pl.col("signed_up_at").dt.epoch("us")).drop_nulls()
    return known.join(frames("people"), on="customer_id").select("customer", "at").sort("customer").collect()


def _traits(frames: Frames, customers: pl.LazyFrame | None, column: str) -> pl.DataFrame | None:
    """customer and the column; without it all that there are, for the error that names them."""
    if customers is None:
        return None
    known = [name for name in customers.collect_schema() if name in TRAITS]
    wanted = [column] if column in known else known
    return (
        frames("people")
        .join(customers.select("customer_id", *wanted), on="customer_id")
        .drop("customer_id")
        .collect()
    )
