"""Visits: how many came, and what became of their sessions."""

from narwhals import col

from metrics.metric import Metric, distinct, ratio

visitors = Metric(
    name="visitors",
    label="Visitors",
    meaning="Different visitors: the account where known, else the cookie. One person with two devices who "
    "does not sign in counts twice.",
    formula="number of different visitors",
    unit="integer",
    better="higher",
    table="sessions",
    value=distinct(col("customer")),
    example={"customer": [1, 1, 2, 3]},
    answer=3.0,
)

sessions = Metric(
    name="sessions",
    label="Sessions",
    meaning="Visits to the shop. A session ends after 30 minutes of silence unless the source says "
    "otherwise.",
    formula="number of sessions",
    unit="integer",
    better="higher",
    table="daily",
    value=col("sessions").sum(),
    example={"sessions": [30, 20]},
    answer=50.0,
    base=col("sessions").sum(),
)

conversion_rate = Metric(
    name="conversion_rate",
    label="Conversion rate",
    meaning="Share of sessions with a purchase. Orders that left no trace in the visits, such as offline "
    "ones, are not in it.",
    formula="sessions with a purchase ÷ sessions",
    unit="percent",
    better="higher",
    table="daily",
    value=ratio(col("buying_sessions").sum(), col("sessions").sum()),
    example={"buying_sessions": [1, 1], "sessions": [30, 20]},
    answer=0.04,
)

cart_abandonment_rate = Metric(
    name="cart_abandonment_rate",
    label="Cart abandonment rate",
    meaning="Share of sessions with something put into the cart that end without a purchase. A purchase in "
    "a later session does not count.",
    formula="(sessions with a cart − sessions with a cart and a purchase) ÷ sessions with a cart",
    unit="percent",
    better="lower",
    table="daily",
    value=ratio(col("cart_sessions").sum() - col("buying_cart_sessions").sum(), col("cart_sessions").sum()),
    example={"cart_sessions": [6, 4], "buying_cart_sessions": [2, 1]},
    answer=0.7,
)

bounce_rate = Metric(
    name="bounce_rate",
    label="Bounce rate",
    meaning="Share of sessions with one page and no other action.",
    formula="bounced sessions ÷ sessions",
    unit="percent",
    better="lower",
    table="daily",
    value=ratio(col("bounced_sessions").sum(), col("sessions").sum()),
    example={"bounced_sessions": [12, 8], "sessions": [30, 20]},
    answer=0.4,
)
