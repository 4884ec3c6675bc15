"""`plans`: the tests that are kept, as they stand; keeps and forgets them."""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from commands import question
from commands.show import document
from commands.show import table as shown
from language import say
from loaders.loader import BadInput
from loaders.records import keep, records
from metrics.analysis import answer
from metrics.experiment import Experiment, experiment
from metrics.metric import did_you_mean
from metrics.period import Period
from metrics.turns import calendar
from reports.shop import opened
from stories.experiments import ExperimentsData, gather, table


def plans(chosen: Namespace) -> int:
    there, store = opened(chosen.store), Path(chosen.store)
    if chosen.save:
        print(_save(store, chosen.save, chosen.start, chosen.lang))
        return 0
    known = records(store, "plans")
    named = chosen.forget or chosen.calendar
    if named and named not in known:
        hint = did_you_mean([named], known)
        raise BadInput(f"There is no test {named!r}. Kept: {', '.join(known) or 'none'}.{hint}")
    if chosen.calendar:
        print(_calendar(experiment(known[named])), end="")
        return 0
    if chosen.forget:
        keep(store, "plans", chosen.forget, None)
        print(say("Forgotten: {name}", chosen.lang, name=chosen.forget))
        return 0
    asked = there.ask(Period(there.first, there.last), "none", {})
    data = gather(asked, plans=known)
    print(document(_facts(data)) if chosen.json else _read(data, chosen.lang))
    return 0


def _save(store: Path, file: str, start: str | None, lang: str) -> str:
    """Keeps the plan of a file, or of standard input as "-". Raises BadInput where it cannot be read."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadInput(f"The plan {file} cannot be read: {problem}.") from None
    plan = experiment(text)
    if start:
        plan = replace(plan, start=question.day(start))
    keep(store, "plans", plan.name, plan.record())
    if plan.start is None:
        return say("Kept: {name}. To have it read out, save it with --start DAY.", lang, name=plan.name)
    return say("Kept: {name}", lang, name=plan.name)


def _calendar(plan: Experiment) -> str:
    """A row a product and turn, as what sets prices can import it."""
    if not plan.turn or plan.start is None:
        raise BadInput(f"{plan.name!r} has no calendar of prices: no turns, or no first day.")
    rows = calendar(plan).rename({"product": "product_id"})
    return rows.select("product_id", "first", "last", "arm", "price").write_csv()


def _facts(data: ExperimentsData) -> list[dict]:
    return [
        {"name": each.name, "plan": each.plan.record() if each.plan else None, "problem": each.problem}
        | ({"state": each.state, **answer(each.found.result)} if each.found else {})
        for each in data.kept
    ]


def _read(data: ExperimentsData, lang: str) -> str:
    if not data.kept:
        return say("No test is kept: plan one on the page Experiments, or with `plans --save FILE`.", lang)
    made = table(data, lang)
    columns = [each for each in made.columns if each.name != "why"]
    rows = made.frame.select(each.name for each in columns).rows()
    told = shown([each.label for each in columns], rows, "<" * len(columns))
    return "\n".join([told, "", *(f"{row['name']}: {row['why']}" for row in made.frame.to_dicts())])
