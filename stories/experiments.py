"""Experiments: what was tested, what is running, and what is planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from charts.chart import Chart
from language import name, numbers, phrase, say
from language.reasons import tell
from metrics.experiment import Experiment, experiment
from metrics.metric import BadQuestion
from stories import experiment_card
from stories.answered import Answered, answer
from stories.asked import Asked, Check
from stories.blocks import Block, Claim, Column, Finding, Heading, Table, Text
from stories.experiment_words import CALLS, STATES, TONES, UNITS, ends, goal, method, when
from stories.named import Named, last_month
from stories.report import FINDINGS
from stories.words import texts

ORDER = ("over", "running", "planned", "without a date", "")


@dataclass(frozen=True)
class Kept:
    """A saved plan with its read-out, or the problem of its record."""

    name: str
    plan: Experiment | None = None
    found: Answered | None = None
    problem: str = ""

    @property
    def state(self) -> str:
        return self.found.result.state if self.found else ""

    @property
    def effects(self) -> list[dict]:
        return self.found.result.effects.to_dicts() if self.found else []


@dataclass(frozen=True)
class ExperimentsData:
    """kept: the read ones first. chosen: the one that is looked into."""

    asked: Asked
    kept: tuple[Kept, ...] = ()
    chosen: str = ""


def gather(
    asked: Asked, checks: Sequence[Check] = (), plans: Mapping[str, Any] | None = None, chosen: str = ""
) -> ExperimentsData:
    """plans: name → record; by default those saved beside the store. Dates and filters do not apply."""
    known = asked.records("plans") if plans is None else plans
    kept = sorted((_kept(asked, *each) for each in known.items()), key=lambda each: ORDER.index(each.state))
    names = [each.name for each in kept]
    first = next((each.name for each in kept if each.effects), names[0] if names else "")
    return ExperimentsData(asked, tuple(kept), chosen if chosen in names else first)


def _kept(asked: Asked, name: str, record: Any) -> Kept:
    try:
        plan = experiment(record)
        return Kept(name, plan, answer(asked, "experiments", plan=plan.text()))
    except BadQuestion as problem:
        return Kept(name, problem=str(problem))


def experiments(data: ExperimentsData, lang: str) -> list[Block]:
    title = Heading(say("Experiments", lang), _counts(data, lang))
    if not data.kept:
        return [title, Text(say(NOTHING, lang))]
    blocks: list[Block] = [title, *(finding(each, lang) for each in data.kept if each.found)]
    if any(each.effects for each in data.kept):
        blocks.append(chart(data, lang))
    blocks.append(table(data, lang))
    chosen = next(each for each in data.kept if each.name == data.chosen)
    if chosen.plan and chosen.found:
        blocks += experiment_card.card(chosen.plan, chosen.found, lang)
    return [*blocks, Heading(say("How it is counted", lang), level=2), Text(method(lang))]


NOTHING = phrase(
    "Nothing is tested yet. Plan a test: choose what is to change, who is split (customers by their code, "
    "regions or products) and how small an effect matters; the shop's own history tells how long it must "
    "run. A saved plan is read out here by itself when its days have data. Where promotions or prices cannot "
    "be judged, their pages propose a test that can be saved as it is."
)


def _counts(data: ExperimentsData, lang: str) -> str:
    if not data.kept:
        return ""
    count = {state: sum(each.state == state for each in data.kept) for state in ORDER}
    return say(
        "{over} read out, {running} running, {planned} planned", lang,
        over=count["over"], running=count["running"], planned=count["planned"] + count["without a date"],
    )  # fmt: skip


def finding(each: Kept, lang: str) -> Finding:
    """What is known of one plan, in a sentence."""
    plan, found = each.plan, each.found
    assert plan and found
    verdict = found.result.verdict
    why = tell(verdict.reasons[0], lang)
    if not each.effects:
        text = say("**{name}** ({goal}): {why}", lang, name=plan.name, goal=goal(plan, lang), why=why)
        return Finding(_sentence(text, lang), "bad" if each.state in ("over", "running") else "neutral")
    parts, claims = list[str](), list[Claim]()
    running = each.state == "running"
    if found.result.elasticity is not None:
        text, claims = experiment_card.together(found, lang)
        parts.append(text)
    for row in each.effects if not parts else ():
        text, more = experiment_card.change(found, row, running, lang)
        parts.append(text)
        claims += more
    told = ("; " if lang == "en" else "；").join(parts)
    facts = {"name": plan.name, "goal": goal(plan, lang), "told": told, "why": why}
    facts["verdict"] = say(CALLS[verdict.call], lang)
    if running:
        share = numbers.percent(found.result.elapsed, lang, 0)
        claims.append(found.claim(share, "summary", "elapsed"))
        text = say(
            "**{name}** is running, {share} of its days are there. {goal}: {told}. **{verdict}** so far: "
            "{why}",
            lang, share=share, **facts,
        )  # fmt: skip
    else:
        text = say("**{name}**: {goal}: {told}. **{verdict}**: {why}", lang, **facts)
    return Finding(_sentence(text, lang), TONES[verdict.call], claims)  # type: ignore[arg-type]


def _sentence(text: str, lang: str) -> str:
    return f"{text}{'。' if lang == 'zh' else '.'}"


def chart(data: ExperimentsData, lang: str) -> Chart:
    """The relative effect of each arm, with the interval that decides."""
    rows = []
    for each in data.kept:
        for row in each.effects:
            low, high = experiment_card.deciding(each.found, row, each.state == "running")  # type: ignore[arg-type]
            if row["relative"] is not None:
                label = each.name if len(each.effects) == 1 else f"{name(row['arm'], lang)} · {each.name}"
                rows.append((label, row["relative"], low, high, TONES[row["call"]], 0.0))
    names = {
        "x": pl.String,
        **dict.fromkeys(("y", "low", "high"), pl.Float64),
        "tone": pl.String,
        "zero": pl.Float64,
    }
    title = say("Change against the control", lang)
    return Chart(
        "interval", pl.DataFrame(rows, names, orient="row"), "x", "y", "tone", "zero", low="low", high="high",
        unit="percent", labels=[title, say("no change", lang)], title=title, alt=title,
        note=say("Lines hold 95%; of running tests they are always-valid", lang),
        missing="" if rows else say("nothing can be read yet", lang),
    )  # fmt: skip


def table(data: ExperimentsData, lang: str) -> Table:
    rows = [_row(each, lang) for each in data.kept]
    columns = (
        Column("name", say("Test", lang)),
        Column("state", say("State", lang)),
        Column("call", say("Verdict", lang)),
        Column("effect", say("Change", lang)),
        Column("interval", say("95% interval", lang)),
        Column("goal", say("Goal", lang)),
        Column("days", say("Days", lang)),
        Column("units", say("Split", lang), width="small"),
        Column("detectable", say("Would find", lang), width="small"),
        Column("why", say("Why", lang), width="large"),
    )
    frame = pl.DataFrame({each.name: texts([row[each.name] for row in rows]) for each in columns})
    note = say("Would find: the smallest change that the plan finds four times in five.", lang)
    return Table(frame, columns, say("All tests", lang), note, name="experiments")


def _row(each: Kept, lang: str) -> dict[str, str]:
    plan, found = each.plan, each.found
    if plan is None or found is None:
        empty = dict.fromkeys(
            ("units", "goal", "days", "effect", "interval", "detectable", "call"), numbers.NONE
        )
        return {
            "name": each.name,
            "state": say("Cannot be read", lang),
            **empty,
            "why": say(each.problem, lang),
        }
    best = max(each.effects, key=lambda row: row["relative"] or 0.0, default=None)
    ends_ = experiment_card.deciding(found, best, each.state == "running") if best else (None, None)
    verdict = found.result.verdict
    effect, interval = numbers.change(best["relative"], lang) if best else numbers.NONE, ends(*ends_, lang)
    if found.result.elasticity is not None:
        value, interval, _ = experiment_card.slope(found, lang)
        effect = say("elasticity {value}", lang, value=value)
    return {
        "name": each.name,
        "state": say(STATES[each.state], lang),
        "units": say(UNITS[plan.units], lang),
        "goal": goal(plan, lang),
        "days": when(plan, lang),
        "effect": effect,
        "interval": interval,
        "detectable": numbers.percent(plan.detectable, lang, 0),
        "call": say(CALLS[verdict.call], lang) if best else numbers.NONE,
        "why": tell(verdict.reasons[0], lang),
    }


def brief(data: ExperimentsData, lang: str) -> list[Finding]:
    return [finding(each, lang) for each in data.kept if each.found][:FINDINGS]


REPORT = Named(
    "experiments",
    phrase("Experiments"),
    phrase("the tests that are read out, running and planned"),
    last_month,
    gather,
    experiments,
    brief,
)
