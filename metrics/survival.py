"""Time until something happens, which it has not yet for some: Kaplan–Meier and the log-rank test."""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, exp, log, sqrt
from statistics import NormalDist

import numpy as np
import polars as pl

CURVE = {
    "segment": pl.String,
    "day": pl.Int64,
    **dict.fromkeys(("at_risk", "ended"), pl.Int64),
    **dict.fromkeys(("share", "low", "high"), pl.Float64),
}
ROUNDING = 1e-12  # a curve that is a product of many fractions
MEDIANS = {
    "segment": pl.String,
    **dict.fromkeys(("n", "ended"), pl.Int64),
    **dict.fromkeys(("median", "low", "high"), pl.Int64),
}


def by_day(days: np.ndarray, ended: np.ndarray) -> np.ndarray:
    """(3, D) of each day from 0: at risk, ended, left otherwise. days: (M,) whole days until it ended or was
    last seen not to have; ended: (M,) which.

    Who was last seen on a day was still at risk on it.
    """
    longest = int(days.max(initial=0)) + 1
    over = np.bincount(days[ended], minlength=longest)
    left = np.bincount(days[~ended], minlength=longest)
    at_risk = len(days) - np.concatenate([[0], np.cumsum(over + left)[:-1]])
    return np.array([at_risk, over, left])


def kaplan_meier(segment: str | None, counts: np.ndarray, level: float = 0.95) -> pl.DataFrame:
    """The share for whom it has not happened after each day, see CURVE; a row for day 0 and for each day on
    which it happens to somebody, and the last.

    Kaplan and Meier (1958); variance by Greenwood (1926), interval on the scale log(−log S), which stays
    between 0 and 1 (Kalbfleisch and Prentice 1980). It is null where nothing has happened yet, and after
    it has happened to all.
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    rows, share, variance = [], 1.0, 0.0
    for day, (at_risk, ended, _) in enumerate(counts.T.tolist()):
        low = high = None
        if ended:
            share *= 1 - ended / at_risk
            variance += ended / (at_risk * (at_risk - ended)) if at_risk > ended else 0.0
        if 0 < share < 1:
            half = z * sqrt(variance) / abs(log(share))
            low, high = exp(log(share) * exp(half)), exp(log(share) * exp(-half))
        if ended or day in (0, counts.shape[1] - 1):
            rows.append((segment, day, at_risk, ended, share, low, high))
    return pl.DataFrame(rows, schema=CURVE, orient="row")


def medians(curve: pl.DataFrame, n: int) -> tuple[int, int | None, int | None, int | None]:
    """How many ended of n, and the day by which it has happened to half, with its interval: the days on which
    the ends of the curve's interval fall to a half (Brookmeyer and Crowley 1982). null: not yet.
    """
    return int(curve["ended"].sum()), *reached(curve, 0.5)  # type: ignore[return-value]


def reached(curve: pl.DataFrame, share: float) -> tuple[int | None, int | None, int | None]:
    """The day by which it has happened to that share, with its interval; see `medians`. null: not yet."""
    left = 1 - share + ROUNDING
    return tuple(curve.filter(pl.col(column) <= left)["day"].min() for column in ("share", "low", "high"))  # type: ignore[return-value]


def waited(times: np.ndarray, ended: np.ndarray, shares: Sequence[float]) -> list[tuple[float | None, ...]]:
    """For each share, the time by which it has happened to so many, with its interval; see `medians`.

    times: (M,) until it ended, or was last seen not to have, in any unit; ended: (M,) which.
    """
    if not len(times):
        return [(None, None, None) for _ in shares]
    known, place = np.unique(times, return_inverse=True)
    curve = kaplan_meier(None, by_day(place, ended))
    return [
        tuple(None if at is None else float(known[at]) for at in reached(curve, share)) for share in shares
    ]


def log_rank(counts: Sequence[np.ndarray]) -> tuple[float, int, float] | None:
    """χ², its degrees of freedom and p of equal curves; counts: `by_day` of each group. None where the data
    cannot tell: fewer than two groups, or nothing happened while two were at risk.

    Mantel (1966), with the hypergeometric variance; for k groups with k − 1 of them.
    """
    if len(counts) < 2:
        return None
    longest = max(each.shape[1] for each in counts)
    risk, ended = (
        np.array([np.pad(each[part], (0, longest - each.shape[1])) for each in counts], float)
        for part in (0, 1)
    )
    at, over = risk.sum(0), ended.sum(0)
    some = (over > 0) & (at > 1)
    risk, at, over = risk[:, some], at[some], over[some]
    share = risk / at
    gap = (ended[:, some] - share * over).sum(1)
    weight = over * (at - over) / (at - 1)
    spread = np.diag((weight * share).sum(1)) - (weight * share) @ share.T
    used = slice(0, len(counts) - 1)
    if np.linalg.matrix_rank(spread[used, used]) < len(counts) - 1:
        return None
    statistic = float(gap[used] @ np.linalg.solve(spread[used, used], gap[used]))
    freedom = len(counts) - 1
    return statistic, freedom, _beyond(statistic, freedom)


def _beyond(statistic: float, freedom: int) -> float:
    """The share of a χ² distribution beyond a value."""
    if freedom == 1:
        return erfc(sqrt(max(statistic, 0.0) / 2))
    from scipy.special import chdtrc

    return float(chdtrc(freedom, statistic))
