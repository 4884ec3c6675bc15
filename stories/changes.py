"""Why net revenue changed: in a sentence, by driver, by segment."""

from __future__ import annotations

import polars as pl

from charts.chart import Chart
from language import listing, name, numbers, phrase, say, together
from language.reasons import tell
from metrics.change import VISITORS, Change
from stories.blocks import Claim, Finding
from stories.cards import claim, derived
from stories.gather import OverviewData
from stories.words import sentence

DRIVERS = {
    "visits": phrase("Visits"),
    "orders": phrase("Orders (no visits)"),
    "mix": phrase("Mix of segments"),
    "conversion": phrase("Conversion"),
    "items": phrase("Items per order"),
    "price": phrase("Price of an item"),
    "discount": phrase("Discounts"),
    "returns": phrase("Returns"),
}
MOVERS = 8


def what_changed(data: OverviewData, lang: str) -> Finding | None:
    """How much net revenue changed, who contributed and what drove it; None where there is no comparison."""
    change = data.changes.get("channel")
    if change is None or change.before is None or change.after is None:
        return None
    if not change.before and not change.after:
        return None
    moved, currency = change.after - change.before, data.asked.shop.currency
    facts = {
        "amount": numbers.compact_money(abs(moved), currency, lang),
        "value": numbers.compact_money(change.after, currency, lang),
        "rate": numbers.change(moved / change.before, lang) if change.before > 0 else numbers.NONE,
    }
    if abs(moved) < 0.0005 * abs(change.before):
        first = say("Net revenue is unchanged at **{value}**.", lang, value=facts["value"])
    elif moved > 0:
        first = say("Net revenue rose by **{amount}** ({rate}) to **{value}**.", lang, **facts)
    else:
        first = say("Net revenue fell by **{amount}** ({rate}) to **{value}**.", lang, **facts)
    claims = [claim(data.asked, data.now["net_revenue"], facts["value"])]
    if abs(moved) >= 0.0005 * abs(change.before):
        claims.append(derived(data.asked, "change", moved, facts["amount"], by="channel"))
        if change.before > 0:
            rate = moved / change.before
            claims.append(derived(data.asked, "change", rate, facts["rate"], by="channel", part="rate"))
    who, why = _who(data, change, moved >= 0, lang), _why(data, change, lang)
    parts = [first, *(text for text, _ in who), why[0]]
    claims += [*(found for _, found in who), *why[1]]
    return Finding(
        together(parts, lang),
        "neutral" if not moved else "good" if moved > 0 else "bad",
        claims,
    )


def _who(data: OverviewData, change: Change, is_growth: bool, lang: str) -> list[tuple[str, Claim]]:
    """The segment that did most of it, and the one that did most against it."""
    known = change.segments.filter(pl.col("segment").is_not_null())
    rose, fell = known.filter(pl.col("change") > 0), known.filter(pl.col("change") < 0)
    said = []
    for found in (rose, fell) if is_growth else (fell, rose):
        if len(found):
            segment, moved = found.row(0, named=True)["segment"], found["change"][0]
            amount = numbers.compact_money(abs(moved), data.asked.shop.currency, lang)
            facts = {"segment": name(segment, lang), "amount": amount}
            if moved > 0:
                text = say("**{segment}** added the most: {amount}.", lang, **facts)
            else:
                text = say("**{segment}** lost the most: {amount}.", lang, **facts)
            told = {"by": "channel", "segment": segment}
            said.append((text, derived(data.asked, "change", moved, amount, **told)))
    return said


def _why(data: OverviewData, change: Change, lang: str) -> tuple[str, list[Claim]]:
    size = pl.col("effect").abs()
    strongest = change.effects.filter(size > 0).sort(size, descending=True)
    drivers, claims = [], []
    for factor, effect in strongest.select("factor", "effect").head(3).rows():
        amount = numbers.difference(effect, "money", lang, data.asked.shop.currency)
        drivers.append(f"{_driver(factor, change, lang).lower()} {amount}")
        claims.append(derived(data.asked, "change", effect, amount, by="channel", factor=factor))
    if not drivers:
        return "", []
    return say("Strongest drivers: {drivers}.", lang, drivers=listing(drivers, lang)), claims


