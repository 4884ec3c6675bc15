"""What comes back, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data import days
from sample_data import world as w
from sample_data.assortment import Assortment
from sample_data.columns import instants, labels
from sample_data.days import DAY
from sample_data.draws import Draws, Floats, Ints
from sample_data.orders import Lines, Orders
from sample_data.parcels import Parcels
from sample_data.prices import by_category
from sample_data.run import Run

SIZE_KINDS = 2  # of the three kinds of fashion, the first two come in sizes
WRONG_SIZE = 0.5  # share of fashion returns


@dataclass(frozen=True)
class Returned:
    """Arrays of one length, a line that came back each; `line` is its row in the lines."""

    line: Ints
    at: Floats
    units: Ints


def returned(draws: Draws, run: Run, shop: Assortment, made: Orders, sent: Parcels, lines: Lines) -> Returned:
    """Whole lines mostly, sometimes one of several units; more of late parcels and of wrong sizes.

    What comes back after the last day is not known.
    """
    order, product = lines.order, lines.product
    chance = by_category("returns", shop.category[product])
    chance = chance * np.where(sent.late[order], w.LATE_RETURNS, 1.0)
    wrong = run.within(days.SIZING, made.day[order]) & (shop.merchant[product] == sizing_merchant(shop))
    chance = chance * np.where(wrong & (shop.kind[product] < SIZE_KINDS), days.SIZING_RETURNS, 1.0)
    key = made.key[order]
    back = draws.chance("returned", chance, key, lines.place)
    wait = DAY + draws.exponential("return after", w.RETURN_AFTER * DAY, made.key)
    at = days.known(sent.home(made) + wait)[order]
    line = np.flatnonzero(back & np.isfinite(at))
    partly = draws.chance("partly", 0.3, key[line], lines.place[line])
    return Returned(line, at[line], np.where(partly, 1, lines.units[line]))


def sizing_merchant(shop: Assortment) -> int:
    """The fashion merchant with the most views sells by a wrong size table in the end."""
    fashion = shop.category == w.CATEGORY["Fashion"]
    return int(np.argmax(np.bincount(shop.merchant[fashion], shop.popularity[fashion])))


def return_rows(draws: Draws, shop: Assortment, made: Orders, lines: Lines, back: Returned) -> pl.DataFrame:
    """Rows of the table returns. An exchange gives no money back."""
    line, row = back.line, lines.order[back.line]
    key, product = made.key[row], lines.product[line]
    swapped = draws.chance("exchange", w.EXCHANGES, key)
    value = lines.net[line] * back.units / lines.units[line]
    refunded = back.at + DAY + draws.exponential("refund after", 2 * DAY, key)
    fashion = shop.category[product] == w.CATEGORY["Fashion"]
    sized = fashion & draws.chance("size", WRONG_SIZE, key, lines.place[line])
    reason = draws.pick("return reason", [share for _, share in w.RETURN_REASONS], key, lines.place[line])
    return pl.DataFrame(
        {
            "return_id": "R" + made.id.gather(row).str.slice(1),
            "line_id": pl.Series(lines.place[line] + 1).cast(pl.String),
            "order_id": made.id.gather(row),
            "product_id": shop.ids(product),
            "customer_id": made.customer.gather(row),
            "returned_at": instants("returned_at", back.at),
            "refunded_at": instants("refunded_at", np.fmax(days.known(refunded), back.at)),
            "units": back.units,
            "refund_value": np.where(swapped, 0.0, np.round(value, 2)),
            "kind": labels(("return", "exchange"), swapped.astype(int)),
            "reason": labels([name for name, _ in w.RETURN_REASONS], np.where(sized, 0, reason)),
            "channel": labels(w.CHANNELS, made.channel[row]),
            "region": labels(w.REGIONS, made.region[row]),
        }
    )
