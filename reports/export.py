"""A report as a file: checked, written, and with its claims inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from metrics.metric import BadQuestion
from reports import claims
from reports.html import html
from reports.pdf import pdf
from reports.pptx import pptx
from reports.reading import embed, printed
from reports.xlsx import xlsx
from stories.asked import Check
from stories.recompute import Ask
from stories.report import Report

FORMATS: dict[str, Callable[[Report], bytes]] = {"pdf": pdf, "pptx": pptx, "xlsx": xlsx, "html": html}
PAPERS = ("a4", "us-letter")


@dataclass(frozen=True)
class File:
    name: str
    kind: str
    data: bytes


def export(
    report: Report, kinds: Sequence[str], ask: Ask, checks: Sequence[Check], made: str, paper: str = "a4"
) -> Iterator[File]:
    """The files, one by one. made: when the store's version was made. Raises Differs before the first one
    where a printed number is not what the store gives."""
    claims.check(report, ask, checks)
    for kind in kinds:
        data = pdf(report, paper) if kind == "pdf" else FORMATS[kind](report)
        record = claims.record(report, made, printed(data, kind))
        yield File(name(report, kind), kind, embed(data, kind, record))


def name(report: Report, kind: str) -> str:
    days = report.days
    return f"{report.name}_{days.start}_{days.end}_{report.lang}.{kind}"


def kinds_of(text: str) -> list[str]:
    """Formats from "pdf,pptx". Raises BadQuestion for one that there is not."""
    found = [each.strip().lower() for each in text.split(",") if each.strip()]
    strange = [each for each in found if each not in FORMATS]
    if strange or not found:
        raise BadQuestion(f"There is no format {', '.join(strange) or text!r}. Known: {', '.join(FORMATS)}.")
    return list(dict.fromkeys(found))
