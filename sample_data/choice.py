"""What a visitor looks at and chooses, and whether it is paid.

Of the products viewed one is chosen, or none, by a multinomial logit (McFadden 1974; constants in
world.py): the option with the highest utility plus Gumbel shock. A product out of stock cannot be
chosen. Whoever chooses may add its complement and others; then cart → checkout → payment, each with
a probability of its own by device, and less on mobile during the planted fault.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data import days, promotions
from sample_data import world as w
from sample_data.assortment import Assortment
from sample_data.draws import Draws, Floats, Ints
from sample_data.people import Memory, Traits
from sample_data.visits import Visits

LINES = 4  # most lines in a cart


@dataclass(frozen=True)
class Baskets:
    """What each visit came to. Products are numbers, −1 where there is none."""

    bounced: np.ndarray
    viewed: Ints  # visits × MOST_VIEWS
    lines: Ints  # visits × LINES: products in the cart
    units: Ints  # visits × LINES
    checkout: np.ndarray
    paid: np.ndarray


def browse(
    draws: Draws,
    people: Traits,
    memory: Memory,
    shop: Assortment,
    member: np.ndarray,
    visits: Visits,
    coupon: np.ndarray,
) -> Baskets:
    """coupon: which visits carry a coupon that the person knows of. member: see promotions.takes_part."""
    bounce = np.array([channel.bounce for channel in w.CHANNELS])[visits.channel]
    bounced = draws.chance("bounce", bounce + w.MOBILE_BOUNCE * (visits.device == 0), visits.key)
    viewed = _viewed(draws, people, shop, visits, bounced)
    rows, places = np.nonzero((viewed >= 0) & ~_again(viewed))
    day, product = visits.day[rows], viewed[rows, places]
    depth, _ = promotions.reduction(member, day, product, visits.channel[rows], visits.region[rows])
    price = shop.price[days.MONTH_OF[day], product] * (1 - depth)
    worth = _leaning(people, memory, visits, coupon)[rows] + shop.quality[product]
    worth = worth + people.beta[visits.row[rows]] * np.log(price / shop.usual[product])
    rival = shop.rival_price(day, product)
    worth = worth - w.RIVAL * np.log(price / np.where(np.isnan(rival), price, rival))
    worth = worth + draws.gumbel("taste", visits.key[rows], places)
    utility = np.full(viewed.shape, -np.inf)
    utility[rows, places] = np.where(shop.stock[day, product], worth, -np.inf)
    best = utility.argmax(axis=1)
    carried = np.flatnonzero(utility.max(axis=1) > draws.gumbel("leave", visits.key))
    lines = np.full((len(visits), LINES), -1)
    lines[carried] = _fill(draws, shop, visits.take(carried), viewed[carried], viewed[carried, best[carried]])
    units = 1 + draws.poisson("units", w.MORE_UNITS, visits.key[:, None], np.arange(LINES))
    checkout, paid = _pay(draws, people, visits, lines[:, 0] >= 0, coupon)
    return Baskets(bounced, viewed, lines, np.where(lines >= 0, units, 0), checkout, paid)


def _leaning(people: Traits, memory: Memory, visits: Visits, coupon: np.ndarray) -> Floats:
    """The part of the utility that is the same for all products of a visit."""
    intent = np.array([channel.intent for channel in w.CHANNELS])[visits.channel]
    loyal = np.minimum(memory.orders[visits.person], w.LOYAL_FROM) / w.LOYAL_FROM
    account = people.account[visits.row]
    bonus = w.ACCOUNT_BONUS * account + w.LOYALTY_BONUS * loyal + w.COUPON_BONUS * coupon
    return w.BUY + intent + bonus


def _again(viewed: Ints) -> np.ndarray:
    """Which views are of a product seen before in the visit: it is one option, however often seen."""
    same = viewed[:, :, None] == viewed[:, None, :]
    return (same & np.tri(viewed.shape[1], k=-1, dtype=bool)).any(axis=2)


def _viewed(draws: Draws, people: Traits, shop: Assortment, visits: Visits, bounced: np.ndarray) -> Ints:
    count = 1 + draws.poisson("views", w.MEAN_VIEWS, visits.key)
    count = np.where(bounced, 0, np.minimum(count, w.MOST_VIEWS))
    own = people.category[visits.row]
    shares = [category.share for category in w.CATEGORIES]
    other = draws.pick("category", shares, visits.key)
    wanted = np.where(draws.chance("own category", w.HOME_CATEGORY, visits.key), own, other)
    viral = (visits.channel == w.CHANNEL["Social"]) & days.within(days.VIRAL, visits.day)
    wanted = np.where(
        viral & draws.chance("viral", days.VIRAL_INTEREST, visits.key),
        w.CATEGORY[days.VIRAL_CATEGORY],
        wanted,
    )
    viewed = np.full((len(visits), w.MOST_VIEWS), -1)
    rows, places = np.nonzero(np.arange(w.MOST_VIEWS) < count[:, None])
    key = visits.key[rows]
    category = np.where(draws.chance("stray", w.STRAY_VIEWS, key, places), -1, wanted[rows])
    viewed[rows, places] = shop.looked_at(visits.day[rows], category, draws.uniform("view", key, places))
    return viewed


def _fill(draws: Draws, shop: Assortment, visits: Visits, viewed: Ints, first: Ints) -> Ints:
    """The lines of each cart: the choice, then its complement or others; each product once, if in stock."""
    lines = np.full((len(first), LINES), -1)
    lines[:, 0] = first
    more = np.minimum(draws.poisson("more", w.MORE_LINES, visits.key), LINES - 1)
    for place in range(1, LINES):
        luck = draws.uniform("another", visits.key, place)
        found = shop.looked_at(visits.day, np.full(len(first), -1), luck)
        seen = viewed[:, place]
        back = (seen >= 0) & draws.chance("back to a view", w.SEEN_BEFORE, visits.key, place)
        found = np.where(back, seen, found)
        pair = draws.chance("complement", w.COMPLEMENT, visits.key, place)
        found = np.where(pair, shop.complement[first], found)
        able = shop.stock[visits.day, found] & shop.on_sale(visits.day, found) & (place <= more)
        able &= (lines != found[:, None]).all(axis=1)
        lines[:, place] = np.where(able, found, -1)
    return _left(lines)


def _left(lines: Ints) -> Ints:
    """Moves the gaps to the end of each row and keeps the order of the rest."""
    order = np.argsort(lines < 0, axis=1, kind="stable")
    return np.take_along_axis(lines, order, axis=1)


def _pay(
    draws: Draws, people: Traits, visits: Visits, cart: np.ndarray, coupon: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    trusted = np.where(people.account[visits.row], 1.0, w.GUEST_CHECKOUT)
    checkout = np.array(list(w.CHECKOUT.values()))[visits.device] * trusted
    pay = np.array(list(w.PAY.values()))[visits.device] * np.where(coupon, w.COUPON_PAY, 1.0)
    fault = (visits.device == 0) & days.within(days.CHECKOUT_FAULT, visits.day)
    pay = np.where(fault, pay * days.FAULT_PAY, pay)
    for name, share in w.UNLOGGED_PAY.items():
        elsewhere = visits.channel == w.CHANNEL[name]
        checkout, pay = np.where(elsewhere, 1.0, checkout), np.where(elsewhere, share, pay)
    reached = cart & draws.chance("checkout", checkout, visits.key)
    return reached, reached & draws.chance("pay", pay, visits.key)
