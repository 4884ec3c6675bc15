"""Rows of products and merchants: what the assortment looks like to a reader."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data import days, words
from sample_data import world as w
from sample_data.assortment import Assortment
from sample_data.columns import dates, drawn, instants, labels
from sample_data.draws import Draws, Floats, Ints

MERCHANT_CHANNELS = (("Field sales", 0.35), ("Referral", 0.25), ("Website", 0.28), ("Trade fair", 0.12))
MERCHANT_TIERS = (("Standard", 0.65), ("Plus", 0.25), ("Flagship", 0.10))


def product_rows(draws: Draws, shop: Assortment) -> pl.DataFrame:
    """Rows of the table products, with the price and the cost of the last month."""
    product = np.arange(shop.products)
    group = shop.category * 3 + shop.kind
    popular = [(brand, 1 / place**0.5) for place, brand in enumerate(w.BRANDS, start=1)]
    brand = drawn(draws, "brand", popular, product)
    style = labels(w.STYLES, draws.whole("style", len(w.STYLES), product))
    nouns = [noun for nouns in words.PRODUCTS for noun in nouns]
    seen = np.clip(shop.launched, 0, days.DAYS - 1)
    return pl.DataFrame(
        {
            "product_id": shop.ids(product),
            "name": brand + " " + style + " " + labels(nouns, group * 4 + draws.whole("noun", 4, product)),
            "category": labels(w.CATEGORIES, shop.category),
            "subcategory": labels([kind for category in w.CATEGORIES for kind in category.kinds], group),
            "brand": brand,
            "merchant_id": shop.merchant_ids(shop.merchant),
            "list_price": shop.price[-1],
            "unit_cost": shop.cost[-1],
            "launched_on": dates("launched_on", shop.launched),
            "discontinued_on": dates("discontinued_on", _known(shop.ended)),
            "updated_at": instants("updated_at", seen * 86_400.0),
        }
    )


def merchant_rows(draws: Draws, shop: Assortment) -> pl.DataFrame:
    """Rows of the table merchants."""
    joined = shop.merchants.joined
    merchant, size = np.arange(len(joined)), len(words.MERCHANT_FIRST)
    last = (merchant // size + merchant) % len(words.MERCHANT_LAST)
    regions = [(region.name, region.share) for region in w.REGIONS]
    return pl.DataFrame(
        {
            "merchant_id": shop.merchant_ids(merchant),
            "name": labels(words.MERCHANT_FIRST, merchant % size) + " " + labels(words.MERCHANT_LAST, last),
            "region": drawn(draws, "merchant region", regions, merchant),
            "channel": drawn(draws, "merchant channel", MERCHANT_CHANNELS, merchant),
            "tier": drawn(draws, "merchant tier", MERCHANT_TIERS, merchant),
            "joined_on": dates("joined_on", joined),
            "left_on": dates("left_on", _known(shop.merchants.left)),
            "updated_at": instants("updated_at", np.maximum(joined, 0) * 86_400.0),
        }
    )


def _known(day: Ints) -> Floats:
    """What lies beyond the last day is not known yet."""
    return np.where(day < days.DAYS, day, np.nan)
