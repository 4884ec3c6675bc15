"""How well elasticities find what was planted in the sample shop."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.elasticity import NO_PRODUCT, elasticity
from metrics.elasticity_tables import ENDS, Elasticity
from metrics.recovery import Data, Estimate, Recovery, refused

TABLES = ("order_lines", "products", "promotions", "promotion_products", "coupons", "inventory")


def asked(data: Data) -> Elasticity:
    tables = [data.table(name) for name in TABLES]
    return elasticity(data.frames, *tables, period=data.period, as_of=data.period.end)


def products(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    """By product."""
    found = asked(data)
    return {
        row["product"]: refused(round(row["units"]), found.why[row["product"]])
        if row["elasticity"] is None
        else Estimate(row["elasticity"], row["elasticity_low"], row["elasticity_high"], round(row["units"]))
        for row in found.products.to_dicts()
        if row["product"] in of
    }


def together(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    """By category, and of all products, their prices moved together."""
    found = asked(data)
    rows = {
        row["category"]: [*(row[f"together{end}"] for end in ENDS), round(row["units"])]
        for row in found.categories.to_dicts()
    }
    rows[""] = [found.together, found.together_low, found.together_high, found.n]
    return {
        name: refused(row[-1], found.why.get(name, NO_PRODUCT)) if row[0] is None else Estimate(*row)
        for name, row in rows.items()
        if name in of
    }


HOW = (
    "Poisson regression of weekly units on the log price before reductions, with effects of products and "
    "weeks, promotions apart, stock-outs masked; products pooled in their category."
)
products_recovery = Recovery(
    "elasticity", "Elasticity of products", HOW, "elasticity", "own", products, of=r"P\d+", null="steady"
)
categories_recovery = Recovery(
    "elasticity_categories",
    "Elasticity of categories",
    "The same, of a category whose prices move together: between nothing and all of what is bought in the "
    "same orders goes with them.",
    "elasticity",
    "own",
    together,
    of=r"(?!P\d).+",
    null="steady",
)
total_recovery = Recovery(
    "elasticity_total",
    "Elasticity of the shop",
    "The same, of all prices together.",
    "elasticity",
    "own",
    together,
    null="steady",
)
