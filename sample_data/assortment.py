"""What is sold: products and merchants, prices and costs by month, rivals' prices, stock.

Arrays are (products) or (days × products) or (months × products). Products stand sorted by category.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data import days, words
from sample_data import world as w
from sample_data.draws import Draws, Floats, Ints


@dataclass(frozen=True)
class Assortment:
    """The products, and the merchants that sell them."""

    category: Ints
    kind: Ints  # 0 … 2, the subcategory
    merchant: Ints
    usual: Floats  # usual price, to which people compare
    price: Floats  # months × products: price before discounts
    cost: Floats  # months × products
    popularity: Floats  # relative views
    quality: Floats  # added to the utility
    launched: Ints  # day number, may be negative
    ended: Ints  # last day number, beyond the year where it stays
    complement: Ints  # the product bought together with it
    matched: np.ndarray  # whether competitors sell the same
    rivals: Floats  # weeks × competitors × products: their prices
    stock: np.ndarray  # days × products: whether it could be bought
    views: Floats  # flat, days × products: views of the day, cumulated within it, plus the day number
    joined: Ints  # by merchant, day number
    left: Ints  # by merchant, beyond the year where it stays

    @property
    def products(self) -> int:
        return len(self.category)

    def ids(self, product: Ints) -> pl.Series:
        return pl.Series("product_id", [f"P{number:05d}" for number in range(1, self.products + 1)]).gather(
            product
        )

    def merchant_ids(self, merchant: Ints) -> pl.Series:
        names = [f"M{number:04d}" for number in range(1, len(self.joined) + 1)]
        return pl.Series("merchant_id", names).gather(merchant)

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
        found = np.searchsorted(self.views, low + luck * (high - low), side="right") - day * self.products
        return found.clip(0, self.products - 1)


def assortment(draws: Draws, factor: float, boost: Floats) -> Assortment:
    """boost: days × products, views relative to a usual day (promotions)."""
    count = products_of(factor)
    product = np.arange(count)
    category = category_of(count)
    merchants = merchants_of(factor)
    merchant_number = np.arange(merchants)
    joined = np.where(
        draws.chance("merchant joined", 0.72, merchant_number),
        -30 - draws.whole("merchant before", 900, merchant_number),
        draws.whole("merchant day", days.DAYS - 20, merchant_number),
    )
    left = np.where(
        draws.chance("merchant left", 0.12, merchant_number),
        np.maximum(joined, 0) + 60 + draws.whole("merchant last", days.DAYS, merchant_number),
        9999,
    )
    # a merchant sells in at most two categories: its own and the next
    own = merchant_number % len(w.CATEGORIES)
    near = draws.chance("merchant near", 0.15, product)
    wanted = (category + near) % len(w.CATEGORIES)
    place = draws.uniform("merchant", product) ** 1.5
    sellers = [np.flatnonzero(own == code) for code in range(len(w.CATEGORIES))]
    merchant = np.array(
        [sellers[code][int(p * len(sellers[code]))] for code, p in zip(wanted, place, strict=True)]
    )
    new = draws.chance("launched", w.LAUNCHED_IN_YEAR, product)
    day = draws.whole("launch day", days.DAYS - 10, product)
    launched = np.where(new, day, -20 - draws.whole("launch before", 1200, product))
    launched = np.minimum(np.maximum(launched, joined[merchant]), left[merchant] - 30)
    gone = draws.chance("ended", w.DISCONTINUED_IN_YEAR, product) & (launched < 120)
    ended = np.where(gone, 150 + draws.whole("end day", 200, product), 9999)
    ended = np.minimum(ended, left[merchant])
    usual = _charm(
        np.array([c.price for c in w.CATEGORIES])[category]
        * np.exp(w.PRICE_SIGMA * draws.normal("price", product))
    )
    price, cost = _prices(draws, category, usual)
    popularity = np.minimum(draws.uniform("popularity", product) ** (-1 / w.POPULARITY_TAIL), 60.0)
    stock = _stock(draws, category)
    shift = 1 + draws.whole("complement", 12, product)
    return Assortment(
        category=category,
        kind=draws.whole("kind", 3, product),
        merchant=merchant,
        usual=usual,
        price=price,
        cost=cost,
        popularity=popularity,
        quality=w.QUALITY_SPREAD * draws.normal("quality", product),
        launched=launched,
        ended=ended,
        complement=_complements(category, shift),
        matched=draws.chance("matched", 0.45, product),
        rivals=_rivals(draws, category, usual),
        stock=stock,
        views=_views(category, popularity, launched, ended, boost),
        joined=joined,
        left=left,
    )


def products_of(factor: float) -> int:
    return round(w.PRODUCTS * factor**w.ASSORTMENT_GROWTH)


def merchants_of(factor: float) -> int:
    return round(w.MERCHANTS * factor**w.ASSORTMENT_GROWTH)


def category_of(count: int) -> Ints:
    """Each product's category: as many products as the category has interest."""
    share = np.cumsum([category.share for category in w.CATEGORIES])
    return np.searchsorted(share / share[-1], (np.arange(count) + 0.5) / count)


