"""Claims: checked against the store before a report leaves, and again whenever somebody asks."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from language import phrase
from language.numbers import SCALES
from loaders.loader import BadInput
from loaders.version import read_manifest
from reports.reading import Printed, figure
from reports.shop import Opened, opened
from stories.asked import Check
from stories.blocks import Claim
from stories.recompute import Ask, Unknown, recompute
from stories.report import Report

State = Literal["holds", "changed", "wrong"]


class Differs(ValueError):
    """An export was stopped: numbers differ from the store. `found` has a line each."""

    def __init__(self, found: Sequence[str]) -> None:
        super().__init__("\n".join(found))
        self.found = list(found)


@dataclass(frozen=True)
class Verified:
    """claim: as it was printed. now: the number today. why: of changed and wrong ones, a sentence."""

    claim: Claim
    state: State
    now: float | None
    why: str = ""


def check(report: Report, ask: Ask, checks: Sequence[Check]) -> None:
    """Computes every claim again. Raises Differs with all that are not what is printed."""
    found = []
    for claim in report.claims():
        now = recompute(claim, ask, checks)
        if not same(claim.value, now):
            found.append(f"{named(claim)}: {claim.printed or claim.value}, {now}")
        elif claim.printed and not shows(claim.printed, claim.value, report.lang):
            found.append(f"{named(claim)}: {claim.printed}, {claim.value}")
    if found:
        raise Differs(found)


def record(report: Report, made: str, seen: Printed) -> dict[str, Any]:
    """What is embedded: the claims, and how often each number stands in the file.

    made: when the store's version was made.
    """
    claims = []
    for claim in report.claims():
        cell = 0 if claim.value is None else seen.cells[figure(claim.value)]
        claims.append(asdict(claim) | {"times": times(claim, seen), "cells": cell})
    about = {"report": report.name, "lang": report.lang, "currency": report.currency}
    about |= {"made": made, "as_of": str(report.as_of)}
    return {
        "plumbline": 1,
        **about,
        "version": report.version,
        "made": made,
        "as_of": str(report.as_of),
        "claims": claims,
    }


def times(claim: Claim, seen: Printed) -> int:
    tight = re.sub(r"\s", "", claim.printed)
    return seen.text.count(tight) if tight else 0


def verify(told: dict[str, Any], seen: Printed, path: str) -> list[Verified]:
    """Each embedded claim against the file's text and against the store as it is now."""
    now = opened(path)
    before = _then(told, path, now)
    facts, lang = now.facts(), str(told["lang"])
    return [_verified(fields, seen, lang, told, now, before, facts.checks) for fields in told["claims"]]


def _then(told: dict[str, Any], path: str, now: Opened) -> Opened | None:
    """The store as it was when the report was made, where that version is still kept."""
    if told["version"] == now.store.version and told["made"] == now.store.manifest.created_at:
        return now
    try:
        then = opened(path, told["version"])
        return then if read_manifest(then.store.folder).created_at == told["made"] else None
    except (BadInput, FileNotFoundError):
        return None


def _verified(
    fields: dict[str, Any], seen: Printed, lang: str, told: dict[str, Any], now: Opened, then: Opened | None,
    checks: Sequence[Check],
) -> Verified:  # fmt: skip
    kept = {name: value for name, value in fields.items() if name not in ("times", "cells")}
    claim = Claim(**kept)
    current = _again(claim, now, checks)
    cells = 0 if claim.value is None else seen.cells[figure(claim.value)]
    if times(claim, seen) != fields["times"] or cells != fields["cells"]:
        return Verified(
            claim, "wrong", current, phrase("the file was altered: the number does not stand where it stood")
        )
    if claim.printed and not shows(claim.printed, claim.value, lang):
        return Verified(claim, "wrong", current, phrase("what is printed is not what is claimed"))
    if same(claim.value, current):
        return Verified(claim, "holds", current)
    if then is now:
        return Verified(claim, "wrong", current, phrase("the same data gives another number"))
    if then is not None and not same(claim.value, _again(claim, then, checks)):
        return Verified(claim, "wrong", current, phrase("the data of that time gives another number"))
    if then is None:
        return Verified(
            claim, "changed", current, phrase("the data of that time is not kept, so the reason is not known")
        )
    return Verified(claim, "changed", current, phrase("data arrived later"))


def _again(claim: Claim, there: Opened, checks: Sequence[Check]) -> float | None:
    try:
        return recompute(claim, there.ask, checks)
    except (Unknown, KeyError, ValueError):
        return None


def named(claim: Claim) -> str:
    """A claim in words for whoever looks into it."""
    facts = {name: value for name, value in claim.settings.items() if name not in ("basis", "against")}
    more = ", ".join(f"{name} {value}" for name, value in facts.items())
    return f"{claim.source}{f' ({more})' if more else ''} {claim.start}..{claim.end}"


def same(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def shows(text: str, value: float | None, lang: str) -> bool:
    """Whether a printed number is this value, as exactly as it is printed. The sign may be left to words."""
    found = re.search(r"([−-])?[^\d]*?(\d[\d,]*)(\.\d+)?", text)
    if value is None or found is None:
        return value is None and found is None
    digits = len(found[3] or ".") - 1
    scale = _scale(text[found.end() :].strip(), lang)
    shown = float(found[2].replace(",", "") + (found[3] or ""))
    if scale == -1:  # "12 times" is told of a relative change
        return math.isclose(shown, value + 1, abs_tol=0.5)
    least = (0.5 + 1e-6) * 10**-digits * scale
    is_minus = bool(found[1])
    return abs(shown * scale - abs(value)) <= least and (not is_minus or value < least)


def _scale(after: str, lang: str) -> float:
    if after.startswith(("%", "pp", "个百分点")):
        return 0.01
    if after.startswith(("times", "倍")):
        return -1
    return next((scale for scale, word in SCALES[lang] if after.startswith(word)), 1.0)
