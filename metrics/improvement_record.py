"""An improvement as people keep it: from a finding to an action, its owner and date, and what to measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from math import isfinite
from typing import Any, Literal, get_args

from metrics.metric import REGISTRY, BadQuestion, did_you_mean

KIND = "improvements"  # of the store's records
QUESTION = "question:"  # before the question of a survey, in place of a metric
LONGEST = 500  # letters
OF_SHOP = ("channel", "region", "device", "category", "subcategory", "brand", "merchant_id", "product_id")
OF_ANSWER = ("survey", "method", "language")  # columns by which answers can be filtered

Status = Literal["open", "in progress", "done", "dropped"]
STATUSES: tuple[Status, ...] = get_args(Status)
Compare = Literal["trend", "others"]
DATES = ("due", "done", "since")


@dataclass(frozen=True)
class Improvement:
    """metric: of the daily frame, or `question:` and a question of a survey. where: column → values, in which
    it is measured. since: first day of what was found, where it was not always so. done: the day on which the
    action was finished. expected: the effect hoped for, in the metric's unit; a percentage point is 0.01.
    compare: with its own trend, or with how the other values of `where` moved.
    """

    key: str
    finding: str
    metric: str
    action: str
    owner: str = ""
    due: date | None = None
    done: date | None = None
    since: date | None = None
    status: Status = "open"
    expected: float | None = None
    compare: Compare = "trend"
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def is_overdue(self, today: date) -> bool:
        return self.status in ("open", "in progress") and self.due is not None and self.due < today

    def record(self) -> dict[str, Any]:
        """As it is kept: JSON, without what is empty."""
        facts: dict[str, Any] = {
            "finding": self.finding, "metric": self.metric, "action": self.action, "owner": self.owner,
            **{name: day.isoformat() for name in DATES if (day := getattr(self, name))},
            "status": self.status, "expected": self.expected, "compare": self.compare,
            "where": {column: list(values) for column, values in self.where.items()},
        }  # fmt: skip
        return {name: fact for name, fact in facts.items() if fact not in (None, "", {})}


FIELDS = ("finding", "metric", "action", "owner", "due", "done", "since", "status", "expected", "compare")


def read(key: str, facts: Mapping[str, Any]) -> Improvement:
    """A kept or typed record. Raises BadQuestion with what is wrong and what would be right.

    Days may be ISO texts and numbers texts; what is empty counts as not given. With a day on
    which it was done and no status, it is done.
    """
    strange = [name for name in facts if name not in (*FIELDS, "where")]
    if strange:
        raise BadQuestion(
            f"An improvement has no {', '.join(strange)}. It has: {', '.join((*FIELDS, 'where'))}."
            f"{did_you_mean(strange, FIELDS)}"
        )
    given = {name: value for name, value in facts.items() if value not in (None, "", {})}
    due, done, since = (_day(name, given[name]) if name in given else None for name in DATES)
    where = {str(column): tuple(map(str, values)) for column, values in given.get("where", {}).items()}
    finding, action, owner = (
        " ".join(str(given.get(name, "")).split()) for name in ("finding", "action", "owner")
    )
    found = Improvement(
        key, finding, str(given.get("metric", "")).strip(), action, owner, due, done, since,
        status=given.get("status", "done" if done else "open"),
        expected=_number(given["expected"]) if "expected" in given else None,
        compare=given.get("compare", "trend"), where=where,
    )  # fmt: skip
    return _checked(found)


def changed(known: Improvement, facts: Mapping[str, Any]) -> Improvement:
    """With other facts, empty ones taken away. One that is set to done keeps its day or needs one."""
    return read(known.key, known.record() | dict(facts))


def marked_done(known: Improvement, day: date) -> Improvement:
    return _checked(replace(known, status="done", done=day))


def _checked(found: Improvement) -> Improvement:
    for name in ("finding", "action"):
        text = getattr(found, name)
        if not text:
            raise BadQuestion(f"An improvement needs its {name}: a sentence.")
        if len(text) > LONGEST:
            raise BadQuestion(f"The {name} is at most {LONGEST} letters; found {len(text)}.")
    _measurable(found.metric)
    for name, known in (("status", STATUSES), ("compare", get_args(Compare))):
        value = getattr(found, name)
        if value not in known:
            raise BadQuestion(
                f"{name} is {' or '.join(known)}; found {value!r}.{did_you_mean([str(value)], known)}"
            )
    check_where(found.metric, found.where)
    if found.status == "done" and found.done is None:
        raise BadQuestion("An improvement that is done needs the day on which it was done.")
    if found.status in ("open", "in progress") and found.done is not None:
        raise BadQuestion("An improvement with the day on which it was done has the status done or dropped.")
    if found.since and found.done and found.since > found.done:
        raise BadQuestion(f"What was found since {found.since} cannot be done before, on {found.done}.")
    if found.compare == "others" and len(found.where) != 1:
        raise BadQuestion("To compare with others, say in one column where it was done, as region=Malaysia.")
    return found


def check_where(metric: str, where: Mapping[str, Any]) -> None:
    """Raises BadQuestion for a column by which the metric, or the answers to the question, cannot be told."""
    columns = OF_ANSWER if metric.startswith(QUESTION) else OF_SHOP
    strange = [column for column in where if column not in columns]
    if strange:
        raise BadQuestion(
            f"{metric} is measured by {', '.join(columns)}, not by {', '.join(strange)}."
            f"{did_you_mean(strange, columns)}"
        )


def _measurable(metric: str) -> None:
    if metric.startswith(QUESTION) and metric.removeprefix(QUESTION).strip():
        return
    known = measurable()
    if metric not in known:
        raise BadQuestion(
            f"An improvement is measured by a daily metric or by {QUESTION}NAME, a survey's question; found "
            f"{metric or 'none'!r}.{did_you_mean([metric], known) or ' Known: ' + ', '.join(known) + '.'}"
        )


def measurable() -> list[str]:
    """Names of the metrics that an improvement can be measured by: those of the daily frame."""
    return [name for name, metric in REGISTRY.items() if metric.table == "daily"]


def _day(name: str, value: Any) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise BadQuestion(f"{name} is a day such as 2026-01-31; found {str(value)!r}.") from None


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not isfinite(number):
        raise BadQuestion(f"expected is a number in the metric's unit; found {str(value)!r}.")
    return number
