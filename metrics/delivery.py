"""Delivery: what was promised and what came, by carrier, region and seller, and what goes with being late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from metrics import parcels as read
from metrics.against_rest import RESTED, against_alike, against_rest, shares
from metrics.analysis import Analysis, Verdict
from metrics.delivery_spells import SPELLS, spells
from metrics.interval import wilson
from metrics.lateness_effects import EFFECTS, Stratum, order_effect, review_effect
from metrics.order_scope import standing
from metrics.period import DAY, Period
from metrics.privacy import MIN_GROUP, hidden
from metrics.promotion_cells import zone
from metrics.reason import Frames, Reason
from metrics.stars import Stars, stars
from metrics.survival import waited

BY = ("carrier", "region", "seller", "category")
ENDS = ("", "_low", "_high")
YEAR = 365  # days before the end of the period that effects look back on, at least
NO_STARS: Stars = (0, None, None, None)
FARTHEST = 15  # days early or late, beyond which they are one
GROUPS = {
    **dict.fromkeys(("by", "of"), pl.String),
    **dict.fromkeys(("n", "part", "late", "overdue"), pl.Int64),
    **dict.fromkeys(RESTED, pl.Float64),
    **{f"{name}{end}": pl.Float64 for name in ("lead", "lead_p90", "late_days") for end in ENDS},
    "cost": pl.Float64,
}
DAYS = {"days": pl.Int64, "n": pl.Int64, "late": pl.Boolean}
WEEKS = {
    "week": pl.Date,
    **dict.fromkeys(("n", "part"), pl.Int64),
    **dict.fromkeys(("share", "low", "high"), pl.Float64),
}


def _empty(schema: Mapping) -> pl.DataFrame:
    return pl.DataFrame(schema=dict(schema))


@dataclass(frozen=True)
class Delivery:
    """n: parcels that arrived in the period and had a promised time; late: of them, after it; late_share with
    late_low, late_high (Wilson). At the end of the period: on_the_way (handed over, not there), overdue (of
    them, past their promise: counted apart).
    reviews: written in the period, and the mean of their stars with stars_low and stars_high (Student's t).
    unpromised: arrived without a promise, in nothing below. strata: in which reviews are compared.

    groups: all (by "", of "") and by carrier, region, seller and category: n, part of them on time, late,
    overdue, share on time with low and high (Wilson), beside all others (RESTED, see against_rest): regions
    beside all others, all else beside others in the same regions (Mantel–Haenszel); lead: median days from
    order to arrival with its interval, lead_p90; late_days: median days after the promise, of those late;
    cost of a parcel (mean). A parcel counts for each seller in its order.
    days: arrivals by whole days after the promise (0: in the last 24 hours before it; −15 and 15: and more).
    weeks: by week of arrival. spells: days on which a carrier was late unusually often, see delivery_spells.
    effects: of lateness on reviews and later orders, see lateness_effects; of parcels due in the period, or
    in the 365 days up to its end where that is longer.
    """

    n: int
    late: int = 0
    on_the_way: int = 0
    overdue: int = 0
    unpromised: int = 0
    late_share: float | None = None
    late_low: float | None = None
    late_high: float | None = None
    reviews: int = 0
    stars: float | None = None
    stars_low: float | None = None
    stars_high: float | None = None
    strata: tuple[Stratum, ...] = ()
    groups: pl.DataFrame = field(default_factory=lambda: _empty(GROUPS))
    days: pl.DataFrame = field(default_factory=lambda: _empty(DAYS))
    weeks: pl.DataFrame = field(default_factory=lambda: _empty(WEEKS))
    spells: pl.DataFrame = field(default_factory=lambda: _empty(SPELLS))
    effects: pl.DataFrame = field(default_factory=lambda: _empty(EFFECTS))
    warnings: tuple[Reason, ...] = ()
    verdict: Verdict | None = None


def delivered(
    frames: Frames,
    shipments: pl.LazyFrame | None,
    orders: pl.LazyFrame | None,
    order_lines: pl.LazyFrame | None,
    products: pl.LazyFrame | None,
    reviews: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    strata: tuple[Stratum, ...] = ("region", "week"),
    longest: int = 28,
    min_group: int = MIN_GROUP,
) -> Delivery:
    """Parcels that arrived in the period, by the shop's days. A parcel that came exactly when promised is on
    time. strata: in which reviews after late and punctual parcels are compared. longest: days of a spell.
    """
    none = Delivery(0, strata=strata)
    if shipments is None:
        return _refused(none, Reason("needs the table {table}: import it", table="shipments"))
    elapsed = Period(period.start, max(min(period.end, as_of), period.start))
    every = read.rows(shipments, orders, order_lines, products, where, elapsed.end, zone(frames))
    came = every.filter(pl.col("came").is_between(elapsed.start, elapsed.end))
    mine = came.drop_nulls("promised_at")
    none = replace(none, unpromised=len(came) - len(mine))
    if mine["person"].n_unique() < min_group:
        return _refused(none, FEW if len(mine) else UNPROMISED if len(came) else NOTHING)
    late = int(mine["late"].sum())
    low, high = wilson(late, len(mine)) or (None, None)
    waiting = every.filter(pl.col("delivered_at").is_null())
    back = Period(min(elapsed.start, elapsed.end - (YEAR - 1) * DAY), elapsed.end)
    looked = every.filter(pl.col("due").is_between(back.start, back.end))
    effects, given = [_empty(EFFECTS)], NO_STARS
    if reviews is not None:
        given = stars(reviews, orders, order_lines, products, where, elapsed, zone(frames))
        scores = reviews.select("order_id", "score").drop_nulls().collect()
        effects.append(review_effect(looked, scores, strata))
    if orders is not None:
        bought = standing(orders, {}, zone(frames)).select("customer_id", "ordered_at").drop_nulls()
        effects.append(order_effect(looked, bought.collect()))
    return replace(
        none,
        n=len(mine),
        late=late,
        late_share=late / len(mine),
        late_low=low,
        late_high=high,
        reviews=given[0],
        stars=given[1],
        stars_low=given[2],
        stars_high=given[3],
        on_the_way=len(waiting),
        overdue=int(waiting["late"].sum()),
        groups=_groups(mine, waiting, read.sellers(mine, order_lines, products, where), min_group),
        days=_days(mine),
        weeks=_weeks(mine),
        spells=spells(every, elapsed, longest),
        effects=pl.concat(effects),
        warnings=_warnings(none.unpromised, mine),
    )


delivery_analysis = Analysis("delivery", "Do parcels come when promised, and what if not?", delivered)

NOTHING = Reason("no parcel arrived on these days")
FEW = Reason("too few customers got a parcel to show anything about them")
UNPROMISED = Reason("no parcel of these days has a promised time, so none can be late")


def _refused(none: Delivery, reason: Reason) -> Delivery:
    return replace(none, warnings=(reason,), verdict=Verdict(False, (reason,)))


def _warnings(unpromised: int, mine: pl.DataFrame) -> tuple[Reason, ...]:
    found = []
    if unpromised:
        found.append(Reason("{n} parcels arrived without a promised time: they are left out", n=unpromised))
    if mine["carrier"].null_count() == len(mine):
        found.append(Reason("carriers are not recorded"))
    return tuple(found)


def _groups(mine: pl.DataFrame, waiting: pl.DataFrame, sold: pl.DataFrame, min_group: int) -> pl.DataFrame:
    n, part = len(mine), int((~mine["late"]).sum())
    whole = pl.lit("").alias("")
    found = [against_rest(_counts("", mine.with_columns(whole), waiting.with_columns(whole)), part, n)]
    for by in BY:
        known = (sold if by == "seller" else mine).drop_nulls(by)
        open_ = waiting if by in waiting.columns else None
        counts = _counts(by, known, open_)
        persons = known.group_by(pl.col(by).alias("of")).agg(pl.col("person").n_unique())
        sizes = counts.join(persons, on="of", how="left", maintain_order="left")["person"].to_list()
        away = hidden(sizes, min_group)
        counts = counts[[place for place in range(len(counts)) if place not in away]]
        if counts.is_empty():
            continue
        if by == "region":
            found.append(against_rest(counts, int((~known["late"]).sum()), len(known)))
        else:
            found.append(against_alike(counts, known.with_columns(part=~pl.col("late")), by, "region"))
    return pl.concat(found, how="diagonal_relaxed").select(*GROUPS)


def _counts(by: str, known: pl.DataFrame, waiting: pl.DataFrame | None) -> pl.DataFrame:
    overdue = {} if waiting is None else dict(waiting.filter(pl.col("late"))[by].value_counts().iter_rows())
    rows = []
    for (of,), mine in known.group_by(by, maintain_order=True):
        late = mine.filter(pl.col("late"))
        row = {"by": by, "of": str(of), "n": len(mine), "part": len(mine) - len(late), "late": len(late)}
        row |= {"overdue": None if waiting is None else overdue.get(of, 0), "cost": mine["cost"].mean()}
        rows.append(row | _medians("lead", mine["lead"], "lead_p90") | _medians("late_days", late["days"]))
    schema = {name: kind for name, kind in GROUPS.items() if name not in RESTED}
    return pl.DataFrame(rows, schema=schema).sort("n", "of", descending=[True, False])


def _medians(name: str, values: pl.Series, tail: str = "") -> dict[str, float | None]:
    known = values.drop_nulls().to_numpy()
    found = waited(known, known == known, (0.5, 0.9))
    wanted = zip((name, tail), found, strict=True) if tail else [(name, found[0])]
    return {f"{each}{end}": at for each, ends in wanted for end, at in zip(ENDS, ends, strict=True)}


def _days(mine: pl.DataFrame) -> pl.DataFrame:
    days = mine.select(pl.col("days").ceil().clip(-FARTHEST, FARTHEST).cast(pl.Int64), "late")
    return days.group_by("days").agg(pl.len().cast(pl.Int64).alias("n"), pl.col("late").any()).sort("days")


def _weeks(mine: pl.DataFrame) -> pl.DataFrame:
    weeks = mine.group_by(week=pl.col("came").dt.truncate("1w")).agg(
        pl.len().cast(pl.Int64).alias("n"), part=(~pl.col("late")).sum().cast(pl.Int64)
    )
    return shares(weeks.sort("week")).select(*WEEKS)
