"""The improvement plan: from a finding to an action, its owner and date, and the effect that was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from charts.chart import Chart, Mark
from language import numbers, phrase, say
from metrics.improvement_record import KIND, QUESTION, Improvement, read
from metrics.metric import BadQuestion
from stories.answered import answer
from stories.asked import Asked, Check
from stories.blocks import Block, Finding, Heading, Text, Warning
from stories.improvement_findings import Item, Plan, findings
from stories.improvement_tables import listed
from stories.improvement_words import COMPARED, measure, method, unit, verdict, where
from stories.named import Named, last_month
from stories.report import FINDINGS
from stories.words import sentence

ORDER = ("in progress", "open", "done", "dropped")


def gather(
    asked: Asked, checks: Sequence[Check] = (), settings: Mapping[str, Any] = {}, chosen: str = ""
) -> Plan:
    """All improvements that are kept, each by its own days and filter, whatever those of the page are."""
    items, broken = [], {}
    for key, facts in asked.records(KIND).items():
        try:
            improvement = read(key, facts)
        except BadQuestion as problem:
            broken[key] = str(problem)
        else:
            items.append(effect(asked, improvement))
    items.sort(key=lambda item: _place(item.improvement, asked.shop.last))
    return Plan(
        asked, items, broken, tuple(item.improvement.key for item in items if item.improvement.key == chosen)
    )


def effect(asked: Asked, improvement: Improvement) -> Item:
    """One improvement with its effect, where it is done."""
    if improvement.status != "done":
        return Item(improvement)
    settings = {
        name: getattr(improvement, name) for name in ("metric", "done", "since", "compare", "expected")
    }
    try:
        found = answer(replace(asked, where=dict(improvement.where)), "improvement", **settings)
    except BadQuestion as problem:
        return Item(improvement, problem=str(problem))
    return Item(improvement, found)


def _place(improvement: Improvement, today: date) -> tuple:
    late = not improvement.is_overdue(today)
    when = improvement.due or date.max
    if improvement.done:
        when = date.fromordinal(date.max.toordinal() - improvement.done.toordinal())
    return late, ORDER.index(improvement.status), when, improvement.key


def improvements(plan: Plan, lang: str) -> list[Block]:
    day = numbers.day(plan.asked.shop.last, lang)
    title = Heading(
        say("Improvement plan", lang), say("As of {day}, the last day of the data", lang, day=day)
    )
    broken = [
        Warning(say(BROKEN, lang, key=key, why=sentence(say(problem, lang), lang)))
        for key, problem in plan.broken.items()
    ]
    if not plan.items:
        return [title, *broken, Text(say(NONE, lang)), *_begin(lang)]
    return [
        title,
        *broken,
        *findings(plan, lang),
        *listed(plan, lang),
        *_looked_into(plan, lang),
        Heading(say("How it is counted", lang), level=2),
        Text(method(lang)),
    ]  # fmt: skip


def _looked_into(plan: Plan, lang: str) -> list[Block]:
    return [block for item in plan.items if item.improvement.key in plan.chosen for block in one(item, lang)]


BROKEN = phrase("The improvement {key} cannot be read: {why}")
NONE = phrase(
    "Nothing is planned yet. Write down what was found, what is done about it, by whom and until when, and "
    "by which metric or question it is measured; four weeks after it is done, the plan tells whether it "
    "helped."
)


def _begin(lang: str) -> list[Block]:
    """What somebody needs to know who plans the first one."""
    told = (
        (say("Where findings come from", lang), say(FROM, lang)),
        (say("How it is measured", lang), method(lang)),
    )
    return [block for title, text in told for block in (Heading(title, level=3), Text(text))]


FROM = phrase(
    "A theme of the comments is handed over with one click, with the question that measures it. Whatever "
    "else a page found can be added here, or with `python cli.py improvements add --set …`."
)


def _kind(metric: str) -> str:
    return QUESTION if metric.startswith(QUESTION) else metric


def section(plan: Plan, lang: str, metrics: Sequence[str] = ()) -> list[Block]:
    """For other reports: improvements measured by these metrics, QUESTION meaning any; without any, all."""
    items = [item for item in plan.items if not metrics or _kind(item.improvement.metric) in metrics]
    if not items:
        return []
    part = replace(plan, items=items)
    return [Heading(say("Improvement plan", lang), level=2), *findings(part, lang), *listed(part, lang)]


def one(item: Item, lang: str) -> list[Block]:
    """One improvement: its finding, and its measure before and after."""
    chosen = item.improvement
    facts = [chosen.action, chosen.owner, where(chosen, lang)]
    title = Heading(chosen.finding, " · ".join(fact for fact in facts if fact), level=2)
    if item.found is None or item.found.result.effect is None:
        text = say("Its effect can be measured four weeks after it is done.", lang)
        if item.found:
            text = verdict(item.found.result, lang)
        return [title, Text(sentence(say(item.problem, lang), lang) if item.problem else text)]
    found = item.found.result
    label = measure(chosen.metric, lang)
    note = say(
        "{metric} by week, compared {how}", lang, metric=label, how=say(COMPARED[chosen.compare], lang)
    )
    after = found.path.filter("after")["start"].min()
    return [title, Chart(
        "line", found.path.select("start", "observed", "expected"), "start", "observed", compare="expected",
        unit=unit(chosen.metric), labels=[label, say("Expected", lang)], title=say("Before and after", lang),
        marks=[Mark(after, say("Done", lang), kind="incident")] if after else [],
        note=note, alt=label,
    )]  # fmt: skip


def printed(plan: Plan, lang: str) -> list[Block]:
    """As the page, with each that has an effect before and after."""
    measured = tuple(
        item.improvement.key for item in plan.items if item.found and item.found.result.effect is not None
    )
    return improvements(replace(plan, chosen=measured), lang)


def brief(plan: Plan, lang: str) -> list[Finding]:
    return findings(plan, lang)[:FINDINGS] if plan.items else []


REPORT = Named(
    "improvements",
    phrase("Improvement plan"),
    phrase("from finding to action, owner and date, and whether it helped"),
    last_month,
    gather,
    printed,
    brief,
)
