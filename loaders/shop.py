"""A version's tables as facts to count: orders, lines and returns with their dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import polars as pl

from loaders import tables
from loaders.events import customers_of_events

DIMENSIONS = ("day", "channel", "category", "region", "device")
OF_ORDER = ("channel", "region", "device")
OF_LINE = ("product_id", "merchant_id", "promotion_id", "campaign_id", "subcategory", "brand", "status")


class Shop:
    """folder: a version, or one being written. A table that is missing is an empty one here."""

    def __init__(self, folder: Path, timezone: str) -> None:
        self.folder, self.timezone = folder, timezone

    def files(self, table: str) -> list[Path]:
        return sorted((self.folder / table).glob("*.parquet"))

    def scan(self, table: str) -> pl.LazyFrame:
        files = self.files(table)
        return pl.scan_parquet(files) if files else pl.LazyFrame(schema=pl.Schema(tables.dtypes(table)))

    def day(self, column: str) -> pl.Expr:
        """The calendar day of an instant in the shop's time zone."""
        return pl.col(column).dt.convert_time_zone(self.timezone).dt.date()

    @cached_property
    def people(self) -> pl.DataFrame:
        """customer (code), customer_id: those of events first, as coded there, then the others."""
        others = self._others.to_frame().with_row_index("customer", len(self._seen))
        return pl.concat([self._seen, others.with_columns(pl.col("customer").cast(pl.Int32))])

    @cached_property
    def _seen(self) -> pl.DataFrame:
        return customers_of_events(self.folder)

    @cached_property
    def _others(self) -> pl.Series:
        """Ids of customers without events, in order."""
        names = ("orders", "returns", "customers")
        every = [self.scan(name).select("customer_id").drop_nulls().unique() for name in names]
        found = [ids.collect()["customer_id"] for ids in every]
        seen = self._seen["customer_id"]
        return pl.concat([ids.filter(_place(seen, ids).is_null()) for ids in found]).unique().sort()

    def _codes(self, ids: pl.Series) -> pl.Series:
        """The codes of people, null for nobody. A join would hold all of them in a hash table."""
        late = _place(self._others, ids) + len(self._seen)
        return pl.select(pl.coalesce(_place(self._seen["customer_id"], ids), late)).to_series().cast(pl.Int32)

    @cached_property
    def products(self) -> pl.DataFrame:
        columns = ("product_id", "category", "subcategory", "brand", "merchant_id", "unit_cost")
        return self.scan("products").select(columns).collect()

    @cached_property
    def orders(self) -> pl.DataFrame:
        """One row an order: order (code by time), day, channel, region, device, customer, nth, cancelled.

        nth counts a known customer's orders that were not cancelled, from 1, by time.
        """
        status = pl.col("status").str.to_lowercase().str.starts_with("cancel").fill_null(False)
        orders = (
            self.scan("orders")  # stored by time
            .select(
                "order_id",
                "customer_id",
                pl.col("campaign_id", "status", *OF_ORDER).cast(pl.Categorical),
                day=self.day("ordered_at"),
                cancelled=status | pl.col("cancelled_at").is_not_null(),
            )
            .collect()
            .with_row_index("order")
        )
        orders = orders.with_columns(customer=self._codes(orders["customer_id"])).drop("customer_id")
        counts = pl.col("customer").is_not_null() & ~pl.col("cancelled")
        return orders.with_columns(nth=pl.when(counts).then(counts.cum_sum().over("customer")))

    def lines(self) -> Iterator[pl.DataFrame]:
        """Order lines with their dimensions and measures, part by part; lines of unknown orders are left out.

        gmv: before discounts, of all orders placed. cancelled: value after discount of cancelled
        lines. revenue = gmv − discount − cancelled. sold_costed, sold_cost: revenue and cost of the
        lines whose cost is known.
        """
        products = self.products.rename(
            {name: f"{name}_" for name in ("category", "merchant_id", "unit_cost")}
        )
        for file in self.files("order_lines"):
            lines = pl.read_parquet(file).join(self.orders, on="order_id", maintain_order="left")
            lines = lines.join(products, on="product_id", how="left", maintain_order="left")
            lines = lines.with_columns(
                pl.coalesce(name, f"{name}_").alias(name) for name in ("category", "merchant_id", "unit_cost")
            )
            gmv, discount = pl.col("units") * pl.col("unit_price"), pl.col("discount").fill_null(0.0)
            sold, cost = ~pl.col("cancelled"), pl.col("units") * pl.col("unit_cost")
            yield lines.select(
                "order",
                "customer",
                "nth",
                *DIMENSIONS,
                *OF_LINE,
                pl.col("cancelled").alias("void"),
                gmv=gmv,
                discount=discount,
                cancelled=pl.when(sold).then(0.0).otherwise(gmv - discount),
                revenue=pl.when(sold).then(gmv - discount).otherwise(0.0),
                units=pl.when(sold).then("units").otherwise(0),
                sold_costed=pl.when(sold & cost.is_not_null()).then(gmv - discount),
                sold_cost=pl.when(sold).then(cost),
            )

    def returns(self) -> pl.DataFrame:
        """Returned lines with their dimensions, `day_order` and `day_refund`, and measures.

        A return whose order is unknown counts on its own day; one of a cancelled order counts not
        at all, since the whole order is taken out already.
        """
        order = self.orders.select("order_id", "day", "status", "campaign_id", *OF_ORDER, void="cancelled")
        known = [name for name in OF_LINE if name in ("subcategory", "brand")]
        rows = (
            self.scan("returns")
            .with_columns(came=self.day("returned_at"), paid=self.day("refunded_at"))
            .collect()
            .join(order, on="order_id", how="left", suffix="_", maintain_order="left")
            .filter(~pl.col("void").fill_null(False))
            .join(self.products, on="product_id", how="left", maintain_order="left")
        )
        cost = pl.col("units") * pl.col("unit_cost")
        return rows.select(
            pl.coalesce("day", "came").alias("day_order"),
            pl.coalesce("paid", "came").alias("day_refund"),
            pl.coalesce("channel", "channel_").alias("channel"),
            "category",
            pl.coalesce("region", "region_").alias("region"),
            "device",
            *("product_id", "merchant_id", "campaign_id", "status"),
            *known,
            pl.lit(None, pl.String).alias("promotion_id"),
            refunds="refund_value",
            units_returned="units",
            back_costed=pl.when(cost.is_not_null()).then("refund_value"),
            back_cost=cost,
        )


def _place(known: pl.Series, values: pl.Series) -> pl.Series:
    """The place of each value in a sorted series; null where it is not there."""
    place = known.search_sorted(values)
    there = known.gather(place, null_on_oob=True) == values
    return pl.select(pl.when(there).then(place)).to_series()
