"""Who there is: people with an account and cookies without, their traits and their lifetimes.

A trait is a draw by person, so it can be made again for any slice of people at any time; nothing
about a person needs to be kept but what happened to them (`Memory`).
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


@dataclass(frozen=True)
class Population:
    """Persons 0 … customers − 1 have an account, the others up to `people` are cookies."""

    customers: int
    cookies: int

    @property
    def people(self) -> int:
        return self.customers + self.cookies

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
    arrives: Floats  # day
    leaves: Floats  # day
    rate: Floats  # visits a month
    region: Ints
    channel: Ints  # that brought them, and that they mostly come by
    category: Ints  # that they mostly look at
    mobile: Floats  # added to the share of visits on mobile
    beta: Floats  # price sensitivity in the logit, negative
    chinese: np.ndarray  # writes in Chinese
    consent: np.ndarray
    mood: Floats  # how content by nature, standard normal


@dataclass
class Memory:
    """What happened to each person so far; the next month's visits depend on it.

    pull: factor on the visit rate. orders: bought so far.
    """

    pull: NDArray[np.float32]
    orders: NDArray[np.int16]


def fresh_memory(population: Population) -> Memory:
    return Memory(np.ones(population.people, np.float32), np.zeros(population.people, np.int16))


def arrival_key(draws: Draws, person: Ints) -> Keys:
    """The key of a person's first visit, when an account is opened."""
    return draws.key("visit", person, 0, 0)


def arrival_shape() -> Floats:
    """Relative arrivals of new people by day: visits' season and the shop's growth."""
    return days.season() * np.exp(w.ARRIVAL_GROWTH * days.elapsed())


def traits(draws: Draws, population: Population, first: int, last: int) -> Traits:
    """The people first … last − 1."""
    person = np.arange(first, last)
    account = person < population.customers
    edges = np.concatenate([[0.0], np.cumsum(arrival_shape())])
    luck = draws.uniform("arrival", person)
    before = account & (luck < w.ACCOUNTS_BEFORE)
    share = np.where(account, (luck - w.ACCOUNTS_BEFORE) / (1 - w.ACCOUNTS_BEFORE), luck).clip(0, 1)
    new = np.interp(share * edges[-1], edges, np.arange(days.DAYS + 1))
    arrives = np.where(before, -draws.exponential("tenure", w.TENURE, person), new)
    # Lomax lifetimes: exponential, with a drop-out rate that is gamma distributed between people
    luck = draws.uniform("lifetime", person)
    life = w.LIFETIME * (luck ** (-1 / w.LIFETIME_TAIL) - 1)
    life = np.where(account, life, draws.exponential("cookie life", w.COOKIE_LIFE, person))
    spread = w.VISIT_SPREAD * draws.normal("rate", person)
    rate = w.VISIT_RATE * np.exp(spread - w.VISIT_SPREAD**2 / 2)
    region = _region(draws, person, arrives)
    chinese = np.array([region.chinese for region in w.REGIONS])[region]
    return Traits(
        person=person,
        account=account,
        arrives=arrives,
        leaves=arrives + life,
        rate=np.where(account, rate, w.COOKIE_RATE),
        region=region,
        channel=_channel(draws, person, account, arrives),
        category=_category(draws, person),
        mobile=w.MOBILE_SPREAD * (draws.uniform("mobile", person) - 0.5)
        + w.MOBILE_BY_AGE * (_age(draws, person) - w.MIDDLE_AGE),
        beta=w.BETA * np.exp(w.BETA_SPREAD * draws.normal("beta", person)),
        chinese=draws.chance("language", chinese, person),
        consent=draws.chance("consent", w.CONSENT, person),
        mood=draws.normal("mood", person),
    )


def _age(draws: Draws, person: Ints) -> Ints:
    return (18 + 62 * draws.uniform("age", person) ** 1.6).astype(np.int64)


def _region(draws: Draws, person: Ints, arrives: Floats) -> Ints:
    """By share, with each region's own growth of arrivals."""
    share = np.array([region.share for region in w.REGIONS])
    growth = np.array(w.REGION_TREND) * np.clip(arrives / days.DAYS, 0, 1)[:, None]
    return _choose(draws.uniform("region", person), share * np.exp(growth))


def _channel(draws: Draws, person: Ints, account: np.ndarray, arrives: Floats) -> Ints:
    """By each channel's share of visits on the day of arrival; e-mail brings nobody for the first time."""
    day = np.clip(arrives, 0, days.DAYS - 1).astype(np.int64)
    weights = days.channel_season().T[day] * np.array([channel.share for channel in w.CHANNELS])
    guests = np.array([channel.guests for channel in w.CHANNELS])
    return _choose(
        draws.uniform("home channel", person), weights * np.where(account[:, None], guests > 0, guests)
    )


def _category(draws: Draws, person: Ints) -> Ints:
    return draws.pick("home category", [category.share for category in w.CATEGORIES], person)


def _choose(luck: Floats, weights: Floats) -> Ints:
    """Row by row an index in proportion to the weights (people × choices)."""
    edges = np.cumsum(weights, axis=1)
    return (edges < (luck * edges[:, -1])[:, None]).sum(axis=1)


def customers(draws: Draws, population: Population, first: int, last: int) -> pl.DataFrame:
    """Rows of the table customers, of the people first … last − 1."""
    found = traits(draws, population, first, last)
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
