"""What is known of a planned test: one shape for all designs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from metrics.analysis import Call, Verdict
from metrics.experiment import Experiment, State
from metrics.experiment_groups import GROUP_EFFECTS, PATH, PLACEBOS
from metrics.experiment_turns import OUTCOMES
from metrics.readout import ARMS, BALANCED, SEGMENTS
from metrics.reason import Reason
from metrics.turns import CALENDAR, calendar


@dataclass(frozen=True)
class Experiments:
    """A plan and what is known of it. n: customers, regions or products that take part.

    state, elapsed (share of its days that has data), balance_p (of arms as large as planned); balance, arms,
    effects, segments as in readout.ReadOut; path: by day the effect so far with its always-valid interval,
    relative; placebos: of regions and products, relative effects of windows without a test, turn by turn the
    elasticities found there.

    Of prices turn by turn (experiment_turns.py): outcomes (units, revenue and margin at each price, relative
    to today's), calendar (turns.calendar), elasticity of all prices together; their interval is the one that
    decides.
    """

    n: int
    state: State
    elapsed: float
    balance_p: float | None
    balance: pl.DataFrame
    arms: pl.DataFrame
    effects: pl.DataFrame
    segments: pl.DataFrame
    path: pl.DataFrame
    placebos: pl.DataFrame
    outcomes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=OUTCOMES))
    calendar: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CALENDAR))
    elasticity: float | None = None
    elasticity_low: float | None = None
    elasticity_high: float | None = None
    warnings: tuple[Reason, ...] = ()
    verdict: Verdict = field(default_factory=lambda: Verdict(False, call="inconclusive"))


def nothing(plan: Experiment | None, state: State, elapsed: float, reason: Reason) -> Experiments:
    """Where there is nothing to read yet; of prices turn by turn their calendar is there."""
    schemas = BALANCED, ARMS, GROUP_EFFECTS, SEGMENTS, PATH, PLACEBOS
    one, two, three, four, five, six = (pl.DataFrame(schema=each) for each in schemas)
    dates = calendar(plan) if plan and plan.turn else pl.DataFrame(schema=CALENDAR)
    verdict = Verdict(False, (reason,), call="inconclusive")
    return Experiments(
        0, state, elapsed, None, one, two, three, four, five, six, calendar=dates, verdict=verdict
    )


def verdict(calls: Sequence[str], refused: Reason | None, state: State) -> Verdict:
    """Of all arms: supported where one is; not supported where none can be."""
    if refused is not None:
        return Verdict(False, (refused,), call="inconclusive")
    call: Call = (
        "supported"
        if "supported" in calls
        else "inconclusive"
        if "inconclusive" in calls
        else "not supported"
    )
    return Verdict(True, (WHY[state][call],), call=call)


WHY: dict[str, dict[str, Reason]] = {
    "over": {
        "supported": Reason("the 95% interval leaves out no effect"),
        "not supported": Reason("the 95% interval leaves out an effect of the size that matters"),
        "inconclusive": Reason("the 95% interval holds both no effect and one that matters"),
    },
    "running": {
        "supported": Reason("the always-valid interval leaves out no effect: it may be stopped"),
        "not supported": Reason(
            "the always-valid interval leaves out an effect that matters: it may be stopped"
        ),
        "inconclusive": Reason(
            "the always-valid interval holds both no effect and one that matters: let it run"
        ),
    },
}
