"""The same people live the year, or some months of it, once more in another run.

Nobody's life depends on anybody else's, so only those whom a change can touch are lived again: the
difference to the factual run is exact all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sample_data import days
from sample_data.draws import Floats, Ints
from sample_data.life import Life
from sample_data.people import Memory, Traits, fresh_memory
from sample_data.run import Run
from sample_data.shop import Shop


@dataclass(frozen=True)
class Sold:
    """Lines of orders: arrays of one length. person: row among the people. Cancelled lines are worth 0.

    revenue: after discounts and returns. margin: revenue less the cost of the goods that stayed sold.
    first: whether the line is its order's first, so that counting them counts orders.
    """

    person: Ints
    visit: np.ndarray  # the key of the visit
    day: Ints
    product: Ints
    units: Floats
    revenue: Floats
    margin: Floats
    first: np.ndarray
    coupon: Ints  # the programme of the coupon that the order used, −1 where none

    def take(self, rows: np.ndarray) -> Sold:
        return Sold(**{name: values[rows] for name, values in vars(self).items()})

    @classmethod
    def together(cls, parts: list[Sold]) -> Sold:
        return cls(
            **{name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])}
        )


def sold(life: Life, person: Ints) -> Sold:
    """What was sold in a month of life. person: by row of the scene's people."""
    made, lines, back = life.made, life.lines, life.back
    order, stands = lines.order, life.made.stands[lines.order]
    came = np.zeros(len(order))
    came[back.line] = back.units
    kept = (lines.units - came) * stands
    cost = life.scene.shop.cost[days.MONTH_OF[made.day[order]], lines.product]
    revenue = lines.net / lines.units * kept
    return Sold(
        person=person[made.row[order]],
        visit=made.key[order],
        day=made.day[order],
        product=lines.product,
        units=lines.units * stands,
        revenue=revenue,
        margin=revenue - cost * kept,
        first=(lines.place == 0) & stands,
        coupon=np.where(made.coupon, life.held.programme[made.row], -1)[order],
    )


@dataclass
class Year:
    """The factual year of some people, kept so that parts of it can be lived again.

    lives: a month each. before: what people remembered when each month began. after: at the end.
    """

    shop: Shop
    person: Ints
    lives: list[Life]
    before: list[Memory]
    after: Memory

    @cached_property
    def people(self) -> Traits:
        return self.shop.traits(self.person)

    @cached_property
    def sold(self) -> Sold:
        return Sold.together([sold(life, self.everyone) for life in self.lives])

    @classmethod
    def of(cls, shop: Shop, person: Ints) -> Year:
        people, memory, every = shop.traits(person), fresh_memory(len(person)), np.arange(len(person))
        before, lives = [], []
        for month in range(12):
            before.append(memory.take(every))
            lives.append(shop.live(people, memory, month))
        return cls(shop, person, lives, before, memory)

    def again(self, run: Run, rows: Ints, first: int, last: int) -> Iterator[Life]:
        """The months first … last of the people in `rows`, in another run."""
        shop = self.shop.other(run)
        people, memory = shop.traits(self.person[rows]), self.before[first].take(rows)
        for month in range(first, last + 1):
            yield shop.live(people, memory, month)

    @property
    def everyone(self) -> Ints:
        return np.arange(len(self.person))

    def visited(self, first: int, last: int, campaigns: tuple[int, ...] = ()) -> Ints:
        """Rows of those who came on the days first … last, by one of the campaigns where any are named."""
        found = []
        for life in self.lives:
            came = (life.seen.day >= first) & (life.seen.day <= last)
            if campaigns:
                came &= np.isin(life.seen.campaign, campaigns)
            found.append(life.seen.row[came])
        return np.unique(np.concatenate(found))


@dataclass(frozen=True)
class Change:
    """What the factual run and another sold to some people on some days."""

    fact: Sold
    other: Sold
    people: int

    def more(self, measure: str, fact: np.ndarray | None = None, other: np.ndarray | None = None) -> Floats:
        """By person, what the factual run has more of a column of Sold, among some lines of each run."""
        return self._sum(self.fact, measure, fact) - self._sum(self.other, measure, other)

    def _sum(self, lines: Sold, measure: str, keep: np.ndarray | None) -> Floats:
        rows = slice(None) if keep is None else keep
        values = getattr(lines, measure)[rows].astype(float)
        return np.bincount(lines.person[rows], values, minlength=self.people).astype(float)


def change(year: Year, run: Run, first: int, last: int, rows: Ints | None = None) -> Change:
    """What was sold on the days first … last. rows: all whom the run can touch; everyone by default."""
    rows = year.everyone if rows is None else rows
    months = days.MONTH_OF[first], days.MONTH_OF[last]
    among = np.zeros(len(year.person), bool)
    among[rows] = True
    parts = [sold(life, rows) for life in year.again(run, rows, *months)]
    fact, other = year.sold, Sold.together(parts)
    return Change(
        fact.take(among[fact.person] & (fact.day >= first) & (fact.day <= last)),
        other.take((other.day >= first) & (other.day <= last)),
        len(year.person),
    )
