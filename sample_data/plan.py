"""The shop's plan of the year: price promotions, coupon programmes, campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sample_data import days
from sample_data.days import END, START


@dataclass(frozen=True)
class Promotion:
    """depth: share off the price. products: share of the category's (or all) products that take part.

    visits: of everybody, relative to the same days without it. after: the same, in the AFTER days that
    follow: who came for the sale has no need to come again.
    """

    id: str
    name: str
    kind: str
    first: date
    last: date
    depth: float
    category: str = ""
    channel: str = ""
    region: str = ""
    products: float = 1.0
    cost: float = 0.0
    partner: str = ""
    visits: float = 1.0
    after: float = 1.0


@dataclass(frozen=True)
class Programme:
    """A coupon programme of one month: who gets it and what it takes off.

    fresh: only to accounts opened in the month, else to older ones: a share `buyers` of those who
    bought before, a share `others` of the rest.
    """

    id: str
    name: str
    kind: str
    month: int
    fresh: bool
    buyers: float
    others: float
    threshold: float
    value_off: float
    percent_off: float


@dataclass(frozen=True)
class Campaign:
    """reach: visits that it brings at its usual spend, relative to its channel's at the year's start.

    anyway: share of these that would have come without it, by themselves. cost: of a click, relative.
    """

    id: str
    name: str
    channel: str
    kind: str
    reach: float
    anyway: float
    first: date = START
    last: date = END
    cost: float = 1.0
    partner: str = ""
    goal: str = "Orders"


def _on(month: int, day: int) -> date:
    return date(START.year if month >= START.month else END.year, month, day)


AFTER = 8  # days that a sale is felt after it
PERCENT, FLASH, JOINT = "Percent-off", "Flash sale", "Joint promotion"
# fmt: off
PROMOTIONS = (
    Promotion("summer", "Summer clearance", PERCENT, _on(7, 14), _on(7, 27), 0.15, "Fashion"),
    Promotion("national", "National Day flash sale", FLASH, _on(8, 8), _on(8, 10), 0.25,
              products=0.12, cost=300),
    Promotion("school", "Back to school", PERCENT, _on(8, 25), _on(9, 7), 0.12, "Electronics"),
    Promotion("moon", "Mid-Autumn tea week", JOINT, _on(9, 26), _on(10, 6), 0.15, "Groceries",
              cost=900, partner="Osmanthus Tea House"),
    Promotion("lights", "Festival of lights", FLASH, _on(10, 17), _on(10, 20), 0.20, "Home",
              products=0.4, cost=300),
    Promotion("double11", "11.11", PERCENT, _on(11, 9), _on(11, 11), 0.20, products=0.7, cost=2500,
              visits=1.55, after=0.84),
    Promotion("double12", "12.12", PERCENT, _on(12, 11), _on(12, 12), 0.17, products=0.5, cost=120,
              visits=1.35, after=0.90),
    Promotion("gifts", "Christmas gifts", PERCENT, _on(12, 15), _on(12, 24), 0.10, "Toys"),
    Promotion("hampers", "Lunar New Year hampers", JOINT, _on(1, 31), _on(2, 12), 0.12, "Groceries",
              cost=1200, partner="Harbour Bank"),
    Promotion("stream1", "Live stream week", FLASH, _on(2, 24), _on(3, 2), 0.18, "Beauty", "Live stream"),
    Promotion("spring", "Spring sale", PERCENT, _on(3, 13), _on(3, 19), 0.15, products=0.6, cost=1200,
              visits=1.45, after=0.87),
    Promotion("taiwan", "Hello Taiwan", PERCENT, _on(4, 10), _on(4, 19), 0.10, region="Taiwan", cost=400),
    Promotion("pets", "Pet month", PERCENT, _on(4, 15), _on(5, 10), 0.12, "Pets"),
    Promotion("match", "Match the rival", PERCENT, _on(5, 15), _on(6, 12), 0.08, "Electronics"),
    Promotion("stream2", "Live stream week", FLASH, _on(5, 18), _on(5, 24), 0.20, "Beauty", "Live stream"),
    Promotion("double6", "6.18", PERCENT, _on(6, 14), _on(6, 18), 0.18, products=0.7, cost=2200,
              visits=1.42, after=0.85),
    Promotion("yoga", "Yoga day", JOINT, _on(6, 19), _on(6, 22), 0.15, "Sports",
              cost=500, partner="Still Point Studios"),
)
CAMPAIGNS = (
    Campaign("sem-brand", "Brand words", "Paid search", "SEM", 0.40, 0.70, cost=0.5),
    Campaign("sem-generic", "Product words", "Paid search", "SEM", 0.60, 0.12, cost=1.9),
    Campaign("social-always", "Always-on social ads", "Social", "Social", 0.50, 0.10),
    Campaign("affiliates", "Affiliate network", "Affiliates", "Partner", 1.0, 0.55, partner="Coupon Corner"),
    Campaign("live-weekly", "Weekly live stream", "Live stream", "Live stream", 0.85, 0.10,
             partner="Studio Kiwi"),
    Campaign("market-ads", "Flagship store ads", "Marketplace", "Marketplace ads", 0.45, 0.35),
    Campaign("newsletter", "Newsletter", "E-mail", "E-mail", 0.9, 0.30, goal="Repeat orders"),
    Campaign("summer-social", "Summer looks", "Social", "Social", 0.3, 0.10, _on(7, 10), _on(7, 31)),
    Campaign("moon-content", "Tea stories", "Organic search", "Content", 0.10, 0.20, _on(9, 15), _on(10, 6),
             partner="Osmanthus Tea House", goal="Reach"),
    Campaign("double11-social", "11.11 countdown", "Social", "Social", 0.5, 0.15,
             _on(11, 1), _on(11, 11), 1.3),
    Campaign("double11-search", "11.11 search", "Paid search", "SEM", 0.35, 0.25,
             _on(11, 8), _on(11, 11), 1.5),
    Campaign("double12-live", "12.12 live night", "Live stream", "Live stream", 0.8, 0.10,
             _on(12, 11), _on(12, 12), 1.4, "Studio Kiwi"),
    Campaign("gifts-social", "Gift guide", "Social", "Content", 0.25, 0.20, _on(12, 10), _on(12, 24),
             goal="Reach"),
    Campaign("newyear-market", "New Year flagship fair", "Marketplace", "Marketplace ads", 0.4, 0.30,
             _on(1, 31), _on(2, 12), 1.2),
    Campaign("spring-social", "Spring sale", "Social", "Social", 0.4, 0.15, _on(3, 9), _on(3, 19), 1.1),
    Campaign("creators", "Beauty creators", "Social", "Social", 0.3, 0.05, _on(4, 20), _on(6, 30), 0.8,
             "Glow Collective", "New customers"),
    Campaign("winback", "We miss you", "E-mail", "E-mail", 0.4, 0.20, _on(5, 11), _on(5, 31),
             goal="Win back"),
    Campaign("double6-search", "6.18 search", "Paid search", "SEM", 0.35, 0.25, _on(6, 12), _on(6, 18), 1.5),
    Campaign("double6-live", "6.18 live night", "Live stream", "Live stream", 0.8, 0.10,
             _on(6, 16), _on(6, 18), 1.3, "Studio Kiwi"),
)
# fmt: on


def _programmes() -> list[Programme]:
    """Two a month: a welcome for new accounts and a threshold coupon for others; more of it before sales."""
    found = []
    for month, first in enumerate(days.MONTHS):
        more = 1.5 if month in (4, 11) else 1.0
        stamp = f"{first:%y%m}"
        found += [
            Programme(f"welcome{stamp}", "Welcome coupon", PERCENT, month, True, 0.6, 0.6, 20, 0, 0.10),
            Programme(
                f"save{stamp}", "6 off from 45", "Threshold-off", month, False, 0.3 * more, 0.03, 45, 6, 0
            ),
        ]
    return found


PROGRAMMES = _programmes()  # number 2 × month is the welcome, the next one the threshold coupon
DISCOUNTS = [plan.id for plan in PROMOTIONS] + [plan.id for plan in PROGRAMMES]  # what gives a discount
