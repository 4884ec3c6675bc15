"""Price promotions: which products take part, the reduction that a buyer meets, and their rows."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data import days
from sample_data import world as w
from sample_data.assortment import category_of
from sample_data.columns import instants
from sample_data.draws import Draws, Floats, Ints
from sample_data.plan import PROMOTIONS
from sample_data.run import INERT, Run

SHOWN = 4.0  # views of a promoted product beyond the usual, by its depth


def takes_part(draws: Draws, count: int) -> np.ndarray:
    """(promotions × products) whether a product is in a promotion."""
    product, category = np.arange(count), category_of(count)
    rows = []
    for number, promotion in enumerate(PROMOTIONS):
        inside = category == w.CATEGORY.get(promotion.category, -1) if promotion.category else True
        rows.append(inside & draws.chance("in promotion", promotion.products, number, product))
    return np.array(rows)


def boost(run: Run, member: np.ndarray) -> Floats:
    """(days × products) views beyond those of a usual day: promoted products are shown first."""
    found = np.ones((days.DAYS, member.shape[1]))
    for number, promotion in enumerate(run.promotions):
        if not promotion.channel and not promotion.region and run.null != INERT:
            first, last = days.of(promotion.first), days.of(promotion.last)
            found[first : last + 1, member[number]] *= 1 + SHOWN * promotion.depth
    return found - 1


def reduction(
    run: Run, member: np.ndarray, day: Ints, product: Ints, channel: Ints, region: Ints
) -> tuple[Floats, Ints]:
    """The deepest reduction each buyer meets, and the number of its promotion (−1: none)."""
    depth, which = np.zeros(day.shape), np.full(day.shape, -1)
    regions = {region.name: code for code, region in enumerate(w.REGIONS)}
    begins, ends = (day.min(), day.max()) if len(day) else (days.DAYS, -1)
    for number, promotion in enumerate(run.promotions):
        first, last = days.of(promotion.first), days.of(promotion.last)
        if last < begins or first > ends or not promotion.depth:
            continue
        met = (day >= first) & (day <= last) & member[number][product] & (promotion.depth > depth)
        if promotion.channel:
            met &= channel == w.CHANNEL[promotion.channel]
        if promotion.region:
            met &= region == regions[promotion.region]
        depth[met], which[met] = promotion.depth, number
    return depth, which


def promotion_rows(run: Run) -> pl.DataFrame:
    """Rows of the table promotions: price promotions and coupon programmes."""
    rows = [
        {
            "promotion_id": p.id,
            "name": p.name,
            "kind": p.kind,
            "first": days.of(p.first),
            "last": days.of(p.last),
            "category": p.category or None,
            "channel": p.channel or None,
            "region": p.region or None,
            "depth": p.depth,
            "threshold": None,
            "cost": p.cost,
            "partner": p.partner or None,
        }
        for p in run.promotions
        if p.depth
    ] + [
        {
            "promotion_id": p.id,
            "name": p.name,
            "kind": p.kind + " coupon",
            "first": days.BOUNDS[p.month],
            "last": days.BOUNDS[p.month + 1] - 1,
            "depth": p.percent_off or None,
            "threshold": p.threshold,
            "cost": 120.0,
        }
        for p in run.programmes
        if p.others
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(
        instants("starts_at", frame["first"].to_numpy() * 86_400.0),
        instants("ends_at", frame["last"].to_numpy() * 86_400.0 + 86_399),
    ).drop("first", "last")


def promotion_product_rows(run: Run, member: np.ndarray, ids: pl.Series, usual: Floats) -> pl.DataFrame:
    """Rows of the table promotion_products, for promotions that not every product takes part in."""
    number, product = np.nonzero(member)
    some = np.array([p.depth > 0 and (p.products < 1 or bool(p.category)) for p in run.promotions])[number]
    number, product = number[some], product[some]
    depth = np.array([p.depth for p in run.promotions])[number]
    return pl.DataFrame(
        {
            "promotion_id": pl.Series([p.id for p in PROMOTIONS]).gather(number),
            "product_id": ids.gather(product),
            "promotion_price": np.round(usual[product] * (1 - depth), 2),
        }
    )
