"""The life of the sample shop, month by month.

Months are made in order, because what happened to people in one changes the next; within a month
people are made in blocks, so that memory does not grow with the size of the shop. Nobody's life depends
on anybody else's, so some people can be lived again, in another run, without the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sample_data import background, days, marketing, promotions
from sample_data import flow as flows
from sample_data import people as persons
from sample_data import world as w
from sample_data.assortment import Assortment, assortment, products_of
from sample_data.choice import Scene
from sample_data.dirt import soil
from sample_data.draws import Draws, Ints
from sample_data.life import Frames, Life, live, rows
from sample_data.run import FACTUAL, Run

BLOCK = 400_000  # people made at once


@dataclass
class Shop:
    """A shop of one size, seed and run. Ask its months in order; an earlier month begins anew."""

    size: str
    seed: int
    run: Run = FACTUAL
    _made: int = 0  # months
    _memory: list[persons.Memory] = field(default_factory=list, repr=False)  # by block

    @cached_property
    def draws(self) -> Draws:
        return Draws(self.seed)

    @property
    def factor(self) -> float:
        return w.SIZES[self.size].factor

    @cached_property
    def population(self) -> persons.Population:
        return persons.Population(round(w.CUSTOMERS * self.factor), round(w.COOKIES * self.factor))

    @cached_property
    def flow(self) -> flows.Flow:
        return flows.flow(self.draws, self.run, w.SIZES[self.size].elsewhere, self.usual)

    @cached_property
    def usual(self) -> flows.Flow:
        """The flow of FACTUAL."""
        return flows.flow(self.draws, FACTUAL, w.SIZES[self.size].elsewhere)

    @cached_property
    def member(self) -> np.ndarray:
        """(promotions × products) which take part."""
        return promotions.takes_part(self.draws, products_of(self.factor))

    @cached_property
    def assortment(self) -> Assortment:
        return assortment(self.draws, self.run, self.factor, promotions.boost(self.run, self.member))

    def traits(self, person: Ints) -> persons.Traits:
        return persons.traits(self.draws, self.population, person, self.flow, self.usual)

    def other(self, run: Run) -> Shop:
        """The same shop in another run."""
        found = Shop(self.size, self.seed, run)
        found.usual = self.usual
        return found

    def blocks(self, people: int) -> list[Ints]:
        """The people made together."""
        return [np.arange(first, min(first + BLOCK, people)) for first in range(0, people, BLOCK)]

    def live(self, people: persons.Traits, memory: persons.Memory, month: int) -> Life:
        """One month of some people. Changes their memory."""
        scene = Scene(self.draws, self.run, self.assortment, self.member, people, memory)
        return live(scene, self.population, self.flow, self.usual, month)

    def month(self, month: int) -> Iterator[Frames]:
        """The tables of one month, block by block of people; spend and inventory come last."""
        blocks = self.blocks(self.population.people)
        if not self._memory or self._made > month:
            self._memory = [persons.fresh_memory(len(block)) for block in blocks]
            self._made = 0
        for earlier in range(self._made, month):
            for block, memory in zip(blocks, self._memory, strict=True):
                self.live(self.traits(block), memory, earlier)
        yield from self._month(month, blocks)

    def _month(self, month: int, blocks: list[Ints]) -> Iterator[Frames]:
        came = np.zeros((days.DAYS, len(marketing.IDS)), np.int64)
        for number, block in enumerate(blocks):
            life = self.live(self.traits(block), self._memory[number], month)
            came += marketing.visits_by_day(life.seen.campaign, life.seen.day)
            frames = rows(life)
            yield {name: soil(self.draws, name, frame, month, number) for name, frame in frames.items()}
        self._made = month + 1
        spend = marketing.spend_rows(self.draws, self.run, self.factor, came, month)
        stock = background.inventory_rows(self.draws, self.assortment, self.factor, month)
        yield {"spend": soil(self.draws, "spend", spend, month, 0), "inventory": stock}
