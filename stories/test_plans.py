"""What a test would need: how long, how many, which regions or products, and what it would find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from charts.chart import Chart
from language import name, numbers, say
from language.reasons import tell
from metrics.experiment import Experiment, experiment
from metrics.metric import BadQuestion
from stories import turn_plan, turn_tables
from stories.answered import Answered, answer
from stories.asked import Asked
from stories.blocks import Block, Column, Finding, Heading, Row, Table, Warning
from stories.experiment_words import UNITS, goal
from stories.words import sentence, texts


@dataclass(frozen=True)
class PlanData:
    """plan: what would be saved. problem: why there is none."""

    asked: Asked
    found: Answered | None = None
    plan: Experiment | None = None
    problem: str = ""


def gather(asked: Asked, settings: Mapping[str, Any], title: str = "") -> PlanData:
    """title: what the plan is called; by default as the analysis calls it."""
    try:
        found = answer(asked, "test_plan", **settings)
    except BadQuestion as problem:
        return PlanData(asked, problem=str(problem))
    text = found.result.plan
    plan = experiment(text) if text else None
    return PlanData(asked, found, replace(plan, name=title) if plan and title else plan)


def proposal(data: PlanData, lang: str) -> list[Block]:
    title = Heading(say("What it would need", lang), level=2)
    if data.found is None:
        return [title, Warning(tell(data.problem, lang))]
    if data.plan is None:
        return [title, Warning(sentence(tell(data.found.result.verdict.reasons[0], lang), lang))]
    drawn: list[Block] = [chart(data.found, lang), options(data.found, data.plan, lang)]
    blocks: list[Block] = [title, *findings(data.found, data.plan, lang), Row(drawn)]
    found = data.found.result.members
    if data.plan.turn:
        return [*blocks, *turn_tables.schedule(data.plan, _named(found), lang)]
    return [*blocks, members(data.found, data.plan, lang)] if len(found) else blocks


def _named(members: pl.DataFrame) -> dict[str, str | None]:
    return dict(members.select("member", "name").iter_rows())


def findings(found: Answered, plan: Experiment, lang: str) -> list[Finding]:
    result = found.result
    if plan.turn:
        return [*turn_plan.findings(plan, found, turn_plan.PLANNED, lang), *_weak(found, lang)]
    n, days = numbers.integer(result.n, lang), numbers.integer(result.days, lang)
    least = numbers.percent(result.detectable, lang)
    facts = {"n": n, "units": say(UNITS[plan.units], lang).lower(), "days": days, "least": least}
    facts |= {"goal": goal(plan, lang), "power": numbers.percent(plan.power, lang, 0)}
    text = say(
        "{days} days with {n} {units} find a change of **{least}** or more in “{goal}” "
        "with a chance of {power}.",
        lang, **facts,
    )  # fmt: skip
    enough = result.verdict.identified
    claims = [
        found.claim(n, "summary", "n"), found.claim(days, "summary", "days"),
        found.claim(least, "summary", "detectable"),
    ]  # fmt: skip
    told = [Finding(text, "good" if enough else "neutral", claims)]
    told += _weak(found, lang)
    if result.needed is not None and not enough:
        needed = numbers.integer(result.needed, lang)
        text = say("The change asked for would need {needed} customers over these days.", lang, needed=needed)
        told.append(Finding(text, "neutral", [found.claim(needed, "summary", "needed")]))
    if result.elasticity is not None:
        slope = numbers.number(result.elasticity, lang)
        text = say("That is an elasticity of {slope} or more, by its size.", lang, slope=slope)
        told.append(Finding(text, "neutral", [found.claim(slope, "summary", "elasticity")]))
    if result.at_risk is not None:
        told.append(_risk(found, plan, lang))
    return told


def _weak(found: Answered, lang: str) -> list[Finding]:
    verdict = found.result.verdict
    return [] if verdict.identified else [Finding(sentence(tell(verdict.reasons[0], lang), lang), "bad")]


def _risk(found: Answered, plan: Experiment, lang: str) -> Finding:
    money = numbers.money(found.result.at_risk, found.asked.shop.currency, lang)
    claims = [found.claim(money, "summary", "at_risk")]
    if (plan.arms[-1].price or 0) < 0:
        return Finding(
            say("At risk: a margin of {money}, should nobody buy more.", lang, money=money), "neutral", claims
        )
    text = say("At risk: a margin of {money}, should units fall three times as fast.", lang, money=money)
    return Finding(text, "neutral", claims)


def chart(found: Answered, lang: str) -> Chart:
    rows = found.result.options.drop_nulls("detectable").sort("days")
    days = [say("{n} days", lang, n=each) for each in rows["days"]]
    title = say("Smallest change found, by length", lang)
    return Chart(
        "column", pl.DataFrame({"days": texts(days), "detectable": rows["detectable"]}), "days", "detectable",
        unit="percent", title=title, alt=title, labels=[title],
        note=say("From the shop's own history", lang),
    )  # fmt: skip


def options(found: Answered, plan: Experiment, lang: str) -> Table:
    rows = found.result.options.sort("days").with_columns(n=pl.col("control") + pl.col("treated"))
    columns = [
        Column("days", say("Days counted", lang), "integer"),
        Column("control", say("Control", lang), "integer"),
        Column("treated", say("Treated", lang), "integer"),
        Column("detectable", say("Would find", lang), "percent"),
        Column("needed", say("Customers needed", lang), "integer"),
    ]
    if plan.turn:
        columns[1:3] = [Column("n", say(UNITS[plan.units], lang), "integer")]
    shown = columns if plan.units == "customers" else columns[:-1]
    note = say("Customers needed: to find the change asked for.", lang) if plan.units == "customers" else ""
    frame = rows.select(each.name for each in shown)
    return Table(frame, shown, say("Lengths", lang), note, name="test_lengths")


def members(found: Answered, plan: Experiment, lang: str) -> Table:
    rows = found.result.members
    named = [f"{each['name']} ({each['member']})" if each["name"] else name(each["member"], lang)
             for each in rows.to_dicts()]  # fmt: skip
    columns = [
        Column("arm", say("Arm", lang)),
        Column("member", say(UNITS[plan.units], lang), width="large"),
        Column("price", say("List price", lang), "money"),
        Column("new_price", say("Price in the test", lang), "money"),
    ]
    shown = columns if rows["price"].is_not_null().any() else columns[:2]
    frame = rows.with_columns(arm=texts([name(each, lang) for each in rows["arm"]]), member=texts(named))
    title = say("Who is in which arm", lang)
    return Table(frame.select(each.name for each in shown), shown, title, name="test_members")
