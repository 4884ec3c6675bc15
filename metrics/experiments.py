"""Saved plans of tests, read out when their data has arrived."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from metrics.analysis import Analysis
from metrics.assigned import assigned
from metrics.experiment import Experiment, State, experiment
from metrics.experiment_found import Experiments, nothing, verdict
from metrics.experiment_groups import EARLY, GROUP_EFFECTS, PATH, PLACEBOS, read_groups
from metrics.experiment_turns import read_turns
from metrics.outcomes import KINDS, bought, history
from metrics.outcomes import customers as customers_of
from metrics.period import DAY, Period
from metrics.price_days import by_day
from metrics.promotion_cells import local, zone
from metrics.readout import BALANCED, SEGMENTS, ReadOut, read
from metrics.reason import Frames, Reason, needs
from metrics.turns import members

LOOKS = 10  # days along the test at which the always-valid interval is drawn


def read_plan(
    frames: Frames,
    customers: pl.LazyFrame | None,
    coupons: pl.LazyFrame | None,
    order_lines: pl.LazyFrame | None = None,
    products: pl.LazyFrame | None = None,
    promotions: pl.LazyFrame | None = None,
    promotion_products: pl.LazyFrame | None = None,
    inventory: pl.LazyFrame | None = None,
    *,
    as_of: date,
    plan: str = "",
) -> Experiments:
    """plan: as JSON (metrics/experiment.py); the page Experiments and `cli.py plans` give those kept.

    Customers: who ordered in the 365 days (setting of the plan) before it starts takes part, in the arm of
    their code, whether anything reached them or not (intention to treat); value: what they did in its days,
    0 where nothing; adjusted by what they did in as many days before (CUPED). Regions and products: sums of
    the treated by how the control moved, beside earlier windows without a test (matched.moved). Revenue of
    customers is before returns, that of regions and products net of them by order date. Prices turn by turn:
    within products and turns, as planned (intention to treat): turns_read.py. While it runs the always-valid
    interval decides; when it is over, the ordinary one.
    """
    if not plan:
        return nothing(None, "without a date", 0.0, NO_PLAN)
    told = experiment(plan)
    state, elapsed = told.state(as_of), told.elapsed(as_of)
    if told.start is None or state in ("without a date", "planned"):
        reason = Reason("it starts on {start}", start=told.start) if told.start else NO_START
        return nothing(told, state, elapsed, reason)
    last = min(as_of, told.start + (told.days - 1) * DAY)
    if told.units == "customers":
        return _customers(told, frames, customers, coupons, state, elapsed, last)
    if told.turn:
        tables = order_lines, products, promotions, promotion_products, coupons, inventory
        return _turns(told, frames, tables, state, elapsed, last, as_of)
    return _groups(told, frames, state, elapsed, last, as_of)


NO_PLAN = Reason("no test is planned: plan one on the page Experiments, or with `cli.py plans --save FILE`")
NO_START = Reason("it has no first day yet: set one, and it will be read out by itself")


def _customers(
    plan: Experiment, frames: Frames, people: pl.LazyFrame | None, coupons: pl.LazyFrame | None,
    state: State, elapsed: float, last: date,
) -> Experiments:  # fmt: skip
    assert plan.start
    orders = bought(frames, plan.category).collect().lazy()
    first = Period(plan.start, last)
    rows = customers_of(orders, plan.goal, first, plan.days, plan.recent)
    arms = assigned(plan, rows["customer_id"].to_list())
    if plan.segment and people is not None and plan.segment in people.collect_schema():
        own = people.select("customer_id", segment=plan.segment).unique("customer_id").collect()
        arms = arms.join(own, on="customer_id", how="left")

    def read_until(day: date) -> ReadOut:
        seen = rows
        if day != last:
            seen = customers_of(orders, plan.goal, Period(first.start, day), plan.days, plan.recent)
        share = ((day - first.start).days + 1) / plan.days
        shares = {each.name: each.share for each in plan.arms}
        joined = seen.join(arms, on="customer_id")
        return read(joined, shares, kind=KINDS[plan.goal], progress=share, wanted=plan.effect)

    found = read_until(last)
    warnings = _leaks(plan, coupons, arms, zone(frames), last)
    path = pl.DataFrame([] if found.refused else _path(read_until, first), PATH, orient="row")
    effects = pl.DataFrame(found.effects.to_dicts(), GROUP_EFFECTS)
    return Experiments(
        found.n, state, elapsed, found.balance_p, found.balance, found.arms, effects, found.segments, path,
        pl.DataFrame(schema=PLACEBOS), warnings=warnings,
        verdict=verdict(effects["call"].to_list(), found.refused, state),
    )  # fmt: skip


def _path(read_until: Callable[[date], ReadOut], span: Period) -> list[tuple]:
    """By days along the test, the last one included: the effect so far, relative, where it can be read."""
    step = -(-span.days // LOOKS)
    rows = list[tuple]()
    for day in (span.end - k * step * DAY for k in reversed(range(-(-span.days // step)))):
        seen = read_until(day)
        base = seen.arms["value"][0] if len(seen.arms) else None
        for row in seen.effects.to_dicts() if base else []:
            ends = (row[name] / base for name in ("effect", "always_low", "always_high"))
            rows.append((day, row["arm"], *ends))
    return rows


def _leaks(
    plan: Experiment, coupons: pl.LazyFrame | None, arms: pl.DataFrame, timezone: str, last: date
) -> tuple[Reason, ...]:
    """Customers of the control who were given the coupon all the same."""
    if not plan.coupons or coupons is None or "promotion_id" not in coupons.collect_schema():
        return ()
    given = coupons.filter(
        pl.col("promotion_id") == plan.coupons, local("issued_at", timezone).is_between(plan.start, last)
    )
    inside = arms.filter(arm=plan.control.name)
    leaked = len(inside.join(given.select("customer_id").unique().collect(), on="customer_id", how="semi"))
    if not leaked:
        return ()
    told = Reason(
        "{n} of {of} customers of the control were given the coupon: the effect is understated",
        n=leaked, of=len(inside),
    )  # fmt: skip
    return (told,)


def _groups(
    plan: Experiment, frames: Frames, state: State, elapsed: float, last: date, as_of: date
) -> Experiments:
    found = read_groups(plan, frames, last)
    warnings = _late(plan, as_of) if plan.goal in ("revenue", "margin") else ()
    return Experiments(
        sum(len(arm.members) for arm in plan.arms), state, elapsed, None, pl.DataFrame(schema=BALANCED),
        found.arms, found.effects, pl.DataFrame(schema=SEGMENTS), found.path, found.placebos,
        warnings=warnings, verdict=verdict(found.effects["call"].to_list(), found.refused, state),
    )  # fmt: skip


def _late(plan: Experiment, as_of: date) -> tuple[Reason, ...]:
    assert plan.end
    late = as_of < plan.end + 30 * DAY
    return (Reason("returns may still come in for {names}", names=plan.name),) if late else ()


def _turns(
    plan: Experiment, frames: Frames, tables: Sequence[pl.LazyFrame | None], state: State, elapsed: float,
    last: date, as_of: date,
) -> Experiments:  # fmt: skip
    order_lines, products, *rest = tables
    span = history(frames, last)
    if order_lines is None or span is None:
        return nothing(plan, state, elapsed, needs("sales", "units") if order_lines is None else EARLY)
    known = members(plan)
    days = by_day(frames, order_lines, products, *rest, span=span, names=known)
    if days is None:
        return nothing(plan, state, elapsed, EARLY)
    found = read_turns(plan, days.of(known), last, _names(products, known))
    value, low, high = found.elasticity or (None, None, None)
    warnings = found.warnings if found.refused else (*found.warnings, *_late(plan, as_of))
    return Experiments(
        found.n, state, elapsed, None, pl.DataFrame(schema=BALANCED), found.arms, found.effects,
        pl.DataFrame(schema=SEGMENTS), found.path, found.placebos, found.outcomes, found.calendar, value,
        low, high, warnings, verdict([found.call], found.refused, state),
    )  # fmt: skip


def _names(products: pl.LazyFrame | None, known: Sequence[str]) -> dict[str, str | None]:
    if products is None or "name" not in products.collect_schema():
        return {}
    return dict(
        products.filter(pl.col("product_id").is_in(known)).select("product_id", "name").collect().iter_rows()
    )


experiments_analysis = Analysis("experiments", "What did the planned test find?", read_plan)
