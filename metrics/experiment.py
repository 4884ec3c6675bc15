"""The plan of a test: who is treated, from when, how long, and what is to be found. One shape for all tests.

A gate that cannot answer gives one (metrics/planner.py makes it), people save it, and metrics/experiments.py
reads it out when its data has arrived.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any, Literal

from metrics.metric import BadQuestion, did_you_mean
from metrics.period import DAY

Units = Literal["customers", "regions", "products"]
Goal = Literal["conversion", "orders", "revenue", "order_value", "units", "margin"]
State = Literal["without a date", "planned", "running", "over"]
GOALS: dict[Units, tuple[Goal, ...]] = {
    "customers": ("conversion", "orders", "revenue", "order_value", "units"),
    "regions": ("revenue", "units", "orders", "margin"),
    "products": ("units", "revenue", "margin"),
}
SEGMENTS = ("", "region", "tier", "acquisition_channel", "gender")
LONGEST = 366  # days
NUMBERS = ("days", "effect", "power", "recent", "turn", "settle")


@dataclass(frozen=True)
class Arm:
    """share: of the customers, by code. members: regions or products; in a test turn by turn those that begin
    with it. price: relative change of price.
    """

    name: str
    share: float = 0.0
    members: tuple[str, ...] = ()
    price: float | None = None


@dataclass(frozen=True)
class Experiment:
    """name: what it is called. The first arm is the control, to which nothing is done.

    start: None until somebody sets it. days: how long. salt: of customers' codes; see assigned.py.
    effect: smallest relative change of the goal that matters; power: chance to find it. detectable: the
    smallest relative change that it would find with that power; None where nobody could tell.
    at_risk: margin that it may cost, in money. since: windows without a test may begin on that day: earlier
    ones chose who is treated. recent: customers take part who ordered so many days before it starts.
    category: of customers, what they buy of it alone counts; all they buy where empty.
    segment: column of the table customers by which it is read out as well. coupons: id of the coupon
    programme that the treated are given, to see who else got one. why: what asked for it.

    turn: days that a price stays before each product gets its next one, see turns.py; 0: arms at once.
    settle: days after each change of a price that are not read. today: product → its price without the test.
    """

    name: str
    units: Units
    goal: Goal
    arms: tuple[Arm, ...]
    days: int
    start: date | None = None
    salt: str = ""
    effect: float = 0.05
    power: float = 0.8
    detectable: float | None = None
    at_risk: float | None = None
    since: date | None = None
    recent: int = 365
    category: str = ""
    segment: str = ""
    coupons: str = ""
    why: str = ""
    turn: int = 0
    settle: int = 0
    today: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check(self)

    @property
    def end(self) -> date | None:
        return self.start + (self.days - 1) * DAY if self.start else None

    @property
    def control(self) -> Arm:
        return self.arms[0]

    def state(self, as_of: date) -> State:
        """as_of: the last day that has data."""
        if self.start is None or self.end is None:
            return "without a date"
        return "planned" if as_of < self.start else "running" if as_of < self.end else "over"

    def elapsed(self, as_of: date) -> float:
        """Share of its days that has data."""
        if self.start is None:
            return 0.0
        return min(max(((as_of - self.start).days + 1) / self.days, 0.0), 1.0)

    def record(self) -> dict[str, Any]:
        """What JSON can hold; `experiment` reads it."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
            if value not in (None, "", {}) and (value or name not in ("turn", "settle"))
        } | {"arms": [_arm(each) for each in self.arms]}

    def text(self) -> str:
        return json.dumps(self.record(), ensure_ascii=False, separators=(",", ":"))

    def from_day(self, start: date) -> Experiment:
        return replace(self, start=start)


def _arm(arm: Arm) -> dict[str, Any]:
    told = {"name": arm.name, "share": arm.share, "members": list(arm.members), "price": arm.price}
    return {name: value for name, value in told.items() if value not in (0.0, [], None)}


