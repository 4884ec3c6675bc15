"""Price promotions and coupon programmes: the plan, and the reduction that a buyer meets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from sample_data import days
from sample_data import world as w
from sample_data.assortment import category_of
from sample_data.draws import Draws, Floats, Ints


@dataclass(frozen=True)
class Promotion:
    """depth: share off the price. products: share of the category's (or all) products that take part."""

    id: str
    name: str
    kind: str
    first: date
    last: date
    depth: float
    category: str = ""
    channel: str = ""
    region: str = ""
    products: float = 1.0
    cost: float = 0.0
    partner: str = ""


PROMOTIONS = (
    Promotion("summer", "Summer clearance", "Percent-off", date(2025, 7, 14), date(2025, 7, 27), 0.15, "Fashion"),
    Promotion("national", "National Day flash sale", "Flash sale", date(2025, 8, 8), date(2025, 8, 10), 0.25, products=0.12, cost=300),
    Promotion("school", "Back to school", "Percent-off", date(2025, 8, 25), date(2025, 9, 7), 0.12, "Electronics"),
    Promotion("moon", "Mid-Autumn tea week", "Joint promotion", date(2025, 9, 26), date(2025, 10, 6), 0.15, "Groceries", cost=900, partner="Osmanthus Tea House"),
    Promotion("deepavali", "Festival of lights", "Flash sale", date(2025, 10, 17), date(2025, 10, 20), 0.20, "Home", products=0.4, cost=300),
    Promotion("double11", "11.11", "Percent-off", date(2025, 11, 9), date(2025, 11, 11), 0.20, products=0.7, cost=2500),
    Promotion("double12", "12.12", "Percent-off", date(2025, 12, 11), date(2025, 12, 12), 0.17, products=0.5, cost=1500),
    Promotion("gifts", "Christmas gifts", "Percent-off", date(2025, 12, 15), date(2025, 12, 24), 0.10, "Toys"),
    Promotion("newyear", "Lunar New Year hampers", "Joint promotion", date(2026, 1, 31), date(2026, 2, 12), 0.12, "Groceries", cost=1200, partner="Harbour Bank"),
    Promotion("stream1", "Live stream week", "Flash sale", date(2026, 2, 24), date(2026, 3, 2), 0.18, "Beauty", "Live stream"),
    Promotion("spring", "Spring sale", "Percent-off", date(2026, 3, 13), date(2026, 3, 19), 0.15, products=0.6, cost=1200),
    Promotion("taiwan", "Free gifts for Taiwan", "Percent-off", date(2026, 4, 10), date(2026, 4, 19), 0.10, region="Taiwan", cost=400),
    Promotion("pets", "Pet month", "Percent-off", date(2026, 4, 15), date(2026, 5, 10), 0.12, "Pets"),
    Promotion("stream2", "Live stream week", "Flash sale", date(2026, 5, 18), date(2026, 5, 24), 0.20, "Beauty", "Live stream"),
    Promotion("match", "Match the rival", "Percent-off", date(2026, 5, 15), date(2026, 6, 12), 0.08, "Electronics"),
    Promotion("double6", "6.18", "Percent-off", date(2026, 6, 14), date(2026, 6, 18), 0.18, products=0.7, cost=2200),
    Promotion("yoga", "Yoga day", "Joint promotion", date(2026, 6, 19), date(2026, 6, 22), 0.15, "Sports", cost=500, partner="Still Point Studios"),
)  # fmt: skip


@dataclass(frozen=True)
class Programme:
    """A coupon programme of one month: who gets it and what it takes off."""

    id: str
    name: str
    kind: str
    month: int
    share: float  # of accounts
    fresh: bool  # only to accounts opened in the month, else to any older one
    threshold: float
    value_off: float
    percent_off: float


def programmes() -> list[Programme]:
    """Two a month: a welcome for new accounts and a threshold coupon for old ones; more before sales."""
    found = []
    for month in range(12):
        more = 1.8 if month in (4, 11) else 1.0
        stamp = f"{days.MONTHS[month]:%y%m}"
        found.append(
            Programme(f"welcome{stamp}", "Welcome coupon", "Percent-off", month, 0.7, True, 20, 0, 0.10)
        )
        found.append(
            Programme(f"save{stamp}", "8 off from 60", "Threshold-off", month, 0.05 * more, False, 60, 8, 0)
        )
    return found


def takes_part(draws: Draws, count: int) -> np.ndarray:
    """(promotions × products) whether a product is in a promotion."""
    product, category = np.arange(count), category_of(count)
    rows = []
    for number, promotion in enumerate(PROMOTIONS):
        inside = category == w.CATEGORY.get(promotion.category, -1) if promotion.category else True
        rows.append(inside & draws.chance("in promotion", promotion.products, number, product))
    return np.array(rows)


def boost(member: np.ndarray) -> Floats:
    """(days × products) views relative to a usual day: promoted products are shown first."""
    found = np.ones((days.DAYS, member.shape[1]))
    for number, promotion in enumerate(PROMOTIONS):
        if not promotion.channel and not promotion.region:
            first, last = days.of(promotion.first), days.of(promotion.last)
            found[first : last + 1, member[number]] *= 1 + 4 * promotion.depth
    return found


def reduction(
    member: np.ndarray, day: Ints, product: Ints, channel: Ints, region: Ints
) -> tuple[Floats, Ints]:
    """The deepest reduction each buyer meets, and the number of its promotion (−1: none)."""
    depth, which = np.zeros(day.shape), np.full(day.shape, -1)
    regions = {region.name: code for code, region in enumerate(w.REGIONS)}
    for number, promotion in enumerate(PROMOTIONS):
        first, last = days.of(promotion.first), days.of(promotion.last)
        if not len(day) or last < day.min() or first > day.max():
            continue
        met = (day >= first) & (day <= last) & member[number][product] & (promotion.depth > depth)
        if promotion.channel:
            met &= channel == w.CHANNEL[promotion.channel]
        if promotion.region:
            met &= region == regions[promotion.region]
        depth[met], which[met] = promotion.depth, number
    return depth, which


def promotion_rows() -> pl.DataFrame:
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
        for p in PROMOTIONS
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
        for p in programmes()
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(
        days.instants("starts_at", frame["first"].to_numpy() * 86_400.0),
        days.instants("ends_at", frame["last"].to_numpy() * 86_400.0 + 86_399),
    ).drop("first", "last")


def promotion_product_rows(member: np.ndarray, ids: pl.Series, usual: Floats) -> pl.DataFrame:
    """Rows of the table promotion_products, for promotions that not every product takes part in."""
    number, product = np.nonzero(member)
    some = np.array([p.products < 1 or bool(p.category) for p in PROMOTIONS])[number]
    number, product = number[some], product[some]
    depth = np.array([p.depth for p in PROMOTIONS])[number]
    return pl.DataFrame(
        {
            "promotion_id": pl.Series([p.id for p in PROMOTIONS]).gather(number),
            "product_id": ids.gather(product),
            "promotion_price": np.round(usual[product] * (1 - depth), 2),
        }
    )
