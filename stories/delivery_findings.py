"""What the parcels say, each in a sentence with its number and interval, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from language import listing, name, numbers, say
from stories.answered import Answered
from stories.blocks import Finding, Tone
from stories.called import called
from stories.service_words import cited
from stories.words import points, shares

SURE = 0.05  # q
TOLD = 2  # groups told by name


def findings(found: Answered, lang: str) -> list[Finding]:
    return [
        _on_time(found, lang),
        *_spells(found, lang),
        *_worst(found, lang),
        *_overdue(found, lang),
        *_stars(found, lang),
        *_reviews(found, lang),
        *_orders(found, lang),
    ]


def _on_time(found: Answered, lang: str) -> Finding:
    row = found.result.groups.row(0, named=True)
    result = found.result
    late, n = numbers.integer(row["late"], lang), numbers.integer(row["n"], lang)
    share = numbers.percent(result.late_share, lang, 2)
    facts = {
        "late": late,
        "n": n,
        "share": share,
        "interval": shares(result.late_low, result.late_high, lang),
    }
    printed = {"late": late, "n": n}
    if row["lead"] is None:
        text = say("{late} of {n} parcels came late: **{share}** (95% interval {interval}).", lang, **facts)
    else:
        printed["lead"] = numbers.number(row["lead"], lang, 1)
        text = say(
            "{late} of {n} parcels came late: **{share}** (95% interval {interval}). Half were there {lead} "
            "days after the order.", lang, **facts, lead=printed["lead"],
        )  # fmt: skip
    ends = {name: numbers.percent(getattr(result, name), lang) for name in ("late_low", "late_high")}
    claims = [
        *cited(found, "groups", printed, by="", of=""),
        *cited(found, "summary", {"late_share": share} | ends),
    ]
    return Finding(text, "neutral", claims)


def _spells(found: Answered, lang: str) -> Iterator[Finding]:
    """A carrier's bad days."""
    for row in found.result.spells.head(TOLD).to_dicts():
        late, n, extra = (numbers.integer(row[each], lang) for each in ("late", "n", "extra"))
        ends = [numbers.integer(row[each], lang) for each in ("extra_low", "extra_high")]
        share, usual = (numbers.percent(row[each], lang) for each in ("share", "usual_share"))
        facts = {"days": numbers.days(row["start"], row["end"], lang), "late": late, "n": n, "extra": extra}
        facts |= {"share": share, "usual": usual, "low": ends[0], "high": ends[1]}
        if row["carrier"] is None:
            text = say(
                "Of the parcels handed over on **{days}**, {late} of {n} came late ({share}, on other days "
                "{usual}): **{extra} late parcels more** than usual (95% interval {low} to {high}).", lang,
                **facts,
            )  # fmt: skip
            action = say("Find out what held parcels up on these days.", lang)
        else:
            carrier = name(row["carrier"], lang)
            text = say(
                "**{carrier}**: of the parcels handed over on **{days}**, {late} of {n} came late ({share}, "
                "on its other days {usual}): **{extra} late parcels more** than usual (95% interval {low} to "
                "{high}).", lang, carrier=carrier, **facts,
            )  # fmt: skip
            action = say(
                "Ask {carrier} what happened then, and claim what the contract gives.", lang, carrier=carrier
            )
        printed = {"late": late, "n": n, "share": share, "usual_share": usual, "extra": extra}
        printed |= dict(zip(("extra_low", "extra_high"), ends, strict=True))
        claims = cited(found, "spells", printed, carrier=row["carrier"], start=row["start"])
        yield Finding(text, "bad", claims, action=action, owner=say("Operations", lang))


def _worst(found: Answered, lang: str) -> Iterator[Finding]:
    """Of carriers, regions and sellers the one that surely is on time least often. A carrier that is so for
    its bad days alone, which are told already, is not blamed again.
    """
    told = {row["carrier"]: 1 - row["usual_share"] for row in found.result.spells.head(TOLD).to_dicts()}
    for by in ("carrier", "region", "seller"):
        rows = found.result.groups.filter(
            pl.col("by") == by, pl.col("q") <= SURE, pl.col("difference_high") < 0
        ).sort("difference")
        if by == "carrier":
            fine = [told.get(of, 0.0) >= rest for of, rest in rows.select("of", "rest").iter_rows()]
            rows = rows.filter(~pl.Series(fine, dtype=pl.Boolean))
        if rows.is_empty():
            continue
        row = rows.row(0, named=True)
        of = called(found.asked, by, row["of"], lang)
        share, gap = numbers.percent(row["share"], lang), numbers.points(row["difference"], lang)
        facts = {"of": of, "share": share, "gap": gap}
        facts["interval"] = points(row["difference_low"], row["difference_high"], lang)
        printed = {"share": share, "difference": gap}
        printed |= {
            f"difference_{end}": numbers.points(row[f"difference_{end}"], lang) for end in ("low", "high")
        }
        if by == "region":
            text = say(
                "**{of}** is served late most often: {share} on time, {gap} beside all other regions (95% "
                "interval {interval}).", lang, **facts,
            )  # fmt: skip
            action = say("Promise more days for {of}, or ship there another way.", lang, of=of)
        else:
            text = say(
                "**{of}** is late most often: {share} on time, {gap} beside others in the same regions (95% "
                "interval {interval}).", lang, **facts,
            )  # fmt: skip
            action = say("Agree on a plan with {of}, or move parcels to others.", lang, of=of)
        claims = cited(found, "groups", printed, by=by, of=row["of"])
        yield Finding(text, "bad", claims, action=action, owner=say("Operations", lang))


