"""A shop made by hand, whose every number is known.

April 2026: each day 2 orders by Email (Home) and 2 by Direct (Toys), 10.00 each: 1,200 in 30 days.
May 2026: each day 4 by Email and 1 by Direct; 3 orders of Direct come back: 1,500 − 30 = 1,470.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from loaders.store import Store
from metrics.period import Period
from stories.asked import Asked, Shop
from tests.loaders.shop import at, import_, line, order, source

MAY = Period(date(2026, 5, 1), date(2026, 5, 30))
APRIL = Period(date(2026, 4, 1), date(2026, 4, 30))
LAST = date(2026, 5, 30)
IMPORTED = datetime.fromisoformat("2026-05-31T06:30:00+00:00")


def orders() -> dict[str, list[dict]]:
    found, lines = [], []
    for number, channel, day in _sold():
        name = f"O{number}"
        found.append(
            order(
                name,
                f"{day}T10:00",
                customer_id=f"C{number}",
                channel=channel,
                region="Kent",
                device="Mobile",
            )
        )
        product, category = ("P1", "Home") if channel == "Email" else ("P2", "Toys")
        lines.append(line(name, product, 1, 10.0, category=category, unit_cost=6.0))
    return {"orders": found, "order_lines": lines}


def _sold() -> list[tuple[int, str, date]]:
    days = [APRIL.start + timedelta(days=i) for i in range(60)]
    sold = [
        (channel, day)
        for day in days
        for channel, count in (("Email", 2 if day.month == 4 else 4), ("Direct", 2 if day.month == 4 else 1))
        for _ in range(count)
    ]
    return [(number, channel, day) for number, (channel, day) in enumerate(sold)]


def more() -> dict[str, list[dict]]:
    """The tables that switch on the rest of the Overview."""
    direct = [number for number, channel, day in _sold() if channel == "Direct" and day.month == 5][:3]
    return {
        "returns": [
            {"return_id": f"R{n}", "order_id": f"O{n}", "product_id": "P2", "units": 1, "refund_value": 10.0}
            | {"returned_at": at("2026-05-29T09:00")}
            for n in direct
        ],
        "products": [
            {"product_id": "P1", "name": "Oak lamp", "category": "Home"},
            {"product_id": "P2", "name": "Kite", "category": "Toys"},
        ],
        "targets": [
            {"metric": "net_revenue", "month": date(2026, 5, 1), "target": 3100.0},
            {"metric": "orders", "month": date(2026, 5, 1), "target": 31.0},
        ],
        "incidents": [
            {
                "incident_id": "I1",
                "name": "Checkout slow",
                "kind": "Outage",
                "starts_at": at("2026-05-20T08:00"),
            },
            {"incident_id": "I2", "name": "May Day", "kind": "Holiday", "starts_at": at("2026-05-01T00:00")}
            | {"ends_at": at("2026-05-01T23:00")},
        ],
        "promotions": [
            {
                "promotion_id": "A",
                "name": "Spring sale",
                "kind": "Flash sale",
                "starts_at": at("2026-05-10T00:00"),
            }
            | {"ends_at": at("2026-05-12T23:00")},
            {"promotion_id": "B", "name": "Welcome", "kind": "Coupon", "starts_at": at("2026-05-10T00:00")}
            | {"ends_at": at("2026-05-12T23:00")},
        ],
        "inventory": [
            {"day": date(2026, 5, 30), "product_id": "P1", "on_hand": 0.0},
            {"day": date(2026, 5, 30), "product_id": "P2", "on_hand": 5.0},
        ],
        "shipments": [
            {"shipment_id": f"S{n}", "order_id": f"O{n}", "carrier": carrier, "region": "Kent"}
            | {"promised_at": at("2026-05-10T12:00"), "delivered_at": at(f"2026-05-{9 + late * 2:02d}T12:00")}
            for n, carrier, late in [
                *((n, "Snail Post", n < 15) for n in range(30)),
                *((n + 30, "Swift", False) for n in range(30)),
            ]
        ],
    }


def build(path: Path, *contents: dict[str, list[dict]]) -> Store:
    """A store of these tables."""
    joined: dict[str, list[dict]] = {}
    for content in contents:
        joined |= content
    import_(path, source("made by hand", joined, size=1000))
    return Store(path)


def ask(store: Store, **chosen: Any) -> Asked:
    """A question about May against April, unless chosen otherwise."""

    def tables(name: str):
        return store.scan(name) if name in store.tables else None

    shop = chosen.pop("shop", Shop(LAST, imported_at=IMPORTED))
    return Asked(store.frame, tables, shop, chosen.pop("period", MAY), **chosen)
