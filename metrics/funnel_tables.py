"""The tables of a funnel: its steps, its segments, and each segment against the rest."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from math import ceil, sqrt

import polars as pl

from metrics.difference import benjamini_hochberg, compared, newcombe
from metrics.eventlog import CORES, MICROSECOND
from metrics.interval import student, wilson
from metrics.large import quantiles
from metrics.privacy import hidden
from metrics.reason import Frames
from metrics.rules import Rules

HOUR = 3600 * MICROSECOND
SEGMENTS = {
    "segment": pl.String,
    "n": pl.Int64,
    "through": pl.Int64,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}
STEPS = {
    "step": pl.Int64,
    "label": pl.String,
    "n": pl.Int64,
    **dict.fromkeys(("of_first", "of_first_low", "of_first_high"), pl.Float64),
    **dict.fromkeys(("of_previous", "of_previous_low", "of_previous_high"), pl.Float64),
    "lost": pl.Int64,
    **dict.fromkeys(("hours", "hours_p90"), pl.Float64),
    "n_before": pl.Int64,
    **dict.fromkeys(("of_first_before", "change_low", "change_high"), pl.Float64),
}


def _reached(found: pl.DataFrame, steps: int) -> list[int]:
    """How many took each step."""
    return [int(found[f"at {k + 1}"].count()) for k in range(steps)]


def by_step(found: pl.DataFrame, rules: Rules, before: pl.DataFrame | None) -> pl.DataFrame:
    count = len(rules.steps)
    reached, times = _reached(found, count), _times(found, count)
    earlier = _reached(before, count) if before is not None else [None] * count
    rows, last = [], 0  # last: the step before that may not be left out
    for k, label in enumerate(rules.steps):
        n, of = reached[k], reached[last] if k else reached[0]
        first, previous = wilson(n, reached[0]), wilson(min(n, of), of)
        changed = newcombe(n, reached[0], earlier[k], earlier[0]) if earlier[0] else None
        rows.append(
            {
                "step": k + 1,
                "label": label,
                "n": n,
                "of_first": n / reached[0] if reached[0] else None,
                "of_first_low": first[0] if first else None,
                "of_first_high": first[1] if first else None,
                "of_previous": n / of if of else None,
                "of_previous_low": previous[0] if previous else None,
                "of_previous_high": previous[1] if previous else None,
                "lost": int((found["level"] == k + 1).sum()) if k + 1 < count else 0,
                "hours": times[k][0],
                "hours_p90": times[k][1],
                "n_before": earlier[k],
                "of_first_before": earlier[k] / earlier[0] if earlier[0] else None,
                "change_low": changed[0] if changed else None,
                "change_high": changed[1] if changed else None,
            }
        )
        if label not in rules.optional:
            last = k
    return pl.DataFrame(rows, schema=STEPS)


def _times(found: pl.DataFrame, steps: int) -> list[tuple[float | None, float | None]]:
    """Median and 90th percentile of the hours since the step before that was taken, for each step."""
    at = [found[f"at {k + 1}"].to_physical() for k in range(steps)]

    def since(k: int) -> tuple[float | None, float | None]:
        before = at[k - 1]
        for earlier in reversed(at[: k - 1]):
            if not before.has_nulls():
                break
            before = before.zip_with(before.is_not_null(), earlier)
        gaps = (at[k] - before).drop_nulls().to_numpy(writable=True)
        median, late = (None if each is None else each / HOUR for each in quantiles(gaps))
        return median, late

    with ThreadPoolExecutor(CORES) as pool:
        return [(None, None), *pool.map(since, range(1, steps))]


def by_segment(
    found: pl.DataFrame, rules: Rules, by: str, touched: Sequence[int], min_group: int
) -> pl.DataFrame:
    """Segments by size; those that would point at few people are left out. touched: see attempts; one step
    tells the segment at all of them.
    """
    steps = range(1, len(rules.steps) + 1)
    parts = [
        found.group_by(segment=f"{by} {at}").agg(
            pl.col(f"at {k}").count().alias(f"step {k}") for k in (steps if len(touched) == 1 else (at,))
        )
        for at in touched
    ]
    table = parts[0]
    for part in parts[1:]:
        table = table.join(part, on="segment", how="full", coalesce=True, nulls_equal=True)
    table = table.with_columns(pl.col("segment").cast(pl.String)).filter(
        pl.any_horizontal(pl.col("^step .*$") > 0)
    )
    table = table.with_columns(pl.exclude("segment").fill_null(0).cast(pl.Int64)).sort(
        ["step 1", "segment"], descending=[True, False]
    )
    few = hidden(table["step 1"].to_list(), min_group)
    rows = []
    for place, row in enumerate(table.to_dicts()):
        if place in few:
            continue
        n, through = row["step 1"], row[f"step {len(steps)}"]
        share = wilson(through, n)
        rows.append(
            {"segment": row.pop("segment"), "n": n, "through": through, "share": through / n if n else None}
            | {"low": share[0] if share else None, "high": share[1] if share else None}
            | row
        )
    return pl.DataFrame(rows, schema=SEGMENTS | {f"step {k}": pl.Int64 for k in steps})


def against_the_rest(segments: pl.DataFrame) -> pl.DataFrame:
    """Each segment against all the others that are shown."""
    rows = []
    n, through = segments["n"].sum(), segments["through"].sum()
    for row in segments.to_dicts():
        rest, others = n - row["n"], through - row["through"]
        interval = newcombe(row["through"], row["n"], others, rest)
        if interval is None:
            continue
        p, test = compared(row["through"], row["n"], others, rest)
        difference = row["through"] / row["n"] - others / rest
        rows.append((row["segment"], difference, *interval, p, test))
    corrected = benjamini_hochberg([row[4] for row in rows])
    schema = {"segment": pl.String, **dict.fromkeys(("difference", "low", "high", "p"), pl.Float64)}
    table = pl.DataFrame(rows, schema={**schema, "test": pl.String}, orient="row")
    return table.with_columns(pl.Series("q", corrected, dtype=pl.Float64))


def spent(
    found: pl.DataFrame, frames: Frames, window_days: float | None, as_of: date, wanted: bool
) -> dict[str, float | None]:
    """revenue, revenue_low, revenue_high: see Funnel. Without interval where a customer counts twice."""
    nothing = dict.fromkeys(("revenue", "revenue_low", "revenue_high"))
    if not wanted or found.is_empty():
        return nothing
    sold = frames("sales").select("customer", "day", "revenue").drop_nulls().with_row_index("sale")
    if sold.select(pl.len()).collect().item() == 0:
        return nothing
    last = pl.lit(as_of) if window_days is None else pl.col("began") + pl.duration(days=ceil(window_days))
    began = found.lazy().select("customer", began=pl.col("at 1").dt.date()).with_columns(last=last)
    mine = began.join(sold, on="customer").filter(pl.col("day").is_between("began", "last")).unique("sale")
    amounts = mine.group_by("customer").agg(pl.col("revenue").sum()).collect()["revenue"].to_numpy()
    n = len(found)
    mean = float(amounts.sum()) / n
    if n < 2 or found["customer"].n_unique() < n:
        return nothing | {"revenue": mean}
    square = float(((amounts - mean) ** 2).sum()) + (n - len(amounts)) * mean**2
    half = student(n - 1) * sqrt(square / (n - 1) / n)
    return {"revenue": mean, "revenue_low": mean - half, "revenue_high": mean + half}
