"""Marketing: what advertising cost and what stood beside it."""

from narwhals import col

from metrics.metric import Metric, ratio

ad_spend = Metric(
    name="ad_spend",
    label="Ad spend",
    meaning="What advertising cost.",
    formula="sum of ad spend",
    unit="money",
    better="none",
    table="daily",
    value=col("ad_spend").sum(),
    example={"ad_spend": [40.0, 60.0]},
    answer=100.0,
)

cac = Metric(
    name="cac",
    label="Customer acquisition cost",
    meaning="Ad spend for each new buyer. Blended: all new buyers count, also those who came without "
    "advertising. It is no proof of what advertising brought.",
    formula="ad spend ÷ new buyers",
    unit="money",
    better="lower",
    table="daily",
    value=ratio(col("ad_spend").sum(), col("new_buyers").sum()),
    example={"ad_spend": [40.0, 60.0], "new_buyers": [2, 3]},
    answer=20.0,
)

roas = Metric(
    name="roas",
    label="Return on ad spend",
    meaning="Revenue for each unit of ad spend. Blended: all revenue before returns counts, not only what "
    "is credited to advertising. It is no proof of what advertising brought.",
    formula="revenue before returns ÷ ad spend",
    unit="ratio",
    better="higher",
    table="daily",
    value=ratio(col("revenue").sum(), col("ad_spend").sum()),
    example={"revenue": [100.0, 60.0], "ad_spend": [25.0, 15.0], "orders": [2, 1]},
    answer=4.0,
    base=col("orders").sum(),
)
