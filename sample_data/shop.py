"""The life of the sample shop, month by month.

Months are made in order, because what happened to people in one changes the next; within a month
people are made in blocks, so that memory does not grow with the size of the shop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from sample_data import (
    background,
    choice,
    coupons,
    days,
    marketing,
    opinion,
    orders,
    parcels,
    promotions,
    receipts,
    returns,
    reviews,
    surveys,
    tickets,
)
from sample_data import people as persons
from sample_data import timeline as times
from sample_data import visits as coming
from sample_data import world as w
from sample_data.assortment import Assortment, assortment, products_of
from sample_data.columns import labels, only
from sample_data.dirt import soil
from sample_data.draws import Draws, Ints

BLOCK = 400_000  # people made at once
Frames = dict[str, pl.DataFrame]


@dataclass
class Shop:
    """A shop of one size and seed. Ask its months in order; an earlier month begins anew."""

    size: str
    seed: int
    _made: int = 0  # months
    _memory: persons.Memory | None = field(default=None, repr=False)

    @cached_property
    def draws(self) -> Draws:
        return Draws(self.seed)

    @property
    def factor(self) -> float:
        return w.SIZES[self.size]

    @cached_property
    def population(self) -> persons.Population:
        return persons.Population(round(w.CUSTOMERS * self.factor), round(w.COOKIES * self.factor))

    @cached_property
    def member(self) -> np.ndarray:
        """(promotions × products) which take part."""
        return promotions.takes_part(self.draws, products_of(self.factor))

    @cached_property
    def assortment(self) -> Assortment:
        return assortment(self.draws, self.factor, promotions.boost(self.member))

    def blocks(self, people: int) -> Iterator[tuple[int, int]]:
        """First and last + 1 of the people made together."""
        for first in range(0, people, BLOCK):
            yield first, min(first + BLOCK, people)

    def month(self, month: int) -> Iterator[Frames]:
        """The tables of one month, block by block of people; spend and inventory come last."""
        if self._memory is None or self._made > month:
            self._memory, self._made = persons.fresh_memory(self.population), 0
        for earlier in range(self._made, month):
            for _ in self._month(earlier, self._memory):
                pass
        yield from self._month(month, self._memory)

    def _month(self, month: int, memory: persons.Memory) -> Iterator[Frames]:
        came = np.zeros((days.DAYS, len(marketing.IDS)), np.int64)
        for number, (first, last) in enumerate(self.blocks(self.population.people)):
            people = persons.traits(self.draws, self.population, first, last)
            frames, met = self._live(month, people, memory)
            came += met
            yield {name: soil(self.draws, name, frame, month, number) for name, frame in frames.items()}
        self._made = month + 1
        spend = marketing.spend_rows(self.draws, came, month)
        stock = background.inventory_rows(self.draws, self.assortment, self.factor, month)
        yield {"spend": soil(self.draws, "spend", spend, month, 0), "inventory": stock}

    def _live(self, month: int, people: persons.Traits, memory: persons.Memory) -> tuple[Frames, Ints]:
        """One month of some people: the rows it leaves, and the visits by day and campaign."""
        draws, shop = self.draws, self.assortment
        customer = self.population.ids(people.person)
        held = coupons.coupons(draws, people, memory, month)
        seen = coming.visits(draws, people, memory, month)
        known = held.known(seen.row, seen.start)
        baskets = choice.browse(draws, people, memory, shop, self.member, seen, known)
        line = times.timeline(draws, seen, baskets)
        campaign = marketing.campaign_of(draws, seen)
        ids = _ids(seen, customer, campaign, month)
        buyer = only(people.account[seen.row], ids["customer_id"])
        made, lines = orders.orders(
            draws, shop, self.member, seen, baskets, line.paid_at(seen), held, (ids["order_id"], buyer)
        )
        sent = parcels.parcels(draws, made)
        back = returns.returned(draws, shop, made, sent, lines)
        asked = tickets.tickets(draws, shop, made, sent, lines, back)
        felt = opinion.opinions(draws, people, shop, made, sent, lines, back, asked.waited(len(made)))
        value = np.zeros(len(seen))
        value[made.visit] = made.net
        used = np.full(len(people.person), -1)
        used[made.row[made.coupon]] = np.flatnonzero(made.coupon)
        frames = {
            "orders": receipts.order_rows(draws, made, sent, ids["campaign_id"].gather(made.visit), month),
            "order_lines": receipts.line_rows(shop, made, lines),
            "payments": receipts.payment_rows(draws, made),
            "coupons": coupons.coupon_rows(held, month, customer, used, made.at, made.id),
            "events": times.event_rows(draws, line, seen, baskets, shop, ids, value),
            "shipments": parcels.shipment_rows(draws, made, sent),
            "returns": returns.return_rows(draws, shop, made, lines, back),
            "touches": marketing.touch_rows(draws, people, seen, campaign, customer, month),
            "tickets": tickets.ticket_rows(draws, people, shop, made, lines, asked, felt),
            "surveys": surveys.survey_rows(draws, people, made, sent, asked, felt),
            "reviews": reviews.review_rows(draws, people, shop, made, sent, lines, felt),
        }
        opinion.remember(memory, made, felt)
        return frames, marketing.visits_by_day(campaign, seen.day)


def _ids(seen: coming.Visits, customer: pl.Series, campaign: Ints, month: int) -> dict[str, pl.Series]:
    """By visit. Month, person and number of the visit make the session's and the order's id."""
    visitor = customer.gather(seen.row)
    own = f"{days.MONTHS[month]:%y%m}-" + visitor.str.slice(1) + "-" + pl.Series(seen.number).cast(pl.String)
    return {
        "customer_id": visitor,
        "session_id": "S" + own,
        "order_id": "O" + own,
        "campaign_id": labels(marketing.IDS, campaign),
    }
