"""Who is lost at a step of the funnel: which kinds of customers more often than the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics.analysis import Analysis
from metrics.attempts import attempts
from metrics.difference import benjamini_hochberg, compared, newcombe
from metrics.funnel import DEFAULT
from metrics.interval import wilson
from metrics.metric import BadQuestion
from metrics.period import Period
from metrics.privacy import MIN_GROUP, hidden
from metrics.reason import Frames
from metrics.rules import DIMENSIONS, Count, Order, Rules

SCHEMA = {
    **dict.fromkeys(("by", "segment"), pl.String),
    **dict.fromkeys(("n", "lost"), pl.Int64),
    **dict.fromkeys(("share", "low", "high"), pl.Float64),
    **dict.fromkeys(("difference", "difference_low", "difference_high", "p", "q"), pl.Float64),
}


@dataclass(frozen=True)
class Lost:
    """n: those who came to the step. lost: of them, who came no further. segments, by each column the largest
    difference first: by, segment (at that step), n, lost, share with low and high (Wilson), difference of
    the share to all others with difference_low and difference_high (Newcombe), p, q (Benjamini and Hochberg
    over all columns and segments).
    """

    n: int
    lost: int
    segments: pl.DataFrame


def lost(
    frames: Frames,
    events: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    step: int = 1,
    steps: tuple[str, ...] = DEFAULT,
    order: Order = "ordered",
    window_days: float | None = 7.0,
    optional: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    hold: tuple[str, ...] = (),
    count: Count = "customers",
    grace_seconds: float = 0.0,
    inside: bool = False,
    by: tuple[str, ...] = DIMENSIONS,
    min_group: int = MIN_GROUP,
) -> Lost:
    """step: the last one taken, from 1; the other settings are those of the funnel. Those with an open window
    are left out: they are not lost yet.
    """
    if not 1 <= step < len(steps):
        raise BadQuestion(f"People are lost at a step before the last: 1 to {len(steps) - 1}; found {step}.")
    rules = Rules(steps, optional, exclude, hold, order, count, window_days, grace_seconds, inside)
    found = attempts(frames, events, rules, period, as_of, where, by, (step,))
    came = found.filter((pl.col("level") >= step) & ~((pl.col("level") == step) & pl.col("open")))
    rows = [row for column in by for row in _segments(came, column, step, min_group)]
    tested = [row for row in rows if row["p"] is not None]
    for row, q in zip(tested, benjamini_hochberg([row["p"] for row in tested]), strict=True):
        row["q"] = q
    table = pl.DataFrame(rows, schema=SCHEMA)
    order_of = {name: place for place, name in enumerate(by)}
    return Lost(
        len(came),
        int((came["level"] == step).sum()),
        table.sort(
            pl.col("by").replace_strict(order_of, return_dtype=pl.Int64),
            "difference",
            descending=[False, True],
        ),
    )


lost_analysis = Analysis("lost", "Who is lost at a step?", lost)


def _segments(came: pl.DataFrame, column: str, step: int, min_group: int) -> list[dict]:
    groups = (
        came.group_by(segment=pl.col(f"{column} {step}").cast(pl.String))
        .agg(n=pl.len(), lost=(pl.col("level") == step).sum())
        .sort("n", "segment", descending=[True, False])
    )
    all_n, all_lost = int(groups["n"].sum()), int(groups["lost"].sum())
    few = hidden(groups["n"].to_list(), min_group)
    rows = []
    for place, group in enumerate(groups.to_dicts()):
        if place in few:
            continue
        n, x = int(group["n"]), int(group["lost"])
        low, high = wilson(x, n) or (None, None)
        row = dict.fromkeys(SCHEMA) | {"by": column, "segment": group["segment"], "n": n, "lost": x}
        row |= {"share": x / n, "low": low, "high": high}
        others = newcombe(x, n, all_lost - x, all_n - n)
        if others:
            row |= {"difference": x / n - (all_lost - x) / (all_n - n)}
            row |= {"difference_low": others[0], "difference_high": others[1]}
            row |= {"p": compared(x, n, all_lost - x, all_n - n)[0]}
        rows.append(row)
    return rows
