"""The world of the sample shop: who lives there, what is sold and how people behave.

The year, its seasons and incidents are in days.py, promotions and campaigns in plan.py. A mechanism
is one file that opens with its formula and with the constants that nobody else uses: flow, people,
visits, choice, timeline, coupons, orders, parcels, returns, tickets, opinion, surveys, reviews,
marketing. docs/sample.md is written from them.
Shares need not add up to 1; they are weights. Money is in USD.
"""

from __future__ import annotations

from dataclasses import dataclass

GENERATOR = "6"  # raise it whenever the same seed would give other rows
SHOP = {"timezone": "Asia/Singapore", "currency": "USD", "week_start": "monday"}


@dataclass(frozen=True)
class Size:
    """factor: people and what they do, and the market they are part of; assortment and merchants grow
    more slowly, by factor ** ASSORTMENT_GROWTH. elsewhere: weight of the channels whose visits are not in
    our events (marketplace, store), relative to CHANNELS.
    """

    factor: float
    elsewhere: float = 1.0


SIZES = {"small": Size(1.0), "medium": Size(17.0), "large": Size(540.0, 6.0)}
CUSTOMERS, COOKIES, PRODUCTS, MERCHANTS = 20_000, 32_000, 300, 40
ASSORTMENT_GROWTH = 0.35


@dataclass(frozen=True)
class Region:
    name: str
    share: float
    cities: tuple[str, ...]
    chinese: float  # share of people who write in Chinese
    promise_days: int  # after the order
    delivery: float  # transit time relative to Singapore
    fee: float  # shipping, waived from FREE_SHIPPING
    tax: float = 0.0  # added to the price; elsewhere prices include it


REGIONS = (
    Region("Singapore", 0.30, ("Singapore",), 0.30, 3, 1.0, 2.5),
    Region("Malaysia", 0.22, ("Kuala Lumpur", "Penang", "Johor Bahru"), 0.35, 5, 1.75, 3.5),
    Region("Hong Kong", 0.16, ("Hong Kong",), 0.75, 5, 1.7, 4.0),
    Region("Taiwan", 0.14, ("Taipei", "Taichung", "Kaohsiung"), 0.95, 6, 2.0, 4.5),
    Region("Thailand", 0.10, ("Bangkok", "Chiang Mai"), 0.10, 6, 2.2, 4.5, 0.07),
    Region("Indonesia", 0.08, ("Jakarta", "Surabaya"), 0.08, 7, 2.6, 5.0, 0.11),
)
REGION_TREND = (0.0, 0.05, -0.05, 0.15, 0.35, 0.45)  # growth of arrivals over the year, in logs
FREE_SHIPPING = 60.0


@dataclass(frozen=True)
class Channel:
    name: str
    share: float  # of visits at the start of the year
    trend: float  # growth of visits over the year, in logs
    bounce: float  # share of visits that leave from the landing page
    intent: float  # added to the utility of every product
    logged: bool  # whether the visit itself is in our events
    click_cost: float = 0.0  # 0: not paid for
    click_trend: float = 0.0  # growth of the price of a click over the year, in logs
    guests: float = 1.0  # weight among visitors without an account


CHANNELS = (
    Channel("Direct", 0.17, 0.05, 0.34, 0.15, True, guests=0.8),
    Channel("Organic search", 0.20, 0.02, 0.42, 0.0, True, guests=1.3),
    Channel("Paid search", 0.14, 0.12, 0.45, 0.05, True, 1.05, 0.35, guests=1.3),
    Channel("Social", 0.14, 0.45, 0.55, -0.3, True, 0.55, 0.15, guests=1.4),
    Channel("E-mail", 0.17, -0.10, 0.30, 0.35, True, guests=0.0),
    Channel("Affiliates", 0.06, -0.20, 0.46, 0.0, True, 0.85, 0.05, guests=1.1),
    Channel("Live stream", 0.035, 1.00, 0.38, 0.10, True, 1.00, -0.10, guests=1.0),
    Channel("Marketplace", 0.17, 0.10, 0.30, 0.25, False, 0.80, 0.10, guests=0.3),
    Channel("Retail store", 0.045, -0.15, 0.0, 0.75, False, guests=0.3),
)
CHANNEL = {channel.name: code for code, channel in enumerate(CHANNELS)}
DEVICES = ("Mobile", "Desktop", "Tablet")
MOBILE_SHARE, MOBILE_TREND, TABLET_SHARE = 0.58, 0.08, 0.06  # trend: added over the year


