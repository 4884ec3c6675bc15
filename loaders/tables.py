"""Every table the product can use: columns, types, units, meaning. One declaration, many uses.

The importer validates against it, `python cli.py tables` prints it, the Data page shows it and
docs/tables.md is generated from it. Only `orders` and `order_lines` are needed to start.

Each table is a dataframely schema; each column carries its unit and whether it identifies a person.
Instants (`…_at`) are UTC; days (`day`, `month`, `…_on`) are calendar days of the shop. Money is in
the shop's currency, ratios and rates are fractions (0.1 is 10 %), durations are seconds.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import dataframely as dy


def _column(kind: type[dy.Column], meaning: str, options: dict) -> dy.Column:
    key, person, plan = (options.pop(flag, False) for flag in ("key", "person", "plan"))
    required = options.pop("required", False) or key is True
    facts = {
        "key": key,
        "person": person,
        "plan": plan,
        "unit": options.pop("unit", ""),
        "choices": options.pop("choices", ()),
    }
    return kind(nullable=not required, description=meaning, metadata=facts, **options)


def text(meaning: str, **options) -> dy.Column:
    """Words or a code. `choices` are the only values allowed."""
    choices = options.get("choices")
    if choices:
        options["check"] = lambda value: value.is_in(choices)
    return _column(dy.String, meaning, options)


def instant(meaning: str, **options) -> dy.Column:
    """A moment, stored in UTC to the microsecond. `plan=True` may lie in the future."""
    return _column(dy.Datetime, meaning, {"time_zone": "UTC", "unit": "UTC", **options})


def day(meaning: str, **options) -> dy.Column:
    """A calendar day of the shop."""
    return _column(dy.Date, meaning, {"unit": "day", **options})


def number(meaning: str, **options) -> dy.Column:
    """A finite number; neither NaN nor infinity is a number."""
    return _column(dy.Float64, meaning, options)


def money(meaning: str, **options) -> dy.Column:
    """An amount in the shop's currency, never negative: what goes back is a return."""
    return number(meaning, **{"unit": "money", "min": 0, **options})


def count(meaning: str, **options) -> dy.Column:
    return _column(dy.Int64, meaning, {"unit": "count", "min": 0, **options})


def flag(meaning: str, **options) -> dy.Column:
    return _column(dy.Bool, meaning, options)


class Customers(dy.Schema):
    """One row a person who bought, signed up or was seen."""

    customer_id = text("The customer.", key=True, person=True)
    signed_up_at = instant("When the account was opened.")
    name = text("Name.", person=True)
    email = text("E-mail address.", person=True)
    phone = text("Telephone number.", person=True)
    birth_year = count("Year of birth.", unit="year", person=True, min=1900)
    gender = text("Gender as stated.", person=True)
    region = text("Region where the customer lives.")
    city = text("City.")
    country = text("Country.")
    acquisition_channel = text("Channel that brought the customer.")
    tier = text("Membership tier.")
    interests = text("Interests as stated, separated by commas.")
    marketing_consent = flag("May be written to for marketing.")
    updated_at = instant("When this row was last changed at its source.")


class Products(dy.Schema):
    """One row a product or variant."""

    product_id = text("The product.", key=True)
    name = text("Name shown to customers.")
    category = text("Category.")
    subcategory = text("Category one level below.")
    brand = text("Brand.")
    merchant_id = text("Merchant that sells it.")
    list_price = money("Price before any reduction.")
    unit_cost = money("Cost of one unit.")
    launched_on = day("First day on sale.", plan=True)
    discontinued_on = day("Last day on sale.", plan=True)
    updated_at = instant("When this row was last changed at its source.")


class Merchants(dy.Schema):
    """One row a seller on the marketplace."""

    merchant_id = text("The merchant.", key=True)
    name = text("Name.")
    region = text("Region.")
    channel = text("Channel that brought the merchant.")
    tier = text("Merchant tier.")
    joined_on = day("First day.", plan=True)
    left_on = day("Last day.", plan=True)
    updated_at = instant("When this row was last changed at its source.")


