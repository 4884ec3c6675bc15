"""The net promoter score of those who answered, and how far it is from that of all customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from statistics import NormalDist

import polars as pl

from metrics.recovery import Data, Estimate, Recovery

MODE = "online"  # what other ways of asking are compared with


def score(scores: pl.Series) -> tuple[float, float]:
    """The score, −100 … 100, of answers from 0 to 10, and its standard error.

    Each answer counts 1, 0 or −1; the error is that of their mean, which has a multinomial variance
    p + d − (p − d)², divided by n − 1.
    """
    worth = (scores >= 9).cast(pl.Int8) - (scores <= 6).cast(pl.Int8)
    n, mean = len(worth), float(worth.mean() or 0.0)  # type: ignore[arg-type]
    spread = (worth.abs().mean() or 0.0) - mean**2  # type: ignore[operator]
    return 100 * mean, 100 * sqrt(spread / (n - 1))


def answers(data: Data, mode: str = "") -> pl.Series:
    """Scores given to the recommendation question, by one way of asking or by all."""
    asked = data.scan("surveys").filter(pl.col("measure") == "nps", pl.col("score").is_not_null())
    return (asked.filter(pl.col("method") == mode) if mode else asked).select("score").collect()["score"]


def of_answers(mode: str) -> Callable[[Data, Sequence[str]], dict[str, Estimate]]:
    def estimate(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
        scores = answers(data, mode)
        return {"": _around(*score(scores), len(scores))} if len(scores) > 1 else {}

    return estimate


def kinder(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    """By way of asking: its score less that of those who were asked online."""
    online = answers(data, MODE)
    found = {}
    for mode in of:
        scores = answers(data, mode)
        if len(scores) > 1 and len(online) > 1:
            (value, error), (base, base_error) = score(scores), score(online)
            found[mode] = _around(value - base, sqrt(error**2 + base_error**2), len(scores))
    return found


def _around(value: float, error: float, n: int) -> Estimate:
    half = NormalDist().inv_cdf(0.975) * error
    return Estimate(value, value - half, value + half, n)


answered = Recovery(
    "nps_answered",
    "NPS of all who answered",
    "The metric Net promoter score: online, phone and field pooled, and nobody weighted. Who is asked by a "
    "voice is kinder, and the content and the angry answer more often.",
    "satisfaction",
    "nps",
    of_answers(""),
    kind="naive",
)

answered_online = Recovery(
    "nps_online",
    "NPS of those who answered online",
    "Online answers alone: nobody is kinder to a voice, but who answers is still no random part of all.",
    "satisfaction",
    "nps",
    of_answers(MODE),
    kind="naive",
)

kinder_recovery = Recovery(
    "nps_kinder",
    "Kinder answers by phone and in the field",
    "The score of those asked this way less the score of those asked online. Who is asked how is drawn at "
    "random, but fewer answer online, and other ones, so that part of the difference is who answers.",
    "satisfaction",
    "nps_kinder",
    kinder,
    of=r"\w+",
    kind="naive",
)
