"""Puts the sample shop together: what happens in a month, and the delivery that the importer reads.

Months are made in order, because what happened to people in one changes the next; within a month
people are made in blocks, so that memory does not grow with the size of the shop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from hashlib import sha256

import numpy as np
import polars as pl

from loaders import tables
from loaders.loader import LINE, PROBLEM, BadInput, Batch, Delivery, Source
from sample_data import answers, background, choice, days, marketing, opinion, orders, parcels, promotions
from sample_data import people as persons
from sample_data import timeline as times
from sample_data import visits as coming
from sample_data import world as w
from sample_data.assortment import Assortment, assortment, merchant_rows, product_rows, products_of
from sample_data.dirt import soil
from sample_data.draws import Draws

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
        return promotions.takes_part(self.draws, products_of(self.factor))

    @cached_property
    def assortment(self) -> Assortment:
        return assortment(self.draws, self.factor, promotions.boost(self.member))

    def month(self, month: int) -> Iterator[Frames]:
        """The tables of one month, block by block of people; spend and inventory come last."""
        if self._memory is None or self._made > month:
            self._memory, self._made = persons.fresh_memory(self.population), 0
        while self._made < month:
            for _ in self._blocks(self._made, quiet=True):
                pass
        yield from self._blocks(month)

    def _blocks(self, month: int, quiet: bool = False) -> Iterator[Frames]:
        assert self._memory is not None
        came = np.zeros((days.DAYS, marketing.NO_CAMPAIGN + 1), np.int64)
        for first in range(0, self.population.people, BLOCK):
            last = min(first + BLOCK, self.population.people)
            frames, met = self._block(month, first, last, self._memory)
            came += met
            if not quiet:
                yield frames
        self._made = month + 1
        if not quiet:
            yield {
                "spend": marketing.spend_rows(self.draws, came, month),
                "inventory": background.inventory_rows(self.draws, self.assortment, self.factor, month),
            }

    def _block(self, month: int, first: int, last: int, memory: persons.Memory) -> tuple[Frames, np.ndarray]:
        draws, shop = self.draws, self.assortment
        people = persons.traits(draws, self.population, first, last)
        held = orders.coupons(draws, people, month)
        seen = coming.visits(draws, people, memory, month)
        known = held.known(seen.row, seen.start)
        baskets = choice.browse(draws, people, memory, shop, self.member, seen, known)
        line = times.timeline(draws, seen, baskets)
        campaign = marketing.campaign_of(draws, seen)
        ids = self.population.ids(people.person)
        names = self._names(seen, ids, campaign, month)
        made, lines = orders.orders(draws, people, shop, self.member, seen, baskets, line.paid_at(seen), held)
        sent = parcels.parcels(draws, made)
        back = parcels.returned(draws, shop, made, sent, lines)
        asked = opinion.tickets(draws, shop, made, sent, lines, back)
        felt = opinion.opinions(draws, people, shop, made, sent, lines, back, asked)
        value = np.zeros(len(seen))
        value[made.visit] = made.net
        order = names["order"].gather(made.visit)
        sold = orders.order_rows(
            draws, shop, made, names, parcels.status(made, sent), self.population.customers
        )
        customer = sold["customer_id"]
        frames = {
            "orders": sold,
            "order_lines": orders.line_rows(shop, made, lines, order),
            "payments": orders.payment_rows(draws, made, order),
            "coupons": orders.coupon_rows(people, held, made, order, ids, month),
            "events": times.event_rows(draws, line, seen, baskets, shop, names, value),
            "shipments": parcels.shipment_rows(draws, made, sent, order),
            "returns": parcels.return_rows(draws, shop, made, lines, back, order, customer),
            "touches": marketing.touch_rows(draws, people, ids, seen, campaign, month),
            "tickets": answers.ticket_rows(draws, people, shop, made, lines, asked, felt, order, customer),
            "surveys": answers.survey_rows(draws, people, made, sent, asked, felt, order, customer),
            "reviews": answers.review_rows(draws, people, shop, made, sent, lines, felt, order, customer),
        }
        opinion.remember(memory.pull, memory.orders, made, felt)
        return frames, marketing.visits_by_day(campaign, seen.day)

    def _names(
        self, seen: coming.Visits, ids: pl.Series, campaign: np.ndarray, month: int
    ) -> dict[str, pl.Series]:
        """Ids by visit: customer, session, order and campaign."""
        customer = ids.gather(seen.row)
        number = pl.Series(seen.number).cast(pl.String)
        stamp = f"{days.MONTHS[month]:%y%m}-"
        own = customer.str.slice(1) + "-" + number
        return {
            "customer": customer,
            "session": ("S" + stamp + own),
            "order": ("O" + stamp + own),
            "campaign": marketing.IDS.gather(campaign),
        }

    def tables(self) -> dict[str, Callable[[], Iterator[pl.DataFrame]]]:
        """The tables that do not come from a month's life, and how to make them."""
        draws, factor = self.draws, self.factor

        def one(make: Callable[..., pl.DataFrame], *arguments) -> Iterator[pl.DataFrame]:
            yield make(*arguments)

        ids = partial(self.assortment.ids, np.arange(self.assortment.products))
        return {
            "customers": self._customers,
            "products": lambda: one(product_rows, draws, self.assortment),
            "merchants": lambda: one(merchant_rows, draws, self.assortment),
            "promotions": lambda: one(promotions.promotion_rows),
            "promotion_products": lambda: one(
                promotions.promotion_product_rows, self.member, ids(), self.assortment.usual
            ),
            "campaigns": lambda: one(marketing.campaign_rows, factor),
            "content": lambda: one(marketing.content_rows, draws, factor),
            "competitor_prices": lambda: one(background.competitor_rows, draws, self.assortment),
            "market": lambda: one(background.market_rows, draws, factor),
            "listing_audits": lambda: one(background.audit_rows, draws, self.assortment),
            "targets": lambda: one(background.target_rows, factor),
            "incidents": lambda: one(background.incident_rows),
        }

    def _customers(self) -> Iterator[pl.DataFrame]:
        for first in range(0, self.population.customers, BLOCK):
            last = min(first + BLOCK, self.population.customers)
            yield persons.customers(self.draws, self.population, first, last)


