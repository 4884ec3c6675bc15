"""Campaigns, what they cost, whom they touch, and the content that carries them.

Clicks follow the visits that came by a campaign; a click costs what the channel's clicks cost that
day. Content is what partners and we publish.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from sample_data import days, words
from sample_data import world as w
from sample_data.parcels import DAY, HOUR, known
from sample_data.draws import Draws, Floats, Ints
from sample_data.people import Traits
from sample_data.visits import Visits


@dataclass(frozen=True)
class Campaign:
    """share: of the channel's visits that come by it while it runs. cost: of a click, relative."""

    id: str
    name: str
    channel: str
    kind: str
    share: float
    first: date = days.START
    last: date = days.END
    cost: float = 1.0
    partner: str = ""
    goal: str = "Orders"


CAMPAIGNS = (  # of several that run, the later in this list is asked first
    Campaign("sem-brand", "Brand words", "Paid search", "SEM", 0.40, cost=0.5),
    Campaign("sem-generic", "Product words", "Paid search", "SEM", 1.0, cost=1.25),
    Campaign("social-always", "Always-on social ads", "Social", "Social", 0.50),
    Campaign("affiliates", "Affiliate network", "Affiliates", "Partner", 1.0, partner="Coupon Corner"),
    Campaign("live-weekly", "Weekly live stream", "Live stream", "Live stream", 0.85, partner="Studio Kiwi"),
    Campaign("market-ads", "Flagship store ads", "Marketplace", "Marketplace ads", 0.45),
    Campaign("newsletter", "Newsletter", "E-mail", "E-mail", 0.9, goal="Repeat orders"),
    Campaign("summer-social", "Summer looks", "Social", "Social", 0.4, date(2025, 7, 10), date(2025, 7, 31)),
    Campaign("moon-content", "Tea stories", "Organic search", "Content", 0.12, date(2025, 9, 15), date(2025, 10, 6), partner="Osmanthus Tea House", goal="Reach"),
    Campaign("double11-social", "11.11 countdown", "Social", "Social", 0.6, date(2025, 11, 1), date(2025, 11, 11), 1.3),
    Campaign("double11-search", "11.11 search", "Paid search", "SEM", 0.45, date(2025, 11, 8), date(2025, 11, 11), 1.5),
    Campaign("double12-live", "12.12 live night", "Live stream", "Live stream", 0.8, date(2025, 12, 11), date(2025, 12, 12), 1.4, "Studio Kiwi"),
    Campaign("gifts-social", "Gift guide", "Social", "Content", 0.3, date(2025, 12, 10), date(2025, 12, 24), goal="Reach"),
    Campaign("newyear-market", "New Year flagship fair", "Marketplace", "Marketplace ads", 0.6, date(2026, 1, 31), date(2026, 2, 12), 1.2),
    Campaign("spring-social", "Spring sale", "Social", "Social", 0.5, date(2026, 3, 9), date(2026, 3, 19), 1.1),
    Campaign("creators", "Beauty creators", "Social", "Social", 0.35, date(2026, 4, 20), date(2026, 6, 30), 0.8, "Glow Collective", "New customers"),
    Campaign("winback", "We miss you", "E-mail", "E-mail", 0.4, date(2026, 5, 11), date(2026, 5, 31), goal="Win back"),
    Campaign("double6-search", "6.18 search", "Paid search", "SEM", 0.45, date(2026, 6, 12), date(2026, 6, 18), 1.5),
    Campaign("double6-live", "6.18 live night", "Live stream", "Live stream", 0.8, date(2026, 6, 16), date(2026, 6, 18), 1.3, "Studio Kiwi"),
)  # fmt: skip
NO_CAMPAIGN = len(CAMPAIGNS)
IDS = pl.Series([campaign.id for campaign in CAMPAIGNS] + [None])
CLICKS = 1.12  # for each visit: some never arrive
CLICK_RATE = {
    "Paid search": 0.045,
    "Social": 0.011,
    "Affiliates": 0.03,
    "Live stream": 0.06,
    "Marketplace": 0.02,
}
IMPRESSION, OPENED = 0.45, 0.10  # contacts remembered before a social visit; newsletters opened


def campaign_of(draws: Draws, visits: Visits) -> Ints:
    """The campaign each visit came by, NO_CAMPAIGN where none."""
    found = np.full(len(visits), NO_CAMPAIGN)
    for number in reversed(range(len(CAMPAIGNS))):
        plan = CAMPAIGNS[number]
        free = (found == NO_CAMPAIGN) & (visits.channel == w.CHANNEL[plan.channel])
        free &= (visits.day >= days.of(plan.first)) & (visits.day <= days.of(plan.last))
        rows = np.flatnonzero(free)
        found[rows[draws.chance("campaign", plan.share, visits.key[rows], number)]] = number
    return found


