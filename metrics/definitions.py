"""The same data under the definitions of several products, and the customers that make the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from metrics.analysis import Analysis
from metrics.attempts import attempts
from metrics.funnel import DEFAULT, PRESETS, Preset
from metrics.interval import wilson
from metrics.metric import BadQuestion
from metrics.period import Period
from metrics.privacy import MIN_GROUP
from metrics.reason import Frames
from metrics.rules import Rules

OURS = "plumbline"
SCHEMA = {
    "definition": pl.String,
    **dict.fromkeys(("n", "through"), pl.Int64),
    **dict.fromkeys(("share", "low", "high"), pl.Float64),
    "window_days": pl.Float64,
    "grace_seconds": pl.Float64,
    "inside": pl.Boolean,
    **dict.fromkeys(("more", "fewer", "started_more", "started_fewer"), pl.Int64),
}


@dataclass(frozen=True)
class Definitions:
    """n: customers who began under any of them. definitions, ours first: definition, n, through, share with
    low and high (Wilson), window_days (null: without end), grace_seconds, inside (whether all of it must lie
    in the dates), and against ours: more and fewer (customers through here and not there, and the other way
    round), started_more and started_fewer.
    """

    n: int
    definitions: pl.DataFrame


def definitions(
    frames: Frames,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    steps: tuple[str, ...] = DEFAULT,
    min_group: int = MIN_GROUP,
) -> Definitions:
    """One funnel under our rules and those of the five products; see PRESETS for their sources."""
    levels = _levels(frames, period, as_of, where, steps)
    if where and 0 < len(levels) < min_group:
        raise BadQuestion(f"Hidden: the funnel would point at fewer than {min_group} people. Ask for more.")
    rows, last = [], len(steps)
    ours, ours_through = levels[OURS].is_not_null(), (levels[OURS] == last).fill_null(False)
    for name, rules in _rules(steps).items():
        began, through = levels[name].is_not_null(), (levels[name] == last).fill_null(False)
        n, x = int(began.sum()), int(through.sum())
        low, high = wilson(x, n) or (None, None)
        against = ((through, ours_through), (ours_through, through), (began, ours), (ours, began))
        counts = [int((one & ~other).sum()) for one, other in against]
        share = x / n if n else None
        rows.append(
            (name, n, x, share, low, high, rules.window_days, rules.grace_seconds, rules.inside, *counts)
        )
    return Definitions(len(levels), pl.DataFrame(rows, schema=SCHEMA, orient="row"))


definitions_analysis = Analysis("definitions", "What do other tools make of the same data?", definitions)


def explaining(
    frames: Frames,
    preset: Preset,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    steps: tuple[str, ...] = DEFAULT,
) -> pl.Series:
    """Codes of the customers who are through under one of our and the product's rules and not the other."""
    levels = _levels(frames, period, as_of, where, steps)
    through = [(levels[name] == len(steps)).fill_null(False) for name in (OURS, preset)]
    return levels.filter(through[0] ^ through[1])["customer"].sort()


def _rules(steps: tuple[str, ...]) -> dict[str, Rules]:
    return {OURS: Rules(steps)} | {name: replace(Rules(steps), **rules) for name, rules in PRESETS.items()}


def _levels(
    frames: Frames,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]],
    steps: tuple[str, ...],
) -> pl.DataFrame:
    """customer, and a column a definition with the level reached; null where the customer did not begin."""
    found = pl.DataFrame(schema={"customer": pl.Int32})
    for name, rules in _rules(steps).items():
        mine = attempts(frames, None, rules, period, as_of, where).select(
            "customer", pl.col("level").alias(name)
        )
        found = found.join(mine, on="customer", how="full", coalesce=True)
    return found
