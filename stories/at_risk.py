"""What goes with dissatisfaction in money: issues ranked by the margin that may be at risk."""

from __future__ import annotations

import polars as pl

from charts.chart import Chart
from language import numbers, phrase, say
from language.reasons import tell
from stories.answered import Answered
from stories.blocks import Block, Column, Finding, Table, Warning
from stories.satisfaction_words import issue
from stories.words import sentence, texts

CAVEAT = phrase(
    "This is an association: who has an issue may differ in other ways too. Customers are compared within "
    "the month and the number of orders so far; only a test, or a repair that is followed up, can tell what "
    "mending it brings. Each interval holds 95% by itself: of twenty issues behind which there is nothing, "
    "one would look sure."
)


def blocks(found: Answered, lang: str) -> list[Block]:
    if not found.result.n:
        return [Warning(sentence(tell(found.result.warnings[0], lang), lang))]
    return [chart(found, lang), table(found, lang)]


def findings(found: Answered, lang: str) -> list[Finding]:
    """The issues with the most at risk whose interval is clear of nothing; else that none is."""
    if not found.result.n:
        return []
    rows = found.result.issues
    sure = rows.filter(pl.col("at_risk_low") > 0).to_dicts()
    if not sure:
        text = say("No issue goes surely with less bought later.", lang)
        return [Finding(text)]
    return [_sure(found, row, lang) for row in sure]


def _sure(found: Answered, row: dict, lang: str) -> Finding:
    currency = found.asked.shop.currency
    ends = ("at_risk", "at_risk_low", "at_risk_high")
    told = {each: numbers.compact_money(row[each], currency, lang) for each in ends} | {
        "reach": numbers.integer(round(row["reach"]), lang),
    }
    less = numbers.money(-row["difference"], currency, lang)
    days = numbers.integer(found.result.days, lang)
    said = (
        phrase(
            "{issue}: {n} customers, each with {less} less margin in the {days} days after than others: "
            "**{money}** may be at risk (95% interval {low} to {high})."
        )
        if found.result.measure == "margin"
        else phrase(
            "{issue}: {n} customers, each with {less} less revenue in the {days} days after than others: "
            "**{money}** may be at risk (95% interval {low} to {high})."
        )
    )
    text = say(
        said, lang, issue=f"**{issue(row['issue'], row['of'], lang)}**", n=told["reach"], less=less,
        days=days, money=told["at_risk"], low=told["at_risk_low"], high=told["at_risk_high"],
    )  # fmt: skip
    key = {"issue": row["issue"], "of": row["of"]}
    claims = [found.claim(printed, "issues", column, **key) for column, printed in told.items()]
    return Finding(text, "bad", claims)


def chart(found: Answered, lang: str) -> Chart:
    rows = found.result.issues.drop_nulls("at_risk")
    kinds = rows.select("issue", "of").rows()
    table = rows.select(
        "at_risk", "at_risk_low", "at_risk_high", zero=pl.lit(0.0),
        x=texts([issue(kind, of, lang) for kind, of in kinds]),
        tone=pl.when(pl.col("at_risk_low") > 0).then(pl.lit("bad")).otherwise(pl.lit("neutral")),
    )  # fmt: skip
    title = say("Margin that may be at risk", lang)
    if found.result.measure == "revenue":
        title = say("Revenue that may be at risk", lang)
    return Chart(
        "interval", table, "x", "at_risk", "tone", "zero", low="at_risk_low", high="at_risk_high",
        unit="money",        labels=[title, say("nothing", lang)], title=title, alt=title,
        note=say("In the {days} days after; lines hold 95%", lang, days=found.result.days),
        missing="" if len(table) else say("too few customers could be followed", lang),
    )  # fmt: skip


def table(found: Answered, lang: str) -> Table:
    currency = found.asked.shop.currency
    rows = found.result.issues.to_dicts()

    def ends(row: dict, of: str) -> str:
        if row[of] is None:
            return numbers.NONE
        low, high = (numbers.money(row[f"{of}_{end}"], currency, lang) for end in ("low", "high"))
        return say("{low} to {high}", lang, low=low, high=high)

    def why(row: dict) -> str:
        key = f"{row['issue']} {row['of'] or ''}".strip()
        return sentence(tell(found.result.why[key], lang), lang) if key in found.result.why else ""

    frame = pl.DataFrame(
        {
            "issue": texts([issue(row["issue"], row["of"], lang) for row in rows]),
            "reach": [None if row["reach"] is None else round(row["reach"]) for row in rows],
            "share": [row["share"] for row in rows],
            "difference": [row["difference"] for row in rows],
            "differences": texts([ends(row, "difference") for row in rows]),
            "at_risk": [row["at_risk"] for row in rows],
            "risks": texts([ends(row, "at_risk") for row in rows]),
            "why": texts([why(row) for row in rows]),
        },
        schema_overrides={"reach": pl.Int64, **dict.fromkeys(("share", "difference", "at_risk"), pl.Float64)},
    )
    columns = (
        Column("issue", say("Issue", lang)),
        Column("reach", say("Customers", lang), "integer"),
        Column("share", say("Share", lang), "percent"),
        Column("difference", say("Later margin, a customer", lang), "money"),
        Column("differences", say("95% interval", lang)),
        Column("at_risk", say("At risk", lang), "money"),
        Column("risks", say("95% interval", lang)),
        Column("why", say("Why not", lang)),
    )
    shown = [c for c in columns if c.name != "why" or any(frame["why"])]
    return Table(
        frame.select(c.name for c in shown), shown, say("Issues by what is at risk", lang), say(CAVEAT, lang),
        name="at_risk",
    )  # fmt: skip
