"""How well the importance of drivers finds what is planted in the sample shop."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.drivers import drivers
from metrics.reason import Reason
from metrics.recovery import Data, Estimate, Recovery, refused


def recovered(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
    """By driver, its relative weight."""
    found = drivers(data.frames, data.scan("surveys"), period=data.period, as_of=data.period.end)
    if not found.stands:  # it names drivers only where one stands out
        why = Reason(found.verdict.reasons[0])
        return dict.fromkeys(of, refused(found.n, why))
    return {
        row["driver"]: Estimate(row["importance"], row["importance_low"], row["importance_high"], found.n)
        for row in found.drivers.to_dicts()
        if row["driver"] in of
    }


driver_recovery = Recovery(
    "driver_importance",
    "Drivers of satisfaction",
    "Johnson's relative weights of the ratings in the satisfaction with the order, with a bootstrap "
    "interval, after a test whether they explain anything at all, and only where one stands out. Coarse "
    "ratings blur them.",
    "satisfaction",
    "importance",
    recovered,
    of=r"\w+",
    null="noise",
)
