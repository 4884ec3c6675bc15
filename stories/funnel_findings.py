"""What the funnel says, each in a sentence with its number, its comparison and its interval."""

from __future__ import annotations

from typing import Any

from language import name, numbers, phrase, say, together
from language.reasons import tell
from stories.answered import Answered
from stories.blocks import Claim, Finding
from stories.funnel_words import step_names
from stories.words import points, shares

DROPS, SEGMENTS = 2, 1  # findings at most
SURE = 0.05  # q
WORTH, PART = 5, 0.02  # orders lost, and of those that came: below the less, a drop is in the table only


def findings(found: Answered, drops: Answered | None, lang: str) -> list[Finding]:
    """The conversion, the worst step, the days on which a step broke, the segment that differs most."""
    return [
        *_drops(drops, int(found.result.steps["n"][-1]), lang),
        _conversion(found, lang),
        _worst(found, lang),
        *_segments(found, lang),
        *_open(found, lang),
    ]


def worst_step(found: Answered) -> int:
    """The step (from 1) before which most are lost: the lowest share of the step before."""
    rows = found.result.steps.slice(1)
    return int(rows.sort("of_previous", "step")["step"][0])


def message(found: Answered, lang: str) -> str:
    """The title of the funnel's slide."""
    return _worst(found, lang).text.replace("**", "")


def _conversion(found: Answered, lang: str) -> Finding:
    rows, names = found.result.steps.to_dicts(), step_names(found, lang)
    last, place = rows[-1], dict[str, Any](step=len(rows))
    n, share = numbers.integer(found.result.n, lang), numbers.percent(last["of_first"], lang)
    told = [
        say(
            "Of {n} who began with {first}, **{share}** came to {last} (95% interval {interval}).", lang,
            n=n, first=names[0], share=share, last=names[-1],
            interval=shares(last["of_first_low"], last["of_first_high"], lang),
        )
    ]  # fmt: skip
    claims = [
        found.claim(n, "steps", "n", step=1),
        found.claim(share, "steps", "of_first", **place),
        *_ends(found, "steps", ("of_first_low", "of_first_high"), lang, **place),
    ]
    tone = "neutral"
    if last["of_first_before"] is not None and last["change_low"] is not None:
        before = numbers.percent(last["of_first_before"], lang)
        told.append(
            say(
                "Before it were {before}; 95% interval of the change: {interval}.", lang, before=before,
                interval=points(last["change_low"], last["change_high"], lang),
            )
        )  # fmt: skip
        claims.append(found.claim(before, "steps", "of_first_before", **place))
        claims += _ends(found, "steps", ("change_low", "change_high"), lang, **place, points=True)
        tone = "good" if last["change_low"] > 0 else "bad" if last["change_high"] < 0 else "neutral"
    return Finding(together(told, lang), tone, claims)  # type: ignore[arg-type]


def _worst(found: Answered, lang: str) -> Finding:
    step, names = worst_step(found), step_names(found, lang)
    row = found.result.steps.to_dicts()[step - 1]
    share = numbers.percent(row["of_previous"], lang)
    text = say(
        "The narrowest step is **{step}**: {share} of those before it take it (95% interval {interval}).",
        lang, step=names[step - 1], share=share,
        interval=shares(row["of_previous_low"], row["of_previous_high"], lang),
    )  # fmt: skip
    claims = [
        found.claim(share, "steps", "of_previous", step=step),
        *_ends(found, "steps", ("of_previous_low", "of_previous_high"), lang, step=step),
    ]
    return Finding(text, "neutral", claims)


def _drops(drops: Answered | None, through: int, lang: str) -> list[Finding]:
    if drops is None:
        return []
    worth = drops.result.drops.filter(drops.result.drops["orders_lost"] >= min(WORTH, PART * through))
    return [_drop(drops, row, lang) for row in worth.head(DROPS).to_dicts()]


def _drop(drops: Answered, row: dict, lang: str) -> Finding:
    place = {each: row[each] for each in ("by", "segment", "step")}
    steps = drops.words["steps"].split(",")
    at, before = name(row["label"], lang), name(steps[row["step"] - 2], lang)
    days = numbers.days(row["start"], row["end"], lang)
    rate, usual = numbers.percent(row["rate"], lang), numbers.percent(row["usual_rate"], lang)
    lost, low, high = (numbers.number(row[f"orders_{end}"], lang, 0) for end in ("lost", "low", "high"))
    segment = name(row["segment"], lang)
    facts = {"segment": segment, "step": at, "before": before, "days": days, "rate": rate, "usual": usual}
    text = say(
        "On **{segment}** only {rate} went on from {before} to **{step}** on {days}, usually {usual}: about "
        "**{lost}** orders lost (95% interval {low} to {high}).",
        lang, **facts, lost=lost, low=low, high=high,
    )  # fmt: skip
    columns = {"rate": rate, "usual_rate": usual, "orders_lost": lost, "orders_low": low, "orders_high": high}
    claims = [drops.claim(printed, "drops", column, **place) for column, printed in columns.items()]
    return Finding(
        text, "bad", claims,
        action=say("Find out what changed at {step} on {segment} before {day}.", lang, step=at,
                   segment=segment, day=numbers.day(row["start"], lang)),
        owner=say("Product", lang), effect=say("about {n} orders", lang, n=lost),
    )  # fmt: skip


def _segments(found: Answered, lang: str) -> list[Finding]:
    sure = found.result.tests.filter(found.result.tests["q"] <= SURE)
    sure = sure.sort(sure["difference"].abs(), descending=True) if len(sure) else sure
    return [_segment(found, row, lang) for row in sure.head(SEGMENTS).to_dicts()]


def _segment(found: Answered, row: dict, lang: str) -> Finding:
    place = {"segment": row["segment"]}
    share = numbers.percent(found.value("segments", "share", **place), lang)
    more = row["difference"] > 0
    said = (
        phrase(
            "**{segment}** comes through more often than the others: {share}, a difference of {difference} "
            "(95% interval {interval})."
        )
        if more
        else phrase(
            "**{segment}** comes through less often than the others: {share}, a difference of {difference} "
            "(95% interval {interval})."
        )
    )
    difference = numbers.points(row["difference"], lang)
    text = say(
        said, lang, segment=name(row["segment"], lang), share=share, difference=difference,
        interval=points(row["low"], row["high"], lang),
    )  # fmt: skip
    claims = [
        found.claim(share, "segments", "share", **place),
        found.claim(difference, "tests", "difference", **place),
        *_ends(found, "tests", ("low", "high"), lang, **place, points=True),
    ]
    return Finding(text, "good" if more else "bad", claims)


def _open(found: Answered, lang: str) -> list[Finding]:
    if not found.result.open:
        return []
    n = numbers.integer(found.result.open, lang)
    text = say(
        "**{n}** of those who are not through still have time, so the last days look worse than they are.",
        lang, n=n,
    )  # fmt: skip
    others = [tell(each, lang) for each in found.result.warnings[1:]]
    return [Finding(together([text, *others], lang), "neutral", [found.claim(n, "summary", "open")])]


def _ends(
    found: Answered, table: str, columns: tuple[str, str], lang: str, points: bool = False, **place: object
) -> list[Claim]:
    """The claims of an interval's ends."""
    printed = numbers.points if points else numbers.percent
    return [
        found.claim(printed(found.value(table, column, **place), lang), table, column, **place)
        for column in columns
    ]
