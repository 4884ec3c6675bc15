"""What was sold, a cell a day, product, channel and region: arrays that many promotions are read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from metrics.period import Period
from metrics.reason import Frames

MEASURES = ("units", "revenue", "margin", "refunds", "tickets")
KEYS = ("day", "product_id", "channel", "region")


@dataclass(frozen=True)
class Cells:
    """Cells sorted by day, arrays of one length: day (number from `span.start`), product, channel, region
    (codes into products, channels, regions), and `values` (cells × MEASURES). begins: of each day its first
    cell, and the end. category: by product. costed: whether margins are known.
    """

    span: Period
    day: np.ndarray
    product: np.ndarray
    channel: np.ndarray
    region: np.ndarray
    values: np.ndarray
    begins: np.ndarray
    products: list[str | None]
    category: list[str | None]
    channels: list[str | None]
    regions: list[str | None]
    costed: bool

    def number(self, day: date) -> int:
        return (day - self.span.start).days

    @cached_property
    def units(self) -> np.ndarray:
        """Of each product, all that was sold."""
        return np.bincount(self.product, self.values[:, 0], len(self.products))

    def grouped(self, low: int, high: int, label: np.ndarray, groups: int) -> np.ndarray:
        """(groups × all days × MEASURES) sums of the days low … high − 1; other days stay 0.

        label: of each cell of these days its group, −1 where it is in none.
        """
        rows = slice(self.begins[low], self.begins[high])
        keep = label >= 0
        place = label[keep] * (high - low) + self.day[rows][keep] - low
        found = np.zeros((groups, self.span.days, len(MEASURES)))
        for i, values in enumerate(self.values[rows][keep].T):
            sums = np.bincount(place, values, groups * (high - low))
            found[:, low:high, i] = sums.reshape(groups, high - low)
        return found

    def daily(self, low: int, high: int, product: np.ndarray, place: np.ndarray | None = None) -> np.ndarray:
        """(days low … high − 1 × MEASURES) sums of the cells of some products (a flag by product).

        place: flag by cell of the whole, where only some channels or regions count.
        """
        rows = slice(self.begins[low], self.begins[high])
        keep = product[self.product[rows]]
        if place is not None:
            keep &= place[rows]
        day = self.day[rows][keep] - low
        values = self.values[rows][keep]
        return np.column_stack([np.bincount(day, each, high - low) for each in values.T])


def cells(frames: Frames, tickets: pl.LazyFrame | None, orders: pl.LazyFrame | None, span: Period) -> Cells:
    """Sums of a span of days. Revenue is net of returns by order date, margin what of it has a known cost."""
    daily = (
        frames("daily", by=("product_id", "channel", "region"), basis="order")
        .filter(pl.col("day").is_between(span.start, span.end), pl.col("product_id").is_not_null())
        .group_by(KEYS)
        .agg(
            pl.col("units").sum(),
            revenue=pl.col("net_revenue").sum(),
            margin=pl.col("costed_revenue").sum() - pl.col("cost").sum(),
            refunds=pl.col("refunds").sum(),
            costed=pl.col("cost").count() > 0,
            category=pl.col("category").drop_nulls().first(),
        )
        .collect()
    )
    rows = daily.with_columns(tickets=pl.lit(0.0))
    if tickets is not None and orders is not None:
        asked = (
            tickets.select("order_id", "product_id")
            .drop_nulls()
            .join(
                orders.select("order_id", "channel", "region", day=local("ordered_at", zone(frames))),
                on="order_id",
            )
            .filter(pl.col("day").is_between(span.start, span.end))
            .group_by(KEYS)
            .agg(tickets=pl.len().cast(pl.Float64))
            .collect()
        )
        rows = pl.concat([rows, asked], how="diagonal_relaxed")
    rows = rows.with_columns(pl.col(MEASURES).fill_null(0.0)).sort("day", "product_id", nulls_last=True)
    product, products = _codes(rows["product_id"])
    channel, channels = _codes(rows["channel"])
    region, regions = _codes(rows["region"])
    day = (rows["day"] - span.start).dt.total_days().to_numpy()
    first = dict(daily.select("product_id", "category").drop_nulls().iter_rows())
    return Cells(
        span, day, product, channel, region, rows.select(MEASURES).to_numpy(),
        np.searchsorted(day, np.arange(span.days + 1)), products, [first.get(each) for each in products],
        channels, regions, bool(daily["costed"].any()),
    )  # fmt: skip


def zone(frames: Frames) -> str:
    """The shop's time zone."""
    return str(frames("log").collect_schema()["happened_at"].time_zone)


def local(column: str, timezone: str) -> pl.Expr:
    """The shop's calendar day of an instant."""
    return pl.col(column).dt.convert_time_zone(timezone).dt.date()


def whole(frames: Frames, as_of: date) -> Period:
    """All days with sales up to the last."""
    first = frames("daily").select(pl.col("day").filter(pl.col("units") > 0).min()).collect().item()
    return Period(min(first or as_of, as_of), as_of)


def _codes(names: pl.Series) -> tuple[np.ndarray, list[str | None]]:
    known = names.unique().sort()
    place = pl.DataFrame({"name": known, "code": np.arange(len(known))})
    codes = names.to_frame("name").join(place, on="name", how="left", nulls_equal=True, maintain_order="left")
    return codes["code"].to_numpy(), known.to_list()
