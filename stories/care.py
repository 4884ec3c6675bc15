"""Care lists: the customers behind a number, for those who look after them.

Privacy: only customers with an account who agreed to be written to are listed, by their id and not by name,
and never fewer than the minimum group, so that a list points at nobody.
"""

from __future__ import annotations

import polars as pl

from language import numbers, say, together
from metrics.privacy import MIN_GROUP
from stories.asked import Asked
from stories.blocks import Column, Table


def care_list(asked: Asked, customers: pl.Series, title: str, lang: str) -> Table:
    """customers: their codes. A row a customer, those who spent most first."""
    people = asked.frames("people").filter(pl.col("customer").is_in(customers.unique().implode()))
    known = people.collect()
    accounts = asked.tables("customers")
    if accounts is None:
        why = say("needs the table customers, which says who agreed to be written to: import it", lang)
        return Table(known, (), title, missing=why, name="care")
    wanted = ["customer_id", "marketing_consent", "region", "tier"]
    agreed = accounts.select(wanted).filter("marketing_consent").drop("marketing_consent")
    rows = known.lazy().join(agreed, on="customer_id").collect()
    if len(rows) < MIN_GROUP:
        why = say(
            "Fewer than {least} of these customers agreed to be written to, so there is no list.",
            lang,
            least=MIN_GROUP,
        )
        return Table(rows, (), title, missing=why, name="care")
    rows = _with_business(asked, rows)
    columns = (
        Column("customer_id", say("Customer", lang)),
        Column("region", say("Region", lang)),
        Column("tier", say("Tier", lang)),
        Column("orders", say("Orders", lang), "integer"),
        Column("revenue", say("Spent", lang), "money"),
        Column("last_order", say("Last order", lang), "date"),
    )
    kept = [column for column in columns if rows[column.name].count()]
    return Table(
        rows.select(column.name for column in kept),
        kept,
        title,
        _note(len(rows), len(known), lang),
        name="care",
    )


def _with_business(asked: Asked, rows: pl.DataFrame) -> pl.DataFrame:
    bought = (
        asked.frames("sales")
        .filter(pl.col("customer").is_in(rows["customer"].implode()))
        .group_by("customer")
        .agg(
            orders=pl.col("order").n_unique(), revenue=pl.col("revenue").sum(), last_order=pl.col("day").max()
        )
    )
    joined = rows.lazy().join(bought, on="customer", how="left").drop("customer").collect()
    return joined.with_columns(pl.col("orders").fill_null(0)).sort(
        "revenue", "customer_id", descending=[True, False], nulls_last=True
    )


def _note(listed: int, of: int, lang: str) -> str:
    told = say(
        "{n} of {of} agreed to be written to. Ids as the shop knows them, no names.",
        lang,
        n=numbers.integer(listed, lang),
        of=numbers.integer(of, lang),
    )
    spent = say("Orders and spending are of all days.", lang)
    return together([told, spent], lang)
