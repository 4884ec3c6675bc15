"""What comes back: how often, why, what it costs, and which products and sellers surely return more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import polars as pl

from metrics.against_rest import RESTED, against_alike, against_rest, corrected, shares
from metrics.analysis import Analysis, Verdict
from metrics.metric import BadQuestion
from metrics.period import Period
from metrics.privacy import MIN_GROUP, hidden
from metrics.promotion_cells import zone
from metrics.reason import Frames, Reason
from metrics.return_rows import rows

BY = ("category", "seller", "product_id", "promoted", "promotion", "channel", "region")
COUNTS = ("n", "part", "units", "units_back", "open")
MONEY = ("revenue", "refunds", "margin_lost")
GROUPS = {
    **dict.fromkeys(("by", "of"), pl.String),
    **dict.fromkeys(COUNTS, pl.Int64),
    **dict.fromkeys((*MONEY, "units_rate", "value_rate"), pl.Float64),
    **dict.fromkeys(RESTED, pl.Float64),
}
REASONS = {
    **dict.fromkeys(("by", "of", "reason"), pl.String),
    **dict.fromkeys(("n", "part", "units_back"), pl.Int64),
    "refunds": pl.Float64,
    **dict.fromkeys(RESTED, pl.Float64),
}
WEEKS = {
    "week": pl.Date,
    **dict.fromkeys(("n", "part"), pl.Int64),
    **dict.fromkeys(("share", "low", "high"), pl.Float64),
    "open": pl.Boolean,
}


def _empty(schema: Mapping) -> pl.DataFrame:
    return pl.DataFrame(schema=dict(schema))


@dataclass(frozen=True)
class Returns:
    """n: products in orders ("lines") placed in the period and not cancelled; open: of them, those whose
    window to send back has not passed by as_of.

    groups: all (by "", of "") and by category, seller, product, promoted ("yes": on promotion), promotion,
    channel and region: n lines, part of them came back in whole or part, units and units_back, open, revenue
    (after discounts), refunds, margin_lost (refunds less the cost of the goods that came back; null where a
    cost is not known), units_rate, value_rate (refunds by revenue), share = part ÷ n with low and high
    (Wilson), and beside all others (RESTED, see against_rest): categories beside all others, all else beside
    others of the same categories (Mantel–Haenszel), a promotion beside what was bought without it.
    reasons: of lines that came back (n of the group), part for that reason, beside the same reason in all
    other groups; by "" and by category, seller and product. weeks: of orders; open: where the window
    of some has not passed.
    unplaced: returned lines of the same days that name no order that is known, and so are in nothing above.
    """

    n: int
    open: int = 0
    unplaced: int = 0
    window_days: int = 0
    groups: pl.DataFrame = field(default_factory=lambda: _empty(GROUPS))
    reasons: pl.DataFrame = field(default_factory=lambda: _empty(REASONS))
    weeks: pl.DataFrame = field(default_factory=lambda: _empty(WEEKS))
    warnings: tuple[Reason, ...] = ()
    verdict: Verdict | None = None


def returned(
    frames: Frames,
    orders: pl.LazyFrame | None,
    order_lines: pl.LazyFrame | None,
    products: pl.LazyFrame | None,
    returns: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    window_days: int = 30,
    min_group: int = MIN_GROUP,
) -> Returns:
    """By order date: what was ordered in the period and came back up to as_of. A line is a product in an
    order. window_days: from the order, in which it may come back; until then its rate may still rise.
    Cancelled orders and cancellations among the returns are in nothing.
    """
    if window_days < 0:
        raise BadQuestion("The window to send back is a number of days from 0.")
    none = Returns(0, window_days=window_days)
    needed = {"orders": orders, "order_lines": order_lines, "returns": returns}
    lacking = [name for name, table in needed.items() if table is None]
    if lacking or orders is None or order_lines is None or returns is None:
        return _refused(none, Reason("needs the table {table}: import it", table=lacking[0]))
    elapsed = Period(period.start, max(min(period.end, as_of), period.start))
    lines, unplaced = rows(orders, order_lines, products, returns, where, elapsed, as_of, zone(frames))
    lines = lines.with_columns(open=pl.col("day") + timedelta(days=window_days) > as_of)
    if lines["person"].n_unique() < min_group:
        return _refused(none, FEW if len(lines) else NOTHING)
    if unplaced and not lines["part"].any():
        return _refused(replace(none, unplaced=unplaced), UNPLACED)
    still = int(lines["open"].sum())
    found = []
    if still:
        found.append(Reason("{n} of {of} products ordered can still come back: their rates may rise",
                            n=still, of=len(lines)))  # fmt: skip
    if unplaced:
        found.append(
            Reason("{n} returned products name no order that is known: they are in no rate", n=unplaced)
        )
    return Returns(
        len(lines), still, unplaced, window_days, _groups(lines, min_group), _reasons(lines, min_group),
        _weeks(lines), tuple(found),
    )  # fmt: skip


returns_analysis = Analysis("returns", "What comes back, why, and what does it cost?", returned)


def _refused(none: Returns, reason: Reason) -> Returns:
    return replace(none, warnings=(reason,), verdict=Verdict(False, (reason,)))


NOTHING = Reason("nothing was ordered on these days")
FEW = Reason("too few customers ordered to show anything about them")
UNPLACED = Reason(
    "returns name no order that is known, so there is no rate by order date: give each its order_id"
)


def _groups(lines: pl.DataFrame, min_group: int) -> pl.DataFrame:
    n, part = len(lines), int(lines["part"].sum())
    found = [against_rest(_counts("", lines.with_columns(pl.lit("").alias(""))), part, n)]
    for by in BY:
        known = lines.drop_nulls(by)
        counts = _shown(known, by, _counts(by, known), min_group)
        if counts.is_empty():
            continue
        if by == "category":
            found.append(against_rest(counts, int(known["part"].sum()), len(known)))
        else:
            all_ = lines.with_columns(pl.col(by).fill_null("")) if by == "promotion" else known
            found.append(against_alike(counts, all_, by, "category"))
    return pl.concat(found, how="diagonal_relaxed").select(*GROUPS)


def _counts(by: str, lines: pl.DataFrame) -> pl.DataFrame:
    sums = [pl.col(name).sum().cast(pl.Int64) for name in ("part", "units", "units_back", "open")]
    money = [pl.col(name).sum() for name in ("revenue", "refunds")]
    uncosted = (pl.col("part") & pl.col("cost_back").is_null()).any()
    lost = pl.when(~uncosted).then(pl.col("refunds").sum() - pl.col("cost_back").sum())
    counts = lines.group_by(by).agg(pl.len().cast(pl.Int64).alias("n"), *sums, *money, margin_lost=lost)
    return counts.select(
        pl.lit(by).alias("by"), pl.col(by).cast(pl.String).alias("of"), *COUNTS, *MONEY,
        units_rate=pl.col("units_back") / pl.col("units"),
        value_rate=pl.when(pl.col("revenue") > 0).then(pl.col("refunds") / pl.col("revenue")),
    ).sort("part", "n", "of", descending=[True, True, False])  # fmt: skip


def _shown(lines: pl.DataFrame, by: str, counts: pl.DataFrame, min_group: int) -> pl.DataFrame:
    """Without groups of few persons, and those that would reveal them."""
    persons = lines.group_by(pl.col(by).cast(pl.String).alias("of")).agg(pl.col("person").n_unique())
    sizes = counts.join(persons, on="of", how="left", maintain_order="left")["person"].to_list()
    away = hidden(sizes, min_group)
    return counts[[place for place in range(len(counts)) if place not in away]]


def _reasons(lines: pl.DataFrame, min_group: int) -> pl.DataFrame:
    """REASONS of all, and of the groups of which enough persons sent something back."""
    said = lines.filter(pl.col("part")).drop_nulls("reason").with_columns(pl.lit("").alias(""))
    found = [pl.DataFrame(schema=REASONS)]
    for by in ("", "category", "seller", "product_id"):
        known = said.drop_nulls(by)
        groups = known.group_by(pl.col(by).alias("of")).agg(pl.len().cast(pl.Int64).alias("n")).sort("of")
        counts = known.group_by(pl.col(by).alias("of"), "reason").agg(
            pl.len().cast(pl.Int64).alias("part"),
            pl.col("units_back").sum().cast(pl.Int64),
            pl.col("refunds").sum(),
        )
        table = counts.join(_shown(known, by, groups, min_group), on="of").sort("of", "reason")
        rested = [pl.DataFrame(schema=REASONS)]
        for (reason,), mine in table.group_by("reason", maintain_order=True):
            part = int((known["reason"] == reason).sum())
            mine_ = against_rest(mine.with_columns(by=pl.lit(by)), part, len(known))
            rested.append(mine_.select(*REASONS))
        found.append(corrected(pl.concat(rested)))
    return pl.concat(found).sort(
        "by", "n", "of", "part", "reason", descending=[False, True, False, True, False]
    )


def _weeks(lines: pl.DataFrame) -> pl.DataFrame:
    weeks = lines.group_by(week=pl.col("day").dt.truncate("1w")).agg(
        pl.len().cast(pl.Int64).alias("n"), pl.col("part").sum().cast(pl.Int64), pl.col("open").any()
    )
    return shares(weeks.sort("week")).select(*WEEKS)
