"""Tables of one experiment: arms, segments, members."""

from __future__ import annotations

import polars as pl

from language import listing, name, numbers, say
from metrics.experiment import Experiment
from stories.answered import Answered
from stories.blocks import Column, Table
from stories.experiment_words import CALLS, UNITS, ends, goal, unit
from stories.words import chance, texts


def arms(plan: Experiment, found: Answered, lang: str) -> Table:
    effects = {row["arm"]: row for row in found.result.effects.to_dicts()}
    currency, of = found.asked.shop.currency, unit(plan)

    def interval(row: dict | None, low: str, high: str) -> str:
        if row is None or row[low] is None:
            return numbers.NONE
        both = (numbers.difference(row[each], of, lang, currency) for each in (low, high))
        return say("{low} to {high}", lang, **dict(zip(("low", "high"), both, strict=True)))

    rows = []
    for row in found.result.arms.to_dicts():
        own = effects.get(row["arm"])
        rows.append({
            "arm": name(row["arm"], lang),
            "n": numbers.integer(row["n"], lang),
            "value": numbers.number(row["value"], lang, 1)
            if plan.turn
            else numbers.value(row["value"], of, lang, currency),
            "effect": numbers.difference(own["effect"], of, lang, currency) if own else numbers.NONE,
            "interval": interval(own, "low", "high"),
            "always": interval(own, "always_low", "always_high"),
            "p": chance(own["p_holm"], lang) if own else numbers.NONE,
            "call": say(CALLS[own["call"]], lang) if own else numbers.NONE,
        })  # fmt: skip
    columns = (
        Column("arm", say("Arm", lang)),
        Column("n", say(UNITS[plan.units], lang), width="small"),
        Column("value", goal(plan, lang)),
        Column("effect", say("More than the control", lang)),
        Column("interval", say("95% interval", lang)),
        Column("always", say("Always-valid interval", lang)),
        Column("p", say("p, corrected", lang), width="small"),
        Column("call", say("Verdict", lang)),
    )
    frame = pl.DataFrame({each.name: texts([row[each.name] for row in rows]) for each in columns})
    note = "" if plan.units == "customers" else say("Value: a day. More: over all days so far.", lang)
    return Table(frame, columns, say("Arms", lang), note, name="experiment_arms")


def segments(plan: Experiment, found: Answered, lang: str) -> Table:
    rows = found.result.segments.to_dicts()
    columns = (
        Column("of", say("Segment", lang)),
        Column("arm", say("Arm", lang)),
        Column("n", say(UNITS[plan.units], lang), "integer"),
        Column("relative", say("Change", lang)),
        Column("interval", say("95% interval", lang)),
        Column("p", say("p, corrected", lang)),
    )
    told = [
        {
            "of": name(row["of"], lang),
            "arm": name(row["arm"], lang),
            "n": row["n"],
            "relative": numbers.change(row["relative"], lang),
            "interval": ends(row["relative_low"], row["relative_high"], lang),
            "p": chance(row["p_holm"], lang),
        }
        for row in rows
    ]
    note = say("Corrected over all segments: a difference between two of them is not tested.", lang)
    return Table(pl.DataFrame(told), columns, say("By segment", lang), note, name="experiment_segments")


def members(plan: Experiment, lang: str) -> Table:
    """Which regions or products are in which arm, and at which price."""
    rows = [
        (
            name(arm.name, lang),
            listing([name(each, lang) for each in arm.members], lang),
            numbers.change(arm.price, lang) if arm.price else numbers.NONE,
        )
        for arm in plan.arms
    ]
    columns = [
        Column("arm", say("Arm", lang)),
        Column("members", say(UNITS[plan.units], lang), width="large"),
        Column("price", say("Price", lang)),
    ]
    shown = columns if any(arm.price for arm in plan.arms) else columns[:2]
    frame = pl.DataFrame(rows, [each.name for each in columns], orient="row")
    title = say("Who is in which arm", lang)
    return Table(frame.select(each.name for each in shown), shown, title, name="experiment_members")
