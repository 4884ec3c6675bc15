"""From the wish to the paid basket, and what is needed no more after it.

Whoever chooses a product is offered others, its complement among them, and takes each or not by a binary
logit. Then cart → checkout → payment, each with a probability of its own by device, and less on mobile
during the planted fault. What was bought is not needed again for a while (satiation, world.py): so a sale
brings purchases forward. A month's visits are therefore settled in rounds: the visits after a purchase
are made again, until nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data import choice, days
from sample_data import world as w
from sample_data.choice import Options, Scene
from sample_data.draws import Floats, Ints
from sample_data.people import Memory
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
    met: Floats  # how much of the need is met, where it is paid

    def take(self, rows: np.ndarray) -> Baskets:
        return Baskets(**{name: values[rows] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Need:
    """By visit, what the person bought last: its category (−1 nothing), the day, how much need it met."""

    category: Ints
    day: Ints
    met: Floats

    def strength(self, day: Ints) -> Floats:
        """What satiation takes from the utility of products of that category."""
        faded = w.SATED * self.met * np.exp(-(day - self.day) / w.SATED_DAYS)
        return np.where(self.category >= 0, faded, 0.0)


def browse(scene: Scene, visits: Visits, coupon: np.ndarray) -> tuple[Baskets, Need]:
    """The baskets, and the needs that they were made in. coupon: which visits carry one that is known of."""
    options = choice.options(scene, visits, coupon)
    order = np.lexsort((visits.number, visits.start, visits.row))
    need = _need(scene, visits, order, None)
    made = settle(scene, visits, options, coupon, need)
    while True:
        then = _need(scene, visits, order, made)
        rows = np.flatnonzero(
            (then.day != need.day) | (then.category != need.category) | (then.met != need.met)
        )
        if not len(rows):
            return made, need
        need = then
        part = Need(then.category[rows], then.day[rows], then.met[rows])
        again = settle(scene, visits.take(rows), options.take(rows), coupon[rows], part)
        for name, values in vars(made).items():
            values[rows] = getattr(again, name)


def settle(scene: Scene, visits: Visits, options: Options, coupon: np.ndarray, need: Need) -> Baskets:
    """The baskets of visits whose persons' needs are known."""
    utility = choice.sated(scene, options, need.strength(visits.day), need.category)
    chosen = choice.choose(scene, visits, utility)
    rows = np.flatnonzero(chosen >= 0)
    few, place = visits.take(rows), chosen[rows]
    first, depth = options.viewed[rows, place], options.depth[rows, place]
    lines, units = np.full((len(visits), LINES), -1), np.zeros((len(visits), LINES), np.int64)
    lines[rows] = _fill(scene, few, options.viewed[rows], first)
    units[rows] = _units(scene, few, lines[rows])
    met = np.zeros(len(visits))
    met[rows] = 1 + w.HOARD * depth
    checkout, pay = rates(scene, visits, coupon)
    reached = (chosen >= 0) & scene.draws.chance("checkout", checkout, visits.key)
    paid = reached & scene.draws.chance("pay", pay, visits.key)
    return Baskets(options.bounced, options.viewed, lines, units, reached, paid, met)


def remember(memory: Memory, scene: Scene, visits: Visits, made: Baskets) -> None:
    """What each person bought last in the month. Changes the memory."""
    paid = np.flatnonzero(made.paid)
    paid = paid[np.lexsort((visits.number[paid], visits.start[paid]))]
    row = visits.row[paid]
    memory.bought[row] = scene.shop.category[made.lines[paid, 0]]
    memory.bought_on[row], memory.met[row] = visits.day[paid], made.met[paid]


def _need(scene: Scene, visits: Visits, order: Ints, made: Baskets | None) -> Need:
    """order: visits by person and time. made: what they bought, None before anything is known."""
    memory, row = scene.memory, visits.row
    category, day = memory.bought[row].astype(np.int64), memory.bought_on[row].astype(np.int64)
    met = memory.met[row].astype(float)
    if made is None:
        return Need(category, day, met)
    place = np.arange(len(order))
    last = np.maximum.accumulate(np.where(made.paid[order], place, -1))
    before = np.concatenate([[-1], last[:-1]])[: len(order)]
    begins = np.searchsorted(row[order], row[order])
    rows, source = order[before >= begins], order[before[before >= begins]]
    category[rows] = scene.shop.category[made.lines[source, 0]]
    day[rows], met[rows] = visits.day[source], made.met[source]
    return Need(category, day, met)


