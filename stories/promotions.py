"""Promotions: what each brought beyond what would have been sold anyway, and whether it paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from charts.chart import Chart
from language import name, numbers, phrase, say
from language.reasons import tell
from metrics.metric import BadQuestion
from stories import promotion_card
from stories.answered import Answered, answer
from stories.asked import Asked, Check
from stories.blocks import Block, Column, Finding, Heading, Table, Text, Warning
from stories.promotion_words import ADVICE, CALLS, TONES, between, method, why
from stories.words import heading


@dataclass(frozen=True)
class PromotionsData:
    """found: the analysis. problem: why there is none. chosen: the promotion of the truth card, if any."""

    asked: Asked
    found: Answered | None = None
    problem: str = ""
    chosen: str = ""


def gather(
    asked: Asked, checks: Sequence[Check] = (), settings: Mapping[str, Any] = {}, chosen: str = ""
) -> PromotionsData:
    """The promotions that began on the chosen days. Filters do not apply: a promotion has its own scope."""
    if asked.where:
        return PromotionsData(asked, problem=phrase("Promotions take no filter: take the filters away."))
    try:
        found = answer(asked, "promotions", **settings)
    except BadQuestion as problem:
        return PromotionsData(asked, problem=str(problem))
    if not found.result.n:
        refused = found.result.verdict is not None and found.result.warnings
        return PromotionsData(asked, problem=found.result.warnings[0] if refused else NONE)
    known = found.result.promotions["promotion"].to_list()
    return PromotionsData(asked, found, chosen=chosen if chosen in known else "")


NONE = phrase("No promotion began on these days. Choose other days.")


def promotions(data: PromotionsData, lang: str) -> list[Block]:
    title = heading(say("Promotions", lang), data.asked, lang)
    if data.found is None:
        return [title, Warning(tell(data.problem, lang))]
    found = data.found
    card = promotion_card.card(found, data.chosen, lang) if data.chosen else []
    return [
        title,
        *findings(found, lang),
        chart(found, lang),
        calendar(found, lang),
        *card,
        Heading(say("How it is counted", lang), level=2),
        Text(method(found, lang)),
    ]


def findings(found: Answered, lang: str) -> list[Finding]:
    """The promotions that surely paid or did not, and how many the data cannot tell."""
    rows = found.result.promotions
    told = [_sure(found, row, lang) for row in rows.to_dicts() if row["call"] != "inconclusive"]
    open_ = rows.filter(pl.col("call") == "inconclusive")
    refused = int(open_["lift"].null_count())
    text = say(
        "Of {n} promotions, {sure} can be judged; of {open} the data cannot tell whether they paid, "
        "{refused} of them cannot be read at all.", lang,
        n=len(rows), sure=len(rows) - len(open_), open=len(open_), refused=refused,
    )  # fmt: skip
    return [Finding(text, claims=[found.claim(numbers.integer(len(rows), lang), "summary", "n")]), *told]


def _sure(found: Answered, row: dict, lang: str) -> Finding:
    money = numbers.difference(row["profit"], "money", lang, found.asked.shop.currency)
    paid = row["call"] == "supported"
    said = phrase("**{name}** earned {money} after all costs (95% interval {interval}).") if paid else phrase(
        "**{name}** lost money: {money} after all costs (95% interval {interval})."
    )  # fmt: skip
    interval = between(row["profit_low"], row["profit_high"], "money", found, lang)
    text = say(said, lang, name=row["name"], money=money, interval=interval)
    key = {"promotion": row["promotion"]}
    ends = [
        found.claim(
            numbers.difference(row[end], "money", lang, found.asked.shop.currency), "promotions", end, **key
        )
        for end in ("profit_low", "profit_high")
    ]
    claims = [found.claim(money, "promotions", "profit", **key), *ends]
    return Finding(text, "good" if paid else "bad", claims, action=say(ADVICE[row["advice"]], lang))


def chart(found: Answered, lang: str) -> Chart:
    """What each earned after all costs, with its interval."""
    rows = found.result.promotions.filter(pl.col("profit").is_not_null())
    table = rows.select(
        "profit", "profit_low", "profit_high", x="name",
        tone=pl.col("call").replace_strict(TONES, return_dtype=pl.String), zero=pl.lit(0.0),
    )  # fmt: skip
    title = say("Earned after all costs", lang)
    return Chart(
        "interval", table, "x", "profit", "tone", "zero", low="profit_low", high="profit_high", unit="money",
        labels=[title, say("neither gain nor loss", lang)], title=title, alt=title,
        note=say("Margin beyond what would have been sold anyway, less costs; lines hold 95%", lang),
        missing="" if len(table) else say("none of these promotions can be read", lang),
    )  # fmt: skip


def calendar(found: Answered, lang: str, reasons: bool = True) -> Table:
    """A row a promotion. reasons: with the sentence behind each verdict, too long for a page of paper."""
    rows = []
    for row in found.result.promotions.to_dicts():
        lift = numbers.difference(row["lift"], "integer", lang)
        rows.append(
            {
                "name": row["name"],
                "kind": name(row["kind"] or None, lang),
                "days": numbers.days(row["start"], row["end"], lang),
                "lift": lift,
                "lift_interval": between(row["lift_low"], row["lift_high"], "integer", found, lang)
                if row["lift"] is not None
                else numbers.NONE,
                "profit": row["profit"],
                "profit_interval": between(row["profit_low"], row["profit_high"], "money", found, lang)
                if row["profit"] is not None
                else numbers.NONE,
                "roi": row["roi"],
                "call": say(CALLS[row["call"]], lang),
                "advice": say(ADVICE[row["advice"]], lang),
                "why": why(found, row["promotion"], lang),
            }
        )
    frame = pl.DataFrame(rows, schema_overrides={"profit": pl.Float64, "roi": pl.Float64})
    columns = (
        Column("name", say("Promotion", lang)),
        Column("kind", say("Kind", lang)),
        Column("days", say("Days", lang)),
        Column("lift", say("Lift, units", lang), width="small"),
        Column("lift_interval", say("95% interval", lang)),
        Column("profit", say("Earned after costs", lang), "money"),
        Column("profit_interval", say("95% interval", lang), width="medium"),
        Column("roi", say("ROI", lang), "percent"),
        Column("call", say("Verdict", lang), width="medium"),
        Column("advice", say("What next", lang)),
        Column("why", say("Why", lang), width="large"),
    )
    note = say("ROI is what was earned after costs, by the costs beside the reductions.", lang)
    shown = [each for each in columns if reasons or each.name != "why"]
    title = say("Promotions by their first day", lang)
    return Table(frame.select(each.name for each in shown), shown, title, note, name="promotions")
