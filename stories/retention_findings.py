"""What retention says, each in a sentence with its number, its comparison and its interval."""

from __future__ import annotations

from language import numbers, phrase, say
from stories.answered import Answered
from stories.blocks import Finding
from stories.retention_words import after, cohort
from stories.words import chance, points, shares

SURE = 0.05


def findings(found: Answered, lang: str) -> list[Finding]:
    return [
        *_average(found, lang),
        *_drift(found, lang),
        *_cohorts(found, lang),
        *_median(found, lang),
        *_money(found, lang),
    ]


def _average(found: Answered, lang: str) -> list[Finding]:
    at = found.result.at
    share = found.value("average", "share", period=at)
    if share is None:
        return []
    told, n = numbers.percent(share, lang), numbers.integer(found.value("average", "n", period=at), lang)
    low, high = (found.value("average", end, period=at) for end in ("low", "high"))
    who = (
        phrase("**{share}** of {n} who came come back in {period} (95% interval {interval}).")
        if found.result.rules["entry"] == "each"
        else phrase(
            "**{share}** of {n} who came for the first time come back in {period} (95% interval {interval})."
        )
    )
    text = say(
        who, lang, share=told, n=n, period=after(at, found, lang), interval=shares(low, high, lang),
    )  # fmt: skip
    claims = [found.claim(told, "average", "share", period=at), found.claim(n, "average", "n", period=at)]
    claims += [
        found.claim(numbers.percent(end, lang), "average", column, period=at)
        for end, column in ((low, "low"), (high, "high"))
    ]
    return [Finding(text, "neutral", claims)]


def _drift(found: Answered, lang: str) -> list[Finding]:
    result, every = found.result, str(found.result.rules["every"])
    if result.drift is None or result.drift_low is None:
        return []
    early, late = result.halves.to_dicts()
    sure = result.drift_low > 0 or result.drift_high < 0
    change = numbers.points(result.drift, lang)
    told = [numbers.percent(half["share"], lang) for half in (late, early)]
    said = (
        phrase(
            "Later cohorts (from {first} on) come back in {period} at another rate than earlier ones: "
            "{late}, before {early}; a change of **{change}** (95% interval {interval})."
        )
        if sure
        else phrase(
            "Later cohorts (from {first} on) come back in {period} as often as earlier ones: {late}, before "
            "{early}; a change of {change} may be chance (95% interval {interval})."
        )
    )
    text = say(
        said, lang, first=cohort(late["first"], every, lang), period=after(result.at, found, lang),
        late=told[0], early=told[1], change=change,
        interval=points(result.drift_low, result.drift_high, lang),
    )  # fmt: skip
    claims = [
        found.claim(told[0], "halves", "share", half="late"),
        found.claim(told[1], "halves", "share", half="early"),
        found.claim(change, "summary", "drift"),
        found.claim(numbers.points(result.drift_low, lang), "summary", "drift_low"),
        found.claim(numbers.points(result.drift_high, lang), "summary", "drift_high"),
    ]
    tone = "neutral" if not sure else "good" if result.drift > 0 else "bad"
    return [Finding(text, tone, claims)]  # type: ignore[arg-type]


def _cohorts(found: Answered, lang: str) -> list[Finding]:
    """The cohort that differs most from all others, where one surely does."""
    result, every = found.result, str(found.result.rules["every"])
    sure = result.tests.filter(result.tests["q"] <= SURE)
    if sure.is_empty():
        return []
    row = sure.sort(sure["difference"].abs(), descending=True).row(0, named=True)
    share, rest = numbers.percent(row["share"], lang), numbers.percent(row["rest"], lang)
    difference = numbers.points(row["difference"], lang)
    text = say(
        "**{cohort}** differs most: {share} come back in {period}, of all others {rest}; {difference} (95% "
        "interval {interval}, q {chance}).", lang,
        cohort=cohort(row["cohort"], every, lang), share=share, period=after(result.at, found, lang),
        rest=rest, difference=difference, interval=points(row["low"], row["high"], lang),
        chance=chance(row["q"], lang),
    )  # fmt: skip
    place = {"cohort": row["cohort"]}
    printed = {"share": share, "rest": rest, "difference": difference}
    printed |= {end: numbers.points(row[end], lang) for end in ("low", "high")}
    claims = [found.claim(told, "tests", column, **place) for column, told in printed.items()]
    return [Finding(text, "good" if row["difference"] > 0 else "bad", claims)]


def _median(found: Answered, lang: str) -> list[Finding]:
    rows = found.result.medians.filter(found.result.medians["segment"].is_null())
    if rows.is_empty() or found.result.rules["curve"] != "return":
        return []
    row, n = rows.row(0, named=True), numbers.integer(rows["n"][0], lang)
    ended = numbers.integer(row["ended"], lang)
    claims = [
        found.claim(n, "medians", "n", segment=None),
        found.claim(ended, "medians", "ended", segment=None),
    ]
    if row["median"] is None:
        text = say("**{ended}** of {n} have come back on a later day; fewer than half have so far.", lang,
                   ended=ended, n=n)  # fmt: skip
    else:
        days = numbers.integer(row["median"], lang)
        text = say("Half of {n} are back after **{days}** days; {ended} have come back so far.", lang, n=n,
                   days=days, ended=ended)  # fmt: skip
        claims.append(found.claim(days, "medians", "median", segment=None))
    return [Finding(text, "neutral", claims)]


def _money(found: Answered, lang: str) -> list[Finding]:
    """What a member of the oldest cohort brought to the end of its last period."""
    result, every = found.result, str(found.result.rules["every"])
    rows = result.cells.filter(result.cells["margin"].is_not_null() & ~result.cells["partial"])
    if rows.is_empty():
        return []
    row = rows.filter(rows["cohort"] == rows["cohort"][0]).row(-1, named=True)
    money = numbers.money(row["margin"], found.asked.shop.currency, lang)
    text = say(
        "A member of the cohort {cohort} has brought **{money}** of margin by {period}.", lang,
        cohort=cohort(row["cohort"], every, lang), money=money, period=after(row["period"], found, lang),
    )  # fmt: skip
    return [
        Finding(
            text,
            "neutral",
            [found.claim(money, "cells", "margin", cohort=row["cohort"], period=row["period"])],
        )
    ]
