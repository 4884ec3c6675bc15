"""What a page, and each block on it, needs to know about the visit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from loaders.store import Store
from loaders.version import Manifest
from ui.view import View

Key = tuple[str, int, int]  # a store's path, its version, when that was written


@dataclass
class Screen:
    """A page as one reader sees it now.

    opened: the store and its key; None where there is no store. chosen: the dates and filters; None on
    a page without them. head: the place for the page's heading, beside the filters, corner: that for
    its export. kept: what tables and charts are kept under while a story is shown. opens: called with a
    metric's name when its card is chosen.
    clicks: name of a chart → what is called with the point that is clicked (point_index, x, y, customdata).
    """

    page: str
    lang: str
    dark: bool
    opened: tuple[Key, Store] | None = None
    chosen: View | None = None
    head: Any = None
    corner: Any = None
    kept: tuple = ()
    opens: Callable[[str], None] | None = None
    clicks: dict[str, Callable[[dict], None]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def name(self, kind: str) -> str:
        """Another name each time: Streamlit tells blocks apart by their keys, and look.css by their kind."""
        return f"{kind}-{self.page}-{next(self.numbers)}"

    @property
    def key(self) -> Key:
        assert self.opened, "pages that need data are not shown without a store"
        return self.opened[0]

    @property
    def store(self) -> Store:
        assert self.opened, "pages that need data are not shown without a store"
        return self.opened[1]

    @property
    def view(self) -> View:
        assert self.chosen, "the page was opened without filters"
        return self.chosen

    @property
    def shop(self) -> Manifest:
        """The store's manifest; the settings of a new shop where there is none."""
        return self.opened[1].manifest if self.opened else Manifest()
