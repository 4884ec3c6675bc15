"""Tables of a test of prices turn by turn: which price when, which product, and what each price did."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from language import name, numbers, say
from metrics.experiment import Arm, Experiment
from metrics.period import DAY
from metrics.turns import begins, members, rotated
from stories.answered import Answered
from stories.blocks import Block, Column, Row, Table
from stories.experiment_words import SUMS, ends
from stories.words import texts

LETTERS = "ABCDEFGH"


def schedule(plan: Experiment, names: Mapping[str, str | None], lang: str) -> list[Block]:
    """names: product → how it is called."""
    return [Row([calendar(plan, lang), prices(plan, names, lang)], (2, 3))]


def calendar(plan: Experiment, lang: str) -> Table:
    """By turn, the price of each group of products: the group begins with the arm of its place."""
    places = np.arange(len(plan.arms))
    arms = rotated(places, plan.days // plan.turn, len(places)).T
    rows = [
        (_days(plan, turn, lang), *(asked(plan.arms[place], lang) for place in row))
        for turn, row in enumerate(arms.tolist())
    ]
    groups = [f"group_{place}" for place in places]
    columns = [Column("days", say("Days", lang))]
    columns += [Column(each, _group(place, lang)) for place, each in enumerate(groups)]
    note = say("Each price has its share of the products at any time; each product gets all of them.", lang)
    if plan.settle:
        note = say("The first {n} days after a change of price are not read.", lang, n=plan.settle)
    frame = pl.DataFrame(rows, dict.fromkeys(["days", *groups], pl.String), orient="row")
    return Table(frame, columns, say("Calendar of prices", lang), note, name="test_calendar")


def _days(plan: Experiment, turn: int, lang: str) -> str:
    if plan.start is None:
        return say("Turn {n}", lang, n=turn + 1)
    return numbers.days(begins(plan, turn), begins(plan, turn + 1) - DAY, lang)


def _group(place: int, lang: str) -> str:
    return say("Group {letter}", lang, letter=LETTERS[place])


def asked(arm: Arm, lang: str) -> str:
    return numbers.change(arm.price, lang, 0) if arm.price else say("Today's price", lang)


def prices(plan: Experiment, names: Mapping[str, str | None], lang: str) -> Table:
    """By product, its group and its prices, the lowest first."""
    order = sorted(range(len(plan.arms)), key=lambda place: plan.arms[place].price or 0.0)
    rows = []
    for product in members(plan):
        group = next(place for place, arm in enumerate(plan.arms) if product in arm.members)
        today = plan.today.get(product)
        own = [None if today is None else round(today * (1 + (plan.arms[k].price or 0.0)), 2) for k in order]
        rows.append((names.get(product) or product, LETTERS[group], *own))
    keys = [f"price_{k}" for k in order]
    columns = [Column("product", say("Product", lang)), Column("group", say("Group", lang), width="small")]
    columns += [Column(f"price_{k}", asked(plan.arms[k], lang), "money") for k in order]
    schema = {"product": pl.String, "group": pl.String, **dict.fromkeys(keys, pl.Float64)}
    frame = pl.DataFrame(rows, schema, orient="row").sort("group", maintain_order=True)
    return Table(frame, columns, say("Prices of the products", lang), name="test_prices")


def outcomes(plan: Experiment, found: Answered, lang: str) -> Table:
    """What each price did to units, revenue and margin, by today's price."""
    running = found.result.state == "running"
    rows = found.result.outcomes.to_dicts()
    told = {
        "arm": [_arm(plan, row["arm"], lang) for row in rows],
        "goal": [say(SUMS[row["goal"]], lang) for row in rows],
        "change": [numbers.change(row["relative"], lang) for row in rows],
        "interval": [ends(row["low"], row["high"], lang) for row in rows],
    }
    columns = (
        Column("arm", say("Price", lang)),
        Column("goal", say("Goal", lang)),
        Column("change", say("Change", lang)),
        Column("interval", say("Always-valid interval", lang) if running else say("95% interval", lang)),
    )
    frame = pl.DataFrame({each: texts(values) for each, values in told.items()})
    note = say("Against today's price, within the same products and weeks; as planned.", lang)
    return Table(frame, columns, say("What each price did", lang), note, name="test_outcomes")


def _arm(plan: Experiment, arm: str, lang: str) -> str:
    change = next((asked(each, lang) for each in plan.arms if each.name == arm), "")
    return f"{name(arm, lang)} {change}"
