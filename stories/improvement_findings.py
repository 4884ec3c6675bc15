"""What the improvement plan says in sentences: how it stands, what is overdue, what helped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from language import inside, numbers, say
from metrics.improvement_record import Improvement
from stories.answered import Answered
from stories.asked import Asked
from stories.blocks import Finding
from stories.improvement_words import TONES, change, interval, measured_by, verdict, why
from stories.words import sentence


@dataclass(frozen=True)
class Item:
    """found: the analysis of one that is done. problem: why there is none."""

    improvement: Improvement
    found: Answered | None = None
    problem: str = ""


@dataclass(frozen=True)
class Plan:
    """items: overdue ones first, then by status and date. broken: what is kept and cannot be read.

    chosen: keys of those that are looked into.
    """

    asked: Asked
    items: Sequence[Item] = ()
    broken: Mapping[str, str] = field(default_factory=dict)
    chosen: Sequence[str] = ()


def findings(plan: Plan, lang: str) -> list[Finding]:
    """How many there are, those that are overdue, and what those that are done have changed."""
    known = [item.improvement for item in plan.items]
    late = [each for each in known if each.is_overdue(plan.asked.shop.last)]
    calls = [
        item.found.result.verdict.call
        for item in plan.items
        if item.found and item.found.result.effect is not None
    ]
    text = say(
        "Of {n} improvements, {late} overdue, {open} open or under way in all, {done} done. Of {read} that "
        "can be read so far, {helped} helped, {failed} did not, and on {unknown} the data cannot tell.", lang,
        n=len(known), open=sum(each.status in ("open", "in progress") for each in known), late=len(late),
        done=sum(each.status == "done" for each in known), read=len(calls), helped=calls.count("supported"),
        failed=calls.count("not supported"), unknown=calls.count("inconclusive"),
    )  # fmt: skip
    told = [Finding(text, "bad" if late else "neutral")]
    told += [_overdue(each, lang) for each in late]
    return told + [_helped(plan, item, lang) for item in plan.items if item.found or item.problem]


def _overdue(improvement: Improvement, lang: str) -> Finding:
    text = say(
        "**Overdue** since {day}: {finding}", lang, day=numbers.day(improvement.due, lang),
        finding=sentence(improvement.finding, lang),
    )  # fmt: skip
    return Finding(text, "bad", action=improvement.action, owner=improvement.owner)


def _helped(plan: Plan, item: Item, lang: str) -> Finding:
    one = item.improvement
    if item.found is None:
        return Finding(
            say("**{action}**: {why}", lang, action=one.action, why=sentence(say(item.problem, lang), lang))
        )
    found, asked = item.found.result, plan.asked
    if found.effect is None:
        return Finding(
            say("**{action}** ({day}): {why}", lang, action=one.action, day=numbers.day(one.done, lang),
                why=verdict(found, lang))
        )  # fmt: skip
    told = change(found.effect, one.metric, asked, lang)
    text = say(
        "**{action}** ({day}). **{verdict}**: in the weeks after, {metric} differed by {effect} from what "
        "was to be expected (95% interval {interval}). {why}", lang,
        action=one.action, day=numbers.day(one.done, lang), verdict=verdict(found, lang),
        metric=inside(measured_by(one, lang), lang), effect=told, why=why(found, lang),
        interval=interval(found, one.metric, asked, lang),
    )  # fmt: skip
    printed = {"effect": told, "low": change(found.low, one.metric, asked, lang)}
    printed["high"] = change(found.high, one.metric, asked, lang)
    claims = [item.found.claim(said, "summary", column) for column, said in printed.items()]
    return Finding(text, TONES[found.verdict.call or "inconclusive"], claims)  # type: ignore[arg-type]
