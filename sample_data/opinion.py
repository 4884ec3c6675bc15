"""What people think of an order, and what they write: tickets, surveys, reviews.

Five drivers are rated from 1 to 5; satisfaction is their weighted sum (DRIVERS) plus noise. NPS and
CSAT are that satisfaction on their scales. Whether somebody answers depends on it: very happy and
very unhappy people answer more, so the answers are not the base.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data import days, words
from sample_data import world as w
from sample_data.assortment import Assortment
from sample_data.parcels import DAY, HOUR, Parcels, Returned, known
from sample_data.draws import Draws, Floats, Ints
from sample_data.orders import Lines, Orders
from sample_data.people import Traits

DRIVERS = {"quality": 0.55, "delivery": 0.50, "price": 0.30, "service": 0.25, "assortment": 0.12}  # weights
USUAL = (4.15, 4.20, 3.85, 4.05, 3.95)  # mean rating of each driver
NOISE = 0.45
NPS_AT_USUAL, NPS_STEP = 8.15, 1.55
INVITED, PHONE, FIELD = 0.62, 0.14, 0.02  # of delivered orders; of the invited, asked by phone or at home
ANSWER = {"online": 0.24, "phone": 0.55, "field": 0.88}  # at usual satisfaction
ANSWER_EXTREMES = 0.10  # added to the share that answers, by squared satisfaction
DRIVEN_AWAY = 0.30  # log of the visit rate, by satisfaction
HOOKED = 0.15  # log of the visit rate, after an order
TICKETS, TICKETS_LATE, TICKETS_RETURN = 0.035, 0.22, 0.35  # share of orders that ask
CHANNELS = (("Chat", 0.52, 0.25), ("E-mail", 0.30, 7.0), ("Phone", 0.18, 0.08))  # share, hours to an answer
RESOLUTION = 20 * HOUR
REVIEWS, REVIEW_EXTREMES = 0.07, 0.05


@dataclass(frozen=True)
class Opinions:
    """By order: satisfaction (0 is usual), the ratings of the drivers (orders × drivers)."""

    satisfaction: Floats
    ratings: Ints


@dataclass(frozen=True)
class Tickets:
    """Arrays of one length, a ticket each. Times in seconds, NaN where it has not happened."""

    order: Ints
    kind: Ints
    channel: Ints
    opened: Floats
    answered: Floats
    resolved: Floats


TICKET_KINDS = ("question", "complaint", "return", "exchange", "repair")


def tickets(
    draws: Draws, shop: Assortment, made: Orders, sent: Parcels, lines: Lines, back: Returned
) -> Tickets:
    """At most one an order: about a late parcel, a return, a fault, or a question."""
    came_back = np.full(len(made.at), np.nan)
    came_back[lines.order[back.line]] = back.at
    returns = np.isfinite(came_back)
    overdue = np.where(np.isnan(sent.delivered), days.DAYS * DAY, sent.delivered) > sent.promised
    risk = TICKETS + TICKETS_LATE * overdue + TICKETS_RETURN * returns
    order = np.flatnonzero(draws.chance("ticket", risk, made.key))
    key, late, sent_back = made.key[order], overdue[order], returns[order]
    first = np.zeros(len(made.at), np.int64)
    first[lines.order[::-1]] = lines.product[::-1]
    electric = shop.category[first[order]] == w.CATEGORY["Electronics"]
    kind = np.where(
        electric & draws.chance("repair", 0.5, key), 4, np.where(draws.chance("complaint", 0.35, key), 1, 0)
    )
    kind = np.where(sent_back, np.where(draws.chance("swap", 0.2, key), 3, 2), np.where(late, 1, kind))
    wait = draws.exponential("ticket after", 3 * DAY, key)
    home = np.where(np.isnan(sent.delivered), made.at + 2 * DAY, sent.delivered)[order]
    opened = np.where(late, sent.promised[order] + wait / 4, home + wait)
    opened = known(np.where(sent_back, np.maximum(came_back[order] - wait / 4, home), opened))
    there = np.isfinite(opened)
    order, key, kind, opened = order[there], key[there], kind[there], opened[there]
    channel = draws.pick("ticket channel", [share for _, share, _ in CHANNELS], key)
    hours = np.array([hours for _, _, hours in CHANNELS])[channel]
    backlog = days.within(days.SERVICE_BACKLOG, (opened // DAY).astype(np.int64))
    delay = draws.lognormal("answer", hours * HOUR, 0.9, key) * np.where(backlog, 3.5, 1.0)
    clock = opened % DAY
    night = (clock < 8 * HOUR) | (clock > 22 * HOUR)  # nobody answers
    opening = opened - clock + 8 * HOUR + np.where(clock > 22 * HOUR, DAY, 0)
    answered = np.where(night, opening, opened) + delay
    solved = answered + draws.lognormal("resolution", RESOLUTION, 1.1, key)
    solved = np.where(draws.chance("never solved", 0.03, key), np.nan, solved)
    return Tickets(order, kind, channel, opened, known(answered), known(solved))


def opinions(
    draws: Draws,
    people: Traits,
    shop: Assortment,
    made: Orders,
    sent: Parcels,
    lines: Lines,
    back: Returned,
    asked: Tickets,
) -> Opinions:
    count = len(made.at)
    quality = np.bincount(lines.order, shop.quality[lines.product], count) / np.bincount(
        lines.order, minlength=count
    )
    full = np.bincount(lines.order, lines.units * lines.price, count)
    came_back = np.bincount(lines.order[back.line], minlength=count) > 0
    slow = np.zeros(count)
    wait = np.nan_to_num((asked.answered - asked.opened) / HOUR, nan=48.0)
    slow[asked.order] = np.minimum(np.log1p(wait) / 2, 2.0) - 0.3
    mood = 0.35 * people.mood[made.row]
    felt = np.stack(
        [
            0.9 * quality - 1.1 * came_back,
            -1.7 * sent.late,
            2.2 * (1 - made.net / full) - 0.12,
            -0.9 * slow,
            np.zeros(count),
        ],
        axis=1,
    )
    noise = draws.normal("driver", made.key[:, None], np.arange(len(DRIVERS))) * 0.75
    inner = felt + mood[:, None] + noise
    weights = np.array(list(DRIVERS.values()))
    satisfaction = inner @ weights + NOISE * draws.normal("satisfaction", made.key)
    ratings = np.clip(np.round(np.array(USUAL) + inner), 1, 5).astype(np.int64)
    return Opinions(satisfaction, ratings)


def remember(people_pull: np.ndarray, bought: np.ndarray, made: Orders, felt: Opinions) -> None:
    """After a month: whoever bought comes more often, and more so when content. Changes the arrays."""
    stands = np.isnan(made.cancelled)
    person = made.person[stands]
    change = HOOKED + DRIVEN_AWAY * felt.satisfaction[stands]
    np.multiply.at(people_pull, person, np.exp(change).astype(np.float32))
    np.clip(people_pull, 0.15, 4.0, out=people_pull)
    np.add.at(bought, person, 1)


def comment(
    draws: Draws, question: str, key: np.ndarray, topic: Ints, good: np.ndarray, chinese: np.ndarray
) -> pl.Series:
    """A sentence for each: about the driver `topic`, good or bad, in English or Chinese."""
    sentences, starts, sizes = [], [], []
    for name in DRIVERS:
        for fine in (False, True):
            for group in words.COMMENTS[name, fine]:
                starts.append(len(sentences))
                sizes.append(len(group))
                sentences.extend(group)
    group_number = topic * 4 + good * 2 + chinese
    size = np.array(sizes)[group_number]
    chosen = np.array(starts)[group_number] + (draws.uniform(question, key) * size).astype(np.int64)
    return pl.Series("comment", sentences).gather(chosen)
