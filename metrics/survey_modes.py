"""Ways of asking are never pooled unless somebody says so: which one a story tells."""

from __future__ import annotations

import polars as pl

ONLINE, POOLED = "online", "pooled"


def headline(rows: pl.DataFrame, mode: str = "") -> str | None:
    """The way that was chosen, else online, else the most frequent one."""
    if mode:
        return mode
    counts = rows.group_by("mode").len().sort("len", "mode", descending=[True, False])["mode"].to_list()
    return ONLINE if ONLINE in counts else counts[0]


def of_mode(rows: pl.DataFrame, mode: str | None) -> pl.DataFrame:
    return rows if mode == POOLED else rows.filter(pl.col("mode").eq_missing(pl.lit(mode, pl.String)))