class Orders(dy.Schema):
    """One row an order."""

    order_id = text("The order.", key=True)
    ordered_at = instant("When the order was placed.", required=True)
    customer_id = text("Who ordered; empty for a guest.", person=True)
    channel = text("Sales channel.")
    region = text("Region of delivery.")
    device = text("Device the order was placed on.")
    status = text("State, such as placed, paid, shipped, delivered, cancelled.")
    cancelled_at = instant("When the order was cancelled.")
    cancel_reason = text("Why it was cancelled.")
    campaign_id = text("Campaign credited by the source system.")
    coupon_id = text("Coupon used.")
    shipping_fee = money("Shipping charged to the customer.")
    tax = money("Tax charged, where not part of the prices.")
    updated_at = instant("When this row was last changed at its source.")


class OrderLines(dy.Schema):
    """One row a product in an order."""

    order_id = text("The order.", key=True)
    line_id = text("The line in the order; made from product and position if absent.", key="derived")
    product_id = text("The product.", required=True)
    ordered_at = instant("When the order was placed; always taken from the order.")
    merchant_id = text("Merchant that sells it; taken from the product if absent.")
    category = text("Category at the time of sale; taken from the product if absent.")
    units = count("Units bought.", required=True, min=1)
    unit_price = money("Price of one unit before the discount of this line.", required=True)
    discount = money("Reduction of the whole line: promotions and coupons.")
    unit_cost = money("Cost of one unit; taken from the product if absent.")
    promotion_id = text("Promotion that gave the discount.")


class Returns(dy.Schema):
    """One row a returned or cancelled product line."""

    return_id = text("The return document.", key=True)
    line_id = text("The line in it; made from product and position if absent.", key="derived")
    order_id = text("The order it belongs to, where known.")
    product_id = text("The product.", required=True)
    customer_id = text("Who sent it back.", person=True)
    returned_at = instant("When it came back or was cancelled.", required=True)
    refunded_at = instant("When the money went back; the return's own time if absent.")
    units = count("Units sent back.", required=True, min=1)
    refund_value = money("Money given back.", required=True)
    kind = text("Return, exchange or cancellation.")
    reason = text("Why.")
    channel = text("Sales channel; taken from the order if absent.")
    region = text("Region; taken from the order if absent.")


class Payments(dy.Schema):
    """One row a payment."""

    payment_id = text("The payment.", key=True)
    order_id = text("The order paid.", required=True)
    paid_at = instant("When it was paid; the order's time if absent.")
    method = text("Card, wallet, transfer …")
    amount = money("Amount paid.", required=True)


class Events(dy.Schema):
    """One row a thing a visitor did: visit, view, search, cart, checkout, purchase, review, like …"""

    customer_id = text("The account where known, else the visitor's cookie.", required=True, person=True)
    happened_at = instant("When.", required=True)
    event = text("What: visit, view, search, cart, checkout, purchase, like …", required=True)
    session_id = text("The session; made from 30 minutes of silence if absent.", person=True)
    channel = text("Channel the session came by.")
    device = text("Kind of device.")
    region = text("Region of the visitor.")
    page = text("Page shown.")
    product_id = text("Product concerned.")
    order_id = text("Order concerned, on a purchase.")
    campaign_id = text("Campaign that brought the session.")
    query = text("Words searched for.")
    results = count("Number of results of the search.")
    duration = number("Seconds spent.", unit="seconds", min=0)
    value = money("Money concerned, on a purchase.")


class Campaigns(dy.Schema):
    """One row a marketing campaign."""

    campaign_id = text("The campaign.", key=True)
    name = text("Name.")
    channel = text("Channel it runs in.")
    kind = text("SEO, SEM, content, marketplace ads, e-mail, live stream, social …")
    partner = text("Partner of a joint or cross-platform campaign.")
    starts_on = day("First day.", plan=True)
    ends_on = day("Last day.", plan=True)
    budget = money("Planned spend.")
    goal = text("What it is to achieve.")


class Spend(dy.Schema):
    """One row a day, channel and campaign: what advertising cost."""

    day = day("The day.", key=True)
    channel = text("Channel.", key=True)
    campaign_id = text("Campaign, where known.", key="optional")
    spend = money("Cost of the day.", required=True)
    impressions = count("Times shown.")
    clicks = count("Times clicked.")


class Touches(dy.Schema):
    """One row a contact of a person with marketing, before a purchase or not."""

    customer_id = text("Who.", key=True, person=True)
    touched_at = instant("When.", key=True)
    channel = text("Channel.", key=True)
    campaign_id = text("Campaign, where known.", key="optional")
    kind = text("Impression, click, open, call …")
    cost = money("Cost of this contact.")