def click_cost(campaign: Ints, day: Ints) -> Floats:
    """What one click costs; 0 for channels that are not paid for."""
    plans = [*CAMPAIGNS, CAMPAIGNS[-1]]
    channel = np.array([w.CHANNEL[plan.channel] for plan in plans])[campaign]
    base, trend = (
        np.array([getattr(c, name) for c in w.CHANNELS])[channel] for name in ("click_cost", "click_trend")
    )
    relative = np.array([plan.cost for plan in plans])[campaign]
    busy = days.season()[day] ** 0.3
    return np.where(
        campaign == NO_CAMPAIGN, 0.0, base * relative * busy * np.exp(trend * days.elapsed()[day])
    )


def visits_by_day(campaign: Ints, day: Ints) -> Ints:
    """(days × campaigns) visits, those of no campaign in the last column."""
    size = NO_CAMPAIGN + 1
    return np.bincount(day * size + campaign, minlength=days.DAYS * size).reshape(days.DAYS, size)


def spend_rows(draws: Draws, came: Ints, month: int) -> pl.DataFrame:
    """Rows of the table spend for a month, from visits_by_day."""
    day, campaign = np.nonzero(came[days.BOUNDS[month] : days.BOUNDS[month + 1], :NO_CAMPAIGN])
    day = day + days.BOUNDS[month]
    price = click_cost(campaign, day)
    day, campaign, price = day[price > 0], campaign[price > 0], price[price > 0]
    channel = pl.Series([plan.channel for plan in CAMPAIGNS]).gather(campaign)
    clicks = came[day, campaign] + draws.poisson(
        "lost clicks", came[day, campaign] * (CLICKS - 1), day, campaign
    )
    rate = np.array([CLICK_RATE[name] for name in channel]) * draws.lognormal(
        "click rate", 1.0, 0.12, day, campaign
    )
    return pl.DataFrame(
        {
            "day": days.dates("day", day),
            "channel": channel,
            "campaign_id": IDS.gather(campaign),
            "spend": np.round(clicks * price * draws.lognormal("click price", 1.0, 0.10, day, campaign), 2),
            "impressions": np.round(clicks / rate).astype(np.int64),
            "clicks": clicks,
        }
    )


