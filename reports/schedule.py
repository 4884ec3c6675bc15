"""Which reports are due: a TOML file with who gets which report when."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from language import LANGUAGES
from metrics.metric import BadQuestion
from reports.export import FORMATS, PAPERS
from stories.blocks import Finding, Kpi
from stories.named import named_report
from stories.report import Report

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KINDS = {"mail": "recipients", "folder": "path", "webhook": "url"}
KNOWN = {"id", "name", "calendar", "language", "formats", "paper", "filters", "compare", "condition", "to"}


@dataclass(frozen=True)
class Planned:
    """A report of the schedule. calendar: "daily 07:00", "weekly monday 07:00" or "monthly 1 07:00", by the
    shop's clock. to: places, each with its kind. condition: a name of CONDITIONS.
    """

    id: str
    name: str
    calendar: str
    to: tuple[Mapping[str, Any], ...]
    language: str = "en"
    formats: tuple[str, ...] = ("pdf",)
    paper: str = "a4"
    filters: Mapping[str, list[str]] = field(default_factory=dict)
    compare: str = ""
    condition: str = "always"

    def last_due(self, now: datetime, timezone: str) -> datetime:
        """The last moment up to `now` at which it was due, by the shop's clock."""
        local = now.astimezone(ZoneInfo(timezone))
        every, *which, clock = self.calendar.split()
        hour, minute = map(int, clock.split(":"))
        for back in range(63):
            day = local.date() - timedelta(days=back)
            due = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(timezone))
            if _falls(every, which, day) and due <= local:
                return due
        raise AssertionError("every calendar falls within two months")


def _falls(every: str, which: list[str], day: date) -> bool:
    if every == "daily":
        return True
    if every == "weekly":
        return WEEKDAYS[day.weekday()] == which[0]
    last = ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day
    return day.day == min(int(which[0]), last)  # "31" is the last day of a shorter month


def _missed(report: Report) -> bool:
    return any(isinstance(b, Kpi) and b.attainment is not None and b.attainment < 1 for b in report.blocks())


def _bad(report: Report) -> bool:
    return any(isinstance(block, Finding) and block.tone == "bad" for block in report.blocks())


CONDITIONS: dict[str, Callable[[Report], bool]] = {
    "always": lambda report: True,
    "a target is missed": _missed,
    "something needs attention": _bad,
}


def read(path: Path) -> tuple[list[Planned], dict[str, Any]]:
    """The planned reports and the settings of the mail server. Raises BadQuestion for what makes no sense."""
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BadQuestion(f"There is no file {path}.") from None
    except tomllib.TOMLDecodeError as problem:
        raise BadQuestion(f"{path} cannot be read: {problem}.") from None
    found = [_planned(entry, path) for entry in told.get("report", [])]
    names = [each.id for each in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise BadQuestion(f"{path}: the id {twice} is there twice; give each report its own.")
    return found, told.get("smtp", {})


def _planned(entry: Mapping[str, Any], path: Path) -> Planned:
    name = str(entry.get("id") or entry.get("name", ""))

    def refuse(what: str, found: object, known: object) -> BadQuestion:
        return BadQuestion(f"{path}: the report {name!r} needs {what} out of {known}; found {found!r}.")

    strange = sorted(entry.keys() - KNOWN)
    if strange:
        raise refuse("keys", ", ".join(strange), ", ".join(sorted(KNOWN)))
    named_report(str(entry.get("name", "")))
    facts = dict(entry) | {
        "id": name,
        "to": tuple(entry.get("to", ())),
        "formats": tuple(entry.get("formats", ("pdf",))),
    }
    for key, known in (("language", LANGUAGES), ("paper", PAPERS), ("condition", CONDITIONS)):
        if facts.get(key) is not None and facts[key] not in known:
            raise refuse(f"a {key}", facts[key], ", ".join(known))
    if not facts["formats"] or not set(facts["formats"]) <= FORMATS.keys():
        raise refuse("formats", ", ".join(facts["formats"]), ", ".join(FORMATS))
    if not _is_calendar(str(facts.get("calendar", ""))):
        raise refuse("a calendar", facts.get("calendar"), "daily 07:00, weekly monday 07:00, monthly 1 07:00")
    if not facts["to"]:
        raise refuse("a place to go to", "", ", ".join(KINDS))
    for place in facts["to"]:
        if place.get("kind") not in KINDS or not place.get(KINDS[place["kind"]]):
            raise refuse(
                "a place to go to", dict(place), ", ".join(f"{k} with {v}" for k, v in KINDS.items())
            )
    return Planned(**facts)


def _is_calendar(text: str) -> bool:
    every, *rest = text.split() or [""]
    if every == "weekly":
        is_day = len(rest) == 2 and rest[0] in WEEKDAYS
    elif every == "monthly":
        is_day = len(rest) == 2 and rest[0].isdigit() and 1 <= int(rest[0]) <= 31
    else:
        is_day = every == "daily" and len(rest) == 1
    try:
        return is_day and bool(datetime.strptime(rest[-1], "%H:%M"))
    except ValueError:
        return False
