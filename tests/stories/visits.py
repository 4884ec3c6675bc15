"""Visits of the hand-made shop's May: a funnel whose every number is known.

40 visitors begin on 4 May, half of them on Mobile. Of Mobile 10 put something into the cart and 2 buy; of
Desktop 16 and 12. The odd ones have an account and agreed to be written to.
"""

from __future__ import annotations

from tests.loaders.shop import event


def visits() -> dict[str, list[dict]]:
    events, customers = [], []
    for n in range(40):
        device = "Mobile" if n < 20 else "Desktop"
        carts, buys = (n < 10, n < 2) if n < 20 else (n < 36, n < 32)
        steps = ["visit", "view", *(["cart"] * carts), *(["checkout", "purchase"] * buys)]
        events += [
            event(f"V{n}", f"2026-05-04T10:{minute:02d}", name, device=device, channel="Email", region="Kent")
            for minute, name in enumerate(steps)
        ]
        if n % 2:
            customers.append({"customer_id": f"V{n}", "tier": "Gold", "marketing_consent": n % 4 == 1})
    return {"events": events, "customers": customers}
