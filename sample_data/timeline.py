"""The events of each visit in order: visit, search, view …, cart, checkout, purchase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data import days, words
from sample_data import world as w
from sample_data.assortment import Assortment
from sample_data.choice import Baskets
from sample_data.draws import Draws, Floats, Ints
from sample_data.visits import Visits

KINDS = ("visit", "search", "view", "like", "share", "question", "cart", "checkout", "purchase")
SECONDS = (14.0, 11.0, 38.0, 3.0, 6.0, 45.0, 9.0, 95.0, 12.0)  # median time spent, by kind
LIKES, SHARES, QUESTIONS = 0.035, 0.008, 0.010  # of views
_VISIT, _SEARCH, _VIEW, _LIKE, _SHARE, _QUESTION, _CART, _CHECKOUT, _PURCHASE = range(9)


@dataclass(frozen=True)
class Timeline:
    """Arrays of one length, an event each, in order of visit and time."""

    visit: Ints  # row of the visit
    kind: Ints
    product: Ints  # −1: none
    start: Floats  # seconds since the first day's midnight
    seconds: Floats

    def paid_at(self, visits: Visits) -> Floats:
        """When each visit paid, NaN where it did not."""
        found = np.full(len(visits), np.nan)
        bought = self.kind == _PURCHASE
        found[self.visit[bought]] = self.start[bought]
        return found


def timeline(draws: Draws, visits: Visits, baskets: Baskets) -> Timeline:
    """Positions give the order within a visit: 0 landing, 1 search, 10… views, 60… carts, 70, 80."""
    every = np.arange(len(visits))
    searched = every[~baskets.bounced & draws.chance("search", w.SEARCHES, visits.key)]
    rows, places = np.nonzero(baskets.viewed >= 0)
    seen = baskets.viewed[rows, places]
    cart_rows, cart_places = np.nonzero(baskets.lines >= 0)
    pieces = [(every, 0, _VISIT, -1), (searched, 1, _SEARCH, -1), (rows, 10 + 5 * places, _VIEW, seen)]
    for offset, (kind, share) in enumerate(
        ((_LIKE, LIKES), (_SHARE, SHARES), (_QUESTION, QUESTIONS)), start=1
    ):
        did = draws.chance(KINDS[kind], share, visits.key[rows], places)
        pieces.append((rows[did], 10 + 5 * places[did] + offset, kind, seen[did]))
    carts = baskets.lines[cart_rows, cart_places]
    pieces.append((cart_rows, 60 + cart_places, _CART, carts))
    pieces.append((np.flatnonzero(baskets.checkout), 70, _CHECKOUT, -1))
    pieces.append((np.flatnonzero(baskets.paid), 80, _PURCHASE, -1))
    visit = np.concatenate([piece[0] for piece in pieces])
    position, kind, product = (
        np.concatenate([np.broadcast_to(piece[part], piece[0].shape) for piece in pieces])
        for part in (1, 2, 3)
    )
    order = np.argsort(visit * 128 + position, kind="stable")
    visit, position, kind, product = visit[order], position[order], kind[order], product[order]
    patience = draws.normal("patience", visits.key)[visit]
    seconds = np.array(SECONDS)[kind] * np.exp(
        0.7 * draws.normal("seconds", visits.key[visit], position) + 0.3 * patience
    )
    seconds = np.clip(np.round(seconds), 1, 900)
    total = np.cumsum(seconds) - seconds
    landing = np.searchsorted(visit, every)  # each visit's first event
    start = visits.start[visit] + np.minimum(total - total[landing][visit], 2300)
    return Timeline(visit, kind, product, start, seconds)


def tracked(draws: Draws, visits: Visits) -> np.ndarray:
    """Which visits are in our events: not those on others' ground, and few on the broken day."""
    logged = np.array([channel.logged for channel in w.CHANNELS])[visits.channel]
    broken = days.within(days.BROKEN_TRACKING, visits.day)
    return logged & ~(broken & draws.chance("tracking", days.TRACKING_LOST, visits.key))


def event_rows(
    draws: Draws,
    line: Timeline,
    visits: Visits,
    baskets: Baskets,
    shop: Assortment,
    names: dict[str, pl.Series],
    value: Floats,
) -> pl.DataFrame:
    """Rows of the table events. names: customer, session, order and campaign by visit; value: by visit."""
    keep = tracked(draws, visits)[line.visit]
    visit, kind, product = line.visit[keep], line.kind[keep], line.product[keep]
    key = visits.key[visit]
    searching = kind == _SEARCH
    empty = draws.chance("empty search", w.EMPTY_SEARCHES, key)
    wanted = shop.category[baskets.viewed[visit, 0].clip(0)] * 3 + draws.whole("search word", 3, key)
    asked = np.where(empty, len(words.SEARCHES) + draws.whole("odd word", len(words.UNMET), key), wanted)
    results = np.where(empty, 0, 3 + draws.poisson("results", np.full(len(key), 14.0), key))
    bought = kind == _PURCHASE
    pages = pl.Series(
        ("home", "search", "product", "product", "product", "product", "cart", "checkout", "thanks")
    )
    return pl.DataFrame(
        {
            "customer_id": names["customer"].gather(visit),
            "happened_at": days.instants("happened_at", line.start[keep]),
            "event": pl.Series(KINDS).gather(kind),
            "session_id": names["session"].gather(visit),
            "channel": pl.Series([channel.name for channel in w.CHANNELS]).gather(visits.channel[visit]),
            "device": pl.Series(w.DEVICES).gather(visits.device[visit]),
            "region": pl.Series([region.name for region in w.REGIONS]).gather(visits.region[visit]),
            "page": pages.gather(kind),
            "product_id": _where(product >= 0, shop.ids(product.clip(0))),
            "order_id": _where(bought, names["order"].gather(visit)),
            "campaign_id": names["campaign"].gather(visit),
            "query": _where(searching, pl.Series(words.SEARCHES + words.UNMET).gather(asked)),
            "results": _where(searching, pl.Series(results)),
            "duration": line.seconds[keep],
            "value": _where(bought, pl.Series(value[visit])),
        }
    )


def _where(known: np.ndarray, values: pl.Series) -> pl.Series:
    """The values where known, else null."""
    return (
        values.to_frame("x").select(pl.when(pl.Series(known)).then("x")).to_series()
        if len(values)
        else values
    )
