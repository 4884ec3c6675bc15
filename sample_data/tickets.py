"""Service requests: who asks, why, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data import days, opinion, words
from sample_data import world as w
from sample_data.assortment import Assortment
from sample_data.columns import instants, labels, only
from sample_data.days import DAY, HOUR, known
from sample_data.draws import Draws, Floats, Ints
from sample_data.opinion import Opinions
from sample_data.orders import Lines, Orders
from sample_data.parcels import Parcels
from sample_data.people import Traits
from sample_data.returns import Returned
from sample_data.run import Run

ASK, ASK_LATE, ASK_RETURN = 0.035, 0.22, 0.35  # share of orders; added for a late parcel, for a return
CHANNELS = (("Chat", 0.52, 0.25), ("E-mail", 0.30, 7.0), ("Phone", 0.18, 0.08))  # share, hours to an answer
OPENS, CLOSES = 8 * HOUR, 22 * HOUR  # of the day
RESOLUTION = 20 * HOUR  # median, from the first answer
MOMENT = 60.0  # seconds to an answer in a run where every request is answered at once
NEVER_SOLVED, REOPENED, RATED = 0.03, 0.07, 0.4
KINDS = ("question", "complaint", "return", "exchange", "repair")
QUESTION, COMPLAINT, RETURN, EXCHANGE, REPAIR = range(5)


@dataclass(frozen=True)
class Tickets:
    """Arrays of one length, a ticket each. Times in seconds, NaN where it has not happened."""

    order: Ints
    kind: Ints
    channel: Ints
    opened: Floats
    answered: Floats
    resolved: Floats

    def waited(self, orders: int) -> Floats:
        """Seconds to the first answer, by order; NaN where nothing was asked or answered."""
        found = np.full(orders, np.nan)
        found[self.order] = self.answered - self.opened
        return found


def tickets(
    draws: Draws, run: Run, shop: Assortment, made: Orders, sent: Parcels, lines: Lines, back: Returned
) -> Tickets:
    """At most one an order: about a late parcel, a return, a fault, or a question."""
    came_back = np.full(len(made), np.nan)
    came_back[lines.order[back.line]] = back.at
    overdue = np.where(np.isnan(sent.delivered), days.DAYS * DAY, sent.delivered) > sent.promised
    risk = ASK + ASK_LATE * overdue + ASK_RETURN * np.isfinite(came_back)
    order = np.flatnonzero(draws.chance("ticket", risk, made.key))
    key, late, returns = made.key[order], overdue[order], np.isfinite(came_back[order])
    electric = shop.category[lines.first(len(made))[order]] == w.CATEGORY["Electronics"]
    kind = np.where(draws.chance("complaint", 0.35, key), COMPLAINT, QUESTION)
    kind = np.where(electric & draws.chance("repair", 0.5, key), REPAIR, kind)
    swap = np.where(draws.chance("swap", 0.2, key), EXCHANGE, RETURN)
    kind = np.where(returns, swap, np.where(late, COMPLAINT, kind))
    wait = draws.exponential("ticket after", 3 * DAY, key)
    home = sent.home(made)[order]
    home = np.where(np.isnan(home), made.at[order] + 2 * DAY, home)
    opened = np.where(late, sent.promised[order] + wait / 4, home + wait)
    opened = known(np.where(returns, np.maximum(came_back[order] - wait / 4, home + HOUR), opened))
    there = np.isfinite(opened)
    order, key, kind, opened = order[there], key[there], kind[there], opened[there]
    channel = draws.pick("ticket channel", [share for _, share, _ in CHANNELS], key)
    answered = opened + MOMENT if run.prompt else _answer(draws, run, key, channel, opened)
    solved = answered + draws.lognormal("resolution", RESOLUTION, 1.1, key)
    solved = np.where(draws.chance("never solved", NEVER_SOLVED, key), np.nan, solved)
    return Tickets(order, kind, channel, opened, known(answered), known(solved))


def _answer(draws: Draws, run: Run, key: np.ndarray, channel: Ints, opened: Floats) -> Floats:
    """When a person answers first: nobody does at night, and it takes longer while staff is short."""
    hours = np.array([hours for _, _, hours in CHANNELS])[channel]
    short = run.within(days.SERVICE_BACKLOG, (opened // DAY).astype(np.int64))
    delay = draws.lognormal("answer", hours * HOUR, 0.9, key) * np.where(short, days.BACKLOG_WAIT, 1.0)
    clock = opened % DAY
    opening = opened - clock + OPENS + np.where(clock > CLOSES, DAY, 0.0)
    return np.where((clock < OPENS) | (clock > CLOSES), opening, opened) + delay


def ticket_rows(
    draws: Draws,
    people: Traits,
    shop: Assortment,
    made: Orders,
    lines: Lines,
    asked: Tickets,
    felt: Opinions,
) -> pl.DataFrame:
    """Rows of the table tickets."""
    row, key = asked.order, made.key[asked.order]
    again = known(asked.resolved + draws.exponential("reopened", 2 * DAY, key))
    rated = np.isfinite(asked.resolved) & draws.chance("rated", RATED, key)
    score = 4.1 + 0.8 * felt.satisfaction[row] + 0.5 * draws.normal("ticket score", key)
    score = np.clip(np.round(score), 1, 5)
    complaint = asked.kind == COMPLAINT
    topic = np.where(complaint, opinion.DELIVERY, opinion.SERVICE)
    chinese = people.chinese[made.row[row]]
    said = opinion.comment(draws, "ticket words", key, topic, (score > 3) & ~complaint, chinese)
    return pl.DataFrame(
        {
            "ticket_id": "T" + made.id.gather(row).str.slice(1),
            "customer_id": made.customer.gather(row),
            "order_id": made.id.gather(row),
            "product_id": shop.ids(lines.first(len(made))[row]),
            "kind": labels(KINDS, asked.kind),
            "channel": labels([name for name, _, _ in CHANNELS], asked.channel),
            "priority": labels(("normal", "high"), complaint.astype(int)),
            "agent": labels(words.AGENTS, draws.whole("agent", len(words.AGENTS), key)),
            "opened_at": instants("opened_at", asked.opened),
            "first_response_at": instants("first_response_at", asked.answered),
            "resolved_at": instants("resolved_at", asked.resolved),
            "reopened_at": instants(
                "reopened_at", np.where(draws.chance("reopen", REOPENED, key), again, np.nan)
            ),
            "score": only(rated, pl.Series("score", score)),
            "comment": only(complaint | rated, said),
        }
    )
