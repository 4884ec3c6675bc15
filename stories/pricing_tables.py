"""Pricing's charts and tables."""

from __future__ import annotations

import polars as pl

from charts.chart import Chart
from language import listing, name, numbers, say
from language.reasons import tell
from metrics.experiment import experiment
from metrics.turns import members
from stories.answered import Answered
from stories.blocks import Column, Table
from stories.pricing_words import CALLS, MOVE, RULES, TONES, span
from stories.words import sentence, texts

PAIRS, PRINTED = 20, 30  # rows


def intervals(found: Answered, lang: str) -> Chart:
    """By category, prices moved one by one."""
    rows = found.result.categories.drop_nulls("elasticity").sort("elasticity")
    table = rows.select(
        "elasticity", "elasticity_low", "elasticity_high", line=pl.lit(-1.0),
        x=texts([name(each or None, lang) for each in rows["category"]]),
        tone=pl.col("call").replace_strict(TONES, return_dtype=pl.String),
    )  # fmt: skip
    title = say("Elasticity by category", lang)
    return Chart(
        "interval", table, "x", "elasticity", "tone", "line", low="elasticity_low", high="elasticity_high",
        unit="number", labels=[say("Elasticity", lang), say("−1: revenue stays the same", lang)],
        title=title, alt=title, note=say("One price moved alone; lines hold 95%", lang),
        missing="" if len(table) else say("no price moved in a way that tells", lang),
    )  # fmt: skip


def strategy(found: Answered, lang: str) -> Chart:
    """Elasticity by the distance to the cheapest rival, where both are known; the lines are the rules'."""
    result = found.result
    rows = result.products.drop_nulls(["elasticity", "above"]).sort("rule", "product")
    table = rows.select(
        above=100 * pl.col("above"), elasticity="elasticity",
        rule=texts([say(RULES[each], lang) for each in rows["rule"]]),
    )  # fmt: skip
    title = say("Strategy map", lang)
    return Chart(
        "scatter", table, "above", "elasticity", "rule", unit="number", title=title, alt=title,
        labels=[say("Our price above the cheapest rival's, %", lang), say("Elasticity", lang)],
        lines=(100 * (1 / (1 + result.contested) - 1), -1.0),
        note=say("Right of the line: contested; below it: buyers react. Only matched products", lang),
        missing="" if len(table) else say("no product has both an elasticity and a rival's price", lang),
    )  # fmt: skip


def moves(found: Answered, lang: str, printed: bool) -> list[Table]:
    """Every product that earns more elsewhere by the estimate; the sure ones first."""
    rows = found.result.products.drop_nulls("best").sort(
        pl.col("sure") & ~pl.col("against"), "sure", "profit_more", "product",
        descending=[True, True, True, False],
    )  # fmt: skip
    rows = rows.head(PRINTED) if printed else rows
    if rows.is_empty():
        return []
    verdicts = [
        say(MOVE[row["sure"], row["against"]], lang) for row in rows.select("sure", "against").to_dicts()
    ]
    frame = rows.select(
        "name", "price", "best", "move", "elasticity", profit="profit_more",
        of_profit=texts([_earned(low, high, found, lang) for low, high in
                         rows.select("profit_more_low", "profit_more_high").iter_rows()]),
        verdict=texts(verdicts),
    )  # fmt: skip
    columns = (
        Column("name", say("Product", lang)),
        Column("verdict", say("Verdict", lang)),
        Column("price", say("Price", lang), "money"),
        Column("best", say("Best price seen", lang), "money"),
        Column("move", say("Move", lang), "change"),
        Column("profit", say("Gain a week", lang), "money"),
        Column("of_profit", say("95% interval", lang), width="medium"),
        Column("elasticity", say("Elasticity", lang), "number"),
    )
    note = say("The price of most expected profit among those that were seen", lang)
    title = say("Prices to move", lang)
    return [Table(frame.select(c.name for c in columns), columns, title, note, name="price_moves")]


def _earned(low: float, high: float, found: Answered, lang: str) -> str:
    ends = [numbers.difference(each, "money", lang, found.asked.shop.currency) for each in (low, high)]
    return say("{low} to {high}", lang, low=ends[0], high=ends[1])


def products(found: Answered, lang: str, printed: bool) -> Table:
    rows = []
    order = found.result.products.sort("units", "product", descending=[True, False])
    for row in (order.head(PRINTED) if printed else order).to_dicts():
        rows.append({
            "name": row["name"], "category": name(row["category"] or None, lang), "price": row["price"],
            "cost": row["cost"], "margin": row["margin"], "rival": row["rival"], "gap": row["gap"],
            "units": row["now"], "elasticity": row["elasticity"],
            "interval": span(row["elasticity_low"], row["elasticity_high"], lang),
            "rule": say(RULES[row["rule"]], lang),
            "why": sentence(tell(found.result.why[row["product"]], lang), lang) if row["reason"] else "",
        })  # fmt: skip
    columns = (
        Column("name", say("Product", lang)),
        Column("category", say("Category", lang)),
        Column("price", say("Price", lang), "money"),
        Column("cost", say("Unit cost", lang), "money"),
        Column("margin", say("Margin", lang), "percent"),
        Column("rival", say("Rivals' price", lang), "money"),
        Column("gap", say("Gap to rivals", lang), "change"),
        Column("units", say("Units a week", lang), "number"),
        Column("elasticity", say("Elasticity", lang), "number"),
        Column("interval", say("95% interval", lang)),
        Column("rule", say("Rule", lang)),
        Column("why", say("Why there is no elasticity", lang), width="large"),
    )
    floats = ("price", "cost", "margin", "rival", "gap", "units", "elasticity")
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(floats, pl.Float64))
    note = say("Margin after usual reductions; rivals: the median of those who can deliver.", lang)
    if printed:
        note = say("The {n} best sellers. Margin after usual reductions; rivals: the median of those who can "
                   "deliver.", lang, n=numbers.integer(len(frame), lang))  # fmt: skip
    title, left = say("Prices beside cost and rivals", lang), ("category", "why") if printed else ()
    shown = [each for each in columns if each.name not in left]
    return Table(frame.select(c.name for c in shown), shown, title, note, name="pricing")


