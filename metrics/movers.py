"""Which groups moved a sum: the contribution of each value of a column to its change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from metrics.metric import BadQuestion, named
from metrics.period import Period
from metrics.reason import Frames
from metrics.value import values

SCHEMA = {"group": pl.String, **dict.fromkeys(("before", "after", "change", "share"), pl.Float64)}


def movers(
    name: str,
    frames: Frames,
    period: Period,
    against: Period,
    *,
    by: str,
    where: Mapping[str, Sequence[str | None]] = {},
    basis: str = "order",
) -> pl.DataFrame:
    """group, before, after, change (in the metric's unit) and share of the whole change; largest first.

    Only for metrics that add up over groups: raises BadQuestion for others. A hidden group has nulls,
    and so has `share` where the whole did not change. Empty where the metric is not recorded by the
    column or in one of the periods.
    """
    metric = named(name)
    if metric.how != "additive":
        raise BadQuestion(
            f"{name} does not add up over groups; a mover is a part of a sum, such as net_revenue."
        )
    new, old = (
        values([name], frames, days, by=[by], where=where, basis=basis)[0] for days in (period, against)
    )
    if new.value is None or old.value is None:
        return pl.DataFrame(schema=SCHEMA)
    after, before = ({group[by]: group["value"] for group in each.groups} for each in (new, old))
    rows = [
        (group, before.get(group, 0.0), after.get(group, 0.0)) for group in dict.fromkeys([*after, *before])
    ]
    change = pl.col("after") - pl.col("before")
    whole = new.value - old.value
    share = pl.col("change") / whole if whole else pl.lit(None, pl.Float64)
    return (
        pl.DataFrame(rows, schema=list(SCHEMA.items())[:3], orient="row")
        .with_columns(change.alias("change"))
        .with_columns(share.alias("share"))
        .sort(pl.col("change").abs(), "group", descending=[True, False], nulls_last=True)
    )