def _overdue(found: Answered, lang: str) -> Iterator[Finding]:
    n, of = numbers.integer(found.result.overdue, lang), numbers.integer(found.result.on_the_way, lang)
    if not found.result.overdue:
        return
    text = say("Past the promise and not there: **{n}** of {of} parcels on the way.", lang, n=n, of=of)
    action = say("Write to the customers of the overdue parcels before they ask.", lang)
    claims = [found.claim(n, "summary", "overdue"), found.claim(of, "summary", "on_the_way")]
    yield Finding(text, "bad", claims, action=action, owner=say("Customer service", lang))


def _stars(found: Answered, lang: str) -> Iterator[Finding]:
    result = found.result
    if result.stars_low is None:
        return
    stars, n = numbers.number(result.stars, lang, 3), numbers.integer(result.reviews, lang)
    ends = [numbers.number(each, lang) for each in (result.stars_low, result.stars_high)]
    text = say(
        "{n} reviews give **{stars}** stars on average (95% interval {low} to {high}).", lang,
        n=n, stars=stars, low=ends[0], high=ends[1],
    )  # fmt: skip
    printed = {"reviews": n, "stars": stars, "stars_low": ends[0], "stars_high": ends[1]}
    yield Finding(text, "neutral", cited(found, "summary", printed))


def _reviews(found: Answered, lang: str) -> Iterator[Finding]:
    for row in found.result.effects.filter(pl.col("outcome") == "review").to_dicts():
        late_n, of = numbers.integer(row["late_n"], lang), numbers.integer(row["on_time_n"], lang)
        if row["effect"] is None:
            text = say(
                "Reviews of {late_n} orders with a late parcel are too few to tell how they differ.", lang,
                late_n=late_n,
            )  # fmt: skip
            yield Finding(text, "neutral", cited(found, "effects", {"late_n": late_n}, outcome="review"))
            continue
        late, fine = (numbers.number(row[each], lang) for each in ("late_mean", "on_time_mean"))
        effect, *ends = _effect(row, lang)
        text = say(
            "Orders with a late parcel are given {late} stars, with one on time {fine}; of the same {strata} "
            "it is **{effect}** stars (95% interval {low} to {high}; {late_n} and {of} orders). This is an "
            "association, not proof of an effect.", lang, late=late, fine=fine,
            strata=strata(found, lang), effect=effect, low=ends[0], high=ends[1], late_n=late_n, of=of,
        )  # fmt: skip
        printed = {
            "late_mean": late,
            "on_time_mean": fine,
            "effect": effect,
            "late_n": late_n,
            "on_time_n": of,
        }
        printed |= dict(zip(("effect_low", "effect_high"), ends, strict=True))
        tone: Tone = "bad" if row["effect_high"] < 0 else "neutral"
        yield Finding(text, tone, cited(found, "effects", printed, outcome="review"))


def _orders(found: Answered, lang: str) -> Iterator[Finding]:
    rows = found.result.effects.filter(pl.col("outcome") == "orders", pl.col("effect").is_not_null())
    for row in rows.to_dicts():
        effect, *ends = _effect(row, lang)
        n = numbers.integer(row["late_n"], lang)
        text = say(
            "After a late parcel customers place **{effect}** later orders each (95% interval {low} to "
            "{high}; {n} late parcels), compared within week, region and earlier orders. This is an "
            "association, not proof of an effect.", lang, effect=effect, low=ends[0], high=ends[1], n=n,
        )  # fmt: skip
        printed = {"effect": effect, "late_n": n} | dict(
            zip(("effect_low", "effect_high"), ends, strict=True)
        )
        tone: Tone = "bad" if row["effect_high"] < 0 else "neutral"
        yield Finding(text, tone, cited(found, "effects", printed, outcome="orders"))


def _effect(row: dict, lang: str) -> list[str]:
    """The effect and the ends of its interval, with the digits that the widest of them needs."""
    values = [row["effect"], row["effect_low"], row["effect_high"]]
    digits = max(numbers.digits(values), 2)
    return [f"{'+' if each > 0 else ''}{numbers.number(each, lang, digits)}" for each in values]


def strata(found: Answered, lang: str) -> str:
    """In what is compared: "region and week"."""
    names = {"region": say("region", lang), "week": say("week", lang), "month": say("month", lang),
             "category": say("category", lang)}  # fmt: skip
    return listing([names[each] for each in found.result.strata], lang)
