"""What a visitor looks at, chooses, and whether she pays.

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
from sample_data.draws import Draws, Ints
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
    """coupon: which visits carry a coupon that the person knows of."""
    channels = w.CHANNELS
    bounce = np.array([channel.bounce for channel in channels])[visits.channel] + 0.03 * (visits.device == 0)
    bounced = draws.chance("bounce", bounce, visits.key)
    viewed = _viewed(draws, people, shop, visits, bounced)
    rows, places = np.nonzero(viewed >= 0)
    product = viewed[rows, places]
    day = visits.day[rows]
    utility = np.full(viewed.shape, -np.inf)
    depth, _ = promotions.reduction(member, day, product, visits.channel[rows], visits.region[rows])
    price = shop.price[days.MONTH_OF[day], product] * (1 - depth)
    account = people.account[visits.row]
    loyal = np.minimum(memory.orders[visits.person], 3) / 3
    taste = (
        w.LEAVE
        + np.array([channel.intent for channel in channels])[visits.channel]
        + w.ACCOUNT_BONUS * account
        + w.LOYALTY_BONUS * loyal
        + w.COUPON_BONUS * coupon
    )
    rival = shop.rival_price(day, product)
    worth = (
        taste[rows]
        + shop.quality[product]
        + people.beta[visits.row][rows] * np.log(price / shop.usual[product])
        - np.where(np.isnan(rival), 0.0, w.RIVAL * np.log(price / np.where(np.isnan(rival), 1.0, rival)))
    )
    shock = draws.gumbel("taste", visits.key[rows], places)
    sold_out = ~shop.stock[day, product]
    utility[rows, places] = np.where(sold_out, -np.inf, worth + shock)
    best = utility.argmax(axis=1)
    leave = draws.gumbel("leave", visits.key)
    carried = np.flatnonzero(utility[np.arange(len(visits)), best] > leave)
    lines = np.full((len(visits), LINES), -1)
    lines[carried] = _fill(draws, shop, visits.take(carried), viewed[carried], viewed[carried, best[carried]])
    units = 1 + draws.poisson("units", w.MORE_UNITS, visits.key[:, None], np.arange(LINES))
    checkout, paid = _pay(draws, visits, account, lines[:, 0] >= 0, coupon)
    return Baskets(bounced, viewed, lines, np.where(lines >= 0, units, 0), checkout, paid)


def _viewed(draws: Draws, people: Traits, shop: Assortment, visits: Visits, bounced: np.ndarray) -> Ints:
    count = 1 + draws.poisson("views", w.MEAN_VIEWS, visits.key)
    count = np.where(bounced, 0, np.minimum(count, w.MOST_VIEWS))
    own = people.category[visits.row]
    shares = [category.share for category in w.CATEGORIES]
    other = draws.pick("category", shares, visits.key)
    wanted = np.where(draws.chance("own category", w.HOME_CATEGORY, visits.key), own, other)
    viral = (visits.channel == w.CHANNEL["Social"]) & days.within(days.VIRAL, visits.day)
    wanted = np.where(viral & draws.chance("viral", 0.6, visits.key), w.CATEGORY[days.VIRAL_CATEGORY], wanted)
    viewed = np.full((len(visits), w.MOST_VIEWS), -1)
    rows, places = np.nonzero(np.arange(w.MOST_VIEWS) < count[:, None])
    key = visits.key[rows]
    category = np.where(draws.chance("stray", 0.2, key, places), -1, wanted[rows])
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
        seen = viewed[np.arange(len(first)), place]
        found = np.where((seen >= 0) & (luck < 0.5), seen, found)
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
    draws: Draws, visits: Visits, account: np.ndarray, cart: np.ndarray, coupon: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    trusted = np.where(account, 1.0, w.GUEST_CHECKOUT)
    checkout = np.array(list(w.CHECKOUT.values()))[visits.device] * trusted
    pay = np.array(list(w.PAY.values()))[visits.device] * np.where(coupon, 1.15, 1.0)
    fault = (visits.device == 0) & days.within(days.CHECKOUT_FAULT, visits.day)
    pay = np.where(fault, pay * days.FAULT_PAY, pay)
    for name, share in w.UNLOGGED_PAY.items():
        elsewhere = visits.channel == w.CHANNEL[name]
        checkout, pay = np.where(elsewhere, 1.0, checkout), np.where(elsewhere, share, pay)
    reached = cart & draws.chance("checkout", checkout, visits.key)
    return reached, reached & draws.chance("pay", pay, visits.key)
