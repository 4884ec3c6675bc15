"""Synthetic control: the treated unit beside the mix of untreated ones that was most like it before."""

from __future__ import annotations

from math import ceil, sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import polars as pl

from metrics.causal import (
    FEW_BEFORE,
    NO_AFTER,
    NO_CONTROL,
    PATH,
    PLACEBOS,
    POOR_FIT,
    WEIGHTS,
    Effect,
    Side,
    judged,
    nothing,
)  # fmt: skip
from metrics.metric import BadQuestion
from metrics.reason import Reason

HEAVY = 1e4  # of the row that holds the sum of weights at 1, relative to the outcomes
LEAST_BEFORE, LEAST_UNITS = 4, 19  # times; placebos without which p cannot reach 0.05
SHORTEST = 3  # times before a placebo in time
FIT = 0.1  # most the root mean square before may be of the mean outcome
SHOWN = 0.001  # least weight told


class Mix(NamedTuple):
    """What is expected at every time, and of what it is made."""

    expected: np.ndarray
    weights: np.ndarray


def synthetic(
    panel: pl.DataFrame,
    *,
    unit: str,
    start: float,
    demeaned: bool = False,
    side: Side = "either",
    least: float = 0.0,
) -> Effect:
    """The mean effect on one unit from the time `start`, by weights that fit its outcomes before.

    panel: unit, time (a number), y; every unit at every time. Weights are not negative and add up to 1
    (Abadie, Diamond and Hainmueller 2010; here on the outcomes of all times before). demeaned: each
    unit's mean before is taken away first, so that only the movement has to fit (Doudchenko and Imbens
    2016, Ferman and Pinto 2021).

    Every other unit is treated in its turn (placebos of the kind "unit", with the treated unit among
    their donors no more). p: share of all units, the treated included, whose root mean square after by that
    before is at least as large. The interval is the effect ± 1.96 standard deviations of the placebos'
    effects (Arkhangelsky et al. 2021, algorithm 4). Placebos of the kind "time": what the design finds
    when it is told that the treatment began earlier, in the last third of the times before.
    rank_by is the ratio that p ranks.
    Raises BadQuestion for an unknown unit, missing columns and a panel with gaps.
    """
    missing = [name for name in ("unit", "time", "y") if name not in panel.columns]
    if missing:
        raise BadQuestion(f"A panel has unit, time, y. Missing: {', '.join(missing)}.")
    wide = panel.pivot("unit", index="time", values="y", aggregate_function=None).sort("time")
    if unit not in wide.columns:
        raise BadQuestion(f"The unit {unit!r} is not in the panel.")
    if wide.null_count().sum_horizontal()[0]:
        raise BadQuestion("Synthetic control needs every unit at every time; the panel has gaps.")
    names = [name for name in wide.columns if name not in ("time", unit)]
    times, y = wide["time"].cast(pl.Float64).to_numpy(), wide[unit].cast(pl.Float64).to_numpy()
    others = wide.select(pl.col(names).cast(pl.Float64)).to_numpy()
    after = times >= start
    if not names:
        return nothing(len(times), NO_CONTROL)
    if not after.any():
        return nothing(len(times), NO_AFTER)
    if (~after).sum() < LEAST_BEFORE:
        return nothing(len(times), FEW_BEFORE)
    mix = _mix(y, others, after, demeaned)
    effect, before, ratio = _gaps(y - mix.expected, after)
    rows = [("unit", name, *_placebo(others, place, after, demeaned)) for place, name in enumerate(names)]
    ratios = [row[4] for row in rows]
    p = (1 + sum(each >= ratio for each in ratios)) / (1 + len(ratios)) if ratios else None
    spread = float(np.std([row[2] for row in rows], ddof=1)) if len(rows) > 1 else None
    half = None if spread is None else NormalDist().inv_cdf(0.975) * spread
    failed = _failed(before, y, after, demeaned, len(rows))
    low, high = (None, None) if half is None else (effect - half, effect + half)
    gap = y - mix.expected
    path = pl.DataFrame(
        {"time": times, "observed": y, "expected": mix.expected, "effect": gap, "after": after}
    ).with_columns(low=pl.lit(None, pl.Float64), high=pl.lit(None, pl.Float64))
    return Effect(
        effect, low, high, p, len(times) * (1 + len(names)), before, _relative(before, y[~after]), None,
        judged(low, high, failed, side, least), path.select(list(PATH)),
        pl.DataFrame([*rows, *_earlier(y, others, times, after, demeaned)], PLACEBOS, orient="row"),
        pl.DataFrame({"of": names, "weight": mix.weights}, WEIGHTS)
        .filter(pl.col("weight") > SHOWN)
        .sort("weight", descending=True),
    )  # fmt: skip


def _mix(y: np.ndarray, others: np.ndarray, after: np.ndarray, demeaned: bool) -> Mix:
    """Least squares on the simplex: non-negative least squares with one heavy row for the sum
    (Lawson and Hanson 1974, ch. 23).
    """
    from scipy.optimize import nnls

    level, levels = (y[~after].mean(), others[~after].mean(axis=0)) if demeaned else (0.0, 0.0)
    own, x = y - level, others - levels
    scale = max(float(np.abs(x[~after]).max()), 1e-12)
    rows = np.vstack([x[~after] / scale, np.full(x.shape[1], HEAVY)])
    weights, _ = nnls(rows, np.append(own[~after] / scale, HEAVY), maxiter=50 * x.shape[1])
    weights = weights / weights.sum()
    return Mix(x @ weights + level, weights)


def _gaps(gap: np.ndarray, after: np.ndarray) -> tuple[float, float, float]:
    """Mean gap after, root mean square before, and that after by that before."""
    before, later = (sqrt(float((gap[rows] ** 2).mean())) for rows in (~after, after))
    return float(gap[after].mean()), before, later / before if before else float("inf")


def _placebo(others: np.ndarray, place: int, after: np.ndarray, demeaned: bool) -> tuple[float, float, float]:
    y, rest = others[:, place], np.delete(others, place, axis=1)
    if not rest.shape[1]:
        rest = y[:, None] * 0.0
    return _gaps(y - _mix(y, rest, after, demeaned).expected, after)


def _earlier(
    y: np.ndarray, others: np.ndarray, times: np.ndarray, after: np.ndarray, demeaned: bool
) -> list[tuple]:
    """Beginnings in the last third of the times before; what is looked at ends where the treatment begins."""
    early = int((~after).sum())
    found = []
    for begin in range(max(ceil(early * 2 / 3), SHORTEST), early):
        later = np.arange(early) >= begin
        gap = y[:early] - _mix(y[:early], others[:early], later, demeaned).expected
        effect, before, ratio = _gaps(gap, later)
        found.append(("time", f"{times[begin]:g}", effect, before, ratio))
    return found


def _failed(before: float, y: np.ndarray, after: np.ndarray, demeaned: bool, units: int) -> list[Reason]:
    fit = _relative(before, y[~after])
    failed = [POOR_FIT] if fit is None or fit > FIT else []
    if units < LEAST_UNITS:
        failed.append(
            Reason(
                "{units} units to compare with are too few to tell chance: at least {least}",
                units=units,
                least=LEAST_UNITS,
            )
        )
    return failed


def _relative(before: float, y: np.ndarray) -> float | None:
    mean = abs(float(y.mean()))
    return before / mean if mean else None
