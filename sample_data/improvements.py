"""What the sample shop's people did about its incidents, as records of the improvement plan.

Days are those on which the incidents truly began and ended; whether it helped is left to the measuring.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sample_data.days import (
    CARRIER_FORTNIGHT,
    CHECKOUT_FAULT,
    END,
    SERVICE_BACKLOG,
    SIZING,
    Happening,
)

WEEK = timedelta(days=7)


def improvements(without: Collection[str] = ()) -> dict[str, dict[str, Any]]:
    """Key → record. without: names of incidents that did not happen in this shop."""
    planned: tuple[tuple[Happening, dict[str, Any]], ...] = (
        (SIZING, {
            "metric": "return_rate", "where": {"category": ["Fashion"]}, "owner": "Category manager",
            "action": "Agree on one size table with the merchant, and check it before listing",
            "due": (END - 2 * WEEK).isoformat(), "since": SIZING.first.isoformat(), "status": "in progress",
        }),
        (CARRIER_FORTNIGHT, {
            "metric": "on_time_rate", "owner": "Logistics", "done": CARRIER_FORTNIGHT.last.isoformat(),
            "action": "Send parcels by other carriers until the sorting centre is open again",
        }),
        (CHECKOUT_FAULT, {
            "metric": "conversion_rate", "where": {"device": ["Mobile"]}, "owner": "Web team",
            "action": "Take the update back", "done": CHECKOUT_FAULT.last.isoformat(),
        }),
        (SERVICE_BACKLOG, {
            "metric": "question:service", "owner": "Customer service",
            "action": "Borrow people from the shops until the queue is empty",
            "done": SERVICE_BACKLOG.last.isoformat(),
        }),
    )  # fmt: skip
    return {
        f"sample-{number}": {"finding": _finding(incident), **facts}
        for number, (incident, facts) in enumerate(planned, 1)
        if incident.name not in without
    }


def _finding(incident: Happening) -> str:
    return f"{incident.name}: {incident.comment[:1].lower()}{incident.comment[1:].rstrip('.')}"