def _charm(price: Floats) -> Floats:
    """Prices as shops write them: 34.90."""
    return np.maximum(np.round(price), 2.0) - 0.10


def _prices(draws: Draws, category: Ints, usual: Floats) -> tuple[Floats, Floats]:
    """Price and unit cost by month: a few products change price for good; costs follow their trend."""
    month, product = np.arange(12)[:, None], np.arange(len(usual))
    step = np.where(draws.uniform("price up", month, product) < 0.6, w.PRICE_STEP, -w.PRICE_STEP)
    changed = draws.chance("price change", w.PRICE_CHANGES, month, product)
    price = _charm(usual * np.exp(np.cumsum(np.where(changed, step, 0.0), axis=0)))
    margin = np.array([c.margin for c in w.CATEGORIES])[category] + 0.04 * draws.normal("margin", product)
    trend = np.array([c.cost_trend for c in w.CATEGORIES])[category]
    cost = usual * (1 - margin.clip(0.08, 0.75)) * np.exp(trend * np.maximum(month - 5, 0) / 6)
    return price, np.round(cost, 2)


def _complements(category: Ints, shift: Ints) -> Ints:
    """Another product of the same category, at a fixed distance."""
    first = np.searchsorted(category, category)
    size = np.searchsorted(category, category, side="right") - first
    return first + (np.arange(len(category)) - first + shift) % size