def cross(found: Answered, lang: str) -> list[Table]:
    """Pairs that can be read, the surest first."""
    result = found.result
    known = dict(result.products.select("product", "name").iter_rows())
    part = result.cross.head(PAIRS)
    frame = pl.DataFrame({
        "product": texts([known[each] for each in part["product"]]),
        "by": texts([known[each] for each in part["by"]]),
        "elasticity": part["elasticity"],
        "interval": texts([span(low, high, lang) for low, high in
                           part.select("elasticity_low", "elasticity_high").iter_rows()]),
        "call": texts([say(CALLS[each], lang) for each in part["call"]]),
    })  # fmt: skip
    columns = (
        Column("product", say("Sells more or less", lang)),
        Column("by", say("When this gets 1% dearer", lang)),
        Column("elasticity", say("Cross elasticity", lang), "number"),
        Column("interval", say("95% interval", lang)),
        Column("call", say("Verdict", lang)),
    )
    title = say("Products that take from one another", lang)
    note = say(
        "Of {pairs} pairs within a category, {n} can be read with a standard error of 1 at most; the verdict "
        "allows for how many were looked at (5% false ones).", lang,
        pairs=numbers.integer(result.pairs, lang), n=numbers.integer(len(result.cross), lang),
    )  # fmt: skip
    missing = "" if len(frame) else say("no pair sells enough while the other's price moves", lang)
    return [Table(frame, columns, title, note, missing, name="cross_elasticity")]


def bands(found: Answered, lang: str) -> Table:
    currency = found.asked.shop.currency
    rows = [
        {
            "category": name(row["category"] or None, lang),
            "band": say("{low} to {high}", lang, low=numbers.money(row["low"], currency, lang),
                        high=numbers.money(row["high"], currency, lang)),
            **{each: row[each] for each in ("products", "units", "revenue", "margin", "margin_share")},
        }
        for row in found.result.bands.to_dicts()
    ]  # fmt: skip
    columns = (
        Column("category", say("Category", lang)),
        Column("band", say("Price band", lang), width="medium"),
        Column("products", say("Products", lang), "integer"),
        Column("units", say("Units", lang), "integer"),
        Column("revenue", say("Net revenue", lang), "money"),
        Column("margin", say("Gross margin", lang), "money"),
        Column("margin_share", say("Margin, share", lang), "percent"),
    )
    frame = pl.DataFrame(
        rows, schema_overrides=dict.fromkeys(("units", "revenue", "margin", "margin_share"), pl.Float64)
    )
    note = say(
        "A quarter of each category's products a band, by today's price; net of reductions and returns.", lang
    )
    return Table(frame, columns, say("Price bands", lang), note, name="price_bands")


def index(found: Answered, lang: str) -> list[Table]:
    rows = found.result.index
    if rows.is_empty():
        return []
    labels = [say("All", lang) if not each else name(each, lang) for each in rows["category"]]
    frame = rows.select("matched", gap=pl.col("index") - 1).with_columns(category=texts(labels))
    columns = (
        Column("category", say("Category", lang)),
        Column("matched", say("Matched products", lang), "integer"),
        Column("gap", say("Above rivals", lang), "change"),
    )
    note = say("What matched products cost here above the median rival who can deliver, by our units.", lang)
    return [
        Table(
            frame.select(c.name for c in columns), columns, say("Price index", lang), note, name="price_index"
        )
    ]


def tests(found: Answered, lang: str, printed: bool) -> Table:
    known = dict(found.result.products.select("product", "name").iter_rows())
    rows = found.result.tests
    plans = [members(experiment(each)) for each in rows["plan"]]
    frame = rows.select(
        "many", "weeks", "step", "detectable", "at_risk",
        category=texts([name(each or None, lang) for each in rows["category"]]),
        products=texts([listing([known[each] for each in plan], lang) for plan in plans]),
    )  # fmt: skip
    columns = (
        Column("category", say("Category", lang)),
        Column("many", say("Products", lang), "integer"),
        Column("step", say("Below and above today's price", lang), "percent"),
        Column("weeks", say("Weeks", lang), "integer"),
        Column("detectable", say("Difference in elasticity found", lang), "number"),
        Column("at_risk", say("Margin at risk", lang), "money"),
        Column("products", say("Which products", lang), width="large"),
    )[: 6 if printed else 7]
    note = say(
        "Three prices, a week each, turn by turn; found four times in five at 95%. At risk: should nobody "
        "buy more at the lower price, and units fall three times as fast as the higher one rises.", lang,
    )  # fmt: skip
    missing = "" if len(frame) else say("every elasticity is clear", lang)
    title = say("Tests of prices", lang)
    return Table(frame.select(c.name for c in columns), columns, title, note, missing, name="price_tests")
