"""What the command line does with reports: write them, and verify those that were written."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

from commands import question
from commands.show import Bar, document, table
from language import numbers, phrase, say
from loaders.importing import Progress
from loaders.loader import BadInput
from metrics.metric import BadQuestion
from metrics.period import Period
from reports import claims
from reports.deliver import deliver as run
from reports.export import export, kinds_of
from reports.ledger import Busy
from reports.reading import embedded, printed
from reports.shop import Opened, opened, usual
from stories.asked import How
from stories.named import Named, named_report, named_reports
from stories.runs import STATES as RUN_STATES

STATES = {"holds": phrase("holds"), "changed": phrase("changed"), "wrong": phrase("wrong")}


def report(chosen: Namespace) -> int:
    if chosen.name is None:
        rows = (
            (each.name, say(each.title, chosen.lang), say(each.about, chosen.lang))
            for each in named_reports().values()
        )
        print(table((phrase("name"), phrase("report"), phrase("what")), rows, "<<<", chosen.lang))
        return 0
    named, kinds = named_report(chosen.name), kinds_of(chosen.format)
    there = opened(chosen.store)
    period, comparison = asked_days(chosen, named, there)
    asked = there.ask(period, comparison, question.where(chosen.where), chosen.basis)  # type: ignore[arg-type]
    bar, out = Bar(), folder(chosen.out)
    try:
        bar(Progress(say("Computing …", chosen.lang), 0, len(kinds)))
        facts = there.facts()
        gathered = named.gather(asked, facts.checks, **_of_one(chosen, named))
        made = named.report(asked, gathered, facts, chosen.lang)
        files = export(made, kinds, there.ask, facts.checks, there.store.manifest.created_at, chosen.paper)
        written = []
        for i, file in enumerate(files, 1):
            written.append(write(out / file.name, file.data))
            bar(Progress(file.name, i, len(kinds)))
    except claims.Differs as problem:
        bar.close()
        print(
            say(
                "Not exported: {n} numbers differ from the store (printed, computed again):",
                chosen.lang,
                n=len(problem.found),
            ),
            file=sys.stderr,
        )
        print("\n".join(problem.found), file=sys.stderr)
        return 1
    finally:
        bar.close()
    print("\n".join(map(str, written)))
    return 0


def _of_one(chosen: Namespace, named: Named) -> dict[str, str]:
    if not chosen.promotion:
        return {}
    if not named.promotion:
        raise BadQuestion(f"The report {named.name} is of no single promotion: leave out --promotion.")
    return {"promotion": chosen.promotion}


def folder(path: str) -> Path:
    """The folder for the files, made where it is not there. Raises BadInput where that cannot be."""
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise _unwritable(path, problem) from None
    return Path(path)


def write(path: Path, data: bytes) -> Path:
    """Raises BadInput where the file cannot be written."""
    try:
        path.write_bytes(data)
    except OSError as problem:
        raise _unwritable(str(path), problem) from None
    return path


def _unwritable(path: str, problem: OSError) -> BadInput:
    why = problem.strerror or type(problem).__name__
    return BadInput(f"{path} cannot be written: {why}. Choose another folder with --out.")


def asked_days(chosen: Namespace, named: Named, there: Opened) -> tuple[Period, How]:
    """The days asked for, else those usual for the report; of a promotion that is named, all days."""
    period, comparison = usual(named, there)
    if chosen.promotion:
        period, comparison = Period(there.first, there.last), "none"
    if chosen.start or chosen.end:
        start = question.day(chosen.start) if chosen.start else there.first
        period = Period(start, question.day(chosen.end) if chosen.end else there.last)
        comparison = "previous"
    return period, compared(chosen.compare) if chosen.compare else comparison


def compared(text: str) -> How:
    """previous, year, none, or two days as FROM..TO."""
    for how in ("previous", "year", "none"):
        if text == how:
            return how  # type: ignore[return-value]
    start, dots, end = text.partition("..")
    if not dots:
        raise BadInput(f"A comparison is previous, year, none or FROM..TO; found {text!r}.")
    return Period(question.day(start), question.day(end))


def deliver(chosen: Namespace) -> int:
    failed = 0
    try:
        for each in run(Path(chosen.schedule), chosen.store, datetime.now(UTC), compared):
            failed += each.step in ("failed", "refused")
            why = f" ({each.why})" if each.why else ""
            print(f"{each.run}: {say(RUN_STATES[each.step], chosen.lang)}{why}", flush=True)
    except Busy:
        print(say("Another delivery is at work on this store; it does what is due.", chosen.lang))
    return 1 if failed else 0


def verify(chosen: Namespace) -> int:
    file, kind, told = embedded(Path(chosen.file))
    found = claims.verify(told, printed(file, kind), chosen.store)
    as_of = opened(chosen.store).last
    if chosen.json:
        print(document([
            {"claim": claims.named(each.claim), "printed": each.claim.printed, "value": each.claim.value,
             "now": each.now, "state": each.state, "why": each.why} for each in found
        ]))  # fmt: skip
    else:
        print(_told(found, date.fromisoformat(told["as_of"]), as_of, chosen.lang))
    return 1 if any(each.state == "wrong" for each in found) else 0


def _told(found: list[claims.Verified], then: date, now: date, lang: str) -> str:
    rows = [
        (say(STATES[each.state], lang), claims.named(each.claim), each.claim.printed,
         "–" if each.now is None else f"{each.now:,.6g}", say(each.why, lang) if each.why else "")
        for each in found if each.state != "holds"
    ]  # fmt: skip
    counts: Counter[str] = Counter(each.state for each in found)
    facts = {state: counts[state] for state in STATES}
    parts = [say("{holds} of the numbers hold, {changed} changed since, {wrong} are wrong.", lang, **facts)]
    days = {"then": numbers.day(then, lang), "now": numbers.day(now, lang)}
    parts.append(say("The report is as of {then}, the store as of {now}.", lang, **days))
    heads = (phrase("state"), phrase("number"), phrase("printed"), phrase("now"), phrase("why"))
    return "\n".join([*parts, *([table(heads, rows, "<<>><", lang)] if rows else [])])
