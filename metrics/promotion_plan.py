"""Promotions as they were planned: when, of which products, where; and where two of them meet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from metrics.promotion_cells import Cells, local

LONGEST_INCIDENT = 21  # days; what lasts longer is part of what is usual


@dataclass(frozen=True)
class Plan:
    """A promotion. product: flag by product of the cells; place: by cell, None where it is everywhere."""

    id: str
    name: str
    kind: str
    first: date
    last: date
    cost: float | None
    product: np.ndarray
    place: np.ndarray | None

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def within(self, cells: Cells) -> np.ndarray:
        """Flag by cell: whether what was sold there takes part, on whatever day."""
        inside = self.product[cells.product]
        return inside if self.place is None else inside & self.place


def plans(
    promotions: pl.LazyFrame,
    members: pl.LazyFrame | None,
    coupons: pl.LazyFrame | None,
    cells: Cells,
    timezone: str,
) -> list[Plan]:
    """Price promotions by their first day. Programmes of coupons are left out: metrics/coupons.py has them.

    A promotion without products of its own is of its category, one without a category of everything.
    """
    rows = promotions.with_columns(first=local("starts_at", timezone), last=local("ends_at", timezone))
    known = set(promotions.collect_schema())
    if coupons is not None and "promotion_id" in coupons.collect_schema():
        programmes = coupons.select("promotion_id").drop_nulls().unique()
        rows = rows.join(programmes, on="promotion_id", how="anti")
    chosen: dict[str, list[str]] = {}
    if members is not None:
        listed = members.group_by("promotion_id").agg("product_id").collect()
        chosen = dict(listed.iter_rows())
    products = {name: i for i, name in enumerate(cells.products)}
    category = np.array(cells.category, dtype=object)
    found = []
    for row in rows.sort("first", "promotion_id").collect().iter_rows(named=True):
        row = {name: row.get(name) for name in (*known, "first", "last")}
        product = np.zeros(len(products), bool)
        if row["promotion_id"] in chosen:
            product[[products[each] for each in chosen[row["promotion_id"]] if each in products]] = True
        else:
            product[:] = category == row["category"] if row.get("category") else True
        found.append(
            Plan(
                row["promotion_id"],
                row.get("name") or row["promotion_id"],
                row.get("kind") or "",
                row["first"],
                row["last"] or cells.span.end,
                row.get("cost"),
                product,
                _place(cells, row.get("channel"), row.get("region")),
            )
        )
    return found


def _place(cells: Cells, channel: str | None, region: str | None) -> np.ndarray | None:
    if not channel and not region:
        return None
    inside = np.ones(len(cells.day), bool)
    for name, code, names in (
        (channel, cells.channel, cells.channels),
        (region, cells.region, cells.regions),
    ):
        if name:
            inside &= code == (names.index(name) if name in names else -1)
    return inside


def short_incidents(table: pl.LazyFrame | None, timezone: str) -> list[tuple[str, date, date]]:
    """Name, first and last day of what lasted three weeks at most: holidays, sales of all shops, outages."""
    if table is None:
        return []
    rows = table.select(
        "name", first=local("starts_at", timezone), last=local("ends_at", timezone).fill_null(
            local("starts_at", timezone)
        ),
    ).drop_nulls("first")  # fmt: skip
    short = (pl.col("last") - pl.col("first")).dt.total_days() < LONGEST_INCIDENT
    return rows.filter(short).sort("first", "name").collect().rows()
