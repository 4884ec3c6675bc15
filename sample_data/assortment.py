"""What is sold and by whom: which products there are on which day, and how often each is looked at.

Arrays are (products), (days × products) or (months × products). Products stand sorted by category.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data import days, prices
from sample_data import world as w
from sample_data.draws import Draws, Floats, Ints

NEVER = 9999  # a day number beyond the year


@dataclass(frozen=True)
class Merchants:
    """Arrays of one length, a merchant each. joined, left: day numbers; NEVER where it stays."""

    joined: Ints
    left: Ints


@dataclass(frozen=True)
class Assortment:
    """The products, and the merchants that sell them."""

    merchants: Merchants
    category: Ints
    kind: Ints  # 0 … 2, the subcategory
    merchant: Ints
    usual: Floats  # usual price, to which people compare
    price: Floats  # months × products: before discounts
    cost: Floats  # months × products
    popularity: Floats  # relative views
    quality: Floats  # added to the utility
    launched: Ints  # day number, may be negative
    ended: Ints  # last day number, NEVER where it stays
    complement: Ints  # the product bought together with it
    matched: np.ndarray  # whether competitors sell the same
    rivals: Floats  # weeks × competitors × products: their prices
    stock: np.ndarray  # days × products: whether it could be bought
    views: Floats  # flat, days × products: views of the day, cumulated within it, plus the day number

    @property
    def products(self) -> int:
        return len(self.category)

    def ids(self, product: Ints) -> pl.Series:
        numbers = range(1, self.products + 1)
        return pl.Series("product_id", [f"P{number:05d}" for number in numbers]).gather(product)

    def merchant_ids(self, merchant: Ints) -> pl.Series:
        numbers = range(1, len(self.merchants.joined) + 1)
        return pl.Series("merchant_id", [f"M{number:04d}" for number in numbers]).gather(merchant)

    def on_sale(self, day: Ints, product: Ints) -> np.ndarray:
        return (day >= self.launched[product]) & (day <= self.ended[product])

    def rival_price(self, day: Ints, product: Ints) -> Floats:
        """The lowest price of a competitor; NaN where none sells the product."""
        return np.where(self.matched[product], self.rivals.min(axis=1)[day // 7, product], np.nan)

    def looked_at(self, day: Ints, category: Ints, luck: Floats) -> Ints:
        """Products drawn by their views of the day, within a category; −1 is any category."""
        first = np.concatenate([np.searchsorted(self.category, np.arange(len(w.CATEGORIES))), [0]])
        last = np.concatenate([first[1:-1], [self.products, self.products]])
        start = day * self.products + first[category]
        low = np.where(first[category] == 0, day, self.views[np.maximum(start - 1, 0)])
        high = self.views[day * self.products + last[category] - 1]
        found = np.searchsorted(self.views, low + luck * (high - low), side="right")
        return (found - day * self.products).clip(0, self.products - 1)


def assortment(draws: Draws, factor: float, boost: Floats) -> Assortment:
    """boost: (days × products) views relative to a usual day, by promotions."""
    count = products_of(factor)
    product, category = np.arange(count), category_of(count)
    sellers = _merchants(draws, round(w.MERCHANTS * factor**w.ASSORTMENT_GROWTH))
    merchant = _seller(draws, category, len(sellers.joined))
    launched, ended = _on_sale(draws, sellers, merchant)
    usual = prices.usual(draws, category)
    popularity = np.minimum(draws.uniform("popularity", product) ** (-1 / w.POPULARITY_TAIL), w.MOST_POPULAR)
    return Assortment(
        merchants=sellers,
        category=category,
        kind=draws.whole("kind", 3, product),
        merchant=merchant,
        usual=usual,
        price=prices.prices(draws, usual),
        cost=prices.costs(draws, category, usual),
        popularity=popularity,
        quality=w.QUALITY_SPREAD * draws.normal("quality", product),
        launched=launched,
        ended=ended,
        complement=_complements(category, 1 + draws.whole("complement", 12, product)),
        matched=draws.chance("matched", w.MATCHED, product),
        rivals=prices.rivals(draws, category, usual),
        stock=prices.stock(draws, category),
        views=_views(category, popularity, launched, ended, boost),
    )


def products_of(factor: float) -> int:
    return round(w.PRODUCTS * factor**w.ASSORTMENT_GROWTH)


def category_of(count: int) -> Ints:
    """Each product's category: as many products as the category has interest."""
    share = np.cumsum([category.share for category in w.CATEGORIES])
    return np.searchsorted(share / share[-1], (np.arange(count) + 0.5) / count)