def _driver(factor: str, change: Change, lang: str) -> str:
    """A factor's name. Where no segment has visits, orders need not be told from those that have."""
    visited = change.effects.filter(pl.col("factor") == "visits")["effect"].abs().sum() > 0
    return say(DRIVERS[factor] if visited or factor != "orders" else phrase("Orders"), lang)


def drivers(data: OverviewData, lang: str) -> Chart:
    """The effect of each factor on net revenue; they add up to its change."""
    change = data.changes.get("channel")
    title = say("Why net revenue changed", lang)
    if change is None or not change.verdict.identified:
        return _nothing(title, change, lang)
    found = change.effects.filter(pl.col("effect").abs() >= 0.005)
    table = _toned(found, "effect", [_driver(factor, change, lang) for factor in found["factor"]])
    warnings = [say("Effects in money, which add up to the change.", lang)]
    warnings += [sentence(tell(warning, lang), lang) for warning in change.warnings if warning != VISITORS]
    missing = "" if len(table) else say("No change.", lang)
    return Chart(
        "bar", table, "label", "effect", "tone", unit="money", title=title,
        note=together(warnings, lang), missing=missing, alt=_alt(title, table, "effect", data, lang),
        message=_most(table, "effect", data, lang),
    )  # fmt: skip


def movers(data: OverviewData, by: str, title: str, lang: str) -> Chart:
    """The segments of a dimension that moved net revenue most."""
    change = data.changes.get(by)
    if change is None or not change.verdict.identified:
        return _nothing(title, change, lang)
    missing = data.groups[by].missing
    found = change.segments.filter(pl.col("change").abs() >= 0.005).head(MOVERS)
    found = found.sort("change", descending=True)
    table = _toned(found, "change", [name(segment, lang) for segment in found["segment"]])
    return Chart(
        "bar", table, "label", "change", "tone", unit="money", title=title,
        note=say("Change of net revenue against the comparison", lang),
        missing=tell(missing, lang) if missing else "" if len(table) else say("No change.", lang),
        alt=_alt(title, table, "change", data, lang), message=_most(table, "change", data, lang),
    )  # fmt: skip


def _most(table: pl.DataFrame, column: str, data: OverviewData, lang: str) -> str:
    """The largest of the bars in a sentence."""
    if not len(table):
        return ""
    label, value = table.sort(pl.col(column).abs(), descending=True).select("label", column).row(0)
    amount = numbers.difference(value, "money", lang, data.asked.shop.currency)
    return say("{label} moved net revenue most: {amount}", lang, label=label, amount=amount)


def _toned(table: pl.DataFrame, column: str, labels: list[str]) -> pl.DataFrame:
    sign = pl.when(pl.col(column) > 0).then(pl.lit("good")).otherwise(pl.lit("bad"))
    return table.select(pl.Series("label", labels, dtype=pl.String), column, tone=sign)


def _nothing(title: str, change: Change | None, lang: str) -> Chart:
    """Why there is no change to show, and what would give one."""
    missing = say("Choose a comparison to see this.", lang)
    if change is not None:
        verdict = change.verdict
        told = [sentence(tell(reason, lang), lang) for reason in (*verdict.reasons, *verdict.needed)]
        missing = together(told, lang)
    empty = pl.DataFrame(schema={"label": pl.String, "value": pl.Float64})
    return Chart("bar", empty, "label", "value", title=title, missing=missing)


def _alt(title: str, table: pl.DataFrame, column: str, data: OverviewData, lang: str) -> str:
    currency = data.asked.shop.currency
    told = [
        f"{label} {numbers.difference(value, 'money', lang, currency)}"
        for label, value in table.select("label", column).rows()
    ]
    return f"{title}: {listing(told, lang)}" if told else title
