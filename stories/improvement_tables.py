"""The improvement plan as tables: what is planned, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from language import numbers, say
from stories.blocks import Column, Table
from stories.improvement_findings import Item, Plan
from stories.improvement_words import change, interval, measured_by, status, verdict
from stories.words import sentence


def listed(plan: Plan, lang: str) -> list[Table]:
    """What is planned, and what came of those that are done."""
    done = [item for item in plan.items if item.improvement.status == "done"]
    return [_planned(plan, lang), *([_effects(plan, done, lang)] if done else [])]


def _planned(plan: Plan, lang: str) -> Table:
    rows = [
        {
            "status": status(item.improvement, plan.asked, lang),
            "finding": item.improvement.finding,
            "action": item.improvement.action,
            "owner": item.improvement.owner or numbers.NONE,
            "due": item.improvement.due,
        }
        for item in plan.items
    ]
    columns = (
        Column("status", say("Status", lang)),
        Column("finding", say("Finding", lang), width="large"),
        Column("action", say("Action", lang), width="large"),
        Column("owner", say("Owner", lang)),
        Column("due", say("Due on", lang), "date"),
    )
    frame = pl.DataFrame(rows, schema_overrides={"due": pl.Date})
    return Table(frame, columns, say("All improvements", lang), name="improvements")


def _effects(plan: Plan, done: Sequence[Item], lang: str) -> Table:
    asked, rows = plan.asked, []
    for item in done:
        own, found = item.improvement, item.found.result if item.found else None
        rows.append({
            "action": own.action,
            "done": own.done,
            "metric": measured_by(own, lang),
            "effect": change(found.effect, own.metric, asked, lang) if found else numbers.NONE,
            "interval": interval(found, own.metric, asked, lang) if found else numbers.NONE,
            "expected": change(own.expected, own.metric, asked, lang),
            "verdict": verdict(found, lang) if found else sentence(say(item.problem, lang), lang),
        })  # fmt: skip
    columns = (
        Column("action", say("Action", lang), width="medium"),
        Column("done", say("Done on", lang), "date"),
        Column("metric", say("Measured by", lang)),
        Column("effect", say("Effect", lang), width="small"),
        Column("interval", say("95% interval", lang)),
        Column("expected", say("Expected", lang), width="small"),
        Column("verdict", say("Verdict", lang)),
    )
    frame = pl.DataFrame(rows, schema_overrides={"done": pl.Date})
    note = say("The effect is the mean change of a week's value, beyond what was to be expected.", lang)
    return Table(
        frame, columns, say("What those that are done changed", lang), note, name="improvement_effects"
    )
