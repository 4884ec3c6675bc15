"""The year of the sample shop: its days, seasons, holidays and planted incidents.

The last day is fixed: nothing here reads the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sample_data.draws import Draws, Floats, Ints, Keys

START, END = date(2025, 7, 1), date(2026, 6, 30)
DAYS = (END - START).days + 1
HOUR, DAY = 3600.0, 86_400.0  # seconds
MONTHS = tuple(date(2025 + (6 + month) // 12, (6 + month) % 12 + 1, 1) for month in range(12))
WEEK = (1.02, 0.98, 0.96, 0.97, 1.00, 1.06, 1.08)  # Monday … Sunday, relative visits
HOURS = (
    0.8, 0.45, 0.25, 0.15, 0.15, 0.3, 0.7, 1.4, 2.3, 3.0, 3.4, 3.7,
    4.4, 4.2, 3.6, 3.4, 3.5, 3.7, 4.0, 4.9, 6.2, 7.0, 6.0, 3.0,
)  # fmt: skip


def of(day: date) -> int:
    """A day's number, from 0."""
    return (day - START).days


def day(number: int) -> date:
    """The day of a number."""
    return START + timedelta(days=number)


BOUNDS = (*(of(month) for month in MONTHS), DAYS)  # first day of each month, and the end
MONTH_OF = np.repeat(np.arange(12), np.diff(BOUNDS))  # month number of each day


@dataclass(frozen=True)
class Happening:
    """Something marked on charts. lift: visits of the market relative to a usual day, while it lasts."""

    name: str
    kind: str
    first: date
    last: date
    lift: float = 1.0
    comment: str = ""


HOLIDAYS = (
    Happening("National Day (Singapore)", "Holiday", date(2025, 8, 9), date(2025, 8, 11), 1.12),
    Happening("Mid-Autumn Festival", "Holiday", date(2025, 9, 29), date(2025, 10, 6), 1.10),
    Happening("Deepavali", "Holiday", date(2025, 10, 20), date(2025, 10, 20), 0.95),
    Happening("11.11", "Sale", date(2025, 11, 9), date(2025, 11, 11), 1.48),
    Happening("12.12", "Sale", date(2025, 12, 11), date(2025, 12, 12), 1.26),
    Happening("Christmas", "Holiday", date(2025, 12, 18), date(2025, 12, 24), 1.22),
    Happening("New Year", "Holiday", date(2026, 1, 1), date(2026, 1, 1), 0.9),
    Happening("Before Lunar New Year", "Holiday", date(2026, 1, 31), date(2026, 2, 12), 1.18),
    Happening("Lunar New Year", "Holiday", date(2026, 2, 16), date(2026, 2, 21), 0.70),
    Happening("Hari Raya", "Holiday", date(2026, 3, 20), date(2026, 3, 21), 0.9),
    Happening("Labour Day", "Holiday", date(2026, 5, 1), date(2026, 5, 1), 0.95),
    Happening("Vesak Day", "Holiday", date(2026, 5, 31), date(2026, 5, 31), 0.97),
    Happening("6.18", "Sale", date(2026, 6, 14), date(2026, 6, 18), 1.30),
)
QUIET = ((date(2025, 12, 26), date(2026, 1, 6), 0.90),)  # what Christmas brought forward is missing

CHECKOUT_FAULT = Happening(
    "Mobile checkout fault", "Outage", date(2026, 5, 12), date(2026, 5, 14),
    comment="After an update, two of three payments on mobile failed.",
)  # fmt: skip
FAULT_PAY = 0.35  # payments on mobile, relative to a usual day
CARRIER_FORTNIGHT = Happening(
    "Straits Courier delays", "Carrier", date(2026, 4, 20), date(2026, 5, 3),
    comment="A sorting centre was closed; parcels took about twice as long.",
)  # fmt: skip
SLOW_CARRIER, SLOW_FACTOR = 0, 2.1  # carrier code; transit time, relative
VIRAL = Happening(
    "Viral video", "Press", date(2026, 5, 22), date(2026, 5, 25),
    comment="A video about one of our beauty products spread on social media.",
)  # fmt: skip
VIRAL_CATEGORY, VIRAL_SOCIAL, VIRAL_VIEWS = "Beauty", 2.4, 14.0  # social visits, views of the product
VIRAL_INTEREST = 0.6  # share of social visits that look for the category
PRICE_CUT = Happening(
    "Bluefin Mall cuts electronics prices", "Competitor", date(2026, 5, 4), date(2026, 6, 12),
    comment="Bluefin Mall sells electronics 18 % cheaper.",
)  # fmt: skip
CUT_COMPETITOR, CUT_CATEGORY, CUT_FACTOR = 0, "Electronics", 0.82
BROKEN_TRACKING = Happening(
    "Tracking lost events", "Tracking", date(2026, 6, 3), date(2026, 6, 3),
    comment="The consent banner blocked the tag: six of seven visits are not in the data.",
)  # fmt: skip
TRACKING_LOST = 0.85
SIZING = Happening(
    "Wrong sizes from one fashion merchant", "Merchant", date(2026, 4, 6), date(2026, 6, 30),
    comment="A new size table makes twice as many of its buyers send shirts and shoes back.",
)  # fmt: skip
SIZING_RETURNS = 2.5  # returns of sized fashion, relative
SERVICE_BACKLOG = Happening(
    "Service team short of staff", "Service", date(2026, 6, 8), date(2026, 6, 24),
    comment="First answers took three times as long.",
)  # fmt: skip
BACKLOG_WAIT = 3.5  # time to the first answer, relative
INCIDENTS = (CHECKOUT_FAULT, CARRIER_FORTNIGHT, VIRAL, PRICE_CUT, BROKEN_TRACKING, SIZING, SERVICE_BACKLOG)


def within(happening: Happening, days: Ints) -> np.ndarray:
    """Which of the day numbers lie in a happening."""
    return (days >= of(happening.first)) & (days <= of(happening.last))


def known(seconds: Floats) -> Floats:
    """Seconds since the first day's midnight, in whole seconds; beyond the last day nothing is known."""
    return np.where(seconds < DAYS * DAY, np.floor(seconds), np.nan)


def elapsed() -> Floats:
    """Share of the year gone at the middle of each day."""
    return (np.arange(DAYS) + 0.5) / DAYS


def season() -> Floats:
    """Relative visits of each day in the market: week × year × holidays × the quiet after them.

    What the shop's own promotions and campaigns add is in flow.py.
    """
    days = np.arange(DAYS)
    week = np.array(WEEK)[(START.weekday() + days) % 7]
    year = 1 + 0.06 * np.cos(2 * np.pi * (days - of(date(2025, 12, 1))) / 365.25)
    found = week / np.mean(WEEK) * year
    for happening in HOLIDAYS:
        found[within(happening, days)] *= happening.lift
    for first, last, factor in QUIET:
        found[of(first) : of(last) + 1] *= factor
    return found


def second_of_day(draws: Draws, key: Keys) -> Floats:
    """When in the day a visit begins; nothing begins in the last minutes, so that a visit ends in its day."""
    hour = draws.pick("hour", HOURS, key)
    return np.minimum(hour * 3600 + 3600 * draws.uniform("minute", key), 86_400 - 2400)
