"""Who would act on a metric, and what closing its gap would bring if nothing else changed."""

from __future__ import annotations

from collections.abc import Mapping

from language import numbers, phrase, say
from metrics.value import Value

OWNERS = {
    "net_revenue": phrase("Management"),
    "orders": phrase("Marketing"),
    "conversion_rate": phrase("Shop operations"),
    "average_order_value": phrase("Merchandising"),
    "buyers": phrase("Marketing"),
    "new_buyers": phrase("Marketing"),
    "cac": phrase("Marketing"),
    "roas": phrase("Marketing"),
    "margin_rate": phrase("Merchandising"),
    "return_rate": phrase("Merchandising"),
    "on_time_rate": phrase("Logistics"),
    "nps": phrase("Customer service"),
}
# What a unit of the gap is multiplied with, and what that gives.
TIMES: dict[str, tuple[str, ...]] = {
    "net_revenue": (),
    "orders": ("average_order_value",),
    "average_order_value": ("orders",),
    "conversion_rate": ("conversion_rate.n", "average_order_value"),
    "cac": ("new_buyers",),
    "margin_rate": ("net_revenue",),
}
TOLD = {
    "net_revenue": phrase("{amount} of net revenue"),
    "orders": phrase("{amount} of revenue"),
    "average_order_value": phrase("{amount} of revenue"),
    "conversion_rate": phrase("{amount} of revenue"),
    "cac": phrase("{amount} of advertising saved"),
    "margin_rate": phrase("{amount} of margin"),
    "return_rate": phrase("{amount} fewer units returned"),
    "on_time_rate": phrase("{amount} more parcels on time"),
    "buyers": phrase("{amount} more buyers"),
    "new_buyers": phrase("{amount} more new buyers"),
}


def gap(metric: str, reference: float, now: Mapping[str, Value]) -> float | None:
    """The gap to `reference` in money, or in counted things; None where a factor is not known."""
    value = now[metric]
    if value.value is None:
        return None
    amount = abs(reference - value.value)
    if metric in ("return_rate", "on_time_rate"):
        return amount * value.n
    if metric not in TIMES:
        return amount
    for name in TIMES[metric]:
        each = now[name.removesuffix(".n")]
        factor = each.n if name.endswith(".n") else each.value
        if factor is None:
            return None
        amount *= factor
    return amount


def told(metric: str, amount: float, lang: str, currency: str) -> tuple[str, str]:
    """The effect in words, and its number as it stands there; empty for a metric without such a form."""
    if metric not in TOLD:
        return "", ""
    is_money = metric in TIMES
    shown = numbers.compact_money(amount, currency, lang) if is_money else numbers.integer(amount, lang)
    return say(TOLD[metric], lang, amount=shown), shown


def owner(metric: str, lang: str) -> str:
    return say(OWNERS[metric], lang) if metric in OWNERS else ""
