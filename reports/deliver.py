"""Sends what is due, each run once: also after a crash, and when two deliveries run at a time.

A run is a report of the schedule at one moment of its calendar. Before a step the ledger says so, and
after it again. A crash between the two leaves open whether a mail or a webhook went out; such a run ends
as failed with that reason and is not repeated by itself, for a doubled mail cannot be called back. What a
receiver refused is tried again by the next delivery, up to three times. Folders are simply written again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from metrics.metric import BadQuestion
from reports import send
from reports.claims import Differs
from reports.export import File, export
from reports.ledger import Ledger
from reports.schedule import CONDITIONS, Planned, read
from reports.shop import Opened, opened, usual
from stories.asked import How
from stories.named import named_report
from stories.report import Report

LATE = timedelta(hours=24)  # a run that is older than that is told as skipped
TRIES = 3

Compared = Callable[[str], How]


@dataclass(frozen=True)
class Outcome:
    run: str
    step: str  # fired, skipped, failed, refused (tried again by the next delivery)
    why: str = ""


def deliver(schedule: Path, store: str, now: datetime, compared: Compared) -> Iterator[Outcome]:
    """Runs what is due at `now`, one by one. Raises ledger.Busy where another delivery is at work."""
    planned, smtp = read(schedule)
    ledger = Ledger(Path(store) / "reports")
    with ledger.alone():
        there = opened(store)
        for each in planned:
            due = each.last_due(now, there.shop.timezone)
            run = f"{each.id}@{due:%Y-%m-%dT%H:%M}"
            if ledger.has_ended(run):
                continue
            outcome = _run(each, run, due, there, smtp, ledger, now, compared)
            if outcome.step != "refused":
                ledger.write(run, outcome.step, now, why=outcome.why)
            yield outcome


def _run(
    each: Planned, run: str, due: datetime, there: Opened, smtp: Mapping[str, Any], ledger: Ledger,
    now: datetime, compared: Compared,
) -> Outcome:  # fmt: skip
    before = ledger.of(run)
    if not before and now - due > LATE:
        return Outcome(run, "skipped", "it was due more than a day ago")
    ledger.write(run, "started", now)
    try:
        report, files = _made(each, there, compared)
    except (Differs, BadQuestion) as problem:
        return Outcome(run, "failed", " ".join(str(problem).split()))
    if not CONDITIONS[each.condition](report):
        return Outcome(run, "skipped", f"the condition does not hold: {each.condition}")
    whys = [_to(place, run, report, files, smtp, ledger, now) for place in each.to]
    failed = [why for step, why in whys if step == "failed"]
    refused = [why for step, why in whys if step == "refused"]
    if failed:
        return Outcome(run, "failed", "; ".join([*failed, *refused]))
    return Outcome(run, "refused", "; ".join(refused)) if refused else Outcome(run, "fired")


def _made(each: Planned, there: Opened, compared: Compared) -> tuple[Report, list[File]]:
    named, facts = named_report(each.name), there.facts()
    period, comparison = usual(named, there)
    asked = there.ask(period, compared(each.compare) if each.compare else comparison, each.filters)
    report = named.report(asked, named.gather(asked, facts.checks), facts, each.language)
    made = there.store.manifest.created_at
    return report, list(export(report, each.formats, there.ask, facts.checks, made, each.paper))


def _to(
    place: Mapping[str, Any], run: str, report: Report, files: list[File], smtp: Mapping[str, Any],
    ledger: Ledger, now: datetime,
) -> tuple[str, str]:  # fmt: skip
    """Sends to one place, unless that was done. Returns sent, refused or failed, and why."""
    to = send.name(place)
    steps = [line["step"] for line in ledger.of(run) if line.get("to") == to]
    if "sent" in steps:
        return "sent", ""
    if steps and steps[-1] == "sending" and place["kind"] != "folder":
        return "failed", f"{to}: a crash came while it was sent; whether it arrived is not known"
    if steps.count("refused") >= TRIES:
        return "failed", f"{to}: refused {TRIES} times"
    ledger.write(run, "sending", now, to=to, files=[file.name for file in files])
    try:
        send.send(place, run, report, files, smtp)
    except send.Refused as problem:
        ledger.write(run, "refused", now, to=to, why=str(problem))
        tries = steps.count("refused") + 1
        return ("failed" if tries >= TRIES else "refused"), f"{to}: {problem}"
    except Exception as problem:  # what broke while it was sent may have gone out
        ledger.write(run, "broken", now, to=to, why=str(problem))
        return "failed", f"{to}: {problem}"
    ledger.write(run, "sent", now, to=to)
    return "sent", ""
