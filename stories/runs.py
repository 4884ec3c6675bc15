"""The history of scheduled reports: what was sent, what was skipped, what failed, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from language import numbers, phrase, say
from stories.blocks import Block, Column, Heading, Table, Text

STATES = {
    "fired": phrase("sent"),
    "skipped": phrase("skipped"),
    "failed": phrase("failed"),
    "refused": phrase("refused, to be tried again"),
    "sending": phrase("interrupted"),
    "started": phrase("interrupted"),
    "broken": phrase("failed"),
    "sent": phrase("interrupted"),
}


def runs(lines: Sequence[Mapping[str, Any]], timezone: str, lang: str) -> list[Block]:
    """lines: the ledger's, the oldest first. A row a run, the newest first."""
    head = Heading(
        say("Report runs", lang), say("What the schedule has sent, skipped and failed to send.", lang)
    )
    if not lines:
        return [
            head,
            Text(say("Nothing has run yet. `python cli.py deliver` runs what a schedule has due.", lang)),
        ]
    found: dict[str, list[Mapping[str, Any]]] = {}
    for line in lines:
        found.setdefault(str(line["run"]), []).append(line)
    rows = []
    for run, steps in reversed(found.items()):
        name, _, due = run.partition("@")
        last = steps[-1]
        why = next((str(step["why"]) for step in reversed(steps) if step.get("why")), "")
        moment = numbers.moment(datetime.fromisoformat(str(last["at"])), timezone, lang)
        places = dict.fromkeys(str(step["to"]) for step in steps if step["step"] == "sent")
        state = say(STATES[str(last["step"])], lang)
        rows.append((name, due.replace("T", " "), state, moment, "; ".join(places), why))
    names = ("report", "due", "state", "at", "to", "why")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    columns = [
        Column("report", say("Report", lang), width="medium"),
        Column("due", say("Due", lang)),
        Column("state", say("State", lang)),
        Column("at", say("Last step", lang)),
        Column("to", say("Sent to", lang), width="large"),
        Column("why", say("Reason", lang), width="large"),
    ]
    return [head, Table(frame, columns, title=say("Runs", lang), name="report_runs")]
