"""The simulator of one product: units, revenue and profit at another price, beside today's."""

from __future__ import annotations

import polars as pl

from charts.chart import Chart
from language import numbers, phrase, say
from stories.answered import Answered
from stories.blocks import Block, Column, Finding, Heading, Row, Table, Warning
from stories.pricing_words import span
from stories.words import texts

TITLE = phrase("Price simulator")
PROFIT = phrase(
    "{name} at {price} instead of {now}: units a week {units} (95% interval {of_units}), profit a week "
    "**{money}** (95% interval {interval})."
)
REVENUE = phrase(
    "{name} at {price} instead of {now}: units a week {units} (95% interval {of_units}), revenue a week "
    "**{money}** (95% interval {interval})."
)


def options(found: Answered) -> dict[str, str]:
    """Product → name of those that can be simulated; the ones with most to gain first."""
    known = found.result.curve["product"].unique()
    rows = found.result.products.filter(pl.col("product").is_in(known.implode()))
    rows = rows.sort(
        (pl.col("sure") & ~pl.col("against")).fill_null(False),
        pl.col("profit_more").fill_null(0.0),
        "units",
        descending=True,
    )
    return dict(rows.select("product", "name").iter_rows())


def prices(found: Answered, product: str) -> list[float]:
    """The prices that can be asked for: from the lowest to the highest seen."""
    return found.result.curve.filter(product=product).sort("point")["price"].to_list()


def start(found: Answered, product: str) -> float:
    """The price that is shown first: the best, else today's."""
    row = found.result.products.filter(product=product).row(0, named=True)
    return row["best"] if row["best"] is not None else row["price"]


def nearest(found: Answered, product: str, price: float | None) -> int:
    """The point of the curve that is nearest to the price asked for, else to the one shown first."""
    known, wanted = prices(found, product), start(found, product) if price is None else price
    return min(range(len(known)), key=lambda i: abs(known[i] - wanted))


def card(found: Answered, product: str, price: float | None, lang: str) -> list[Block]:
    row = found.result.products.filter(product=product).row(0, named=True)
    known = prices(found, product)
    wanted = start(found, product) if price is None else price
    title = Heading(
        say(TITLE, lang),
        say("{name}: elasticity {value} (95% interval {interval})", lang, name=row["name"],
            value=numbers.number(row["elasticity"], lang, 1),
            interval=span(row["elasticity_low"], row["elasticity_high"], lang)),
        2,
    )  # fmt: skip
    warning: list[Block] = []
    if not known[0] - 0.005 <= wanted <= known[-1] + 0.005:
        text = say(
            "{price} lies outside of the prices that were seen, {low} to {high}; the nearest one is shown.",
            lang, price=_money(found, wanted, lang), low=_money(found, known[0], lang),
            high=_money(found, known[-1], lang),
        )  # fmt: skip
        warning = [Warning(text)]
    at = {"product": product, "point": nearest(found, product, price)}
    point = found.result.curve.filter(**at).row(0, named=True)
    return [
        title,
        *warning,
        _said(found, row, point, lang),
        Row([_curve(found, row, point, lang), _table(found, point, lang)]),
    ]


def _money(found: Answered, value: float, lang: str) -> str:
    return numbers.money(value, found.asked.shop.currency, lang)


def _said(found: Answered, row: dict, point: dict, lang: str) -> Finding:
    name = "revenue_more" if point["profit"] is None else "profit_more"
    currency, key = found.asked.shop.currency, {"product": row["product"], "point": point["point"]}
    ends = [
        numbers.difference(point[f"{name}{end}"], "money", lang, currency) for end in ("", "_low", "_high")
    ]
    units = [numbers.difference(point[f"units_more{end}"], "number", lang) for end in ("", "_low", "_high")]
    price = _money(found, point["price"], lang)
    now = _money(found, row["price"], lang)
    facts = {
        "name": row["name"], "price": price, "now": now, "units": units[0], "money": ends[0],
        "of_units": say("{low} to {high}", lang, low=units[1], high=units[2]),
        "interval": say("{low} to {high}", lang, low=ends[1], high=ends[2]),
    }  # fmt: skip
    if abs(point["price"] - row["price"]) < 0.005:
        return Finding(say("{price} is today's price.", lang, price=price),
                       claims=[found.claim(price, "curve", "price", **key)])  # fmt: skip
    text = say(PROFIT if name == "profit_more" else REVENUE, lang, **facts)
    low, high = point[f"{name}_low"], point[f"{name}_high"]
    tone = "good" if low > 0 else "bad" if high < 0 else "neutral"
    claims = [
        found.claim(price, "curve", "price", **key),
        found.claim(now, "products", "price", product=row["product"]),
    ]
    for which, told in ((name, ends), ("units_more", units)):
        claims += [
            found.claim(text_, "curve", f"{which}{end}", **key)
            for text_, end in zip(told, ("", "_low", "_high"), strict=True)
        ]
    return Finding(text, tone, claims)  # type: ignore[arg-type]


def _curve(found: Answered, row: dict, point: dict, lang: str) -> Chart:
    """Profit, or revenue where costs are not known, at the prices that were seen, with its band."""
    rows = found.result.curve.filter(product=row["product"]).sort("point")
    name = "revenue" if point["profit"] is None else "profit"
    now = rows.filter((pl.col("price") - row["price"]).abs() < 0.005)
    asked = rows.filter(point=point["point"]).filter(~pl.col("point").is_in(now["point"].implode()))
    title = say("Revenue a week by price", lang) if name == "revenue" else say("Profit a week by price", lang)
    parts = ((rows, title), (now, say("Today", lang)), (asked, _money(found, point["price"], lang)))
    table = pl.concat(
        part.select(
            value=name,
            low=pl.col(f"{name}_low") if part is rows else pl.lit(None, pl.Float64),
            high=pl.col(f"{name}_high") if part is rows else pl.lit(None, pl.Float64),
            x=texts([_money(found, each, lang) for each in part["price"]]),
            of=pl.lit(label),
        )
        for part, label in parts
    )
    return Chart(
        "line", table, "x", "value", "of", low="low", high="high", unit="money", title=title, alt=title,
        labels=["", *table["of"].unique(maintain_order=True)[1:]],
        note=say("Within the prices that were seen; the band holds 95%", lang),
    )  # fmt: skip


def _table(found: Answered, point: dict, lang: str) -> Table:
    labels = {
        "units": say("Units a week", lang),
        "revenue": say("Revenue a week", lang),
        "profit": say("Profit a week", lang),
    }
    rows = []
    for name, label in labels.items():
        value, more = point[name], point[f"{name}_more"]
        if value is None:
            continue
        unit = "number" if name == "units" else "money"
        say_ = (
            (lambda x: numbers.number(x, lang, 1)) if name == "units" else (lambda x: _money(found, x, lang))
        )
        ends = [
            numbers.difference(point[f"{name}_more{end}"], unit, lang, found.asked.shop.currency)
            for end in ("", "_low", "_high")
        ]
        rows.append({"what": label, "now": say_(value - more), "then": say_(value), "more": ends[0],
                     "interval": say("{low} to {high}", lang, low=ends[1], high=ends[2])})  # fmt: skip
    columns = (
        Column("what", ""), Column("now", say("Today", lang)), Column("then", say("At this price", lang)),
        Column("more", say("More", lang)), Column("interval", say("95% interval", lang)),
    )  # fmt: skip
    return Table(pl.DataFrame(rows), columns, say("Against today", lang), name="simulated")
