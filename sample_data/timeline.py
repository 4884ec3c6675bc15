"""The events of each visit in order: visit, search, view …, cart, checkout, purchase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data import days, words
from sample_data import world as w
from sample_data.assortment import Assortment
from sample_data.baskets import Baskets
from sample_data.columns import instants, labels, only
from sample_data.draws import Draws, Floats, Ints
from sample_data.run import Run
from sample_data.visits import Visits

KINDS = ("visit", "search", "view", "like", "share", "question", "cart", "checkout", "purchase")
SECONDS = (14.0, 11.0, 38.0, 3.0, 6.0, 45.0, 9.0, 95.0, 12.0)  # median time spent, by kind
PAGES = ("home", "search", *["product"] * 4, "cart", "checkout", "thanks")
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
    every, none = np.arange(len(visits)), np.int64(-1)
    searched = every[~baskets.bounced & draws.chance("search", w.SEARCHES, visits.key)]
    rows, places = np.nonzero(baskets.viewed >= 0)
    seen = baskets.viewed[rows, places]
    carts, cart_places = np.nonzero(baskets.lines >= 0)
    pieces: list[tuple[Ints, Ints | int, int, Ints | np.int64]] = [
        (every, 0, _VISIT, none),
        (searched, 1, _SEARCH, none),
        (rows, 10 + 5 * places, _VIEW, seen),
        (carts, 60 + cart_places, _CART, baskets.lines[carts, cart_places]),
        (np.flatnonzero(baskets.checkout), 70, _CHECKOUT, none),
        (np.flatnonzero(baskets.paid), 80, _PURCHASE, none),
    ]
    for offset, (kind, share) in enumerate(
        ((_LIKE, LIKES), (_SHARE, SHARES), (_QUESTION, QUESTIONS)), start=1
    ):
        did = draws.chance(KINDS[kind], share, visits.key[rows], places)
        pieces.append((rows[did], 10 + 5 * places[did] + offset, kind, seen[did]))
    visit = np.concatenate([rows for rows, *_ in pieces])
    position, kinds, product = (
        np.concatenate([np.broadcast_to(np.asarray(piece[part]), len(piece[0])) for piece in pieces])
        for part in (1, 2, 3)
    )
    order = np.argsort(visit * 128 + position, kind="stable")
    visit, position, kinds, product = visit[order], position[order], kinds[order], product[order]
    patience = draws.normal("patience", visits.key)[visit]
    seconds = np.array(SECONDS)[kinds] * np.exp(
        0.7 * draws.normal("seconds", visits.key[visit], position) + 0.3 * patience
    )
    seconds = np.clip(np.round(seconds), 1, 900)
    total = np.cumsum(seconds) - seconds
    landing = np.searchsorted(visit, every)  # each visit's first event
    start = visits.start[visit] + np.minimum(total - total[landing][visit], 2300)
    return Timeline(visit, kinds, product, start, seconds)


def tracked(draws: Draws, run: Run, visits: Visits) -> np.ndarray:
    """Which visits are in our events: not those on others' ground, and few on the broken day."""
    logged = np.array([channel.logged for channel in w.CHANNELS])[visits.channel]
    broken = run.within(days.BROKEN_TRACKING, visits.day)
    return logged & ~(broken & draws.chance("tracking", days.TRACKING_LOST, visits.key))


def event_rows(
    draws: Draws,
    run: Run,
    line: Timeline,
    visits: Visits,
    baskets: Baskets,
    shop: Assortment,
    ids: dict[str, pl.Series],
    value: Floats,
) -> pl.DataFrame:
    """Rows of the table events, of tracked visits.

    ids: customer_id, session_id, order_id and campaign_id by visit; value: of the order, by visit.
    """
    keep = tracked(draws, run, visits)[line.visit]
    visit, kind, product = line.visit[keep], line.kind[keep], line.product[keep]
    key, searching, bought = visits.key[visit], kind == _SEARCH, kind == _PURCHASE
    empty = draws.chance("empty search", w.EMPTY_SEARCHES, key)
    wanted = shop.category[baskets.viewed[visit, 0].clip(0)] * 3 + draws.whole("search word", 3, key)
    unmet = len(words.SEARCHES) + draws.whole("odd word", len(words.UNMET), key)
    asked = labels(words.SEARCHES + words.UNMET, np.where(empty, unmet, wanted))
    results = np.where(empty, 0, 3 + draws.poisson("results", 14.0, key))
    return pl.DataFrame(
        {
            "customer_id": ids["customer_id"].gather(visit),
            "happened_at": instants("happened_at", line.start[keep]),
            "event": labels(KINDS, kind),
            "session_id": ids["session_id"].gather(visit),
            "channel": labels(w.CHANNELS, visits.channel[visit]),
            "device": labels(w.DEVICES, visits.device[visit]),
            "region": labels(w.REGIONS, visits.region[visit]),
            "page": labels(PAGES, kind),
            "product_id": only(product >= 0, shop.ids(product.clip(0))),
            "order_id": only(bought, ids["order_id"].gather(visit)),
            "campaign_id": ids["campaign_id"].gather(visit),
            "query": only(searching, asked),
            "results": only(searching, pl.Series("results", results)),
            "duration": line.seconds[keep],
            "value": only(bought, pl.Series("value", value[visit])),
        }
    )
