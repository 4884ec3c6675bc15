"""How many come by each channel on each day: season, trend, promotions, and campaigns by their spend.

A channel's visits are those that come by themselves and, on top of them, one layer for each campaign:

    visits = level × (organic + Σ reach of its campaigns)
    reach  = usual reach × (1 + HALF) x ÷ (HALF + x),  x = stock of advertising ÷ the usual one
    stock  = (1 − CARRY) Σ CARRY^i × spend i days ago ÷ the day's price of a click

which is geometric adstock with Michaelis-Menten saturation (Jin et al. 2017, "Bayesian methods for media
mix modeling with carryover and shape effects"): at the usual spend, 1 % more of it brings
HALF ÷ (1 + HALF) % more. A visit in a layer that is missing in a run stays away, or comes by itself
with the campaign's share `anyway`: that share of a campaign's visits is not its merit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sample_data import days
from sample_data import world as w
from sample_data.draws import Draws, Floats, Ints
from sample_data.plan import AFTER, CAMPAIGNS
from sample_data.run import FACTUAL, Run

HALF = 1.0
CARRY = {"Paid search": 0.1, "Social": 0.6, "Affiliates": 0.2, "Live stream": 0.4, "Marketplace": 0.2}
BUSY = 0.3  # power of the season that clicks cost more by
VISITS_A_DAY = 420  # of a shop of size 1; sets what a campaign's usual spend is
GROWN = 0.35  # growth of what is spent over the year, in logs: beyond what it still brings in proportion
FLIGHTS, PAUSE, PAUSED = 0.28, 0.12, 0.25  # log spread of weekly spend; share of weeks nearly off; spend then
CHANNEL = np.array([w.CHANNEL[campaign.channel] for campaign in CAMPAIGNS])
DIRECT = w.CHANNEL["Direct"]


@dataclass(frozen=True)
class Flow:
    """Visits of a run, relative to a channel's at the start of the year. Arrays are × days.

    shares: of the channels in visits at the start of the year. level: channels, with what sales take
    away after them. arrivals: the same for people who come for the first time, whom no sale keeps away.
    reach, planned: campaigns, in this run and in FACTUAL.
    """

    shares: Floats
    level: Floats
    arrivals: Floats
    reach: Floats
    planned: Floats

    @cached_property
    def starts(self) -> Floats:
        """(campaigns × days) where each one's layer begins, on top of its channel's others."""
        found = np.zeros_like(self.planned)
        for channel in range(len(w.CHANNELS)):
            mine = np.flatnonzero(channel == CHANNEL)
            layers = np.cumsum(self.planned[mine], axis=0)
            found[mine] = organic()[channel] + layers - self.planned[mine]
        return found

    @cached_property
    def stack(self) -> Floats:
        """(channels × days) the height of all layers as planned."""
        found = np.repeat(organic()[:, None], days.DAYS, axis=1)
        np.add.at(found, CHANNEL, self.planned)
        return found

    def campaign(
        self, draws: Draws, place: Floats, key: np.ndarray, channel: Ints, day: Ints
    ) -> tuple[Ints, Ints]:
        """The channel by which each one comes, −1 where nobody does, and the campaign, −1 where none.

        place: in the channel's stack of layers.
        """
        found = np.where(place < organic()[channel], channel, -1)
        which = np.full(len(place), -1)
        for number in range(len(CAMPAIGNS)):
            rows = np.flatnonzero(channel == CHANNEL[number])
            above = place[rows] - self.starts[number, day[rows]]
            rows, above = rows[above >= 0], above[above >= 0]
            inside = above < self.planned[number, day[rows]]
            rows, above = rows[inside], above[inside]
            there = above < self.reach[number, day[rows]]
            found[rows[there]], which[rows[there]] = channel[rows[there]], number
            rest = rows[~there]
            found[rest[draws.chance("anyway", CAMPAIGNS[number].anyway, key[rest])]] = DIRECT
        return found, which


def organic() -> Floats:
    """By channel: the share of its usual visits that no campaign brings."""
    found = np.ones(len(w.CHANNELS))
    for number, campaign in enumerate(CAMPAIGNS):
        if campaign.first == days.START and campaign.last == days.END:
            found[CHANNEL[number]] -= campaign.reach
    return found.round(12)


def flow(draws: Draws, run: Run, elsewhere: float = 1.0, usual: Flow | None = None) -> Flow:
    """elsewhere: weight of the channels whose visits are not in our events, relative to world.CHANNELS.

    usual: the flow of FACTUAL, where it is known.
    """
    shares = np.array([channel.share * (1.0 if channel.logged else elsewhere) for channel in w.CHANNELS])
    trends = np.array([channel.trend for channel in w.CHANNELS])
    day = np.arange(days.DAYS)
    arrivals = np.exp(trends[:, None] * days.elapsed()) * days.season()
    arrivals[w.CHANNEL["Social"], run.within(days.VIRAL, day)] *= days.VIRAL_SOCIAL
    after = np.ones(days.DAYS)
    for promotion in run.promotions:
        first, last = days.of(promotion.first), days.of(promotion.last)
        arrivals[:, first : last + 1] *= promotion.visits
        after[last + 1 : last + 1 + AFTER] *= promotion.after
    planned = usual.reach if usual else reach(draws, FACTUAL)
    found = reach(draws, run) if run.spend or run.without else planned
    return Flow(shares, arrivals * after, arrivals, found, planned)


def usual_spend() -> Floats:
    """By campaign, a day in a shop of size 1: what its usual visits' clicks cost at the year's start."""
    channels = [w.CHANNELS[code] for code in CHANNEL]
    visits = np.array([channel.share for channel in channels]) / sum(one.share for one in w.CHANNELS)
    clicks = np.array([channel.click_cost for channel in channels]) * [one.cost for one in CAMPAIGNS]
    return visits * VISITS_A_DAY * clicks * [one.reach for one in CAMPAIGNS]


def click_price() -> Floats:
    """(campaigns × days) the price of a click relative to the start of the year."""
    trend = np.array([w.CHANNELS[code].click_trend for code in CHANNEL])
    return np.exp(trend[:, None] * days.elapsed()) * days.season() ** BUSY


def spend(draws: Draws, run: Run) -> Floats:
    """(campaigns × days) money spent in a shop of size 1; weeks are flighted, a few are nearly dark."""
    number, week = np.arange(len(CAMPAIGNS))[:, None], np.arange(days.DAYS) // 7
    flight = draws.lognormal("flight", 1.0, FLIGHTS, number, week)
    dark = draws.chance("pause", PAUSE, number, week) & (_length() > 60)[:, None]
    flight = np.where(dark, PAUSED, flight)
    kept = np.array([0.0 if c.id in run.without else run.spend.get(c.id, 1.0) for c in CAMPAIGNS])
    budget = usual_spend()[:, None] * np.exp(GROWN * days.elapsed())
    return budget * flight * click_price() * _active() * kept[:, None]


def reach(draws: Draws, run: Run) -> Floats:
    """(campaigns × days) visits that each one brings, relative to its channel's at the year's start."""
    usual, money = usual_spend()[:, None], spend(draws, run)
    free = usual[:, 0] == 0
    with np.errstate(invalid="ignore"):
        pressure = np.where(free[:, None], 1.0, money / usual / click_price())
    carry = np.array([CARRY.get(one.channel, 0.0) for one in CAMPAIGNS])
    kept = np.array([0.0 if one.id in run.without else run.spend.get(one.id, 1.0) for one in CAMPAIGNS])
    stock = np.zeros_like(pressure)
    held = np.where(_active()[:, 0], kept, 0.0)  # as if the year before had been usual
    for day in range(days.DAYS):
        held = carry * held + (1 - carry) * pressure[:, day]
        stock[:, day] = held
    response = (1 + HALF) * stock / (HALF + stock)
    response[free] = (kept > 0)[free, None]
    return np.array([one.reach for one in CAMPAIGNS])[:, None] * response * _active()


def _active() -> np.ndarray:
    day = np.arange(days.DAYS)
    return np.array([(day >= days.of(one.first)) & (day <= days.of(one.last)) for one in CAMPAIGNS])


def _length() -> Ints:
    return np.array([(one.last - one.first).days + 1 for one in CAMPAIGNS])