class Promotions(dy.Schema):
    """One row a price promotion or coupon programme."""

    promotion_id = text("The promotion.", key=True)
    name = text("Name.")
    kind = text("Flash sale, threshold-off, percent-off, joint …")
    starts_at = instant("Start.", required=True, plan=True)
    ends_at = instant("End.", plan=True)
    category = text("Category it is limited to.")
    channel = text("Channel it is limited to.")
    region = text("Region it is limited to.")
    depth = number("Reduction as a share of the price.", unit="fraction", min=0, max=1)
    threshold = money("Basket value from which it applies.")
    cost = money("Fixed cost: partner fees, placement, printing.")
    partner = text("Partner of a joint promotion.")


class PromotionProducts(dy.Schema):
    """One row a product in a promotion that is limited to products."""

    promotion_id = text("The promotion.", key=True)
    product_id = text("The product.", key=True)
    promotion_price = money("Price during the promotion.")


class Coupons(dy.Schema):
    """One row a coupon given to a person: issued, seen, redeemed."""

    coupon_id = text("The coupon.", key=True)
    customer_id = text("Who got it.", person=True)
    promotion_id = text("Programme it belongs to.")
    kind = text("Threshold-off or percent-off.")
    threshold = money("Basket value from which it applies.")
    value_off = money("Amount off.")
    percent_off = number("Share off.", unit="fraction", min=0, max=1)
    issued_at = instant("When given.", required=True)
    seen_at = instant("When first seen.")
    redeemed_at = instant("When used.")
    expires_at = instant("When it ends.", plan=True)
    order_id = text("Order it was used in.")


class Tickets(dy.Schema):
    """One row a service request."""

    ticket_id = text("The ticket.", key=True)
    customer_id = text("Who asked.", person=True)
    order_id = text("Order concerned.")
    product_id = text("Product concerned.")
    kind = text("Return, exchange, repair, complaint, question.")
    channel = text("Chat, phone, e-mail …")
    priority = text("Priority.")
    agent = text("Who handles it.", person=True)
    opened_at = instant("When opened.", required=True)
    first_response_at = instant("First answer by a person.")
    resolved_at = instant("When closed; empty while open.")
    reopened_at = instant("When last opened again.")
    score = number("Satisfaction after closing, 1 to 5.", unit="score", min=1, max=5)
    comment = text("What the customer wrote.", person=True)


class Surveys(dy.Schema):
    """One row an answer, or an invitation that stayed without one."""

    answer_id = text("The answer.", key=True)
    survey = text("Which survey.")
    measure = text("nps, csat, ces, driver or comment.", required=True)
    question = text("The question, or the driver that is rated.")
    customer_id = text("Who was asked.", person=True)
    order_id = text("Order concerned.")
    ticket_id = text("Ticket concerned.")
    method = text("How it was asked.", choices=("online", "phone", "field"))
    asked_at = instant("When asked.", required=True)
    answered_at = instant("When answered; empty without an answer.")
    score = number("Answer on the scale.", unit="score")
    scale_min = number("Lowest point of the scale.", unit="score")
    scale_max = number("Highest point of the scale.", unit="score")
    better = text("Which end of the scale is good.", choices=("higher", "lower"))
    comment = text("What was said.", person=True)
    language = text("Language of the answer.")


class Shipments(dy.Schema):
    """One row a parcel."""

    shipment_id = text("The parcel.", key=True)
    order_id = text("The order.", required=True)
    carrier = text("Who delivers.")
    region = text("Region of delivery; taken from the order if absent.")
    shipped_at = instant("When handed to the carrier.")
    promised_at = instant("When it was promised to arrive.", plan=True)
    delivered_at = instant("When it arrived; empty while on the way.")
    cost = money("What delivery cost the shop.")


class Inventory(dy.Schema):
    """One row a product, day and warehouse: stock at the end of the day."""

    day = day("The day.", key=True)
    product_id = text("The product.", key=True)
    warehouse = text("Warehouse.", key="optional")
    on_hand = number("Units in stock; below 0 is sold ahead.", unit="count", required=True)
    on_order = count("Units ordered and not yet in.")
    reorder_point = count("Stock at which to order again.")


