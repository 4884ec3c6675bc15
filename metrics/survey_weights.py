"""Answers weighted to those whom they stand for: which margins, and why not where it cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from metrics.period import Period
from metrics.raking import rake
from metrics.reason import Reason
from metrics.survey_base import Base
from metrics.survey_scores import design_effect

OTHER = "other"
LEAST, LEAST_IN = 50, 5  # answers that are weighted; in a category of a margin


@dataclass(frozen=True)
class Weighed:
    """weights: by row that was given, NaN of those that cannot be weighted; None where none can be.

    margins: margin, of, base, answers, weighted (shares). reason: why not. warnings: what to know.
    """

    weights: np.ndarray | None
    margins: pl.DataFrame
    reason: Reason | None = None
    warnings: tuple[Reason, ...] = ()


WEIGHING = {
    "margin": pl.String,
    "of": pl.String,
    "base": pl.Float64,
    "answers": pl.Float64,
    "weighted": pl.Float64,
}


def weigh(
    answers: pl.DataFrame, known: Base | None, period: Period, measure: str, by: Sequence[str] = ()
) -> Weighed:
    """Weights of answers (order_id, customer_id, ticket_id of who answered) to the base of the period.

    Answers without an order of the base are weighted by their customer's last one. Where most are about a
    service request, the base is the orders with one. Categories with few answers are taken together.
    by: only these margins.
    """
    none = pl.DataFrame(schema=WEIGHING)
    if known is None:
        return Weighed(None, none, Reason("the customer base is not known: import orders with customers"))
    rows = matched(answers, known)
    there = rows["matched"].to_numpy()
    if there.sum() < LEAST:
        return Weighed(
            None,
            none,
            Reason(
                "{measure} is not weighted: fewer than {n} answers belong to known orders",
                n=LEAST,
                measure=measure.upper(),
            ),
        )
    sample = rows.filter("matched")
    asked = known.rows
    if "service" in known.margins and answers["ticket_id"].null_count() < len(answers) / 2:
        asked = asked.filter(pl.col("service") == "asked")
    # Who answered about an earlier arrival is of the base too, so that none is without a target.
    mine = pl.col("order_id").is_in(sample["of_order"].implode())
    all_ = pl.concat([asked.filter((pl.col("day") >= period.start) & ~mine), known.rows.filter(mine)])
    sample, all_ = _collapsed(sample, all_, known.margins)
    chosen = by or known.margins
    used = [name for name in known.margins if name in chosen and sample[name].n_unique() > 1]
    if not used:
        return Weighed(
            None,
            none,
            Reason(
                "{measure} is not weighted: nothing is known by which those who answered differ",
                measure=measure.upper(),
            ),
        )
    made = rake(sample, all_, used)
    weights = np.full(len(answers), np.nan)
    weights[there] = made.weights
    warnings = (
        []
        if made.met
        else [Reason("the weights of {measure} do not meet every margin", measure=measure.upper())]
    )
    if lost := int((~there).sum()):
        warnings.append(
            Reason(
                "{n} answers to {measure} belong to no known order and are not weighted",
                n=lost,
                measure=measure.upper(),
            )
        )
    if design_effect(made.weights) > 2:
        warnings.append(
            Reason("weights more than halve what the answers are worth: those who answered differ much")
        )
    return Weighed(weights, _margins(sample, all_, made.weights, used), None, tuple(warnings))


def matched(answers: pl.DataFrame, known: Base) -> pl.DataFrame:
    """The answers with the categories of their order, or else of their customer's last one; `matched`."""
    last = known.rows.sort("day", "order_id").unique("customer_id", keep="last", maintain_order=True)
    own = answers.select("order_id", "customer_id").join(
        last.select("customer_id", last="order_id"), on="customer_id", how="left", maintain_order="left"
    )
    has = pl.col("order_id").is_in(known.rows["order_id"].implode())
    own = own.select(of_order=pl.when(has).then("order_id").otherwise("last"))
    found = own.join(
        known.rows.select(pl.col("order_id").alias("of_order"), *known.margins), on="of_order", how="left",
        maintain_order="left",
    )  # fmt: skip
    return found.with_columns(matched=pl.col("of_order").is_not_null())


def _collapsed(
    sample: pl.DataFrame, all_: pl.DataFrame, margins: tuple[str, ...]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    for name in margins:
        counts = sample[name].fill_null(OTHER).value_counts()
        big = counts.filter(pl.col("count") >= LEAST_IN)[name]
        one = pl.when(pl.col(name).is_in(big.implode())).then(name).otherwise(pl.lit(OTHER)).alias(name)
        sample, all_ = sample.with_columns(one), all_.with_columns(one)
    return sample, all_


def _margins(sample: pl.DataFrame, all_: pl.DataFrame, weights: np.ndarray, used: list[str]) -> pl.DataFrame:
    rows = []
    held = sample.with_columns(weight=pl.Series(weights))
    for name in used:
        total = all_.filter(pl.col(name).is_in(sample[name].unique().implode()))
        shares = (
            total.group_by(of=name)
            .agg(base=pl.len() / len(total))
            .sort("base", "of", descending=[True, False])
        )
        mine = held.group_by(of=name).agg(
            answers=pl.len() / len(held), weighted=pl.col("weight").sum() / float(weights.sum())
        )
        rows.append(
            shares.join(mine, on="of", how="left", maintain_order="left").select(
                pl.lit(name).alias("margin"), *list(WEIGHING)[1:]
            )
        )
    return pl.concat(rows).cast(WEIGHING)  # type: ignore[arg-type]
