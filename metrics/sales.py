"""Sales: what was ordered, what it came to, what came back, what was earned."""

from narwhals import col

from metrics.metric import Metric, ratio

gmv = Metric(
    name="gmv",
    label="GMV",
    meaning="Gross merchandise value: all placed orders at full price, before discounts, cancellations and "
    "returns.",
    formula="units ordered × unit price",
    unit="money",
    better="higher",
    table="daily",
    value=col("gmv").sum(),
    example={"gmv": [120.0, 80.0], "orders": [2, 1]},
    answer=200.0,
    base=col("orders").sum(),
)

revenue = Metric(
    name="revenue",
    label="Revenue before returns",
    meaning="What customers pay for goods that were not cancelled, after discounts and before returns. Tax "
    "and shipping are not in it.",
    formula="GMV − discounts − cancelled",
    unit="money",
    better="higher",
    table="daily",
    value=col("revenue").sum(),
    example={"revenue": [100.0, 60.0], "orders": [2, 1]},
    answer=160.0,
    base=col("orders").sum(),
)

net_revenue = Metric(
    name="net_revenue",
    label="Net revenue",
    meaning="Revenue less refunds. By order date a refund counts on the day of its order, so recent days "
    "still fall as goods come back; by refund date it counts on the day the money went back.",
    formula="revenue before returns − refunds",
    unit="money",
    better="higher",
    table="daily",
    value=col("revenue").sum() - col("refunds").sum(),
    example={"revenue": [100.0, 60.0], "refunds": [0.0, 15.0], "orders": [2, 1]},
    answer=145.0,
    base=col("orders").sum(),
    optional=("refunds",),
)

orders = Metric(
    name="orders",
    label="Orders",
    meaning="Orders placed and not cancelled. By category an order counts once in each category it "
    "contains, so categories add up to more than the total.",
    formula="number of orders",
    unit="integer",
    better="higher",
    table="daily",
    value=col("orders").sum(),
    example={"orders": [3, 4]},
    answer=7.0,
    base=col("orders").sum(),
)

units = Metric(
    name="units",
    label="Units sold",
    meaning="Pieces in orders that were not cancelled, before returns.",
    formula="number of units",
    unit="integer",
    better="higher",
    table="daily",
    value=col("units").sum(),
    example={"units": [5, 9], "orders": [3, 4]},
    answer=14.0,
    base=col("orders").sum(),
)

average_order_value = Metric(
    name="average_order_value",
    label="Average order value",
    meaning="What an order is worth after discounts and before returns. By category: the category's part of"
    " the orders that contain it.",
    formula="revenue before returns ÷ orders",
    unit="money",
    better="higher",
    table="daily",
    value=ratio(col("revenue").sum(), col("orders").sum()),
    example={"revenue": [100.0, 60.0], "orders": [3, 1]},
    answer=40.0,
)

items_per_order = Metric(
    name="items_per_order",
    label="Items per order",
    meaning="Pieces in an order, on average over orders.",
    formula="units sold ÷ orders",
    unit="number",
    better="higher",
    table="daily",
    value=ratio(col("units").sum(), col("orders").sum()),
    example={"units": [5, 4], "orders": [2, 4]},
    answer=1.5,
)

gross_margin = Metric(
    name="gross_margin",
    label="Gross margin",
    meaning="What is left of net revenue after the cost of goods. Only goods whose cost is known count, so "
    "it is too low where costs are missing.",
    formula="net revenue of goods with a known cost − their cost",
    unit="money",
    better="higher",
    table="daily",
    value=col("costed_revenue").sum() - col("cost").sum(),
    example={"costed_revenue": [100.0, 50.0], "cost": [70.0, 20.0], "orders": [2, 1]},
    answer=60.0,
    base=col("orders").sum(),
)

margin_rate = Metric(
    name="margin_rate",
    label="Margin rate",
    meaning="The part of net revenue that is left after the cost of goods, among goods whose cost is known.",
    formula="(net revenue of goods with a known cost − their cost) ÷ net revenue of goods with a known cost",
    unit="percent",
    better="higher",
    table="daily",
    value=ratio(col("costed_revenue").sum() - col("cost").sum(), col("costed_revenue").sum()),
    example={"costed_revenue": [100.0, 50.0], "cost": [70.0, 20.0], "orders": [2, 1]},
    answer=0.4,
    base=col("orders").sum(),
)

discount_rate = Metric(
    name="discount_rate",
    label="Discount rate",
    meaning="The part of GMV given away by promotions and coupons, cancelled goods included on both sides.",
    formula="discounts ÷ GMV",
    unit="percent",
    better="lower",
    table="daily",
    value=ratio(col("discount").sum(), col("gmv").sum()),
    example={"discount": [10.0, 10.0], "gmv": [120.0, 80.0], "orders": [2, 1]},
    answer=0.1,
    base=col("orders").sum(),
)

return_rate = Metric(
    name="return_rate",
    label="Return rate",
    meaning="Share of sold units sent back. By order date recent days look too good, since their goods may "
    "still come back; by refund date the units may be from earlier orders.",
    formula="units returned ÷ units sold",
    unit="percent",
    better="lower",
    table="daily",
    value=ratio(col("units_returned").sum(), col("units").sum()),
    example={"units": [4, 6], "units_returned": [1, 0]},
    answer=0.1,
)

refund_value = Metric(
    name="refund_value",
    label="Refunds",
    meaning="Money given back for returned goods.",
    formula="sum of refunds",
    unit="money",
    better="lower",
    table="daily",
    value=col("refunds").sum(),
    example={"refunds": [0.0, 15.0], "units_returned": [0, 1]},
    answer=15.0,
    base=col("units_returned").sum(),
)
