"""What a visitor looks at, and which of it is wanted most.

Of the products viewed one is chosen, or none, by a multinomial logit (McFadden 1974; constants in
world.py): the option with the highest utility plus Gumbel shock. A product out of stock cannot be
chosen, and a product seen twice is one option. What follows the choice is in baskets.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data import days, promotions
from sample_data import world as w
from sample_data.assortment import Assortment
from sample_data.draws import Draws, Floats, Ints
from sample_data.people import Memory, Traits
from sample_data.run import INERT, Run
from sample_data.visits import Visits


@dataclass(frozen=True)
class Scene:
    """Everything that choices depend on beside the visit itself. member: see promotions.takes_part."""

    draws: Draws
    run: Run
    shop: Assortment
    member: np.ndarray
    people: Traits
    memory: Memory

    def worth(self, visits: Visits, rows: Ints, product: Ints) -> tuple[Floats, Floats, Floats]:
        """What the price that visits `rows` meet adds to the utility of products, the derivative of that
        by the log of the price, and the depth of the reduction in it.
        """
        day = visits.day[rows]
        where = visits.channel[rows], visits.region[rows]
        depth, _ = promotions.reduction(self.run, self.member, day, product, *where)
        felt = np.zeros_like(depth) if self.run.null == INERT else depth
        price = self.shop.price[days.MONTH_OF[day], product] * (1 - felt)
        rival = self.shop.rival_price(day, product)
        beta = self.people.beta[visits.row[rows]]
        found = beta * np.log(price / self.shop.usual[product])
        found = found - w.RIVAL * np.log(price / np.where(np.isnan(rival), price, rival))
        return found, beta - w.RIVAL * ~np.isnan(rival), felt


@dataclass(frozen=True)
class Options:
    """What visits choose from: arrays of visits × MOST_VIEWS.

    viewed: product numbers in the order seen, −1 after the last. utility: without taste and satiation,
    −∞ where there is nothing to choose. beta: its derivative by the log of the price. depth: of the
    reduction met.
    """

    bounced: np.ndarray
    viewed: Ints
    utility: Floats
    beta: Floats
    depth: Floats

    def take(self, rows: np.ndarray) -> Options:
        return Options(**{name: values[rows] for name, values in vars(self).items()})


def options(scene: Scene, visits: Visits, coupon: np.ndarray) -> Options:
    """coupon: which visits carry a coupon that the person knows of."""
    draws, shop = scene.draws, scene.shop
    bounce = np.array([channel.bounce for channel in w.CHANNELS])[visits.channel]
    bounced = draws.chance("bounce", bounce + w.MOBILE_BOUNCE * (visits.device == 0), visits.key)
    viewed = _viewed(scene, visits, bounced)
    rows, places = np.nonzero((viewed >= 0) & ~_again(viewed))
    product = viewed[rows, places]
    worth, slope, reduced = scene.worth(visits, rows, product)
    worth = worth + _leaning(scene, visits, coupon)[rows] + shop.quality[product]
    utility, beta, depth = np.full(viewed.shape, -np.inf), np.zeros(viewed.shape), np.zeros(viewed.shape)
    utility[rows, places] = np.where(shop.stock[visits.day[rows], product], worth, -np.inf)
    beta[rows, places], depth[rows, places] = slope, reduced
    return Options(bounced, viewed, utility, beta, depth)


def sated(scene: Scene, found: Options, strength: Floats, category: Ints) -> Floats:
    """The options' utility less satiation. strength, category: by visit, see Need in baskets.py."""
    same = scene.shop.category[found.viewed] == category[:, None]
    return found.utility - strength[:, None] * (same & (found.viewed >= 0))


def choose(scene: Scene, visits: Visits, utility: Floats) -> Ints:
    """The place of the option that each visit chooses, −1 where it leaves without."""
    rows, places = np.nonzero(np.isfinite(utility))
    total = np.full(utility.shape, -np.inf)
    total[rows, places] = utility[rows, places] + scene.draws.gumbel("taste", visits.key[rows], places)
    leaves = scene.draws.gumbel("leave", visits.key)
    return np.where(total.max(axis=1) > leaves, total.argmax(axis=1), -1)


def _leaning(scene: Scene, visits: Visits, coupon: np.ndarray) -> Floats:
    """The part of the utility that is the same for all products of a visit."""
    people = scene.people
    intent = np.array([channel.intent for channel in w.CHANNELS])[visits.channel]
    loyal = np.minimum(scene.memory.orders[visits.row], w.LOYAL_FROM) / w.LOYAL_FROM
    bonus = w.ACCOUNT_BONUS * people.account[visits.row] + w.LOYALTY_BONUS * loyal + w.COUPON_BONUS * coupon
    return w.BUY + intent + bonus + people.buys[visits.row]


def _again(viewed: Ints) -> np.ndarray:
    """Which views are of a product seen before in the visit: it is one option, however often seen."""
    same = viewed[:, :, None] == viewed[:, None, :]
    return (same & np.tri(viewed.shape[1], k=-1, dtype=bool)).any(axis=2)


def _viewed(scene: Scene, visits: Visits, bounced: np.ndarray) -> Ints:
    draws, people = scene.draws, scene.people
    count = 1 + draws.poisson("views", w.MEAN_VIEWS, visits.key)
    count = np.where(bounced, 0, np.minimum(count, w.MOST_VIEWS))
    own = people.category[visits.row]
    shares = [category.share for category in w.CATEGORIES]
    other = draws.pick("category", shares, visits.key)
    wanted = np.where(draws.chance("own category", people.focus[visits.row], visits.key), own, other)
    viral = (visits.channel == w.CHANNEL["Social"]) & scene.run.within(days.VIRAL, visits.day)
    wanted = np.where(
        viral & draws.chance("viral", days.VIRAL_INTEREST, visits.key),
        w.CATEGORY[days.VIRAL_CATEGORY],
        wanted,
    )
    viewed = np.full((len(visits), w.MOST_VIEWS), -1)
    rows, places = np.nonzero(np.arange(w.MOST_VIEWS) < count[:, None])
    key = visits.key[rows]
    category = np.where(draws.chance("stray", w.STRAY_VIEWS, key, places), -1, wanted[rows])
    viewed[rows, places] = scene.shop.looked_at(draws, "view", visits.day[rows], category, key, places)
    return viewed
