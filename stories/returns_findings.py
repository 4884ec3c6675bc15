"""What the returns say, each in a sentence with its number and interval, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from language import name, numbers, phrase, say
from stories.answered import Answered
from stories.blocks import Finding
from stories.called import called
from stories.service_words import cited
from stories.words import points, shares

SURE = 0.05  # q
ACTIONS = {
    "product_id": phrase("Check pictures, sizes and description of {of}, and what buyers write about it."),
    "seller": phrase("Agree with {of} on what must change, and look at its rate again in a month."),
    "category": phrase("Look in {of} at the products and reasons that come back most."),
}
OWNERS = {"product_id": phrase("Product"), "seller": phrase("Operations"), "category": phrase("Product")}


def findings(found: Answered, lang: str) -> list[Finding]:
    return [_all(found, lang), *_worst(found, lang), *_reasons(found, lang), *_promoted(found, lang)]


def _all(found: Answered, lang: str) -> Finding:
    row = found.result.groups.row(0, named=True)
    currency = found.asked.shop.currency
    share = numbers.percent(row["share"], lang)
    n, part = (numbers.integer(row[each], lang) for each in ("n", "part"))
    refunds = numbers.money(row["refunds"], currency, lang)
    facts = {"part": part, "n": n, "share": share, "refunds": refunds}
    facts["interval"] = shares(row["low"], row["high"], lang)
    printed = {"part": part, "n": n, "share": share, "refunds": refunds}
    printed |= {end: numbers.percent(row[end], lang) for end in ("low", "high")}
    if row["margin_lost"] is None:
        text = say(
            "Of {n} products ordered {part} came back: **{share}** (95% interval {interval}). {refunds} were "
            "given back.", lang, **facts,
        )  # fmt: skip
    else:
        lost = numbers.money(row["margin_lost"], currency, lang)
        text = say(
            "Of {n} products ordered {part} came back: **{share}** (95% interval {interval}). {refunds} were "
            "given back, and with them a margin of **{lost}**.", lang, **facts, lost=lost,
        )  # fmt: skip
        printed["margin_lost"] = lost
    return Finding(text, "neutral", cited(found, "groups", printed, by="", of=""))


def _worst(found: Answered, lang: str) -> Iterator[Finding]:
    """The product, seller and category that surely come back more often than others."""
    for by in ("product_id", "seller", "category"):
        rows = found.result.groups.filter(
            pl.col("by") == by, pl.col("q") <= SURE, pl.col("difference_low") > 0
        ).sort("difference_low", descending=True)
        if rows.is_empty():
            continue
        row = rows.row(0, named=True)
        of = called(found.asked, by, row["of"], lang)
        share, gap = numbers.percent(row["share"], lang), numbers.points(row["difference"], lang)
        part, n = numbers.integer(row["part"], lang), numbers.integer(row["n"], lang)
        facts = {"of": of, "share": share, "gap": gap, "part": part, "n": n}
        facts["interval"] = points(row["difference_low"], row["difference_high"], lang)
        if by == "category":
            text = say(
                "**{of}** comes back most often of all categories: {share} ({part} of {n}), {gap} beside all "
                "others (95% interval {interval}).", lang, **facts,
            )  # fmt: skip
        else:
            text = say(
                "**{of}** surely comes back more often: {share} ({part} of {n}), {gap} beside others of the "
                "same categories (95% interval {interval}).", lang, **facts,
            )  # fmt: skip
        printed = {"share": share, "difference": gap, "part": part, "n": n}
        printed |= {
            f"difference_{end}": numbers.points(row[f"difference_{end}"], lang) for end in ("low", "high")
        }
        action, owner = say(ACTIONS[by], lang, of=of), say(OWNERS[by], lang)
        claims = cited(found, "groups", printed, by=by, of=row["of"])
        yield Finding(text, "bad", claims, action=action, owner=owner)


def _reasons(found: Answered, lang: str) -> Iterator[Finding]:
    """The reason named most often, and the group in which one stands out most."""
    all_ = found.result.reasons.filter(by="").sort("part", descending=True)
    if all_.is_empty():
        return
    row = all_.row(0, named=True)
    share = numbers.percent(row["share"], lang)
    part, n = (numbers.integer(row[each], lang) for each in ("part", "n"))
    text = say(
        "**{reason}** is the reason named most often: {part} of {n}, {share} (95% interval {interval}).",
        lang, reason=name(row["reason"], lang), part=part, n=n, share=share,
        interval=shares(row["low"], row["high"], lang),
    )  # fmt: skip
    printed = {"share": share, "part": part, "n": n}
    printed |= {end: numbers.percent(row[end], lang) for end in ("low", "high")}
    yield Finding(text, "neutral", cited(found, "reasons", printed, by="", of="", reason=row["reason"]))
    sure = found.result.reasons.filter(
        pl.col("by").is_in(["seller", "product_id"]), pl.col("q") <= SURE, pl.col("difference") > 0
    ).sort("difference_low", descending=True)
    for row in sure.head(1).to_dicts():
        share, rest = numbers.percent(row["share"], lang), numbers.percent(row["rest"], lang)
        of, n = called(found.asked, row["by"], row["of"], lang), numbers.integer(row["n"], lang)
        text = say(
            "What comes back of **{of}** is **{reason}** far more often than elsewhere: {share} of {n}, "
            "others {rest}.", lang, of=of, reason=name(row["reason"], lang), share=share, n=n, rest=rest,
        )  # fmt: skip
        printed = {"share": share, "rest": rest, "n": n}
        claims = cited(found, "reasons", printed, by=row["by"], of=row["of"], reason=row["reason"])
        yield Finding(text, "bad", claims)


def _promoted(found: Answered, lang: str) -> Iterator[Finding]:
    """Whether what was bought on promotion comes back more or less often."""
    for row in found.result.groups.filter(by="promoted", of="yes").to_dicts():
        if row["difference"] is None:
            continue
        share, gap = numbers.percent(row["share"], lang), numbers.points(row["difference"], lang)
        text = say(
            "On promotion {share} came back, {gap} beside the same categories at the usual price (95% "
            "interval {interval}).", lang, share=share, gap=gap,
            interval=points(row["difference_low"], row["difference_high"], lang),
        )  # fmt: skip
        printed = {"share": share, "difference": gap}
        printed |= {
            f"difference_{end}": numbers.points(row[f"difference_{end}"], lang) for end in ("low", "high")
        }
        yield Finding(text, "neutral", cited(found, "groups", printed, by="promoted", of="yes"))
