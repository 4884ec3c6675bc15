"""Prices and costs by month, rivals' prices by week, and spells without stock. Money in USD."""

from __future__ import annotations

import numpy as np

from sample_data import days
from sample_data import world as w
from sample_data.draws import Draws, Floats, Ints
from sample_data.run import STEADY, Run


def charm(price: Floats) -> Floats:
    """Prices as shops write them: 33.90."""
    return np.maximum(np.round(price), 2.0) - 0.10


def by_category(field: str, category: Ints) -> Floats:
    """A number of each product's category."""
    return np.array([getattr(one, field) for one in w.CATEGORIES])[category]


def usual(draws: Draws, category: Ints) -> Floats:
    """The price each product is known for: lognormal around its category's median."""
    spread = w.PRICE_SIGMA * draws.normal("price", np.arange(len(category)))
    return charm(by_category("price", category) * np.exp(spread))


def prices(draws: Draws, run: Run, usual: Floats, factor: Floats) -> Floats:
    """(months × products) price before discounts: each month a few products change it for good.

    factor: by product, what the run changes.
    """
    month, product = np.arange(12)[:, None], np.arange(len(usual))
    step = np.where(draws.uniform("price up", month, product) < 0.6, w.PRICE_STEP, -w.PRICE_STEP)
    changed = draws.chance("price change", 0.0 if run.null == STEADY else w.PRICE_CHANGES, month, product)
    return np.round(charm(usual * np.exp(np.cumsum(np.where(changed, step, 0.0), axis=0))) * factor, 2)


def costs(draws: Draws, category: Ints, usual: Floats) -> Floats:
    """(months × products) cost of one unit: the category's margin, and its trend from January on."""
    month, product = np.arange(12)[:, None], np.arange(len(usual))
    margin = by_category("margin", category) + 0.04 * draws.normal("margin", product)
    trend = np.exp(by_category("cost_trend", category) * np.maximum(month - 5, 0) / 6)
    return np.round(usual * (1 - margin.clip(0.08, 0.75)) * trend, 2)


def rivals(draws: Draws, run: Run, category: Ints, usual: Floats) -> Floats:
    """(weeks × competitors × products) the competitor's level, the product's, a wobble, the planted cut."""
    week = np.arange(days.DAYS // 7 + 1)[:, None, None]
    rival, product = np.arange(len(w.COMPETITORS))[:, None], np.arange(len(usual))
    level = np.array([level for _, level in w.COMPETITORS])[:, None]
    own = 0.06 * draws.normal("rival level", rival, product)
    wobble = 0.02 * draws.normal("rival week", week, rival, product)
    price = usual * level * np.exp(own + wobble)
    cut = run.within(days.PRICE_CUT, week * 7 + 3) & (rival == days.CUT_COMPETITOR)
    cut = cut & (category == w.CATEGORY[days.CUT_CATEGORY])
    return np.round(np.where(cut, price * days.CUT_FACTOR, price), 2)


def stock(draws: Draws, category: Ints) -> np.ndarray:
    """(days × products) whether it could be bought; at most one spell without begins in a month."""
    found = np.ones((days.DAYS, len(category)), bool)
    product = np.arange(len(category))
    for month in range(12):
        short = (category == w.CATEGORY[w.SHORTAGE]) & (month >= 12 - w.SHORTAGE_MONTHS)
        risk = w.STOCK_OUTS * np.where(short, w.SHORTAGE_RISK, 1.0)
        out = draws.chance("stock-out", risk, month, product)
        first = days.BOUNDS[month] + draws.whole("stock-out day", 28, month, product)
        length = 1 + draws.exponential("stock-out length", w.STOCK_OUT_DAYS, month, product).astype(np.int64)
        for number in np.flatnonzero(out):
            found[first[number] : first[number] + length[number], number] = False
    return found
