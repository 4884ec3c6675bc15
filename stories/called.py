"""What groups are called: products and sellers by their names, common words in the reader's language."""

from __future__ import annotations

from language import name, phrase, say
from stories.asked import Asked

KINDS = {
    "kind": phrase("Kind"),
    "channel": phrase("Channel"),
    "agent": phrase("Agent"),
    "category": phrase("Category"),
    "seller": phrase("Seller"),
    "product_id": phrase("Product name"),
    "carrier": phrase("Carrier"),
    "region": phrase("Region"),
    "promoted": phrase("On promotion"),
    "promotion": phrase("Promotion"),
}
GROUPED = {
    "kind": phrase("by kind"),
    "channel": phrase("by channel"),
    "agent": phrase("by agent"),
    "category": phrase("by category"),
    "seller": phrase("by seller"),
    "product_id": phrase("by product"),
    "carrier": phrase("by carrier"),
    "region": phrase("by region"),
    "promoted": phrase("on promotion and not"),
    "promotion": phrase("by promotion"),
}
NAMED = {"product_id": ("products", "product_id"), "seller": ("merchants", "merchant_id")}
NAMED |= {"promotion": ("promotions", "promotion_id")}
PROMOTED = {"yes": phrase("on promotion"), "no": phrase("at the usual price")}


def called(asked: Asked, by: str, of: str | None, lang: str) -> str:
    """A group's name. by: its dimension."""
    if of is None:
        return name(None, lang)
    if by == "promoted":
        return say(PROMOTED[of], lang)
    if by in NAMED:
        return asked.once(f"names of {by}", lambda: _names(asked, *NAMED[by])).get(of, of)
    return of if by == "agent" else name(of, lang)


def _names(asked: Asked, table: str, key: str) -> dict[str, str]:
    rows = asked.tables(table)
    return {} if rows is None else dict(rows.select(key, "name").drop_nulls().collect().iter_rows())
