"""Which products are looked at: draws in proportion to views, within a category and a day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sample_data.draws import Floats, Ints


@dataclass(frozen=True)
class Views:
    """edges: (days × products) relative views, cumulated within each day."""

    edges: Floats

    @classmethod
    def of(cls, weight: Floats) -> Views:
        return cls(np.cumsum(weight, axis=1))

    def between(self, day: Ints, first: Ints, last: Ints) -> tuple[Floats, Floats]:
        """Views of a day below the products `first`, and below `last`."""
        low = np.where(first > 0, self.edges[day, np.maximum(first - 1, 0)], 0.0)
        return low, self.edges[day, last - 1]

    def at(self, day: Ints, place: Floats) -> Ints:
        """The products whose views of the day a place lies in, from 0 to all views of the day."""
        products = self.edges.shape[1]
        share = place / self.edges[day, -1]
        found = np.searchsorted(self._line, day + share * (1 - 1e-12), side="right")
        return (found - day * products).clip(0, products - 1)

    @cached_property
    def _line(self) -> Floats:
        """All days in a row: each day's edges, scaled to 1, plus its number."""
        total = np.where(self.edges[:, -1:] > 0, self.edges[:, -1:], 1.0)
        return (self.edges / total * (1 - 1e-12) + np.arange(len(self.edges))[:, None]).ravel()