def _check(plan: Experiment) -> None:
    names, members = [each.name for each in plan.arms], [each for arm in plan.arms for each in arm.members]
    if not plan.name.strip():
        raise BadQuestion("A plan needs a name.")
    if plan.units not in GOALS:
        raise BadQuestion(f"The units of a plan are {', '.join(GOALS)}; found {plan.units!r}.")
    goals = GOALS[plan.units]
    if plan.goal not in goals:
        hint = did_you_mean([plan.goal], goals)
        raise BadQuestion(
            f"The goal of {plan.units} is one of {', '.join(goals)}; found {plan.goal!r}.{hint}"
        )
    if len(names) < 2 or len(set(names)) < len(names):
        raise BadQuestion("A plan needs a control and another arm at least, each with a name of its own.")
    shares = [each.share for each in plan.arms]
    if plan.units == "customers" and (min(shares) <= 0 or sum(shares) > 1 + 1e-9):
        raise BadQuestion("Each arm of a plan needs a share above 0 of the customers, together at most 1.")
    empty = not members if plan.turn else not all(each.members for each in plan.arms)
    if plan.units != "customers" and (empty or len(set(members)) < len(members)):
        raise BadQuestion(f"Each arm of a plan needs {plan.units} of its own, none of them in two arms.")
    if not 1 <= plan.days <= LONGEST:
        raise BadQuestion(f"A test lasts 1 to {LONGEST} days; found {plan.days}.")
    if plan.turn or plan.settle:
        _check_turns(plan)
    if not (0 < plan.power < 1 and plan.effect > 0):
        raise BadQuestion("A plan needs an effect above 0, and a power between 0 and 1.")
    if plan.segment not in SEGMENTS:
        known = ", ".join(SEGMENTS[1:])
        raise BadQuestion(f"Customers are read out by {known}; found {plan.segment!r}.")


def _check_turns(plan: Experiment) -> None:
    priced = not plan.control.price and all(each.price for each in plan.arms[1:])
    if plan.units != "products" or plan.goal != "units" or not priced:
        raise BadQuestion(
            "A test turn by turn is one of units of products, and each arm but the control has another price."
        )
    if plan.turn < 1 or plan.days % plan.turn or plan.days < plan.turn * len(plan.arms):
        raise BadQuestion(
            f"A test turn by turn has whole turns, one for each arm at least; found {plan.days} days in "
            f"turns of {plan.turn}."
        )
    if not 0 <= plan.settle < plan.turn:
        raise BadQuestion(f"Of a turn of {plan.turn} days, {plan.settle} cannot be left out.")


def experiment(record: Mapping[str, Any] | str) -> Experiment:
    """A plan from what `record` or `text` gave. Raises BadQuestion for what is no plan."""
    if isinstance(record, str):
        try:
            record = json.loads(record)
        except ValueError as problem:
            raise BadQuestion(f"The plan is not JSON: {problem}.") from None
    if not isinstance(record, Mapping):
        raise BadQuestion("A plan is a JSON object with name, units, goal, arms, days.")
    known = [each.name for each in fields(Experiment)]
    strange = [name for name in record if name not in known]
    missing = [name for name in ("name", "units", "goal", "arms", "days") if name not in record]
    if strange or missing:
        raise BadQuestion(
            f"A plan has {', '.join(known)}. Missing: {', '.join(missing) or 'none'}; "
            f"not known: {', '.join(strange) or 'none'}.{did_you_mean(strange, known)}"
        )
    kept = dict(record)
    try:
        kept["arms"] = tuple(
            Arm(**{**arm, "members": tuple(map(str, arm.get("members", ())))}) for arm in record["arms"]
        )
        for name in ("start", "since"):
            kept[name] = date.fromisoformat(kept[name]) if kept.get(name) else None
        numbers = [kept[name] for name in NUMBERS if name in kept]
        if not all(isinstance(each, int | float) for each in numbers):
            raise TypeError(f"{', '.join(NUMBERS)} are numbers")
        kept["today"] = {str(name): float(price) for name, price in kept.get("today", {}).items()}
    except (TypeError, ValueError, AttributeError) as problem:
        raise BadQuestion(f"The plan {record['name']!r} cannot be read: {problem}.") from None
    return Experiment(**kept)
