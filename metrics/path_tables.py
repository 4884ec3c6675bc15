"""The tables of paths: transitions, the most frequent paths, links of a flow, and what differs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from metrics.difference import benjamini_hochberg, compared, newcombe
from metrics.interval import wilson

SIGN = " → "
LARGEST = 6  # nodes of a depth; the others are together
SURE = 0.05  # q
TRANSITIONS = {
    **dict.fromkeys(("from", "to"), pl.String),
    "n": pl.Int64,
    **dict.fromkeys(("share", "low", "high", "seconds"), pl.Float64),
}
PATHS = ("path", "steps", "n", "share", "through", "rate", "low", "high")
LINKS = {"depth": pl.Int64, **dict.fromkeys(("source", "target"), pl.String), "n": pl.Int64}
DIFFERENCES = {
    "path": pl.String,
    "n": pl.Int64,
    **dict.fromkeys(("rate", "rest", "difference", "low", "high", "p", "q"), pl.Float64),
}


def transitions(counts: np.ndarray, names: Sequence[str], seconds: pl.DataFrame | None) -> pl.DataFrame:
    """counts: as compiled/paths.py fills them. seconds: before, event, seconds."""
    told = [*names, None]
    took = {(a, b): s for a, b, s in seconds.iter_rows()} if seconds is not None else {}
    rows = []
    for i, before in enumerate(told):
        total = int(counts[i].sum())
        for j, after in enumerate(told):
            n = int(counts[i, j])
            if n:
                rows.append(
                    (before, after, n, n / total, *(wilson(n, total) or ()), took.get((before, after)))
                )
    table = pl.DataFrame(rows, schema=TRANSITIONS, orient="row")
    return table.sort("n", "from", "to", descending=[True, False, False])


def listed(rows: pl.DataFrame, names: Sequence[str], min_group: int) -> pl.DataFrame:
    """Every path that enough customers took, the most frequent first, with its customers."""
    found = (
        rows.filter(pl.col("length") > 0)
        .group_by("packed")
        .agg(
            pl.col("length").first(),
            n=pl.len().cast(pl.Int64),
            through=pl.col("through").sum().cast(pl.Int64),
            people=pl.col("customer").n_unique(),
        )
        .filter(pl.col("people") >= min_group)
        .sort("n", "packed", descending=[True, False])
    )
    told = found.to_dicts()
    ends = [wilson(row["through"], row["n"]) or (None, None) for row in told]
    return found.select(
        pl.Series("path", [written(row["packed"], row["length"], names) for row in told], dtype=pl.String),
        pl.col("length").alias("steps"),
        "n",
        (pl.col("n") / max(len(rows), 1)).alias("share"),
        "through",
        (pl.col("through") / pl.col("n")).alias("rate"),
        pl.Series("low", [low for low, _ in ends], dtype=pl.Float64),
        pl.Series("high", [high for _, high in ends], dtype=pl.Float64),
    )


def written(packed: int, length: int, names: Sequence[str]) -> str:
    return SIGN.join(names[(packed >> 5 * k & 31) - 1] for k in range(length))


def differences(grouped: pl.DataFrame, n: int, through: int) -> pl.DataFrame:
    """grouped: see `listed`. Each path against all other groups."""
    rows = []
    for row in grouped.to_dicts():
        rest, others = n - row["n"], through - row["through"]
        interval = newcombe(row["through"], row["n"], others, rest)
        if interval is None:
            continue
        p, _ = compared(row["through"], row["n"], others, rest)
        rows.append(
            [row["path"], row["n"], row["rate"], others / rest, row["rate"] - others / rest, *interval, p]
        )
    corrected = benjamini_hochberg([row[-1] for row in rows])
    sure = [[*row, q] for row, q in zip(rows, corrected, strict=True) if q <= SURE]
    table = pl.DataFrame(sure, schema=DIFFERENCES, orient="row")
    return table.sort(pl.col("difference").abs() * pl.col("n"), "path", descending=[True, False])


def links(rows: pl.DataFrame, names: Sequence[str], depth: int, goal: str) -> pl.DataFrame:
    """How many go from each step to the next. What comes into a node of a depth goes out of it."""
    column = [f"step {k}" for k in range(1, depth + 1)]
    places = pl.DataFrame(
        {"place": range(1, len(names) + 1), "name": list(names)},
        schema={"place": pl.UInt64, "name": pl.String},
    )
    wide = rows.filter(pl.col("length") > 0).group_by("packed", "length", "through").len()
    for k, name in enumerate(column):
        place = (pl.col("packed") // (1 << 5 * k)) % 32
        wide = wide.with_columns(place=place.cast(pl.UInt64)).join(
            places, on="place", how="left", maintain_order="left"
        )
        wide = wide.with_columns(pl.col("name").alias(name)).drop("place", "name")
        # The goal follows the last step; of longer paths it lies beyond those that are told apart.
        ended = (pl.col("length") == k) & pl.col("through")
        wide = wide.with_columns(pl.when(ended).then(pl.lit(goal)).otherwise(pl.col(name)).alias(name))
        sizes = (
            wide.drop_nulls(name)
            .group_by(name)
            .agg(pl.col("len").sum())
            .sort("len", name, descending=[True, False])
        )
        kept = [*sizes[name].head(LARGEST).to_list(), goal]
        rare = pl.col(name).is_not_null() & ~pl.col(name).is_in(kept)
        wide = wide.with_columns(pl.when(rare).then(pl.lit("other")).otherwise(pl.col(name)).alias(name))
    parts = []
    for k in range(1, depth):
        source, target = column[k - 1], column[k]
        there = wide.filter(pl.col(source).is_not_null() & (pl.col(source) != goal))
        counts = there.group_by(source=source, target=target).agg(n=pl.col("len").sum().cast(pl.Int64))
        parts.append(counts.select(pl.lit(k, pl.Int64).alias("depth"), "source", "target", "n"))
    table = pl.concat(parts) if parts else pl.DataFrame(schema=LINKS)
    return table.sort(
        "depth", "n", "source", "target", descending=[False, True, False, False], nulls_last=True
    )
