"""The answer of metrics/promotions.py: its tables and their columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from metrics.analysis import Verdict
from metrics.reason import Reason

TEXT = dict.fromkeys(("promotion", "name", "kind"), pl.String)
ENDS = ("", "_low", "_high")
SUMMARY = {
    **TEXT, "start": pl.Date, "end": pl.Date, "control": pl.String, "base_days": pl.Int64,
    "sold": pl.Float64, "expected": pl.Float64,
    **{f"{name}{end}": pl.Float64 for name in ("lift", "net_units", "revenue", "margin", "profit", "roi")
       for end in ENDS},
    "p": pl.Float64, "cost": pl.Float64, "tickets": pl.Float64, "service": pl.Float64,
    "break_even": pl.Float64, "lift_call": pl.String, "call": pl.String, "advice": pl.String,
    "reason": pl.String, "detectable": pl.Float64,
}  # fmt: skip
PARTS = {"promotion": pl.String, "part": pl.String, "days": pl.Int64,
         **{f"{name}{end}": pl.Float64 for name in ("units", "revenue", "margin")
            for end in ENDS}}  # fmt: skip
STEPS = {"promotion": pl.String, "step": pl.String, "amount": pl.Float64}
PLACEBOS = {**dict.fromkeys(("promotion", "kind", "of"), pl.String),
            **dict.fromkeys(("effect", "expected", "z"), pl.Float64)}  # fmt: skip
DAYS = {"promotion": pl.String, "day": pl.Date, "sold": pl.Float64, "expected": pl.Float64,
        "part": pl.String}  # fmt: skip
OVERLAPS = {**dict.fromkeys(("promotion", "other", "name"), pl.String), "share": pl.Float64,
            "refused": pl.Boolean}  # fmt: skip
TESTS = {"promotion": pl.String, "plan": pl.String}
TABLES: dict[str, dict] = {"promotions": SUMMARY, "parts": PARTS, "steps": STEPS, "placebos": PLACEBOS,
                           "days": DAYS, "overlaps": OVERLAPS, "tests": TESTS}  # fmt: skip


@dataclass(frozen=True)
class Promotions:
    """n: promotions that began in the period. verdict: of the only one, where there is but one.

    promotions: a row each: promotion, name, kind, start, end; control (other products, other places,
        calendar; null where it is refused, see `reason`); base_days; sold and expected units of what takes
        part; lift, net_units, revenue, margin, profit (margin less service and cost) and roi (profit ÷ cost),
        each with _low and _high (95 %); p: share of placebos, itself counted, at least as far off; cost,
        tickets (more than expected), service (their cost), break_even (units of lift); lift_call and call
        (of lift > 0 and of profit > 0), advice (run again, change depth, stop, test); detectable: lift as a
        share of expected units that a test with a tenth of the customers left out would find.
    parts: promotion, part (lift, pull_forward, cannibalised, halo, net), days, units, revenue, margin, with
        ends.
    steps: promotion, step, amount of margin: from gross to profit, they add up to it.
    placebos: promotion, kind (time, unit, unit and time), of, effect, expected (units), z.
    days: promotion, day, sold, expected, part (base, during, after).
    overlaps: promotion, other, name, share of its units touched, refused.
    tests: promotion, plan (as JSON, metrics/experiment.py): the test that would tell.
    why: promotion → its reason, as it can be said in any language.
    """

    n: int
    promotions: pl.DataFrame
    parts: pl.DataFrame
    steps: pl.DataFrame
    placebos: pl.DataFrame
    days: pl.DataFrame
    overlaps: pl.DataFrame
    tests: pl.DataFrame
    why: Mapping[str, Reason] = field(default_factory=dict)
    warnings: tuple[Reason, ...] = ()
    verdict: Verdict | None = None
