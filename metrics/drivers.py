"""What satisfaction goes with: the share of each rated driver, how it performs, and what to fix first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import polars as pl

from metrics.analysis import Analysis, Verdict
from metrics.importance import Importance, alike, correlations, importance
from metrics.interval import wilson
from metrics.period import Period
from metrics.promotion_cells import zone
from metrics.reason import Frames, Reason
from metrics.survey_answers import answers
from metrics.survey_modes import headline, of_mode

LEAST, SHOWN = 50, 5  # complete answers; ratings of which a share is told
ALPHA = 0.05
ENDS = ("", "_low", "_high")
DRIVERS = {
    "driver": pl.String, "n": pl.Int64,
    **{f"{name}{end}": pl.Float64 for name in ("importance", "shapley", "good") for end in ENDS},
    "correlation": pl.Float64, **dict.fromkeys(("place", "performs", "priority"), pl.String),
    "sure": pl.Boolean,
}  # fmt: skip
PRIORITY = {
    (True, False): "fix first",
    (True, True): "keep up",
    (False, False): "later",
    (False, True): "enough",
}


@dataclass(frozen=True)
class Drivers:
    """n: people who rated all drivers and answered the outcome.

    outcome: csat or nps. mode: whose ratings tell the performance. r2, p: what the drivers explain together,
        and how often chance explains as much. usual: the mean of the drivers' performance, equal: the share
        that each would have if all mattered alike.
    drivers: driver, n ratings, importance and shapley (shares of the explained variance: Johnson's relative
        weights, and increments averaged over all orders) and good (share of ratings in the two best boxes),
        each with _low and _high (95 %); correlation with the outcome; place (above, below or within: its
        importance against equal), performs (above, below, within: against usual), priority (fix first, keep
        up, later, enough: by the quadrant) and whether both intervals are clear of the lines. The most
        important first. Importance is null where the verdict says that nothing is explained.
    stands: how many drivers' importance is surely above equal.
    """

    n: int
    outcome: str
    mode: str | None
    r2: float | None
    p: float | None
    equal: float | None
    usual: float | None
    stands: int
    drivers: pl.DataFrame
    warnings: tuple[Reason, ...]
    verdict: Verdict


def drivers(
    frames: Frames,
    surveys: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    outcome: Literal["csat", "nps"] = "csat",
) -> Drivers:
    """Which rated drivers go with the outcome, among those who rated all of them on these days.

    Association, not cause. Ways of asking differ in level, so each answer counts from the mean of its own
    way; the performance is of one way alone (survey_modes.headline). Importance is told only where a
    permutation test says that the drivers explain more than chance would.
    """
    if surveys is None:
        return _none(outcome, Reason("needs the table {table}: import it", table="surveys"))
    rows = answers(surveys, period, zone(frames)).rows
    rated = rows.filter(pl.col("driver").is_not_null())
    names = sorted(rated["driver"].unique())
    if len(names) < 2:
        return _none(
            outcome, Reason("needs ratings of at least two drivers: answers with the measure driver")
        )
    complete = together(rows, names, outcome)
    mode = headline(rated)
    told = _performance(of_mode(rated, mode), names)
    n = len(complete)
    if n < LEAST:
        return _none(outcome, Reason("{n} people answered everything; it takes {least}", n=n, least=LEAST), n)
    x, y = complete.select(names).to_numpy(), complete[outcome].to_numpy()
    if not (x.std(axis=0).all() and y.std()) or alike(correlations(x, y)[:-1, :-1]):
        return _none(outcome, Reason("answers do not vary, or some ratings repeat others"), n)
    found = importance(x, y)
    usual = float(np.mean([row["good"] for row in told if row["good"] is not None]))
    least = Reason("{n} of {of} who rated something rated all: importance is of these",
                   n=n, of=rated["invitation"].n_unique())  # fmt: skip
    if found.p > ALPHA:
        reason = Reason("The ratings explain no more of satisfaction than chance would.")
        verdict = Verdict(False, (reason,), (Reason("more answers, or ratings of what may matter more"),))
        table = pl.DataFrame(told, DRIVERS)
        return Drivers(
            n, outcome, mode, found.r2, found.p, 1 / len(names), usual, 0, table, (least,), verdict
        )
    placed = [_placed(row, i, found, usual, x[:, i], y) for i, row in enumerate(told)]
    table = pl.DataFrame(placed, DRIVERS).sort("importance", "driver", descending=[True, False])
    stands = int((table["place"] == "above").sum())
    why = () if stands else (Reason("no driver's importance is surely above an equal share"),)
    return Drivers(
        n,
        outcome,
        mode,
        found.r2,
        found.p,
        1 / len(names),
        usual,
        stands,
        table,
        (least,),
        Verdict(True, why),
    )


def together(rows: pl.DataFrame, names: list[str], outcome: str) -> pl.DataFrame:
    """One row a person who rated all drivers and answered the outcome: each answer (0 … 1, 1 is good) less
    the mean of all who were asked in the same way."""
    wide = (
        rows.filter(pl.col("driver").is_in(names) | (pl.col("measure") == outcome))
        .with_columns(question=pl.coalesce("driver", "measure"))
        .pivot("question", index=["invitation", "mode"], values="good", aggregate_function="first")
    )
    if outcome not in wide.columns:
        return wide.clear()
    found = wide.drop_nulls([outcome, *names]).sort("invitation")
    return found.select(pl.col(outcome, *names) - pl.col(outcome, *names).mean().over("mode"))


def _performance(rated: pl.DataFrame, names: list[str]) -> list[dict]:
    told = []
    for name in names:
        worth = rated.filter(driver=name)["worth"]
        row: dict = dict.fromkeys(DRIVERS) | {"driver": name, "n": len(worth)}
        if len(worth) >= SHOWN:
            low, high = wilson(float(worth.sum()), len(worth)) or (None, None)
            row |= {"good": worth.mean(), "good_low": low, "good_high": high}
        told.append(row)
    return told


def _placed(row: dict, i: int, found: Importance, usual: float, x: np.ndarray, y: np.ndarray) -> dict:
    """The row with importance, place and priority of the driver i."""
    shares = {"importance": found.johnson, "shapley": found.shapley}
    for name, dealt in shares.items():
        if dealt is not None:
            ends = (dealt.value[i], dealt.low[i], dealt.high[i])
            row |= {f"{name}{end}": float(value) for end, value in zip(ENDS, ends, strict=True)}
    equal = 1 / len(found.johnson.value)
    place = _side(row["importance_low"], row["importance_high"], equal)
    performs = _side(row["good_low"], row["good_high"], usual)
    known = row["good"] is not None
    priority = PRIORITY[row["importance"] >= equal, row["good"] >= usual] if known else None
    return row | {
        "correlation": float(np.corrcoef(x, y)[0, 1]), "place": place, "performs": performs,
        "priority": priority, "sure": "within" not in (place, performs),
    }  # fmt: skip


def _side(low: float | None, high: float | None, line: float) -> str:
    if low is None or high is None:
        return "within"
    return "above" if low > line else "below" if high < line else "within"


def _none(outcome: str, reason: Reason, n: int = 0) -> Drivers:
    table = pl.DataFrame(schema=DRIVERS)
    return Drivers(n, outcome, None, None, None, None, None, 0, table, (reason,), Verdict(False, (reason,)))


drivers_analysis = Analysis("drivers", "What does satisfaction depend on?", drivers)