@dataclass(frozen=True)
class Category:
    name: str
    kinds: tuple[str, str, str]  # subcategories
    share: float  # of interest
    price: float  # median
    margin: float  # 1 − cost ÷ list price
    returns: float  # share of lines sent back
    cost_trend: float  # growth of unit cost over the last half year, in logs
    trend: float  # growth of interest over the year, in logs
    market_trend: float  # growth of the whole market over the year, in logs
    market: float  # market's annual GMV for a shop of size 1, in millions


CATEGORIES = (
    Category(
        "Electronics", ("Audio", "Chargers", "Smart home"), 0.16, 56, 0.29, 0.090, 0.03, 0.02, 0.08, 6.2
    ),
    Category("Home", ("Kitchen", "Bedding", "Decor"), 0.17, 36, 0.43, 0.072, 0.07, 0.08, 0.06, 3.6),
    Category("Fashion", ("Shirts", "Shoes", "Bags"), 0.18, 34, 0.52, 0.190, 0.02, -0.08, 0.02, 3.9),
    Category("Beauty", ("Skin care", "Make-up", "Hair"), 0.15, 24, 0.55, 0.045, 0.00, 0.35, 0.20, 2.4),
    Category("Sports", ("Yoga", "Running", "Outdoor"), 0.10, 38, 0.41, 0.100, 0.03, 0.15, 0.12, 2.0),
    Category("Toys", ("Puzzles", "Building sets", "Plush"), 0.09, 25, 0.42, 0.055, 0.02, -0.12, -0.04, 1.1),
    Category("Groceries", ("Tea", "Snacks", "Coffee"), 0.09, 14, 0.30, 0.020, 0.05, 0.20, 0.10, 0.7),
    Category("Pets", ("Dog", "Cat", "Aquarium"), 0.06, 20, 0.38, 0.038, 0.02, 0.30, 0.18, 0.6),
)
CATEGORY = {category.name: code for code, category in enumerate(CATEGORIES)}
NEVER = 9999  # a day number beyond the year
PRICE_SIGMA = 0.55  # spread of list prices within a category, in logs
POPULARITY_TAIL, MOST_POPULAR = 1.15, 60.0  # Pareto index: a fifth of the products makes most sales; cap
LAUNCHED_IN_YEAR, DISCONTINUED_IN_YEAR = 0.24, 0.08
NEW_DAYS, NEW_VIEWS = 45, 1.8  # how long a product is new; its views, relative
MATCHED = 0.45  # share of products that competitors sell too
MERCHANTS_BEFORE, MERCHANTS_LEFT = 0.72, 0.12  # shares: there on the first day; that leave
PRICE_CHANGES, PRICE_STEP = 0.10, 0.09  # share of products a month; size of a change, in logs
STOCK_OUTS, STOCK_OUT_DAYS = 0.09, 6.0  # share of products a month; mean length
SHORTAGE, SHORTAGE_MONTHS, SHORTAGE_RISK = "Home", 2, 2.5  # of a category, at the end: how much likelier
BRANDS = (
    "Auralis", "Bambu", "Cova", "Dailyn", "Everfold", "Fennick", "Gingko", "Harbourly", "Isla & Oak", "Juniq",
    "Kitewell", "Lumio", "Mirra", "Nordlet", "Oriel", "Pebblo", "Quillon", "Riverbend", "Solmar", "Tidewell",
)  # fmt: skip
STYLES = ("Classic", "Light", "Pro", "Mini", "Studio", "Everyday", "Travel", "Soft", "Bright", "Prime")


@dataclass(frozen=True)
class Group:
    """A kind of customer. Factors on the visit rate and on the price sensitivity; buys: added to the
    utility of every product; focus: share of visits in the own category.
    """

    name: str
    share: float
    rate: float
    beta: float
    buys: float
    focus: float


GROUPS = (
    Group("Regulars", 0.18, 2.0, 0.80, 0.15, 0.35),
    Group("Bargain hunters", 0.27, 1.15, 1.55, -0.10, 0.40),
    Group("Enthusiasts", 0.17, 1.0, 0.75, 0.20, 0.90),
    Group("Occasional", 0.38, 0.45, 1.0, 0.0, 0.50),
)

# People. Visits follow a Poisson process with a rate of their own, thinned by season and channel;
# a person drops out after a lifetime (Pareto/NBD: Schmittlein, Morrison and Colombo 1987).
VISIT_RATE, VISIT_SPREAD, VISIT_CAP = 0.62, 0.85, 24.0  # visits a month; log spread within a group; most
LIFETIME, LIFETIME_TAIL = 150.0, 0.6  # Lomax: scale in days, shape
COOKIE_LIFE, COOKIE_RATE = 9.0, 1.0  # days; further visits a month
ACCOUNTS_BEFORE, TENURE = 0.66, 220.0  # share of customers there before the first day; mean days since
ARRIVAL_GROWTH = 0.5  # of new people over the year, in logs
HOME_CHANNEL, HOME_CATEGORY = 0.5, 0.5  # share of visits by the own channel; of cookies, in the own category
MOBILE_SPREAD, MOBILE_BY_AGE, MIDDLE_AGE = 0.25, -0.006, 38  # of the share of visits; by year of age
CONSENT = 0.62
GENDERS = (("female", 0.50), ("male", 0.38), ("other", 0.02), ("not stated", 0.10))
TIERS = (("Standard", 0.78), ("Silver", 0.16), ("Gold", 0.06))

