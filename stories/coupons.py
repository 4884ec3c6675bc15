"""Coupons: issued, seen, redeemed, and what they brought beyond what would have been bought anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from charts.chart import Chart
from language import name, numbers, phrase, say, together
from language.reasons import tell
from metrics.metric import BadQuestion
from stories.answered import Answered, answer
from stories.asked import Asked, Check
from stories.blocks import Block, Column, Finding, Heading, Row, Table, Text, Warning
from stories.promotion_words import CALLS, TONES, between
from stories.words import heading, sentence, shares

TITLES = {
    "kind": phrase("By kind"),
    "face": phrase("By face value"),
    "threshold": phrase("By threshold"),
    "segment": phrase("By membership tier"),
}


@dataclass(frozen=True)
class CouponsData:
    """found: the analysis. problem: why there is none."""

    asked: Asked
    found: Answered | None = None
    problem: str = ""


def gather(asked: Asked, checks: Sequence[Check] = (), settings: Mapping[str, Any] = {}) -> CouponsData:
    """Coupons issued on the chosen days."""
    if asked.where:
        return CouponsData(asked, problem=phrase("Coupons take no filter: take the filters away."))
    try:
        found = answer(asked, "coupons", **settings)
    except BadQuestion as problem:
        return CouponsData(asked, problem=str(problem))
    if not found.result.n:
        return CouponsData(asked, problem=found.result.warnings[0])
    return CouponsData(asked, found)


def coupons(data: CouponsData, lang: str) -> list[Block]:
    title = heading(say("Coupons", lang), data.asked, lang)
    if data.found is None:
        return [title, Warning(sentence(tell(data.problem, lang), lang))]
    found = data.found
    kinds = found.result.rows.filter(by="kind")["of"].to_list()
    return [
        title,
        *(finding for kind in kinds for finding in _findings(found, kind, lang)),
        Row([_ways(found, lang), _chart(found, lang)]),
        *(_table(found, by, lang) for by in TITLES if len(found.result.rows.filter(by=by))),
        Heading(say("How it is counted", lang), level=2),
        Text(_method(found, lang)),
    ]


def _findings(found: Answered, kind: str, lang: str) -> list[Finding]:
    row = found.result.rows.filter(by="kind", of=kind).row(0, named=True)
    key = {"by": "kind", "of": kind}
    shown, label = found.asked.shop.currency, name(kind, lang)
    if row["orders"] is None:
        text = say("**{kind}**: {why}", lang, kind=label, why=tell(row["reason"], lang))
        return [Finding(text)]
    issued, redeemed = numbers.integer(row["issued"], lang), numbers.integer(row["redeemed"], lang)
    orders = numbers.difference(row["orders"], "integer", lang)
    money = numbers.difference(row["margin"], "money", lang, shown)
    text = say(
        "**{kind}**: {issued} given, {redeemed} redeemed; they brought {orders} orders (95% interval "
        "{interval}) and a margin of **{money}** (95% interval {of_money}).", lang,
        kind=label, issued=issued, redeemed=redeemed, orders=orders, money=money,
        interval=between(row["orders_low"], row["orders_high"], "integer", found, lang),
        of_money=between(row["margin_low"], row["margin_high"], "money", found, lang),
    )  # fmt: skip
    printed = {"issued": issued, "redeemed": redeemed, "orders": orders, "margin": money}
    printed |= {e: numbers.difference(row[e], "integer", lang) for e in ("orders_low", "orders_high")}
    printed |= {e: numbers.difference(row[e], "money", lang, shown) for e in ("margin_low", "margin_high")}
    claims = [found.claim(told, "rows", column, **key) for column, told in printed.items()]
    told = [Finding(text, TONES[row["call"]], claims)]  # type: ignore[arg-type]
    if row["anyway"] is not None:
        share, wasted = numbers.percent(row["anyway"], lang), numbers.money(row["wasted"], shown, lang)
        text = say(
            "**{kind}**: {share} (95% interval {interval}) of those redeemed have no order more to show for: "
            "{money} went to customers who would have bought anyway.", lang,
            kind=label, share=share, money=wasted,
            interval=shares(row["anyway_low"], row["anyway_high"], lang),
        )  # fmt: skip
        printed = {"anyway": share, "wasted": wasted}
        printed |= {end: numbers.percent(row[end], lang) for end in ("anyway_low", "anyway_high")}
        told.append(Finding(text, "neutral", [found.claim(t, "rows", c, **key) for c, t in printed.items()]))
    return told


def _ways(found: Answered, lang: str) -> Chart:
    """Issued → seen → redeemed, of all kinds."""
    sums = found.result.rows.filter(by="kind").select(pl.col("issued", "seen", "redeemed").sum()).row(0)
    steps = [say("Issued", lang), say("Seen", lang), say("Redeemed", lang)]
    title = say("From issued to redeemed", lang)
    table = pl.DataFrame({"step": steps, "n": list(sums)})
    return Chart("funnel", table, "step", "n", unit="integer", title=title, alt=title)


def _chart(found: Answered, lang: str) -> Chart:
    rows = found.result.rows.filter(pl.col("by") == "kind", pl.col("margin").is_not_null())
    table = rows.select(
        "margin", "margin_low", "margin_high", zero=pl.lit(0.0),
        x=pl.Series([name(each, lang) for each in rows["of"]], dtype=pl.String),
        tone=pl.col("call").replace_strict(TONES, return_dtype=pl.String),
    )  # fmt: skip
    title = say("Margin that they brought", lang)
    return Chart(
        "interval", table, "x", "margin", "tone", "zero", low="margin_low", high="margin_high", unit="money",
        labels=[title, say("neither gain nor loss", lang)], title=title, alt=title,
        note=say("Beyond customers of the same month and history without a coupon; lines hold 95%", lang),
        missing="" if len(table) else say("nobody can be compared", lang),
    )  # fmt: skip


def _table(found: Answered, by: str, lang: str) -> Table:
    part = found.result.rows.filter(by=by)
    rows = [
        {
            "of": name(row["of"], lang),
            "issued": row["issued"],
            "seen": row["seen_share"],
            "redeemed": row["redeemed_share"],
            "orders": numbers.difference(row["orders"], "integer", lang),
            "orders_interval": _ends(row, "orders", "integer", found, lang),
            "margin": row["margin"],
            "margin_interval": _ends(row, "margin", "money", found, lang),
            "off": row["off"],
            "wasted": row["wasted"],
            "call": say(CALLS[row["call"]], lang),
        }
        for row in part.to_dicts()
    ]
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(("margin", "off", "wasted"), pl.Float64))
    columns = (
        Column("of", say(TITLES[by], lang)),
        Column("issued", say("Issued", lang), "integer"),
        Column("seen", say("Seen", lang), "percent"),
        Column("redeemed", say("Redeemed", lang), "percent"),
        Column("orders", say("Orders more", lang), width="small"),
        Column("orders_interval", say("95% interval", lang)),
        Column("margin", say("Margin more", lang), "money"),
        Column("margin_interval", say("95% interval", lang)),
        Column("off", say("Taken off", lang), "money"),
        Column("wasted", say("Of it, bought anyway", lang), "money"),
        Column("call", say("Verdict", lang)),
    )
    return Table(frame, columns, say(TITLES[by], lang), name=f"coupons_{by}")


def _ends(row: dict, of: str, unit: str, found: Answered, lang: str) -> str:
    if row[of] is None:
        return numbers.NONE
    return between(row[f"{of}_low"], row[f"{of}_high"], unit, found, lang)


def _method(found: Answered, lang: str) -> str:
    told = [
        say(
            "Compared is what all who were given a coupon bought in its month and the three after, used or "
            "not, with other customers of the same month and history (new in it, bought before, orders of "
            "the quarter before) without any.",
            lang,
        ),
        say(
            "Bought anyway is the share of redeemed coupons without an order more to show for, net of orders "
            "that the coupon prompted without being used.", lang,
        ),
        *(sentence(tell(each, lang), lang) for each in found.result.warnings),
    ]  # fmt: skip
    return together(told, lang)
