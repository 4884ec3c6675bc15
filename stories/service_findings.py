"""What the tickets say, each in a sentence with its number and interval, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from language import numbers, say
from stories.answered import Answered
from stories.blocks import Finding
from stories.called import called
from stories.service_words import SERVICE, STAGES, between, cited, hours
from stories.words import points, shares

SURE = 0.05  # q
OLD = 30  # days


def findings(found: Answered, lang: str) -> list[Finding]:
    return [
        _answers(found, lang),
        _who(found, lang),
        *_bottleneck(found, lang),
        *_slow(found, lang),
        *_worst(found, "response", lang),
        *_worst(found, "resolution", lang),
        *_old(found, lang),
        *_contacts(found, lang),
        *_content(found, lang),
        *_again(found, lang),
    ]


def _answers(found: Answered, lang: str) -> Finding:
    row = found.result.groups.row(0, named=True)
    share, promise = numbers.percent(row["response_share"], lang), hours(found.result.respond_hours, lang)
    median, tail = hours(row["response_median"], lang), hours(row["response_p90"], lang)
    if row["response_p90"] is None:
        text = say(
            "**{share}** of tickets had a first answer within {promise} of business time (95% interval "
            "{interval}); half of them within {median} (95% interval {of_median}).", lang,
            share=share, promise=promise, interval=shares(row["response_low"], row["response_high"], lang),
            median=median, of_median=between(row["response_median_low"], row["response_median_high"], lang),
        )  # fmt: skip
    else:
        text = say(
            "**{share}** of tickets had a first answer within {promise} of business time (95% interval "
            "{interval}); half of them within {median}, nine of ten within {tail} (95% interval {of_tail}).",
            lang, share=share, promise=promise,
            interval=shares(row["response_low"], row["response_high"], lang), median=median, tail=tail,
            of_tail=between(row["response_p90_low"], row["response_p90_high"], lang),
        )  # fmt: skip
    printed = {"response_share": share, "response_median": median, "response_p90": tail}
    printed |= {f"response_{end}": numbers.percent(row[f"response_{end}"], lang) for end in ("low", "high")}
    name = "median" if row["response_p90"] is None else "p90"
    printed |= {f"response_{name}_{e}": hours(row[f"response_{name}_{e}"], lang) for e in ("low", "high")}
    claims = [
        *cited(found, "groups", printed, by="", of=""),
        found.claim(promise, "summary", "respond_hours"),
    ]
    return Finding(text, "neutral", claims)


def _who(found: Answered, lang: str) -> Finding:
    """Tickets, conversations and customers are three numbers."""
    result = found.result
    printed = {
        name: numbers.integer(getattr(result, name), lang)
        for name in ("n", "conversations", "customers", "orders")
    }
    text = say(
        "**{n}** tickets are {conversations} conversations with {customers} known customers about {orders} "
        "orders.", lang, **printed,
    )  # fmt: skip
    return Finding(text, "neutral", cited(found, "summary", printed))


def _bottleneck(found: Answered, lang: str) -> list[Finding]:
    """The stage that customers wait longest in, all tickets together."""
    stages = found.result.stages.filter(pl.col("by") == "", pl.col("of_hours").is_not_null())
    if stages.is_empty():
        return []
    row = stages.sort("hours", descending=True).row(0, named=True)
    share, median, tail = (
        numbers.percent(row["of_hours"], lang, 0),
        *(hours(row[e], lang) for e in ("median", "p90")),
    )
    if row["p90"] is None:
        return []
    text = say(
        "The bottleneck is from **{stage}**: {share} of all business hours that customers waited. Half of "
        "the tickets take {median} there, one in ten more than {tail} (95% interval {interval}).", lang,
        stage=say(STAGES[row["stage"]], lang), share=share, median=median, tail=tail,
        interval=between(row["p90_low"], row["p90_high"], lang),
    )  # fmt: skip
    printed = {"of_hours": share, "median": median, "p90": tail}
    printed |= {end: hours(row[end], lang) for end in ("p90_low", "p90_high")}
    action = (
        say("Solve what waits longest first, and see the kinds of tickets with the longest waits.", lang)
        if row["stage"] == "solving"
        else say("Add people where first answers wait longest, or answer there by templates.", lang)
    )
    claims = cited(found, "stages", printed, by="", of="", stage=row["stage"])
    return [Finding(text, "neutral", claims, action=action, owner=say(SERVICE, lang))]


def _slow(found: Answered, lang: str) -> Iterator[Finding]:
    for row in found.result.slow.to_dicts():
        median, usual = hours(row["median"], lang), hours(row["usual_median"], lang)
        extra = numbers.integer(row["extra"], lang)
        ends = [numbers.integer(row[end], lang) for end in ("extra_low", "extra_high")]
        text = say(
            "On **{days}** first answers took longer: half of them more than **{median}** (95% interval "
            "{interval}), on other days {usual}. {extra} tickets more than usual were slow (95% interval "
            "{low} to {high}).", lang,
            days=numbers.days(row["start"], row["end"], lang), median=median, usual=usual, extra=extra,
            interval=between(row["median_low"], row["median_high"], lang), low=ends[0], high=ends[1],
        )  # fmt: skip
        printed = {"median": median, "usual_median": usual, "extra": extra}
        printed |= {end: hours(row[end], lang) for end in ("median_low", "median_high")}
        printed |= dict(zip(("extra_low", "extra_high"), ends, strict=True))
        action = say("Find out who was missing on these days, and plan a stand-in for the next time.", lang)
        claims = cited(found, "slow", printed, start=row["start"])
        yield Finding(text, "bad", claims, action=action, owner=say(SERVICE, lang))


def _worst(found: Answered, step: str, lang: str) -> Iterator[Finding]:
    """The channel, kind or agent that surely keeps the promise least often."""
    rows = found.result.groups.filter(
        pl.col("by").is_in(["channel", "kind", "agent"]), pl.col(f"{step}_q") <= SURE,
        pl.col(f"{step}_difference_high") < 0,
    ).sort(f"{step}_difference")  # fmt: skip
    if rows.is_empty():
        return
    row = rows.row(0, named=True)
    share, rest, gap = (
        numbers.percent(row[f"{step}_share"], lang), numbers.percent(row[f"{step}_rest"], lang),
        numbers.points(row[f"{step}_difference"], lang),
    )  # fmt: skip
    ends = [row[f"{step}_difference_{end}"] for end in ("low", "high")]
    facts = {"of": called(found.asked, row["by"], row["of"], lang), "share": share, "rest": rest, "gap": gap}
    facts |= {"interval": points(ends[0], ends[1], lang)}
    if step == "response":
        text = say(
            "**{of}** answers late most often: {share} in time, others {rest}, that is {gap} (95% interval "
            "{interval}).", lang, **facts,
        )  # fmt: skip
        action = say(
            "Bring first answers of {of} up to the others, or promise less there.", lang, of=facts["of"]
        )
    else:
        text = say(
            "**{of}** is solved late most often: {share} in time, others {rest}, that is {gap} (95% interval "
            "{interval}).", lang, **facts,
        )  # fmt: skip
        action = say("Look at what keeps tickets of {of} from being solved.", lang, of=facts["of"])
    printed = {f"{step}_share": share, f"{step}_rest": rest, f"{step}_difference": gap}
    names = (f"{step}_difference_low", f"{step}_difference_high")
    printed |= {name: numbers.points(end, lang) for name, end in zip(names, ends, strict=True)}
    claims = cited(found, "groups", printed, by=row["by"], of=row["of"])
    yield Finding(text, "bad", claims, action=action, owner=say(SERVICE, lang))


def _old(found: Answered, lang: str) -> Iterator[Finding]:
    old = found.result.ageing.filter(from_days=OLD).row(0, named=True)
    if not old["open"]:
        return
    n, of = numbers.integer(old["open"], lang), numbers.integer(found.result.open, lang)
    text = say("**{n}** of {of} open tickets are older than {days} days.", lang, n=n, of=of, days=OLD)
    action = say("Go through the oldest open tickets: solve, or close with a word to the customer.", lang)
    claims = [found.claim(n, "ageing", "open", from_days=OLD), found.claim(of, "summary", "open")]
    claims.append(found.claim(str(OLD), "ageing", "from_days", from_days=OLD))
    yield Finding(text, "bad", claims, action=action, owner=say(SERVICE, lang))


def _contacts(found: Answered, lang: str) -> Iterator[Finding]:
    """What customers surely turn to service about more often: a product, else a seller, else a category."""
    rows = found.result.contacts.filter(pl.col("q") <= SURE, pl.col("difference") > 0)
    for by in ("product_id", "seller", "category"):
        mine = rows.filter(pl.col("by") == by).sort("difference_low", descending=True)
        if mine.is_empty():
            continue
        row = mine.row(0, named=True)
        share, rest = numbers.percent(row["share"], lang), numbers.percent(row["rest"], lang)
        of = called(found.asked, by, row["of"], lang)
        text = say(
            "**{of}** brings the most requests: customers turned to service about {share} of its orders (95% "
            "interval {interval}), about others {rest}.", lang,
            of=of, share=share, rest=rest, interval=shares(row["low"], row["high"], lang),
        )  # fmt: skip
        printed = {"share": share, "rest": rest}
        printed |= {end: numbers.percent(row[end], lang) for end in ("low", "high")}
        action = say("Read the tickets about {of} and mend what they name.", lang, of=of)
        claims = cited(found, "contacts", printed, by=by, of=row["of"])
        yield Finding(text, "bad", claims, action=action, owner=say("Product", lang))
        return


def _content(found: Answered, lang: str) -> Iterator[Finding]:
    row = found.result.groups.row(0, named=True)
    if row["content"] is None:
        return
    share, n = numbers.percent(row["content"], lang), numbers.integer(row["scored"], lang)
    text = say(
        "After closing, **{share}** of {n} who answered gave 4 or 5 of 5 (95% interval {interval}).", lang,
        share=share, n=n, interval=shares(row["content_low"], row["content_high"], lang),
    )  # fmt: skip
    printed = {"content": share, "scored": n}
    printed |= {end: numbers.percent(row[end], lang) for end in ("content_low", "content_high")}
    yield Finding(text, "neutral", cited(found, "groups", printed, by="", of=""))


def _again(found: Answered, lang: str) -> Iterator[Finding]:
    row = found.result.groups.row(0, named=True)
    if row["reopen_share"] is None:
        return
    share = numbers.percent(row["reopen_share"], lang)
    text = say(
        "**{share}** of resolved tickets were opened again (95% interval {interval}).", lang, share=share,
        interval=shares(row["reopen_share_low"], row["reopen_share_high"], lang),
    )  # fmt: skip
    printed = {"reopen_share": share}
    ends = ("reopen_share_low", "reopen_share_high")
    printed |= {end: numbers.percent(row[end], lang) for end in ends}
    yield Finding(text, "neutral", cited(found, "groups", printed, by="", of=""))