def _rivals(draws: Draws, category: Ints, usual: Floats) -> Floats:
    """Weekly prices: the competitor's level, the product's, a slow wobble, and the planted cut."""
    week, rival = np.arange(days.DAYS // 7 + 1)[:, None, None], np.arange(len(w.COMPETITORS))[:, None]
    product = np.arange(len(usual))
    level = np.array([level for _, level in w.COMPETITORS])[:, None]
    own = 0.06 * draws.normal("rival level", rival, product)
    wobble = 0.02 * draws.normal("rival week", week, rival, product)
    price = usual * level * np.exp(own + wobble)
    cut = days.within(days.PRICE_CUT, week * 7 + 3) & (rival == days.CUT_COMPETITOR)
    cut = cut & (category == w.CATEGORY[days.CUT_CATEGORY])
    return np.round(np.where(cut, price * days.CUT_FACTOR, price), 2)


def _stock(draws: Draws, category: Ints) -> np.ndarray:
    """Spells without stock: at most one begins in a month."""
    stock = np.ones((days.DAYS, len(category)), bool)
    product = np.arange(len(category))
    for month in range(12):
        risk = w.STOCK_OUTS * np.where((category == w.CATEGORY["Home"]) & (month >= 10), 2.5, 1.0)
        out = draws.chance("stock-out", risk, month, product)
        first = days.BOUNDS[month] + draws.whole("stock-out day", 28, month, product)
        length = 1 + draws.exponential("stock-out length", w.STOCK_OUT_DAYS, month, product).astype(np.int64)
        for number in np.flatnonzero(out):
            stock[first[number] : first[number] + length[number], number] = False
    return stock


def _views(category: Ints, popularity: Floats, launched: Ints, ended: Ints, boost: Floats) -> Floats:
    """Views of each product on each day, cumulated within the day and scaled to 1, plus the day."""
    day = np.arange(days.DAYS)[:, None]
    trend = np.array([c.trend for c in w.CATEGORIES])[category]
    weight = popularity * boost * np.exp(trend * days.elapsed()[:, None])
    fresh = np.where((day - launched >= 0) & (day - launched < 45), 1.8, 1.0)
    weight = weight * fresh * ((day >= launched) & (day <= ended))
    viral = viral_product(category, popularity, launched, ended)
    weight[days.of(days.VIRAL.first) : days.of(days.VIRAL.last) + 1, viral] *= days.VIRAL_VIEWS
    edges = np.cumsum(weight, axis=1)
    return (edges / edges[:, -1:] * (1 - 1e-12) + day).ravel()


def viral_product(category: Ints, popularity: Floats, launched: Ints, ended: Ints) -> int:
    """The product of the viral video: the median one of its category that was on sale all year."""
    able = np.flatnonzero(
        (category == w.CATEGORY[days.VIRAL_CATEGORY]) & (launched < 0) & (ended > days.DAYS)
    )
    return int(able[np.argsort(popularity[able])[len(able) // 2]])


def product_rows(draws: Draws, found: Assortment) -> pl.DataFrame:
    """Rows of the table products."""
    product = np.arange(found.products)
    kinds = pl.Series([kind for category in w.CATEGORIES for kind in category.kinds])
    kind = kinds.gather(found.category * 3 + found.kind)
    brand = pl.Series(w.BRANDS).gather(
        draws.pick("brand", 1 / np.arange(1, len(w.BRANDS) + 1) ** 0.5, product)
    )
    style = pl.Series(w.STYLES).gather(draws.whole("style", len(w.STYLES), product))
    noun = pl.Series([word for group in words.PRODUCTS for word in group]).gather(
        (found.category * 3 + found.kind) * 4 + draws.whole("noun", 4, product)
    )
    seen = np.minimum(np.maximum(found.launched, 0), days.DAYS - 1)
    return pl.DataFrame(
        {
            "product_id": found.ids(product),
            "name": brand + " " + style + " " + noun,
            "category": pl.Series([category.name for category in w.CATEGORIES]).gather(found.category),
            "subcategory": kind,
            "brand": brand,
            "merchant_id": found.merchant_ids(found.merchant),
            "list_price": found.price[-1],
            "unit_cost": found.cost[-1],
            "launched_on": days.dates("launched_on", found.launched.astype(float)),
            "discontinued_on": days.dates("discontinued_on", _or_nan(found.ended)),
            "updated_at": days.instants("updated_at", seen * 86_400.0),
        }
    )


def merchant_rows(draws: Draws, found: Assortment) -> pl.DataFrame:
    """Rows of the table merchants."""
    merchant = np.arange(len(found.joined))
    name = pl.Series(words.MERCHANT_FIRST).gather(merchant % len(words.MERCHANT_FIRST))
    last = pl.Series(words.MERCHANT_LAST).gather(
        (merchant // len(words.MERCHANT_FIRST) + merchant) % len(words.MERCHANT_LAST)
    )
    return pl.DataFrame(
        {
            "merchant_id": found.merchant_ids(merchant),
            "name": name + " " + last,
            "region": pl.Series([region.name for region in w.REGIONS]).gather(
                draws.pick("merchant region", [region.share for region in w.REGIONS], merchant)
            ),
            "channel": pl.Series(("Field sales", "Referral", "Website", "Trade fair")).gather(
                draws.pick("merchant channel", (0.35, 0.25, 0.28, 0.12), merchant)
            ),
            "tier": pl.Series(("Standard", "Plus", "Flagship")).gather(
                draws.pick("merchant tier", (0.65, 0.25, 0.10), merchant)
            ),
            "joined_on": days.dates("joined_on", found.joined.astype(float)),
            "left_on": days.dates("left_on", _or_nan(found.left)),
            "updated_at": days.instants("updated_at", np.maximum(found.joined, 0) * 86_400.0),
        }
    )


def _or_nan(day: Ints) -> Floats:
    return np.where(day < days.DAYS, day, np.nan)
