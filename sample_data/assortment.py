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
from sample_data.run import Run
from sample_data.views import Views


@dataclass(frozen=True)
class Merchants:
    """Arrays of one length, a merchant each. joined, left: day numbers; w.NEVER where it stays."""

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
    ended: Ints  # last day number, w.NEVER where it stays
    complement: Ints  # the product bought together with it
    matched: np.ndarray  # whether competitors sell the same
    rivals: Floats  # weeks × competitors × products: their prices
    stock: np.ndarray  # days × products: whether it could be bought
    views: Views  # as on a usual day
    shown: Views  # beyond the usual ones: of what is promoted or talked about

    @property
    def products(self) -> int:
        return len(self.category)

    def ids(self, product: Ints) -> pl.Series:
        return pl.Series("product_id", product_ids(self.products)).gather(product)

    def merchant_ids(self, merchant: Ints) -> pl.Series:
        numbers = range(1, len(self.merchants.joined) + 1)
        return pl.Series("merchant_id", [f"M{number:04d}" for number in numbers]).gather(merchant)

    def on_sale(self, day: Ints, product: Ints) -> np.ndarray:
        return (day >= self.launched[product]) & (day <= self.ended[product])

    def rival_price(self, day: Ints, product: Ints) -> Floats:
        """The lowest price of a competitor; NaN where none sells the product."""
        return np.where(self.matched[product], self.rivals.min(axis=1)[day // 7, product], np.nan)

    def looked_at(self, draws: Draws, question: str, day: Ints, category: Ints, *keys: np.ndarray) -> Ints:
        """Products drawn by their views of the day, within a category; −1 is any category.

        A view is a usual one, or one of the extra views of what is promoted or talked about: so a day
        without a promotion differs by its extra views alone.
        """
        first = np.concatenate([np.searchsorted(self.category, np.arange(len(w.CATEGORIES))), [0]])
        last = np.concatenate([first[1:-1], [self.products, self.products]])
        first, last = first[category], last[category]
        low, high = self.views.between(day, first, last)
        least, most = self.shown.between(day, first, last)
        luck = draws.uniform(question, *keys)
        found = self.views.at(day, low + luck * (high - low))
        extra = np.flatnonzero(
            draws.chance(question + " extra", (most - least) / (high - low + most - least), *keys)
        )
        found[extra] = self.shown.at(day[extra], (least + luck * (most - least))[extra])
        return np.clip(found, first, last - 1)


def assortment(draws: Draws, run: Run, factor: float, boost: Floats) -> Assortment:
    """boost: (days × products) views beyond those of a usual day, relative to it, by promotions."""
    count = products_of(factor)
    product, category = np.arange(count), category_of(count)
    sellers = _merchants(draws, round(w.MERCHANTS * factor**w.ASSORTMENT_GROWTH))
    merchant = _seller(draws, category, len(sellers.joined))
    launched, ended = _on_sale(draws, sellers, merchant)
    usual = prices.usual(draws, category)
    popularity = np.minimum(draws.uniform("popularity", product) ** (-1 / w.POPULARITY_TAIL), w.MOST_POPULAR)
    weight = _views(category, popularity, launched, ended)
    talked = run.within(days.VIRAL, np.arange(days.DAYS))
    boost[talked, viral(category, popularity, launched, ended)] += days.VIRAL_VIEWS
    return Assortment(
        merchants=sellers,
        category=category,
        kind=draws.whole("kind", 3, product),
        merchant=merchant,
        usual=usual,
        price=prices.prices(draws, run, usual, _factor(run, category)),
        cost=prices.costs(draws, category, usual),
        popularity=popularity,
        quality=w.QUALITY_SPREAD * draws.normal("quality", product),
        launched=launched,
        ended=ended,
        complement=_complements(category, 1 + draws.whole("complement", 12, product)),
        matched=draws.chance("matched", w.MATCHED, product),
        rivals=prices.rivals(draws, run, category, usual),
        stock=prices.stock(draws, category),
        views=Views.of(weight),
        shown=Views.of(weight * boost),
    )


def _factor(run: Run, category: Ints) -> Floats:
    """By product: what the run makes of its price."""
    ids = product_ids(len(category))
    names = [each.name for each in w.CATEGORIES]
    return np.array(
        [run.price.get(one, run.price.get(names[code], 1.0)) for one, code in zip(ids, category, strict=True)]
    )


def product_ids(count: int) -> list[str]:
    return [f"P{number:05d}" for number in range(1, count + 1)]


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
        draws.chance("merchant left", w.MERCHANTS_LEFT, number), np.maximum(joined, 0) + stays, w.NEVER
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
    ended = np.where(gone, 150 + draws.whole("end day", 200, product), w.NEVER)
    return launched, np.minimum(ended, sellers.left[merchant])


def _complements(category: Ints, shift: Ints) -> Ints:
    """Another product of the same category, at a fixed distance."""
    first = np.searchsorted(category, category)
    size = np.searchsorted(category, category, side="right") - first
    return first + (np.arange(len(category)) - first + shift) % size


def _views(category: Ints, popularity: Floats, launched: Ints, ended: Ints) -> Floats:
    """(days × products) usual views, relative."""
    day = np.arange(days.DAYS)[:, None]
    weight = popularity * np.exp(prices.by_category("trend", category) * days.elapsed()[:, None])
    age = day - launched
    weight = weight * np.where((age >= 0) & (age < w.NEW_DAYS), w.NEW_VIEWS, 1.0)
    return weight * ((age >= 0) & (day <= ended))


def viral(category: Ints, popularity: Floats, launched: Ints, ended: Ints) -> int:
    """The product of the viral video: the median one of its category that was on sale all year."""
    able = (category == w.CATEGORY[days.VIRAL_CATEGORY]) & (launched < 0) & (ended > days.DAYS)
    found = np.flatnonzero(able)
    return int(found[np.argsort(popularity[found])[len(found) // 2]])
