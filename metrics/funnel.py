"""The funnel: how many of those who begin come to each step, how fast, and who is lost where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import polars as pl

from metrics.analysis import Analysis
from metrics.attempts import attempts
from metrics.funnel_tables import SEGMENTS, against_the_rest, by_segment, by_step, spent
from metrics.metric import BadQuestion
from metrics.period import Period, compare
from metrics.privacy import MIN_GROUP
from metrics.reason import Frames, Reason
from metrics.rules import Count, Order, Rules

Preset = Literal["clickhouse", "mixpanel", "amplitude", "ga4", "posthog"]
DEFAULT = ("visit", "view", "cart", "checkout", "purchase")

# What each product does where nothing is set; steps, filters and exclusions stay those that are asked for.
PRESETS: dict[str, dict] = {
    # ClickHouse, windowFunnel(window)(time, conditions …) over the rows of the dates: the whole chain lies
    # in them; the time order decides, other events may come between.
    "clickhouse": {"order": "ordered", "window_days": 7.0, "grace_seconds": 0.0, "inside": True},
    # Mixpanel, Funnels: uniques, loose order, 7 days from the first step, which lies in the dates; events
    # within 2 seconds count as in order.
    "mixpanel": {"order": "ordered", "window_days": 7.0, "grace_seconds": 2.0, "inside": False},
    # Amplitude, Funnel Analysis: "this order", within 1 day; users enter in the dates and may end later.
    "amplitude": {"order": "ordered", "window_days": 1.0, "grace_seconds": 0.0, "inside": False},
    # Google Analytics 4, funnel exploration: closed, indirectly followed, no time limit, within the dates.
    "ga4": {"order": "ordered", "window_days": None, "grace_seconds": 0.0, "inside": True},
    # PostHog, funnel insight: sequential, 14 days, all of it within the dates.
    "posthog": {"order": "ordered", "window_days": 14.0, "grace_seconds": 0.0, "inside": True},
}


@dataclass(frozen=True)
class Funnel:
    """n: customers (or sessions, or attempts) that began in the dates. open: of those not through, how many
    have a window that still runs; they are in n.
    revenue: of their orders from the day they began to that of the window's end, a head, before returns; with
    revenue_low and revenue_high (95 %, Student's t). Null unless asked for, and without known customers.

    steps: step (from 1), label, n, of_first and of_previous with low and high (Wilson), lost (after the
        step before; of the last step 0), hours and hours_p90 (median and 90th percentile since the step
        before), n_before and of_first_before (in `against`; null without it), change_low and change_high (of
        of_first − of_first_before, Newcombe).
        Of a step that may be left out, of_previous is of those that came to the step before, and the next
        step is of those that came to the last one that may not.
    segments: segment, n, then share and low and high of those who come through, and steps as `step 1` ….
    tests: segment, difference of its share to that of all others (low, high: Newcombe), p, q (corrected
        over the segments by Benjamini and Hochberg), test.
    """

    n: int
    open: int
    revenue: float | None
    revenue_low: float | None
    revenue_high: float | None
    period: Period
    against: Period | None
    steps: pl.DataFrame
    segments: pl.DataFrame
    tests: pl.DataFrame
    warnings: tuple[Reason, ...]


def funnel(
    frames: Frames,
    events: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    steps: tuple[str, ...] = DEFAULT,
    order: Order = "ordered",
    window_days: float | None = 7.0,
    optional: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    hold: tuple[str, ...] = (),
    count: Count = "customers",
    grace_seconds: float = 0.0,
    by: str | None = None,
    touch: Literal["first", "step"] = "first",
    against: Literal["previous", "year", "none"] | Period = "none",
    revenue: bool = False,
    preset: Preset | None = None,
    min_group: int = MIN_GROUP,
) -> Funnel:
    """Follows every attempt that begins in the period.

    steps: events with filters where wanted (`cart`, `search[results=0]`, `view[page=home|sale]`), up to 32.
    order: "ordered" (others may come between), "strict" (none), "any". window_days: from the first step;
    "none" is without end. optional: steps that may be left out. exclude: events that end an attempt,
    anywhere or between two steps (`share@2-3`). hold: up to three columns that stay the same within an
    attempt. count: customers, sessions, or totals (all attempts). grace_seconds: events so close count as
    at once, in the order of the steps. by: splits by a column, by its value at the first step or (touch) at
    each step. revenue: whether it is wanted. preset: the conventions of another product for order, window,
    grace and dates.
    A customer counts once: the attempt that comes furthest. Raises BadQuestion for what cannot be asked.
    """
    rules = Rules(steps, optional, exclude, hold, order, count, window_days, grace_seconds)
    if preset:
        rules = replace(rules, **PRESETS[preset])
    keep = (by,) if by else ()
    touched = (1,) if touch == "first" else range(1, len(rules.steps) + 1)
    found = attempts(frames, events, rules, period, as_of, where, keep, touched)
    if where and 0 < found["customer"].n_unique() < min_group:
        raise BadQuestion(f"Hidden: the funnel would point at fewer than {min_group} people. Ask for more.")
    other = None if against == "none" else compare(period, against, as_of)
    before = attempts(frames, events, rules, other, other.end, where) if other else None
    segments = by_segment(found, rules, by, touched, min_group) if by else pl.DataFrame(schema=SEGMENTS)
    still = int(found["open"].sum())
    return Funnel(
        n=len(found),
        open=still,
        **spent(found, frames, rules.window_days, as_of, revenue),
        period=period,
        against=other,
        steps=by_step(found, rules, before),
        segments=segments,
        tests=against_the_rest(segments),
        warnings=(
            *([OPEN] if still else ()),
            *([OF_STEP] if by and touch == "step" else ()),
        ),
    )


funnel_analysis = Analysis("funnel", "Where do visitors drop out?", funnel)

OPEN = Reason("some who are not through still have time: their window is not over")
OF_STEP = Reason("segments are those of each step, so a segment may gain people on the way")


def ended(found: pl.DataFrame, step: int) -> pl.Series:
    """Codes of the customers whose attempt ends at a step (from 1), for a list of people to care for."""
    return found.filter((pl.col("level") == step) & ~pl.col("open"))["customer"].unique().sort()
