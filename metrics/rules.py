"""How an attempt at a funnel is followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from metrics.metric import BadQuestion
from metrics.steps import Step

DIMENSIONS = ("channel", "region", "device")  # of events
Order = Literal["ordered", "strict", "any"]
Count = Literal["customers", "sessions", "totals"]


@dataclass(frozen=True)
class Rules:
    """How an attempt is followed; see semantics in funnel.py. Times in days and seconds.

    steps, optional, exclude: as written (metrics/steps.py); optional names steps among `steps`.
    window_days: None is without end. hold: columns that stay the same within an attempt.
    inside: whether all of it must lie in the period, not just its beginning.
    count: customers and sessions count once, by the attempt that comes furthest; totals are all attempts.
    """

    steps: tuple[str, ...]
    optional: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    hold: tuple[str, ...] = ()
    order: Order = "ordered"
    count: Count = "customers"
    window_days: float | None = 7.0
    grace_seconds: float = 0.0
    inside: bool = False

    def check(self, found: Sequence[Step]) -> None:
        """Raises BadQuestion for what makes no sense. found: the steps, read."""
        written = [str(step) for step in found]
        strange = [name for name in self.optional if name not in written[1:-1]]
        if strange:
            raise BadQuestion(
                "Only steps between the first and the last can be optional: "
                f"{', '.join(written[1:-1]) or 'none'}. Found: {', '.join(strange)}."
            )
        if self.order == "any" and self.optional:
            raise BadQuestion(
                "Steps in any order have no optional ones: leave out `optional`, or set the order."
            )
        if self.order == "any" and self.count == "totals":
            raise BadQuestion(
                "Steps in any order have no beginning, so attempts cannot be counted: set the order."
            )
        if len(self.hold) > 3:
            raise BadQuestion(f"Up to three properties can be held; found {len(self.hold)}.")
        if self.window_days is not None and self.window_days <= 0:
            raise BadQuestion(f"The window is longer than 0 days; found {self.window_days:g}.")
