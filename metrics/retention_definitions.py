"""The same returns under the definitions of several products, and the customers that make the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from metrics.analysis import Analysis
from metrics.cohort import CohortRules, Mode
from metrics.definitions import OURS
from metrics.entrants import Of, entered, returned
from metrics.interval import wilson
from metrics.metric import BadQuestion
from metrics.period import Every, Period, WeekStart
from metrics.privacy import MIN_GROUP
from metrics.reason import Frames
from metrics.retention import PRESETS, Preset
from metrics.steps import ANY

SCHEMA = {
    "definition": pl.String,
    **dict.fromkeys(("entry", "clock", "week_start"), pl.String),
    **dict.fromkeys(("n", "returned"), pl.Int64),
    **dict.fromkeys(("share", "low", "high"), pl.Float64),
    **dict.fromkeys(("more", "fewer", "entered_more", "entered_fewer"), pl.Int64),
}


@dataclass(frozen=True)
class RetentionDefinitions:
    """n: different customers in a cohort under any of them whose period `at` is over.

    definitions, ours first: definition, entry, clock, week_start (see CohortRules), n (members for whom the
    period is over: where customers enter anew, one counts in each of its cohorts), returned, share with low
    and high (Wilson), and against ours, in different customers: more and fewer (back in the period here and
    not there, and the other way round), entered_more and entered_fewer.
    """

    n: int
    at: int
    definitions: pl.DataFrame


def retention_definitions(
    frames: Frames,
    events: pl.LazyFrame | None,
    customers: pl.LazyFrame | None,
    orders: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    of: Of = "visits",
    first_event: str = ANY,
    return_event: str = ANY,
    every: Every = "month",
    week_start: WeekStart = "monday",
    at: int = 1,
    min_group: int = MIN_GROUP,
) -> RetentionDefinitions:
    """Who is back in period `at` under our rules and those of the five products; see retention.PRESETS.

    The settings are those of `retention`. Raises BadQuestion for what cannot be asked.
    """
    ours = CohortRules(
        first_event=first_event, return_event=return_event, every=every, periods=max(at, 1),
        week_start=week_start,
    )  # fmt: skip
    rules = _rules(ours)
    told = _back(frames, events, customers, orders, set(rules.values()), period, as_of, where, of, at)
    everyone = np.unique(np.concatenate([back.entered for back in told.values()]))
    if where and 0 < len(everyone) < min_group:
        raise BadQuestion(f"Hidden: the cohorts would point at fewer than {min_group} people. Ask for more.")
    base, rows = told[rules[OURS]], []
    for name, (mine, mode) in rules.items():
        back = told[mine, mode]
        low, high = wilson(back.times, back.n) or (None, None)
        share = back.times / back.n if back.n else None
        against = (
            *_apart(back.returned, base.returned),
            *_apart(back.entered, base.entered),
        )
        how = (mine.entry, mine.clock, mine.week_start)
        rows.append((name, *how, back.n, back.times, share, low, high, *against))
    return RetentionDefinitions(len(everyone), at, pl.DataFrame(rows, schema=SCHEMA, orient="row"))


retention_definitions_analysis = Analysis(
    "retention_definitions", "Who comes back by the rules of other tools?", retention_definitions
)


def explaining(
    frames: Frames,
    events: pl.LazyFrame | None,
    customers: pl.LazyFrame | None,
    orders: pl.LazyFrame | None,
    preset: Preset,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    of: Of = "visits",
    rules: CohortRules,
    at: int = 1,
) -> pl.Series:
    """Codes of the customers who are back in period `at` under one of our and the product's rules alone."""
    known = _rules(rules)
    pair = known[OURS], known[preset]
    told = _back(frames, events, customers, orders, set(pair), period, as_of, where, of, at)
    one, other = (told[each].returned for each in pair)
    return pl.Series("customer", np.setxor1d(one, other, assume_unique=True), dtype=pl.Int32)


@dataclass(frozen=True)
class _Back:
    """n, times: members whose period is over, and those of them who returned in it. entered, returned:
    the codes of their different customers, sorted.
    """

    n: int
    times: int
    entered: np.ndarray
    returned: np.ndarray


Told = tuple[CohortRules, Mode]


def _rules(ours: CohortRules) -> dict[str, Told]:
    """Weeks alone begin on a day: of other periods the day changes nothing, so that rules may be the same."""
    found: dict[str, Told] = {OURS: (ours, "on")}
    for name, preset in PRESETS.items():
        own = {each: value for each, value in preset.items() if each != "mode"}
        if ours.every != "week":
            own.pop("week_start", None)
        found[name] = replace(ours, **own), preset["mode"]
    return found


def _back(
    frames: Frames,
    events: pl.LazyFrame | None,
    customers: pl.LazyFrame | None,
    orders: pl.LazyFrame | None,
    rules: set[Told],
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]],
    of: Of,
    at: int,
) -> dict[Told, _Back]:
    found = {}
    for each in sorted(rules, key=str):
        mine, mode = each
        people = entered(
            frames, events, customers, orders, period=period, as_of=as_of, where=where, of=of, rules=mine
        )
        over = people.over > at
        came = over & returned(people, mode, at)
        codes = people.rows["customer"].to_numpy()
        found[each] = _Back(int(over.sum()), int(came.sum()), np.unique(codes[over]), np.unique(codes[came]))
    return found


def _apart(one: np.ndarray, other: np.ndarray) -> tuple[int, int]:
    """How many are in one alone, and in the other alone."""
    return (
        len(np.setdiff1d(one, other, assume_unique=True)),
        len(np.setdiff1d(other, one, assume_unique=True)),
    )