def deliver(size: str = "small", seed: int = 7) -> Delivery:
    """The sample shop as sources: one for each table that stands still, one for each month of life.

    Raises BadInput for a size that is not known. The same size and seed give the same rows.
    """
    if size not in w.SIZES:
        raise BadInput(f"There is no sample shop of size {size!r}. Known: {', '.join(w.SIZES)}.")
    shop = Shop(size, seed)
    people = round((w.CUSTOMERS + w.COOKIES) * w.SIZES[size])
    sources = [
        Source(f"sample/{table}", _digest(size, seed, table), partial(_still, table, make))
        for table, make in shop.tables().items()
    ]
    sources += [
        Source(
            f"sample/{day:%Y-%m}", _digest(size, seed, f"{day:%Y-%m}"), partial(_living, shop, month), people
        )
        for month, day in enumerate(days.MONTHS)
    ]
    return Delivery(sources, shop=dict(w.SHOP), notes=[f"The sample shop: size {size}, seed {seed}."])


def _digest(size: str, seed: int, name: str) -> str:
    return sha256(f"sample {w.GENERATOR} {size} {seed} {name}".encode()).hexdigest()


def _still(table: str, make: Callable[[], Iterator[pl.DataFrame]]) -> Iterator[Batch]:
    line = 1
    for frame in make():
        yield _batch(table, frame, line)
        line += len(frame)


def _living(shop: Shop, month: int) -> Iterator[Batch]:
    lines: dict[str, int] = {}
    for frames in shop.month(month):
        for table, clean in frames.items():
            frame = soil(shop.draws, table, clean, month)
            if len(frame):
                yield _batch(table, frame, lines.get(table, 1))
                lines[table] = lines.get(table, 1) + len(frame)


def _batch(table: str, frame: pl.DataFrame, line: int) -> Batch:
    raw = frame.select(name for name in tables.dtypes(table) if name in frame.columns)
    numbers = pl.int_range(line, line + pl.len(), dtype=pl.UInt32).alias(LINE)
    return Batch(table, raw.with_columns(numbers, pl.lit(None, pl.String).alias(PROBLEM)), raw)