def touch_rows(
    draws: Draws, people: Traits, ids: pl.Series, visits: Visits, campaign: Ints, month: int
) -> pl.DataFrame:
    """Rows of the table touches: clicks that became visits, impressions before, newsletters opened.

    ids: customer_id by row of the traits.
    """
    clicked = np.flatnonzero(campaign != NO_CAMPAIGN)
    social = (visits.channel == w.CHANNEL["Social"]) | (visits.channel == w.CHANNEL["Live stream"])
    able = clicked[social[clicked]]
    shown = able[draws.chance("impression", IMPRESSION, visits.key[able])]
    before = np.floor(
        visits.start[shown] - HOUR - draws.exponential("impression before", 1.2 * DAY, visits.key[shown])
    )
    shown, before = shown[before > 0], before[before > 0]
    letters = np.array([days.BOUNDS[month] + 4, days.BOUNDS[month] + 18])
    row, letter = np.nonzero(
        (people.consent & people.account & (people.leaves > letters[0]))[:, None]
        & (people.arrives[:, None] < letters)
    )
    opens = draws.chance("opened", OPENED, people.person[row], letters[letter])
    row, letter = row[opens], letter[opens]
    wait = np.minimum(draws.exponential("open wait", 9 * HOUR, people.person[row], letters[letter]), 5 * DAY)
    opened = np.floor(letters[letter] * DAY + 9 * HOUR + wait)
    mail = [plan.id for plan in CAMPAIGNS].index("newsletter")
    which = np.concatenate([campaign[clicked], campaign[shown], np.full(len(row), mail)])
    at = np.concatenate([visits.start[clicked] - 4, before, opened])
    kind = np.repeat([0, 1, 2], [len(clicked), len(shown), len(row)])
    day = (at // DAY).astype(np.int64).clip(0)
    return pl.DataFrame(
        {
            "customer_id": ids.gather(np.concatenate([visits.row[clicked], visits.row[shown], row])),
            "touched_at": days.instants("touched_at", known(at)),
            "channel": pl.Series([plan.channel for plan in CAMPAIGNS]).gather(which),
            "campaign_id": IDS.gather(which),
            "kind": pl.Series(("click", "impression", "open")).gather(kind),
            "cost": np.where(kind == 0, np.round(click_cost(which, day), 3), 0.0),
        }
    )


def campaign_rows(factor: float) -> pl.DataFrame:
    """Rows of the table campaigns."""
    lasting = [(plan.last - plan.first).days + 1 for plan in CAMPAIGNS]
    daily = [
        24.0 * plan.share * plan.cost * factor * (w.CHANNELS[w.CHANNEL[plan.channel]].click_cost > 0)
        for plan in CAMPAIGNS
    ]
    return pl.DataFrame(
        {
            "campaign_id": IDS.head(NO_CAMPAIGN),
            "name": [plan.name for plan in CAMPAIGNS],
            "channel": [plan.channel for plan in CAMPAIGNS],
            "kind": [plan.kind for plan in CAMPAIGNS],
            "partner": [plan.partner or None for plan in CAMPAIGNS],
            "starts_on": [plan.first for plan in CAMPAIGNS],
            "ends_on": [plan.last for plan in CAMPAIGNS],
            "budget": [round(d * n, -1) for d, n in zip(daily, lasting, strict=True)],
            "goal": [plan.goal for plan in CAMPAIGNS],
        }
    )


CONTENT_A_DAY = 0.8
CONTENT = (
    ("Article", "Organic search", 700),
    ("Video", "Social", 2600),
    ("Live stream", "Live stream", 1800),
    ("Community post", "Social", 500),
)


def content_rows(draws: Draws, factor: float) -> pl.DataFrame:
    """Rows of the table content: reach is lognormal; a few posts are reported and handled."""
    count = round(CONTENT_A_DAY * days.DAYS * factor**w.ASSORTMENT_GROWTH)
    piece = np.arange(count)
    kind = draws.pick("content kind", (0.3, 0.3, 0.1, 0.3), piece)
    at = np.sort(draws.uniform("published", piece)) * (days.DAYS * DAY - HOUR)
    median = (
        np.array([reach for _, _, reach in CONTENT])[kind] * np.exp(0.4 * at / DAY / days.DAYS) * factor**0.5
    )
    reach = draws.lognormal("reach", median, 1.1, piece).astype(np.int64)
    liked = draws.poisson("liked", np.minimum(reach * 0.045, 300), piece)
    clicks = draws.poisson("content clicks", np.minimum(reach * 0.02, 300), piece)
    partner = draws.chance("with partner", 0.25, piece)
    reported = np.where(
        (kind == 3) & draws.chance("reported", 0.12, piece),
        at + draws.exponential("report", 2 * DAY, piece),
        np.nan,
    )
    handled = known(reported + draws.lognormal("handling report", 14 * HOUR, 0.8, piece))
    topic = pl.Series([kinds for category in w.CATEGORIES for kinds in category.kinds])
    opening = pl.Series(
        ("How to choose", "Five ideas for", "Behind the scenes:", "Our customers on", "New this week:")
    )
    cost = np.where(partner, 40 + 60 * draws.uniform("content cost", piece), 15.0) * np.where(kind == 3, 0, 1)
    return pl.DataFrame(
        {
            "content_id": [f"N{number:05d}" for number in range(1, count + 1)],
            "title": opening.gather(draws.whole("opening", 5, piece))
            + " "
            + topic.gather(draws.whole("topic", 24, piece)),
            "kind": pl.Series([name for name, _, _ in CONTENT]).gather(kind),
            "channel": pl.Series([channel for _, channel, _ in CONTENT]).gather(kind),
            "campaign_id": pl.Series(("social-always", "live-weekly", "creators", None)).gather(
                np.where(
                    kind == 2,
                    1,
                    np.where(
                        (kind == 1) & (at > days.of(date(2026, 4, 20)) * DAY), 2, np.where(kind == 1, 0, 3)
                    ),
                )
            ),
            "partner": pl.Series((*words.PARTNERS, None)).gather(
                np.where(partner, draws.whole("partner", len(words.PARTNERS), piece), len(words.PARTNERS))
            ),
            "published_at": days.instants("published_at", at),
            "reach": reach,
            "interactions": liked,
            "clicks": clicks,
            "orders": draws.poisson("content orders", clicks * 0.02, piece),
            "cost": np.round(cost, 2),
            "reported_at": days.instants("reported_at", known(reported)),
            "handled_at": days.instants("handled_at", handled),
        }
    )
