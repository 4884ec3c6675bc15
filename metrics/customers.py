"""Customers: who bought, who was new, who came back."""

import narwhals as nw
from narwhals import col

from metrics.metric import Metric, distinct, ratio

buyers = Metric(
    name="buyers",
    label="Buyers",
    meaning="Different known customers with an order that was not cancelled. Guests cannot be told apart "
    "and are left out. A buyer in two groups counts in both, so groups add up to more than the "
    "total.",
    formula="number of different customers with an order",
    unit="integer",
    better="higher",
    table="sales",
    value=distinct(col("customer")),
    example={"customer": [1, 1, 2, None]},
    answer=2.0,
)

new_buyers = Metric(
    name="new_buyers",
    label="New buyers",
    meaning="Known customers whose first order ever is in the period. First means first in the data: near "
    "its start everyone looks new.",
    formula="number of first orders of known customers",
    unit="integer",
    better="higher",
    table="daily",
    value=col("new_buyers").sum(),
    example={"new_buyers": [2, 3]},
    answer=5.0,
    base=col("new_buyers").sum(),
)

repeat_rate = Metric(
    name="repeat_rate",
    label="Repeat rate",
    meaning="Share of the period's known buyers with a second or later order of their life in the period. "
    "Guests are left out.",
    formula="buyers with a second or later order ÷ buyers",
    unit="percent",
    better="higher",
    table="sales",
    value=ratio(distinct(nw.when(col("nth") >= 2).then(col("customer"))), distinct(col("customer"))),
    example={"customer": [1, 1, 2, 3, 3, 4, None], "nth": [1, 2, 1, 4, 5, 1, None]},
    answer=0.5,
)
