"""Who comes when: the visits of one month, from a Poisson process thinned by season and channel.

Candidates come at the person's rate times the day's highest flow of any channel in any run; each stays
with probability flow of its day and channel ÷ highest flow (Lewis and Shedler 1979). The highest flow is
that of FACTUAL, so a run that takes something away takes away visits and leaves all others as they were.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data import days
from sample_data import world as w
from sample_data.draws import Draws, Floats, Ints, Keys
from sample_data.flow import Flow
from sample_data.people import Memory, Traits, arrival_key


@dataclass(frozen=True)
class Visits:
    """Arrays of one length, a visit each."""

    row: Ints  # of its person in the traits
    person: Ints
    number: Ints  # of the visit in its person's month; 0 is the first of all
    key: Keys
    day: Ints
    start: Floats  # seconds since the first day's midnight
    channel: Ints
    campaign: Ints  # −1 where it came by none
    device: Ints
    region: Ints

    def __len__(self) -> int:
        return len(self.person)

    def take(self, rows: np.ndarray) -> Visits:
        return Visits(**{name: values[rows] for name, values in vars(self).items()})


def visits(draws: Draws, people: Traits, memory: Memory, flow: Flow, usual: Flow, month: int) -> Visits:
    """The visits of one month by these people. usual: the flow of FACTUAL."""
    first, last = days.BOUNDS[month], days.BOUNDS[month + 1]
    here = np.flatnonzero((people.arrives < last) & (people.leaves > first) & ~memory.gone)
    arrived = here[people.arrives[here] >= first]
    level, stack = usual.arrivals.max(axis=0)[first:last], usual.stack.max(axis=0)[first:last]
    most = level * stack
    rate = np.minimum(people.rate[here] * memory.pull[here], w.VISIT_CAP)
    count = draws.poisson("visits", rate * most.sum() / 30.4, people.person[here], month)
    at = np.repeat(np.arange(len(here)), count)
    number = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count) + 1
    row = here[at]
    key = draws.key("visit", people.person[row], month + 1, number)
    place = draws.pick("day", most, key)
    day = first + place
    others = draws.pick("channel", flow.shares, key)
    # cookies and one half of the visits of accounts come by the person's own channel
    own = draws.chance("own channel", w.HOME_CHANNEL, key) | ~people.account[row]
    channel = np.where(own, people.channel[row], others)
    refused = (channel == w.CHANNEL["E-mail"]) & ~people.consent[row]
    channel = np.where(refused, w.CHANNEL["Direct"], channel)
    kept = draws.uniform("thinning", key) * level[place] < flow.level[channel, day]
    kept &= (day > people.arrives[row]) & (day < people.leaves[row])
    row, number, key, day, channel = row[kept], number[kept], key[kept], day[kept], channel[kept]
    layer = draws.uniform("layer", key) * stack[day - first]
    channel, campaign = flow.campaign(draws, layer, key, channel, day)
    came = channel >= 0
    row, number, key, day = row[came], number[came], key[came], day[came]
    key = np.concatenate([arrival_key(draws, people.person[arrived]), key])
    row = np.concatenate([arrived, row])
    day = np.concatenate([people.arrives[arrived].astype(np.int64), day])
    return Visits(
        row=row,
        person=people.person[row],
        number=np.concatenate([np.zeros(len(arrived), np.int64), number]),
        key=key,
        day=day,
        start=day * 86_400.0 + np.floor(days.second_of_day(draws, key)),
        channel=np.concatenate([people.channel[arrived], channel[came]]),
        campaign=np.concatenate([people.campaign[arrived], campaign[came]]),
        device=_device(draws, key, people.mobile[row], day),
        region=people.region[row],
    )


def _device(draws: Draws, key: Keys, leaning: Floats, day: Ints) -> Ints:
    mobile = (w.MOBILE_SHARE + leaning + w.MOBILE_TREND * days.elapsed()[day]).clip(0.05, 0.93)
    luck = draws.uniform("device", key)
    return np.where(luck < mobile, 0, np.where(luck < 1 - w.TABLET_SHARE * (1 - mobile) * 2.5, 1, 2))
