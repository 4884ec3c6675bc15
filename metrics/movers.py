"""Which groups moved a sum: the contribution of each value of a column to its change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from metrics.metric import BadQuestion, named
from metrics.period import Period
from metrics.reason import Frames
from metrics.value import values


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

    Only for metrics that add up over groups. A hidden group has nulls, and so has `share` where the
    whole did not change. Empty where the metric is not recorded by the column. Raises BadQuestion for a
    metric that does not add up.
    """
    metric = named(name)
    if metric.how != "additive":
        raise BadQuestion(
            f"{name} does not add up over groups; a mover is a part of a sum, such as net_revenue."
        )
    new, old = (
        values([name], frames, days, by=[by], where=where, basis=basis)[0] for days in (period, against)
    )
    after, before = ({group[by]: group["value"] for group in each.groups} for each in (new, old))
    rows = [
        (group, before.get(group, 0.0), after.get(group, 0.0)) for group in dict.fromkeys([*after, *before])
    ]
    schema = {"group": pl.String, "before": pl.Float64, "after": pl.Float64}
    change = pl.col("after") - pl.col("before")
    whole = (new.value or 0.0) - (old.value or 0.0)
    share = pl.col("change") / whole if whole else pl.lit(None, pl.Float64)
    return (
        pl.DataFrame(rows, schema=schema, orient="row")
        .with_columns(change.alias("change"))
        .with_columns(share.alias("share"))
        .sort(pl.col("change").abs(), "group", descending=[True, False], nulls_last=True)
    )
