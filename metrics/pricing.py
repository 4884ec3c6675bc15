"""Pricing: each price beside its cost, its rivals and its elasticity; what to move, to hold and to test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from metrics.analysis import Analysis, Verdict
from metrics.elasticity import elasticity
from metrics.elasticity_gate import NEVER_MOVED
from metrics.elasticity_tables import CATEGORIES, CROSS, ENDS, TESTS, Elasticity
from metrics.elasticity_tables import PRODUCTS as ELASTICITIES
from metrics.period import Period
from metrics.price_position import bands, costs, rivals
from metrics.price_simulator import CURVE, Product, best, curve
from metrics.promotion_cells import zone
from metrics.reason import Frames, Reason, needs

PRODUCTS = {
    **ELASTICITIES,
    "name": pl.String,
    **dict.fromkeys(("cost", "kept", "margin", "rival", "cheapest", "gap", "above"), pl.Float64),
    "rivals": pl.Int64, "contested": pl.Boolean, "rule": pl.String,
    "best": pl.Float64, "move": pl.Float64, "sure": pl.Boolean, "against": pl.Boolean,
    **{f"{name}_more{end}": pl.Float64 for name in ("units", "revenue", "profit") for end in ENDS},
}  # fmt: skip
INDEX = {"category": pl.String, "matched": pl.Int64, "index": pl.Float64}
BAND = {
    "category": pl.String, **dict.fromkeys(("band", "products"), pl.Int64),
    **dict.fromkeys(("low", "high", "units", "revenue", "margin", "margin_share"), pl.Float64),
}  # fmt: skip


@dataclass(frozen=True)
class Pricing:
    """n: products sold in the window. identified, elasticity, together …: see metrics/elasticity.py, as are
    categories, cross, tests.

    products: as in the elasticity, and name; cost of a unit, kept (share of the price that buyers pay),
        margin (share of what they pay that is left after the cost); rivals (that can deliver it), rival
        (their median price), cheapest, gap (price ÷ rival − 1), above (price ÷ cheapest − 1), contested; rule
        (margin, volume, hold, test, "" where it is not known whether it is contested); best: the price of
        most expected profit within those seen, null where today's is it; move (best ÷ price − 1), sure (the
        interval of what it earns more leaves out 0), against (a rise where the rule is volume; a cut
        never earns more where it is margin), units_more, revenue_more, profit_more a week with _low
        and _high.
    moves: how many are sure and not against the rule; disputed: sure, but against it. never: of how many the
        price never moved. contested: the setting.
    index: by category ("" is all): matched products, and what they cost here ÷ at the median rival, by units.
    bands: category, band (from 1, the cheapest), low, high, products, units, revenue, margin, margin_share.
    curve: product, point, price, and units, revenue, profit a week at it, in all and more than today (_more).
    """

    n: int
    identified: int
    products: pl.DataFrame
    categories: pl.DataFrame
    cross: pl.DataFrame
    tests: pl.DataFrame
    index: pl.DataFrame
    bands: pl.DataFrame
    curve: pl.DataFrame
    pairs: int = 0
    moves: int = 0
    disputed: int = 0
    never: int = 0
    contested: float = 0.0
    start: date | None = None
    end: date | None = None
    elasticity: float | None = None
    elasticity_low: float | None = None
    elasticity_high: float | None = None
    together: float | None = None
    together_low: float | None = None
    together_high: float | None = None
    why: Mapping[str, Reason] = field(default_factory=dict)
    warnings: tuple[Reason, ...] = ()
    verdict: Verdict | None = None


def pricing(
    frames: Frames,
    order_lines: pl.LazyFrame | None,
    products: pl.LazyFrame | None,
    promotions: pl.LazyFrame | None,
    promotion_products: pl.LazyFrame | None,
    coupons: pl.LazyFrame | None,
    inventory: pl.LazyFrame | None,
    competitor_prices: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    weeks: int = 104,
    contested: float = 0.05,
) -> Pricing:
    """Prices at the period's last day; elasticities of the `weeks` weeks to it; bands of the period itself.

    Contested is a product that a rival who can deliver it sells for at most `contested` more than we do.
    Two rules (Nagle and Müller 2018, The strategy and tactics of pricing): where buyers hardly react and
    nobody contests it, margin; where they react and it is contested, volume; where both are known and do not
    agree, hold; where the elasticity is not clear, test. What a price would earn is simulated only within
    the prices seen. The intervals are those of pooled elasticities, which already shrink what only chance
    makes stand out (Gelman, Hill and Yajima 2012).
    """
    found = elasticity(
        frames, order_lines, products, promotions, promotion_products, coupons, inventory,
        period=period, as_of=as_of, weeks=weeks,
    )  # fmt: skip
    if order_lines is None or found.start is None or found.end is None:
        return _empty(found)
    timezone, span = zone(frames), Period(found.start, found.end)
    placed = (
        found.products.join(costs(order_lines, products, span, timezone), on="product", how="left")
        .join(rivals(competitor_prices, span.end), on="product", how="left")
        .join(_names(products), on="product", how="left")
        .with_columns(
            pl.col("name").fill_null(pl.col("product")),
            margin=1 - pl.col("cost") / (pl.col("price") * pl.col("kept")),
            gap=pl.col("price") / pl.col("rival") - 1,
            above=pl.col("price") / pl.col("cheapest") - 1,
            contested=pl.lit(None, pl.Boolean)
            if competitor_prices is None
            else (pl.col("cheapest") <= pl.col("price") * (1 + contested)).fill_null(False),
        )
        .with_columns(rule=RULE)
    )
    rows, points = _simulations(placed)
    found_bands = bands(frames, placed.select("product", "category", "price"), period).with_columns(
        margin_share=pl.when(pl.col("revenue") > 0).then(pl.col("margin") / pl.col("revenue"))
    )
    warnings = list(found.warnings)
    if competitor_prices is None:
        warnings.append(Reason("needs the table {table}: import it", table="competitor_prices"))
    if rows["cost"].null_count() == len(rows):
        warnings.append(needs("daily", "cost"))
    values = {
        f"{name}{end}": getattr(found, f"{name}{end}") for name in ("elasticity", "together") for end in ENDS
    }
    sure = rows.filter("sure")
    return Pricing(
        found.n, found.identified, rows, found.categories, found.cross, found.tests, _index(placed),
        found_bands.select(list(BAND)).cast(BAND), points,  # type: ignore[arg-type]
        pairs=found.pairs, moves=int((~sure["against"]).sum()), disputed=int(sure["against"].sum()),
        never=list(rows["reason"]).count(NEVER_MOVED), contested=contested, start=span.start, end=span.end,
        why=found.why, warnings=tuple(warnings), verdict=found.verdict, **values,
    )  # fmt: skip


RULE = (
    pl.when(pl.col("contested").is_null()).then(pl.lit(""))
    .when(pl.col("call").is_in(["", "unclear"])).then(pl.lit("test"))
    .when((pl.col("call") == "inelastic") & ~pl.col("contested")).then(pl.lit("margin"))
    .when((pl.col("call") == "elastic") & pl.col("contested")).then(pl.lit("volume"))
    .otherwise(pl.lit("hold"))
)  # fmt: skip


def _names(products: pl.LazyFrame | None) -> pl.DataFrame:
    if products is None or "name" not in products.collect_schema():
        return pl.DataFrame(schema={"product": pl.String, "name": pl.String})
    return products.select(product="product_id", name="name").collect()


def _simulations(placed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The products with their best price, and the curves of those that can be simulated."""
    points: list[dict] = []
    rows = []
    for row in placed.to_dicts():
        row |= {name: None for name in PRODUCTS if name not in row}
        if row["elasticity"] is not None and row["price"] and row["now"] > 0:
            product = Product(
                row["price"], row["lowest"], row["highest"], row["now"], row["kept"], row["cost"],
                (row["elasticity"], row["elasticity_low"], row["elasticity_high"]),
            )  # fmt: skip
            drawn = curve(row["product"], product)
            points += drawn
            chosen = best(product, drawn)
            if chosen:
                row |= {name: chosen[name] for name in chosen if name in PRODUCTS and "_more" in name}
                row |= {"best": chosen["price"], "move": chosen["price"] / row["price"] - 1}
                row["sure"] = chosen["profit_more_low"] > 0
                row["against"] = row["rule"] == "volume" and row["move"] > 0
        rows.append({name: row[name] for name in PRODUCTS})
    return pl.DataFrame(rows, PRODUCTS), pl.DataFrame(points, CURVE)


def _index(placed: pl.DataFrame) -> pl.DataFrame:
    """Of matched products alone, weighted by the units of the last weeks."""
    matched = placed.filter(pl.col("rival").is_not_null(), pl.col("now") > 0)
    ratio = (pl.col("now") * pl.col("price")).sum() / (pl.col("now") * pl.col("rival")).sum()
    every = matched.select(matched=pl.len().cast(pl.Int64), index=ratio, category=pl.lit(""))
    if matched.is_empty():
        return pl.DataFrame(schema=INDEX)
    by = matched.group_by("category").agg(matched=pl.len().cast(pl.Int64), index=ratio).sort("category")
    return pl.concat([each.select(list(INDEX)) for each in (every, by)])


def _empty(found: Elasticity) -> Pricing:
    schemas = (PRODUCTS, CATEGORIES, CROSS, TESTS, INDEX, BAND, CURVE)
    one, two, three, four, five, six, seven = (pl.DataFrame(schema=each) for each in schemas)
    return Pricing(
        0, 0, one, two, three, four, five, six, seven, warnings=found.warnings, verdict=found.verdict
    )


pricing_analysis = Analysis("pricing", "Which prices should move, and by how much?", pricing)
