"""Campaigns: which visits come by them, what their clicks cost, whom they touch.

Clicks follow the visits that came by a campaign; a click costs what the channel's clicks cost that day.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data import days
from sample_data import world as w
from sample_data.columns import dates, instants, labels
from sample_data.days import DAY, HOUR
from sample_data.draws import Draws, Floats, Ints
from sample_data.people import Traits
from sample_data.plan import CAMPAIGNS
from sample_data.visits import Visits

IDS = [campaign.id for campaign in CAMPAIGNS]
CHANNEL = np.array([w.CHANNEL[campaign.channel] for campaign in CAMPAIGNS])
LOST_CLICKS = 0.12  # for each visit: clicks that never arrive
CLICK_RATE = {  # clicks for each impression
    "Paid search": 0.045,
    "Social": 0.011,
    "Affiliates": 0.03,
    "Live stream": 0.06,
    "Marketplace": 0.02,
}
BUSY = 0.3  # power of the season that clicks cost more by
IMPRESSIONS, IMPRESSION_BEFORE = 0.45, 1.2  # remembered before a social visit: share, mean days
LETTERS, OPENED, OPENED_AFTER = (4, 18), 0.10, 9.0  # newsletters: days of the month, share, mean hours


def campaign_of(draws: Draws, visits: Visits) -> Ints:
    """The campaign each visit came by, −1 where none."""
    found = np.full(len(visits), -1)
    for number in reversed(range(len(CAMPAIGNS))):
        plan = CAMPAIGNS[number]
        free = (found < 0) & (visits.channel == CHANNEL[number])
        free &= (visits.day >= days.of(plan.first)) & (visits.day <= days.of(plan.last))
        rows = np.flatnonzero(free)
        found[rows[draws.chance("campaign", plan.share, visits.key[rows], number)]] = number
    return found


def click_cost(campaign: Ints, day: Ints) -> Floats:
    """What one click costs; 0 in channels that are not paid for."""
    channels = [w.CHANNELS[code] for code in CHANNEL]
    base = np.array([channel.click_cost for channel in channels])[campaign]
    trend = np.array([channel.click_trend for channel in channels])[campaign]
    relative = np.array([plan.cost for plan in CAMPAIGNS])[campaign]
    return base * relative * days.season()[day] ** BUSY * np.exp(trend * days.elapsed()[day])


def visits_by_day(campaign: Ints, day: Ints) -> Ints:
    """(days × campaigns) visits."""
    size, came = len(CAMPAIGNS), campaign >= 0
    counts = np.bincount(day[came] * size + campaign[came], minlength=days.DAYS * size)
    return counts.reshape(days.DAYS, size)


def spend_rows(draws: Draws, came: Ints, month: int) -> pl.DataFrame:
    """Rows of the table spend for a month, from visits_by_day."""
    day, campaign = np.nonzero(came[days.BOUNDS[month] : days.BOUNDS[month + 1]])
    day = day + days.BOUNDS[month]
    cost = click_cost(campaign, day)
    day, campaign, cost = day[cost > 0], campaign[cost > 0], cost[cost > 0]
    lost = LOST_CLICKS * draws.lognormal("lost clicks", 1.0, 0.5, day, campaign)
    clicks = np.round(came[day, campaign] * (1 + lost)).astype(np.int64)
    rate = np.array([CLICK_RATE.get(plan.channel, 1.0) for plan in CAMPAIGNS])[campaign]
    rate = rate * draws.lognormal("click rate", 1.0, 0.12, day, campaign)
    return pl.DataFrame(
        {
            "day": dates("day", day),
            "channel": labels(w.CHANNELS, CHANNEL[campaign]),
            "campaign_id": labels(IDS, campaign),
            "spend": np.round(clicks * cost * draws.lognormal("click price", 1.0, 0.10, day, campaign), 2),
            "impressions": np.round(clicks / rate).astype(np.int64),
            "clicks": clicks,
        }
    )


def touch_rows(
    draws: Draws, people: Traits, visits: Visits, campaign: Ints, customer: pl.Series, month: int
) -> pl.DataFrame:
    """Rows of the table touches: clicks that became visits, impressions before, newsletters opened.

    customer: ids by person.
    """
    clicked = np.flatnonzero(campaign >= 0)
    social = (visits.channel == w.CHANNEL["Social"]) | (visits.channel == w.CHANNEL["Live stream"])
    shown = clicked[social[clicked]]
    shown = shown[draws.chance("impression", IMPRESSIONS, visits.key[shown])]
    ago = HOUR + draws.exponential("impression before", IMPRESSION_BEFORE * DAY, visits.key[shown])
    before = np.floor(visits.start[shown] - ago)
    shown, before = shown[before > 0], before[before > 0]
    reader, opened = _letters(draws, people, month)
    newsletter = np.full(len(reader), IDS.index("newsletter"))
    which = np.concatenate([campaign[clicked], campaign[shown], newsletter])
    at = np.concatenate([visits.start[clicked] - 4, before, opened])
    kind = np.repeat([0, 1, 2], [len(clicked), len(shown), len(reader)])
    cost = np.round(click_cost(which, (at // DAY).astype(np.int64).clip(0)), 3)
    return pl.DataFrame(
        {
            "customer_id": customer.gather(np.concatenate([visits.row[clicked], visits.row[shown], reader])),
            "touched_at": instants("touched_at", at),
            "channel": labels(w.CHANNELS, CHANNEL[which]),
            "campaign_id": labels(IDS, which),
            "kind": labels(("click", "impression", "open"), kind),
            "cost": np.where(kind == 0, cost, 0.0),
        }
    )


def _letters(draws: Draws, people: Traits, month: int) -> tuple[Ints, Floats]:
    """Newsletters opened: by whom (row of the traits) and when."""
    sent = days.BOUNDS[month] + np.array(LETTERS)
    reads = people.consent & people.account & (people.leaves > sent[0])
    row, letter = np.nonzero(reads[:, None] & (people.arrives[:, None] < sent))
    opens = draws.chance("opened", OPENED, people.person[row], sent[letter])
    row, day = row[opens], sent[letter[opens]]
    wait = np.minimum(draws.exponential("open wait", OPENED_AFTER * HOUR, people.person[row], day), 5 * DAY)
    return row, np.floor(day * DAY + 9 * HOUR + wait)


def campaign_rows(factor: float) -> pl.DataFrame:
    """Rows of the table campaigns; a budget for those whose clicks are paid for."""
    paid = np.array([w.CHANNELS[code].click_cost for code in CHANNEL]) > 0
    lasting = np.array([(plan.last - plan.first).days + 1 for plan in CAMPAIGNS])
    daily = np.array([plan.share * plan.cost for plan in CAMPAIGNS]) * w.DAILY_BUDGET * factor
    return pl.DataFrame(
        {
            "campaign_id": IDS,
            "name": [plan.name for plan in CAMPAIGNS],
            "channel": [plan.channel for plan in CAMPAIGNS],
            "kind": [plan.kind for plan in CAMPAIGNS],
            "partner": [plan.partner or None for plan in CAMPAIGNS],
            "starts_on": [plan.first for plan in CAMPAIGNS],
            "ends_on": [plan.last for plan in CAMPAIGNS],
            "budget": np.round(daily * lasting * paid, -1),
            "goal": [plan.goal for plan in CAMPAIGNS],
        }
    )
