"""The plan of a test of prices turn by turn, told where it is proposed: what it finds and what it risks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from language import numbers, say
from metrics.experiment import Experiment
from metrics.planner_groups import detectable_elasticity
from metrics.turns import members
from stories.answered import Answered
from stories.blocks import Claim, Finding

Cell = tuple[str, str, dict[str, Any]]  # table, column and row of an answer
PLANNED: dict[str, Cell] = {
    "n": ("summary", "n", {}),
    "slope": ("summary", "elasticity", {}),
    "risk": ("summary", "at_risk", {}),
}


def of_category(category: str) -> dict[str, Cell]:
    """Where pricing's answer has the numbers."""
    names = {"n": "many", "slope": "detectable", "risk": "at_risk"}
    return {each: ("tests", column, {"category": category}) for each, column in names.items()}


def findings(plan: Experiment, found: Answered, cells: Mapping[str, Cell], lang: str) -> list[Finding]:
    """cells: where the answer has n, slope (the elasticity found) and risk."""
    n = numbers.integer(len(members(plan)), lang)
    slope = numbers.number(detectable_elasticity(plan), lang, 1)
    text = say(
        "Each of {n} products asks its three prices in turn, {turn} days each, for {days} days: that tells "
        "elasticities apart that differ by **{slope}**, with a chance of {power}.", lang,
        n=n, slope=slope, turn=plan.turn, days=numbers.integer(plan.days, lang),
        power=numbers.percent(plan.power, lang, 0),
    )  # fmt: skip
    enough = plan.detectable is not None and plan.detectable <= plan.effect
    claims = [_claim(found, cells["n"], n), _claim(found, cells["slope"], slope)]
    told = [Finding(text, "good" if enough else "neutral", claims)]
    if plan.at_risk is not None:
        money = numbers.money(plan.at_risk, found.asked.shop.currency, lang)
        text = say(
            "At risk: a margin of {money}, should nobody buy more at the lower price, and units fall three "
            "times as fast as the higher one rises.", lang, money=money,
        )  # fmt: skip
        told.append(Finding(text, "neutral", [_claim(found, cells["risk"], money)]))
    text = say(
        "Buyers who see a price change every week may wait for the lower one or stock up: the read-out says "
        "so where units follow the price of the week before.", lang,
    )  # fmt: skip
    return [*told, Finding(text)]


def _claim(found: Answered, cell: Cell, printed: str) -> Claim:
    table, column, row = cell
    return found.claim(printed, table, column, **row)
