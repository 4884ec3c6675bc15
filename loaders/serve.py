"""Serves the prepared frames to metrics: filtered, with returns on the basis asked for.

`daily` comes from the cube where categories matter. Where several categories are asked for together,
orders are counted anew, since an order may contain two of them. Columns of order lines that the cube
does not have (product_id, merchant_id, brand …) are served from the lines themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from loaders import cube
from loaders.loader import BadInput
from loaders.shop import DIMENSIONS, OF_LINE, OF_ORDER, Shop
from loaders.version import Version

Where = Mapping[str, Sequence[str | None]]
TIMES = ("day", "week", "month")
COUNTED = ("ad_spend", "market_gmv")


def frame(version: Version, name: str, where: Where, by: Sequence[str], basis: str) -> pl.LazyFrame:
    """`daily`, `sales`, `sessions`, `log` or `people`: rows that fit `where`.

    by: columns that the reader will group by. basis: "order" or "refund". Raises BadInput for a
    column or basis that there is not.
    """
    if basis not in cube.BASES:
        raise BadInput(f"Returns are counted by {' or '.join(cube.BASES)}, not by {basis!r}.")
    wanted = {*where, *by} - set(TIMES)
    extra = sorted(wanted - set(DIMENSIONS))
    unknown = [column for column in extra if column not in OF_LINE]
    if unknown:
        known = [*DIMENSIONS, "week", "month", *OF_LINE]
        raise BadInput(f"There is no column {', '.join(unknown)} to split by. There are: {', '.join(known)}.")
    if name == "people":
        return version.prepared("people")
    if name == "log":
        return _log(version, where, wanted - set(OF_ORDER) - {"day"})
    if name == "sessions":
        rows = version.prepared("sessions").with_columns(pl.lit(None, pl.String).alias("category"))
        missing = [pl.lit(None, pl.String).alias(column) for column in extra]
        return _fits(rows.with_columns(missing), where)
    if extra:
        sold, daily = _from_lines(version, where, extra)
        return sold if name == "sales" else _based(daily, basis)
    if name == "sales":
        return _fits(version.prepared("sales"), where)
    if "category" not in wanted:
        return _based(_fits(version.prepared("daily"), where), basis)
    rows = _fits(version.prepared("cube"), where)
    if "category" not in by and len(where["category"]) > 1:
        several = pl.lit(" + ".join(str(value) for value in where["category"])).alias("category")
        sold = _fits(version.prepared("sales"), where).with_columns(several)
        counted = cube.orders(sold.collect(), DIMENSIONS).lazy()
        rows = pl.concat([rows.drop("orders", "new_buyers"), counted], how="diagonal_relaxed")
    return _based(rows, basis)


def _log(version: Version, where: Where, strange: Collection[str]) -> pl.LazyFrame:
    if strange:
        raise BadInput(
            f"Events are not recorded by {', '.join(sorted(strange))}. They are by: {', '.join(OF_ORDER)}."
        )
    rows = version.prepared("log")
    kinds = rows.collect_schema()
    known = {name: [None, *kinds[name].categories] for name in where}  # type: ignore[attr-defined]
    return _fits(rows, {name: [value for value in where[name] if value in known[name]] for name in where})


def by_day(rows: pl.LazyFrame, by: Sequence[str]) -> pl.DataFrame:
    """Rows of `daily` added up to a row a day and group of `by`: the same answers from far fewer rows.

    Rows of measures of which metrics count the records stay as they are.
    """
    counted = pl.any_horizontal(pl.col(name).is_not_null() for name in COUNTED)
    measures = [name for name in rows.collect_schema().names() if name not in DIMENSIONS]
    summed = rows.filter(~counted).group_by("day", *by).agg(cube.sums(measures))
    return pl.concat([summed, rows.filter(counted).select("day", *by, *measures)], how="vertical").collect()


def _fits(rows: pl.LazyFrame, where: Where) -> pl.LazyFrame:
    for column, values in where.items():
        known = [value for value in values if value is not None]
        fits = pl.col(column).is_in(known)
        rows = rows.filter(fits | pl.col(column).is_null() if None in values else fits)
    return rows


def _based(rows: pl.LazyFrame, basis: str) -> pl.LazyFrame:
    """Names the measures of the chosen basis, and those that follow from them."""
    refunds, back_costed, back_cost = (f"{name}_{basis}" for name in ("refunds", "back_costed", "back_cost"))
    based = rows.with_columns(
        _less("revenue", refunds).alias("net_revenue"),
        _less("sold_costed", back_costed).alias("costed_revenue"),
        _less("sold_cost", back_cost).alias("cost"),
        pl.col(refunds).alias("refunds"),
        pl.col(f"units_returned_{basis}").alias("units_returned"),
    )
    hidden = [f"{name}_{each}" for name in cube.BACK for each in cube.BASES]
    return based.drop(*hidden, "sold_costed", "sold_cost")


def _less(more: str, less: str) -> pl.Expr:
    """more − less; null only where both are."""
    known = pl.col(more).is_not_null() | pl.col(less).is_not_null()
    return pl.when(known).then(pl.col(more).fill_null(0.0) - pl.col(less).fill_null(0.0))


def _from_lines(version: Version, where: Where, extra: Sequence[str]) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    shop = Shop(version.folder, version.manifest.timezone)
    keys = (*DIMENSIONS, *extra)
    parts, sales = [cube.SALES_SCHEMA.to_frame().with_columns(_nulls(extra))], []
    facts = [cube.empty().with_columns(_nulls(extra))]
    for lines in shop.lines():
        kept = _fits(lines.lazy(), where).collect()
        facts.append(cube.add_up(kept, keys, cube.SALES))
        sold = kept.filter(~pl.col("void")).with_columns(merchant="merchant_id")
        sales.append(cube.add_up(sold, ("order", "customer", "nth", *keys, "merchant"), ("revenue", "units")))
    sold = pl.concat([*parts, *sales], how="diagonal_relaxed")
    facts.append(cube.orders(sold, keys))
    facts += cube.returns(_fits(shop.returns().lazy(), where).collect(), keys)
    return sold.lazy(), pl.concat(facts, how="diagonal_relaxed").lazy()


def _nulls(columns: Sequence[str]) -> list[pl.Expr]:
    return [pl.lit(None, pl.String).alias(column) for column in columns]
