"""Contact rate: orders about which customers turned to service, of all orders placed."""

from __future__ import annotations

from datetime import date

import polars as pl

from metrics.against_rest import RESTED, against_rest
from metrics.order_scope import Where, inside, lines_of, standing
from metrics.period import Period
from metrics.privacy import MIN_GROUP, hidden

BY = ("category", "seller", "product_id", "region")
CONTACTS = {
    **dict.fromkeys(("by", "of"), pl.String),
    **dict.fromkeys(("n", "part", "tickets"), pl.Int64),
    "per_order": pl.Float64,
    **dict.fromkeys(RESTED, pl.Float64),
}


def sold(
    orders: pl.LazyFrame,
    order_lines: pl.LazyFrame | None,
    products: pl.LazyFrame | None,
    where: Where,
    period: Period,
    as_of: date,
    timezone: str,
) -> pl.DataFrame:
    """A row a product in an order placed in the period and not cancelled: order_id, person, product_id,
    category, seller, region; without lines, a row an order.
    """
    placed = standing(orders, where, timezone).filter(inside(period, as_of))
    placed = placed.select("order_id", "region", "person")
    if order_lines is None:
        none = [pl.lit(None, pl.String).alias(name) for name in ("product_id", "category", "seller")]
        found = placed.filter("category" not in where).with_columns(none)
    else:
        lines = lines_of(order_lines, products, where).select("order_id", "product_id", "category", "seller")
        found = placed.join(lines, on="order_id")
    return found.sort("order_id", "product_id").collect()


def contacts(lines: pl.DataFrame, tickets: pl.DataFrame, min_group: int = MIN_GROUP) -> pl.DataFrame:
    """CONTACTS: n orders, part of them with a ticket since (share with Wilson interval), tickets and tickets
    per order; of all (by ""), and by region, and category, seller and product of what was ordered. A ticket
    that names a product counts for that product's groups only. Groups are compared with all others (see
    against_rest); those of few persons are left out.
    """
    about = tickets.drop_nulls("order_id").select("order_id", named="product_id")
    orders = lines.unique("order_id", maintain_order=True)
    tables = [_rows("", orders.with_columns(pl.lit("").alias("")), about)]
    n, part = int(tables[0]["n"][0]), int(tables[0]["part"][0])
    tables[0] = against_rest(tables[0], part, n)
    for by in BY:
        known = (orders if by == "region" else lines).drop_nulls(by)
        if known.is_empty():
            continue
        every = _rows(by, known, about)
        sizes = known.group_by(by).agg(pl.col("person").n_unique()).rename({by: "of"})
        every = every.join(sizes, on="of", how="left", maintain_order="left")
        away = hidden(every["person"].to_list(), min_group)
        shown = every.drop("person").filter(
            pl.Series([i not in away for i in range(len(every))], dtype=pl.Boolean)
        )
        all_n, all_part = _all(by, known, about)
        tables.append(against_rest(shown, all_part, all_n))
    return pl.concat(tables).select(CONTACTS.keys()).cast(CONTACTS)  # type: ignore[arg-type]


def _asked(by: str, known: pl.DataFrame, about: pl.DataFrame) -> pl.DataFrame:
    """A row a group and order: tickets about it."""
    concerns = pl.col("named").is_null() | pl.col("product_id").is_null()
    if by in ("category", "seller", "product_id"):
        concerns |= pl.col("named") == pl.col("product_id")
    else:
        concerns = pl.lit(True)
    found = known.join(about, on="order_id").filter(concerns)
    return found.group_by(by, "order_id").agg(tickets=pl.len())


def _rows(by: str, known: pl.DataFrame, about: pl.DataFrame) -> pl.DataFrame:
    orders = known.group_by(by).agg(n=pl.col("order_id").n_unique())
    asked = _asked(by, known, about).group_by(by).agg(part=pl.len(), tickets=pl.col("tickets").sum())
    return (
        orders.join(asked, on=by, how="left")
        .with_columns(pl.col("part", "tickets").fill_null(0).cast(pl.Int64), pl.col("n").cast(pl.Int64))
        .select(
            pl.lit(by).alias("by"), pl.col(by).cast(pl.String).alias("of"), "n", "part", "tickets",
            per_order=pl.col("tickets") / pl.col("n"),
        )
        .sort("part", "of", descending=[True, False])
    )  # fmt: skip


def _all(by: str, known: pl.DataFrame, about: pl.DataFrame) -> tuple[int, int]:
    """Pairs of order and group, and those with a ticket: an order counts once in each group."""
    pairs = known.select(by, "order_id").unique()
    return len(pairs), len(_asked(by, known, about))
