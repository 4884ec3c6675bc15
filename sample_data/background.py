"""What is around the buying: stock, competitors, the market, listing audits, the plan, incidents."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from sample_data import days
from sample_data import world as w
from sample_data.assortment import Assortment
from sample_data.columns import dates, instants
from sample_data.days import DAY, known
from sample_data.draws import Draws
from sample_data.run import Run

COVER = 24  # days that a delivery of stock lasts
UNITS_A_YEAR = 16_500  # sold by a shop of size 1
RULES = ("Missing size table", "Banned claim", "Wrong category", "Poor photo", "Missing safety mark")
AUDIT_EVERY = 91  # days

# The plan: metric → (value of an average month, growth over the year in logs, season, up or down with
# the size of the shop). season is the power of the month's season that the plan expects.
PLAN: dict[str, tuple[float, float, float, bool]] = {
    "gmv": (42_500, 0.42, 1.0, True),
    "net_revenue": (36_300, 0.42, 1.0, True),
    "orders": (620, 0.36, 1.0, True),
    "units": (1_040, 0.38, 1.0, True),
    "buyers": (455, 0.36, 0.9, True),
    "new_buyers": (285, -0.25, 0.9, True),
    "average_order_value": (65, 0.08, 0.0, False),
    "conversion_rate": (0.0355, 0.03, 0.1, False),
    "gross_margin": (14_200, 0.42, 1.0, True),
    "margin_rate": (0.395, -0.02, 0.0, False),
    "return_rate": (0.078, -0.05, 0.0, False),
    "on_time_rate": (0.935, 0.01, 0.0, False),
    "ad_spend": (5_800, 0.42, 0.8, True),
    "roas": (6.8, 0.0, 0.0, False),
    "cac": (21.0, 0.55, 0.0, False),
    "csat": (0.78, 0.03, 0.0, False),
    "nps": (27, 0.20, 0.0, False),
    "market_share": (0.0245, 0.35, 0.0, False),
    "active_merchants": (33, 0.25, 0.0, False),
    "stock_out_rate": (0.018, 0.0, 0.0, False),
}


def month_season(month: int) -> float:
    """Season of a month: the mean of its days, relative to the year."""
    season = days.season()
    return float(season[days.BOUNDS[month] : days.BOUNDS[month + 1]].mean() / season.mean())


def target_rows(factor: float) -> pl.DataFrame:
    """Rows of the table targets, for the year and half a year beyond. Active merchants grow more slowly."""
    rows = []
    for number in range(18):
        month = date(2025 + (6 + number) // 12, (6 + number) % 12 + 1, 1)
        season = month_season(number % 12)
        for metric, (level, growth, power, sized) in PLAN.items():
            size = factor if sized else factor**w.ASSORTMENT_GROWTH if metric == "active_merchants" else 1.0
            value = level * size * np.exp(growth * (number - 5.5) / 12) * season**power
            rows.append((metric, month, float(f"{value:.3g}")))
    return pl.DataFrame(rows, schema=["metric", "month", "target"], orient="row")


def incident_rows(run: Run) -> pl.DataFrame:
    """Rows of the table incidents: holidays, sales and what went wrong."""
    every = [*days.HOLIDAYS, *filter(run.happens, days.INCIDENTS)]
    first = np.array([days.of(one.first) for one in every]) * DAY
    last = np.array([days.of(one.last) for one in every]) * DAY + DAY - 1
    return pl.DataFrame(
        {
            "incident_id": [f"I{number:03d}" for number in range(1, len(every) + 1)],
            "name": [one.name for one in every],
            "kind": [one.kind for one in every],
            "starts_at": instants("starts_at", first),
            "ends_at": instants("ends_at", last),
            "comment": [one.comment or None for one in every],
        }
    )


def market_rows(draws: Draws, factor: float) -> pl.DataFrame:
    """Rows of the table market: month × category × segment, growing by category and by segment."""
    rows = []
    for month in range(12):
        year = (month + 0.5) / 12
        season = 1 + 0.8 * (month_season(month) - 1)
        for number, category in enumerate(w.CATEGORIES):
            noise = 0.025 * draws.normal("market", month, number)[0]
            whole = (
                category.market
                * 1e6
                * factor
                / 12
                * season
                * np.exp(category.market_trend * (year - 0.5) + noise)
            )
            parts = np.array([share * np.exp(trend * (year - 0.5)) for _, share, trend in w.SEGMENTS])
            for (segment, _, _), part in zip(w.SEGMENTS, parts / parts.sum(), strict=True):
                value = round(whole * part, -2)
                rows.append((days.MONTHS[month], category.name, segment, value, "Regional Retail Panel"))
    return pl.DataFrame(rows, schema=["month", "category", "segment", "market_gmv", "source"], orient="row")


def competitor_rows(draws: Draws, shop: Assortment) -> pl.DataFrame:
    """Rows of the table competitor_prices: once a week for each matched product."""
    week, rival, product = np.nonzero(np.broadcast_to(shop.matched, shop.rivals.shape))
    day = np.minimum(week * 7, days.DAYS - 1)
    sold = shop.on_sale(day, product)
    week, rival, product, day = week[sold], rival[sold], product[sold], day[sold]
    return pl.DataFrame(
        {
            "day": dates("day", day),
            "competitor": pl.Series([name for name, _ in w.COMPETITORS]).gather(rival),
            "product_id": shop.ids(product),
            "price": shop.rivals[week, rival, product],
            "in_stock": draws.chance("rival stock", 0.95, week, rival, product),
        }
    )


def inventory_rows(draws: Draws, shop: Assortment, factor: float, month: int) -> pl.DataFrame:
    """Rows of the table inventory: product × day while on sale. Stock is filled up every COVER days."""
    span = np.arange(days.BOUNDS[month], days.BOUNDS[month + 1])
    row, product = np.nonzero(shop.on_sale(span[:, None], np.arange(shop.products)))
    day = span[row]
    demand = _demand(shop, factor)[product]
    phase = (day + draws.whole("delivery of stock", COVER, product)) % COVER
    level = np.ceil(demand * (COVER - phase) * 1.1 + 3)
    stock = shop.stock[day, product]
    coming = np.where(stock & (phase < COVER - 9), 0, np.ceil(demand * COVER))
    return pl.DataFrame(
        {
            "day": dates("day", day),
            "product_id": shop.ids(product),
            "warehouse": pl.Series(("Singapore", "Johor")).gather(product % 2),
            "on_hand": np.where(stock, level, 0.0),
            "on_order": coming.astype(np.int64),
            "reorder_point": np.ceil(demand * 9 + 2).astype(np.int64),
        }
    )


def _demand(shop: Assortment, factor: float) -> np.ndarray:
    """Units a day of each product, expected from its popularity."""
    return shop.popularity / shop.popularity.sum() * UNITS_A_YEAR * factor / days.DAYS


def audit_rows(draws: Draws, shop: Assortment) -> pl.DataFrame:
    """Rows of the table listing_audits: each product every quarter. Merchants list well or badly."""
    turn, product = (
        grid.ravel() for grid in np.meshgrid(np.arange(4), np.arange(shop.products), indexing="ij")
    )
    day = turn * AUDIT_EVERY + draws.whole("audit day", AUDIT_EVERY, turn, product)
    kept = shop.on_sale(day, product) & (day < days.DAYS)
    turn, product, day = turn[kept], product[kept], day[kept]
    care = 0.5 * draws.normal("merchant care", shop.merchant[product])
    care = care + 0.4 * draws.normal("listing care", product) + 0.1 * turn
    complete = 1 / (1 + np.exp(-(2.4 + care + 0.5 * draws.normal("complete", turn, product))))
    correct = 1 / (1 + np.exp(-(3.0 + care + 0.5 * draws.normal("correct", turn, product))))
    state = np.where(
        complete * correct < 0.72, 2, np.where(draws.chance("pending", 0.05, turn, product), 1, 0)
    )
    fined = (state == 2) & draws.chance("fined", 0.4, turn, product)
    rule = draws.whole("rule", len(RULES), turn, product)
    at = known(day * DAY + 9 * 3600 + np.floor(8 * 3600 * draws.uniform("audit time", turn, product)))
    return pl.DataFrame(
        {
            "product_id": shop.ids(product),
            "audited_at": instants("audited_at", at),
            "completeness": np.round(complete, 3),
            "correctness": np.round(correct, 3),
            "status": pl.Series(("approved", "pending", "rejected")).gather(state),
            "rule_broken": pl.Series((*RULES, None)).gather(np.where(state == 2, rule, len(RULES))),
            "penalty": np.where(fined, 50.0 + 50.0 * (rule % 3), 0.0),
        }
    )
