"""Who there is: people with an account and cookies without, their traits and their lifetimes.

A trait is a draw by person, so it can be made again for any people at any time; nothing about a
person needs to be kept but what happened to them (`Memory`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sample_data import days, words
from sample_data import world as w
from sample_data.columns import drawn, instants, labels, only
from sample_data.draws import Draws, Floats, Ints, Keys
from sample_data.flow import Flow


@dataclass(frozen=True)
class Population:
    """Persons 0 … customers − 1 have an account, the others up to `people` are cookies."""

    customers: int
    cookies: int

    @property
    def people(self) -> int:
        return self.customers + self.cookies

    def part(self, most: int) -> Ints:
        """Every person, or `most` of them, spread evenly over accounts and cookies."""
        if self.people <= most:
            return np.arange(self.people)
        return np.unique((np.arange(most) + 0.5) * self.people / most).astype(np.int64)

    def ids(self, person: Ints) -> pl.Series:
        """customer_id of each person: C… for an account, V… for a cookie."""
        width = len(str(self.people))
        number = pl.Series("customer_id", person + 1).cast(pl.String).str.zfill(width)
        letter = pl.Series(np.where(person < self.customers, "C", "V"))
        return (letter + number).alias("customer_id")


@dataclass(frozen=True)
class Traits:
    """Arrays of one length, a person each. Days are numbers from the first day, and may be negative."""

    person: Ints
    account: np.ndarray
    group: Ints  # −1 for a cookie
    arrives: Floats  # day; beyond the year for those whom this run does not bring
    leaves: Floats  # day
    rate: Floats  # visits a month
    region: Ints
    channel: Ints  # that brought them, and that they mostly come by
    campaign: Ints  # that brought them this year, −1 where none
    category: Ints  # that they mostly look at
    focus: Floats  # share of visits in it
    buys: Floats  # added to the utility of every product
    mobile: Floats  # added to the share of visits on mobile
    beta: Floats  # price sensitivity in the logit, negative
    chinese: np.ndarray  # writes in Chinese
    consent: np.ndarray
    mood: Floats  # how content by nature, standard normal

    def take(self, rows: Ints) -> Traits:
        return Traits(**{name: values[rows] for name, values in vars(self).items()})


@dataclass
class Memory:
    """What happened to some people so far, a row each; the next month depends on it.

    pull: factor on the visit rate. orders: bought so far. gone: left for good, out of anger.
    bought, bought_on, met: category and day of the last order, −1 before the first, and how much of the
    need it met.
    """

    pull: NDArray[np.float32]
    orders: NDArray[np.int16]
    gone: NDArray[np.bool_]
    bought: NDArray[np.int8]
    bought_on: NDArray[np.int16]
    met: NDArray[np.float32]

    def take(self, rows: Ints) -> Memory:
        return Memory(**{name: values[rows] for name, values in vars(self).items()})

    def copy(self) -> Memory:
        return Memory(**{name: values.copy() for name, values in vars(self).items()})


def fresh_memory(people: int) -> Memory:
    return Memory(
        pull=np.ones(people, np.float32),
        orders=np.zeros(people, np.int16),
        gone=np.zeros(people, bool),
        bought=np.full(people, -1, np.int8),
        bought_on=np.full(people, -1, np.int16),
        met=np.zeros(people, np.float32),
    )


def arrival_key(draws: Draws, person: Ints) -> Keys:
    """The key of a person's first visit, when an account is opened."""
    return draws.key("visit", person, 0, 0)


def newcomers(flow: Flow, account: bool) -> Floats:
    """(channels × days) relative arrivals of new people with an account, or of cookies.

    E-mail brings nobody for the first time.
    """
    guests = np.array([channel.guests for channel in w.CHANNELS])
    weight = flow.shares * (guests > 0 if account else guests)
    return weight[:, None] * flow.arrivals * flow.stack * np.exp(w.ARRIVAL_GROWTH * days.elapsed())


def traits(draws: Draws, population: Population, person: Ints, flow: Flow, usual: Flow) -> Traits:
    """These people as they are in a run. usual: the flow of FACTUAL, in which all of them come."""
    account = person < population.customers
    group = np.where(account, draws.pick("group", [one.share for one in w.GROUPS], person), -1)
    luck = draws.uniform("arrival", person)
    before = account & (luck < w.ACCOUNTS_BEFORE)
    share = np.where(account, (luck - w.ACCOUNTS_BEFORE) / (1 - w.ACCOUNTS_BEFORE), luck).clip(0, 1)
    arrives = np.where(before, -draws.exponential("tenure", w.TENURE, person), 0.0)
    channel = np.zeros(len(person), np.int64)
    for kind in (True, False):
        shape = newcomers(usual, kind)
        edges = np.concatenate([[0.0], np.cumsum(shape.sum(axis=0))])
        rows = np.flatnonzero(account == kind)
        new = np.interp(share[rows] * edges[-1], edges, np.arange(days.DAYS + 1))
        arrives[rows] = np.where(before[rows], arrives[rows], new)
        day = np.clip(arrives[rows], 0, days.DAYS - 1).astype(np.int64)
        channel[rows] = _choose(draws.uniform("home channel", person[rows]), shape.T[day])
    arrives, channel, campaign = _brought(draws, person, arrives, channel, flow, usual)
    # Lomax lifetimes: exponential, with a drop-out rate that is gamma distributed between people
    luck = draws.uniform("lifetime", person)
    life = w.LIFETIME * (luck ** (-1 / w.LIFETIME_TAIL) - 1)
    life = np.where(account, life, draws.exponential("cookie life", w.COOKIE_LIFE, person))
    spread = w.VISIT_SPREAD * draws.normal("rate", person)
    rate = w.VISIT_RATE * np.exp(spread - w.VISIT_SPREAD**2 / 2) * _by_group("rate", group)
    region = _region(draws, person, arrives)
    chinese = np.array([region.chinese for region in w.REGIONS])[region]
    return Traits(
        person=person,
        account=account,
        group=group,
        arrives=arrives,
        leaves=arrives + life,
        rate=np.where(account, rate, w.COOKIE_RATE),
        region=region,
        channel=channel,
        campaign=campaign,
        category=_category(draws, person),
        focus=np.where(account, _by_group("focus", group), w.HOME_CATEGORY),
        buys=np.where(account, _by_group("buys", group), 0.0),
        mobile=w.MOBILE_SPREAD * (draws.uniform("mobile", person) - 0.5)
        + w.MOBILE_BY_AGE * (_age(draws, person) - w.MIDDLE_AGE),
        beta=w.BETA * np.exp(w.BETA_SPREAD * draws.normal("beta", person)) * _by_group("beta", group),
        chinese=draws.chance("language", chinese, person),
        consent=draws.chance("consent", w.CONSENT, person),
        mood=draws.normal("mood", person),
    )


