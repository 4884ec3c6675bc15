"""Articles, videos, live streams and community posts. A few posts are reported and handled."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data import days, words
from sample_data import world as w
from sample_data.columns import instants, labels
from sample_data.days import DAY, HOUR, known
from sample_data.draws import Draws, Floats, Ints
from sample_data.plan import CAMPAIGNS

A_DAY, WITH_PARTNER, REPORTED = 0.8, 0.25, 0.12  # pieces; shares of pieces and of posts
KINDS = (  # kind, channel, share, people reached (median)
    ("Article", "Organic search", 0.3, 700),
    ("Video", "Social", 0.3, 2600),
    ("Live stream", "Live stream", 0.1, 1800),
    ("Community post", "Social", 0.3, 500),
)
VIDEO, LIVE, POST = 1, 2, 3
REACH_SPREAD, REACH_TREND = 1.1, 0.4  # in logs; over the year
INTERACTIONS, CLICKS, ORDERS = 0.045, 0.02, 0.02  # of people reached, of people reached, of clicks


def content_rows(draws: Draws, factor: float) -> pl.DataFrame:
    """Rows of the table content."""
    count = round(A_DAY * days.DAYS * factor**w.ASSORTMENT_GROWTH)
    piece = np.arange(count)
    kind = draws.pick("content kind", [share for _, _, share, _ in KINDS], piece)
    at = np.floor(np.sort(draws.uniform("published", piece)) * (days.DAYS * DAY - HOUR))
    usual = np.array([reach for _, _, _, reach in KINDS])[kind] * factor**0.5
    usual = usual * np.exp(REACH_TREND * at / DAY / days.DAYS)
    reach = np.round(draws.lognormal("reach", usual, REACH_SPREAD, piece))
    clicks = _some(draws, "content clicks", reach * CLICKS)
    partner = draws.chance("with partner", WITH_PARTNER, piece)
    bad = (kind == POST) & draws.chance("reported", REPORTED, piece)
    reported = np.where(bad, known(at + draws.exponential("report", 2 * DAY, piece)), np.nan)
    cost = np.where(partner, 40 + 60 * draws.uniform("content cost", piece), 15.0)
    opening = labels(words.OPENINGS, draws.whole("opening", len(words.OPENINGS), piece))
    topics = [topic for category in w.CATEGORIES for topic in category.kinds]
    return pl.DataFrame(
        {
            "content_id": [f"N{number:05d}" for number in range(1, count + 1)],
            "title": opening + " " + labels(topics, draws.whole("topic", len(topics), piece)),
            "kind": labels([name for name, _, _, _ in KINDS], kind),
            "channel": labels([channel for _, channel, _, _ in KINDS], kind),
            "campaign_id": _campaign(kind, at),
            "partner": labels(
                words.PARTNERS, np.where(partner, draws.whole("partner", len(words.PARTNERS), piece), -1)
            ),
            "published_at": instants("published_at", at),
            "reach": reach.astype(np.int64),
            "interactions": _some(draws, "interactions", reach * INTERACTIONS),
            "clicks": clicks,
            "orders": _some(draws, "content orders", clicks * ORDERS),
            "cost": np.round(np.where(kind == POST, 0.0, cost), 2),
            "reported_at": instants("reported_at", reported),
            "handled_at": instants(
                "handled_at", known(reported + draws.lognormal("handling report", 14 * HOUR, 0.8, piece))
            ),
        }
    )


def _some(draws: Draws, question: str, mean: Floats) -> Ints:
    """Counts with these means: the square root of a count varies by half (Bartlett 1936)."""
    noise = 0.5 * draws.normal(question, np.arange(len(mean)))
    return np.round(np.maximum(np.sqrt(mean) + noise, 0) ** 2).astype(np.int64)


def _campaign(kind: Ints, at: Floats) -> pl.Series:
    """Videos belong to the social ads, later to the creators; live streams to the weekly one."""
    ids = [plan.id for plan in CAMPAIGNS]
    creators = ids.index("creators")
    late = at >= days.of(CAMPAIGNS[creators].first) * DAY
    video = np.where(late, creators, ids.index("social-always"))
    code = np.where(kind == VIDEO, video, np.where(kind == LIVE, ids.index("live-weekly"), -1))
    return labels(ids, code)
