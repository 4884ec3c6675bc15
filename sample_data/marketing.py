"""Campaigns: what is spent on them, the clicks that brings, whom they touch.

What is spent is planned and brings visits (flow.py); clicks are these visits and some that never arrive.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data import days, flow
from sample_data import world as w
from sample_data.columns import dates, instants, labels
from sample_data.days import DAY, HOUR
from sample_data.draws import Draws, Floats, Ints
from sample_data.people import Traits
from sample_data.plan import CAMPAIGNS
from sample_data.run import Run
from sample_data.visits import Visits

IDS = [campaign.id for campaign in CAMPAIGNS]
LOST_CLICKS = 0.12  # for each visit: clicks that never arrive
CLICK_RATE = {  # clicks for each impression
    "Paid search": 0.045,
    "Social": 0.011,
    "Affiliates": 0.03,
    "Live stream": 0.06,
    "Marketplace": 0.02,
}
IMPRESSIONS, IMPRESSION_BEFORE = 0.45, 1.2  # remembered before a social visit: share, mean days
NOBODY: tuple[Ints, Floats] = np.zeros(0, np.int64), np.zeros(0)
LETTERS, OPENED, OPENED_AFTER = (4, 18), 0.10, 9.0  # newsletters: days of the month, share, mean hours


def click_cost(campaign: Ints, day: Ints) -> Floats:
    """What one click costs at the usual spend; 0 in channels that are not paid for."""
    base = np.array([w.CHANNELS[code].click_cost for code in flow.CHANNEL])[campaign]
    relative = np.array([plan.cost for plan in CAMPAIGNS])[campaign]
    return base * relative * flow.click_price()[campaign, day]


def visits_by_day(campaign: Ints, day: Ints) -> Ints:
    """(days × campaigns) visits."""
    size, came = len(CAMPAIGNS), campaign >= 0
    counts = np.bincount(day[came] * size + campaign[came], minlength=days.DAYS * size)
    return counts.reshape(days.DAYS, size)


def spend_rows(draws: Draws, run: Run, factor: float, came: Ints, month: int) -> pl.DataFrame:
    """Rows of the table spend for a month. came: visits_by_day."""
    money = factor * flow.spend(draws, run)[:, days.BOUNDS[month] : days.BOUNDS[month + 1]].T
    day, campaign = np.nonzero(np.round(money, 2))
    money, day = money[day, campaign], day + days.BOUNDS[month]
    lost = LOST_CLICKS * draws.lognormal("lost clicks", 1.0, 0.5, day, campaign)
    clicks = np.round(came[day, campaign] * (1 + lost)).astype(np.int64)
    rate = np.array([CLICK_RATE.get(plan.channel, 1.0) for plan in CAMPAIGNS])[campaign]
    rate = rate * draws.lognormal("click rate", 1.0, 0.12, day, campaign)
    return pl.DataFrame(
        {
            "day": dates("day", day),
            "channel": labels(w.CHANNELS, flow.CHANNEL[campaign]),
            "campaign_id": labels(IDS, campaign),
            "spend": np.round(money, 2),
            "impressions": np.round(clicks / rate).astype(np.int64),
            "clicks": clicks,
        }
    )


def touch_rows(
    draws: Draws, run: Run, people: Traits, visits: Visits, customer: pl.Series, month: int
) -> pl.DataFrame:
    """Rows of the table touches: clicks that became visits, impressions before, newsletters opened.

    customer: ids by person.
    """
    clicked = np.flatnonzero(visits.campaign >= 0)
    social = (visits.channel == w.CHANNEL["Social"]) | (visits.channel == w.CHANNEL["Live stream"])
    shown = clicked[social[clicked]]
    shown = shown[draws.chance("impression", IMPRESSIONS, visits.key[shown])]
    ago = HOUR + draws.exponential("impression before", IMPRESSION_BEFORE * DAY, visits.key[shown])
    before = np.floor(visits.start[shown] - ago)
    shown, before = shown[before > 0], before[before > 0]
    reader, opened = _letters(draws, people, month) if "newsletter" not in run.without else NOBODY
    newsletter = np.full(len(reader), IDS.index("newsletter"))
    which = np.concatenate([visits.campaign[clicked], visits.campaign[shown], newsletter])
    at = np.concatenate([visits.start[clicked] - 4, before, opened])
    kind = np.repeat([0, 1, 2], [len(clicked), len(shown), len(reader)])
    cost = np.round(click_cost(which, (at // DAY).astype(np.int64).clip(0)), 3)
    return pl.DataFrame(
        {
            "customer_id": customer.gather(np.concatenate([visits.row[clicked], visits.row[shown], reader])),
            "touched_at": instants("touched_at", at),
            "channel": labels(w.CHANNELS, flow.CHANNEL[which]),
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


def campaign_rows(run: Run, factor: float) -> pl.DataFrame:
    """Rows of the table campaigns that run; a budget for those whose clicks are paid for."""
    lasting = np.array([(plan.last - plan.first).days + 1 for plan in CAMPAIGNS])
    rows = pl.DataFrame(
        {
            "campaign_id": IDS,
            "name": [plan.name for plan in CAMPAIGNS],
            "channel": [plan.channel for plan in CAMPAIGNS],
            "kind": [plan.kind for plan in CAMPAIGNS],
            "partner": [plan.partner or None for plan in CAMPAIGNS],
            "starts_on": [plan.first for plan in CAMPAIGNS],
            "ends_on": [plan.last for plan in CAMPAIGNS],
            "budget": np.round(flow.usual_spend() * lasting * factor, -1),
            "goal": [plan.goal for plan in CAMPAIGNS],
        }
    )
    return rows.filter(~pl.col("campaign_id").is_in(sorted(run.without)))
