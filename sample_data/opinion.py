"""What people think of an order, how it changes their coming back, and the words they find.

Five drivers are felt; satisfaction is their weighted sum (DRIVERS) plus noise, 0 as usual. Ratings,
NPS, CSAT and stars are these feelings on their scales. Whether somebody answers depends on them: the
very happy and the very unhappy answer more, so those who answer are not the base.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data import words
from sample_data.assortment import Assortment
from sample_data.days import HOUR
from sample_data.draws import Draws, Floats, Ints
from sample_data.orders import Lines, Orders
from sample_data.parcels import Parcels
from sample_data.people import Memory, Traits
from sample_data.returns import Returned
from sample_data.run import INERT, Run

DRIVERS = {"quality": 0.55, "delivery": 0.50, "price": 0.30, "service": 0.25, "assortment": 0.12}  # weights
QUALITY, DELIVERY, PRICE, SERVICE, ASSORTMENT = range(5)
USUAL = (4.15, 4.20, 3.85, 4.05, 3.95)  # mean rating of each driver
QUALITY_FELT, RETURN_FELT, LATE_FELT, DISCOUNT_FELT, SLOW_FELT = 0.9, -1.1, -1.7, 2.2, -0.9
USUAL_DISCOUNT, USUAL_WAIT = 0.055, 0.3  # what people expect: share off; log wait ÷ 2
MOOD_FELT, DRIVER_NOISE, NOISE = 0.35, 0.75, 0.45
DRIVEN_AWAY, HOOKED = 0.30, 0.15  # log of the visit rate: by satisfaction; after any order
LEAST_PULL, MOST_PULL = 0.15, 4.0
QUITS, QUITS_FELT = -3.2, -1.1  # logit of leaving for good after an order: at usual satisfaction; by it


@dataclass(frozen=True)
class Opinions:
    """By order. felt: (orders × drivers), 0 is usual. satisfaction: their weighted sum and noise.

    ratings: what people say of the drivers when asked. quits: whether they leave for good.
    """

    felt: Floats
    satisfaction: Floats
    ratings: Ints
    quits: np.ndarray


def opinions(
    draws: Draws,
    run: Run,
    people: Traits,
    shop: Assortment,
    made: Orders,
    sent: Parcels,
    lines: Lines,
    back: Returned,
    waited: Floats,
) -> Opinions:
    """waited: by order, seconds to the first answer of service; NaN where nothing was asked."""
    count = len(made)
    size = np.bincount(lines.order, minlength=count)
    quality = np.bincount(lines.order, shop.quality[lines.product], count) / size
    full = np.bincount(lines.order, lines.units * lines.price, count)
    returned = np.bincount(lines.order[back.line], minlength=count) > 0
    slow = np.nan_to_num(np.minimum(np.log1p(waited / HOUR) / 2, 2.0) - USUAL_WAIT, nan=0.0)
    felt = np.zeros((count, len(DRIVERS)))
    felt[:, QUALITY] = QUALITY_FELT * quality + RETURN_FELT * returned
    felt[:, DELIVERY] = LATE_FELT * sent.late
    off = 0.0 if run.null == INERT else 1 - made.net / full
    felt[:, PRICE] = DISCOUNT_FELT * (off - USUAL_DISCOUNT)
    felt[:, SERVICE] = SLOW_FELT * slow
    felt += MOOD_FELT * people.mood[made.row][:, None]
    felt += DRIVER_NOISE * draws.normal("driver", made.key[:, None], np.arange(len(DRIVERS)))
    satisfaction = felt @ np.array(list(DRIVERS.values())) + NOISE * draws.normal("satisfaction", made.key)
    ratings = np.clip(np.round(np.array(USUAL) + felt), 1, 5).astype(np.int64)
    leave = 1 / (1 + np.exp(-QUITS - QUITS_FELT * satisfaction))
    return Opinions(felt, satisfaction, ratings, draws.chance("quits", leave, made.key))


def remember(memory: Memory, made: Orders, felt: Opinions) -> None:
    """After a month: whoever bought comes more often, and more so when content; the angry leave.

    Changes the memory.
    """
    row = made.row[made.stands]
    change = HOOKED + DRIVEN_AWAY * felt.satisfaction[made.stands]
    np.multiply.at(memory.pull, row, np.exp(change).astype(np.float32))
    memory.pull[row] = memory.pull[row].clip(LEAST_PULL, MOST_PULL)
    np.add.at(memory.orders, row, 1)
    memory.gone[made.row[made.stands & felt.quits]] = True


def comment(
    draws: Draws, question: str, key: np.ndarray, topic: Ints, good: np.ndarray, chinese: np.ndarray
) -> pl.Series:
    """A sentence for each: about the driver `topic`, good or bad, in English or Chinese."""
    groups = [group for name in DRIVERS for fine in (False, True) for group in words.COMMENTS[name, fine]]
    sizes = np.array([len(group) for group in groups])
    starts = np.cumsum(sizes) - sizes
    group = topic * 4 + good * 2 + chinese
    chosen = starts[group] + (draws.uniform(question, key) * sizes[group]).astype(np.int64)
    return pl.Series("comment", [sentence for group in groups for sentence in group]).gather(chosen)
