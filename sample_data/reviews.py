"""Product reviews: more by the very happy and the very unhappy."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data import opinion
from sample_data.assortment import Assortment
from sample_data.columns import instants, labels, only
from sample_data.days import DAY, known
from sample_data.draws import Draws
from sample_data.opinion import Opinions
from sample_data.orders import Lines, Orders
from sample_data.parcels import Parcels
from sample_data.people import Traits
from sample_data.surveys import LANGUAGES

WRITES, WRITES_EXTREMES, TEXT = 0.07, 0.05, 0.72  # share of lines; by squared feeling; share with words
STARS, STARS_STEP = 4.25, 1.1  # at usual satisfaction; by feeling
TOPICS = (0.6, 0.15, 0.2, 0.05, 0.0)  # weights of the drivers
REPLIES, REPLIES_BAD = 0.25, 0.70


def review_rows(
    draws: Draws,
    people: Traits,
    shop: Assortment,
    made: Orders,
    sent: Parcels,
    lines: Lines,
    felt: Opinions,
) -> pl.DataFrame:
    """Rows of the table reviews, of lines that arrived and people with an account."""
    key, row = made.key[lines.order], lines.order
    own = 0.5 * shop.quality[lines.product] + 0.6 * felt.satisfaction[row]
    own = own + 0.4 * draws.normal("review", key, lines.place)
    when = known(sent.delivered[row] + DAY + draws.exponential("review wait", 4 * DAY, key, lines.place))
    share = WRITES + WRITES_EXTREMES * np.minimum(own**2, 4)
    writes = draws.chance("reviews", share, key, lines.place) & np.isfinite(when)
    line = np.flatnonzero(writes & people.account[made.row[row]])
    key, row, own, when = key[line], row[line], own[line], when[line]
    good = own > -0.35
    topic = draws.pick("review topic", TOPICS, key)
    topic = np.where(~good & sent.late[row], opinion.DELIVERY, topic)
    chinese = people.chinese[made.row[row]]
    said = opinion.comment(draws, "review words", key, topic, good, chinese)
    replies = draws.chance("replied", np.where(good, REPLIES, REPLIES_BAD), key)
    replied = known(np.where(replies, when + draws.exponential("review reply", 2 * DAY, key), np.nan))
    number = pl.Series(lines.place[line] + 1).cast(pl.String)
    return pl.DataFrame(
        {
            "review_id": "W" + made.id.gather(row).str.slice(1) + "-" + number,
            "product_id": shop.ids(lines.product[line]),
            "order_id": made.id.gather(row),
            "customer_id": made.customer.gather(row),
            "reviewed_at": instants("reviewed_at", when),
            "score": np.clip(np.round(STARS + STARS_STEP * own), 1, 5),
            "comment": only(draws.chance("review text", TEXT, key), said),
            "language": labels(LANGUAGES, chinese.astype(int)),
            "answered_at": instants("answered_at", replied),
        }
    )