def _merchants(draws: Draws, count: int) -> Merchants:
    number = np.arange(count)
    before = draws.chance("merchant joined", w.MERCHANTS_BEFORE, number)
    new = draws.whole("merchant day", days.DAYS - 20, number)
    joined = np.where(before, -30 - draws.whole("merchant before", 900, number), new)
    stays = 60 + draws.whole("merchant last", days.DAYS, number)
    left = np.where(
        draws.chance("merchant left", w.MERCHANTS_LEFT, number), np.maximum(joined, 0) + stays, NEVER
    )
    return Merchants(joined, left)


def _seller(draws: Draws, category: Ints, merchants: int) -> Ints:
    """Each product's merchant: one of its category, sometimes of the next; the first sell the most."""
    product = np.arange(len(category))
    wanted = (category + draws.chance("merchant near", 0.15, product)) % len(w.CATEGORIES)
    place = draws.uniform("merchant", product) ** 1.5
    of_category = np.arange(merchants) % len(w.CATEGORIES)
    sellers = [np.flatnonzero(of_category == code) for code in range(len(w.CATEGORIES))]
    chosen = (sellers[code][int(at * len(sellers[code]))] for code, at in zip(wanted, place, strict=True))
    return np.fromiter(chosen, np.int64, len(category))


def _on_sale(draws: Draws, sellers: Merchants, merchant: Ints) -> tuple[Ints, Ints]:
    """First and last day of each product, within its merchant's time."""
    product = np.arange(len(merchant))
    new = draws.chance("launched", w.LAUNCHED_IN_YEAR, product)
    day = draws.whole("launch day", days.DAYS - 10, product)
    launched = np.where(new, day, -20 - draws.whole("launch before", 1200, product))
    launched = np.minimum(np.maximum(launched, sellers.joined[merchant]), sellers.left[merchant] - 30)
    gone = draws.chance("ended", w.DISCONTINUED_IN_YEAR, product) & (launched < 120)
    ended = np.where(gone, 150 + draws.whole("end day", 200, product), NEVER)
    return launched, np.minimum(ended, sellers.left[merchant])


def _complements(category: Ints, shift: Ints) -> Ints:
    """Another product of the same category, at a fixed distance."""
    first = np.searchsorted(category, category)
    size = np.searchsorted(category, category, side="right") - first
    return first + (np.arange(len(category)) - first + shift) % size


def _views(category: Ints, popularity: Floats, launched: Ints, ended: Ints, boost: Floats) -> Floats:
    """Views of each product on each day, cumulated within the day and scaled to 1, plus the day."""
    day = np.arange(days.DAYS)[:, None]
    weight = popularity * boost * np.exp(prices.by_category("trend", category) * days.elapsed()[:, None])
    age = day - launched
    weight = weight * np.where((age >= 0) & (age < w.NEW_DAYS), w.NEW_VIEWS, 1.0)
    weight = weight * ((age >= 0) & (day <= ended))
    weight[days.within(days.VIRAL, day[:, 0]), viral(category, popularity, launched, ended)] *= (
        days.VIRAL_VIEWS
    )
    edges = np.cumsum(weight, axis=1)
    return (edges / edges[:, -1:] * (1 - 1e-12) + day).ravel()


def viral(category: Ints, popularity: Floats, launched: Ints, ended: Ints) -> int:
    """The product of the viral video: the median one of its category that was on sale all year."""
    able = (category == w.CATEGORY[days.VIRAL_CATEGORY]) & (launched < 0) & (ended > days.DAYS)
    found = np.flatnonzero(able)
    return int(found[np.argsort(popularity[found])[len(found) // 2]])
