"""200 promotions read out at once: 2,000 products of 40 categories over 104 weeks, each of five products.

Ours gives lift, pull-forward, cannibalisation, worth, placebos over time and units and the verdict of each.
Beside it statsmodels' Poisson regression of each promotion's daily units and its control's on dummies of the
group, the promotion's days and both: the expected units alone, from series that ours has added up before.
They must agree, else it stops. Both once, after a warm-up; the frame of days and products lies in memory.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import statsmodels.api as sm

from metrics.period import Period
from metrics.promotion_cells import cells
from metrics.promotion_panel import Design, design
from metrics.promotion_plan import plans
from metrics.promotions import read_out

CATEGORIES, EACH, WEEKS, PROMOTIONS = 40, 50, 104, 200
START = date(2025, 1, 6)
DAYS = 7 * WEEKS
SPAN = Period(START, START + timedelta(days=DAYS - 1))


def measure() -> Iterator[dict[str, float | int | str]]:
    frames, promotions, members = _shop()
    few = promotions.filter(pl.col("promotion_id").is_in([f"{k}" for k in range(5)]))
    _read(frames, few, members)
    begun = time.perf_counter()
    found = _read(frames, promotions, members)
    ours = time.perf_counter() - begun
    known = found.promotions.drop_nulls("expected")
    expected, peer = _peer(frames, promotions, members)
    for name, units in known.select("promotion", "expected").iter_rows():
        if abs(units / expected[name] - 1) > 1e-6:
            raise SystemExit(f"Promotion {name}: ours expects {units}, statsmodels {expected[name]}.")
    yield {
        "promotions": PROMOTIONS, "answered": len(known), "product days": CATEGORIES * EACH * DAYS,
        "ours (s)": ours, "statsmodels, expected units alone (s)": peer, "times statsmodels": peer / ours,
    }  # fmt: skip


def _shop():
    rng = np.random.default_rng(1)
    product, day = np.divmod(np.arange(CATEGORIES * EACH * DAYS), DAYS)
    units = rng.poisson(rng.gamma(2, 1, CATEGORIES * EACH)[product]).astype(float)
    daily = pl.DataFrame(
        {
            "day": pl.Series(day).cast(pl.Int32) + (START - date(1970, 1, 1)).days,
            "product_id": product, "category": product // EACH, "units": units,
        }
    ).with_columns(
        pl.col("day").cast(pl.Date), pl.col("product_id", "category").cast(pl.String),
        net_revenue=pl.col("units") * 10, costed_revenue=pl.col("units") * 10, cost=pl.col("units") * 6,
        refunds=pl.lit(0.0), channel=pl.lit(None, pl.String), region=pl.lit(None, pl.String),
    )  # fmt: skip
    rows, members = [], []
    for k in range(PROMOTIONS):
        first = 60 + int(rng.integers(0, DAYS - 120))
        begins = datetime.combine(START + timedelta(days=first), datetime.min.time())
        ends = begins + timedelta(days=int(rng.integers(2, 14)))
        rows.append((str(k), f"Deal {k}", "Percent-off", begins, ends, 100.0))
        inside = rng.choice(EACH, EACH // 10, replace=False) + EACH * (k % CATEGORIES)
        members += [(str(k), str(each)) for each in inside]
    names = ("promotion_id", "name", "kind", "starts_at", "ends_at", "cost")
    promotions = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        pl.col("starts_at", "ends_at").dt.replace_time_zone("UTC")
    )

    def frames(name, where=None, by=(), basis="order"):
        if name == "log":
            return pl.LazyFrame(schema={"happened_at": pl.Datetime("us", "UTC")})
        return daily.lazy()

    return (
        frames,
        promotions.lazy(),
        pl.LazyFrame(members, schema=("promotion_id", "product_id"), orient="row"),
    )


def _read(frames, promotions, members):
    return read_out(frames, promotions, members, None, None, None, None, period=SPAN, as_of=SPAN.end)


def _peer(frames, promotions, members) -> tuple[dict[str, float], float]:
    """Expected units by promotion, and the seconds of the regressions alone."""
    data = cells(frames, None, None, SPAN)
    known = plans(promotions, members, None, data, "UTC")
    expected, seconds = {}, 0.0
    for plan in known:
        found = design(plan, known, (), data, None)
        if not isinstance(found, Design):
            continue
        own, control = (data.daily(0, DAYS, found.groups[name].product)[:, 0] for name in ("own", "control"))
        days = np.concatenate([found.base, found.during])
        begun = time.perf_counter()
        y = np.concatenate([own[days], control[days]])
        mine, now = np.arange(len(y)) < len(days), np.tile(np.isin(days, found.during), 2)
        x = np.column_stack([np.ones(len(y)), mine, now, mine & now]).astype(float)
        fit = sm.GLM(y, x, family=sm.families.Poisson()).fit()
        expected[plan.id] = float(own[found.during].sum() / np.exp(fit.params[3]))
        seconds += time.perf_counter() - begun
    return expected, seconds
