"""What each customer's orders brought: revenue and margin net of refunds, an order at a time."""

from __future__ import annotations

import polars as pl

from metrics.reason import Frames


def standing(orders: pl.LazyFrame) -> pl.LazyFrame:
    """Orders of known customers that were not cancelled."""
    cancelled = pl.col("status").str.to_lowercase().str.starts_with("cancel").fill_null(False)
    return orders.filter(~cancelled & pl.col("cancelled_at").is_null() & pl.col("customer_id").is_not_null())


def order_log(frames: Frames, orders: pl.LazyFrame | None) -> pl.LazyFrame:
    """Orders in the form of the log: customer, happened_at, event ("purchase"), channel, region, device."""
    log = frames("log")
    time = log.collect_schema()["happened_at"]
    if orders is None:
        return log.clear()
    found = standing(orders).join(frames("people"), on="customer_id").sort("customer", "ordered_at")
    return found.select(
        "customer",
        pl.col("ordered_at").dt.convert_time_zone(str(time.time_zone)).alias("happened_at"),  # type: ignore[attr-defined]
        pl.lit("purchase", pl.Enum(["purchase"])).alias("event"),
        "channel",
        "region",
        "device",
    )


def earned(
    frames: Frames,
    orders: pl.LazyFrame,
    order_lines: pl.LazyFrame,
    products: pl.LazyFrame | None,
    returns: pl.LazyFrame | None,
) -> pl.DataFrame:
    """A row an order: customer (code), at (µs since 1970), revenue (net of refunds, on the day of the order),
    margin (that of goods whose cost is known, less their cost; those that came back cost nothing).
    """
    known = standing(orders).select("order_id", "customer_id", at=pl.col("ordered_at").dt.epoch("us"))
    paid = pl.col("units") * pl.col("unit_price") - pl.col("discount").fill_null(0.0)
    cost = pl.col("units") * _cost(products)
    sold = (
        _with_products(order_lines, products)
        .group_by("order_id")
        .agg(revenue=paid.sum(), margin=pl.when(cost.is_not_null()).then(paid - cost).sum())
    )
    found = known.join(sold, on="order_id")
    if returns is not None:
        back_cost = pl.col("units") * (
            pl.col("unit_cost_") if products is not None else pl.lit(None, pl.Float64)
        )
        back = (
            _with_products(returns, products)
            .group_by("order_id")
            .agg(
                refunds=pl.col("refund_value").sum(),
                back=pl.when(back_cost.is_not_null()).then(pl.col("refund_value") - back_cost).sum(),
            )
        )
        found = found.join(back, on="order_id", how="left").with_columns(
            revenue=pl.col("revenue") - pl.col("refunds").fill_null(0.0),
            margin=pl.col("margin") - pl.col("back").fill_null(0.0),
        )
    people = frames("people")
    return found.join(people, on="customer_id").select("customer", "at", "revenue", "margin").collect()


def _with_products(rows: pl.LazyFrame, products: pl.LazyFrame | None) -> pl.LazyFrame:
    if products is None:
        return rows
    return rows.join(products.select("product_id", unit_cost_="unit_cost"), on="product_id", how="left")


def _cost(products: pl.LazyFrame | None) -> pl.Expr:
    return pl.coalesce("unit_cost", "unit_cost_") if products is not None else pl.col("unit_cost")
