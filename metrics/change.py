"""Why did net revenue change? Its factors by segment (the method is in divisia.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import narwhals as nw
import polars as pl

from metrics.analysis import Analysis, Verdict
from metrics.divisia import FACTORS, QUANTITIES, Pair, Sums, effects, levels
from metrics.period import Period, compare
from metrics.reason import Frames, Reason, needs, spans, words

Segments = dict[str | None, Sums]


@dataclass(frozen=True)
class Change:
    """Net revenue of `period` against that of `against`, in money.

    effects: factor, effect (they add up to after − before), level_before and level_after: visits, orders
        (of segments without visits), orders per visit, units per order, price of a unit, discount and
        return shares; null for the mix.
    segments: segment, before, after, change, and a column for each factor's effect in it; the largest
        change first.
    n: orders of both periods.
    verdict: not identified where one of the periods has no data; before, after are then None, the tables
        empty.
    """

    period: Period
    against: Period
    before: float | None
    after: float | None
    n: int
    effects: pl.DataFrame
    segments: pl.DataFrame
    warnings: tuple[Reason, ...]
    verdict: Verdict


def change(
    frames: Frames,
    *,
    period: Period,
    as_of: date | None = None,
    where: Mapping[str, Sequence[str | None]] = {},
    against: Literal["previous", "year"] | Period = "previous",
    by: str | None = "channel",
    basis: Literal["order", "refund"] = "order",
) -> Change:
    """Decomposes the change of net revenue, by segments of the column `by`.

    as_of: the last day that has data; a period not over by then is compared with an equally long part.
    A segment with orders but no visits in one of the periods (offline, or visits not recorded by `by`)
    starts with its orders in place of visits and conversion. Where a quantity is 0 in one period, the
    first such factor takes the segment's whole change. Where refunds or discounts eat up everything,
    their effect is their difference in money. The discount of cancelled goods is in price and in
    discount, which offset each other.
    """
    other = compare(period, against, as_of) or period
    period = period.elapsed(as_of)
    recorded = spans(frames, "daily", ["orders", "refunds"], basis=basis)
    bare = [days for days in (other, period) if not days.overlaps(recorded.get("orders"))]
    if bare:
        return _unknown(period, other, bare)
    before, after = (_sums(frames, days, by, where, basis) for days in (other, period))
    wholes = [_sums(frames, days, None, where, basis)[None] for days in (other, period)]
    warnings = [VISITORS]
    if not (_has_visits(before, by) and _has_visits(after, by)):
        before, after = _without_visits(before), _without_visits(after)
        warnings = [NO_VISITS]
    both = {name: (before.get(name, NOTHING), after.get(name, NOTHING)) for name in [*before, *after]}
    both = {name: pair for name, pair in both.items() if any(sums[q] for sums in pair for q in QUANTITIES)}
    names, pairs = list(both), list(both.values())
    if "refunds" not in recorded:
        warnings.append(needs("daily", "refunds"))
    if min(other.start, period.start) < recorded["orders"].start:
        warnings.append(
            Reason("the data begin on {start}: earlier days are missing", start=recorded["orders"].start)
        )
    if (
        sum(old["orders"] + new["orders"] for old, new in pairs)
        > sum(sums["orders"] for sums in wholes) + 0.5
    ):
        warnings.append(Reason("an order counts in each {segment} it contains", segment=words(str(by))))
    return _result(period, other, names, pairs, round(sum(sums["orders"] for sums in wholes)), warnings)


change_analysis = Analysis("change", "Why did net revenue change?", change)

COLUMNS = ("sessions", "orders", "units", "gmv", "cancelled", "revenue", "refunds")
NOTHING: Sums = dict.fromkeys(QUANTITIES, 0.0)
VISITORS = Reason("visits are sessions: visitors are a count of different people, which is not decomposed")
NO_VISITS = Reason("visits are not recorded by these segments in both periods: the chain starts with orders")


def _sums(
    frames: Frames, period: Period, by: str | None, where: Mapping[str, Sequence[str | None]], basis: str
) -> Segments:
    """The quantities of each segment; one segment called None without `by`."""
    rows = nw.from_native(frames("daily", where=where, by=(by,) if by else (), basis=basis)).lazy()
    rows = rows.filter(nw.col("day") >= period.start, nw.col("day") <= period.end)
    sums = [nw.col(name).sum().cast(nw.Float64).alias(name) for name in COLUMNS]
    found = rows.group_by(by).agg(*sums) if by else rows.select(*sums)
    segments: Segments = {}
    for row in found.collect("polars").to_native().to_dicts():
        name = row.pop(by) if by else None
        segments[name] = row | {
            "gross": row["gmv"] - row["cancelled"],
            "net": row["revenue"] - row["refunds"],
        }
    return segments


def _has_visits(segments: Segments, by: str | None) -> bool:
    return any(sums["sessions"] > 0 for name, sums in segments.items() if by is None or name is not None)


def _without_visits(segments: Segments) -> Segments:
    return {name: {**sums, "sessions": 0.0} for name, sums in segments.items()}


def _result(
    period: Period,
    against: Period,
    names: Sequence[str | None],
    pairs: Sequence[Pair],
    n: int,
    warnings: Sequence[Reason],
) -> Change:
    parts = effects(pairs)
    rows: list[dict] = [
        {"segment": name, "before": old["net"], "after": new["net"], "change": new["net"] - old["net"]} | part
        for name, (old, new), part in zip(names, pairs, parts, strict=True)
    ]
    schema = {"segment": pl.String, **dict.fromkeys(("before", "after", "change", *FACTORS), pl.Float64)}
    segments = pl.DataFrame(rows, schema=schema)
    factors = [
        {
            "factor": factor,
            "effect": sum(part[factor] for part in parts),
            "level_before": old,
            "level_after": new,
        }
        for factor, (old, new) in levels(pairs).items()
    ]
    floats = dict.fromkeys(("effect", "level_before", "level_after"), pl.Float64)
    return Change(
        period=period,
        against=against,
        before=sum(old["net"] for old, _ in pairs),
        after=sum(new["net"] for _, new in pairs),
        n=n,
        effects=pl.DataFrame(factors, schema={"factor": pl.String, **floats}),
        segments=segments.sort(pl.col("change").abs(), "segment", descending=[True, False]),
        warnings=tuple(warnings),
        verdict=Verdict(True),
    )


def _unknown(period: Period, against: Period, bare: Sequence[Period]) -> Change:
    reasons = [
        Reason("there are no orders from {start} to {end}", start=days.start, end=days.end) for days in bare
    ]
    needed = Reason("import the orders of those days, or compare with a period that has data")
    empty = _result(period, against, [], [], 0, [])
    return replace(
        empty,
        before=None,
        after=None,
        effects=empty.effects.clear(),
        verdict=Verdict(False, tuple(reasons), (needed,)),
    )
