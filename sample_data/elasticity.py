"""Elasticities of demand, by the formula of the choices that people make.

Given what a visit looks at and is offered, the expected units of product j are

    D_j = pay × E[units] × (P_j + Σ over offers of j: P(the choice it stands beside) × T_j)

with P the multinomial logit of the choice and T the binary logit of taking an offer. With b = β of the
buyer, less RIVAL where a rival sells the product too (∂ utility ÷ ∂ log price),

    ∂P_j ÷ ∂ log p_k = b_k P_j (1[j = k] − P_k)        (Train 2009, "Discrete Choice Methods", ch. 3)
    ∂T_j ÷ ∂ log p_j = b_j T_j (1 − T_j)

An elasticity is Σ ∂D_j ÷ Σ D_j over the year's visits: the mean, weighted by demand. It is short-term:
what follows from having bought, satiation and loyalty, is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sample_data import baskets, choice
from sample_data import world as w
from sample_data.again import Year
from sample_data.choice import Options
from sample_data.draws import Floats, Ints
from sample_data.life import Life
from sample_data.truth import Truth

PAIRS = 3  # cross elasticities told of each product: the strongest
ENOUGH = 20.0  # expected units a year, below which a product's elasticity is not told


def demand(life: Life, products: int) -> tuple[Floats, Floats]:
    """Expected units of each product in a month, and (products × products) their derivatives: row j,
    column k is ∂D_j ÷ ∂ log p_k.
    """
    scene, seen = life.scene, life.seen
    options = choice.options(scene, seen, life.known)
    utility = choice.sated(scene, options, life.need.strength(seen.day), life.need.category)
    odds = np.exp(utility)
    chosen = odds / (1 + odds.sum(axis=1, keepdims=True))
    checkout, pay = baskets.rates(scene, seen, life.known)
    units = 1 + w.MORE_UNITS * (1 + w.UNITS_HOARD * options.depth)
    weight = (checkout * pay)[:, None]
    wanted, slopes = np.zeros(products), np.zeros(products * products)

    def add(product: np.ndarray, by: np.ndarray, value: np.ndarray) -> None:
        slopes[:] += np.bincount((product * products + by).ravel(), value.ravel(), minlength=len(slopes))

    rows, places = np.nonzero(chosen)
    product, value = options.viewed[rows, places], (chosen * units * weight)[rows, places]
    wanted += np.bincount(product, value, minlength=products)
    add(product, product, options.beta[rows, places] * value)
    for other in range(chosen.shape[1]):
        there = chosen[rows, other] > 0
        at = rows[there]
        share = options.beta[at, other] * chosen[at, other] * value[there]
        add(product[there], options.viewed[at, other], -share)
    for beside in range(chosen.shape[1]):
        for product, first, at, value, slope in _offers(life, options, chosen, weight[:, 0], beside):
            wanted += np.bincount(product, value, minlength=products)
            add(product, product, slope)
            add(product, first, options.beta[at, beside] * value)
            for other in range(chosen.shape[1]):
                there = chosen[at, other] > 0
                share = options.beta[at, other] * chosen[at, other] * value
                add(product[there], options.viewed[at[there], other], -share[there])
    return wanted, slopes.reshape(products, products)


def _offers(
    life: Life, options: Options, chosen: Floats, weight: Floats, beside: int
) -> Iterator[tuple[Ints, Ints, Ints, Floats, Floats]]:
    """What is offered beside one of the options, place by place: the product, the choice it stands
    beside, the visit, its expected units, and the derivative of these by its own log price.

    A product offered again is bought once: T (1 − T)^m after m offers that were not taken.
    """
    scene = life.scene
    some = np.flatnonzero((chosen[:, beside] > 0) & (baskets.wants(scene, life.seen) > 0))
    visits, first = life.seen.take(some), options.viewed[some, beside]
    wants, every = baskets.wants(scene, visits), np.arange(len(some))
    before: list[Ints] = []
    for place in range(1, baskets.LINES):
        product, able = baskets.offered(scene, visits, options.viewed[some], first, place)
        able &= place <= wants
        again = sum(((product == each).astype(float) for each in before), start=np.zeros(len(some)))
        before.append(np.where(able, product, -1))
        taken, beta = baskets.taken(scene, visits, product)
        units = 1 + w.MORE_UNITS * (1 + w.UNITS_HOARD * scene.worth(visits, every, product)[2])
        value = chosen[some, beside] * units * weight[some] * taken * (1 - taken) ** again
        slope = value * beta * (1 - taken - again * taken)
        yield product[able], first[able], some[able], value[able], slope[able]


def elasticities(year: Year) -> Iterator[Truth]:
    """By product, by pair of products, and by category, of the year."""
    shop = year.shop.assortment
    wanted, slopes = np.zeros(shop.products), np.zeros((shop.products, shop.products))
    for life in year.lives:
        month, derivative = demand(life, shop.products)
        wanted += month
        slopes += derivative
    scale = year.shop.population.people / len(year.person)
    ids, names = shop.ids(np.arange(shop.products)).to_list(), [one.name for one in w.CATEGORIES]
    enough = wanted * scale >= ENOUGH
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = slopes / wanted[:, None]
    for product in np.flatnonzero(enough):
        yield Truth("elasticity", "own", ids[product], float(relative[product, product]))
        others = np.where(np.arange(shop.products) == product, 0.0, relative[product])
        for by in np.argsort(-np.abs(others), kind="stable")[:PAIRS]:
            yield Truth("elasticity", "cross", f"{ids[product]} ~ {ids[by]}", float(others[by]))
    for code, name in enumerate(names):
        mine = shop.category == code
        own = slopes[np.ix_(mine, mine)].sum() / wanted[mine].sum()
        yield Truth("elasticity", "own", name, float(own))
        for by, other in enumerate(names):
            if by != code:
                cross = slopes[np.ix_(mine, shop.category == by)].sum() / wanted[mine].sum()
                yield Truth("elasticity", "cross", f"{name} ~ {other}", float(cross))
    yield Truth("elasticity", "own", "", float(slopes.sum() / wanted.sum()))
