"""One run of the year: what happens in it, and what is left out.

Every draw is keyed by whom it concerns (draws.py), so two runs of a seed differ by what was changed and
by what follows from it, and by nothing else (common random numbers). A run takes away or weakens what
FACTUAL has: it never adds visits beyond those that FACTUAL makes possible (flow.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from functools import cached_property

import numpy as np

from loaders.loader import BadInput
from sample_data import days
from sample_data.days import Happening
from sample_data.draws import Ints
from sample_data.plan import CAMPAIGNS, PROGRAMMES, PROMOTIONS, Programme, Promotion

INERT, STEADY, NOISE = "inert", "steady", "noise"
NULLS = {  # worlds in which a method should find nothing
    INERT: "nobody reacts to a promotion or a coupon: the discount is given, and that is all",
    STEADY: "no price ever moves, and there are no promotions",
    NOISE: "answers to questionnaires have nothing to do with what happened",
}


@dataclass(frozen=True)
class Run:
    """The factual run, unless something is named.

    without: ids of promotions, coupon programmes and campaigns, names of incidents: they do not happen.
    spend: campaign → factor on its spend, from 0 to 1. price: product_id or category → factor on its
    price before discounts, all year. punctual: no parcel is late. prompt: every request is answered at
    once. null: one of NULLS.
    """

    without: frozenset[str] = frozenset()
    spend: Mapping[str, float] = field(default_factory=dict)
    price: Mapping[str, float] = field(default_factory=dict)
    punctual: bool = False
    prompt: bool = False
    null: str = ""

    @cached_property
    def promotions(self) -> tuple[Promotion, ...]:
        """In the order of plan.PROMOTIONS; those that do not happen reduce nothing and bring nobody."""
        return tuple(
            replace(one, depth=0.0, cost=0.0, visits=1.0, after=1.0)
            if one.id in self.without or self.null == STEADY
            else replace(one, visits=1.0, after=1.0)
            if self.null == INERT
            else one
            for one in PROMOTIONS
        )

    @cached_property
    def programmes(self) -> tuple[Programme, ...]:
        """In the order of plan.PROGRAMMES; those that do not happen reach nobody."""
        return tuple(
            replace(one, buyers=0.0, others=0.0) if one.id in self.without else one for one in PROGRAMMES
        )

    @property
    def text(self) -> str:
        """What is different in it, the same in every process; nothing of FACTUAL."""
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        told["without"] = sorted(self.without)
        return ", ".join(f"{name} {value}" for name, value in told.items() if value)

    def but(self, *names: str) -> Run:
        """This run without these as well."""
        return replace(self, without=self.without | set(names))

    def spending(self, factors: Mapping[str, float]) -> Run:
        return replace(self, spend={**self.spend, **factors})

    def punctually(self) -> Run:
        return replace(self, punctual=True)

    def promptly(self) -> Run:
        return replace(self, prompt=True)

    def happens(self, one: Happening) -> bool:
        return one.name not in self.without

    def within(self, one: Happening, day: Ints) -> np.ndarray:
        """Which of the day numbers lie in a happening of this run."""
        return days.within(one, day) & self.happens(one)


FACTUAL = Run()


def run(without: Iterable[str] = (), null: str = "") -> Run:
    """The run in which these promotions, coupon programmes, campaigns or incidents do not happen.

    null: one of NULLS. Raises BadInput for a name that there is not.
    """
    if null and null not in NULLS:
        raise BadInput(
            f"There is no world {null!r} in which nothing is to be found. Known: {', '.join(NULLS)}."
        )
    known = [*(one.id for plan in (PROMOTIONS, PROGRAMMES, CAMPAIGNS) for one in plan)]
    known += [one.name for one in days.INCIDENTS]
    for name in without:
        if name not in known:
            near = get_close_matches(name, known, n=3)
            hint = f" Did you mean {', '.join(near)}?" if near else ""
            raise BadInput(
                f"The plan has no {name!r}.{hint} The tables promotions, campaigns and incidents of the "
                "sample shop list what can be left out: ids of the first two, names of the last."
            )
    return Run(without=frozenset(without), null=null)