def _by_group(field: str, group: Ints) -> Floats:
    """A number of each person's group; 1 for cookies."""
    return np.array([*(getattr(one, field) for one in w.GROUPS), 1.0])[group]


def _brought(
    draws: Draws, person: Ints, arrives: Floats, channel: Ints, flow: Flow, usual: Flow
) -> tuple[Floats, Ints, Ints]:
    """When and by which channel and campaign this run brings each one; beyond the year where it does not."""
    new = arrives >= 0
    day = np.clip(arrives, 0, days.DAYS - 1).astype(np.int64)
    level = flow.arrivals[channel, day] / usual.arrivals[channel, day]
    place = draws.uniform("arrival layer", person) * usual.stack[channel, day]
    found, campaign = flow.campaign(draws, place, draws.key("arrival anyway", person), channel, day)
    kept = ~new | (draws.chance("arrival level", level, person) & (found >= 0))
    return (
        np.where(kept, arrives, w.NEVER),
        np.where(new & (found >= 0), found, channel),
        np.where(new, campaign, -1),
    )


def _age(draws: Draws, person: Ints) -> Ints:
    return (18 + 62 * draws.uniform("age", person) ** 1.6).astype(np.int64)


def _region(draws: Draws, person: Ints, arrives: Floats) -> Ints:
    """By share, with each region's own growth of arrivals."""
    share = np.array([region.share for region in w.REGIONS])
    growth = np.array(w.REGION_TREND) * np.clip(arrives / days.DAYS, 0, 1)[:, None]
    return _choose(draws.uniform("region", person), share * np.exp(growth))


def _category(draws: Draws, person: Ints) -> Ints:
    return draws.pick("home category", [category.share for category in w.CATEGORIES], person)


def _choose(luck: Floats, weights: Floats) -> Ints:
    """Row by row an index in proportion to the weights (people × choices)."""
    edges = np.cumsum(weights, axis=1)
    return (edges < (luck * edges[:, -1])[:, None]).sum(axis=1)


def customers(draws: Draws, population: Population, found: Traits) -> pl.DataFrame:
    """Rows of the table customers: people with an account whom the run brings."""
    found = found.take(np.flatnonzero(found.account & (found.arrives < days.DAYS)))
    person = found.person
    cities = [city for region in w.REGIONS for city in region.cities]
    counts = np.array([len(region.cities) for region in w.REGIONS])
    place = (draws.uniform("city", person) * counts[found.region]).astype(np.int64)
    city = (np.cumsum(counts) - counts)[found.region] + place
    given = labels(words.GIVEN, draws.whole("given name", len(words.GIVEN), person))
    family = labels(words.FAMILY, draws.whole("family name", len(words.FAMILY), person))
    second = draws.whole("second interest", len(w.CATEGORIES), person)
    interests = labels(w.CATEGORIES, found.category), labels(w.CATEGORIES, second)
    signed = np.floor(found.arrives) * days.DAY + days.second_of_day(draws, arrival_key(draws, person))
    frame = pl.DataFrame(
        {
            "customer_id": population.ids(person),
            "signed_up_at": instants("signed_up_at", np.floor(signed)),
            "name": given + " " + family,
            "birth_year": days.END.year - _age(draws, person),
            "gender": drawn(draws, "gender", w.GENDERS, person),
            "region": labels(w.REGIONS, found.region),
            "city": labels(cities, city),
            "country": labels(w.REGIONS, found.region),
            "acquisition_channel": labels(w.CHANNELS, found.channel),
            "tier": drawn(draws, "tier", w.TIERS, person),
            "interests": only(found.category != second, interests[0] + ", " + interests[1]),
            "marketing_consent": found.consent,
        }
    )
    return frame.with_columns(
        email=pl.col("customer_id").str.to_lowercase() + "@example.com",
        phone=pl.lit("+00 555 ") + pl.col("customer_id").str.slice(1),
        interests=pl.col("interests").fill_null(interests[0]),
        updated_at="signed_up_at",
    )
