"""Market, merchants and stock: our place outside, and what we can sell."""

from narwhals import col

from metrics.metric import Metric, distinct, ratio

market_share = Metric(
    name="market_share",
    label="Market share",
    meaning="Our GMV as a part of the market's, in the same months and categories. The market is known by "
    "month: every month whose first day is in the period counts whole.",
    formula="our GMV in the market's months and categories ÷ market GMV",
    unit="percent",
    better="higher",
    table="daily",
    value=ratio(col("gmv_in_market").sum(), col("market_gmv").sum()),
    example={"gmv_in_market": [30.0, 20.0], "market_gmv": [600.0, 400.0]},
    answer=0.05,
    base=col("market_gmv").count(),
)

active_merchants = Metric(
    name="active_merchants",
    label="Active merchants",
    meaning="Different merchants with an order that was not cancelled.",
    formula="number of different merchants with an order",
    unit="integer",
    better="higher",
    table="sales",
    value=distinct(col("merchant")),
    example={"merchant": ["a", "a", "b", None]},
    answer=2.0,
)

stock_out_rate = Metric(
    name="stock_out_rate",
    label="Stock-out rate",
    meaning="Share of observed days on which a product had nothing left in any warehouse. Products that "
    "nobody counted are not in it.",
    formula="product-days without stock ÷ product-days observed",
    unit="percent",
    better="lower",
    table="daily",
    value=ratio(col("stock_out_days").sum(), col("stock_days").sum()),
    example={"stock_out_days": [1, 2], "stock_days": [30, 30]},
    answer=0.05,
)
