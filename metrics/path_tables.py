"""The tables of paths: transitions, the most frequent paths, links of a flow, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from metrics.difference import benjamini_hochberg, compared, newcombe
from metrics.interval import wilson
from metrics.privacy import hidden
from metrics.walks import DEEPEST, OTHER, Part, Walks

SIGN = " → "
LARGEST = 6  # nodes of a depth; the others are together
COMPARED = 1000  # paths at most, the most frequent
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


def transitions(found: Walks, seconds: Mapping[tuple[int, int], float], min_group: int) -> pl.DataFrame:
    """seconds: the median of each move, by the places of its kinds."""
    told = [*found.names, None]
    counts, people = (sum(getattr(part, name) for part in found.parts) for name in ("counts", "people"))
    rows = []
    for i, before in enumerate(told):
        total, few = int(counts[i].sum()), hidden(people[i].tolist(), min_group)
        for j, after in enumerate(told):
            n = int(counts[i, j])
            if n and j not in few:
                rows.append((before, after, n, n / total, *(wilson(n, total) or ()), seconds.get((i, j))))
    table = pl.DataFrame(rows, schema=TRANSITIONS, orient="row")
    return table.sort("n", "from", "to", descending=[True, False, False])


def tallied(found: Walks) -> pl.DataFrame:
    """packed, n, through, people of every path with a step, the most frequent first."""
    from metrics.compiled.paths import tally

    parts = found.each(lambda part: tally(part.walked))
    tables = [
        pl.DataFrame({"packed": keys, "n": of[:, 0], "through": of[:, 1], "people": of[:, 2]})
        for keys, of in parts
    ]
    # A part has whole customers, so that people add up.
    table = pl.concat(tables).group_by("packed").agg(pl.col("n", "through", "people").sum())
    return table.sort("n", "packed", descending=[True, False])


def listed(tally: pl.DataFrame, names: Sequence[str], n: int, min_group: int) -> pl.DataFrame:
    """The most frequent of the paths that enough customers took. n: all walks."""
    few = tally["people"] < min_group
    if 0 < tally.filter(few)["people"].sum() < min_group:
        places = hidden(tally["people"].to_list(), min_group)
        few = pl.Series([place in places for place in range(len(tally))])
    found = tally.filter(~few).head(COMPARED)
    told = found.to_dicts()
    ways = [written(row["packed"], names) for row in told]
    ends = [wilson(row["through"], row["n"]) or (None, None) for row in told]
    return found.select(
        pl.Series("path", [SIGN.join(way) for way in ways], dtype=pl.String),
        pl.Series("steps", [len(way) for way in ways], dtype=pl.Int64),
        "n",
        (pl.col("n") / max(n, 1)).alias("share"),
        "through",
        (pl.col("through") / pl.col("n")).alias("rate"),
        pl.Series("low", [low for low, _ in ends], dtype=pl.Float64),
        pl.Series("high", [high for _, high in ends], dtype=pl.Float64),
    )


def written(packed: int, names: Sequence[str]) -> list[str]:
    """A path's steps."""
    return [names[(packed >> 5 * k & 31) - 1] for k in range(DEEPEST) if packed >> 5 * k & 31]


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


def links(found: Walks, tally: pl.DataFrame, depth: int, goal: str, min_group: int) -> pl.DataFrame:
    """How many go from each step to the next. What comes into a node of a depth goes out of it, but for what
    is hidden.
    """
    from metrics.compiled.paths import NOBODY, flow

    if depth < 2 or tally.is_empty():
        return pl.DataFrame(schema=LINKS)
    nodes, told = _nodes(tally, found.names, depth)
    shape = (depth - 1, LARGEST + 1, LARGEST + 3)

    def flown(part: Part) -> tuple[np.ndarray, np.ndarray]:
        counts, people = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        flow(part.walked, nodes, counts, people, np.full(shape, NOBODY, np.int64))
        return counts, people

    done = found.each(flown)
    counts, people = (np.sum([each[k] for each in done], axis=0) for k in range(2))
    rows = []
    for k, i in np.ndindex(*shape[:2]):
        few = hidden(people[k, i].tolist(), min_group)
        following = [*told[k + 1], goal, None]
        rows += [
            (k + 1, told[k][i], following[j], int(n))
            for j, n in enumerate(counts[k, i])
            if n and j not in few
        ]
    table = pl.DataFrame(rows, schema=LINKS, orient="row")
    return table.sort(
        "depth", "n", "source", "target", descending=[False, True, False, False], nulls_last=True
    )


def _nodes(tally: pl.DataFrame, names: Sequence[str], depth: int) -> tuple[np.ndarray, list[list[str]]]:
    """The node of each kind + 1 at each depth, and the nodes' names: the largest, then "other"."""
    nodes, told = np.full((depth, len(names) + 1), LARGEST, np.int64), []
    for k in range(depth):
        kind = (pl.col("packed") // (1 << 5 * k)) % 32
        sizes = tally.group_by(kind=kind.cast(pl.Int64)).agg(pl.col("n").sum()).filter(pl.col("kind") > 0)
        named = pl.Series("name", [names[each - 1] for each in sizes["kind"]], dtype=pl.String)
        sizes = sizes.with_columns(named).filter(pl.col("name") != OTHER)
        kept = sizes.sort("n", "name", descending=[True, False]).head(LARGEST)
        nodes[k, kept["kind"].to_numpy()] = np.arange(len(kept))
        told.append([*kept["name"], *[OTHER] * (LARGEST + 1 - len(kept))])
    return nodes, told