class CompetitorPrices(dy.Schema):
    """One row a competitor's price of a matched product on a day."""

    day = day("The day.", key=True)
    competitor = text("The competitor.", key=True)
    product_id = text("Our matching product.", key=True)
    price = money("Their price.", required=True)
    in_stock = flag("They could deliver.")


class Market(dy.Schema):
    """One row a month and category: the size of the whole market, by our definition of GMV."""

    month = day("First day of the month.", key=True)
    category = text("Category.", key="optional")
    region = text("Region.", key="optional")
    segment = text("Part of commerce: mobile, social, live stream, …", key="optional")
    market_gmv = money("GMV of all sellers.", required=True)
    source = text("Who says so.")


class Content(dy.Schema):
    """One row a piece of content: article, video, live stream, community post."""

    content_id = text("The piece.", key=True)
    title = text("Title.")
    kind = text("Article, video, live stream, community post …")
    channel = text("Where it appeared.")
    campaign_id = text("Campaign it belongs to.")
    partner = text("Author or partner.")
    published_at = instant("When published.", required=True)
    reach = count("People reached.")
    interactions = count("Likes, shares, comments.")
    clicks = count("Visits to the shop.")
    orders = count("Orders credited by the source.")
    cost = money("Cost.")
    reported_at = instant("When reported as breaking the rules.")
    handled_at = instant("When the report was handled.")


class Reviews(dy.Schema):
    """One row a product review."""

    review_id = text("The review.", key=True)
    product_id = text("Product reviewed.")
    order_id = text("Order concerned.")
    customer_id = text("Who wrote.", person=True)
    reviewed_at = instant("When.", required=True)
    score = number("Stars, 1 to 5.", unit="score", required=True, min=1, max=5)
    comment = text("What was written.", person=True)
    language = text("Language.")
    answered_at = instant("When the shop answered.")


class ListingAudits(dy.Schema):
    """One row a check of a product's listing."""

    product_id = text("The product.", key=True)
    audited_at = instant("When checked.", key=True)
    completeness = number("Share of the required fields that are filled.", unit="fraction", min=0, max=1)
    correctness = number("Share of the filled fields that are right.", unit="fraction", min=0, max=1)
    status = text("Approved, pending or rejected.")
    rule_broken = text("Rule broken, if any.")
    penalty = money("Penalty set.")


class Targets(dy.Schema):
    """One row a metric and month: what the plan asks for."""

    metric = text("Name of the metric, as in the dictionary.", key=True)
    month = day("First day of the month.", key=True, plan=True)
    target = number("Value to reach in that month.", required=True)


class Incidents(dy.Schema):
    """One row a thing worth marking on a chart: an outage, a holiday, a competitor's move."""

    incident_id = text("The incident.", key=True)
    name = text("Short name, shown on charts.", required=True)
    kind = text("Holiday, outage, carrier, tracking, competitor, press …")
    starts_at = instant("Start.", required=True, plan=True)
    ends_at = instant("End.", plan=True)
    comment = text("What happened.")


def _snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")


TABLES: dict[str, type[dy.Schema]] = {
    _snake(schema.__name__): schema for schema in dy.Schema.__subclasses__() if schema.__module__ == __name__
}

REQUIRED = ("orders", "order_lines")


@cache
def facts(table: str, column: str) -> dict:
    """What is declared of a column beside its type: key, person, plan, unit, choices."""
    return TABLES[table].columns()[column].metadata or {}


@cache
def key(table: str) -> list[str]:
    """The columns that identify a row; empty for `events`, where the whole row does."""
    return [name for name in TABLES[table].column_names() if facts(table, name)["key"]]


@cache
def required(table: str) -> list[str]:
    """Columns a source must give, in order."""
    return [name for name, column in TABLES[table].columns().items() if not column.nullable]


@cache
def dtypes(table: str) -> dict[str, Any]:
    return {name: column.dtype for name, column in TABLES[table].columns().items()}


@cache
def time(table: str) -> str | None:
    """The column by whose month a table is filed: its first certain instant or day."""
    if table == "order_lines":
        return "ordered_at"
    for name in required(table):
        if facts(table, name)["unit"] in ("UTC", "day") and not facts(table, name)["plan"]:
            return name
    return None
