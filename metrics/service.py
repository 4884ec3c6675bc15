"""Service: delivery, tickets and how satisfied customers say they are."""

from narwhals import col

from metrics.metric import Metric, ratio

on_time_rate = Metric(
    name="on_time_rate",
    label="On-time delivery",
    meaning="Share of delivered parcels that arrived by the promised time, by day of delivery. Parcels "
    "still on the way and parcels without a promise are left out.",
    formula="parcels delivered on time ÷ parcels delivered with a promised time",
    unit="percent",
    better="higher",
    table="daily",
    value=ratio(col("on_time").sum(), col("deliveries").sum()),
    example={"on_time": [9, 9], "deliveries": [10, 10]},
    answer=0.9,
)

tickets_per_order = Metric(
    name="tickets_per_order",
    label="Tickets per order",
    meaning="Service requests opened for each order of the same days. The requests may concern earlier "
    "orders.",
    formula="tickets opened ÷ orders",
    unit="ratio",
    better="lower",
    table="daily",
    value=ratio(col("tickets").sum(), col("orders").sum()),
    example={"tickets": [1, 2], "orders": [10, 20]},
    answer=0.1,
)

csat = Metric(
    name="csat",
    label="Customer satisfaction",
    meaning="Share of answers to the satisfaction question in the two best boxes of the scale. Only those "
    "who answered are in it, however they were asked; the page Satisfaction tells the ways apart.",
    formula="answers in the two best boxes ÷ answers",
    unit="percent",
    better="higher",
    table="daily",
    value=ratio(col("csat_good").sum(), col("csat_answers").sum()),
    example={"csat_good": [7, 9], "csat_answers": [10, 10]},
    answer=0.8,
)

nps = Metric(
    name="nps",
    label="Net promoter score",
    meaning="From −100 to 100: the share who would recommend the shop (9 or 10 of 10) less the share who "
    "would not (0 to 6). Only those who answered are in it, however they were asked; the page "
    "Satisfaction tells the ways apart.",
    formula="(promoters − detractors) ÷ answers × 100",
    unit="score",
    better="higher",
    table="daily",
    value=ratio((col("nps_promoters").sum() - col("nps_detractors").sum()) * 100, col("nps_answers").sum()),
    example={"nps_promoters": [6, 5], "nps_detractors": [1, 2], "nps_answers": [10, 10]},
    answer=40.0,
)

review_score = Metric(
    name="review_score",
    label="Review score",
    meaning="Stars of product reviews, 1 to 5, by day of the review. Only those who wrote are in it.",
    formula="sum of stars ÷ reviews",
    unit="score",
    better="higher",
    table="daily",
    value=ratio(col("review_stars").sum(), col("reviews").sum()),
    example={"review_stars": [9.0, 11.0], "reviews": [2, 3]},
    answer=4.0,
)
