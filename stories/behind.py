"""Who is behind a number of an analysis, for a list of customers to care for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from language import phrase
from metrics.attempts import attempts
from metrics.cohort import CohortRules
from metrics.entrants import absent, entered
from metrics.funnel import DEFAULT, ended
from metrics.metric import BadQuestion, did_you_mean
from metrics.paths import followers
from metrics.setting import read
from stories.asked import Asked
from stories.funnel_words import rules_of

Settings = Mapping[str, Any]


def lost(asked: Asked, settings: Settings, at: int) -> pl.Series:
    """Codes of those who came to step `at` (from 1) of a funnel and no further. Raises BadQuestion."""
    steps = tuple(settings.get("steps", DEFAULT))
    if not 1 <= at < len(steps):
        raise BadQuestion(f"Customers are lost after a step from 1 to {len(steps) - 1}; found {at}.")
    rules = rules_of(settings, steps)
    events = asked.tables("events")
    return ended(attempts(asked.frames, events, rules, asked.elapsed, asked.shop.last, asked.where), at)


def not_back(asked: Asked, settings: Settings, cohort: str, period: int) -> pl.Series:
    """Codes of a cohort's members who did not come back in a period. settings: with `of`, `mode` and what
    CohortRules has; an empty cohort is the one without a name. Raises BadQuestion.
    """
    rules = CohortRules(**{each: settings[each] for each in CohortRules.__dataclass_fields__})
    people = entered(
        asked.frames, asked.tables("events"), asked.tables("customers"), asked.tables("orders"),
        period=asked.elapsed, as_of=asked.shop.last, where=asked.where, of=settings["of"], rules=rules,
    )  # fmt: skip
    known = people.rows["cohort"].cast(pl.String).fill_null("").unique().sort().to_list()
    if cohort not in known:
        raise BadQuestion(
            f"There is no cohort {cohort!r}. There are: {', '.join(known)}.{did_you_mean([cohort], known)}"
        )
    if not 1 <= period <= rules.periods:
        raise BadQuestion(f"Periods that are followed are from 1 to {rules.periods}; found {period}.")
    return absent(people, settings["mode"], cohort or None, period)


def took(asked: Asked, settings: Settings, path: str) -> pl.Series:
    """Codes of those who took a path, as the analysis writes it, and did not come to the goal."""
    return followers(asked.frames, path, period=asked.elapsed, where=asked.where, **settings)


@dataclass(frozen=True)
class Behind:
    """A number of an analysis. chosen: what names it, beside the analysis' settings, and its kind.

    settings: those of the analysis' settings that `who` goes by.
    """

    label: str
    chosen: Mapping[str, type]
    settings: tuple[str, ...]
    who: Callable[..., pl.Series]


BEHIND: dict[str, Behind] = {
    "funnel": Behind(
        phrase("Who came to a step and no further"),
        {"at": int},
        ("steps", "preset", *rules_of({}, DEFAULT).__dataclass_fields__),
        lost,
    ),
    "retention": Behind(
        phrase("Who of a cohort did not come back in a period"),
        {"of_cohort": str, "in_period": int},
        ("of", "mode", *CohortRules.__dataclass_fields__),
        not_back,
    ),
    "paths": Behind(
        phrase("Who took a path and went no further"),
        {"path": str},
        ("within", "start", "goal", "depth", "collapse"),
        took,
    ),
}


def behind(asked: Asked, name: str, own: Mapping[str, Any], typed: Mapping[str, str]) -> pl.Series:
    """The customers behind a number. own: the analysis' settings, name → parameter; typed: words.

    Raises BadQuestion for what there is not, what is missing and what cannot be read.
    """
    if name not in BEHIND:
        raise BadQuestion(
            f"There is no list of {name}. There are: {', '.join(BEHIND)}.{did_you_mean([name], BEHIND)}"
        )
    found = BEHIND[name]
    known = [*found.chosen, *(each for each in dict.fromkeys(found.settings) if each in own)]
    if strange := [each for each in typed if each not in known]:
        raise BadQuestion(
            f"The list of {name} has no setting {', '.join(strange)}. It has: {', '.join(known)}."
            f"{did_you_mean(strange, known)}"
        )
    if missing := [each for each in found.chosen if each not in typed]:
        raise BadQuestion(f"The list of {name} needs {', '.join(missing)}: write --set {missing[0]}=….")
    chosen = [read(each, typed[each], kind) for each, kind in found.chosen.items()]
    settings = {
        each: read(each, typed[each], own[each].annotation) if each in typed else own[each].default
        for each in known
        if each in own
    }
    return found.who(asked, settings, *chosen)
