"""What a truth is: a number that was planted, or that follows from living the year again without something.

Each has a topic, a measure and what it is of, so that an estimate can be put beside it. DEFINITIONS says
of every (topic, measure) its unit and, precisely, what the number is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SOON = 14  # days after a promotion in which what it brought forward is missing
AFTERMATH = 60  # days after a promotion, coupon, campaign or incident that its effect is followed


@dataclass(frozen=True)
class Truth:
    """error: standard error, where not all people of the shop were lived again; 0 is exact."""

    topic: str
    measure: str
    of: str
    value: float | None
    error: float = 0.0


@dataclass(frozen=True)
class Sample:
    """The people whose lives were looked at, out of `everybody`."""

    people: int
    everybody: int

    def total(self, topic: str, measure: str, of: str, by_person: np.ndarray) -> Truth:
        """The sum over everybody, with the standard error of a simple random sample (Cochran 1977)."""
        scale = self.everybody / self.people
        value = float(by_person.sum() * scale)
        spread = by_person.std(ddof=1) if self.people > 1 else 0.0
        missing = 1 - self.people / self.everybody
        return Truth(topic, measure, of, value, float(scale * spread * np.sqrt(self.people * missing)))


def ratio(topic: str, measure: str, of: str, above: float, below: float) -> Truth:
    return Truth(topic, measure, of, above / below if below else None)


DEFINITIONS: dict[tuple[str, str], tuple[str, str]] = {
    ("promotion", "lift_units"): (
        "number",
        "Units of the products that take part, sold while it lasts, less those of the same year without it.",
    ),
    ("promotion", "pull_forward_units"): (
        "number",
        "The same products in the 14 days after: negative where the promotion brought purchases forward.",
    ),
    ("promotion", "cannibalised_units"): (
        "number",
        "Products of the same categories that do not take part, while it lasts and in the 14 days after, "
        "without the complements of those that do: negative where they lost.",
    ),
    ("promotion", "halo_units"): (
        "number",
        "Complements of the products that take part, and all other categories, while it lasts and in the "
        "14 days after.",
    ),
    ("promotion", "later_units"): (
        "number",
        "All products from 15 to 60 days after: what those whom it won, or lost, come back for.",
    ),
    ("promotion", "net_units"): (
        "number",
        "Lift, pull-forward, cannibalisation, halo and what follows later together.",
    ),
    ("promotion", "orders"): ("number", "Orders more than without it, to 60 days after."),
    ("promotion", "revenue"): (
        "money",
        "Net revenue more than without it, to 60 days after, less what came back.",
    ),
    ("promotion", "margin"): (
        "money",
        "Margin more than without it, to 60 days after: net revenue less the cost of goods that stayed sold.",
    ),
    ("promotion", "cost"): ("money", "What it cost beside the reductions."),
    ("promotion", "roi"): ("ratio", "Margin more than without it, less its cost, by its cost."),
    ("coupon", "issued"): ("number", "Coupons given to customers of this segment."),
    ("coupon", "redeemed"): ("number", "Coupons used."),
    ("coupon", "orders"): ("number", "Orders more than if no coupon of the kind had been given, all year."),
    ("coupon", "revenue"): ("money", "Net revenue more than if no coupon of the kind had been given."),
    ("coupon", "margin"): ("money", "Margin more than if no coupon of the kind had been given."),
    ("coupon", "orders_per_coupon"): ("ratio", "Orders more than without the coupons, by coupons given."),
    ("coupon", "bought_anyway"): (
        "percent",
        "Share of orders with a coupon that the same visit would have made without it.",
    ),
    ("campaign", "visits"): ("number", "Visits by it that would not have come without it, in expectation."),
    ("campaign", "orders"): ("number", "Orders more than without it, to 60 days after."),
    ("campaign", "revenue"): ("money", "Net revenue more than without it, to 60 days after."),
    ("campaign", "margin"): ("money", "Margin more than without it, to 60 days after."),
    ("campaign", "spend"): ("money", "What was spent on it."),
    ("campaign", "roi"): ("ratio", "Margin more than without it, less its spend, by its spend."),
    ("campaign", "anyway"): (
        "percent",
        "Planted: share of its visits that come by themselves when it does not run.",
    ),
    ("channel", "orders"): ("number", "Orders more than if none of its campaigns had run this year."),
    ("channel", "orders_per_1000"): ("number", "These orders for each 1,000 spent: the average return."),
    ("channel", "next_orders_per_1000"): (
        "number",
        "Orders lost for each 1,000 less, when a tenth less is spent on each campaign: the marginal return.",
    ),
    ("channel", "credit"): (
        "percent",
        "Share of all orders that would be missing without the channel's campaigns: what attribution "
        "tries to find.",
    ),
    ("channel", "credit_of_none"): ("percent", "Share of all orders that come without any campaign."),
    ("channel", "carry_over"): (
        "ratio",
        "Planted: share of yesterday's stock of advertising that is left today (geometric adstock).",
    ),
    ("channel", "half_saturation"): (
        "ratio",
        "Planted: stock of advertising, relative to the usual, at which half of all possible visits come.",
    ),
    ("incident", "orders"): ("number", "Orders more than without it, to 60 days after: negative are lost."),
    ("incident", "revenue"): ("money", "Net revenue more than without it, to 60 days after."),
    ("incident", "margin"): ("money", "Margin more than without it, to 60 days after."),
    ("incident", "visits_lost"): ("number", "Visits that happened and are not in the data."),
    ("elasticity", "own"): (
        "ratio",
        "Change of the expected units in percent when the price rises by one percent, mean over this year's "
        "visits with what they look at as given (logit, see elasticity.py).",
    ),
    ("elasticity", "cross"): (
        "ratio",
        "The same of the first, when the price of the second rises by one percent.",
    ),
    ("funnel", "view_rate"): ("percent", "Share of visits that look at a product; lost visits counted in."),
    ("funnel", "cart_rate"): ("percent", "Share of visits with a view that put a product into the cart."),
    ("funnel", "checkout_rate"): ("percent", "Share of visits with a cart that reach the checkout."),
    ("funnel", "purchase_rate"): ("percent", "Share of visits with a checkout that pay."),
    ("funnel", "conversion"): ("percent", "Share of visits that pay."),
    ("lifetime", "shape"): (
        "ratio",
        "Planted: shape of the Lomax lifetimes of customers (s of the Pareto/NBD model), before anger.",
    ),
    ("lifetime", "scale_days"): ("number", "Planted: their scale in days (beta of the Pareto/NBD model)."),
    ("lifetime", "survival"): (
        "percent",
        "Share of customers who came this year and are still there so many days after their first visit, "
        "anger included; of those whose days are over.",
    ),
    ("lifetime", "alive"): ("percent", "Share of all customers who have not left for good at the end."),
    ("retention", "visited"): (
        "percent",
        "Of customers who came first in a month, the share who came again so many calendar months later, "
        "by any channel and whether it was recorded or not.",
    ),
    ("retention", "seen"): (
        "percent",
        "The same of those who came again to the shop's own pages, which keep a log, whether tracking lost "
        "it or not.",
    ),
    ("repeat", "orders_a_month"): (
        "number",
        "Orders of customers by 30 days of their life in this year, whether they ever buy or not.",
    ),
    ("repeat", "visits_a_month"): ("number", "Planted: mean visits of a customer in 30 days, before pull."),
    ("churn", "log_odds"): (
        "number",
        "Planted: what it adds to the log-odds of leaving for good after an order, all else equal.",
    ),
    ("churn", "leaving"): ("percent", "Share of orders after which the customer leaves for good."),
    ("service", "orders_per_late"): (
        "number",
        "Orders each late parcel costs to the end of the year: the same year with every parcel on time, "
        "less as it was, by late parcels; negative are lost.",
    ),
    ("service", "orders_per_ticket"): (
        "number",
        "Orders each request gains to the end of the year when it is answered at once instead of as it was, "
        "by requests, as a loss.",
    ),
    ("service", "late_share"): ("percent", "Share of parcels that arrived after the promised time."),
    ("satisfaction", "weight"): ("number", "Planted: weight of the driver in satisfaction."),
    ("satisfaction", "importance"): (
        "percent",
        "Share of what the drivers explain of satisfaction, over all orders (Johnson's relative weights of "
        "the feelings, before they become ratings).",
    ),
    ("satisfaction", "nps"): (
        "score",
        "What the net promoter score would be if every customer answered online after every order that "
        "arrived.",
    ),
    ("satisfaction", "nps_kinder"): (
        "score",
        "How many points more the same customers say by this method than online.",
    ),
    ("association", "share"): (
        "percent",
        "Of orders whose first product is the first one, the share that contains the second, its planted "
        "complement.",
    ),
    ("group", "share"): ("percent", "Share of customers of this kind."),
    ("group", "orders"): ("percent", "Share of customers' orders that come from this kind."),
    ("market", "share"): ("percent", "Our GMV by the whole market's, in the month."),
}
