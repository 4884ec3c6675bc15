"""The answer of metrics/elasticity.py: its tables and their columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from metrics.analysis import Verdict
from metrics.reason import Reason

ENDS = ("", "_low", "_high")
VALUES = {
    **{f"{name}{end}": pl.Float64 for name in ("elasticity",) for end in ENDS},
    "call": pl.String,
    "reason": pl.String,
}
PRODUCTS = {
    **dict.fromkeys(("product", "category"), pl.String),
    **dict.fromkeys(("prices", "weeks"), pl.Int64),
    **dict.fromkeys(("units", "now", "price", "lowest", "highest", "moved"), pl.Float64),
    **VALUES,
}
CATEGORIES = {
    "category": pl.String,
    **dict.fromkeys(("products", "identified"), pl.Int64),
    "units": pl.Float64,
    **VALUES,
    **{f"together{end}": pl.Float64 for end in ENDS},
}
CROSS = {
    **dict.fromkeys(("product", "by", "category"), pl.String),
    **{f"elasticity{end}": pl.Float64 for end in ENDS},
    "q": pl.Float64,
    "call": pl.String,
}
TESTS = {
    "category": pl.String,
    **dict.fromkeys(("many", "weeks"), pl.Int64),
    **dict.fromkeys(("step", "detectable", "at_risk"), pl.Float64),
    "plan": pl.String,
}


@dataclass(frozen=True)
class Elasticity:
    """n: products sold in the window start … end. identified: of them, whose elasticity is.

    products: a row each: product, category; prices (different ones asked), weeks on sale; units, now (units a
        week of the last 13 weeks); price (before reductions, today), lowest, highest (seen in the window);
        moved (standard deviation of its log price beyond effects and promotions); elasticity with _low and
        _high (95 %), null where it is not identified, with the reason; call: elastic (interval below −1),
        inelastic (above −1), unclear, or "" where it is not identified.
    categories: products, identified, units; elasticity: the mean of its products', each moved alone, by
        units; together: of all its prices moved together, see elasticity.py.
    cross: pairs of a category that can be read: by how many percent `product` sells more when `by` gets
        dearer by one; q: share of false ones among those as sure (Benjamini and Hochberg 1995); call:
        substitutes, complements, unclear. pairs: how many pairs there are.
    tests: by category, the test that would tell the elasticity of best sellers that are not clear: how many
        products, weeks, the step below and above today's price, the difference of elasticities that it would
        find, the margin at risk, and the plan as JSON (metrics/experiment.py, turns_plan.py).
    elasticity, together: of all products. clustered: standard error of the elasticity by product clusters
        alone, without pooling. why: product or category → its reason, as it can be said in any language.
    """

    n: int
    identified: int
    products: pl.DataFrame
    categories: pl.DataFrame
    cross: pl.DataFrame
    tests: pl.DataFrame
    pairs: int = 0
    start: date | None = None
    end: date | None = None
    elasticity: float | None = None
    elasticity_low: float | None = None
    elasticity_high: float | None = None
    together: float | None = None
    together_low: float | None = None
    together_high: float | None = None
    clustered: float | None = None
    dispersion: float | None = None
    why: Mapping[str, Reason] = field(default_factory=dict)
    warnings: tuple[Reason, ...] = ()
    verdict: Verdict | None = None


def empty(reasons: tuple[Reason, ...]) -> Elasticity:
    one, two, three, four = (pl.DataFrame(schema=each) for each in (PRODUCTS, CATEGORIES, CROSS, TESTS))
    return Elasticity(0, 0, one, two, three, four, warnings=reasons, verdict=Verdict(False, reasons))