# Choice: a multinomial logit over the products viewed and leaving (McFadden 1974).
# U = BUY + quality + intent + bonuses − satiation
#     + β ln(price ÷ usual price) − RIVAL ln(price ÷ rival's price) + Gumbel
# satiation = SATED (1 + HOARD × depth) exp(−days ÷ SATED_DAYS) in the category bought last
BUY = -2.54  # leaving has utility 0
ACCOUNT_BONUS, LOYALTY_BONUS, COUPON_BONUS = 0.42, 0.30, 0.6
LOYAL_FROM = 3  # orders; before, the bonus grows with each
BETA, BETA_SPREAD = -2.3, 0.35  # price sensitivity: median, log spread between people
RIVAL = 0.8
SATED, HOARD, SATED_DAYS = 1.5, 3.0, 20.0  # bought today is not bought tomorrow, least after a sale
QUALITY_SPREAD = 0.45
MOST_VIEWS, MEAN_VIEWS = 8, 1.4  # beyond the first
STRAY_VIEWS = 0.2  # share of views outside the category of the visit
SEARCHES, EMPTY_SEARCHES = 0.22, 0.07
MORE_LINES, COMPLEMENT, SEEN_BEFORE = 1.3, 0.45, 0.5  # offers; share: the complement, else was viewed
ADD = 0.0  # an offer is taken by a binary logit: ADD + β ln(price ÷ usual price)
MORE_UNITS, UNITS_HOARD = 0.16, 1.5  # mean beyond the first; by depth of the discount, relative
CHECKOUT = {"Mobile": 0.50, "Desktop": 0.60, "Tablet": 0.54}  # of carts that reach the checkout
PAY = {"Mobile": 0.56, "Desktop": 0.66, "Tablet": 0.60}  # of checkouts that are paid
UNLOGGED_PAY = {"Marketplace": 0.72, "Retail store": 0.90}  # of carts; their checkout is not ours
GUEST_CHECKOUT, COUPON_PAY = 0.85, 1.15  # relative to people with an account, without a coupon
MOBILE_BOUNCE = 0.03  # added on mobile

# After the order
CANCELLED, CANCEL_AFTER = 0.034, 5 * 3600.0  # share of orders; mean seconds until then
CANCELLED_UNPAID = 0.4  # share of cancelled orders that were never paid
CANCEL_REASONS = (
    ("Changed my mind", 0.45),
    ("Found cheaper", 0.2),
    ("Out of stock", 0.2),
    ("Payment failed", 0.15),
)
HANDLING, HANDLING_SIGMA = 20.0, 0.5  # hours from order to hand-over: median, log spread
RETURN_AFTER, LATE_RETURNS, EXCHANGES = 6.0, 1.5, 0.08  # mean days; returns of late parcels, relative; share
RETURN_REASONS = (
    ("Wrong size", 0.3), ("Not as described", 0.22), ("Changed my mind", 0.2), ("Damaged", 0.16),
    ("Faulty", 0.12),
)  # fmt: skip
PAYMENT_METHODS = (("Card", 0.48), ("Wallet", 0.34), ("Bank transfer", 0.10), ("Pay later", 0.08))
SPLIT_PAYMENTS = 0.03


@dataclass(frozen=True)
class Carrier:
    name: str
    share: float
    days: float  # median from hand-over to door, in Singapore
    sigma: float  # log spread
    cost: float


CARRIERS = (
    Carrier("Straits Courier", 0.38, 1.15, 0.40, 2.4),
    Carrier("Merlion Post", 0.30, 1.30, 0.40, 1.9),
    Carrier("Skybridge Express", 0.20, 1.00, 0.34, 3.6),
    Carrier("Palm Logistics", 0.12, 1.40, 0.45, 1.7),
)
COMPETITORS = (("Bluefin Mall", 0.98), ("Kopi Market", 1.04), ("Zenda", 1.01), ("Harbour Deals", 0.95))
SEGMENTS = (
    ("Desktop", 0.26, -0.22),
    ("Mobile", 0.46, 0.05),
    ("Social", 0.16, 0.28),
    ("Live stream", 0.12, 0.55),
)
