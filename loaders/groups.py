"""The cube's measures that are not sales: spend, deliveries, tickets, surveys, reviews, stock, market."""

from __future__ import annotations

import polars as pl

from loaders.shop import OF_ORDER, Shop


def groups(shop: Shop) -> list[pl.DataFrame]:
    """One frame a table: `day`, the dimensions it is recorded by, its measures (not yet added up)."""
    found = [
        *(spend(shop), shipments(shop), tickets(shop)),
        *(surveys(shop), reviews(shop), inventory(shop)),
    ]
    return [rows for rows in found if len(rows)]


def spend(shop: Shop) -> pl.DataFrame:
    return shop.scan("spend").select("day", "channel", "impressions", "clicks", ad_spend="spend").collect()


def shipments(shop: Shop) -> pl.DataFrame:
    """Parcels that arrived and had a promise, on the day they arrived."""
    rows = shop.scan("shipments").filter(
        pl.col("delivered_at").is_not_null() & pl.col("promised_at").is_not_null()
    )
    on_time = (pl.col("delivered_at") <= pl.col("promised_at")).cast(pl.Int64)
    facts = rows.select(
        "order_id", "region", day=shop.day("delivered_at"), deliveries=pl.lit(1), on_time=on_time
    )
    return _of_order(shop, facts)


def tickets(shop: Shop) -> pl.DataFrame:
    facts = shop.scan("tickets").select(
        "order_id", "product_id", day=shop.day("opened_at"), tickets=pl.lit(1)
    )
    return _of_order(shop, facts)


def surveys(shop: Shop) -> pl.DataFrame:
    """NPS on its scale of 0 to 10: promoters 9 and 10, detractors 0 to 6. CSAT: the top two boxes."""
    score, low, high = pl.col("score"), pl.col("scale_min"), pl.col("scale_max")
    falling = (pl.col("better") == "lower").fill_null(False)
    score = pl.when(falling).then(low + high - score).otherwise(score)
    nps, csat = pl.col("measure") == "nps", pl.col("measure") == "csat"
    answered = shop.scan("surveys").filter(pl.col("answered_at").is_not_null() & score.is_not_null())

    def count(condition: pl.Expr, among: pl.Expr) -> pl.Expr:
        return pl.when(among).then(condition.cast(pl.Int64))

    facts = answered.filter(nps | csat).select(
        "order_id",
        day=shop.day("answered_at"),
        csat_answers=count(pl.lit(True), csat),
        csat_good=count(score >= high.fill_null(5) - 1, csat),
        nps_answers=count(pl.lit(True), nps),
        nps_promoters=count(score >= 9, nps),
        nps_detractors=count(score <= 6, nps),
    )
    return _of_order(shop, facts)


def reviews(shop: Shop) -> pl.DataFrame:
    facts = shop.scan("reviews").select(
        "order_id", "product_id", day=shop.day("reviewed_at"), reviews=pl.lit(1), review_stars="score"
    )
    return _of_order(shop, facts)


def inventory(shop: Shop) -> pl.DataFrame:
    """A product is out of stock on a day when no warehouse has any."""
    stock = shop.scan("inventory").group_by("day", "product_id").agg(pl.col("on_hand").sum())
    out = (pl.col("on_hand") <= 0).cast(pl.Int64)
    rows = stock.select("day", "product_id", stock_days=pl.lit(1), stock_out_days=out).collect()
    return rows.join(shop.products.select("product_id", "category"), on="product_id", how="left")


def market(shop: Shop, sold: pl.DataFrame | None) -> list[pl.DataFrame]:
    """Market GMV and ours of the same month, category and region; months that are over, of both."""
    rows = shop.scan("market").collect()
    if sold is None or not len(rows):
        return []
    last = sold["day"].max()
    ours = sold.with_columns(month=pl.col("day").dt.truncate("1mo")).filter(
        pl.col("month").dt.offset_by("1mo") <= pl.lit(last).dt.offset_by("1d")
    )
    found = []
    for (split_category, split_region), part in rows.group_by(
        pl.col("category") != "", pl.col("region") != ""
    ):
        keys = ["month", *(["category"] if split_category else []), *(["region"] if split_region else [])]
        whole = part.group_by(keys).agg(market_gmv=pl.col("market_gmv").sum())
        mine = ours.group_by(keys).agg(gmv_in_market=pl.col("gmv").sum())
        found.append(whole.join(mine, on=keys).rename({"month": "day"}))
    return found


def _of_order(shop: Shop, facts: pl.LazyFrame) -> pl.DataFrame:
    """Adds the dimensions of the order, and the category of the product where there is one."""
    rows = facts.collect().join(
        shop.orders.select("order_id", *OF_ORDER), on="order_id", how="left", suffix="_"
    )
    if "region_" in rows.columns:
        rows = rows.with_columns(pl.coalesce("region", "region_").alias("region"))
    if "product_id" in rows.columns:
        rows = rows.join(shop.products.select("product_id", "category"), on="product_id", how="left")
    return rows.drop(
        "order_id", "product_id", *(name for name in rows.columns if name.endswith("_")), strict=False
    )