def offered(scene: Scene, visits: Visits, viewed: Ints, first: Ints, place: int) -> tuple[Ints, np.ndarray]:
    """What is offered in that place beside the first product, and whether it can be: it is another
    product, on sale and in stock.
    """
    shop = scene.shop
    found, pair = other(scene, visits, viewed, place)
    found = np.where(pair, shop.complement[first], found)
    return found, shop.stock[visits.day, found] & shop.on_sale(visits.day, found) & (found != first)


def wants(scene: Scene, visits: Visits) -> Ints:
    """How many others each visit is offered."""
    return np.minimum(scene.draws.poisson("more", w.MORE_LINES, visits.key), LINES - 1)


def other(scene: Scene, visits: Visits, viewed: Ints, place: int) -> tuple[Ints, np.ndarray]:
    """A product viewed or another one for each visit, and whether the complement is offered instead."""
    draws = scene.draws
    anything = np.full(len(visits), -1)
    at = np.full(len(visits), place)
    found = scene.shop.looked_at(draws, "another", visits.day, anything, visits.key, at)
    back = (viewed[:, place] >= 0) & draws.chance("back to a view", w.SEEN_BEFORE, visits.key, place)
    found = np.where(back, viewed[:, place], found)
    return found, draws.chance("complement", w.COMPLEMENT, visits.key, place)


def taken(scene: Scene, visits: Visits, product: Ints) -> tuple[Floats, Floats]:
    """The probability that an offer is taken, and ∂ utility ÷ ∂ log price."""
    worth, beta, _ = scene.worth(visits, np.arange(len(visits)), product)
    return 1 / (1 + np.exp(-w.ADD - worth)), beta


def _fill(scene: Scene, visits: Visits, viewed: Ints, first: Ints) -> Ints:
    """The lines of each cart: the choice, then the offers taken; each product once."""
    lines = np.full((len(first), LINES), -1)
    lines[:, 0] = first
    wanted = wants(scene, visits)
    for place in range(1, LINES):
        rows = np.flatnonzero(place <= wanted)
        few = visits.take(rows)
        found, able = offered(scene, few, viewed[rows], first[rows], place)
        able &= (lines[rows] != found[:, None]).all(axis=1)
        takes = able & scene.draws.chance("takes", taken(scene, few, found)[0], few.key, place)
        lines[rows, place] = np.where(takes, found, -1)
    order = np.argsort(lines < 0, axis=1, kind="stable")  # gaps go to the end
    return np.take_along_axis(lines, order, axis=1)


def _units(scene: Scene, visits: Visits, lines: Ints) -> Ints:
    """Pieces of each line: more of what is reduced."""
    rows, places = np.nonzero(lines >= 0)
    product = lines[rows, places]
    depth = scene.worth(visits, rows, product)[2]
    found = np.zeros(lines.shape, np.int64)
    mean = w.MORE_UNITS * (1 + w.UNITS_HOARD * depth)
    found[rows, places] = 1 + scene.draws.poisson("units", mean, visits.key[rows], product)
    return found


def rates(scene: Scene, visits: Visits, coupon: np.ndarray) -> tuple[Floats, Floats]:
    """The probabilities that a cart reaches the checkout, and that a checkout is paid."""
    trusted = np.where(scene.people.account[visits.row], 1.0, w.GUEST_CHECKOUT)
    checkout = np.array(list(w.CHECKOUT.values()))[visits.device] * trusted
    pay = np.array(list(w.PAY.values()))[visits.device] * np.where(coupon, w.COUPON_PAY, 1.0)
    fault = (visits.device == 0) & scene.run.within(days.CHECKOUT_FAULT, visits.day)
    pay = np.where(fault, pay * days.FAULT_PAY, pay)
    for name, share in w.UNLOGGED_PAY.items():
        elsewhere = visits.channel == w.CHANNEL[name]
        checkout, pay = np.where(elsewhere, 1.0, checkout), np.where(elsewhere, share, pay)
    return checkout, pay
