"""`improvements`: the improvement plan on the command line."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from commands import question
from commands.show import document, table
from language import numbers, phrase, say
from loaders.loader import BadInput
from loaders.records import keep, new_key, records
from loaders.store import current
from metrics.improvement_record import KIND, Improvement, changed, read
from metrics.period import Period
from reports.shop import opened
from stories.improvement import gather
from stories.improvement_findings import Item
from stories.improvement_words import change, interval, measured_by, status, verdict

HEADS = (
    phrase("ID"), phrase("Status"), phrase("Finding"), phrase("Action"), phrase("Owner"), phrase("Due on"),
    phrase("Done on"), phrase("Measured by"), phrase("Effect"), phrase("95% interval"), phrase("Verdict"),
)  # fmt: skip


def improvements(chosen: Namespace) -> int:
    store = Path(chosen.store)
    if not current(store):
        opened(str(store))  # raises what there is to do
    facts: dict[str, Any] = dict(chosen.set)
    if chosen.where:
        facts["where"] = question.where(chosen.where)
    if chosen.action == "list":
        return _list(chosen)
    if chosen.action == "add":
        if chosen.id:
            raise BadInput("A new improvement gets its id by itself; leave it out.")
        made = read(new_key(), facts)
    else:
        known = _known(store, chosen.id)
        made = changed(known, facts) if chosen.action == "change" else known
    removed = chosen.action == "remove"
    keep(store, KIND, made.key, None if removed else made.record())
    if chosen.json:
        print(document({"id": made.key, "removed": removed} | made.record()))
    else:
        said = REMOVED if removed else KEPT
        print(say(said, chosen.lang, id=made.key, finding=made.finding))
    return 0


KEPT = phrase("Kept {id}: {finding}")
REMOVED = phrase("Removed {id}: {finding}")


def _known(store: Path, key: str | None) -> Improvement:
    if not key:
        raise BadInput("Say which improvement, by its id; `improvements list` prints them.")
    found = records(store, KIND)
    if key not in found:
        raise BadInput(f"There is no improvement {key!r}. Known: {', '.join(found) or 'none'}.")
    return read(key, found[key])


def _list(chosen: Namespace) -> int:
    there = opened(chosen.store)
    plan = gather(there.ask(Period(there.first, there.last), "none", {}))
    if chosen.json:
        print(document([_facts(item) for item in plan.items]))
        return 0
    asked, lang = plan.asked, chosen.lang
    rows = []
    for item in plan.items:
        one, found = item.improvement, item.found.result if item.found else None
        rows.append((
            one.key, status(one, asked, lang), one.finding, one.action, one.owner, str(one.due or ""),
            str(one.done or ""), measured_by(one, lang),
            change(found.effect, one.metric, asked, lang) if found else numbers.NONE,
            interval(found, one.metric, asked, lang) if found else numbers.NONE,
            verdict(found, lang) if found else say(item.problem, lang) if item.problem else numbers.NONE,
        ))  # fmt: skip
    print(table(HEADS, rows, "<" * len(HEADS), lang) if rows else say(NOTHING, lang))
    for key, problem in plan.broken.items():
        print(say("The improvement {key} cannot be read: {why}", lang, key=key, why=say(problem, lang)))
    return 0


NOTHING = phrase("Nothing is planned yet. Add an improvement with `python cli.py improvements add --set …`.")


def _facts(item: Item) -> dict[str, Any]:
    """A record with its effect; None where there is none yet."""
    one = item.improvement
    effect = None
    if item.found:
        found = item.found.result
        names = ("effect", "low", "high", "p", "before", "after", "expected", "weeks_before", "weeks_after")
        effect = {name: getattr(found, name) for name in names}
        effect |= {"readable_on": found.readable_on, "verdict": asdict(found.verdict)}
    return {"id": one.key} | one.record() | {"problem": item.problem, "measured": effect}
