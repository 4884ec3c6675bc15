"""The report of service: tickets, delivery and returns, each with what to do, and how all is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from language import numbers, phrase, say, together
from stories import delivery_findings, returns_delivery, returns_findings, service, service_findings
from stories.asked import Asked, Check
from stories.blocks import Block, Finding, Heading, Table, Text, Warning
from stories.named import Named, last_quarter
from stories.report import FINDINGS
from stories.returns_delivery import ReturnsDeliveryData
from stories.service import ServiceData
from stories.service_words import method
from stories.words import heading

EACH = 2  # findings of a part in the summary
ROWS = 12  # of a table
LEFT_OUT = {
    "service": ("customers", "conversations", "score_interval", "per_order"),
    "delivery": ("overdue", "lead_p90", "cost", "late_days"),
    "returns": ("open", "units_back", "units_rate", "value_rate", "q"),
}


@dataclass(frozen=True)
class Gathered:
    tickets: ServiceData
    goods: ReturnsDeliveryData


def collect(asked: Asked, checks: Sequence[Check] = ()) -> Gathered:
    return Gathered(service.gather(asked, checks), returns_delivery.gather(asked, checks))


def report(data: Gathered, lang: str) -> list[Block]:
    found = data.tickets.found
    told = [method(found, lang)] if found else []
    told += [returns_delivery.method(data.goods, lang)] if data.goods.found else []
    return [
        heading(say("Service and delivery", lang), data.tickets.asked, lang),
        Heading(say("Service", lang), level=2),
        *(_printed(block, lang) for block in _tickets(data, lang)),
        *(_printed(block, lang) for block in returns_delivery.parts(data.goods, lang)),
        *([Heading(say("How it is counted", lang), level=2)] if told else []),
        *(Text(each) for each in told),
    ]


def _tickets(data: Gathered, lang: str) -> list[Block]:
    found = data.tickets.found
    if found is None:
        return [Warning(service.why(data.tickets, lang))]
    return service.blocks(found, data.tickets.earlier, data.tickets.marks, lang)


def _printed(block: Block, lang: str) -> Block:
    """Tables as paper holds them: the first rows, and no more columns than fit; the page has all."""
    if not isinstance(block, Table):
        return block
    left_out = LEFT_OUT.get(block.name.split("_")[0], ())
    note = block.note
    if len(block.frame) > ROWS:
        more = say("The first {n} of {of}.", lang, n=ROWS, of=numbers.integer(len(block.frame), lang))
        note = together([note, more], lang)
    columns = [column for column in block.columns if column.name not in left_out]
    return replace(block, frame=block.frame.head(ROWS), columns=columns, note=note)


def brief(data: Gathered, lang: str) -> list[Finding]:
    """Of tickets, delivery and returns the share of all, and what surely goes wrong first."""
    found, goods = data.tickets.found, data.goods.found
    parts = [service_findings.findings(found, lang)] if found else []
    parts += [delivery_findings.findings(goods["delivery"], lang)] if "delivery" in goods else []
    parts += [returns_findings.findings(goods["returns"], lang)] if "returns" in goods else []
    short = [each for part in parts for each in (part[:1] + _bad(part[1:]))[:EACH]]
    more = [each for part in parts for each in _bad(part[1:])[1:]]
    return [*short, *more][:FINDINGS]


def _bad(findings: Sequence[Finding]) -> list[Finding]:
    return [each for each in findings if each.tone == "bad"]


REPORT = Named(
    "service",
    phrase("Service and delivery"),
    phrase("tickets, delivery and returns: what waits, what comes late, what comes back, and what to do"),
    last_quarter,
    collect,
    report,
    brief,
)
