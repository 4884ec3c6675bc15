"""Named reports: a story that `python cli.py report NAME` prints and a schedule can send.

A module of this folder that ends in `REPORT = Named(…)` has its report; nothing else names it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from language import say
from metrics.metric import BadQuestion, did_you_mean
from metrics.period import DAY, Period, WeekStart, month, week
from stories.asked import Asked, How
from stories.blocks import Block, Finding
from stories.report import Facts, Report, report

Days = Callable[[date, date, WeekStart], tuple[Period, How]]


@dataclass(frozen=True)
class Named:
    """title, about: for people. days: the period and comparison where none is asked for, from the first and
    last day of the data and the week's start. gather: computes once what both languages tell. blocks: the
    page's story. summary: its 3 to 6 findings. promotion: whether it is of one, which `gather` takes then.
    """

    name: str
    title: str
    about: str
    days: Days
    gather: Callable[..., Any]  # (asked, checks), and promotion=… where it is of one
    blocks: Callable[[Any, str], list[Block]]
    summary: Callable[[Any, str], list[Finding]]
    promotion: bool = False

    def report(self, asked: Asked, gathered: Any, facts: Facts, lang: str) -> Report:
        """gathered: what `gather` returned for the same question."""
        blocks, summary = self.blocks(gathered, lang), self.summary(gathered, lang)
        return report(self.name, blocks, lang, asked, facts, say(self.title, lang), summary)


@lru_cache(maxsize=1)
def named_reports() -> dict[str, Named]:
    """Name → report, of every module here that declares one."""
    found = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        declared = getattr(importlib.import_module(f"stories.{module.name}"), "REPORT", None)
        if isinstance(declared, Named):
            found[declared.name] = declared
    return found


def named_report(name: str) -> Named:
    """The report of that name. Raises BadQuestion with the names there are."""
    known = named_reports()
    if name not in known:
        hint = did_you_mean([name], known)
        raise BadQuestion(f"There is no report {name!r}. Known: {', '.join(sorted(known))}.{hint}")
    return known[name]


def last_week(first: date, last: date, week_start: WeekStart) -> tuple[Period, How]:
    """The last whole week of the data, against the week before; its only week as it is."""
    found = week(last, week_start)
    if found.end > last and found.start > first:
        found = Period(found.start - 7 * DAY, found.end - 7 * DAY)
    return found, "previous"


def last_month(first: date, last: date, week_start: WeekStart) -> tuple[Period, How]:
    """The last whole month of the data, against that of a year before, or else the month before.

    Data that does not reach back into a whole month has its last month as it is.
    """
    found = month(last)
    if found.end > last and found.start > first:
        found = month(found.start - DAY)
    return found, "year" if found.year_before().start >= first else month(found.start - DAY)


def last_quarter(first: date, last: date, week_start: WeekStart) -> tuple[Period, How]:
    """The last three whole months of the data, against the three before, where a month has few to count."""
    end = last_month(first, last, week_start)[0].end
    start = month(month(end.replace(day=1) - DAY).start - DAY).start
    return Period(max(start, first), end), "previous"
